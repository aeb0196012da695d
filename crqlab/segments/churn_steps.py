"""Where churn steps down as a score rises: several cuts at once, with honest intervals.

With a step in the churn rate, the best cut is no regular estimate: it jumps from one account
to the next and converges faster than its usual standard error says, so a plain bootstrap is
wrong. The posterior under flat priors covers as it says, because the limit of the problem
does not depend on where the step is (Chernozhukov & Hong 2004). Where churn falls gradually
there is no step to find: any cut is then a convention, its interval is too narrow, and the
result says so (Banerjee & McKeague 2007). Where churn has nothing to do with the score there is
nothing to cut at all; that is asked first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, expit, logsumexp, xlogy
from scipy.stats import chi2

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL

FINE = 600  # candidate cuts on the answer scale
LEAST = 20  # accounts that every part must hold
ERROR = 0.05  # chance that churn without relation is told to have one
METHOD = "step_posterior"


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Cuts between parts of different churn, lowest first.

    Attributes
    ----------
    cuts, low, high : ndarray
        Estimates and ends of their intervals (score units).
    related : bool
        Whether churn goes with the score at all: likelihood-ratio test of a logistic curve with a
        bend against one rate for all. Where it does not, cuts are chance.
    gradual : bool
        A smooth curve describes churn as well as steps do (Akaike's criterion, by which a cut
        costs three parameters): no cut is special, and the intervals are too narrow.
    ordered : bool
        Whether churn falls from part to part.
    n : int
        Accounts.
    """

    cuts: NDArray
    low: NDArray
    high: NDArray
    related: bool
    gradual: bool
    ordered: bool
    n: int


def steps(
    score: NDArray,
    churned: NDArray,
    count: int,
    *,
    ends: tuple[float, float],
    level: float = LEVEL,
) -> Steps:
    """Find the cuts that best part accounts by churn.

    Parameters
    ----------
    score, churned : ndarray
        One value per account; ``churned`` is 1 or 0.
    count : int
        Cuts wanted.
    ends : (float, float)
        The answer scale.
    level : float
        Coverage of each interval, in (0, 1).

    Raises
    ------
    EstimateError
        Too few accounts, or everybody or nobody churned.

    References
    ----------
    Chernozhukov & Hong (2004), Econometrica 72, 1445-1480: posterior intervals of a jump.
    Banerjee & McKeague (2007), The Annals of Statistics 35, 543-574: split points of a curve.
    Ninomiya (2005), Statistics & Probability Letters 72, 237-247: what a cut costs.
    """
    n, lost = len(score), churned.sum()
    if n < 3 * LEAST * (count + 1) or not 0 < lost < n:
        raise EstimateError(
            f"{n} accounts with a known outcome, {lost:.0f} of them churned, cannot place {count} "
            f"cuts; {3 * LEAST * (count + 1)} accounts with both outcomes are needed. Pool waves, "
            "or derive the cuts from a target mix."
        )
    grid = np.linspace(*ends, FINE + 1)[1:-1]
    inner = np.partition(score, [LEAST - 1, n - LEAST])[[LEAST - 1, n - LEAST]]
    grid = grid[(grid > inner[0]) & (grid <= inner[1])]
    chance, best = _posterior(score, churned, count, grid)
    tail = (1 - level) / 2
    cuts, low, high = (_quantile(chance, grid, q) for q in (0.5, tail, 1 - tail))
    curve = _smooth(score, churned)
    related = chi2.sf(_alike(churned) - curve, 2) < ERROR
    gradual = curve + 2 * 3 <= best + 2 * (count + 1) + 6 * count
    part = np.searchsorted(cuts, score, side="right")
    sizes = np.bincount(part, minlength=count + 1)
    rates = np.bincount(part, weights=churned, minlength=count + 1) / np.maximum(sizes, 1)
    falls = bool((np.diff(rates) < 0).all())
    return Steps(cuts, low, high, bool(related), bool(gradual), falls, n)


def _posterior(score, churned, count: int, grid: NDArray) -> tuple[NDArray, float]:
    """Posterior of every cut over the grid, shape (cuts, grid), and the best deviance."""
    order = np.argsort(score, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(churned[order])])
    below = np.concatenate([[0], np.searchsorted(score[order], grid), [len(score)]])
    size = below[None, :] - below[:, None]
    lost = total[below][None, :] - total[below][:, None]
    allowed = size >= LEAST
    kept = np.where(allowed, size - lost, 0)
    part = np.where(allowed, betaln(0.5 + np.where(allowed, lost, 0), 0.5 + kept), -np.inf)
    part -= betaln(0.5, 0.5)
    forward, backward = [part[0, 1:-1]], [part[1:-1, -1]]
    inner = part[1:-1, 1:-1]
    for _ in range(count - 1):
        forward.append(_sum(forward[-1][:, None] + inner, 0))
        backward.append(_sum(inner + backward[-1][None, :], 1))
    joint = np.array([f + b for f, b in zip(forward, reversed(backward), strict=True)])
    with np.errstate(invalid="ignore"):
        chance = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    return chance, _deviance(size, lost, allowed, count)


def _sum(values: NDArray, axis: int) -> NDArray:
    with np.errstate(divide="ignore"):
        return logsumexp(values, axis=axis)


def _deviance(size, lost, allowed, count: int) -> float:
    """-2 log likelihood of the best parting."""
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = size - lost
        fit = np.where(lost > 0, lost * np.log(lost / size), 0)
        fit = fit + np.where(kept > 0, kept * np.log(kept / size), 0)
    fit = np.where(allowed, fit, -np.inf)
    best = fit[0]
    for _ in range(count):
        best = (best[:, None] + fit).max(axis=0)
    return float(-2 * best[-1])


def _smooth(score: NDArray, churned: NDArray) -> float:
    """-2 log likelihood of a logistic curve with a bend."""
    x = (score - score.mean()) / max(score.std(), 1e-9)
    design = np.column_stack([np.ones(len(x)), x, x**2])
    slope = np.zeros(3)
    for _ in range(30):
        rate = np.clip(expit(design @ slope), 1e-9, 1 - 1e-9)
        hessian = (design * (rate * (1 - rate))[:, None]).T @ design + 1e-8 * np.eye(3)
        slope = slope + np.clip(np.linalg.solve(hessian, design.T @ (churned - rate)), -2, 2)
    rate = np.clip(expit(design @ slope), 1e-12, 1 - 1e-12)
    fit = churned @ np.log(rate) + (1 - churned) @ np.log1p(-rate)
    return float(-2 * fit)


def _alike(churned: NDArray) -> float:
    """-2 log likelihood of one rate for all."""
    n, lost = len(churned), churned.sum()
    return float(-2 * (xlogy(lost, lost / n) + xlogy(n - lost, 1 - lost / n)))


def _quantile(chance: NDArray, grid: NDArray, share: float) -> NDArray:
    """Quantile of each posterior; a point of the grid stands for the half step around it."""
    step = grid[1] - grid[0]
    total = np.cumsum(chance, axis=1)
    at = (total < share).sum(axis=1)
    row = np.arange(len(chance))
    before = np.where(at > 0, total[row, np.maximum(at - 1, 0)], 0.0)
    inside = (share - before) / np.maximum(chance[row, at], 1e-300)
    return grid[at] + (np.clip(inside, 0, 1) - 0.5) * step
