"""Station 8: decile tables of the panel, and where a client stands among its peers."""
