"""The section of years: whether scores fall after the first one, and where contact was kept."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"html": ["later_years"]})
