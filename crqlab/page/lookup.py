"""What another table says of the same accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.participation.account_dispositions import UNASKED


def matched(
    ids: pd.Series, other: pd.DataFrame, *columns: str, by: str = "account_id"
) -> list[pd.Series]:
    """Return columns of another table's first row for each id; missing where it has none.

    Parameters
    ----------
    ids : Series
        What to look for, in the order and with the index of what is returned.
    other : DataFrame
    *columns : str
        Of ``other``.
    by : str
        The column of ``other`` that holds ids.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "name": ["Åkers", "Berg"], "n": [3, 4]})
    >>> [found.tolist() for found in matched(pd.Series(["b", "x"]), accounts, "name", "n")]
    [['Berg', nan], [4.0, nan]]
    """
    places: dict[object, int] = {}
    for place, known in enumerate(other[by].tolist()):
        places.setdefault(known, place)
    at = np.array([places.get(one, -1) for one in ids.tolist()], dtype=np.intp)
    return [
        pd.Series(pd.api.extensions.take(other[name].values, at, allow_fill=True), index=ids.index)
        for name in columns
    ]


def withheld(ids: pd.Series, accounts: pd.DataFrame) -> NDArray[np.bool_]:
    """Say of each account whether its scores are withheld; so are those of an unknown one.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "withheld": [True, False]})
    >>> withheld(pd.Series(["b", "a", "x"]), accounts).tolist()
    [False, True, True]
    """
    known = dict(zip(accounts["account_id"].tolist(), accounts["withheld"].tolist(), strict=True))
    return np.array([known.get(one, True) for one in ids.tolist()], dtype=bool)


def asked_now(ids: pd.Series, accounts: pd.DataFrame) -> int:
    """Count the accounts that the wave asked; the others wait for their turn, or were passed over.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "status": ["scored", "not_asked"]})
    >>> asked_now(pd.Series(["a", "b"]), accounts)
    1
    """
    return int((~matched(ids, accounts, "status")[0].isin(UNASKED)).sum())
