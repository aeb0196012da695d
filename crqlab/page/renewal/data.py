"""What the next renewals may bring: station 5 as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.contracts.cautions import has

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
    unproven : bool
        Whether the outlook is withheld, because the model foretells no better than chance.
    """

    accounts: pd.DataFrame
    total: pd.DataFrame
    performance: pd.DataFrame
    card: pd.DataFrame
    late: bool
    unproven: bool = False

    def well(self, measure: str) -> pd.Series | None:
        """Return how well the model did by one measure; None if it was not tested."""
        rows = self.performance
        rows = rows[(rows["measure"] == measure) & rows["estimate"].notna().to_numpy(bool)]
        return None if rows.empty else rows.iloc[0]


def proven(performance: pd.DataFrame) -> bool:
    """Whether renewals were foretold better than by chance, later ones and with the right sign.

    The interval of the AUC out of time lies above .5, and that of the calibration slope above 0.
    """
    known = performance.drop_duplicates("measure").set_index("measure")
    if not {"auc", "calibration_slope"} <= set(known.index):
        return False
    auc, slope = known.loc["auc"], known.loc["calibration_slope"]
    in_turn = has(auc["flag"], "not_out_of_time")
    return bool(auc["low"] > CHANCE and slope["low"] > 0) and not in_turn
