"""Whether covariates tell the outcome apart so well that no finite estimate exists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.regression.newton import Summit

WIDE = 50.0  # error of a standardised coefficient beyond which its existence is doubted
SLACK = 1e-6


def separating(X: NDArray, y: NDArray, weights: NDArray, summit: Summit) -> NDArray | None:
    """Direction in which the likelihood rises for ever, or None.

    Looked for only where the climb gives cause. Its own last step is tried first: if going
    that way makes no row's outcome less likely and some rows' more, it proves separation. If
    not, a linear programme decides.

    Returns
    -------
    ndarray, shape (terms,), or None
        Non-zero in the terms whose estimates would be infinite.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71, 1-10: complete and quasi-complete separation.
    Konis (2007), Linear programming algorithms for detecting separated data in binary
    logistic regression models, DPhil thesis, Oxford: the programme.
    """
    variance = np.diag(np.linalg.pinv(summit.information, hermitian=True))
    if summit.arrived and (variance < WIDE**2).all() and _full(summit.information):
        return None
    rows = weights > 0
    signed = X[rows] * (2 * y[rows] - 1)[:, None]
    step = summit.step / max(np.abs(summit.step).max(), 1e-300)
    margin = signed @ step
    if margin.max() > SLACK and margin.min() >= -SLACK * margin.max():
        return np.where(np.abs(step) > 1e-3, step, 0.0)
    return _programme(np.unique(signed, axis=0))


def _full(information: NDArray) -> bool:
    return bool(np.linalg.eigvalsh(information)[0] > 1e-12 * np.trace(information))


def _programme(signed: NDArray) -> NDArray | None:
    """Move all outcomes the right way at once, as far as a box around 0 allows."""
    from scipy.optimize import linprog  # heavy, and seldom needed

    found = linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        bounds=(-1, 1),
        method="highs",
    )
    far = found.status == 0 and -found.fun > SLACK * max(len(signed) ** 0.5, 1)
    return np.where(np.abs(found.x) > SLACK, found.x, 0.0) if far else None
