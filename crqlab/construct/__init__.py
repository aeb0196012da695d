"""Station 4 of 10 - whether the construct holds together, and what it adds to NPS."""

from crqlab.construct.choice_sensitivity import Sensitivity, sensitivity
from crqlab.construct.construct_evidence import Evidence, evidence
from crqlab.construct.crq_and_nps import NpsComparison, compare_with_nps
from crqlab.construct.tables import keep

__all__ = [
    "Evidence",
    "NpsComparison",
    "Sensitivity",
    "compare_with_nps",
    "evidence",
    "keep",
    "sensitivity",
]
__dir__ = __all__.copy
