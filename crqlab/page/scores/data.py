"""What the section of scores shows of one client's wave."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The client's numbers, withheld where too few people stand behind them.

    Attributes
    ----------
    before : str
        The wave that changes are counted from; empty for a first wave.
    measures : DataFrame, one row per measure, in the order of the page
        ``measure``, ``label``, ``value``, ``low``, ``high``, ``level``, ``n_respondents``,
        ``n_accounts``, ``method``, ``flag``, ``withheld``; ``change``, ``change_low``,
        ``change_high``, ``change_method``, ``change_q`` and ``verdict`` (higher, lower,
        no_clear_change or unknown).
    trend : DataFrame
        CRQ, NPS and mean LTR of this wave and those before it: ``wave``, ``measure``, ``value``,
        ``low``, ``high``, ``level``, ``n_respondents``, ``n_accounts``, ``method``, ``flag``.
    roll_ups : DataFrame
        CRQ and NPS counted in other ways: the columns of ``client_scores``.
    parts : DataFrame
        Where the change comes from: the columns of ``changes``.
    ltr : DataFrame
        ``answer`` (0-10), ``n``; without rows where it is not asked or withheld.
    agreement : DataFrame
        The columns of ``agreement``.
    rolling : DataFrame
        The columns of ``rolling_scores``: what all accounts are, where this wave asked a slice of
        them. Then changes are those of all accounts as well. Without rows elsewhere.
    unasked : tuple of str
        Scores that this wave did not ask; nothing of them is withheld.
    """

    before: str
    measures: pd.DataFrame
    trend: pd.DataFrame
    roll_ups: pd.DataFrame
    parts: pd.DataFrame
    ltr: pd.DataFrame
    agreement: pd.DataFrame
    rolling: pd.DataFrame
    unasked: tuple[str, ...] = ()

    def state(self, measure: str) -> dict[str, Any] | None:
        """Return a measure's row of ``rolling``, or None where every account was asked."""
        rows = self.rolling[(self.rolling["measure"] == measure).to_numpy(bool)]
        return rows.iloc[0].to_dict() if len(rows) and rows["value"].notna().all() else None

    @property
    def weighted(self) -> bool:
        """Whether the wave's numbers are weighted by survey weights."""
        return bool((self.roll_ups["roll_up"] == "unweighted").any())

    def unweighted(self, measure: str) -> float:
        """Return CRQ or NPS without survey weights; missing where there are none, or withheld."""
        rows = self.roll_ups
        found = rows[(rows["measure"] == measure) & (rows["roll_up"] == "unweighted")]
        return float(found["value"].iloc[0]) if len(found) else nan

    def counted(self) -> pd.Series:
        """Return the code of each way to count in ``roll_ups`` as it is said."""
        codes = self.roll_ups["roll_up"]
        return codes.replace("respondents", "weighted") if self.weighted else codes
