"""The last section: how the numbers came about, and from what."""
