"""Programme files handed out to people, and taken back."""
