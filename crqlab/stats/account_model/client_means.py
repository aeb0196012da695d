r"""Means of clients' waves, from all their accounts, and how sure they are.

Each account tells of its blocks with the precision :math:`FH` (see
`conditional_effects`). Where it is
known how clients differ, their means are drawn towards the panel's,
:math:`\mu_{ct} \sim N(m, \Sigma_C)` with correlation :math:`\rho_C^d` between waves that are d
years apart; otherwise nothing is known of them beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.conditional_effects import Conditioned
from crqlab.stats.account_model.layout import most_waves, places

UNKNOWN = 1e-6  # precision of a mean of which nothing is known


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is known of clients before they are asked, in components.

    Attributes
    ----------
    mean : ndarray, shape (components,)
    covariance : ndarray, shape (components, components)
    rho : float
        Correlation between waves a year apart.
    """

    mean: NDArray
    covariance: NDArray
    rho: float


@dataclass(frozen=True, slots=True, eq=False)
class ClientMeans:
    """Means of blocks, client by client.

    Attributes
    ----------
    mean : ndarray, shape (clients, components, waves)
        Waves that a client does not have are 0.
    root : ndarray, shape (clients, components x waves, components x waves)
        ``root root'`` is the covariance of the means.
    """

    mean: NDArray
    root: NDArray

    def covariance(self) -> NDArray:
        """Return covariances, shape (clients, components, waves, components, waves)."""
        n, k, T = self.mean.shape
        return (self.root @ np.swapaxes(self.root, -1, -2)).reshape(n, k, T, k, T)


def client_means(
    given: Answers, known: Sequence[Conditioned], *, prior: Prior | None = None
) -> ClientMeans:
    """Estimate the means of all blocks (generalised least squares, or towards a prior).

    Parameters
    ----------
    given : Answers
    known : sequence of Conditioned
        All batches.
    prior : Prior, optional
    """
    precision, right = evidence(given, known)
    n, k, T = right.shape
    precision, right = precision.reshape(n, k * T, k * T), right.reshape(n, k * T)
    diagonal = np.arange(k * T)
    if prior is None:
        precision[:, diagonal, diagonal] += UNKNOWN
    else:
        before = _prior_precision(given, T, prior)
        precision += before
        right += (before @ np.repeat(prior.mean, T)[:, None])[..., 0]
    L = np.linalg.cholesky(precision)
    root = np.swapaxes(np.linalg.inv(L), -1, -2)
    half = np.swapaxes(root, -1, -2) @ right[..., None]
    mean = (root @ half)[..., 0].reshape(n, k, T)
    return ClientMeans(mean, root)


def evidence(given: Answers, known: Sequence[Conditioned]) -> tuple[NDArray, NDArray]:
    """Sum what all accounts tell of their clients' means.

    Returns
    -------
    precision : ndarray, shape (clients, components, waves, components, waves)
    right : ndarray, shape (clients, components, waves)
        Precision times means.
    """
    n, T = len(given.clients), most_waves(given)
    k = known[0].weighted[0].size // known[0].batch.place.shape[1]
    precision, right = np.zeros((n, k, T, k, T)), np.zeros((n, k, T))
    for one in known:
        _tell(one, precision, right)
    return precision, right


def _tell(one: Conditioned, precision: NDArray, right: NDArray) -> None:
    """Add what a batch tells to the precision and the right side of its clients."""
    n, k, T = right.shape
    batch, here = one.batch, one.batch.place.shape[1]
    told, lean = one.told()[batch.pattern], one.lean()
    if batch.whole:
        sums = batch.to_pairs @ told.transpose(0, 2, 3, 1).reshape(-1, k)
        for i in range(k):
            precision[:, i, :, i, :] += sums[:, i].reshape(n, T, T)
    else:
        told = told.reshape(-1, k, here, k, here).transpose(0, 2, 4, 1, 3)
        sums = batch.to_pairs @ told.reshape(-1, k * k)
        precision += sums.reshape(n, T, T, k, k).transpose(0, 3, 1, 4, 2)
        lean = lean.reshape(-1, k, here)
    sums = batch.to_blocks @ lean.transpose(0, 2, 1).reshape(-1, k)
    right += sums.reshape(n, T, k).transpose(0, 2, 1)


def _prior_precision(given: Answers, T: int, prior: Prior) -> NDArray:
    """Inverse of what is known beforehand; waves that a client does not have lie far apart."""
    n, k = len(given.clients), len(prior.mean)
    time = 1e6 * (1 + np.arange(T)) + np.zeros((n, T))
    time[given.block_client, places(given)] = given.block_time
    alike = prior.rho ** np.abs(time[:, :, None] - time[:, None, :])
    over_time = np.linalg.inv(alike)
    over_scores = np.linalg.inv(prior.covariance)
    return np.einsum("kl,nij->nkilj", over_scores, over_time).reshape(n, k * T, k * T)
