"""The ground floor: errors, codebooks, contracts, and where a study's files live."""
