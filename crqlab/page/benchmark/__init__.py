"""The section of the benchmark: where the client stands among its peers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={"charts": ["percentiles"], "html": ["place_among_peers"]},
)
