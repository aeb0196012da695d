"""The section of renewal: the outlook of accounts, and revenue at risk."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={"charts": ["expected_losses"], "html": ["outlook"]},
)
