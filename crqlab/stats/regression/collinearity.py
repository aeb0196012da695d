"""How far covariates repeat one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HIGH_VIF = 10.0
HIGH_INDEX = 30.0


def inflation(correlations: NDArray) -> NDArray:
    """Variance inflation factor of each covariate, 1 where nothing is repeated.

    Examples
    --------
    >>> inflation(np.array([[1.0, 0.8], [0.8, 1.0]])).round(2)
    array([2.78, 2.78])

    References
    ----------
    Marquardt (1970), Technometrics 12, 591-612: beyond 10 a coefficient stands on little.
    """
    return np.diag(np.linalg.inv(correlations)) if len(correlations) else np.empty(0)


def condition(correlations: NDArray) -> float:
    """Condition index: root of the largest over the smallest eigenvalue; 1 is best.

    Examples
    --------
    >>> round(condition(np.array([[1.0, 0.8], [0.8, 1.0]])), 2)
    3.0

    References
    ----------
    Belsley, Kuh & Welsch (1980), Regression Diagnostics, chapter 3: beyond 30 is severe.
    """
    if not len(correlations):
        return 1.0
    values = np.linalg.eigvalsh(correlations)
    return float(np.sqrt(values[-1] / max(values[0], 1e-300)))
