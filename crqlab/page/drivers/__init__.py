"""The section of drivers: what moves the relationships, and what to fix first."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "charts": ["driver_gaps"],
        "html": ["account_priorities", "first_priority", "priorities"],
    },
)
