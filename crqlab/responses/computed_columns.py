"""Columns that the survey tool, or a person, added up from other answers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.grid import Grid

_SPARE = 10  # rows beyond the number of columns, below which an exact fit may be chance
_EXACT = 1e-6
_FEWEST_POINTS = 3  # a column of fewer different numbers is a sum of others too easily


def sums(grid: Grid, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns that are the sum or mean of others in every row, and of which.

    Parameters
    ----------
    grid : Grid
    names : iterable of str
        Columns of numbers that may be answers.

    Returns
    -------
    dict of str to list of str
        The columns that it was made from, two or more, all with the same positive weight. Empty
        where there are fewer than ten rows more than columns: an exact fit may then be chance.
    """
    columns = {name: cells.numbers(grid.text(name), cells.number).found for name in names}
    columns = {name: values for name, values in columns.items() if values.notna().any()}
    found: dict[str, list[str]] = {}
    if len(columns) < 3:
        return found
    whole = pd.DataFrame(columns).dropna()
    if len(whole) < len(columns) + _SPARE:
        return found
    made = [name for name in columns if whole[name].nunique() >= _FEWEST_POINTS]
    for before in (True, False):  # tools put what they add up at the end, so look there first
        for name in made:
            beside = list(whole)[: list(whole).index(name)] if before else list(whole)
            others = [each for each in beside if each != name and each not in found]
            if name in found or len(others) < 2:
                continue
            if parts := _parts(whole[others].to_numpy(), whole[name].to_numpy()):
                found[name] = [others[k] for k in parts]
    return found


def _parts(others: NDArray[np.float64], made: NDArray[np.float64]) -> list[int]:
    """Return the places of what adds up to ``made`` with one weight, or nothing."""
    weights, _, rank, _ = np.linalg.lstsq(others, made, rcond=None)
    if rank < others.shape[1] or np.abs(others @ weights - made).max() > _EXACT:
        return []
    used = np.flatnonzero(np.abs(weights) > _EXACT)
    alike = np.ptp(weights[used]) < _EXACT and weights[used].min() > 0
    return list(used) if len(used) > 1 and alike else []
