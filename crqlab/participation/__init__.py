"""Station 2 of 9 - contacts and responses become completion, coverage, silence and their doubt."""
