"""Which driver to mend first: the greatest gap by importance, and how sure that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NO_GAP = "no_gap"


def pressures(importance: NDArray, gap: NDArray) -> NDArray:
    """Importance times gap; a driver on which the reference is met presses no more.

    Examples
    --------
    >>> pressures(np.array([0.7, 0.3]), np.array([0.5, -0.2]))
    array([0.35, 0.  ])
    """
    return importance * np.maximum(np.nan_to_num(gap), 0)


def chances(pressure: NDArray) -> NDArray:
    """Share of draws in which each driver presses most.

    Parameters
    ----------
    pressure : ndarray, shape (draws, units, drivers)

    Returns
    -------
    ndarray, shape (units, drivers)
        Draws in which nothing presses count for none.

    Examples
    --------
    >>> chances(np.array([[[0.3, 0.1]], [[0.1, 0.2]], [[0.4, 0.2]], [[0.0, 0.0]]]))
    array([[0.5 , 0.25]])
    """
    most = pressure.argmax(axis=2)
    some = pressure.max(axis=2) > 0
    hits = (most[:, :, None] == np.arange(pressure.shape[2])) & some[:, :, None]
    return hits.mean(axis=0)


def firsts(chance: NDArray, pressure: NDArray) -> tuple[NDArray, NDArray]:
    """Places of the likeliest driver and of its runner-up; ties go to the greater pressure.

    Parameters
    ----------
    chance, pressure : ndarray, shape (units, drivers)

    Examples
    --------
    >>> firsts(np.array([[0.2, 0.5, 0.3]]), np.array([[0.1, 0.4, 0.2]]))
    (array([1]), array([2]))
    """
    order = np.lexsort((-pressure, -chance), axis=1)
    return order[:, 0], order[:, min(1, order.shape[1] - 1)]
