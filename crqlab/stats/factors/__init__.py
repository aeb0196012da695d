"""Factor models: confirmatory and exploratory, for answers as numbers and as ranks."""
