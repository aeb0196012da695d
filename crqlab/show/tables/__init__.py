"""Tables of stations for notebooks: rows become accessible HTML."""
