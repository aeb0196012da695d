"""Standard errors from what each respondent adds to an estimate, summed by account."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

__all__ = ["half_width", "spread"]
__dir__ = __all__.copy


def spread(influence: NDArray, accounts: NDArray) -> NDArray:
    """Standard error of a smooth function of means, respondents of one account together.

    Parameters
    ----------
    influence : ndarray, shape (respondents,) or (respondents, estimates)
        How much the estimate would move, per unit of weight, if this respondent weighed more;
        sums to 0.
    accounts : ndarray of int, shape (respondents,)
        The account of each respondent, from 0 without gaps.

    Returns
    -------
    float or ndarray, shape (estimates,)
        In the unit of the estimate.

    References
    ----------
    Huber (1981), Robust Statistics, section 2.5: the infinitesimal jackknife.
    Liang & Zeger (1986), Biometrika 73, 13-22: summing by cluster.

    Examples
    --------
    The mean of 1, 2, 3, 6, whose standard error is its standard deviation over root n:

    >>> float(spread(np.array([-2.0, -1, 0, 3]), np.arange(4)).round(4))
    1.0801
    """
    count = int(accounts.max()) + 1
    sums = np.zeros((count, *influence.shape[1:]))
    np.add.at(sums, accounts, influence)
    return np.sqrt(count / (count - 1) * (sums**2).sum(axis=0)) / len(influence)


def half_width(influence: NDArray, accounts: NDArray, level: float) -> NDArray:
    """Half of a Student interval, with one degree of freedom less than there are accounts.

    Examples
    --------
    >>> float(half_width(np.array([-2.0, -1, 0, 3]), np.arange(4), 0.95).round(4))
    3.4374
    """
    freedom = int(accounts.max())
    return t.isf((1 - level) / 2, freedom) * spread(influence, accounts)
