"""The section of what was agreed: what was done, what is late, and what became of it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"html": ["last_time"]})
