"""One number with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from crqlab.base.contracts.cautions import plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import OneRow

__all__ = ["Estimate", "check_level"]
__dir__ = __all__.copy


@dataclass(frozen=True, slots=True)
class Estimate(OneRow):
    """A number that can be read aloud.

    Attributes
    ----------
    name : str
        What was estimated, e.g. ``"alpha"``.
    value, low, high : float
        Point and interval bounds in one unit, at full precision; a bound that the data
        cannot place is missing (NaN).
    level : float
        Coverage of the interval, in (0, 1).
    n : int
        How many units carried the estimate.
    unit : str
        What a unit is: ``"respondents"`` or ``"accounts"``.
    method : str
        Author and year of the interval, as listed in ``docs/sources.md``.
    notes : tuple of str
        Cautions the reader must see, as codes (`crqlab.base.contracts.cautions`); empty when
        there are none.

    Examples
    --------
    >>> print(Estimate("alpha", 0.909, 0.676, 0.986, 0.95, 6, "respondents", "Feldt"))
    alpha 0.91 [0.68, 0.99], n = 6 respondents (Feldt)
    >>> nan = float("nan")
    >>> print(Estimate("NPS", 50.0, nan, nan, 0.95, 1, "accounts", "bootstrap"))
    NPS 50.00 [interval open], n = 1 accounts (bootstrap)
    """

    name: str
    value: float
    low: float
    high: float
    level: float
    n: int
    unit: str
    method: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        value = "not estimable" if isnan(self.value) else f"{self.value:.2f}"
        sentence = f"{self.name} {value} [{self._span()}], n = {self.n} {self.unit} ({self.method})"
        return "; ".join([sentence, *map(plain, self.notes)])

    def _span(self) -> str:
        if isnan(self.low) and isnan(self.high):
            return "interval open"
        low, high = ("open" if isnan(end) else f"{end:.2f}" for end in (self.low, self.high))
        return f"{low}, {high}"


def check_level(level: float) -> None:
    """Refuse a coverage that is not a share.

    Examples
    --------
    >>> check_level(95)
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: level= is 95; it must lie between 0 and 1. Use 0.95.
    """
    if not 0 < level < 1:
        raise EstimateError(f"level= is {level}; it must lie between 0 and 1. Use 0.95.")
