"""How long until it happens: Cox regression, Kaplan-Meier curves and concordance."""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "concordance": ["c_index"],
        "cox_fit": ["CoxFit"],
        "curves": ["KaplanMeier", "kaplan_meier"],
        "hazards": ["cox"],
    },
)
