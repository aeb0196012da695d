"""How high is high enough, who says so, and what follows from an estimate and its interval.

Rows of the evidence hold codes where they hold words: what is asked, what was measured, what it is
about, and why a number cannot be relied on (`crqlab.base.contracts.cautions`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan

from crqlab.base.contracts.cautions import has, joined
from crqlab.base.errors import EstimateError
from crqlab.stats.estimate import Estimate
from crqlab.stats.factors.proper import is_improper

VERDICTS = ("meets", "borderline", "misses", "unknown")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What an estimate must reach.

    Attributes
    ----------
    good : float
        Reached by the cautious end of the interval: the criterion is met.
    tolerable : float
        Not even reached by the estimate: the criterion is missed.
    source : str
        Author and year, as in ``docs/sources.md``.
    most : bool
        Whether the estimate must stay below the cutoff, not above.

    Examples
    --------
    >>> omega = Cutoff(0.70, 0.60, "Nunnally & Bernstein 1994")
    >>> omega.verdict(0.80, 0.72), omega.verdict(0.80, 0.65), omega.verdict(0.55, 0.40)
    ('meets', 'borderline', 'misses')
    >>> Cutoff(0.85, 0.90, "Henseler et al. 2015", most=True).verdict(0.7, 0.6, 0.8)
    'meets'
    """

    good: float
    tolerable: float
    source: str
    most: bool = False

    def verdict(self, estimate: float, low: float = nan, high: float = nan) -> str:
        """Judge an estimate; without an interval the estimate stands for its cautious end."""
        if isnan(estimate):
            return UNKNOWN
        cautious = high if self.most else low
        cautious = estimate if isnan(cautious) else cautious
        sign = -1 if self.most else 1
        if sign * cautious >= sign * self.good:
            return "meets"
        return "borderline" if sign * estimate >= sign * self.tolerable else "misses"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row of the evidence is about.

    Attributes
    ----------
    criterion : str
        The kind of evidence.
    about : str
        The construct (by its name in the codebook), pair, model or grouping it is about.
    question : str
        What the number answers.
    measure : str
        Name of the number.
    cutoff : Cutoff
    label : str or None
        What readers call the construct or pair.
    """

    criterion: str
    about: str
    question: str
    measure: str
    cutoff: Cutoff
    label: str | None = None


def row(
    asked: Asked,
    estimate: float,
    low: float = nan,
    high: float = nan,
    *,
    n: int = 0,
    unit: str = "respondents",
    flag: str = "ok",
    verdict: str | None = None,
) -> dict:
    """Return one row of the evidence; the cutoff gives the verdict unless one is given.

    Parameters
    ----------
    asked : Asked
    estimate, low, high : float
        Missing (NaN) where the data cannot say.
    n : int
    unit : str
        ``"respondents"`` or ``"accounts"``.
    flag : str
        ``"ok"`` or cautions.
    verdict : str, optional
        Where the cutoff alone does not decide.
    """
    cutoff = asked.cutoff
    return {
        "criterion": asked.criterion,
        "about": asked.about,
        "label": asked.label,
        "question": asked.question,
        "measure": asked.measure,
        "estimate": float(estimate),
        "low": float(low),
        "high": float(high),
        "cutoff": float(cutoff.good),
        "side": "at_most" if cutoff.most else "at_least",
        "verdict": _trusted(verdict or cutoff.verdict(estimate, low, high), flag),
        "source": cutoff.source,
        "n": int(n),
        "unit": unit,
        "flag": flag,
    }


def _trusted(verdict: str, flag: str) -> str:
    """Hold a verdict back where the number behind it cannot be relied on."""
    if has(flag, "not_converged"):
        return UNKNOWN
    return "borderline" if verdict == "meets" and is_improper(flag) else verdict


def of_estimate(asked: Asked, found: Estimate | str) -> dict:
    """Return the row of an `Estimate`, or of the reason why there is none."""
    if isinstance(found, str):
        return row(asked, nan, flag=found)
    facts = {"n": found.n, "unit": found.unit, "flag": joined(found.notes)}
    return row(asked, found.value, found.low, found.high, **facts)


def tried(find: Callable) -> object:
    """Return what a function finds, or the caution that says why the data cannot carry it.

    Examples
    --------
    >>> def nothing():
    ...     raise EstimateError("One account; pool the waves.", caution="one_account")
    >>> tried(nothing)
    'one_account'
    """
    try:
        return find()
    except EstimateError as error:
        return error.caution
