"""Tables as their contracts have them: without rows, of the right kinds, kept all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import KINDS, Column

if TYPE_CHECKING:
    from crqlab.base.study import Study

_NO_GAPS = ("count", "yes")  # kinds whose cells pandas cannot leave empty


def empty(of: str | Mapping[str, Column | str]) -> pd.DataFrame:
    """Return a table without rows whose columns have their kinds.

    Parameters
    ----------
    of : str or mapping
        A table that has a contract, or columns and the kind of each.

    Examples
    --------
    >>> empty({"wave": "text", "n": "count"}).dtypes.astype(str).to_dict()
    {'wave': 'str', 'n': 'int64'}
    >>> list(empty("clients"))
    ['client_id', 'name', 'industry', 'country']
    """
    return pd.DataFrame({n: pd.Series(dtype=KINDS[kind]) for n, kind in _kinds(of).items()})


def typed(rows: pd.DataFrame, of: str | Mapping[str, Column | str]) -> pd.DataFrame:
    """Return the columns of a contract, in its order and of its kinds, numbered from 0.

    Nothing is lost on the way: a column with a value that its kind would change (text for a
    number, 2.5 for a count) stays as it is, and the check of the contract names the cell.

    Parameters
    ----------
    rows : DataFrame
        May hold other columns too; they are left out.
    of : str or mapping
        As for `empty`.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": [2.0, 1.0], "crq": [5, 6], "more": 0})
    >>> typed(rows, {"crq": "number", "n": "count"})
       crq  n
    0  5.0  2
    1  6.0  1
    """
    kinds = _kinds(of)
    rows = rows[list(kinds)].reset_index(drop=True)
    return rows.assign(**{name: _as(rows[name], kind) for name, kind in kinds.items()})


def from_records(records: Sequence[Mapping], of: str | Mapping[str, Column | str]) -> pd.DataFrame:
    """Return one row per record, of the right kinds; what a record lacks stays missing.

    Examples
    --------
    >>> from_records([{"n": 2}, {"n": 1, "crq": 5}], {"crq": "number", "n": "count"})
       crq  n
    0  NaN  2
    1  5.0  1
    """
    return typed(pd.DataFrame(records, columns=list(_kinds(of))), of)


def stacked(parts: Sequence[Mapping[str, NDArray]], table: str) -> pd.DataFrame:
    """Put parts of a table, each as its columns, below each other.

    Examples
    --------
    >>> part = {"client_id": ["a"], "name": ["A"], "industry": ["IT"], "country": ["SE"]}
    >>> stacked([part, part], "clients")["name"].tolist()
    ['A', 'A']
    """
    if not parts:
        return empty(table)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in _kinds(table)}
    return typed(pd.DataFrame(columns), table)


def keep(study: Study, tables: Mapping[str, pd.DataFrame], **made: Any) -> tuple[Path, ...]:
    """Write a station's tables, and how they were made, into the study: all of them, or none.

    Parameters
    ----------
    study : Study
    tables : mapping of name to DataFrame
        What a contract does not name is left out.
    **made
        What they were made with (level, draws, seed), for the run card.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    DataError
        Any table breaks its contract; then none is written.
    """
    asked = study.codebook.instrument
    brought = {}
    for name, rows in tables.items():
        columns = contract(name).for_instrument(asked)
        brought[name] = typed(rows, {c: columns[c] for c in columns if c in rows})
    return study.write_all(brought, made=made)


def _kinds(of: str | Mapping[str, Column | str]) -> dict[str, str]:
    columns = contract(of).columns if isinstance(of, str) else of
    return {n: c.kind if isinstance(c, Column) else c for n, c in columns.items()}


def _as(values: pd.Series, kind: str) -> pd.Series:
    """Give a column its kind where every value stays what it is."""
    if values.dtype == KINDS[kind] or (kind in _NO_GAPS and values.hasnans):
        return values
    try:
        cast = values.astype(KINDS[kind])
        return cast if ((cast == values) | values.isna()).all() else values
    except (TypeError, ValueError):
        return values
