"""The section of scores: every measure, its change, and what the relationships rest on."""
