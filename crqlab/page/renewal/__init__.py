"""The section of renewal: the outlook of accounts, and revenue at risk."""
