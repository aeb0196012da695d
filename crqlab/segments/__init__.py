"""Station 6: thresholds and segments of accounts, and how firmly each stands."""
