"""Broken cells as a person reads them: one line for each kind of fault, values counted."""

from __future__ import annotations

import pandas as pd

_VALUES, _SOME = 12, 4  # different values that one line names; of more it names fewer


def grouped_cases(cases: pd.DataFrame) -> pd.DataFrame:
    """Put the same fault of one column into one line, its values with their counts.

    Parameters
    ----------
    cases : DataFrame
        ``file``, ``row``, ``column``, ``value``, ``rule``, ``fix``, as in `DataError.cases`.

    Returns
    -------
    DataFrame, in the order in which the faults first occur
        ``file``, ``rows`` (how many, and the first), ``column``, ``found``, ``rule``, ``fix``.

    Examples
    --------
    >>> cases = pd.DataFrame({"file": "a.csv", "row": [2, 3, 9], "column": "q1",
    ...                       "value": ["Agree", "Agree", "Yes"], "rule": "no answer", "fix": ""})
    >>> print(*grouped_cases(cases)[["rows", "found"]].iloc[0], sep="; ")
    3 cells, first in row 2; 'Agree' 2, 'Yes' 1
    """
    plain = cases.astype(object).where(cases.notna(), "").astype(str)
    plain = plain.replace({"nan": "", "None": "", "<NA>": ""})
    # rules that name another row are one kind
    kind = plain["rule"].str.replace(r"\brow \d+\b", "another row", regex=True)
    keys = [plain["file"], plain["column"], kind, plain["fix"]]
    rows = []
    for (file, column, rule, fix), part in plain.groupby(keys, sort=False):
        alone = len(part) == 1
        rows.append((file, _where(part["row"]), column, _values(part["value"]),
                     part["rule"].iloc[0] if alone else rule, fix))  # fmt: skip
    return pd.DataFrame(rows, columns=["file", "rows", "column", "found", "rule", "fix"])


def _where(rows: pd.Series) -> str:
    known = [row for row in rows if row]
    if len(rows) == 1:
        return known[0] if known else ""
    return f"{len(rows):,} cells" + (f", first in row {known[0]}" if known else "")


def _values(values: pd.Series) -> str:
    counts = values[values != ""].value_counts()
    if len(values) == 1:
        return repr(values.iloc[0]) if values.iloc[0] else ""
    shown = counts.head(len(counts) if len(counts) <= _VALUES else _SOME)
    told = [f"{value!r} {n:,}" for value, n in shown.items()]
    more = len(counts) - len(shown)
    return ", ".join(told) + (f" and {more:,} other values" if more > 0 else "")
