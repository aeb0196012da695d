"""Which account is in which segment: station 6 as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.segments.segment_traits import SegmentTraits


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Accounts of one client's wave by segment; every table may be without rows.

    Attributes
    ----------
    accounts : DataFrame, one row per account
        The columns of ``segments`` as the wave knew them, with ``name``, ``manager``, ``before``
        and ``before_status`` (segment and status of the wave before; missing if none) and
        ``withheld``: accounts of very few people keep their segment and the word of its
        probability, and lose reason, number and distance.
    shares : DataFrame, one row per segment and one for silent accounts
        The columns of ``segment_shares`` as the wave knew them, the best segment first.
    migration : DataFrame
        The columns of ``migration``, into this wave.
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
    renewal: pd.DataFrame
    thresholds: str
    before: str
    traits: SegmentTraits

    @property
    def moved(self) -> tuple[int, int, int]:
        """Accounts that climbed, that fell, and all that have a segment in both waves."""
        n = self.migration.groupby("direction")["n"].sum()
        up, down, stay = (int(n.get(way, 0)) for way in ("climbed", "fell", "stayed"))
        return up, down, up + down + stay
