"""A panel with known truth, written as the raw files that users really hold."""
