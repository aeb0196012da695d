"""What a report keeps to itself: scores of very few people, and who wrote which words.

Respondents of a business survey are not anonymous to the client, but answers are confidential
on request. The rule here keeps a single person's answers from being read off the page; it is
no promise of anonymity, and the page says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code

#: Why a number of a group that is large enough is not shown either.
PROTECTS = "would_tell_smaller_group"


def withheld(
    rows: pd.DataFrame,
    columns: Sequence[str],
    *,
    n: str,
    minimum: int,
    flag: str = "flag",
    whole: pd.Series | None = None,
    also: pd.Series | None = None,
) -> pd.DataFrame:
    """Empty the cells that stand on fewer people than ``minimum``, and say so in ``flag``.

    The code takes the place of others: that two people disagree tells what each said.

    Parameters
    ----------
    rows : DataFrame
        One group a row.
    columns : sequence of str
        What to empty; columns that are not there are passed over.
    n : str
        Column that counts the people behind the cells.
    minimum : int
        Fewest people whose numbers may be shown.
    flag : str
        Column of cautions, as codes (`crqlab.base.contracts.cautions`).
    whole : Series, optional
        What each row is a part of, where that total is shown too; see `complemented`.
    also : Series of bool, optional
        Rows that are emptied whatever they count.

    Returns
    -------
    DataFrame
        A copy with ``withheld`` (true or false) added; counts become numbers with gaps.

    Examples
    --------
    >>> rows = pd.DataFrame({"nps": [100.0, 20.0], "n": [1, 5], "flag": ["ok", "ok"]})
    >>> withheld(rows, ["nps"], n="n", minimum=3)
        nps  n                                        flag  withheld
    0   NaN  1  {"code": "n_below_minimum", "minimum": 3}      True
    1  20.0  5                                          ok     False
    """
    few = (rows[n] < minimum).to_numpy(bool)
    hide = few if whole is None else _complemented(rows[n], minimum, whole)
    hide = hide if also is None else hide | also.to_numpy(bool)
    cells = zip(rows[flag], few.tolist(), hide.tolist(), strict=True)
    below = code("n_below_minimum", minimum=minimum)
    flags = [below if f else PROTECTS if h else caution for caution, f, h in cells]
    hidden = {
        column: np.where(hide, np.nan, rows[column].to_numpy(float))
        for column in columns
        if column in rows
    }
    told = pd.Series(flags, index=rows.index, dtype=rows[flag].dtype)
    return rows.assign(**hidden, **{flag: told}, withheld=hide)


def complemented(n: pd.Series, *, minimum: int, whole: pd.Series) -> pd.Series:
    """Say which groups to withhold so that a total minus the others tells nothing either.

    Small groups are withheld; where they are one group alone, or together fewer people than
    ``minimum``, so are the next smallest ones.

    Parameters
    ----------
    n : Series of int
        People of each group.
    minimum : int
        Fewest people whose numbers may be shown.
    whole : Series
        What each group is a part of; a missing value is a total and never withheld for others.

    Returns
    -------
    Series of bool

    References
    ----------
    Cox (1980), Journal of the American Statistical Association 75, 377-385: complementary
    suppression.

    Examples
    --------
    >>> n = pd.Series([2, 9, 4, 0])
    >>> complemented(n, minimum=3, whole=pd.Series(["client"] * 4)).tolist()
    [True, False, True, True]
    >>> complemented(pd.Series([2, 2, 4]), minimum=3, whole=pd.Series(["client"] * 3)).tolist()
    [True, True, False]
    """
    return pd.Series(_complemented(n, minimum, whole), index=n.index)


def _complemented(n: pd.Series, minimum: int, whole: pd.Series) -> NDArray:
    hide, people = (n < minimum).to_numpy(bool, copy=True), n.tolist()
    parts: dict[Hashable, list[int]] = {}
    for place, part in enumerate(whole.reindex(n.index).tolist()):
        if people[place] > 0 and part == part and part is not None:
            parts.setdefault(part, []).append(place)
    for places in parts.values():
        if not hide[places].any():
            continue
        together = 0
        # a group goes too while those before it are one, or too few people together
        for before, place in enumerate(sorted(places, key=people.__getitem__)):
            if before >= 2 and together >= minimum:
                break
            hide[place] = True
            together += people[place]
    return hide
