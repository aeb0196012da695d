"""The likelihood of yes and no in groups that share a normal intercept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite import hermgauss
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

STRIDE, CLOSE, ROUNDS = 2.0, 1e-10, 60
LOG_ROOT = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Rows sorted by group.

    Attributes
    ----------
    X : ndarray, shape (rows, terms)
    y : ndarray, shape (rows,)
    sizes : ndarray of int, shape (groups,)
        Rows of each group.
    nodes : int
        Points of the quadrature in each group.
    """

    X: NDArray
    y: NDArray
    sizes: NDArray
    nodes: int

    def total(self, rows: NDArray) -> NDArray:
        """Sum by group."""
        starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        return np.add.reduceat(rows, starts, axis=0)

    def spread(self, groups: NDArray) -> NDArray:
        """Give each row the value of its group."""
        return np.repeat(groups, self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Integral:
    """The likelihood at one point.

    Attributes
    ----------
    log_likelihood : float
    modes, widths : ndarray, shape (groups,)
        Most likely standardised intercept of each group, and its standard error.
    places, shares : ndarray, shape (groups, nodes)
        Where the integrand was looked at, and its share there.
    """

    log_likelihood: float
    modes: NDArray
    widths: NDArray
    places: NDArray
    shares: NDArray


def integral(data: Grouped, point: NDArray, modes: NDArray) -> Integral:
    """Integrate over the groups' intercepts by adaptive Gauss-Hermite quadrature.

    Parameters
    ----------
    point : ndarray, shape (terms + 1,)
        Coefficients, and the standard deviation of the intercepts last.
    modes : ndarray, shape (groups,)
        Where to start looking for the peak of each group's integrand.

    References
    ----------
    Pinheiro & Bates (1995), Journal of Computational and Graphical Statistics 4, 12-35.
    """
    linear, deviation = data.X @ point[:-1], point[-1]
    modes, widths = _peaks(data, linear, deviation, modes)
    roots, masses = hermgauss(data.nodes)
    places = modes[:, None] + np.sqrt(2) * widths[:, None] * roots
    heights = np.empty_like(places)
    for node in range(data.nodes):
        eta = linear + deviation * data.spread(places[:, node])
        heights[:, node] = data.total(data.y * eta - np.logaddexp(0, eta))
    heights += np.log(masses) + roots**2 - 0.5 * places**2 - LOG_ROOT
    whole = logsumexp(heights, axis=1)
    likelihood = float((whole + 0.5 * np.log(2) + np.log(widths)).sum())
    return Integral(likelihood, modes, widths, places, np.exp(heights - whole[:, None]))


def _peaks(
    data: Grouped, linear: NDArray, deviation: float, modes: NDArray
) -> tuple[NDArray, NDArray]:
    """Newton steps in all groups at once, none longer than two standard deviations."""
    for _ in range(ROUNDS):
        mean = expit(linear + deviation * data.spread(modes))
        slope = deviation * data.total(data.y - mean) - modes
        bend = deviation**2 * data.total(mean * (1 - mean)) + 1
        step = np.clip(slope / bend, -STRIDE, STRIDE)
        modes = modes + step
        if np.abs(step).max() < CLOSE:
            break
    return modes, 1 / np.sqrt(bend)


def slopes(data: Grouped, point: NDArray, at: Integral) -> tuple[NDArray, NDArray]:
    """Gradient and Hessian of the log-likelihood, the intercepts' deviation last.

    References
    ----------
    Louis (1982), Journal of the Royal Statistical Society B 44, 226-233: both, from what
    would be known if the intercepts were.
    """
    k, linear = len(point), data.X @ point[:-1]
    scores = np.zeros((len(data.sizes), k))
    outer, bends = np.zeros((k, k)), np.zeros((3, len(data.y)))
    for node in range(data.nodes):
        place, share = at.places[:, node], at.shares[:, node]
        wide = data.spread(place)
        mean = expit(linear + point[-1] * wide)
        left = data.y - mean
        own = data.total(data.X * left[:, None])
        own = np.column_stack([own, data.total(left) * place])
        scores += share[:, None] * own
        outer += own.T @ (share[:, None] * own)
        bend = data.spread(share) * mean * (1 - mean)
        bends += np.stack([bend, bend * wide, bend * wide**2])
    complete = np.empty((k, k))
    complete[:-1, :-1] = data.X.T @ (data.X * bends[0][:, None])
    complete[:-1, -1] = complete[-1, :-1] = bends[1] @ data.X
    complete[-1, -1] = bends[2].sum()
    return scores.sum(axis=0), outer - scores.T @ scores - complete
