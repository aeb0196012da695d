"""What the plan of one account shows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.show.records import Record

#: How far an agreed action is: past its day, still to be done, done, given up, only proposed.
LATE, GOING, DONE, DROPPED, PROPOSED = "late", "agreed", "done", "dropped", "proposed"


@dataclass(frozen=True, slots=True, eq=False)
class AccountPlan:
    """One account of a client's wave; withheld as on the client's page.

    Attributes
    ----------
    row : Record
        A row of `crqlab.page.accounts.data.MeetingSheets`.
    measures : list of Record
        Its means beside the client's; none where they are withheld.
    proposed : list of Record
        ``action``, ``wording``, ``owner``, ``due``: what the playbook proposes.
    roles : DataFrame, one row per role
        ``role``, ``asked``, ``answered``, ``status``.
    history : DataFrame, one row per wave, the earliest first
        ``wave``, ``n``, ``value``, ``low``, ``high`` (CRQ drawn towards all accounts, as that
        wave's own page shows it; missing where it withholds it), ``segment``, ``p_word``.
    agreed : DataFrame, one row per action on record
        ``what``, ``party``, ``owner``, ``due_on``, ``state``.
    on : Timestamp or None
        The day from which days are counted.
    """

    row: Record
    measures: list[Record]
    proposed: list[Record]
    roles: pd.DataFrame
    history: pd.DataFrame
    agreed: pd.DataFrame
    on: pd.Timestamp | None

    @property
    def unheard(self) -> list[str]:
        """Roles that were asked and of which nobody answered, or that nobody asked."""
        return self.roles.loc[self.roles["status"] != "heard", "role"].tolist()

    @property
    def days_left(self) -> int | None:
        """Days until the renewal is due, from ``on``; None where that is not known."""
        due = self.row.due_on
        return None if self.on is None or due is None or due != due else (due - self.on).days


def next_quarter(on: pd.Timestamp | None) -> tuple[str, pd.Timestamp] | None:
    """Return the first whole quarter after a day: its name and its last day.

    Examples
    --------
    >>> next_quarter(pd.Timestamp("2025-11-30"))
    ('2026 Q1', Timestamp('2026-03-31 00:00:00'))
    """
    if on is None:
        return None
    quarter = on.to_period("Q") + 1
    return f"{quarter.year} Q{quarter.quarter}", quarter.end_time.normalize()
