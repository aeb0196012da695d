"""A difference between two numbers of the same cases, and how likely chance alone is."""

from __future__ import annotations

from dataclasses import dataclass

from crqlab.stats.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """An Estimate of a difference that can also say how it compares with none.

    Attributes
    ----------
    p : float
        Two-sided probability of a difference as large where there is none; missing where
        the interval is.
    first, second : float
        What was compared; ``value`` is the first minus the second.

    Examples
    --------
    >>> print(Difference("AUC difference", 0.05, 0.01, 0.09, 0.95, 400, "cases", "DeLong",
    ...                  p=0.014, first=0.75, second=0.70))
    AUC difference 0.05 [0.01, 0.09], n = 400 cases (DeLong); p = 0.014
    """

    p: float = float("nan")
    first: float = float("nan")
    second: float = float("nan")

    def __str__(self) -> str:
        chance = "not known" if self.p != self.p else f"{self.p:.3f}"
        told = "p < 0.001" if self.p < 0.001 else f"p = {chance}"
        return f"{Estimate.__str__(self)}; {told}"
