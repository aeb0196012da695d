"""Where a client stands among other clients: station 8 as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """The client's place in the panel's published cells.

    Attributes
    ----------
    table : DataFrame, one row per measure
        The columns of ``positions`` with ``label``, in the order of the page; withheld where
        the client's own number is. No rows where nobody says where the client stands.
    source : str
        Code of the panel, or of the release with its facts; empty without rows.
    level : float
        Coverage of all intervals, in (0, 1).
    above_median : tuple of str
        Labels of the constructs whose median a *Unique* client is above.
    """

    table: pd.DataFrame
    source: str
    level: float
    above_median: tuple[str, ...]

    def of(self, measure: str) -> pd.Series | None:
        """Return one measure's row; None where its place is not known."""
        rows = self.table[
            (self.table["measure"] == measure) & self.table["percentile"].notna().to_numpy(bool)
        ]
        return None if rows.empty else rows.iloc[0]
