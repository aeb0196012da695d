"""Maximum likelihood: Fisher scoring with step halving, for any number of groups."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.implied import implied, information, jacobian, slope
from crqlab.stats.factors.information import observed
from crqlab.stats.factors.model import Model
from crqlab.stats.factors.normal import curvature, misfit
from crqlab.stats.factors.sample import Sample

FIRST, NEWTON, LAST, CLOSE = 40, 40, 200, 1e-18


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the search for the best parameters ended.

    Attributes
    ----------
    theta : array, shape (free,)
    value : float
        Mean minus log likelihood of a respondent.
    information : array, shape (free, free)
        Expected information of a respondent.
    left : float
        Improvement of the chi-square that the last step still promised, per respondent.
    converged : bool
    """

    theta: NDArray
    value: float
    information: NDArray
    left: float
    converged: bool


def maximise(model: Model, groups: Sequence[Sample], theta: NDArray) -> Solution:
    """Find the parameters of largest likelihood.

    Minimises F = sum_g n_g/N f_g(Sigma_g, mu_g), f as in `crqlab.stats.factors.normal.misfit`,
    by the steps -I^-1 dF with I the expected information, halved until F falls. The search
    ends when dF' I^-1 dF, which is free of all units, is below 1e-18. Where that takes
    long, Newton's steps with the exact Hessian take over.

    Parameters
    ----------
    model : Model
    groups : sequence of Sample
    theta : array, shape (free,)
        Where to begin; Sigma must be positive definite there.

    Returns
    -------
    Solution
    """
    found = _scoring(model, groups, theta, FIRST)
    for further in (_newton, lambda *of: _scoring(*of[:2], of[2].theta, LAST)):
        if not found.converged:
            with suppress(np.linalg.LinAlgError):  # the way led to where nothing is defined
                found = further(model, groups, found)
    return found


def _scoring(model: Model, groups: Sequence[Sample], theta: NDArray, most: int) -> Solution:
    weights = _weights(groups)
    value, gradient, info = _step(model, groups, weights, theta)
    left, damping = np.inf, 0.0
    for _ in range(most):
        step = _direction(info, gradient, damping)
        before, left = left, float(-gradient @ step)
        if _done(left, before):
            break
        moved = _descend(model, groups, weights, theta, step, value)
        if moved is None:
            if damping > 1e3 or left < 1e-13:
                break
            damping = max(10 * damping, 1e-4)
            continue
        damping = damping / 10 if damping > 1e-6 else 0.0
        theta = moved
        value, gradient, info = _step(model, groups, weights, theta)
    return Solution(theta, value, info, left, left < 1e-11)


def _newton(model: Model, groups: Sequence[Sample], found: Solution) -> Solution:
    """Go on with the exact Hessian, its negative curvatures turned round, where scoring stalls."""
    weights, theta = _weights(groups), found.theta
    value, gradient, info = _step(model, groups, weights, theta)
    left = np.inf
    for _ in range(NEWTON):
        scale = 1 / np.sqrt(np.maximum(np.diag(info), 1e-300))
        with np.errstate(over="ignore", invalid="ignore"):  # no information on a parameter
            bent = observed(model, groups, theta) * np.outer(scale, scale)
        if not np.isfinite(bent).all():
            break
        curves, axes = np.linalg.eigh(bent)
        along = axes.T @ (gradient * scale)
        step = -scale * (axes @ (along / np.maximum(np.abs(curves), 1e-8)))
        before, left = left, float(-gradient @ step)
        moved = _descend(model, groups, weights, theta, step, value)
        if _done(left, before) or moved is None:
            break
        theta = moved
        value, gradient, info = _step(model, groups, weights, theta)
    return Solution(theta, value, info, left, left < 1e-11)


def _done(left: float, before: float) -> bool:
    """Whether the promise is kept, or no longer shrinks at the precision of the numbers."""
    return left < CLOSE or (left < 1e5 * CLOSE and left > before / 2)


def _direction(info: NDArray, gradient: NDArray, damping: float) -> NDArray:
    scale = np.sqrt(np.maximum(np.diag(info), 1e-300))
    with np.errstate(over="ignore", invalid="ignore"):
        inner = info / np.outer(scale, scale) + damping * np.eye(len(info))
    try:
        return -np.linalg.solve(inner, gradient / scale) / scale
    except np.linalg.LinAlgError:
        return -np.linalg.lstsq(inner, gradient / scale, rcond=1e-10)[0] / scale


def _descend(model, groups, weights, theta, step, value) -> NDArray | None:
    """The longest of the halved steps that lowers the misfit, or None."""
    for halving in range(12):
        trial = theta + 0.5**halving * step
        found = _value(model, groups, weights, trial)
        if found <= value + 1e-15 * abs(value):
            return trial
    return None


def _weights(groups: Sequence[Sample]) -> NDArray:
    n = np.array([sample.n for sample in groups], dtype=float)
    return n / n.sum()


def _moments(model: Model, sample: Sample, of) -> tuple[NDArray, NDArray]:
    """Implied moments; without a mean structure the means are the sample's own."""
    return of.sigma, of.mu if model.means else sample.mean


def _value(model, groups, weights, theta) -> float:
    values = model.values(theta)
    try:
        return sum(
            share * misfit(sample, *_moments(model, sample, implied(model, values, g)))[0]
            for g, (sample, share) in enumerate(zip(groups, weights, strict=True))
        )
    except np.linalg.LinAlgError:
        return np.inf


def _step(model, groups, weights, theta) -> tuple[float, NDArray, NDArray]:
    """Value, gradient and expected information with respect to the free parameters."""
    values, member = model.values(theta), model.membership()
    value, gradient = 0.0, np.zeros(model.n_free)
    info = np.zeros((model.n_free, model.n_free))
    for g, (sample, share) in enumerate(zip(groups, weights, strict=True)):
        of = implied(model, values, g)
        own = np.flatnonzero(member[of.rows].any(axis=0))
        here = member[of.rows][:, own]
        part, spread, centre = misfit(sample, *_moments(model, sample, of))
        value += share * part
        gradient[own] += share * here.T @ slope(of, spread, centre)
        info[np.ix_(own, own)] += share * here.T @ row_information(model, sample, of) @ here
    return value, gradient, info


def row_information(model: Model, sample: Sample, of) -> NDArray:
    """Expected information of one respondent of a group, for all rows of its table."""
    if sample.complete:
        return information(of, np.linalg.inv(of.sigma))
    spread, centre = jacobian(of)
    moved = np.vstack([centre, spread])
    return moved.T @ curvature(sample, of.sigma, of.mu) @ moved
