"""A client's own look: logo, colours and font, checked before anything is drawn with them."""
