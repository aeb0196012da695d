"""Intervals of means over cases, or over the accounts that the cases sit in."""

from __future__ import annotations

from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.stats.accuracy.cases import Cases
from crqlab.stats.influence import spread


def quantile(cases: Cases, level: float) -> float:
    """Half of an interval in standard errors: Student's t on accounts less one, else normal.

    Examples
    --------
    >>> from crqlab.stats.accuracy.cases import complete
    >>> y = [1, 0, 1]
    >>> round(quantile(complete(y, {}), 0.95), 2), round(quantile(complete(y, {}, y), 0.95), 2)
    (1.96, 12.71)
    """
    tail = (1 - level) / 2
    return float(t.isf(tail, max(cases.n - 1, 1)) if cases.clustered else norm.isf(tail))


def half(influence: NDArray, cases: Cases, level: float) -> float:
    """Half of the interval of a mean, from what each case adds to it; missing for one account.

    Examples
    --------
    >>> import numpy as np
    >>> from crqlab.stats.accuracy.cases import complete
    >>> round(half(np.array([-0.5, -0.5, 0.5, 0.5]), complete([0, 0, 1, 1], {}), 0.95), 3)
    0.566
    """
    if cases.n < 2:
        return float("nan")
    return quantile(cases, level) * float(spread(influence, cases.accounts))
