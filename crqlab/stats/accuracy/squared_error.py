"""How far probabilities are from what happened, squared."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.accuracy.cases import Cases, complete
from crqlab.stats.accuracy.cluster_bootstrap import half
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level


def brier(
    outcome: ArrayLike,
    probability: ArrayLike,
    *,
    scaled: bool = False,
    level: float = LEVEL,
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Mean squared distance of foretold probabilities from what happened.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome or probability are left out and counted.
    probability : array, shape (cases,)
        Of the event, in [0, 1].
    scaled : bool
        Say instead what share of the error of always foretelling the base rate is removed: 1
        is perfect, 0 no better than the base rate, below 0 worse.
    level : float
        Coverage of the interval, in (0, 1).
    cluster : array, optional
        The account of each case.

    Returns
    -------
    Estimate
        ``value`` in [0, 1], less is better; scaled, up to 1, more is better.

    Raises
    ------
    EstimateError
        A probability outside [0, 1], arrays of different lengths, text, or an outcome that is
        neither 0 nor 1.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3.
    Steyerberg et al. (2010), Epidemiology 21, 128-138: the scaled version.
    Huber (1981), Robust Statistics, section 2.5: the interval.

    Examples
    --------
    >>> print(brier([1, 0, 0, 1] * 10, [0.9, 0.2, 0.4, 0.6] * 10))
    Brier score 0.09 [0.07, 0.11], n = 40 cases (Huber 1981)
    >>> round(brier([1, 0, 0, 1] * 10, [0.9, 0.2, 0.4, 0.6] * 10, scaled=True).value, 2)
    0.63
    """
    check_level(level)
    cases = probabilities(outcome, probability, cluster)
    name = "scaled Brier score" if scaled else "Brier score"
    nan = float("nan")
    if len(cases.outcome) == 0 or (scaled and cases.one_outcome):
        told = (name, nan, nan, nan, level, cases.n, cases.unit, "Huber 1981", cases.notes)
        return Estimate(*told)
    value, influence = _parts(cases, scaled)
    wide = half(influence, cases, level)
    low, high = max(value - wide, -np.inf if scaled else 0.0), min(value + wide, 1.0)
    told = (name, value, low, high, level, cases.n, cases.unit, "Huber 1981", cases.notes)
    return Estimate(*told)


def probabilities(
    outcome: ArrayLike, probability: ArrayLike, cluster: ArrayLike | None = None
) -> Cases:
    """Keep complete cases, and refuse what is no probability.

    Examples
    --------
    >>> probabilities([1, 0], [0.5, 35])
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: probability= reaches 35; it must lie from 0 to 1. Give ...
    """
    cases = complete(outcome, {"probability": probability}, cluster)
    chance = cases.columns[0]
    odd = chance[(chance < 0) | (chance > 1)]
    if len(odd):
        raise EstimateError(
            f"probability= reaches {odd[np.abs(odd).argmax()]:g}; it must lie from 0 to 1. "
            "Give shares instead of per cents, and probabilities instead of scores."
        )
    return cases


def _parts(cases: Cases, scaled: bool) -> tuple[float, NDArray]:
    """Return the value and what each case adds to it."""
    error = (cases.outcome - cases.columns[0]) ** 2
    value = float(error.mean())
    if not scaled:
        return value, error - value
    apart = (cases.outcome - cases.outcome.mean()) ** 2
    base = float(apart.mean())
    return 1 - value / base, -(error - value) / base + value / base**2 * (apart - base)
