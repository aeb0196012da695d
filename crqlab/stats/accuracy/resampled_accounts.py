"""Numbers of a ranking, recomputed for thousands of samples of whole accounts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import norm, t

from crqlab.stats.cluster_draws import CELLS, resampled, stream

Ranking = tuple[csr_array, csr_array]
Statistic = Callable[[NDArray, NDArray], NDArray]


def ranking(
    outcome: NDArray, score: NDArray, accounts: NDArray, weight: NDArray | None = None
) -> Ranking:
    """How much each account has at each level of the score, with and without the event.

    Parameters
    ----------
    outcome, score, weight : ndarray, shape (cases,)
        0 or 1; higher where the event is thought more likely; how much a case counts.
    accounts : ndarray of int, shape (cases,)
        From 0 without gaps.

    Returns
    -------
    tuple of two sparse arrays, shape (accounts, levels)
        With the event, without it; levels ascend.

    Examples
    --------
    >>> ones, zeros = ranking(np.array([1, 0, 1]), np.array([5, 5, 2]), np.array([0, 0, 1]))
    >>> ones.toarray()
    array([[0., 1.],
           [1., 0.]])
    """
    levels, code = np.unique(score, return_inverse=True)
    shape = (int(accounts.max()) + 1, len(levels))
    amount = np.ones(len(score)) if weight is None else weight
    parts = (amount * outcome, amount * (1 - outcome))
    ones, zeros = (csr_array((part, (accounts, code)), shape=shape) for part in parts)
    return ones, zeros


def weighted_auc(ones: NDArray, zeros: NDArray) -> NDArray:
    """AUC from how much stands at each level of the score.

    Parameters
    ----------
    ones, zeros : ndarray, shape (samples, levels)
        With the event, without it; levels ascend.

    Returns
    -------
    ndarray, shape (samples,)
        Missing where only one outcome occurs.

    Examples
    --------
    >>> weighted_auc(np.array([[0.0, 2, 1]]), np.array([[1.0, 1, 0]]))
    array([0.83333333])
    """
    below = np.cumsum(zeros, axis=1) - zeros / 2
    pairs = ones.sum(axis=1) * zeros.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.einsum("ij,ij->i", ones, below) / pairs


def drawn(
    rankings: Sequence[Ranking], statistic: Statistic, *, draws: int, seed: int, key: str
) -> NDArray:
    """Recompute a statistic of each ranking in the same samples of accounts.

    Returns
    -------
    ndarray, shape (draws, rankings)
    """
    accounts, levels = rankings[0][0].shape[0], max(r[0].shape[1] for r in rankings)
    values = []
    for counts in resampled(accounts, draws, stream(seed, key)):
        pieces = -(-len(counts) * levels // CELLS)
        for part in np.array_split(counts, min(pieces, len(counts))):
            found = [statistic(part @ ones, part @ zeros) for ones, zeros in rankings]
            values.append(np.column_stack(found))
    return np.vstack(values)


def expanded(values: NDArray, accounts: int, level: float) -> tuple[float, float, float]:
    """Expanded percentiles of resampled values, and the p at which they touch 0.

    Parameters
    ----------
    values : ndarray, shape (draws,)
        Missing draws are left out.
    accounts : int
        How many were resampled.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high, p : float
        Missing below two accounts, or where the values do not differ.

    References
    ----------
    Hesterberg (2015), The American Statistician 69, 371-386.

    Examples
    --------
    >>> low, high, p = expanded(np.linspace(-1, 3, 2001), 50, 0.95)
    >>> round(low, 2), round(high, 2), round(p, 2)
    (-0.92, 2.92, 0.51)
    """
    ordered = np.sort(values[~np.isnan(values)])
    if accounts < 2 or len(ordered) < 2 or ordered[0] == ordered[-1]:
        return np.nan, np.nan, np.nan
    stretch = np.sqrt(accounts / (accounts - 1))
    tail = norm.cdf(-stretch * t.isf((1 - level) / 2, accounts - 1))
    low, high = np.quantile(ordered, [tail, 1 - tail])
    below = np.interp(0, ordered, np.linspace(0, 1, len(ordered)))
    share = np.clip(min(below, 1 - below), 1 / (len(ordered) + 1), 0.5)
    p = 2 * t.sf(-norm.ppf(share) / stretch, accounts - 1)
    return float(low), float(high), float(p)
