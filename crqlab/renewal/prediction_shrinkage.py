"""Predictions of a model that has seen its own data, drawn back to what will hold next year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from crqlab.stats.regression.fits import Fit

INTERCEPT = "(intercept)"
STEPS = 60


def shrunk(fit: Fit, X: pd.DataFrame, outcome: NDArray) -> tuple[Fit, float]:
    """Draw all slopes towards 0 as far as the model has fitted chance.

    The factor is (G - k) / G, with k slopes that gained G = 2 (log-likelihood less that of the
    base rate); the intercept moves so that the mean chance stays the observed share.

    Parameters
    ----------
    fit : Fit
        A logit of ``outcome`` on ``X``.
    X : DataFrame
    outcome : array of bool

    Returns
    -------
    Fit and float
        The same fit with drawn-back estimates and covariance, and the factor, in [0, 1].

    References
    ----------
    van Houwelingen & le Cessie (1990), Statistics in Medicine 9, 1303-1325.

    Examples
    --------
    >>> from crqlab.stats.regression import logit
    >>> rows = pd.DataFrame({"crq": [2.0, 3, 3, 4, 4, 5, 5, 6, 6, 7]})
    >>> renewed = np.array([0, 0, 1, 0, 0, 1, 0, 1, 1, 1])
    >>> drawn, factor = shrunk(logit(renewed, rows), rows, renewed)
    >>> round(factor, 2), round(float(drawn.predict(rows).mean()), 3)
    (0.76, 0.5)
    """
    share, n = float(np.mean(outcome)), len(outcome)
    base = n * (share * np.log(share) + (1 - share) * np.log(1 - share))
    gain = 2 * (fit.log_likelihood - base)
    names = [name for name in fit.covariance.index if name != INTERCEPT]
    factor = float(np.clip((gain - len(names)) / gain, 0, 1)) if gain > 0 else 0.0
    slopes = factor * fit.coefficients[names]
    level = _level(X[names].to_numpy(float) @ slopes.to_numpy(), share)
    table = fit.table.set_index("term")
    table.loc[names, ["estimate", "se", "low", "high"]] *= factor
    table.loc[INTERCEPT, "estimate"] = level
    scale = np.array([1.0 if name == INTERCEPT else factor for name in fit.covariance.index])
    covariance = fit.covariance * np.outer(scale, scale)
    return replace(fit, table=table.reset_index(), covariance=covariance), factor


def _level(linear: NDArray, share: float) -> float:
    """Intercept that makes the mean chance this share, by halving."""
    low, high = -40.0 - linear.max(), 40.0 - linear.min()
    for _ in range(STEPS):
        middle = (low + high) / 2
        above = expit(middle + linear).mean() > share
        low, high = (low, middle) if above else (middle, high)
    return (low + high) / 2
