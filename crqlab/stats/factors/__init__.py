"""Factor models: confirmatory and exploratory, for answers as numbers and as ranks."""

from __future__ import annotations

from crqlab.stats.factors.adequacy import bartlett, kmo
from crqlab.stats.factors.aligned_groups import Alignment, alignment
from crqlab.stats.factors.bootstrap_refits import Refits, refits
from crqlab.stats.factors.cfa_fit import cfa, refit
from crqlab.stats.factors.common_method import MethodTest, method_factor
from crqlab.stats.factors.exploratory import EfaFit, efa
from crqlab.stats.factors.general_factor import BifactorFit, bifactor
from crqlab.stats.factors.ladder import Invariance, invariance
from crqlab.stats.factors.multilevel import TwoLevelFit, two_level
from crqlab.stats.factors.parallel_analysis import (
    ParallelAnalysis,
    minimum_average_partial,
    parallel,
)
from crqlab.stats.factors.polychoric_correlations import Polychoric, polychoric, polychoric_matrix
from crqlab.stats.factors.result import CfaFit

__all__ = [
    "Alignment",
    "BifactorFit",
    "CfaFit",
    "EfaFit",
    "Invariance",
    "MethodTest",
    "ParallelAnalysis",
    "Polychoric",
    "Refits",
    "TwoLevelFit",
    "alignment",
    "bartlett",
    "bifactor",
    "cfa",
    "efa",
    "invariance",
    "kmo",
    "method_factor",
    "minimum_average_partial",
    "parallel",
    "polychoric",
    "polychoric_matrix",
    "refit",
    "refits",
    "two_level",
]
__dir__ = __all__.copy
