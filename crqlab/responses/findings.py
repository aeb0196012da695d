"""How a check hands over what it found."""

from __future__ import annotations

import pandas as pd

from crqlab.base.contracts.cautions import code


def findings(
    where: pd.Series, check: str, found: pd.Series | str, rule: str, column: str = ""
) -> pd.DataFrame:
    """Return one row per response that a check found, under the index of its row.

    Parameters
    ----------
    where : Series of bool, one per response
    check : str
    found : Series of str or str
        The code of what was found; a Series has at least the rows where it was.
    rule : str
        The code of what was expected.
    column : str
        The question; empty for the whole response.
    """
    rows = pd.DataFrame(index=where.index[where], columns=["check"], data=check, dtype="str")
    cells = found if isinstance(found, str) else found.reindex(rows.index).astype("str")
    return rows.assign(column=column, found=cells, rule=rule)


def coded(where: pd.Series, name: str, **numbers: pd.Series) -> pd.Series:
    """Return one code with its numbers per response that a check found.

    Examples
    --------
    >>> coded(pd.Series([False, True]), "answered_items", n=pd.Series([9, 4])).to_dict()
    {1: '{"code": "answered_items", "n": 4}'}
    """
    parts = [column[where].tolist() for column in numbers.values()]
    cells = [code(name, **dict(zip(numbers, row, strict=True))) for row in zip(*parts, strict=True)]
    return pd.Series(cells, index=where.index[where], dtype="str")
