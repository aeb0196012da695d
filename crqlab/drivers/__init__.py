"""Station 7 of 10 - what moves trust, commitment, satisfaction and LTR; the one thing to fix."""

from crqlab.drivers.driver_weights import Weights, weights
from crqlab.drivers.drivers_and_outcomes import Questions, questions
from crqlab.drivers.priority_map import Priorities, largest, priorities
from crqlab.drivers.tables import keep, lifts

__all__ = [
    "Priorities",
    "Questions",
    "Weights",
    "keep",
    "largest",
    "lifts",
    "priorities",
    "questions",
    "weights",
]
__dir__ = __all__.copy
