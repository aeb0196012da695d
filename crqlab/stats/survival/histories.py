"""How long each case was watched and how it ended, checked once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Complete histories by time: when each case was first and last watched, how it ended.

    Attributes
    ----------
    time, event, entry : ndarray of float, shape (cases,)
        Last seen; 1 where the event happened then; watched only after (-inf: from the start).
    columns : ndarray of float, shape (cases, columns)
        Covariates or scores.
    codes : ndarray of int, shape (cases,)
        Accounts or groups, numbered by name from 0 without gaps.
    keys : Index
        Their names.
    notes : tuple of str
        How many cases were left out.
    """

    time: NDArray
    event: NDArray
    entry: NDArray
    columns: NDArray
    codes: NDArray
    keys: pd.Index
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """Cases."""
        return len(self.time)


def complete(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    columns: pd.DataFrame | None = None,
    labels: ArrayLike | None = None,
) -> Histories:
    """Keep the cases in which everything is known.

    Parameters
    ----------
    time, event, entry : array, shape (cases,)
        As in `Histories`; events are bool or 0 and 1.
    columns : DataFrame, shape (cases, columns), optional
        Numbers.
    labels : array, optional
        The account or group of each case; without, each case its own.

    Raises
    ------
    EstimateError
        Arrays of different lengths, text, events that are neither 0 nor 1, or cases that were
        watched only after their end.

    Examples
    --------
    >>> complete([5, 3, None], [1, 0, 1]).notes
    ('{"code": "cases_left_out", "n": 1}',)
    """
    table = pd.DataFrame(index=range(len(time))) if columns is None else columns
    starts = np.full(len(time), -np.inf) if entry is None else entry
    given = {"time": time, "event": event, "entry": starts} | dict(table.items())
    numbers = {name: _numbers(name, values) for name, values in given.items()}
    marks = pd.RangeIndex(len(time)) if labels is None else pd.Index(labels)
    lengths = {name: len(values) for name, values in numbers.items()} | {"labels": len(marks)}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise EstimateError(f"{told} rows; give one row per case in all of them.")
    order = np.argsort(numbers["time"], kind="stable")  # risk sets then read in sequence
    known = ~np.isnan(np.array(list(numbers.values()))).any(axis=0) & ~np.asarray(marks.isna())
    kept = order[known[order]]
    t, d, start, *rest = (values[kept] for values in numbers.values())
    _check(t, d, start)
    codes, keys = _coded(marks[kept], labels is None)
    gone = int((~known).sum())
    notes = (code("cases_left_out", n=gone),) if gone else ()
    wide = np.column_stack(rest) if rest else np.empty((len(t), 0))
    return Histories(t, d, start, wide, codes, keys, notes)


def _coded(marks: pd.Index, alone: bool) -> tuple[NDArray, pd.Index]:
    return (np.arange(len(marks)), marks) if alone else pd.factorize(marks, sort=True)


def _numbers(name: str, values: ArrayLike) -> NDArray:
    try:
        return pd.to_numeric(pd.Series(values), errors="raise").to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):
        raise EstimateError(
            f"{name} holds text; it must hold numbers, one per case. Turn categories into columns "
            "of 0 and 1 first."
        ) from None


def _check(time: NDArray, event: NDArray, entry: NDArray) -> None:
    odd = event[~np.isin(event, (0, 1))]
    if len(odd):
        raise EstimateError(
            f"event= holds {odd[0]:g}; it must be 1 where the event happened and 0 where the case "
            "was last seen without it."
        )
    if np.isinf(time).any():
        raise EstimateError("time= holds infinite durations; give when the case was last seen.")
    late = int((entry >= time).sum())
    if late:
        raise EstimateError(
            f"{late} cases have entry= at or after time=; a case must be watched for a while. "
            "Leave out what ended before it was watched."
        )
