"""The head of the page: the client's numbers on cards, and the whole in a few sentences."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"html": ["headline", "in_short", "masthead", "unknown_parts"]}
)
