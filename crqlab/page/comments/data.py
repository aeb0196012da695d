"""What the section of comments shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Themes:
    """Themes of one client's comments; every number already withheld where groups are small.

    Attributes
    ----------
    questions : DataFrame, one row per open question
        ``question``, ``wording``, ``n`` (comments), ``withheld``, ``n_none`` (those of no
        theme), ``flag`` ("ok", or the code of why it has no themes).
    table : DataFrame, one row per theme
        ``question``, ``theme`` (1, 2, ... within its question), ``phrases`` (tuple of str),
        ``n`` (comments), ``n_accounts``, ``measure`` and ``label`` (of the mean), ``value``,
        ``low``, ``high``, ``roles`` (tuple of (role, comments)), ``others`` (comments of roles
        that are not told), ``flag``.
    quotes : DataFrame
        ``question``, ``theme``, ``words``, ``account``, ``language``: the most typical first.
    rest : DataFrame
        The same columns without ``theme``: comments of questions without themes.
    level : float
        Coverage of the intervals, in (0, 1).
    minimum : int
        Fewest people whose words are shown.
    """

    questions: pd.DataFrame
    table: pd.DataFrame
    quotes: pd.DataFrame
    rest: pd.DataFrame
    level: float
    minimum: int
