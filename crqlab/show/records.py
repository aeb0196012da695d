"""Rows of a small table one by one."""

from __future__ import annotations

from collections.abc import Hashable
from types import SimpleNamespace

import pandas as pd

Record = SimpleNamespace


def records(rows: pd.DataFrame) -> list[Record]:
    """Return each row with its cells as attributes; pages ask for little else, some 100 times.

    What `DataFrame.itertuples` gives, without a class made anew for every table.

    Examples
    --------
    >>> [row.name for row in records(pd.DataFrame({"name": ["Åkers", None], "n": [3, 4]}))]
    ['Åkers', nan]
    """
    columns = list(rows)
    return [
        Record(**dict(zip(columns, cells, strict=True)))
        for cells in rows.to_numpy(dtype=object).tolist()
    ]


def grouped(rows: pd.DataFrame, by: str) -> dict[Hashable, list[Record]]:
    """Return the rows of each group, groups and rows in the order in which they stand.

    Examples
    --------
    >>> found = grouped(pd.DataFrame({"account": ["a", "b", "a"], "n": [1, 2, 3]}), "account")
    >>> {name: [row.n for row in rows] for name, rows in found.items()}
    {'a': [1, 3], 'b': [2]}
    """
    found: dict[Hashable, list[Record]] = {}
    for row in records(rows):
        found.setdefault(getattr(row, by), []).append(row)
    return found
