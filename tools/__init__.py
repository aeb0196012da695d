"""Small commands for those who work on crqlab itself."""
