"""Which account is in which segment: station 6 as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.segments.segment_traits import SegmentTraits

#: Status of accounts whose segment would tell what very few people answered.
FEW = "few"


@dataclass(frozen=True, slots=True)
class Moved:
    """How many of ``n`` accounts are expected to have moved one way, with its interval."""

    n: int
    value: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether at least one surely did."""
        return self.low > 0


NOBODY = Moved(0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Accounts of one client's wave by segment; every table may be without rows.

    Attributes
    ----------
    accounts : DataFrame, one row per account
        The columns of ``segments`` as the wave knew them, with ``name``, ``manager``, ``before``
        and ``before_status`` (segment and status of the wave before; missing if none) and
        ``withheld``: accounts of very few people have status ``few`` and no segment.
    shares : DataFrame, one row per segment and one for silent accounts
        The columns of ``segment_shares`` as the wave knew them, the best segment first; only
        silent accounts where the others' counts would tell a segment that is withheld.
    migration : DataFrame
        The columns of ``migration``, into this wave and as it knew them; without revenue where
        it would tell which account moved.
    movement : DataFrame
        The columns of ``movement``, likewise.
    renewal : DataFrame
        The columns of ``segment_renewal``, over all clients; no rows where clients are few.
    thresholds : str
        Name, version and hash of the thresholds; empty without rows.
    before : str
        The wave that accounts moved from; empty if none.
    traits : SegmentTraits
        Order, weakness, words and colours of the segments.
    """

    accounts: pd.DataFrame
    shares: pd.DataFrame
    migration: pd.DataFrame
    movement: pd.DataFrame
    renewal: pd.DataFrame
    thresholds: str
    before: str
    traits: SegmentTraits

    def moved(self, direction: str) -> Moved:
        """Accounts that climbed, fell or stayed, of those judged in both waves."""
        rows = self.movement[(self.movement["direction"] == direction).to_numpy(bool)]
        if rows.empty:
            return NOBODY
        row = rows.iloc[0]
        return Moved(int(row["n"]), *(float(row[name]) for name in ("value", "low", "high")))
