"""The section of actions: what to do with whom, and what lifts an account."""
