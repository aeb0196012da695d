"""Regressions of a yes or no and of ordered categories, with clusters, with groups.

Modules are loaded when they are first used.
"""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "cumulative_link": ["ordinal"],
        "estimating_equations": ["GeeFit", "gee"],
        "fits": ["Fit"],
        "logistic": ["logit"],
        "mixed": ["MixedFit", "random_intercept"],
        "nested": ["Comparison", "likelihood_ratio"],
        "ordinal_fits": ["OrdinalFit"],
        "ordinal_mixed": ["OrdinalMixedFit", "ordinal_random_intercept"],
        "parallel_slopes": ["proportional_odds"],
        "profiles": ["profile"],
    },
)
