"""Where shares of the values are cut off, weighted or not, and how sure each cut is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from crqlab.base.errors import EstimateError
from crqlab.stats.estimate import check_level

__all__ = ["at_shares", "interval_shares", "quantiles", "type7", "type7_of"]
__dir__ = __all__.copy

OPEN = "few_beyond_the_cut"
HALVINGS = 50
FUZZ = 4 * np.finfo(float).eps  # as R: a place this near a whole number is that number


def quantiles(
    values: ArrayLike,
    shares: Sequence[float],
    *,
    level: float,
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Cut values at the given shares, with intervals that assume no distribution.

    Parameters
    ----------
    values : array or Series
        Numbers in any unit; missing ones are left out, and so are their weights.
    shares : sequence of float
        Shares of the values below each cut, in [0, 1].
    level : float
        Coverage of each interval, in (0, 1).
    weights : array or Series, optional
        What each value counts, 0 or more, by position; only their proportions matter.

    Returns
    -------
    DataFrame, one row per share
        ``share``, ``cut``, ``low``, ``high`` (units of the values; an end is missing where
        too few values lie beyond the cut), ``n`` (values with weight), ``flag`` (a code).

    Raises
    ------
    EstimateError
        No value, a share outside [0, 1], a negative weight, or as many weights as values not.

    References
    ----------
    Hyndman & Fan (1996), The American Statistician 50, 361-365: the cuts, type 7.
    Harrell (2023), Hmisc, ``wtd.quantile`` with ``normwt``: the same of weighted values.
    Hutson (1999), Journal of Applied Statistics 26, 343-353: fractional order statistics.
    Kish (1965), Survey Sampling, section 11.2: as many equal values as the weights are worth.

    Examples
    --------
    >>> quantiles(pd.Series(range(1, 102)), [0.5, 0.9], level=0.95).round(1)
       share   cut   low  high    n flag
    0    0.5  51.0  41.2  60.8  101   ok
    1    0.9  91.0  85.2  96.9  101   ok
    >>> quantiles([3, 4, 5], [0.5], level=0.95, weights=[1, 1, 4])[["cut", "flag"]]
       cut                flag
    0  5.0  few_beyond_the_cut
    """
    ordered, weight = _ordered(values, weights)
    share = np.asarray(list(shares), dtype=float)
    _check(share, level)
    n_effective = weight.sum() ** 2 / (weight**2).sum()
    low, high = interval_shares(share, np.full(len(share), n_effective), level=level)
    cuts = type7(ordered, weight, share)
    ends = [at_shares(ordered, weight, end) for end in (low, high)]
    unsure = np.isnan(ends).any(axis=0)
    columns = {"share": share, "cut": cuts, "low": ends[0], "high": ends[1]}
    return pd.DataFrame({**columns, "n": len(ordered), "flag": np.where(unsure, OPEN, "ok")})


def _ordered(values: ArrayLike, weights: ArrayLike | None) -> tuple[NDArray, NDArray]:
    """Values that count, from low to high, and what each counts, 1 on average."""
    value = np.asarray(values, dtype=float).ravel()
    weight = np.ones(len(value)) if weights is None else np.asarray(weights, dtype=float).ravel()
    if len(weight) != len(value):
        raise EstimateError(
            f"weights= has {len(weight)} numbers for {len(value)} values; give one weight a value."
        )
    if (weight < 0).any():
        raise EstimateError("weights= holds negative numbers; a weight is 0 or more.")
    kept = ~np.isnan(value) & (weight > 0)
    if not kept.any():
        raise EstimateError(
            f"values= has {len(value)} numbers, none of them known and with a weight; a quantile "
            "needs one. Check the filter before this call."
        )
    order = np.argsort(value[kept], kind="stable")
    weight = weight[kept][order]
    return value[kept][order], weight * (len(weight) / weight.sum())


def _check(share: NDArray, level: float) -> None:
    check_level(level)
    if not ((share >= 0) & (share <= 1)).all():
        raise EstimateError(f"shares= is {share.tolist()}; each must lie in [0, 1]. Use 0.9.")


def type7(ordered: NDArray, weight: NDArray, share: NDArray) -> NDArray:
    """Type-7 quantiles of sorted values, each counted as often as its weight says.

    Parameters
    ----------
    ordered, weight : ndarray, shape (n,)
        Values from low to high; weights that sum to n.
    share : ndarray

    Examples
    --------
    >>> type7(np.array([1.0, 2.0, 4.0]), np.ones(3), np.array([0.5, 0.75]))
    array([2., 3.])
    """
    n = len(ordered)
    reached = np.cumsum(weight)
    reached[-1] = max(reached[-1], n)

    def at(rank: NDArray) -> NDArray:
        return ordered[np.minimum(np.searchsorted(reached, rank - 1e-9), n - 1)]

    return type7_of(at, n, share)


def type7_of(
    at: Callable[[NDArray], NDArray], n: ArrayLike, share: ArrayLike, *, first: int = 1
) -> NDArray:
    """Type-7 quantiles of values that are in order already, of many groups at once.

    Parameters
    ----------
    at : callable
        From ranks, whole numbers in an array of the result's shape, to the values there.
    n, share : array
        Values in each group, at least 1, and where to cut them; shapes that broadcast.
    first : int
        What ``at`` calls the lowest rank: 1, or 0 where ranks are places in an array.

    References
    ----------
    Hyndman & Fan (1996), The American Statistician 50, 361-365.

    Examples
    --------
    >>> rows = np.array([[1.0, 2.0, 4.0], [1.0, 3.0, np.nan]])
    >>> type7_of(lambda rank: rows[[0, 1], rank.astype(int)], [3, 2], [0.75, 0.5], first=0)
    array([3., 2.])
    """
    n = np.asarray(n)
    place = first + (n - 1) * np.asarray(share)
    below = np.maximum(np.floor(place * (1 + FUZZ)), first)
    low, high = at(below), at(np.minimum(below + 1, first + n - 1))
    return low + np.maximum(place - below, 0) * (high - low)


def at_shares(ordered: NDArray, weight: NDArray, share: NDArray) -> NDArray:
    """Fractional order statistics: the value at shares of n + 1; missing beyond the outermost.

    Examples
    --------
    >>> at_shares(np.array([1.0, 2.0, 4.0]), np.ones(3), np.array([0.1, 0.25, 0.625]))
    array([nan,  1.,  3.])
    """
    reached = np.cumsum(weight) / (weight.sum() * (1 + 1 / len(weight)))
    return np.interp(share, reached, ordered, left=np.nan, right=np.nan)


def interval_shares(share: NDArray, n: NDArray, *, level: float) -> tuple[NDArray, NDArray]:
    """Return which shares of n + 1 ordered values enclose a quantile as often as ``level`` says.

    Parameters
    ----------
    share : ndarray
        Where the quantile cuts, in [0, 1].
    n : ndarray of the same shape
        Independent values, or as many as dependent ones are worth; need not be whole.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : ndarray
        In (0, 1).

    References
    ----------
    Hutson (1999), Journal of Applied Statistics 26, 343-353, equation 2.

    Examples
    --------
    >>> low, high = interval_shares(np.array([0.5]), np.array([101.0]), level=0.95)
    >>> (102 * low).round(1), (102 * high).round(1)
    (array([41.2]), array([60.8]))
    """
    tail = (1 - level) / 2
    return _rank(share, n, 1 - tail) / (n + 1), _rank(share, n, tail) / (n + 1)


def _rank(share: NDArray, n: NDArray, chance: float) -> NDArray:
    """Return the rank whose value lies below the quantile with this chance, by halving."""
    low, high = np.zeros(n.shape), n + 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        likely = betainc(middle, n + 1 - middle, share) > chance
        low, high = np.where(likely, middle, low), np.where(likely, high, middle)
    return (low + high) / 2
