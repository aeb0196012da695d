"""What the section of roles and units shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import pandas as pd

ROLE = "role"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """One client's wave by role, unit, country and product.

    Attributes
    ----------
    table : DataFrame
        The columns of ``group_scores`` with ``withheld``: roles on every measure; units, countries
        and products on CRQ and NPS, with their difference to all others. ``group`` is empty where
        it is not known.
    gaps : DataFrame
        The columns of ``role_gaps``, of CRQ; of NPS where nothing else was asked.
    alone : int
        Accounts of which the least senior role alone was heard.
    heard : int
        Accounts that were heard, with everybody's role known or not.
    least : str
        That role; empty where the codebook has no order of roles.
    """

    table: pd.DataFrame
    gaps: pd.DataFrame
    alone: int
    heard: int
    least: str

    @property
    def roles(self) -> pd.DataFrame:
        """The rows of roles."""
        return self.table[(self.table["dimension"] == ROLE).to_numpy(bool)]

    @property
    def units(self) -> pd.DataFrame:
        """The rows of units, countries and products; none of a dimension with a single group."""
        rows = self.table[(self.table["dimension"] != ROLE).to_numpy(bool)]
        several = rows.groupby("dimension")["group"].transform("nunique") > 1
        return rows[several.to_numpy(bool)]

    @property
    def level(self) -> float:
        """Coverage of the intervals, in (0, 1)."""
        return float(self.table["level"].iloc[0]) if len(self.table) else nan

    def widest(self) -> pd.Series | None:
        """Return the gap of roles that is surest not to be chance; None where none is told."""
        rows = self.gaps[self.gaps["p"].notna()]
        return None if rows.empty else rows.loc[rows["p"].idxmin()]
