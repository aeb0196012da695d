"""Regressions of a yes or no: logistic, complementary log-log, with clusters, with groups.

Modules are loaded when they are first used.
"""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "fits": ["Fit"],
        "logistic": ["logit"],
        "mixed": ["MixedFit", "random_intercept"],
        "nested": ["Comparison", "likelihood_ratio"],
        "profiles": ["profile"],
    },
)
