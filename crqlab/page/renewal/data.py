"""What the next renewals may bring: station 5 as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

CHANCE = 0.5  # what an AUC is where a model knows nothing


@dataclass(frozen=True, slots=True, eq=False)
class Renewal:
    """Renewal outlook of one client; every table may be without rows.

    Attributes
    ----------
    accounts : DataFrame, one row per account, the greatest expected loss first
        The columns of ``outlook`` with ``name``, ``manager``, ``segment``, ``withheld`` and
        ``chance``: accounts of very few people lose the scores in their reason, and their numbers
        for a band (likely, even, unlikely); they stand last, the greatest revenue first.
    total : DataFrame, at most one row
        The client's row of ``revenue_at_risk``.
    performance : DataFrame, one row per measure
        How well the model foretold decisions it had not seen: the columns of ``contest``.
    card : DataFrame
        The columns of ``model_card``.
    late : bool
        Whether there is an outlook of this client that was made from a later wave.
    """

    accounts: pd.DataFrame
    total: pd.DataFrame
    performance: pd.DataFrame
    card: pd.DataFrame
    late: bool

    def well(self, measure: str) -> pd.Series | None:
        """Return how well the model did by one measure; None if it was not tested."""
        rows = self.performance
        rows = rows[(rows["measure"] == measure) & rows["estimate"].notna().to_numpy(bool)]
        return None if rows.empty else rows.iloc[0]


def foretells(found: Renewal) -> bool:
    """Return whether the model foretold better than chance who stays, where it was tested."""
    auc = found.well("auc")
    return auc is not None and auc["low"] > CHANCE
