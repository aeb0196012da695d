"""The section of account managers: what each of them has to look after."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"html": ["manager_scores"]}
)
