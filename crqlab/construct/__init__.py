"""Station 4 of 9 - whether the construct holds together, and what it adds to NPS."""

from crqlab.construct.evidence import Evidence, evidence
from crqlab.construct.keeping import keep
from crqlab.construct.strip import Sensitivity, sensitivity
from crqlab.construct.versus import HeadToHead, head_to_head

__all__ = [
    "Evidence",
    "HeadToHead",
    "Sensitivity",
    "evidence",
    "head_to_head",
    "keep",
    "sensitivity",
]
