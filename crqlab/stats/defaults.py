"""What an estimate takes where nobody says otherwise, and counts below which it is doubted."""

from __future__ import annotations

__all__ = [
    "DRAWS",
    "FEW_CASES",
    "FEW_CLUSTERS",
    "FEW_EVENTS",
    "FEW_GROUPS",
    "FEW_PAIRS",
    "FEW_PER_DRIVER",
    "FEW_RESAMPLED",
    "FEW_RESPONDENTS",
    "LEVEL",
    "SEED",
]
__dir__ = __all__.copy

LEVEL = 0.95  # coverage of an interval
DRAWS = 2000  # samples of whole accounts
SEED = 20250101  # where their chance begins

FEW_RESAMPLED = 6  # accounts below which samples of them hardly differ
FEW_GROUPS = 10  # groups below which their spread is a guess
FEW_CLUSTERS = 30  # clusters below which errors that rest on many of them are too small
FEW_EVENTS = 10  # of the rarer outcome, per term
FEW_CASES = 10  # of the rarer outcome, where predictions are judged
FEW_RESPONDENTS = 10  # below which NPS is drawn from hardly anybody
FEW_PAIRS = 3  # below which a correlation says nothing
FEW_PER_DRIVER = 10  # rows per driver
