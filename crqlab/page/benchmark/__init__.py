"""The section of the benchmark: where the client stands among its peers."""
