"""How well a score foretells who has the event first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import one_of
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.survival.dominance import below_and_level
from crqlab.stats.survival.histories import Histories, complete

METHODS = ("harrell", "uno")


def c_index(
    time: ArrayLike,
    event: ArrayLike,
    score: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    method: str = "harrell",
    until: float = np.inf,
    level: float = LEVEL,
) -> Estimate:
    """Chance that of two cases the one with the higher score has the event first.

    Pairs count where it is known who was first: an event, and a case seen after it (or last
    seen at that very time without it). Equal scores count half.

    Parameters
    ----------
    time, event : array, shape (cases,)
        When each case was last seen, in any unit; 1 where the event happened then, else 0.
    score : array, shape (cases,)
        Higher where the event is thought to come sooner.
    cluster : array, optional
        The account of each case: cases of one account then move together.
    method : str
        ``"harrell"``; or ``"uno"``, which weights pairs by the inverse square of the chance to
        be still watched, so that the result does not depend on who was lost when.
    until : float
        Only events up to this time count, in the unit of ``time``.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in [0, 1], 0.5 is chance; missing, with a note, where no pair counts.

    Raises
    ------
    EstimateError
        Arrays of different lengths, text, or events that are neither 0 nor 1.

    References
    ----------
    Harrell, Lee & Mark (1996), Statistics in Medicine 15, 361-387.
    Uno, Cai, Pencina, D'Agostino & Wei (2011), Statistics in Medicine 30, 1105-1117.
    Therneau & Atkinson (2024), Concordance, vignette of the R package survival: the variance by
    the infinitesimal jackknife.

    Examples
    --------
    >>> print(c_index([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 0], [6, 4, 5, 2, 2, 1]))
    C 0.92 [0.76, 1.00], n = 6 cases (Harrell 1996)
    """
    check_level(level)
    one_of("method=", method, METHODS)
    table = pd.DataFrame({"score": np.asarray(score)})
    cases = complete(time, event, columns=table, labels=cluster)
    source = {"harrell": "Harrell 1996", "uno": "Uno 2011"}[method]
    unit, n = ("cases", cases.n) if cluster is None else ("accounts", len(cases.keys))
    few = (
        (code("few_accounts", minimum=FEW_CLUSTERS),)
        if cluster is not None and n < FEW_CLUSTERS
        else ()
    )
    right, pairs = _pairs(cases, _weight(cases, method, until))
    if pairs.sum() == 0:
        nan, told = float("nan"), (*cases.notes, "no_pairs")
        return Estimate("C", nan, nan, nan, level, n, unit, source, told)
    value = float(right.sum() / pairs.sum())
    moved = (right - value * pairs) / (pairs.sum() / 2)
    error = float(np.sqrt((np.bincount(cases.codes, weights=moved) ** 2).sum()))
    law = norm() if cluster is None else t(max(n - 1, 1))
    half = float(law.isf((1 - level) / 2)) * error if n > 1 and error > 0 else float("nan")
    alike = ("interval_unknown",) if np.isnan(half) else ()
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    notes = (*cases.notes, *few, *alike)
    return Estimate("C", value, low, high, level, n, unit, source, notes)


def _weight(cases: Histories, method: str, until: float) -> NDArray:
    """How much the pairs of each event count; 0 for those without event."""
    counted = cases.event * (cases.time <= until)
    if method == "harrell":
        return counted
    return counted / _still_watched(cases) ** 2


def _still_watched(cases: Histories) -> NDArray:
    """Chance to be watched up to just before each time; an event precedes a censoring."""
    place = np.unique(cases.time, return_inverse=True)[1]
    lost = np.bincount(place, weights=1 - cases.event)
    seen = np.bincount(place)
    staying = seen[::-1].cumsum()[::-1] - np.bincount(place, weights=cases.event)
    kept = np.cumprod(1 - lost / np.maximum(staying, 1))
    return np.concatenate([[1.0], kept[:-1]])[place]


def _pairs(cases: Histories, weight: NDArray) -> tuple[NDArray, NDArray]:
    """Weight of each case's pairs in the right order, ties half, and of all its pairs."""
    rank = np.unique(cases.columns[:, 0], return_inverse=True)[1]
    order = np.lexsort((cases.event, -cases.time))
    time, event, rank, w = (a[order] for a in (cases.time, cases.event, rank, weight))
    n, place = len(order), np.arange(len(order))
    # those a case outlives or not: longest first, at one time the censored before the events
    fresh = np.concatenate([np.ones(min(n, 1), bool), (np.diff(time) != 0) | (np.diff(event) != 0)])
    before = np.maximum.accumulate(np.where(fresh, place, 0))
    low, level = below_and_level(rank, np.ones(n), before)
    right, pairs = w * (low + level / 2), w * before
    # and the events that came before a case: shortest first
    back = slice(None, None, -1)
    end = np.searchsorted(-time, -time, side="right")
    start = np.where(event == 1, end, before + _run(fresh))
    first = n - start
    low, level = (found[back] for found in below_and_level(rank[back], w[back], first[back]))
    every = np.concatenate([[0.0], np.cumsum(w[back])])[first]
    right += every - low - level / 2
    pairs += every
    found = np.empty((2, n))
    found[:, order] = right, pairs
    return found[0], found[1]


def _run(fresh: NDArray) -> NDArray:
    """How long the block of equal time and event is to which each case belongs."""
    block = np.cumsum(fresh, dtype=int) - 1
    return np.bincount(block)[block]
