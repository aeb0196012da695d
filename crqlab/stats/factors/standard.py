"""Standardised parameters and their standard errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.implied import implied, jacobian, matrices
from crqlab.stats.factors.model import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Model


def standardised(model: Model, theta: NDArray) -> NDArray:
    """Every row of the table with items and constructs at variance 1.

    Parameters
    ----------
    model : Model
    theta : array, shape (free,)

    Returns
    -------
    array, shape (rows,)
        Loadings times sd(factor)/sd(indicator); variances as shares of what they are part of;
        covariances as correlations of their own (residual) variances; NaN where a variance is
        negative.

    Examples
    --------
    >>> from crqlab.stats.factors.model import specify
    >>> trust = specify({"trust": ["t1", "t2", "t3"]})
    >>> standardised(trust, np.array([0.5, 2.0, 1.0, 1.0, 0.75, 5.0]))[:3].round(4)
    array([0.7071, 0.5   , 0.6667])
    """
    values = model.values(theta)
    return values * scales(model, values)


def scales(model: Model, values: NDArray) -> NDArray:
    """What each row is multiplied by to standardise it.

    Parameters
    ----------
    model : Model
    values : array, shape (rows,)

    Returns
    -------
    array, shape (rows,)
    """
    found = np.zeros(len(values))
    for g in range(model.n_groups):
        rows = np.flatnonzero(model.group == g)
        variances, _ = _variances(model, values, g)
        up, first, second = (variances[part] for part in _places(model, rows))
        found[rows] = np.sqrt(up / (first * second))
    return found


def standard_errors(model: Model, theta: NDArray, vcov: NDArray) -> NDArray:
    """Standard error of every standardised row, by the delta method.

    With s = v sqrt(u / (a b)) and u, a, b variances,
    ds = sqrt(u / (a b)) dv + s/2 (du/u - da/a - db/b).

    Parameters
    ----------
    model : Model
    theta : array, shape (free,)
    vcov : array, shape (free, free)

    Returns
    -------
    array, shape (rows,)
    """
    values, member = model.values(theta), model.membership()
    found = np.zeros(len(values))
    for g in range(model.n_groups):
        rows = np.flatnonzero(model.group == g)
        variances, change = _variances(model, values, g)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.where(change == 0, 0.0, change / variances[:, None]) @ member[rows]
        places = _places(model, rows)
        up, first, second = (variances[part] for part in places)
        scale = np.sqrt(up / (first * second))
        bent = relative[places[0]] - relative[places[1]] - relative[places[2]]
        slope = scale[:, None] * (member[rows] + values[rows, None] / 2 * bent)
        found[rows] = np.sqrt(np.maximum(((slope @ vcov) * slope).sum(axis=1), 0.0))
    return found


def _variances(model: Model, values: NDArray, group: int) -> tuple[NDArray, NDArray]:
    """Variances that standardise, and their derivatives in the group's rows.

    In order: items, constructs, disturbances, residuals, the constant 1. Negative ones are
    NaN.
    """
    of, filled = implied(model, values, group), matrices(model, values, group)
    kind, row, col = (part[of.rows] for part in (model.kind, model.row, model.col))
    p, m = len(model.items), len(model.constructs)
    total = np.diag(of.sigma)
    ordinal = not (kind == THETA).any()
    spread = np.zeros((p, len(of.rows)))
    if not ordinal:
        low = np.tril_indices(p)
        spread = jacobian(of)[0][low[0] == low[1]]
    latent = _latent_slopes(filled, of.latent, kind, row, col)
    psi, theta = np.zeros((m, len(of.rows))), np.zeros((p, len(of.rows)))
    for number, slopes in ((PSI, psi), (THETA, theta)):
        at = np.flatnonzero((kind == number) & (row == col))
        slopes[row[at], at] = 1.0
    found = np.concatenate(
        [
            np.ones(p) if ordinal else total,
            np.diag(of.latent),
            np.diag(filled[PSI]),
            np.ones(p) if ordinal else np.diag(filled[THETA]),
            [1.0],
        ]
    )
    slopes = np.vstack([spread, latent, psi, theta, np.zeros((1, len(of.rows)))])
    return np.where(found > 0, found, np.nan), slopes


def _latent_slopes(filled, latent, kind, row, col) -> NDArray:
    """Derivatives of the constructs' variances: 2 A_jr Phi_jc for B, A_jr A_jc for Psi."""
    m = len(latent)
    spread = np.linalg.inv(np.eye(m) - filled[BETA])
    found = np.zeros((m, len(kind)))
    paths, pairs = kind == BETA, kind == PSI
    found[:, paths] = 2 * spread[:, row[paths]] * latent[:, col[paths]]
    twice = np.where(row[pairs] == col[pairs], 1.0, 2.0)
    found[:, pairs] = twice * spread[:, row[pairs]] * spread[:, col[pairs]]
    return found


def _places(model: Model, rows: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Where each row's three variances stand in the vector of `_variances`."""
    kind, row, col = model.kind[rows], model.row[rows], model.col[rows]
    p, m = len(model.items), len(model.constructs)
    item, latent, psi, theta, one = 0, p, p + m, p + 2 * m, 2 * p + 2 * m
    same = row == col
    loads = (kind == LAMBDA) | (kind == BETA)
    up = np.where(loads, latent + col, one)
    of_item, of_latent = np.isin(kind, (LAMBDA, NU)), np.isin(kind, (BETA, ALPHA))
    conditions = [of_item, of_latent, kind == PSI, kind == THETA]
    first = np.select(
        conditions,
        [
            item + row,
            latent + row,
            np.where(same, latent + row, psi + row),
            np.where(same, item + row, theta + row),
        ],
    )
    second = np.select(
        [kind == PSI, kind == THETA],
        [
            np.where(same, latent + row, psi + col),
            np.where(same, item + row, theta + col),
        ],
        one,
    )
    return up, first, second
