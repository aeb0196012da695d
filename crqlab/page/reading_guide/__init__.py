"""How the page is to be read: every kind of figure and word once, for who meets it first."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"html": ["reading_guide"], "select": ["ENTRIES", "entries"]}
)
