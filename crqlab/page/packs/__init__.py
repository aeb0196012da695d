"""Account managers' packs: a portfolio in front, then a sheet for each meeting with a customer."""
