"""Means and covariances of the data and of every draw of whole accounts, from sums alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.cluster_draws import resampled


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The data first, then one entry per draw.

    Attributes
    ----------
    means : ndarray, shape (1 + draws, variables)
    covariances : ndarray, shape (1 + draws, variables, variables)
        Divided by n.
    n, n_groups : int
        Rows, and the accounts they belong to.
    """

    means: NDArray
    covariances: NDArray
    n: int
    n_groups: int


def resampled_moments(
    values: NDArray,
    groups: NDArray,
    *,
    draws: int,
    rng: np.random.Generator,
    weights: NDArray | None = None,
) -> Moments:
    """Means and covariances when whole groups are drawn with replacement.

    Every group is reduced to its count, sums and cross-products; a draw weighs these sums by
    how often each group was drawn. So nothing is computed per row and draw.

    Parameters
    ----------
    values : ndarray, shape (rows, variables)
        Complete numbers in any unit.
    groups : ndarray, shape (rows,)
        The account of each row: whole numbers from 0 without gaps, in the order of the names.
    draws : int
        Samples of whole groups; 0 for none. One group alone cannot be resampled: none either.
    rng : Generator
    weights : ndarray, shape (rows,), optional
        What each row counts, above 0 (a survey weight); 1 when absent.

    Returns
    -------
    Moments
        ``n`` counts rows, whatever they weigh.

    Examples
    --------
    >>> values = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 4.0]])
    >>> found = resampled_moments(
    ...     values, np.arange(3), draws=4, rng=np.random.default_rng(1))
    >>> found.means[0], found.covariances.shape
    (array([3., 4.]), (5, 2, 2))
    """
    n, k = values.shape
    n_groups = int(groups.max(initial=-1)) + 1
    centre = values.mean(axis=0)
    away = values - centre
    one, two = np.triu_indices(k)
    order = np.argsort(groups, kind="stable")
    rows = np.column_stack([np.ones(n), away, away[:, one] * away[:, two]])
    rows = (rows if weights is None else rows * weights[:, None])[order]
    starts = np.searchsorted(groups[order], np.arange(n_groups))
    sums = np.add.reduceat(rows, starts, axis=0)
    pieces = [sums.sum(axis=0, keepdims=True)]
    if draws and n_groups > 1:
        pieces += [count @ sums for count in resampled(n_groups, draws, rng)]
    total = np.vstack(pieces)
    total = total[:, 1:] / total[:, :1]
    means, products = total[:, :k], total[:, k:]
    covariances = np.empty((len(total), k, k))
    covariances[:, one, two] = products - means[:, one] * means[:, two]
    covariances[:, two, one] = covariances[:, one, two]
    return Moments(means + centre, covariances, n, n_groups)
