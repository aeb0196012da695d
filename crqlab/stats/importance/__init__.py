"""Which drivers move an outcome, and how sure that is: relative weights and Shapley values."""

from crqlab.stats.importance.methods import MOST_EXACT, lmg, relative_weights
from crqlab.stats.importance.moments import Moments, resampled_moments
from crqlab.stats.importance.parts import alone, johnson, last, parted, slopes, vif
from crqlab.stats.importance.result import Importance, ends
from crqlab.stats.importance.subsets import sampled_shapley, shapley, subset_r2

__all__ = [
    "MOST_EXACT",
    "Importance",
    "Moments",
    "alone",
    "ends",
    "johnson",
    "last",
    "lmg",
    "parted",
    "relative_weights",
    "resampled_moments",
    "sampled_shapley",
    "shapley",
    "slopes",
    "subset_r2",
    "vif",
]
