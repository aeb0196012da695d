"""The last section: how the numbers came about, and from what."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "html": ["excluded", "privacy", "questions", "rules", "run_card", "run_card_lines"]
    },
)
