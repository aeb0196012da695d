r"""How clients differ, so that a small one can be drawn towards the panel.

The same algorithm one floor higher: what all answers tell of the means of a client's waves,
the means that these may be, and their covariance as the next one.

Dempster, Laird & Rubin (1977), Journal of the Royal Statistical Society B 39, 1-38.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.client_means import Prior, client_means
from crqlab.stats.account_model.components import Components
from crqlab.stats.account_model.conditional_effects import Conditioned
from crqlab.stats.account_model.layout import places

FEW_CLIENTS = 10
ROUNDS = 40
GRID = np.linspace(0.02, 0.98, 49)


def client_prior(given: Answers, parts: Components, known: Sequence[Conditioned]) -> Prior | None:
    """Estimate how clients differ; None where there are too few of them.

    Parameters
    ----------
    given : Answers
    parts : Components
    known : sequence of Conditioned
        All batches.
    """
    n, k = len(given.clients), len(parts.ratio)
    if n < FEW_CLIENTS:
        return None
    place, waves = places(given), np.bincount(given.block_client)
    there = np.arange(waves.max()) < waves[:, None]
    time = 1e6 * (1 + np.arange(waves.max())) + np.zeros(there.shape)
    time[given.block_client, place] = given.block_time
    lag = np.abs(time[:, :, None] - time[:, None, :])
    prior = Prior(np.zeros(k), np.diag(parts.ratio), 0.8)
    for _ in range(ROUNDS):
        prior = _next(given, parts, known, prior, lag, there)
    worth = _weights(prior.rho, lag, there).sum()
    return Prior(prior.mean, prior.covariance * (1 + 1 / worth), prior.rho)


def _weights(rho: float, lag: NDArray, there: NDArray) -> NDArray:
    """Inverse correlations of the waves that a client has."""
    return np.linalg.inv(rho**lag) * there[:, :, None] * there[:, None, :]


def _next(given, parts, known, prior: Prior, lag: NDArray, there: NDArray) -> Prior:
    means = client_means(given, known, prior=prior)
    weight = _weights(prior.rho, lag, there)
    mean = np.einsum("nij,nkj->k", weight, means.mean) / weight.sum()
    away = means.mean - mean[:, None]
    product = np.einsum("nki,nlj->nkilj", away, away) + means.covariance()
    covariance = np.einsum("nij,nkilj->kl", weight, product)
    guess, worth = _proportional(covariance / there.sum(), parts), len(parts.ratio) + 2
    covariance = (covariance + worth * guess) / (there.sum() + worth)
    return Prior(mean, covariance, _persistence(product, covariance, lag, there))


def _proportional(covariance: NDArray, parts: Components) -> NDArray:
    """Return the covariance of accounts, as large as clients differ on the whole."""
    return np.diag(parts.ratio) * np.trace(covariance) / parts.ratio.sum()


def _persistence(product: NDArray, covariance: NDArray, lag: NDArray, there: NDArray) -> float:
    """Correlation of a client's waves that makes what was found the likeliest."""
    apart = np.einsum("kl,nkilj->nij", np.linalg.inv(covariance), product)
    both = there[:, :, None] & there[:, None, :]
    if not (both & (lag > 0) & (lag < 1e6)).any():
        return 0.8
    heights = []
    for rho in GRID:
        alike = rho**lag
        inverse = np.linalg.inv(alike) * both
        height = len(covariance) * np.linalg.slogdet(alike)[1].sum()
        heights.append(height + (inverse * apart).sum())
    return float(GRID[int(np.argmin(heights))])
