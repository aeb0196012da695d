"""How far people of a role answer differently from others of the same account and wave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.layout import selection

DOUBT = 16.0  # answers that a guess of no difference is worth: a quarter of a person's spread


@dataclass(frozen=True, slots=True, eq=False)
class RoleEffects:
    """Points that a role adds; over all people they cancel.

    Attributes
    ----------
    value, se : ndarray, shape (roles, scores)
    """

    value: NDArray
    se: NDArray


def role_effects(given: Answers) -> RoleEffects:
    """Compare people of one account and wave with each other (ridge regression).

    Parameters
    ----------
    given : Answers
        A person of unknown role is taken for an average one.
    """
    found = [_effects(given, score) for score in given.values.T]
    value = np.column_stack([v for v, _ in found]) if found else np.zeros((0, 0))
    se = np.column_stack([s for _, s in found]) if found else np.zeros((0, 0))
    return RoleEffects(value, se)


def _effects(given: Answers, score: NDArray) -> tuple[NDArray, NDArray]:
    size = len(given.roles)
    rows = np.flatnonzero(~np.isnan(score) & (given.role >= 0))
    if size < 2 or len(rows) < 2:
        return np.zeros(size), np.zeros(size)
    X = (given.role[rows][:, None] == np.arange(size)).astype(float)
    X -= X.mean(axis=0)
    y = score[rows]
    both = np.column_stack([X, y])
    cell = given.cell[rows]
    n = np.bincount(cell, minlength=len(given.cell_account))
    means = (selection(cell, len(n)) @ both) / np.maximum(n, 1)[:, None]
    apart = both - means[cell]
    X, y = apart[:, :-1], apart[:, -1]
    freedom = max((n[n > 0] - 1).sum(), 1)
    inverse = np.linalg.inv(X.T @ X + DOUBT * np.eye(size))
    value = inverse @ X.T @ y
    spread = ((y - X @ value) ** 2).sum() / freedom
    shares = np.bincount(given.role[rows], minlength=size) / len(rows)
    centre = np.eye(size) - shares
    covariance = centre @ inverse @ centre.T * spread
    return centre @ value, np.sqrt(np.diag(covariance))


def without_roles(given: Answers, effects: NDArray) -> NDArray:
    """Return the values with what roles add taken out."""
    if not len(effects):
        return given.values
    every = np.vstack([effects, np.zeros(given.values.shape[1])])
    return given.values - every[given.role]
