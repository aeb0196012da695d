"""Where to begin: cheap estimates of every parameter from the moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.model import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Model

LEAST, MOST = 0.1, 0.9


def start(model: Model, moments: Sequence[tuple[NDArray, NDArray]]) -> NDArray:
    """Free parameters near the solution.

    Loadings relative to the first item by instrumental variables (the other items of the
    construct), latent covariances from the covariances of sums, residuals from what is left;
    everything is kept inside what makes the implied covariance positive definite.

    Parameters
    ----------
    model : Model
    moments : sequence of (array, array), one per group
        Covariance and mean of the items.

    Returns
    -------
    array, shape (free,)

    References
    ----------
    Hägglund (1982), Psychometrika 47, 209-222: the instrumental variables (FABIN 2).
    """
    values = np.concatenate([_group(model, *moments[g], g) for g in range(model.n_groups)])
    rows = np.concatenate([np.flatnonzero(model.group == g) for g in range(model.n_groups)])
    free = model.free[rows]
    kept = free >= 0
    total = np.bincount(free[kept], weights=values[kept], minlength=model.n_free)
    return total / np.bincount(free[kept], minlength=model.n_free)


def _group(model: Model, S: NDArray, mean: NDArray, group: int) -> NDArray:
    rows = np.flatnonzero(model.group == group)
    kind, row, col = model.kind[rows], model.row[rows], model.col[rows]
    Lambda, variance = _loadings(S, row[kind == LAMBDA], col[kind == LAMBDA], len(model.constructs))
    phi = _latent(S, Lambda, variance)
    B, top = _loadings(phi, row[kind == BETA], col[kind == BETA], len(model.constructs))
    above = np.flatnonzero(B.any(axis=0))
    psi = phi.copy()
    psi[above, above] = top[above]
    below = B.any(axis=1)
    explained = (B**2 @ np.where(B.any(axis=0), top, 0.0))[below]
    psi[below, below] = np.maximum(phi[below, below] - explained, LEAST * phi[below, below])
    left = np.diag(S) - (Lambda**2) @ variance
    theta = np.diag(np.clip(left, LEAST * np.diag(S), MOST * np.diag(S)))
    filled = {LAMBDA: Lambda, BETA: B, PSI: psi, THETA: theta}
    filled |= {NU: mean[:, None], ALPHA: np.zeros((len(phi), 1))}
    at = np.zeros(len(rows))
    for number, matrix in filled.items():
        cells = kind == number
        at[cells] = matrix[row[cells], col[cells]]
    return at


def _loadings(S: NDArray, row: NDArray, col: NDArray, m: int) -> tuple[NDArray, NDArray]:
    """Loadings with the first of each column at 1, and the variance of each column's factor."""
    loadings, variance = np.zeros((len(S), m)), np.ones(m)
    for factor in np.unique(col):
        items = row[col == factor]
        part = S[np.ix_(items, items)]
        scale = np.sqrt(np.diag(part) / part[0, 0])
        off = part * (1 - np.eye(len(items)))
        against = off[:, 1:] @ off[0, 1:] - off[:, 0] * off[0, 0]
        base = (off[0, 1:] ** 2).sum() - off[0] ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(base > 0, against / base, 1.0)
        ratio = np.where(np.abs(ratio) > 3 * scale, np.sign(ratio) * scale, ratio)
        small = np.abs(ratio) < LEAST * scale
        sign = np.where(off[0] < 0, -1.0, 1.0)
        ratio = np.where(small, sign * LEAST * scale, ratio)
        ratio[0] = 1.0
        pairs = np.outer(ratio, ratio) * (1 - np.eye(len(items)))
        common = (off * pairs).sum() / (pairs**2).sum() if len(items) > 1 else part[0, 0]
        loadings[items, factor] = ratio
        variance[factor] = np.clip(common, LEAST * part[0, 0], MOST * part[0, 0])
    return loadings, variance


def _latent(S: NDArray, loadings: NDArray, variance: NDArray) -> NDArray:
    """Covariances of the factors, from the covariances of weighted sums of their items."""
    used = loadings.any(axis=0)
    scale = (loadings**2).sum(axis=0)
    weights = loadings / np.where(scale > 0, scale, 1.0)
    phi = weights.T @ S @ weights
    sd = np.sqrt(variance)
    r = phi / np.outer(sd, sd)
    r = np.clip(r, -MOST, MOST)
    np.fill_diagonal(r, 1.0)
    r[~used, :] = r[:, ~used] = 0.0
    r[~used, ~used] = 1.0
    least = np.linalg.eigvalsh(r)[0]
    if least < LEAST:
        shrink = (1 - LEAST) / (1 - least)
        r = shrink * r + (1 - shrink) * np.eye(len(r))
    return r * np.outer(sd, sd)
