r"""Covariances between accounts and inside them: restricted maximum likelihood by moments.

Given covariances, answers say what each account's deviation u and each person's deviation w may
be; the mean of :math:`uu'` and :math:`ww'` over what they may be are the next covariances. What
stays the same under this step is the estimate: at the true covariances both sides agree on
average, whoever was asked, how often, and whatever was left out. In one wave this is the EM
algorithm of REML.

Dempster, Laird & Rubin (1977), Journal of the Royal Statistical Society B 39, 1-38.
Laird & Ware (1982), Biometrics 38, 963-974: the same with the means of clients taken out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.client_means import ClientMeans
from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.conditional_effects import Conditioned, times


def block_means(one: Conditioned, means: ClientMeans) -> NDArray:
    """Return the means of every account's blocks, shape (accounts, components, waves)."""
    at = one.batch.place
    k = np.arange(means.mean.shape[1])
    return means.mean[one.batch.client[:, None, None], k[:, None], at[:, None, :]]


def account_means(one: Conditioned, means: ClientMeans) -> NDArray:
    """Return what accounts are expected to be, shape (accounts, components, waves)."""
    mu = block_means(one, means)
    kept = times(one.keep, one.batch.pattern, mu.reshape(one.weighted.shape))
    return (one.own() + kept).reshape(mu.shape)


def block_covariances(one: Conditioned, means: ClientMeans) -> NDArray:
    """Return covariances of the means, shape (accounts, problems, dimensions, dimensions)."""
    at, client = one.batch.place, one.batch.client
    n, k, T = len(client), means.mean.shape[1], at.shape[1]
    V = means.covariance()
    who, i, j = client[:, None, None], at[:, :, None], at[:, None, :]
    if one.batch.whole:
        return np.stack([V[:, c, :, c, :][who, i, j] for c in range(k)], axis=1)
    both = V.transpose(0, 2, 4, 1, 3)[who, i, j]
    return both.transpose(0, 3, 1, 4, 2).reshape(n, 1, k * T, k * T)


def moments(
    given: Answers,
    values: NDArray,
    parts: Components,
    known: Sequence[Conditioned],
    means: ClientMeans,
) -> tuple[NDArray, NDArray]:
    """Mean of uu' over cells and of ww' over rows, as expected given all answers.

    Parameters
    ----------
    given : Answers
        Of every cell somebody answered.
    values : ndarray, shape (rows, scores)
        Centred; missing where not answered.
    parts, known, means
        What was expected so far, in components.

    Returns
    -------
    tuple of ndarray, shape (scores, scores)
        Covariance between and within accounts.
    """
    k = len(parts.ratio)
    between, within, rows = np.zeros((k, k)), np.zeros((k, k)), 0
    for one in known:
        theta, mu = account_means(one, means), block_means(one, means)
        u = (theta - mu).transpose(0, 2, 1).reshape(-1, k)
        spread_u, spread = _spreads(one, means)
        between += u.T @ u + spread_u.sum(axis=0)
        cell = np.full(len(given.cell_account), -1)
        cell[one.batch.cells.ravel()] = np.arange(one.batch.cells.size)
        mine = np.flatnonzero(cell[given.cell] >= 0)
        theta = theta.transpose(0, 2, 1).reshape(-1, k)
        within += _people(values[mine], theta, spread, cell[given.cell[mine]], parts)
        rows += len(mine)
    turn = parts.basis
    return (
        turn @ between @ turn.T / len(given.cell_account),
        turn @ within @ turn.T / rows,
    )


def _spreads(one: Conditioned, means: ClientMeans) -> tuple[NDArray, NDArray]:
    """Covariances of u and of theta that remain, shape (cells, components, components)."""
    at, V = one.batch.pattern, block_covariances(one, means)
    keep = one.keep[at]
    own = (one.root @ np.swapaxes(one.root, -1, -2))[at]
    lost = np.eye(keep.shape[-1]) - keep
    of_u = own + lost @ V @ np.swapaxes(lost, -1, -2)
    of_theta = own + keep @ V @ np.swapaxes(keep, -1, -2)
    return _per_cell(of_u, one), _per_cell(of_theta, one)


def _per_cell(covariance: NDArray, one: Conditioned) -> NDArray:
    n, T = one.batch.cells.shape
    if not one.batch.whole:
        k = covariance.shape[-1] // T
        blocks = covariance.reshape(n, k, T, k, T)
        return np.einsum("nktlt->ntkl", blocks).reshape(n * T, k, k)
    variances = np.diagonal(covariance, axis1=-2, axis2=-1).transpose(0, 2, 1)
    return (variances[..., None] * np.eye(variances.shape[-1])).reshape(n * T, -1, len(variances.T))


def _people(values, theta, spread, cell, parts: Components) -> NDArray:
    """Sum of ww' of people, whose left out scores are as uncertain as the model says."""
    k = len(parts.ratio)
    there = ~np.isnan(values)
    masks = there @ (1 << np.arange(there.shape[1], dtype=np.int64))
    total = np.zeros((k, k))
    for code in np.unique(masks):
        mine = np.flatnonzero(masks == code)
        mask = there[mine[0]]
        D = parts.basis[mask]
        back = D.T @ np.linalg.inv(D @ D.T)
        w = values[mine][:, mask] - theta[cell[mine]] @ D.T
        seen = w.T @ w + D @ spread[cell[mine]].sum(axis=0) @ D.T
        total += back @ seen @ back.T + len(mine) * (np.eye(k) - back @ D)
    return total
