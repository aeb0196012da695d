"""The largest partial likelihood, or the nearest that exists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.survival.partial import Partial, partial
from crqlab.stats.survival.risk_sets import RiskSets

STEPS, CLOSE, FAR, FLAT = 30, 1e-9, 5.0, 1e-5


def independent(X: NDArray) -> NDArray:
    """Say which columns vary and are not made up of those before them.

    Parameters
    ----------
    X : ndarray, shape (cases, columns)
        Of mean 0 and standard deviation 1, or constant.

    Examples
    --------
    >>> a = np.array([-1.0, 0, 1])
    >>> independent(np.column_stack([a, -a, a**2 - 2 / 3, np.zeros(3)]))
    array([ True, False,  True, False])
    """
    gram = X.T @ X / max(len(X), 1)
    kept: list[int] = []
    for j in range(len(gram)):
        inner = gram[np.ix_(kept, kept)]
        explained = gram[j, kept] @ np.linalg.solve(inner, gram[kept, j]) if kept else 0.0
        if gram[j, j] - explained > 1e-9:
            kept.append(j)
    return np.isin(np.arange(len(gram)), kept)


def maximum(X: NDArray, sets: RiskSets, ties: str, ridge: float) -> tuple[NDArray, Partial, bool]:
    """Climb by Newton's steps, halved where they overshoot.

    Parameters
    ----------
    X : ndarray, shape (cases, covariates)
        Standardised.
    sets : RiskSets
    ties : str
    ridge : float
        Precision of a normal prior on each slope; 0 is maximum likelihood.

    Returns
    -------
    tuple of ndarray, Partial and bool
        Slopes, the likelihood there, and whether a finite maximum was found.
    """
    terms = np.zeros(X.shape[1])
    here = partial(X, terms, sets, ties)
    start = here.information()
    for _ in range(STEPS):
        information = here.information() + ridge * np.eye(len(terms))
        slope = here.score_by_time().sum(axis=0) - ridge * terms
        step = np.linalg.pinv(information, hermitian=True) @ slope
        step *= min(1.0, FAR / max(np.abs(step).max(initial=0), 1e-300))
        here, step = _uphill(X, terms, step, here, ridge, ties)
        terms = terms + step
        if np.abs(step).max(initial=0) < CLOSE * (1 + np.abs(terms).max(initial=0)):
            return terms, here, not _flat(here.information() + ridge * np.eye(len(terms)), start)
    return terms, here, False


def _uphill(X, terms, step, here: Partial, ridge: float, ties: str) -> tuple[Partial, NDArray]:
    floor = here.value - ridge / 2 * terms @ terms
    for _ in range(12):
        there = partial(X, terms + step, here.sets, ties)
        reached = there.value - ridge / 2 * (terms + step) @ (terms + step)
        if reached >= floor - 1e-9 * abs(floor):
            return there, step
        step = step / 2
    return here, np.zeros_like(step)


def _flat(information: NDArray, start: NDArray) -> bool:
    """Whether, in some direction, next to nothing is left of the curvature at no effect."""
    if len(start) == 0:
        return False
    size, axes = np.linalg.eigh(start)
    if size[0] <= 1e-10 * size[-1]:
        return True
    root = axes / np.sqrt(size)
    return bool(np.linalg.eigvalsh(root.T @ information @ root)[0] < FLAT)
