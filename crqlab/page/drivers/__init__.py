"""The section of drivers: what moves the relationships, and the one thing to fix first."""
