"""What one account manager's pack shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.page.accounts.data import MeetingSheets


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One account manager's accounts of a client's wave; withheld as on the client's page.

    Attributes
    ----------
    manager : str or None
        None for accounts that nobody looks after.
    rows : DataFrame, one row per account, whom to see first on top
        The columns of `crqlab.page.accounts.overview.overview`.
    meetings : MeetingSheets
        The same accounts, each with what its meeting needs.
    on : Timestamp or None
        The day from which due dates are counted; None where neither a day was named nor any answer
        is dated.
    promised : DataFrame
        What was agreed with these accounts in earlier waves, as it stands on the day ``on``; late
        ones first (`crqlab.page.agreed.data.Agreed`).
    expected_loss, expected_low, expected_high : float
        Of all these accounts, currency units; missing where it is not shown.
    """

    manager: str | None
    rows: pd.DataFrame
    meetings: MeetingSheets
    on: pd.Timestamp | None
    promised: pd.DataFrame
    expected_loss: float
    expected_low: float
    expected_high: float

    def due(self, days: int) -> pd.DataFrame:
        """Return the accounts whose contract is due within so many days; none without a day."""
        if self.on is None:
            return self.rows.iloc[:0]
        left = (self.rows["due_on"] - self.on).dt.days
        return self.rows[left.between(0, days).to_numpy(bool)]

    @property
    def overdue(self) -> pd.DataFrame:
        """What should have been done before that day."""
        return self.promised[(self.promised["state"] == "late").to_numpy(bool)]

    @property
    def passed(self) -> pd.DataFrame:
        """The accounts whose due date lies before the day that is counted from."""
        if self.on is None:
            return self.rows.iloc[:0]
        return self.rows[(self.rows["due_on"] < self.on).to_numpy(bool)]
