"""Answers laid out for the station: who belongs together, at which level they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats.survey_weights import weight_of

CELL = ["client_id", "wave", "account_id"]
LEVELS = ("all", "within", "between")


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Respondents sorted by client, wave and account.

    Attributes
    ----------
    rows : DataFrame
        Table ``respondents``, sorted.
    cell : ndarray of int
        The account and wave of each row, from 0.
    account : ndarray of int
        The account of each row over all waves, from 0.
    block : ndarray of int
        The client and wave of each row, from 0.
    blocks : list of (str, str)
        Client and wave of each block.
    starts : ndarray of int
        First row of each block, and the number of rows.
    numbers : dict of str to ndarray
        Its columns of numbers.
    """

    rows: pd.DataFrame
    cell: NDArray
    account: NDArray
    block: NDArray
    blocks: list[tuple[str, str]]
    starts: NDArray

    numbers: dict[str, NDArray]

    @property
    def weight(self) -> NDArray:
        """The survey weight of each row; 1 where its client's wave has none."""
        return weight_of(self.rows)

    def values(self, names: Sequence[str]) -> NDArray:
        """Return columns as numbers, missing where not answered."""
        return np.column_stack([self.numbers[name] for name in names])

    def complete(self, names: Sequence[str]) -> NDArray:
        """Return which rows have all of these columns."""
        return np.logical_and.reduce([np.isfinite(self.numbers[name]) for name in names])


def laid_out(respondents: pd.DataFrame) -> Layout:
    """Sort respondents, so that no number depends on the order of rows."""
    rows = respondents.sort_values([*CELL, "response_id"], ignore_index=True)
    block = _codes(rows, CELL[:2])
    first = np.searchsorted(block, np.arange(block.max(initial=-1) + 2))
    keys = rows.loc[first[:-1], CELL[:2]].itertuples(index=False, name=None)
    account = rows.groupby(["client_id", "account_id"], sort=True).ngroup().to_numpy()
    numbers = {name: rows[name].to_numpy(float) for name in rows.select_dtypes("number")}
    return Layout(rows, _codes(rows, CELL), account, block, list(keys), first, numbers)


def _codes(rows: pd.DataFrame, keys: list[str]) -> NDArray:
    return rows.groupby(keys, sort=True).ngroup().to_numpy()


def at_level(
    values: NDArray, cell: NDArray, account: NDArray, level: str, weight: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """Values as one level compares them, the account of each row, and what it counts.

    Parameters
    ----------
    values : ndarray, shape (rows, variables)
        Complete answers.
    cell : ndarray of int
        The account and wave of each row, ascending.
    account : ndarray of int
        The account of each row.
    level : str
        ``all`` (as they are), ``within`` (less the mean of their account and wave, where two
        answered or more) or ``between`` (these means, each account counting once).
    weight : ndarray
        What each row counts, above 0.

    Examples
    --------
    >>> values, cell = np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1])
    >>> at_level(values, cell, cell, "between", np.ones(3))[0].ravel()
    array([2., 5.])
    >>> at_level(values, cell, cell, "within", np.array([3.0, 1.0, 1.0]))[0].ravel()
    array([-0.5,  1.5])
    """
    if level == "all" or len(values) == 0:
        return values, _dense(account), weight
    first = np.flatnonzero(np.diff(cell, prepend=cell[0] - 1))
    size = np.diff(first, append=len(cell))
    means = np.add.reduceat(values * weight[:, None], first, axis=0)
    means = means / np.add.reduceat(weight, first)[:, None]
    if level == "between":
        return means, _dense(account[first]), np.ones(len(first))
    several = np.repeat(size > 1, size)
    away = values - np.repeat(means, size, axis=0)
    return away[several], _dense(account[several]), weight[several]


def _dense(codes: NDArray) -> NDArray:
    """Number codes from 0 without gaps."""
    return np.unique(codes, return_inverse=True)[1]


def centred(values: NDArray, block: NDArray, weight: NDArray) -> NDArray:
    """Take the mean of each client and wave out, so that accounts are compared, not clients.

    Examples
    --------
    >>> centred(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1]), np.ones(3)).ravel()
    array([-1.,  1.,  0.])
    """
    codes = _dense(block)
    total = np.zeros((codes.max(initial=-1) + 1, values.shape[1]))
    np.add.at(total, codes, values * weight[:, None])
    return values - (total / np.bincount(codes, weight)[:, None])[codes]
