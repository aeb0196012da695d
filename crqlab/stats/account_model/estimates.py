"""Ratios of variances and persistence with their doubt, drawn together over components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.layout import Batch, batches
from crqlab.stats.account_model.likelihood import (
    STEPS,
    Fitted,
    highest,
    log_likelihood,
    packed,
    unpacked,
)
from crqlab.stats.account_model.persistence import HIGHEST, Persistence
from crqlab.stats.account_model.pooling import pooled

WHOLE = 0.5  # share of people who must have answered every score
#: Of the decay's logarithm, a priori: mean and standard deviation, and the values looked at.
DECAY, VAGUE = np.log(0.7), 0.5
DECAYS = np.exp(np.linspace(np.log(0.25), 0.0, 8))
BETWEEN = 200
LEAST = 0.01  # of a component's variance, where one score follows from others


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Answers in which everybody answered everything: all components, or one score."""

    given: Answers
    shapes: tuple[Batch, ...]
    values: NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Components with the doubt of their parameters.

    Attributes
    ----------
    parts : Components
    doubt : ndarray, shape (components, 3, 3)
    shared : ndarray, shape (components, 3)
        As in `AccountModel`.
    """

    parts: Components
    doubt: NDArray
    shared: NDArray


def pieces(given: Answers, values: NDArray, parts: Components) -> list[Piece]:
    """Return people who answered everything, in components; or, if few did, score by score."""
    there = ~np.isnan(values)
    if there.all(axis=1).mean() >= WHOLE:
        return [_piece(given, np.nan_to_num(values) @ parts.inverse.T, there.all(axis=1))]
    return [_piece(given, values[:, [j]], mine) for j, mine in enumerate(there.T) if mine.sum() > 2]


def _piece(given: Answers, values: NDArray, kept: NDArray) -> Piece:
    """Answers of some people alone."""
    marked = replace(given, values=np.where(kept[:, None], values, np.nan), scores=())
    rows = np.flatnonzero(kept)
    fewer = replace(
        marked,
        values=marked.values[rows],
        cell=given.cell[rows],
        person=given.person[rows],
        role=given.role[rows],
    )
    fewer = fewer.kept(fewer.n > 0)
    return Piece(fewer, batches(fewer), fewer.values)


def decayed(found: Sequence[Piece], parts: Components) -> tuple[Components, float]:
    """Find how fast what a person keeps fades, and the standard error of its logarithm.

    The correlation of one person's answers is known best at the distance at which people
    answered again; it is held there while the decay is varied.
    """
    lag, heights = _usual_lag(found), []
    for decay in DECAYS:
        height = _height(found, _faded(parts, float(decay), lag))
        heights.append(height - ((np.log(decay) - DECAY) / VAGUE) ** 2 / 2)
    fine = np.linspace(np.log(DECAYS[0]), np.log(DECAYS[-1]), BETWEEN)
    height = CubicSpline(np.log(DECAYS), heights)(fine)
    chance = np.exp(height - height.max())
    chance /= chance.sum()
    mean = chance @ fine
    best = float(np.exp(fine[np.argmax(height)]))
    return _faded(parts, best, lag), float(np.sqrt(chance @ (fine - mean) ** 2))


def _faded(parts: Components, decay: float, lag: float) -> Components:
    """Components with another decay, and the same correlation at a distance."""
    kept = parts.persistence
    share = np.clip(kept.share * (kept.decay / decay) ** lag, 0.01, HIGHEST)
    return replace(parts, persistence=Persistence(kept.rho, share, decay))


def _usual_lag(found: Sequence[Piece]) -> float:
    """Mean distance of two answers of one person, in years."""
    lags = [
        np.diff(people.time, axis=1).ravel()
        for piece in found
        for batch in piece.shapes
        for people in batch.people
    ]
    every = np.concatenate([*lags, np.zeros(0)])
    return float(every.mean()) if len(every) else 1.0


def _height(found: Sequence[Piece], parts: Components) -> float:
    return sum(
        log_likelihood(piece.given, piece.shapes, piece.values, _alike(parts, piece))[0].sum()
        for piece in found
    )


def _alike(parts: Components, piece: Piece) -> Components:
    """The components, or one of typical numbers for a single score."""
    k = piece.values.shape[1]
    if k == len(parts.ratio):
        return parts
    kept = parts.persistence
    typical = Persistence(np.full(k, kept.rho.mean()), np.full(k, kept.share.mean()), kept.decay)
    return Components(np.eye(k), np.full(k, parts.ratio.mean()), typical)


def estimated(found: Sequence[Piece], parts: Components, *, steps: int = STEPS) -> Estimates:
    """Climb to the highest likelihood, and draw components together."""
    fits = [
        highest(piece.given, piece.shapes, piece.values, _alike(parts, piece), steps=steps)
        for piece in found
    ]
    if found[0].values.shape[1] == len(parts.ratio) and len(found) == 1:
        return _by_component(fits[0], parts)
    return _in_common(fits, parts)


def _by_component(fit: Fitted, parts: Components) -> Estimates:
    columns = [
        pooled(value, variance)
        for value, variance in zip(
            fit.parameters.T, np.diagonal(fit.covariance, axis1=1, axis2=2).T, strict=True
        )
    ]
    weight = np.column_stack([column.weight for column in columns])
    root = np.sqrt(weight)
    return Estimates(
        unpacked(
            np.column_stack([column.value for column in columns]),
            parts.persistence.decay,
            parts.basis * np.sqrt(np.maximum(fit.scale, LEAST)),
        ),
        fit.covariance * root[:, :, None] * root[:, None, :],
        (1 - weight) * [column.common_se for column in columns],
    )


def _in_common(fits: Sequence[Fitted], parts: Components) -> Estimates:
    """One persistence for all components; single scores, being alike, do not add up."""
    parameters = np.vstack([fit.parameters for fit in fits])
    variance = np.vstack([np.diagonal(fit.covariance, axis1=1, axis2=2) for fit in fits])
    weight = 1 / variance / (1 / variance).sum(axis=0)
    common, error = (weight * parameters).sum(axis=0), np.sqrt((weight * variance).sum(axis=0))
    mine = packed(parts)
    mine[:, 1:] = common[1:]
    k = len(mine)
    doubt = np.zeros((k, 3, 3))
    doubt[:, 0, 0] = error[0] ** 2
    shared = np.column_stack([np.zeros(k), np.full(k, error[1]), np.full(k, error[2])])
    return Estimates(unpacked(mine, parts.persistence.decay, parts.basis), doubt, shared)
