"""The section of scores: every measure, its change, and what the relationships rest on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "charts": ["ltr", "trend", "uniqueness"],
        "html": ["agreement", "change_parts", "constructs", "roll_ups", "waves"],
    },
)
