"""Regressions of a yes or no: logistic, complementary log-log, with clusters, with groups.

Modules are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "Comparison": "crqlab.stats.regression.nested",
    "Fit": "crqlab.stats.regression.fits",
    "MixedFit": "crqlab.stats.regression.mixed",
    "likelihood_ratio": "crqlab.stats.regression.nested",
    "logit": "crqlab.stats.regression.logistic",
    "profile": "crqlab.stats.regression.profiles",
    "random_intercept": "crqlab.stats.regression.mixed",
}
__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'crqlab.stats.regression' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
