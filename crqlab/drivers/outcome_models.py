"""One outcome and its drivers at one level: weights, effects and their draws, or why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.stats.cluster_draws import stream
from crqlab.stats.importance import (
    MOST_EXACT,
    Correlated,
    Moments,
    correlated,
    described,
    random_orders,
    resampled_moments,
    sampled_shapley,
    shapley,
)

METHODS = ("LMG", "Johnson 2000")
STILL = 1e-9  # an outcome that varies less does not vary
ORDERS = 128  # orders sampled where drivers are too many to take all
NUMBERS = (
    "weight low high share share_low share_high alone last correlation beta slope slope_low "
    "slope_high vif r2 r2_low r2_high"
).split()


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """What came of one outcome at one level.

    Attributes
    ----------
    columns : dict of method to columns, one entry per driver
        As `crqlab.stats.importance.described`, with ``r2``, ``r2_low``, ``r2_high``,
        ``n_accounts``.
    shares : ndarray, shape (1 + draws, drivers)
        LMG shares of R-squared, the estimate first; missing where there is none.
    n, n_accounts : int
    """

    columns: dict[str, dict[str, NDArray]]
    shares: NDArray
    n: int
    n_accounts: int


def estimated(
    values: NDArray,
    groups: NDArray,
    drivers: tuple[str, ...],
    *,
    level: float,
    draws: int,
    key: tuple[str, ...],
    seed: int,
    least: int = 0,
    weights: NDArray | None = None,
) -> list[Estimated]:
    """Estimate both methods, for every outcome, on the same draws.

    Parameters
    ----------
    values : ndarray, shape (rows, drivers + outcomes)
        Complete.
    groups : ndarray of int
        The account of each row, from 0.
    drivers : tuple of str
    level : float
    draws : int
    key : tuple of str
        What the stream of chance belongs to.
    seed : int
    least : int
        Fewest rows that are tried; never fewer than drivers and three more.
    weights : ndarray, shape (rows,), optional
        What each row counts.

    Returns
    -------
    list of Estimated
        One per outcome, in order.
    """
    p, n, accounts = len(drivers), len(values), int(groups.max(initial=-1)) + 1
    if n < max(p + 3, least):
        reason = code("few_to_compare", drivers=p)
        return [_none(drivers, n, accounts, draws, reason)] * (values.shape[1] - p)
    rng = stream(seed, key)
    moments = resampled_moments(values, groups, draws=draws, rng=rng, weights=weights)
    found, results = None, []
    for place in range(p, values.shape[1]):
        if np.ptp(values[:, place]) < STILL:
            results.append(_none(drivers, n, accounts, draws, "outcome_constant"))
            continue
        own = _of_outcome(moments, place, p)
        found = correlated(own.covariances, like=found)
        weights = {METHODS[0]: _lmg(found, seed), METHODS[1]: found.johnson()}
        columns = described(own, found, weights, drivers, level=level)
        results.append(Estimated(columns, _shares(weights[METHODS[0]], draws), n, accounts))
    return results


def _of_outcome(moments: Moments, place: int, p: int) -> Moments:
    """Moments of the drivers and one outcome."""
    chosen = [*range(p), place]
    covariances = moments.covariances[:, chosen][:, :, chosen]
    return Moments(moments.means[:, chosen], covariances, moments.n, moments.n_groups)


def _none(drivers: tuple[str, ...], n: int, accounts: int, draws: int, reason: str) -> Estimated:
    """Nothing but the reason."""
    p = len(drivers)
    columns = {
        "driver": np.array(drivers, dtype=object),
        **{name: np.full(p, np.nan) for name in NUMBERS},
        "direction": np.full(p, "unknown", dtype=object),
        "flag": np.full(p, reason, dtype=object),
        "n": np.full(p, n),
        "n_accounts": np.full(p, accounts),
    }
    shares = np.full((1 + draws, p), np.nan)
    return Estimated(dict.fromkeys(METHODS, columns), shares, n, accounts)


def _lmg(found: Correlated, seed: int) -> NDArray:
    p = found.r.shape[1]
    if p <= MOST_EXACT:
        return shapley(found.R, found.r)
    return sampled_shapley(found.R, found.r, random_orders(p, ORDERS, stream(seed, "orders")))[0]


def _shares(weights: NDArray, draws: int) -> NDArray:
    """Shares of R-squared; without draws (one account) the estimate stands for each."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights / weights.sum(axis=1, keepdims=True)
    return np.repeat(shares, 1 + draws, axis=0) if len(shares) == 1 else shares
