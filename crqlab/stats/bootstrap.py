"""Intervals that take the account, not the answer, as what was sampled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.stats import linearised
from crqlab.stats.account_sums import Layout, change, described, flags, laid_out
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import DRAWS, FEW_RESAMPLED, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.quantile_cuts import type7_of

__all__ = ["paired_difference", "ratios"]
__dir__ = __all__.copy


def ratios(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    blocks: pd.Series,
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> pd.DataFrame:
    """Means, shares and scores of many blocks, with intervals from resampled accounts.

    Each number is a sum over accounts divided by another, which covers every roll-up: everyone
    counts once (sum of the answers / how many), mean of account means (mean / 1), weighted by
    revenue (revenue x mean / revenue), NPS (100 x (promoters - detractors) / answers).

    The percentile interval is too narrow for few accounts. It is widened to what Student's t
    would ask for, on the degrees of freedom of as many equal accounts as carry the same weight.

    Parameters
    ----------
    numerators, denominators : DataFrame, shape (accounts, measures)
        Sums of each account in a block, indexed by account; a missing cell, or a denominator
        of 0, counts as no answer. An account may be in several blocks, but only once in each.
    blocks : Series
        The block (client and wave) of each row, by position: text, numbers, or an Index of
        tuples.
    draws, seed : int
        Samples per block, and the seed. A block's result depends on nothing but its own
        accounts, their names and the seed: neither on row order nor on other blocks.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block and measure
        ``block``, ``measure``, ``value``, ``low``, ``high`` (numerator units per denominator
        unit), ``n_clusters`` (accounts with an answer), ``flag`` (a code, see
        `crqlab.base.contracts.cautions`).

    Raises
    ------
    EstimateError
        Tables that do not match, an account twice in a block, or a negative denominator.

    References
    ----------
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling
    clusters. Hesterberg (2015), The American Statistician 69, 371-386: expanded percentiles.
    Kish (1965), Survey Sampling, section 11.2: the effective number.

    Examples
    --------
    >>> sums = pd.DataFrame({"crq": [11.0, 5.0, 12.0, 18.0, 4.0, 9.5]}, index=list("abcdef"))
    >>> people = pd.DataFrame({"crq": [2, 1, 2, 4, 1, 2]}, index=list("abcdef"))
    >>> ratios(sums, people, pd.Series(["C017"] * 6)).round(2)
      block measure  value   low  high  n_clusters flag
    0  C017     crq   4.96  4.33   5.8           6   ok
    """
    layout = laid_out(numerators, denominators, blocks, np.ones(len(numerators), dtype=bool))
    return _table(layout, draws, level, seed).drop(columns=["p", "later", "earlier", "n_both"])


def paired_difference(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    blocks: pd.Series,
    later: pd.Series,
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> pd.DataFrame:
    """Change of sums-over-sums between two waves that share accounts.

    All accounts of either wave are resampled: one that answered twice brings both its answers,
    so its steadiness narrows the interval; joiners and leavers bring the one they have. Of fewer
    than six accounts no draws reach as far as they ought to: interval and p are then those of
    `crqlab.stats.linearised.paired_difference`, one test.

    Parameters
    ----------
    numerators, denominators : DataFrame, shape (accounts and waves, measures)
        Sums as for `ratios`, indexed by account, rows of both waves below one another.
    blocks : Series
        What is compared (the client) of each row, by position.
    later : Series of bool
        True for rows of the later wave, False for rows of the earlier one, by position.
    draws, seed : int
        Samples per block, and the seed; results do not depend on row order or other blocks.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block and measure
        ``block``, ``measure``, ``value`` (later minus earlier), ``low``, ``high``, ``p`` (two-
        sided: the level at which the widened bootstrap interval touches no change), ``later``,
        ``earlier`` (the two values), ``n_clusters`` (accounts in either wave), ``n_both``,
        ``flag`` (a code).

    Raises
    ------
    EstimateError
        Tables that do not match, an account twice in a block's wave, or a negative denominator.

    References
    ----------
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling
    clusters. Hesterberg (2015), The American Statistician 69, 371-386: expanded percentiles.

    Examples
    --------
    >>> sums = pd.DataFrame({"crq": [5.0, 4.4, 6.1, 5.2, 3.0, 5.4, 5.1, 6.2, 5.9, 3.3, 4.9]},
    ...                     index=list("abcde" "abcdef"))
    >>> change = paired_difference(
    ...     sums, sums * 0 + 1, pd.Series(["C017"] * 11), pd.Series([False] * 5 + [True] * 6))
    >>> change[["value", "low", "high", "p", "n_clusters", "n_both"]].round(2)
       value   low  high     p  n_clusters  n_both
    0   0.39 -0.32  0.93  0.14           6       5
    """
    layout = laid_out(numerators, denominators, blocks, np.asarray(later))
    table = _table(layout, draws, level, seed)
    exact = linearised.paired_difference(numerators, denominators, blocks, later, level=level)
    few = table["n_clusters"] < FEW_RESAMPLED  # draws of so few cannot reach as far as the t test
    own = ["low", "high", "p"]
    return table.assign(**{name: table[name].where(~few, exact[name]) for name in own})


def _table(layout: Layout, draws: int, level: float, seed: int) -> pd.DataFrame:
    check_level(level)
    blocks, measures = len(layout.keys), len(layout.measures)
    accounts, both, effective, values = described(layout)
    low, high, p = np.full((3, blocks, measures), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        several = np.maximum(accounts, 2)
        stretch = np.sqrt(several / (several - 1))
        freedom = np.maximum(effective - 1, np.finfo(float).tiny)
        tail = norm.cdf(-stretch * t.isf((1 - level) / 2, freedom))
    for block in np.flatnonzero((accounts > 1).any(axis=1)):
        drawn = _drawn(layout, block, draws, seed)
        low[block] = _quantile(drawn, tail[block])
        high[block] = _quantile(drawn, 1 - tail[block])
        if layout.paired:
            beyond = np.minimum(_share_below_zero(drawn), _share_below_zero(np.sort(-drawn)))
            reach = -norm.ppf(np.minimum(beyond, 0.5)) / stretch[block]
            p[block] = 2 * t.sf(reach, freedom[block])
    alone = accounts < 2
    low[alone], high[alone], p[alone] = np.nan, np.nan, np.nan
    columns = {
        "block": layout.keys.repeat(measures),
        "measure": np.tile(layout.measures.to_numpy(), blocks),
        "value": change(values).ravel() if layout.paired else values[:, 0].ravel(),
        "low": low.ravel(),
        "high": high.ravel(),
        "p": p.ravel(),
        "later": values[:, 0].ravel(),
        "earlier": values[:, 1].ravel(),
        "n_clusters": accounts.ravel(),
        "n_both": both.ravel(),
        "flag": flags(accounts, effective, low, high).ravel(),
    }
    return pd.DataFrame(columns)


def _drawn(layout: Layout, block: int, draws: int, seed: int) -> NDArray:
    """Resample one block; shape (measures, draws), sorted, missing draws last."""
    sums = layout.sums[layout.starts[block] : layout.starts[block + 1]]
    flat = np.ascontiguousarray(sums.reshape(len(sums), -1))
    flat = flat if layout.paired else flat[:, : flat.shape[1] // 2]
    rng = stream(seed, layout.keys[block])
    pieces = [count @ flat for count in resampled(len(flat), draws, rng)]
    total = np.vstack(pieces).reshape(draws, -1, 2, sums.shape[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        values = total[:, :, 0] / total[:, :, 1]
    values = change(values) if layout.paired else values[:, 0]
    return np.sort(np.ascontiguousarray(values.T), axis=1)


def _quantile(drawn: NDArray, share: NDArray) -> NDArray:
    """Quantile (type 7) of each sorted row, its own share in each."""
    n, row = np.maximum((~np.isnan(drawn)).sum(axis=1), 1), np.arange(len(drawn))
    return type7_of(lambda rank: drawn[row, rank.astype(int)], n, np.nan_to_num(share), first=0)


def _share_below_zero(drawn: NDArray) -> NDArray:
    """Turn `_quantile` round: the share whose quantile is 0; never quite none."""
    found = (~np.isnan(drawn)).sum(axis=1)
    last, row = np.maximum(found - 1, 0), np.arange(len(drawn))
    below = (drawn <= 0).sum(axis=1) - 1
    left, right = drawn[row, np.maximum(below, 0)], drawn[row, np.minimum(below + 1, last)]
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(right > 0, -left / (right - left), 0)
        share = np.where(below < 0, 0, (below + step) / last)
    return np.maximum(share, 1 / (found + 1))
