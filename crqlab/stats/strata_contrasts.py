"""Two groups held against each other inside strata, as of clients' waves, clusters repeating."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t

from crqlab.base.contracts.cautions import OK, code
from crqlab.stats.defaults import FEW_RESAMPLED, LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["contrast_weights", "stratified_difference"]
__dir__ = __all__.copy

_ROUNDING = 1e-12


def contrast_weights(first: ArrayLike, strata: ArrayLike, blocks: ArrayLike) -> NDArray:
    """Return what a stratified difference counts of each row.

    Parameters
    ----------
    first : array of bool
        Whether a row is of the first group.
    strata, blocks : array
        The stratum of each row, and what is compared: a stratum belongs to one block.

    Returns
    -------
    ndarray
        Weights that add up to 1 over the first group of a block, to -1 over the other and to 0 in
        every stratum; missing where no stratum of a block has both.

    Examples
    --------
    >>> contrast_weights([True, False, True, True, False], list("aabbb"), ["C"] * 5).round(2)
    array([ 0.43, -0.43,  0.29,  0.29, -0.57])
    """
    away, total, block = _away(first, strata, blocks)
    with np.errstate(divide="ignore", invalid="ignore"):
        return away / np.where(total > _ROUNDING, total, np.nan)[block]


def stratified_difference(
    values: ArrayLike,
    first: ArrayLike,
    strata: ArrayLike,
    clusters: ArrayLike,
    blocks: ArrayLike,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Difference of two groups inside strata, rows of one cluster (an account) being one voice.

    The slope on belonging to the first group, strata taken off: what sets strata apart is no part
    of it. Variance is linearised over clusters, each freed by its share of the weight; degrees of
    freedom are those of as many equal clusters, less one.

    Parameters
    ----------
    values : array of float
        One row per account and wave; missing ones do not count.
    first : array of bool
        Whether a row is of the first group, or of the other.
    strata, clusters, blocks : array
        Of each row: the stratum, the account, and what is compared.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block, sorted
        ``block``, ``value`` (first less other, units of the values), ``low``, ``high``, ``p``
        (two-sided), ``n_first``, ``n_other`` (clusters in strata that have both), ``flag`` (a
        code). No interval below six clusters on either side.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Bell & McCaffrey (2002), Survey Methodology 28, 169-181: its bias with few clusters.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> first, strata = np.tile([True, False], 30), np.repeat(np.arange(6), 10)
    >>> values = 5 - 0.5 * first + strata + rng.normal(0, 0.4, 60)
    >>> found = stratified_difference(values, first, strata, np.arange(60), ["C017"] * 60)
    >>> found[["block", "value", "low", "high", "n_first", "n_other"]].round(2)
      block  value   low  high  n_first  n_other
    0  C017  -0.43 -0.61 -0.26       30       30
    """
    check_level(level)
    there = np.isfinite(np.asarray(values, dtype=float))
    y = np.asarray(values, dtype=float)[there]
    first = np.asarray(first, dtype=bool)[there]
    strata, clusters, blocks = (pd.Index(one)[there] for one in (strata, clusters, blocks))
    away, total, block = _away(first, strata, blocks)
    names = pd.factorize(blocks, sort=True)[1]
    size = len(names)
    known = total > _ROUNDING
    weight = away / np.where(known, total, np.nan)[block]
    value = np.bincount(block, np.nan_to_num(weight) * y, size)
    stratum = pd.factorize(strata)[0]
    mean = np.bincount(stratum, y) / np.maximum(np.bincount(stratum), 1)
    left = y - mean[stratum] - value[block] * away
    cluster, owner = _clusters(clusters, block)
    moved = np.bincount(cluster, np.nan_to_num(weight) * left, len(owner))
    share = np.bincount(cluster, away * np.nan_to_num(weight), len(owner))
    with np.errstate(divide="ignore", invalid="ignore"):
        freed = np.nan_to_num(moved**2 / (1 - share))
        freedom = 1 / np.bincount(owner, share**2, size) - 1
    error = np.sqrt(np.bincount(owner, freed, size))
    n = [_counted(cluster, owner, side & (away != 0), size) for side in (first, ~first)]
    few = np.minimum(*n) < FEW_RESAMPLED
    sure = known & ~few & (error > _ROUNDING * np.maximum(np.abs(value), 1))
    error = np.where(sure, error, np.nan)
    half = t.isf((1 - level) / 2, np.maximum(np.nan_to_num(freedom), _ROUNDING)) * error
    caution = np.select(
        [~known, few, ~sure],
        ["no_answers", code("few_accounts", minimum=FEW_RESAMPLED), "accounts_alike"],
        OK,
    )
    value = np.where(known, value, np.nan)
    return pd.DataFrame(
        {
            "block": names,
            "value": value,
            "low": value - half,
            "high": value + half,
            "p": 2 * t.sf(np.abs(value) / error, np.maximum(np.nan_to_num(freedom), _ROUNDING)),
            "n_first": n[0],
            "n_other": n[1],
            "flag": caution,
        }
    )


def _away(
    first: ArrayLike, strata: ArrayLike, blocks: ArrayLike
) -> tuple[NDArray, NDArray, NDArray]:
    """Belonging to the first group less its share in the stratum; sums of squares; blocks."""
    own = np.asarray(first, dtype=float)
    stratum, block = (pd.factorize(pd.Index(one), sort=True)[0] for one in (strata, blocks))
    share = np.bincount(stratum, own) / np.maximum(np.bincount(stratum), 1)
    away = own - share[stratum]
    return away, np.bincount(block, away**2), block


def _clusters(clusters: pd.Index, block: NDArray) -> tuple[NDArray, NDArray]:
    """The cluster of each row, a new one in each block, and the block of each cluster."""
    keys = pd.MultiIndex.from_arrays([block, clusters])
    cluster, names = pd.factorize(keys, sort=True)
    return cluster, names.get_level_values(0).to_numpy(int)


def _counted(cluster: NDArray, owner: NDArray, rows: NDArray, size: int) -> NDArray:
    return np.bincount(owner[np.unique(cluster[rows])], minlength=size)
