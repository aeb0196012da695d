"""How a check hands over what it found."""

from __future__ import annotations

import pandas as pd


def findings(
    where: pd.Series, check: str, found: pd.Series | str, rule: str, column: str = ""
) -> pd.DataFrame:
    """Return one row per response that a check found, under the index of its row.

    Parameters
    ----------
    where : Series of bool, one per response
    check : str
    found : Series of str or str
        What was found, aligned with ``where``.
    rule : str
        What was expected.
    column : str
        The question; empty for the whole response.
    """
    rows = pd.DataFrame(index=where.index[where], columns=["check"], data=check, dtype="str")
    said = found if isinstance(found, str) else found[where].astype("str")
    return rows.assign(column=column, found=said, rule=rule)
