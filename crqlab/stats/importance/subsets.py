"""R-squared shared out over drivers by averaging over every order in which they may enter."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.cluster_draws import CELLS

TINY = 1e-10


def subset_r2(R: NDArray, r: NDArray) -> NDArray:
    """R-squared of every subset of drivers.

    Driver after driver is taken in or left out; taking in sweeps it out of all that is left
    (Schur complement). What remains shrinks as fast as the number of subsets grows.

    Parameters
    ----------
    R : ndarray, shape (matrices, drivers, drivers)
    r : ndarray, shape (matrices, drivers)

    Returns
    -------
    ndarray, shape (matrices, 2 ** drivers)
        Bit j of a place in the row says whether driver j is in.

    Examples
    --------
    >>> subset_r2(np.eye(2)[None], np.array([[0.6, 0.3]])).round(2)
    array([[0.  , 0.36, 0.09, 0.45]])
    """
    left = np.moveaxis(_joined(R, r), 0, -1)[None]
    for _ in range(r.shape[1]):
        left = np.concatenate([left[:, 1:, 1:], _swept(left)])
    return np.ascontiguousarray(1 - left[:, 0, 0].T)


def _joined(R: NDArray, r: NDArray) -> NDArray:
    """Correlations of drivers and, last, the outcome."""
    top = np.concatenate([R, r[..., None]], axis=-1)
    below = np.concatenate([r, np.ones((*r.shape[:-1], 1))], axis=-1)[..., None, :]
    return np.concatenate([top, below], axis=-2)


def _swept(left: NDArray) -> NDArray:
    """What the first variable leaves of the others; all of it if others said it already.

    Matrices lie in axes 1 and 2; the last axis is the longest, which keeps the work in long
    strides.
    """
    pivot, column = left[:, 0, 0], left[:, 1:, 0]
    scale = np.where(pivot > TINY, 1 / np.where(pivot > TINY, pivot, 1), 0)
    return left[:, 1:, 1:] - column[:, :, None] * (column * scale[:, None])[:, None]


def shapley(R: NDArray, r: NDArray) -> NDArray:
    """LMG weights, exact: the mean of what a driver adds, over all orders of all drivers.

    Parameters
    ----------
    R : ndarray, shape (matrices, drivers, drivers)
    r : ndarray, shape (matrices, drivers)

    Returns
    -------
    ndarray, shape (matrices, drivers)
        Shares of the outcome's variance, in [0, 1]; they sum to R-squared.

    References
    ----------
    Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis,
    119-127. Grömping (2007), The American Statistician 61, 139-147.

    Examples
    --------
    >>> correlated = np.array([[[1.0, 0.5], [0.5, 1.0]]])
    >>> shapley(correlated, np.array([[0.6, 0.3]])).round(3)
    array([[0.315, 0.045]])
    """
    p = r.shape[1]
    mixing = _mixing(p)
    step = max(CELLS // 2 ** (p + 1), 1)
    pieces = [subset_r2(R[i : i + step], r[i : i + step]) @ mixing for i in range(0, len(r), step)]
    return np.concatenate(pieces)


def _mixing(p: int) -> NDArray:
    """How every subset's R-squared enters every driver's weight; shape (2 ** p, p)."""
    member = (np.arange(2**p)[:, None] >> np.arange(p)) & 1
    size = member.sum(axis=1)
    orders = np.array([factorial(s) * factorial(p - 1 - s) for s in range(p)]) / factorial(p)
    gained = orders[np.maximum(size - 1, 0)][:, None]
    given = orders[np.minimum(size, p - 1)][:, None]
    return np.where(member == 1, gained, -given)


def random_orders(p: int, permutations: int, rng: np.random.Generator) -> NDArray:
    """Random orders of p drivers, each followed by its reverse; shape (orders, p).

    References
    ----------
    Mitchell, Cooper, Frank & Holmes (2022), Journal of Machine Learning Research 23(43),
    1-46: reversed pairs halve the error.

    Examples
    --------
    >>> random_orders(3, 2, np.random.default_rng(1)).sum(axis=0)
    array([2, 2, 2])
    """
    one = rng.permuted(np.tile(np.arange(p), ((permutations + 1) // 2, 1)), axis=1)
    return np.stack([one, one[:, ::-1]], axis=1).reshape(-1, p)


def sampled_shapley(R: NDArray, r: NDArray, orders: NDArray) -> tuple[NDArray, NDArray]:
    """LMG weights from some orders only, for drivers too many to take all.

    Parameters
    ----------
    R : ndarray, shape (matrices, drivers, drivers)
    r : ndarray, shape (matrices, drivers)
    orders : ndarray, shape (orders, drivers)
        As `random_orders` gives them.

    Returns
    -------
    weights, errors : ndarray, shape (matrices, drivers)
        The weights still sum to R-squared; the errors are standard errors of sampling orders.

    Examples
    --------
    >>> correlated, r = np.array([[[1.0, 0.5], [0.5, 1.0]]]), np.array([[0.6, 0.3]])
    >>> sampled_shapley(correlated, r, np.array([[0, 1], [1, 0]]))[0].round(3)
    array([[0.315, 0.045]])
    """
    n, p = r.shape
    step = max(CELLS // (p + 1) ** 2 // len(orders), 1)
    pieces = [_gains(R[i : i + step], r[i : i + step], orders) for i in range(0, n, step)]
    pairs = np.concatenate(pieces).reshape(n, -1, 2, p).mean(axis=2)
    spread = pairs.std(axis=1, ddof=1) if pairs.shape[1] > 1 else np.full((n, p), np.nan)
    return pairs.mean(axis=1), spread / np.sqrt(pairs.shape[1])


def _gains(R: NDArray, r: NDArray, orders: NDArray) -> NDArray:
    """What each driver adds in each order; shape (matrices, orders, drivers)."""
    p = orders.shape[1]
    place = np.concatenate([orders, np.full((len(orders), 1), p)], axis=1)
    left = _joined(R, r)[:, place[:, :, None], place[:, None, :]]
    left = np.moveaxis(left, 0, -1)
    gains = np.empty((p, len(orders), len(R)))
    for j in range(p):
        swept = _swept(left)
        gains[j] = left[:, -1, -1] - swept[:, -1, -1]
        left = swept
    back = np.argsort(orders, axis=1)[None]
    return np.take_along_axis(gains.transpose(2, 1, 0), back, axis=2)
