r"""Restricted likelihood of each component, and where it is highest.

Of one component with the share :math:`\lambda` of variances, :math:`\rho` and :math:`\kappa`
the variance inside accounts is profiled out. With n answers, p means of blocks (X) and
:math:`Q = y'\Omega y - \sum b'Cb - \hat\mu' r`, minus twice the log likelihood is::

    (n - p) log Q + sum log |N| + sum log |M| + log |X' V^-1 X|

(N: covariance of one person's answers, M: see `conditional_effects`).

Patterson & Thompson (1971), Biometrika 58, 545-554; Harville (1977), Journal of the American
Statistical Association 72, 320-338.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.client_means import UNKNOWN, evidence
from crqlab.stats.account_model.components import LEAST, Components
from crqlab.stats.account_model.conditional_effects import conditioned, times
from crqlab.stats.account_model.layout import Batch
from crqlab.stats.account_model.persistence import HIGHEST, Persistence

STEP = 0.05  # on the scale of logs and logits, for differences in the place of derivatives
FARTHEST = 1.0  # that a parameter may move in one step of Newton's
STEPS = 8
CLOSE = 2e-3  # of a log likelihood, next to what matters
#: A priori standard deviation of log ratio and of both logits, and their middles: far wider
#: than what any panel leaves open, it only keeps what the answers cannot tell in bounds.
VAGUE = np.array([2.0, 1.5, 1.5])
MIDDLE = np.array([np.log(0.43), logit(0.7), logit(0.5)])


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Where the likelihood is highest.

    Attributes
    ----------
    scale : ndarray, shape (components,)
        Variance inside accounts.
    parameters : ndarray, shape (components, 3)
        log ratio, logit rho, logit share.
    covariance : ndarray, shape (components, 3, 3)
        Of the parameters, from the curvature.
    height : ndarray, shape (components,)
        Log likelihood with the vague prior.
    """

    scale: NDArray
    parameters: NDArray
    covariance: NDArray
    height: NDArray


def unpacked(parameters: NDArray, decay: float, basis: NDArray) -> Components:
    """Return components with these parameters."""
    ratio = np.maximum(np.exp(parameters[:, 0]), LEAST)
    rho, share = np.minimum(expit(parameters[:, 1:]), HIGHEST).T
    return Components(basis, ratio, Persistence(rho, share, decay))


def packed(parts: Components) -> NDArray:
    """Return the parameters of components; the inverse of `unpacked`."""
    kept = parts.persistence
    return np.column_stack([np.log(parts.ratio), logit(kept.rho), logit(kept.share)])


def log_likelihood(
    given: Answers, shapes: Sequence[Batch], values: NDArray, parts: Components
) -> tuple[NDArray, NDArray]:
    """Restricted log likelihood of every component, and its variance inside accounts.

    Parameters
    ----------
    given : Answers
        Everybody answered everything.
    shapes : sequence of Batch
        Of these answers.
    values : ndarray, shape (rows, components)
        Centred.
    parts : Components
    """
    known = [conditioned(batch, values, parts) for batch in shapes]
    precision, right = evidence(given, known)
    k = values.shape[1]
    info = np.stack([precision[:, i, :, i, :] for i in range(k)], axis=1)
    info += UNKNOWN * np.eye(info.shape[-1])
    L = np.linalg.cholesky(info)
    fitted = (np.linalg.solve(L, right[..., None]) ** 2).sum(axis=(0, 2, 3))
    log_dets = 2 * np.log(np.diagonal(L, axis1=-2, axis2=-1)).sum(axis=(0, 2))
    square, noise = _people(shapes, values, parts)
    for one in known:
        pattern = one.batch.pattern
        log_dets += one.log_det[pattern].sum(axis=0)
        square -= (one.half() ** 2).sum(axis=(0, 2))
    freedom = len(values) - len(given.block_client)
    left = np.maximum(square - fitted, 1e-12)
    return -(freedom * np.log(left) + log_dets + noise) / 2, left / freedom


def _people(shapes: Sequence[Batch], values: NDArray, parts: Components) -> tuple:
    """Weighted squares of answers and log determinants, summed over people."""
    k = values.shape[1]
    square, noise = np.zeros(k), np.zeros(k)
    for batch in shapes:
        for people in batch.people:
            alike = parts.persistence.people(people.time[people.first])
            y = values[people.rows].transpose(0, 2, 1)
            square += (y * times(np.linalg.inv(alike), people.kind, y)).sum(axis=(0, 2))
            counts = np.bincount(people.kind, minlength=len(people.first))
            noise += counts @ np.linalg.slogdet(alike)[1]
    return square, noise


def highest(
    given: Answers,
    shapes: Sequence[Batch],
    values: NDArray,
    start: Components,
    *,
    steps: int = STEPS,
) -> Fitted:
    """Climb to the highest likelihood of every component at once (Newton's method).

    Parameters
    ----------
    given, shapes, values
        As for `log_likelihood`.
    start : Components
    steps : int
        Of Newton's method, at most.
    """

    def height(parameters: NDArray) -> NDArray:
        parts = unpacked(parameters, start.persistence.decay, start.basis)
        away = (parameters - MIDDLE) / VAGUE
        return log_likelihood(given, shapes, values, parts)[0] - (away**2).sum(axis=1) / 2

    at = packed(start)
    now = height(at)
    for _ in range(steps):
        slope, curve = _derivatives(height, at, now)
        move = np.linalg.solve(curve, slope[..., None])[..., 0]
        if (slope * move).sum(axis=1).max() < CLOSE:
            break
        at, now = _climbed(height, at, now, np.clip(move, -FARTHEST, FARTHEST))
    parts = unpacked(at, start.persistence.decay, start.basis)
    scale = log_likelihood(given, shapes, values, parts)[1]
    return Fitted(scale, at, np.linalg.inv(curve), now)


def _climbed(height, at: NDArray, now: NDArray, move: NDArray) -> tuple[NDArray, NDArray]:
    """Go as far along a move as leads upwards, component by component."""
    for _ in range(4):
        there = height(at + move)
        up = there >= now - CLOSE
        if up.all():
            return at + move, there
        move = np.where(up[:, None], move, move / 4)
    return np.where(up[:, None], at + move, at), np.where(up, there, now)


def _derivatives(height, at: NDArray, now: NDArray) -> tuple[NDArray, NDArray]:
    """Slope, and minus the curvature kept positive, by central differences."""
    k, size = at.shape
    slope, curve = np.zeros((k, size)), np.zeros((k, size, size))
    up, down = np.zeros((size, k)), np.zeros((size, k))
    for i in range(size):
        step = STEP * np.eye(size)[i]
        up[i], down[i] = height(at + step), height(at - step)
        slope[:, i] = (up[i] - down[i]) / (2 * STEP)
        curve[:, i, i] = -(up[i] - 2 * now + down[i]) / STEP**2
    for i in range(size):
        for j in range(i):
            step = STEP * (np.eye(size)[i] + np.eye(size)[j])
            both = height(at + step) - up[i] - up[j] + now
            curve[:, i, j] = curve[:, j, i] = -both / STEP**2
    lengths, turns = np.linalg.eigh(curve)
    sure = np.maximum(lengths, 1 / 4.0)
    return slope, (turns * sure[:, None, :]) @ np.swapaxes(turns, -1, -2)
