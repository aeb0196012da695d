"""The way up to the highest likelihood, plain, with a prior, or penalised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.regression.designs import ROWS, gram
from crqlab.stats.regression.links import Link

CLOSE = 1e-16  # what one more step could still gain in log-likelihood
HALVINGS, SHORTEST = 30, 1 / 16


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Outcome, design and what is added to the log-likelihood.

    Attributes
    ----------
    X, y, weights : ndarray
        As in a Design.
    link : Link
    prior : ndarray, shape (terms, terms)
        Precision of a normal prior around 0; zeros for none.
    jeffreys : bool
        Whether half the log-determinant of the information is added (Firth's penalty).
    """

    X: NDArray
    y: NDArray
    weights: NDArray
    link: Link
    prior: NDArray
    jeffreys: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Summit:
    """Where a climb ended.

    Attributes
    ----------
    point : ndarray, shape (terms,)
        Coefficients.
    height, log_likelihood : float
        With and without what was added.
    information : ndarray, shape (terms, terms)
        Expected, prior included.
    step : ndarray, shape (terms,)
        The last step that was wanted.
    arrived : bool
        Whether another step would gain nothing.
    """

    point: NDArray
    height: float
    log_likelihood: float
    information: NDArray
    step: NDArray
    arrived: bool


def climb(
    problem: Problem,
    start: NDArray | None = None,
    *,
    held: int | None = None,
    steps: int = 30,
) -> Summit:
    """Climb by Fisher scoring, each step halved until it does not lead down.

    Parameters
    ----------
    start : ndarray, optional
        First coefficients; zeros when absent.
    held : int, optional
        A coefficient that stays where it starts (for profile likelihoods).
    steps : int
        At most so many.

    References
    ----------
    Firth (1993), Biometrika 80, 27-38: the penalty.
    Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419: scoring with it.
    """
    k = problem.X.shape[1]
    point = np.zeros(k) if start is None else start.copy()
    free = np.array([place for place in range(k) if place != held], dtype=int)
    eta = problem.X @ point
    likelihood, information = _look(problem, eta)
    height = _height(problem, point, likelihood, information)
    damp, step = 1.0, np.zeros(k)
    for _ in range(steps):
        slope = _slope(problem, point, eta, information)
        if problem.jeffreys and slope @ step < 0:  # went too far: the penalty bends as well
            damp = max(damp / 2, SHORTEST)
        step = np.zeros(k)
        step[free] = _solved(information[np.ix_(free, free)], slope[free])
        arrived = bool(slope @ step < CLOSE)
        step = damp * step
        rise = problem.X @ step
        for _ in range(HALVINGS):
            there = point + step
            likelihood, after = _look(problem, eta + rise)
            new = _height(problem, there, likelihood, after)
            if new >= height - 1e-11 * (1 + abs(height)):
                break
            step, rise = step / 2, rise / 2
        point, eta, height, information = there, eta + rise, new, after
        if arrived:
            break
    return Summit(point, height, likelihood, information, step, arrived)


def _look(problem: Problem, eta: NDArray) -> tuple[float, NDArray]:
    likelihood = float(problem.weights @ problem.link.gain(problem.y, eta))
    weight = problem.weights * problem.link.weight(eta)
    return likelihood, gram(problem.X, weight) + problem.prior


def _height(problem: Problem, point: NDArray, likelihood: float, information: NDArray) -> float:
    height = likelihood - 0.5 * point @ problem.prior @ point
    return height + 0.5 * np.linalg.slogdet(information)[1] if problem.jeffreys else height


def _slope(problem: Problem, point: NDArray, eta: NDArray, information: NDArray) -> NDArray:
    pull = problem.weights * problem.link.score(problem.y, eta)
    if problem.jeffreys:
        pull += 0.5 * _leverages(problem, eta, information) * problem.link.tilt(eta)
    return pull @ problem.X - problem.prior @ point


def _leverages(problem: Problem, eta: NDArray, information: NDArray) -> NDArray:
    inverse = np.linalg.pinv(information, hermitian=True)
    weight = problem.weights * problem.link.weight(eta)
    found = np.empty(len(eta))
    for start in range(0, len(eta), ROWS):
        part = problem.X[start : start + ROWS]
        found[start : start + ROWS] = np.einsum("ij,ij->i", part @ inverse, part)
    return weight * found


def _solved(matrix: NDArray, right: NDArray) -> NDArray:
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:  # weights have run to nought: outcomes told apart
        return np.linalg.pinv(matrix, hermitian=True) @ right
