"""Whether effects stay the same over time: the score test of Grambsch and Therneau."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from crqlab.base.errors import EstimateError
from crqlab.stats.survival.partial import Partial
from crqlab.stats.survival.risk_sets import RiskSets


def proportionality(fit: Partial, names: Sequence[str], clock: NDArray) -> pd.DataFrame:
    """Test every term, and all together, for an effect that changes with time.

    The score test of adding covariate x clock to the model, exact also for ties: no
    approximation by a constant variance of residuals.

    Parameters
    ----------
    fit : Partial
        At the estimates.
    names : sequence of str
        Terms.
    clock : ndarray, shape (event times,)
        Transformed event times.

    Returns
    -------
    DataFrame, one row per term and one ``all``
        ``term``, ``chi2``, ``df``, ``p``.

    References
    ----------
    Grambsch & Therneau (1994), Biometrika 81, 515-526.
    Therneau (2022), A package for survival analysis in R: cox.zph since version 3.

    Examples
    --------
    >>> from crqlab.stats.survival.partial import partial
    >>> from crqlab.stats.survival.risk_sets import risk_sets
    >>> sets = risk_sets(np.arange(1.0, 7), np.array([1.0, 1, 1, 1, 1, 0]), np.zeros(6))
    >>> early = partial(np.array([[1.0], [1], [0], [0], [1], [0]]), np.array([0.5]), sets, "efron")
    >>> proportionality(early, ["tier A"], sets.times)["df"].tolist()
    [1, 1]
    """
    middle = np.average(clock, weights=fit.sets.size)
    g = clock - middle
    u = g @ fit.score_by_time()
    plain, once, twice = fit.information(), fit.information(g), fit.information(g**2)
    left = twice - once.T @ np.linalg.pinv(plain) @ once
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = u**2 / np.diag(left)
    rows = [(name, float(value), 1) for name, value in zip(names, alone, strict=True)]
    together = float(u @ np.linalg.pinv(left) @ u)
    table = pd.DataFrame([*rows, ("all", together, len(u))], columns=["term", "chi2", "df"])
    return table.assign(p=chi2.sf(table["chi2"], table["df"]))


def clock(sets: RiskSets, time: NDArray, transform: str) -> NDArray:
    """Transform event times for the test of proportional hazards.

    Parameters
    ----------
    sets : RiskSets
    time : ndarray, shape (cases,)
        When each case was last seen.
    transform : str
        ``"km"`` (share that had the event before), ``"identity"``, ``"rank"`` (among the times
        of all cases), ``"log"``.

    Raises
    ------
    EstimateError
        An event at time 0 or before, for ``"log"``.

    Examples
    --------
    >>> from crqlab.stats.survival.risk_sets import risk_sets
    >>> time = np.array([1.0, 2, 3])
    >>> clock(risk_sets(time, np.array([1.0, 1, 0]), np.zeros(3)), time, "km").round(2)
    array([0.  , 0.33])
    """
    if transform == "identity":
        return sets.times
    if transform == "log":
        if sets.times[0] <= 0:
            raise EstimateError(
                f"time= has an event at {sets.times[0]:g}, whose logarithm does not exist; use "
                'transform="km".'
            )
        return np.log(sets.times)
    if transform == "rank":
        ordered = np.sort(time)
        before, until = (np.searchsorted(ordered, sets.times, side) for side in ("left", "right"))
        return (before + until + 1) / 2
    kept = np.cumprod(1 - sets.size / sets.at_risk(np.ones(len(sets.last))))
    return 1 - np.concatenate([[1.0], kept[:-1]])
