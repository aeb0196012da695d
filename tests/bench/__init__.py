"""How fast the work is, each time beside the plain way of doing the same."""
