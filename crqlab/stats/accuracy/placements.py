"""Where each case stands among those to which the opposite happened, in one sort."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def placements(outcome: NDArray, score: NDArray) -> NDArray:
    """Share of the cases with the other outcome against which a case is in the right order.

    Parameters
    ----------
    outcome : ndarray of 0 and 1, shape (cases,)
        Both must occur.
    score : ndarray, shape (cases,)
        Higher where the event is thought more likely; ties count half.

    Returns
    -------
    ndarray, shape (cases,)
        In [0, 1]; the mean over events, and the mean over the others, is the AUC.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845: structural components.
    Sun & Xu (2014), IEEE Signal Processing Letters 21, 1389-1393: all of them in one sort.

    Examples
    --------
    >>> placements(np.array([1.0, 0, 1, 0]), np.array([4.0, 3, 3, 1]))
    array([1.  , 0.75, 0.75, 1.  ])
    """
    code = np.unique(score, return_inverse=True)[1]
    ones = np.bincount(code, weights=outcome)
    zeros = np.bincount(code) - ones
    below = (np.cumsum(zeros) - zeros / 2) / zeros.sum()
    above = 1 - (np.cumsum(ones) - ones / 2) / ones.sum()
    return np.where(outcome == 1, below[code], above[code])


def covariance(places: NDArray, outcome: NDArray, accounts: NDArray) -> NDArray:
    """Covariance of the AUCs of several scores of the same cases.

    Where every case is its own account this is DeLong's estimate; with accounts, cases of one
    account move together, whatever happened to them.

    Parameters
    ----------
    places : ndarray, shape (cases, scores)
        From `placements`.
    outcome : ndarray of 0 and 1, shape (cases,)
    accounts : ndarray of int, shape (cases,)
        From 0 without gaps.

    Returns
    -------
    ndarray, shape (scores, scores)
        Missing where fewer than two accounts have an event, or fewer than two have none.

    References
    ----------
    Obuchowski (1997), Biometrics 53, 567-578.

    Examples
    --------
    >>> y = np.array([1.0, 0, 1, 0])
    >>> places = placements(y, np.array([4.0, 3, 3, 1]))[:, None]
    >>> covariance(places, y, np.arange(4)).round(4)
    array([[0.0312]])
    """
    centred = places - places[outcome == 1].mean(axis=0)
    sums, scale = [], []
    for happened in (outcome == 1, outcome == 0):
        inside = accounts[happened]
        columns = centred[happened].T / len(inside)
        size = accounts.max() + 1
        sums.append(np.array([np.bincount(inside, weights=c, minlength=size) for c in columns]).T)
        scale.append(_correction(len(np.unique(inside))))
    ones, zeros = sums
    across = _correction(accounts.max() + 1) * ones.T @ zeros
    return scale[0] * ones.T @ ones + scale[1] * zeros.T @ zeros + across + across.T


def _correction(count: int) -> float:
    return count / (count - 1) if count > 1 else np.nan
