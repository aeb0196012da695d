"""Which drivers move an outcome, and how sure that is: relative weights and Shapley values."""

from crqlab.stats.importance.methods import MOST_EXACT, lmg, relative_weights
from crqlab.stats.importance.moments import Moments, resampled_moments
from crqlab.stats.importance.parts import Correlated, correlated, johnson
from crqlab.stats.importance.result import Importance, described, ends
from crqlab.stats.importance.subsets import (
    random_orders,
    sampled_shapley,
    shapley,
    subset_r2,
)

__all__ = [
    "MOST_EXACT",
    "Correlated",
    "Importance",
    "Moments",
    "correlated",
    "described",
    "ends",
    "johnson",
    "lmg",
    "random_orders",
    "relative_weights",
    "resampled_moments",
    "sampled_shapley",
    "shapley",
    "subset_r2",
]
__dir__ = __all__.copy
