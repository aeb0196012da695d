"""Letters of invitation, and who has approved whom is invited."""
