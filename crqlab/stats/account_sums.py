"""Sums of accounts by block and measure: what every interval of a mean over accounts rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_RESAMPLED

__all__ = ["Layout", "change", "described", "flags", "laid_out"]
__dir__ = __all__.copy

FEW_EFFECTIVE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Accounts sorted by block and name; sums of the later wave, then of the earlier one.

    ``sums`` has the shape (accounts, 2 waves, numerator and denominator, measures). Without
    an earlier wave its part is empty, and the change is the later value itself.
    """

    sums: NDArray
    starts: NDArray
    keys: pd.Index
    measures: pd.Index
    paired: bool

    @property
    def codes(self) -> NDArray:
        """The row of ``keys`` of each account."""
        return np.repeat(np.arange(len(self.keys)), np.diff(self.starts))

    def add(self, amounts: NDArray) -> NDArray:
        """Add amounts of accounts up to blocks."""
        total = np.zeros((len(self.keys), *amounts.shape[1:]))
        np.add.at(total, self.codes, amounts)
        return total


def laid_out(
    numerators: pd.DataFrame, denominators: pd.DataFrame, blocks: pd.Series, later: NDArray
) -> Layout:
    """Sort accounts by block and name, so that no sum depends on the order of rows.

    Parameters
    ----------
    numerators, denominators : DataFrame, shape (accounts and waves, measures)
        Indexed by account; a missing cell, or a denominator of 0, counts as no answer.
    blocks : Series
        The block of each row, by position.
    later : ndarray of bool
        False for rows of an earlier wave.

    Raises
    ------
    EstimateError
        Tables that do not match, an account twice in a block's wave, or a negative denominator.
    """
    _check_tables(numerators, denominators, blocks, later)
    codes, keys = pd.factorize(pd.Index(blocks), sort=True)
    names = pd.factorize(numerators.index, sort=True)[0]
    cells = np.stack([numerators.to_numpy(float), denominators.to_numpy(float)], axis=1)
    if (cells[:, 1] < 0).any():
        raise EstimateError("denominators= holds negative sums; counts and weights are 0 or more.")
    answered = ~np.isnan(cells).any(axis=1, keepdims=True) & (cells[:, 1:] > 0)
    cells = np.where(answered, cells, 0)
    kept = (cells[:, 1] > 0).any(axis=1) & (codes >= 0)
    place = codes[kept] * (names.max(initial=0) + 1) + names[kept]
    accounts, row = np.unique(place, return_inverse=True)
    wave = np.where(later[kept], 0, 1)
    if len(np.unique(row * 2 + wave)) < len(row):
        raise EstimateError(
            "An account occurs more than once in a block; sum its answers first, so that "
            "numerators= and denominators= have one row per account, block and wave."
        )
    sums = np.zeros((len(accounts), 2, *cells.shape[1:]))
    sums[row, wave] = cells[kept]
    starts = np.searchsorted(accounts // (names.max(initial=0) + 1), np.arange(len(keys) + 1))
    return Layout(sums, starts, keys, numerators.columns, not later.all())


def _check_tables(numerators, denominators, blocks, later: NDArray) -> None:
    matched = numerators.index.equals(denominators.index) and numerators.columns.equals(
        denominators.columns
    )
    if not matched or not len(numerators) == len(blocks) == len(later):
        raise EstimateError(
            f"numerators= is {numerators.shape}, denominators= {denominators.shape}, blocks= has "
            f"{len(blocks)} rows; they must have the same accounts and measures in the same order."
        )


def described(layout: Layout) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Count accounts, and equal accounts of the same weight (Kish), by block and measure.

    Returns
    -------
    accounts, both, effective : ndarray, shape (blocks, measures)
    values : ndarray, shape (blocks, 2 waves, measures)
    """
    codes, add = layout.codes, layout.add
    total, weight = add(layout.sums), layout.sums[:, :, 1]
    there = weight > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        values = total[:, :, 0] / total[:, :, 1]
        share = np.nan_to_num(weight / total[codes, :, 1]).sum(axis=1)
        effective = add(share) ** 2 / add(share**2)
    counted = add(there.any(axis=1)).astype(int), add(there.all(axis=1)).astype(int)
    return *counted, effective, values


def change(values: NDArray) -> NDArray:
    """Later minus earlier, from shape (blocks, 2 waves, ...)."""
    return values[:, 0] - values[:, 1]


def flags(accounts: NDArray, effective: NDArray, low: NDArray, high: NDArray) -> NDArray:
    """Say by code why an interval is missing, or to be read with care."""
    conditions = [
        accounts == 0,
        accounts == 1,
        np.isnan(low),
        low == high,
        accounts < FEW_RESAMPLED,
        effective < FEW_EFFECTIVE,
    ]
    cautions = [
        "no_answers",
        "one_account",
        "interval_unknown",
        "accounts_alike",
        code("few_accounts", minimum=FEW_RESAMPLED),
        "few_dominate",
    ]
    return np.select(conditions, cautions, OK)
