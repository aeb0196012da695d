"""Groups that share a normal intercept: their codes, the climb, and how far they differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.estimate import Estimate
from crqlab.stats.regression.quadrature import Integral

START, NONE, STEPS = 0.7, 1e-3, 60
CLOSE, FLAT = 1e-10, 1e-11  # a step's gain that is no gain, and as a share of the height
METHOD = "Pinheiro & Bates 1995"


def group_codes(groups: ArrayLike, n: int) -> tuple[NDArray, NDArray]:
    """Return the group of each row, from 0 without gaps, and the groups' names.

    Raises
    ------
    EstimateError
        Rows that do not match, fewer than two groups, or none with two rows.
    """
    codes, names = pd.factorize(pd.Series(np.asarray(groups)), sort=True)
    if len(codes) != n or (codes < 0).any():
        raise EstimateError(
            f"groups= has {len(codes)} rows, {int((codes < 0).sum())} of them missing; it must "
            f"name the group of each of the {n} rows."
        )
    if not 1 < len(names) < n:
        raise EstimateError(
            f"groups= holds {len(names)} groups in {n} rows; a random intercept needs two groups "
            "or more, and some with several rows. Leave the groups out.",
            caution=code("no_groups_to_compare", n=len(names), rows=n),
        )
    return codes, np.asarray(names)


def climbed_by_groups(
    integral: Callable[[NDArray, NDArray], Integral],
    slopes: Callable[[NDArray, Integral], tuple[NDArray, NDArray]],
    point: NDArray,
    modes: NDArray,
    prior: NDArray,
    rows: int,
) -> tuple[NDArray, Integral, NDArray]:
    """Newton steps, turned uphill where the likelihood bends the wrong way.

    Parameters
    ----------
    integral : callable
        Likelihood of (point, modes to start from).
    slopes : callable
        Its gradient and Hessian at (point, integral).
    point : ndarray, shape (parameters,)
        Where to begin; the deviation of the intercepts last.
    modes : ndarray, shape (groups,)
    prior : ndarray, shape (parameters,)
        Precisions of normal priors around 0.
    rows : int
        Rows behind the likelihood.

    Returns
    -------
    (ndarray, Integral, ndarray)
        Point, integral and Hessian where the climb ended.

    Raises
    ------
    EstimateError
        It came to no end.
    """
    at = integral(point, modes)
    for _ in range(STEPS):
        slope, bend = slopes(point, at)
        slope, bend = slope - prior * point, bend - np.diag(prior)
        values, axes = np.linalg.eigh(-bend)
        values = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
        step = axes @ ((axes.T @ slope) / values)
        before = at.log_likelihood
        point, at = _stepped(integral, point, at, step, prior)
        if slope @ step < CLOSE or abs(at.log_likelihood - before) < FLAT * abs(before):
            return point, at, bend
    raise EstimateError(
        f"The random-intercept fit of {rows} rows in {len(modes)} groups came to no end. Leave "
        "some covariates out, or fit without groups and with cluster=.",
        caution=code("no_end", rows=rows, terms=len(point)),
    )


def _stepped(
    integral: Callable, point: NDArray, at: Integral, step: NDArray, prior: NDArray
) -> tuple[NDArray, Integral]:
    """Go as far along a step as does not lead down."""
    height = at.log_likelihood - 0.5 * prior @ point**2
    for _ in range(20):
        there = point + step
        new = integral(there, at.modes)
        if new.log_likelihood - 0.5 * prior @ there**2 >= height - 1e-10 * abs(height):
            return there, new
        step = step / 2
    return point, at


def spread_of_groups(
    value: float, variance: float, n: int, level: float, latent: float
) -> tuple[Estimate, Estimate]:
    """Deviation of the intercepts and latent ICC, with intervals even on the log scale.

    Parameters
    ----------
    value, variance : float
        Deviation, and the variance of its estimate.
    n : int
        Groups.
    level : float
    latent : float
        Variance of a latent answer within a group.
    """
    if value < NONE:
        notes = ("at_edge_of_possible",)
        low, high = 0.0, float("nan")
    else:
        notes = ()
        stretch = np.exp(norm.isf((1 - level) / 2) * np.sqrt(variance) / value)
        low, high = value / stretch, value * stretch
    sd = Estimate("SD of groups", value, low, high, level, n, "groups", METHOD, notes)
    shares = (end**2 / (end**2 + latent) for end in (value, low, high))
    return sd, Estimate("ICC, latent", *shares, level, n, "groups", METHOD, notes)
