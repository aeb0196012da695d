"""The section of accounts: one by one, where they differ, and what to talk about with each."""
