"""What the section of years shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Years:
    """Years 2 to 4 of a client's relationships against the first, as its wave knew it.

    Attributes
    ----------
    since : str
        What years are counted from (`crqlab.scores.years`); empty where no day is known.
    gaps, panel : DataFrame
        The columns of ``year_gaps`` of one measure, by ``contrast``: the client's, and those of all
        clients together; no rows of the panel where clients are few. Without an interval nothing
        is told.
    curve : DataFrame
        The columns of ``year_scores`` of all clients together.
    accounts : DataFrame
        The columns of ``account_years``, of the client's waves up to this one.
    """

    since: str
    gaps: pd.DataFrame
    panel: pd.DataFrame
    curve: pd.DataFrame
    accounts: pd.DataFrame

    def of(self, contrast: str, *, panel: bool = False) -> pd.Series | None:
        """Return one contrast with its interval; None where that is not known, or withheld."""
        rows = self.panel if panel else self.gaps
        rows = rows[((rows["contrast"] == contrast) & rows["low"].notna()).to_numpy(bool)]
        return None if rows.empty else rows.iloc[0]
