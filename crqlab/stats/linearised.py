"""Means over accounts with Student's t, honest also where there are three of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.contracts.cautions import OK
from crqlab.stats.account_sums import Layout, change, described, flags, laid_out
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["paired_difference", "ratios"]
__dir__ = __all__.copy

#: Effective over heard accounts, below which those with many voices carry the number: where they
#: differ from the rest, intervals are too narrow (docs/validation.md).
UNEQUAL = 0.5
_ROUNDING = 1e-12


def ratios(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    blocks: pd.Series,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    r"""Means, shares and scores of many blocks, with Student's t on what accounts tell.

    Each number is a sum over accounts divided by another, as in `crqlab.stats.bootstrap.ratios`.
    With r = sum(y) / sum(x), an account moves it by e = (y - r x) / sum(x); with h, its share of
    sum(x), the variance is the sum of e^2 / (1 - h), which is free of bias where accounts do not
    differ in spread. Degrees of freedom are those of as many equal accounts as carry the same
    weight, less one: 1 / sum(h^2) - 1.

    Parameters
    ----------
    numerators, denominators : DataFrame, shape (accounts, measures)
        Sums of each account in a block, indexed by account; a missing cell, or a denominator
        of 0, counts as no answer. An account may be in several blocks, but only once in each.
    blocks : Series
        The block (client and wave) of each row, by position.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block and measure
        ``block``, ``measure``, ``value``, ``low``, ``high`` (numerator units per denominator
        unit), ``n_clusters`` (accounts with an answer), ``n_effective`` (equal accounts of the
        same weight), ``flag`` (a code). Without two accounts that differ there is no interval.

    Raises
    ------
    EstimateError
        Tables that do not match, an account twice in a block, or a negative denominator.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Bell & McCaffrey (2002), Survey Methodology 28, 169-181: its bias with few clusters.
    Kish (1965), Survey Sampling, section 11.2: the effective number.

    Examples
    --------
    >>> sums = pd.DataFrame({"crq": [11.0, 5.0, 12.0]}, index=list("abc"))
    >>> people = pd.DataFrame({"crq": [2, 1, 2]}, index=list("abc"))
    >>> ratios(sums, people, pd.Series(["C017"] * 3)).round(2).drop(columns="flag")
      block measure  value   low  high  n_clusters  n_effective
    0  C017     crq    5.6  4.38  6.82           3         2.78
    """
    layout = laid_out(numerators, denominators, blocks, np.ones(len(numerators), dtype=bool))
    return _table(layout, level).drop(columns=["p", "later", "earlier", "n_both"])


def paired_difference(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    blocks: pd.Series,
    later: pd.Series,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Change of sums-over-sums between two waves that share accounts, with its test.

    An account moves the change by what it adds to the later wave less what it adds to the earlier
    one; otherwise as `ratios`. Interval and p are one test: the interval leaves out 0 exactly
    where p is below 1 - level.

    Parameters
    ----------
    numerators, denominators : DataFrame, shape (accounts and waves, measures)
        Sums as for `ratios`, indexed by account, rows of both waves below one another.
    blocks : Series
        What is compared (the client) of each row, by position.
    later : Series of bool
        True for rows of the later wave, False for rows of the earlier one, by position.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block and measure
        ``block``, ``measure``, ``value`` (later minus earlier), ``low``, ``high``, ``p`` (two-
        sided), ``later``, ``earlier`` (the two values), ``n_clusters`` (accounts in either
        wave), ``n_both``, ``n_effective``, ``flag`` (a code).

    Raises
    ------
    EstimateError
        Tables that do not match, an account twice in a block's wave, or a negative denominator.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Bell & McCaffrey (2002), Survey Methodology 28, 169-181: its bias with few clusters.

    Examples
    --------
    >>> sums = pd.DataFrame({"crq": [5.0, 4.4, 6.1, 5.2, 4.9, 6.2]}, index=list("abcabc"))
    >>> moved = paired_difference(
    ...     sums, sums * 0 + 1, pd.Series(["C017"] * 6), pd.Series([False] * 3 + [True] * 3))
    >>> moved[["value", "low", "high", "p", "n_clusters", "n_both"]].round(2)
       value   low  high     p  n_clusters  n_both
    0   0.27 -0.25  0.78  0.16           3       3
    """
    return _table(laid_out(numerators, denominators, blocks, np.asarray(later)), level)


def _table(layout: Layout, level: float) -> pd.DataFrame:
    check_level(level)
    blocks, measures = len(layout.keys), len(layout.measures)
    accounts, both, effective, values = described(layout)
    value = change(values) if layout.paired else values[:, 0]
    error = _errors(layout, values)
    known = (accounts > 1) & (error > _ROUNDING * np.maximum(np.abs(value), 1))
    error = np.where(known, error, np.nan)
    freedom = np.maximum(np.nan_to_num(effective) - 1, np.finfo(float).tiny)
    half = t.isf((1 - level) / 2, freedom) * error
    caution = flags(accounts, effective, value, np.where(known, np.inf, value))
    unequal = (caution == OK) & (effective < UNEQUAL * accounts)
    columns = {
        "block": layout.keys.repeat(measures),
        "measure": np.tile(layout.measures.to_numpy(), blocks),
        "value": value.ravel(),
        "low": (value - half).ravel(),
        "high": (value + half).ravel(),
        "p": (2 * t.sf(np.abs(value) / error, freedom)).ravel(),
        "later": values[:, 0].ravel(),
        "earlier": values[:, 1].ravel(),
        "n_clusters": accounts.ravel(),
        "n_both": both.ravel(),
        "n_effective": effective.ravel(),
        "flag": np.where(unequal, "unequal_accounts", caution).ravel(),
    }
    return pd.DataFrame(columns)


def _errors(layout: Layout, values: NDArray) -> NDArray:
    """Standard error of every value, or change; shape (blocks, measures)."""
    codes, weight = layout.codes, layout.sums[:, :, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(weight / layout.add(weight)[codes])
        own = np.nan_to_num(layout.sums[:, :, 0] / weight - values[codes])
    moves = share * own
    moved = moves[:, 0] - moves[:, 1]
    both = share.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        freed = np.nan_to_num(moved**2 / (1 - both / layout.add(both)[codes]))
    return np.sqrt(layout.add(freed))
