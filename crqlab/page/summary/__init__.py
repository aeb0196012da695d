"""The first section: the client's numbers on cards, and the whole in a few sentences."""
