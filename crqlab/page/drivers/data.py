"""What moves a client's relationships, and what to mend first: station 7 as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Drivers:
    """Drivers of one client's wave; every table may be without rows.

    Attributes
    ----------
    map : DataFrame, one row per driver
        The columns of ``driver_map`` with ``withheld``, the likeliest to fix first.
    client : DataFrame, at most one row
        The client's row of ``driver_focus``.
    managers : DataFrame, one row per account manager
        Theirs, with ``withheld``.
    accounts : DataFrame, one row per account
        Theirs with ``name`` and ``manager``; accounts of very few people are left out.
    effects : DataFrame
        What one point of each driver goes with, over the panel: the columns of
        ``driver_effects``; no rows where clients are few.
    weighed : int
        Complete answers of all clients that importance rests on beside the client's own; 0 where
        clients are few.
    outcomes : tuple of str
        Concepts of what importance is importance for, or labels of constructs of other concepts.
    """

    map: pd.DataFrame
    client: pd.DataFrame
    managers: pd.DataFrame
    accounts: pd.DataFrame
    effects: pd.DataFrame
    outcomes: tuple[str, ...]
    weighed: int = 0

    @property
    def first(self) -> pd.Series | None:
        """The client's first priority; None where nothing can be put first."""
        return None if self.client.empty else self.client.iloc[0]
