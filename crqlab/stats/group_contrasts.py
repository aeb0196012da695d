"""Two groups of answers that may come from the same accounts, held against each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.contracts.cautions import OK, code
from crqlab.stats.account_sums import Layout, laid_out
from crqlab.stats.defaults import FEW_RESAMPLED, LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["group_difference"]
__dir__ = __all__.copy

_ROUNDING = 1e-12


def group_difference(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    blocks: pd.Series,
    first: NDArray,
    *,
    level: float = LEVEL,
) -> pd.DataFrame:
    r"""Difference of sums-over-sums between two groups, accounts being what was sampled.

    Each side's variance is that of `crqlab.stats.linearised.ratios`; what accounts with answers on
    both sides add to one and the other is taken off twice. Degrees of freedom are Welch's, with
    those of each side's effective number of accounts: of two accounts against a hundred the
    difference is as unsure as the two are. Accounts on both sides count once in them.

    Parameters
    ----------
    numerators, denominators : DataFrame, shape (accounts and sides, measures)
        Sums of each account on a side, indexed by account; a missing cell, or a denominator of 0,
        counts as no answer.
    blocks : Series
        What is compared of each row, by position.
    first : ndarray of bool
        True for rows of the first side, False for rows of the other, by position.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block and measure
        ``block``, ``measure``, ``value`` (first less other), ``low``, ``high``, ``p`` (two-sided;
        the interval leaves out 0 exactly where it is below 1 - level), ``n_first``, ``n_other``,
        ``n_both`` (accounts), ``flag`` (a code). No interval below six accounts on either side,
        where it would not hold what it promises.

    Raises
    ------
    EstimateError
        Tables that do not match, an account twice on a side, or a negative denominator.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292: linearised variance.
    Welch (1947), Biometrika 34, 28-35: degrees of freedom of a difference.

    Examples
    --------
    >>> sums = pd.DataFrame({"crq": [5.0, 4.4, 6.1, 5.2, 4.9, 6.2, 4.0, 4.1, 5, 4.4, 4.8, 3.9]})
    >>> sides = np.repeat([True, False], 6)
    >>> found = group_difference(sums, sums * 0 + 1, pd.Series(["C017"] * 12), sides)
    >>> found[["value", "low", "high", "p", "n_first", "n_other"]].round(2)
       value   low  high     p  n_first  n_other
    0   0.93  0.15  1.72  0.02        6        6
    """
    check_level(level)
    layout = laid_out(numerators, denominators, blocks, np.asarray(first))
    values, effective, moves, share = _sides(layout)
    there = layout.sums[:, :, 1] > 0
    n = layout.add(there).astype(int)
    both = layout.add(there.all(axis=1)).astype(int)
    with np.errstate(divide="ignore", invalid="ignore"):
        freed = np.nan_to_num(moves / np.sqrt(1 - share))
        squares = layout.add(freed**2)
        variance = squares.sum(axis=1) - 2 * layout.add(freed[:, 0] * freed[:, 1])
        freedom = squares.sum(axis=1) ** 2 / _unsure(layout, squares, share, effective, both)
    value = values[:, 0] - values[:, 1]
    error = np.sqrt(np.maximum(variance, 0))
    few = (n < FEW_RESAMPLED).any(axis=1)
    known = ~few & (error > _ROUNDING * np.maximum(np.abs(value), 1))
    error = np.where(known, error, np.nan)
    half = t.isf((1 - level) / 2, freedom) * error
    caution = np.select(
        [(n == 0).any(axis=1), few, ~known],
        ["no_answers", code("few_accounts", minimum=FEW_RESAMPLED), "accounts_alike"],
        OK,
    )
    columns = {
        "block": layout.keys.repeat(len(layout.measures)),
        "measure": np.tile(layout.measures.to_numpy(), len(layout.keys)),
        "value": value.ravel(),
        "low": (value - half).ravel(),
        "high": (value + half).ravel(),
        "p": (2 * t.sf(np.abs(value) / error, freedom)).ravel(),
        "n_first": n[:, 0].ravel(),
        "n_other": n[:, 1].ravel(),
        "n_both": both.ravel(),
        "flag": caution.ravel(),
    }
    return pd.DataFrame(columns)


def _unsure(
    layout: Layout, squares: NDArray, share: NDArray, effective: NDArray, both: NDArray
) -> NDArray:
    """Half the variance of the variance: Welch's, and what accounts on both sides add to it."""
    parts = share**2 * effective[layout.codes]
    common = layout.add(parts[:, 0] * parts[:, 1]) * both / np.maximum(both - 1, 1)
    return (squares**2 / (effective - 1)).sum(axis=1) + 2 * squares.prod(axis=1) * common


def _sides(layout: Layout) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Values and effective accounts of both sides; what accounts move, and their shares."""
    codes, weight = layout.codes, layout.sums[:, :, 1]
    total = layout.add(layout.sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = total[:, :, 0] / total[:, :, 1]
        share = np.nan_to_num(weight / total[codes, :, 1])
        own = np.nan_to_num(layout.sums[:, :, 0] / weight - values[codes])
        effective = 1 / layout.add(share**2)
    return values, effective, share * own, share
