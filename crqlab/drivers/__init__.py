"""Station 7 of 9 - what moves trust, commitment, satisfaction and LTR; the one thing to fix."""

from crqlab.drivers.asking import Questions, questions
from crqlab.drivers.keeping import keep, lifts
from crqlab.drivers.prioritising import Priorities, largest, priorities
from crqlab.drivers.weighing import Weights, weights

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
