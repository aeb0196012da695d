"""One outcome and its drivers at one level: weights, effects and their draws, or why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.importance import (
    MOST_EXACT,
    Correlated,
    correlated,
    described,
    random_orders,
    resampled_moments,
    sampled_shapley,
    shapley,
)
from crqlab.stats.resampling import stream

METHODS = ("LMG", "Johnson 2000")
ORDERS = 128  # orders sampled where drivers are too many to take all
NUMBERS = (
    "weight low high share share_low share_high alone last correlation beta slope slope_low "
    "slope_high vif"
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
) -> Estimated:
    """Estimate both methods on the same draws.

    Parameters
    ----------
    values : ndarray, shape (rows, drivers + 1)
        Complete, the outcome last.
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
    """
    accounts, p = int(groups.max(initial=-1)) + 1, len(drivers)
    if reason := _hindrance(values, p, least):
        columns = _missing(drivers, len(values), accounts, reason)
        shares = np.full((1 + draws, p), np.nan)
        return Estimated(dict.fromkeys(METHODS, columns), shares, len(values), accounts)
    moments = resampled_moments(values, groups, draws=draws, rng=stream(seed, key))
    found = correlated(moments.covariances)
    weights = {METHODS[0]: _lmg(found, seed), METHODS[1]: found.johnson()}
    columns = described(moments, found, weights, drivers, level=level)
    return Estimated(columns, _shares(weights[METHODS[0]], draws), len(values), accounts)


def _hindrance(values: NDArray, p: int, least: int) -> str:
    if len(values) < max(p + 3, least):
        return f"too few to compare for {p} drivers"
    return "the outcome does not vary" if np.ptp(values[:, -1]) < 1e-9 else ""


def _missing(drivers: tuple[str, ...], n: int, accounts: int, reason: str) -> dict[str, NDArray]:
    p = len(drivers)
    empty = {name: np.full(p, np.nan) for name in (*NUMBERS, "r2", "r2_low", "r2_high")}
    words = {"direction": "unknown", "flag": reason}
    return {
        "driver": np.array(drivers, dtype=object),
        **empty,
        **{name: np.full(p, word, dtype=object) for name, word in words.items()},
        "n": np.full(p, n),
        "n_accounts": np.full(p, accounts),
    }


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
