"""Counting, for many cases at once, who came before and ranked lower."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def below_and_level(ranks: NDArray, weight: NDArray, first: NDArray) -> tuple[NDArray, NDArray]:
    """Weight of lower and of equal rank among the first so many, for every case at once.

    A wavelet matrix: one stable partition per bit of the ranks, each serving all cases, so that
    a million cases take twenty passes. Cases move along with their ranks, which keeps reading
    in sequence where ``first`` ascends.

    Parameters
    ----------
    ranks : ndarray of int, shape (cases,)
        Not negative.
    weight : ndarray of float, shape (cases,)
    first : ndarray of int, shape (cases,)
        How many of the cases, from the start, each case is held against.

    Returns
    -------
    two ndarrays, shape (cases,)
        Weight of those below its rank, and of those at it.

    References
    ----------
    Claude, Navarro & Ordóñez (2015), Information Systems 47, 15-32.

    Examples
    --------
    >>> below_and_level(np.array([2, 0, 1, 2]), np.ones(4), np.array([0, 1, 2, 4]))
    (array([0., 0., 1., 2.]), array([0., 0., 0., 2.]))
    """
    left, right = np.zeros(len(first), dtype=np.int64), first.astype(np.int64)
    below, asker = np.zeros(len(first)), np.arange(len(first))
    for bit in range(int(ranks.max(initial=0)).bit_length() - 1, -1, -1):
        up = ((ranks >> bit) & 1).astype(bool)
        low = _before(~up)
        mass = _before(np.where(up, 0.0, weight))
        zeros, ones = np.flatnonzero(~up), np.flatnonzero(up)
        below[ones] += mass[right[ones]] - mass[left[ones]]
        starts = [
            np.concatenate([low[e[zeros]], low[-1] + e[ones] - low[e[ones]]]) for e in (left, right)
        ]
        left, right = starts
        order = np.concatenate([zeros, ones])
        ranks, weight, below, asker = (a[order] for a in (ranks, weight, below, asker))
    mass = _before(weight)
    found = np.empty((2, len(first)))
    found[:, asker] = below, mass[right] - mass[left]
    return found[0], found[1]


def _before(amounts: NDArray) -> NDArray:
    return np.concatenate([[0], np.cumsum(amounts)])
