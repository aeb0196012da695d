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
        ``question``, ``wording``, ``n`` (comments), ``withheld``, ``n_other`` (those of no theme
        that is shown).
    table : DataFrame, one row per question and theme, the most frequent first
        ``question``, ``theme`` (code), ``name`` (by language, as JSON), ``n`` (comments),
        ``n_accounts``, ``share`` with its interval, ``before`` (wave), ``change`` of the share
        with its interval and ``q``, ``label`` of the score, ``score`` of who writes of it with
        its interval, ``roles`` (tuple of (role, comments)), ``others`` (comments of roles that
        are not told), ``flag`` of the score.
    quotes : DataFrame
        ``question``, ``theme``, ``words``, ``account``, ``language``: comments of fewest themes
        first.
    rest : DataFrame
        The same columns without ``theme``: comments of questions without themes.
    agreement : DataFrame
        ``n``, ``value``, ``low``, ``high``: kappa of frame and people over all themes; one row,
        or none where nobody coded by hand.
    version : str
        Of the code frame; empty where there is none.
    level : float
        Coverage of the intervals, in (0, 1).
    minimum : int
        Fewest people whose words are shown.
    """

    questions: pd.DataFrame
    table: pd.DataFrame
    quotes: pd.DataFrame
    rest: pd.DataFrame
    agreement: pd.DataFrame
    version: str
    level: float
    minimum: int
