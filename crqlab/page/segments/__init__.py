"""The section of segments: which account is in which, how sure that is, and who moved."""
