"""What is said, in every language: messages by catalogue, numbers and dates by locale."""
