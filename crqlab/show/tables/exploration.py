"""Any table as it is, for notebooks that explore, and what stands around it."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.language import OWN, language
from crqlab.show.html import Column, Shown, folded, names, phrases, table, under
from crqlab.show.number_format import number

__all__ = ["Shown", "folded", "plain", "under"]

#: Columns of codes, and by which messages they are said.
_CODED = {
    "flag": "caution",
    "reason": "caution",
    "method": "method",
    "verdict": "verdict",
    "check": "check",
    "found": "found",
    "rule": "rule",
    "peers": "peers",
}


def plain(rows: pd.DataFrame, *, caption: str, decimals: int = 2) -> Shown:
    """Any tidy table as it is, its codes of cautions in words, for notebooks that explore.

    Parameters
    ----------
    rows : DataFrame
        The first column names the rows.
    caption : str
        What the table says, with the n, interval and method behind its numbers.
    decimals : int
        Of columns that are not whole numbers.

    Examples
    --------
    >>> plain(pd.DataFrame({"account": ["a"], "score": [5.238]}), caption="Scores, n = 4")
    Scores, n = 4
    """
    columns = [
        Column(str(name).replace("_", " "), *_column(str(name), rows[name], decimals))
        for name in rows.columns
    ]
    return Shown(table(columns, caption=caption), caption)


def _column(name: str, values: pd.Series, decimals: int) -> tuple[list[Markup | str], bool]:
    """Cells, and whether they are numbers."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        kind, english = _CODED.get(name), language(OWN)
        said = (english.coded(kind, cell) or cell for cell in values)
        return phrases(said) if kind else names(values), False
    whole = pd.api.types.is_integer_dtype(values)
    return [number(value, 0 if whole else decimals) for value in values], True
