"""What the section of account managers shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Managers:
    """One client's account managers in one wave.

    Attributes
    ----------
    table : DataFrame, one row per account manager, by name; accounts without one come last
        ``manager``, ``n_accounts`` (asked or answered), ``n_heard``, ``n_silent``, ``revenue``,
        ``revenue_heard`` (share in [0, 1]), ``value``, ``low``, ``high`` (mean of the shrunken
        CRQ scores), ``n_scored`` (accounts behind it), ``n_people``, ``at_risk`` (accounts in a
        segment on the point of leaving), ``n_sorted``, ``expected_loss``, ``expected_low``,
        ``expected_high``, ``flag``. Columns of stations that were not run are missing (NaN).
    level : float
        Coverage of the intervals, in (0, 1).
    currency : str
    """

    table: pd.DataFrame
    level: float
    currency: str
