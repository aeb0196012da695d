"""The likelihood of ordered categories: between which two thresholds a latent answer fell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

STEPS, HALVINGS, CLOSE = 100, 40, 1e-10
ROOT = np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Law:
    """How latent answers scatter around what covariates expect, element by element.

    Attributes
    ----------
    below, above : callable
        Probabilities below and above a point; neither loses digits in its own tail.
    density, bend : callable
        Density and its slope.
    quantile : callable
        Point below which a share lies.
    """

    below: Callable[[NDArray], NDArray]
    above: Callable[[NDArray], NDArray]
    density: Callable[[NDArray], NDArray]
    bend: Callable[[NDArray], NDArray]
    quantile: Callable[[NDArray], NDArray]


def _logistic(x: NDArray) -> NDArray:
    return expit(x) * expit(-x)


def _normal(x: NDArray) -> NDArray:
    return np.exp(-(x**2) / 2) / ROOT


def _gumbel(x: NDArray) -> NDArray:
    return np.exp(x - np.exp(np.minimum(x, 700.0)))


LAWS = {
    "logit": Law(
        expit,
        lambda x: expit(-x),
        _logistic,
        lambda x: _logistic(x) * (expit(-x) - expit(x)),
        logit,
    ),
    "probit": Law(ndtr, lambda x: ndtr(-x), _normal, lambda x: -x * _normal(x), ndtri),
    "cloglog": Law(
        lambda x: -np.expm1(-np.exp(np.minimum(x, 700.0))),
        lambda x: np.exp(-np.exp(np.minimum(x, 700.0))),
        _gumbel,
        lambda x: _gumbel(x) * -np.expm1(np.minimum(x, 700.0)),
        lambda share: np.log(-np.log1p(-share)),
    ),
    "loglog": Law(
        lambda x: np.exp(-np.exp(np.minimum(-x, 700.0))),
        lambda x: -np.expm1(-np.exp(np.minimum(-x, 700.0))),
        lambda x: _gumbel(-x),
        lambda x: _gumbel(-x) * np.expm1(np.minimum(-x, 700.0)),
        lambda share: -np.log(-np.log(share)),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Answers in ordered categories, as linear bounds of a latent answer.

    Attributes
    ----------
    upper, lower : ndarray, shape (rows, parameters)
        What the parameters add up to at the upper and the lower bound of the row's category.
    top, bottom : ndarray of bool, shape (rows,)
        Rows whose category has no upper, or no lower bound.
    weights : ndarray, shape (rows,)
        How many rows each row stands for.
    law : Law
    prior : ndarray, shape (parameters,)
        Precisions of normal priors around 0; zeros for none.
    """

    upper: NDArray
    lower: NDArray
    top: NDArray
    bottom: NDArray
    weights: NDArray
    law: Law
    prior: NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Pulls:
    """What each row's probability says of its two bounds.

    Attributes
    ----------
    chance : ndarray, shape (rows,)
        Probability of the category that was chosen.
    up, down : ndarray, shape (rows,)
        Density at each bound over that probability; 0 where there is no bound.
    bent_up, bent_down : ndarray, shape (rows,)
        Slope of the density at each bound over that probability.
    """

    chance: NDArray
    up: NDArray
    down: NDArray
    bent_up: NDArray
    bent_down: NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """Where a climb ended.

    Attributes
    ----------
    point : ndarray, shape (parameters,)
    log_likelihood : float
        Without prior.
    information : ndarray, shape (parameters, parameters)
        Minus the Hessian, prior included.
    arrived : bool
    """

    point: NDArray
    log_likelihood: float
    information: NDArray
    arrived: bool


def ordered(
    codes: NDArray, X: NDArray, weights: NDArray, law: Law, *, nominal: int | None = None
) -> Ordered:
    """Write answers as bounds: thresholds first, then slopes, which count negatively.

    Parameters
    ----------
    codes : ndarray of int, shape (rows,)
        Category of each row, from 0 without gaps.
    X : ndarray, shape (rows, covariates)
    weights : ndarray, shape (rows,)
    law : Law
    nominal : int, optional
        Column of ``X`` that has a slope of its own at every threshold; these stand last.
    """
    cuts = np.eye(codes.max())
    cuts = np.vstack([np.zeros(len(cuts)), cuts, np.zeros(len(cuts))])
    upper, lower = cuts[codes + 1], cuts[codes]
    upper[codes == codes.max()] = 0
    if nominal is None:
        upper, lower = (np.hstack([part, -X]) for part in (upper, lower))
    else:
        own, rest = X[:, [nominal]], np.delete(X, nominal, axis=1)
        upper, lower = (np.hstack([part, -rest, -own * part]) for part in (upper, lower))
    ends = codes == codes.max(), codes == 0
    return Ordered(upper, lower, *ends, weights, law, np.zeros(upper.shape[1]))


def pulls(data: Ordered, up: NDArray, down: NDArray) -> Pulls:
    """Probabilities of the chosen categories and their slopes, given all bounds."""
    law = data.law
    high = np.where(data.top, np.inf, up)
    low = np.where(data.bottom, -np.inf, down)
    chance = np.where(low > 0, law.above(low) - law.above(high), law.below(high) - law.below(low))
    safe = np.maximum(chance, 1e-300)
    parts = [
        np.where(edge, 0.0, shape(at)) / safe
        for shape in (law.density, law.bend)
        for at, edge in ((up, data.top), (down, data.bottom))
    ]
    return Pulls(chance, *parts)


def scores(data: Ordered, at: Pulls) -> NDArray:
    """Slope of each row's log-likelihood, shape (rows, parameters)."""
    return data.upper * at.up[:, None] - data.lower * at.down[:, None]


def bend(data: Ordered, at: Pulls, weights: NDArray) -> NDArray:
    """Hessian of the weighted log-likelihood, shape (parameters, parameters)."""
    own = scores(data, at)
    up = data.upper.T @ (data.upper * (weights * at.bent_up)[:, None])
    down = data.lower.T @ (data.lower * (weights * at.bent_down)[:, None])
    return up - down - own.T @ (own * weights[:, None])


def climbed(data: Ordered, point: NDArray) -> Peak:
    """Newton's steps, halved until no bound crosses another and the likelihood rises.

    References
    ----------
    Burridge (1981), Journal of the Royal Statistical Society B 43, 41-45; Pratt (1981), Journal
    of the American Statistical Association 76, 103-106: one peak at most for these laws.
    """
    height, at = _height(data, point)
    arrived = False
    for _ in range(STEPS):
        slope = data.weights @ scores(data, at) - data.prior * point
        information = np.diag(data.prior) - bend(data, at, data.weights)
        step = np.linalg.pinv(information, hermitian=True) @ slope
        arrived = slope @ step < CLOSE
        if arrived:
            break
        for _ in range(HALVINGS):
            there, found = _height(data, point + step)
            if there >= height:
                break
            step = step / 2
        else:
            break
        point, height, at = point + step, there, found
    likelihood = height + data.prior @ point**2 / 2
    return Peak(point, float(likelihood), information, bool(arrived))


def _height(data: Ordered, point: NDArray) -> tuple[float, Pulls]:
    """Log-likelihood with its prior, minus infinity where bounds cross."""
    at = pulls(data, data.upper @ point, data.lower @ point)
    if not (at.chance[data.weights > 0] > 0).all():
        return -np.inf, at
    gain = data.weights @ np.log(np.maximum(at.chance, 1e-300))
    return float(gain - data.prior @ point**2 / 2), at
