"""Alerts of one client as its list shows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from crqlab.language import Language

#: What has become of an alert: still to be answered, past its time, answered in time, too late, or
#: not so any more before anybody answered.
OPEN, LATE, IN_TIME, TOO_LATE, PAST = "open", "late", "in_time", "too_late", "past"
_HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True, slots=True, eq=False)
class AlertList:
    """One client's alerts.

    Attributes
    ----------
    client_id, client : str
    rows : DataFrame, one row per alert, the longest told first
        ``alert_id``, ``rule``, ``text`` (in the list's language), ``account_id``, ``account``,
        ``owner`` (missing where nobody looks after the account), ``hours`` (its limit; missing
        where the rule is gone), ``told_on``, ``answer_by``, ``answered_on``, ``state`` (open, late,
        in_time, too_late, past), ``took`` (hours until it was answered); where people are told of,
        too: ``person``, ``role``, ``ltr`` (0 to 10), ``crq`` (scale points), ``words``.
    identified : bool
        Whether people are told of.
    minimum : int
        People of an account who must have answered before anything is told.
    language : Language
    """

    client_id: str
    client: str
    rows: pd.DataFrame
    identified: bool
    minimum: int
    language: Language

    @property
    def to_answer(self) -> pd.DataFrame:
        """Alerts that nobody has answered, and that are still so."""
        return self.rows[self.rows["answered_on"].isna() & (self.rows["state"] != PAST)]

    @property
    def past(self) -> pd.DataFrame:
        """Alerts that were no longer so before anybody answered."""
        return self.rows[self.rows["state"] == PAST]

    @property
    def answered(self) -> pd.DataFrame:
        """Alerts that somebody has answered."""
        return self.rows[self.rows["answered_on"].notna()]


def clocked(rows: pd.DataFrame, now: pd.Timestamp, past: Collection[str] = ()) -> pd.DataFrame:
    """Add what the clock says of alerts.

    Parameters
    ----------
    rows : DataFrame
        ``alert_id``, ``told_on``, ``answered_on``, ``hours``.
    now : Timestamp
    past : collection of str
        Ids of alerts that are not so any more.

    Returns
    -------
    DataFrame
        With ``answer_by``, ``state`` and ``took``, by ``told_on``.

    Examples
    --------
    >>> told = pd.to_datetime(["2025-03-01 08:00"] * 2)
    >>> rows = pd.DataFrame({"alert_id": ["a", "b"], "told_on": told, "hours": [24.0, 24.0],
    ...     "answered_on": pd.to_datetime(["2025-03-02 07:00", None])})
    >>> found = clocked(rows, pd.Timestamp("2025-03-02 09:00"))
    >>> found["state"].tolist(), found["took"].tolist()
    (['in_time', 'late'], [23.0, nan])
    """
    by = rows["told_on"] + pd.to_timedelta(rows["hours"], unit="h")
    done = rows["answered_on"].notna()
    over = rows["answered_on"].where(done, now) > by
    state = over.map({True: LATE, False: OPEN}).mask(done, over.map({True: TOO_LATE,
                                                                      False: IN_TIME}))  # fmt: skip
    state = state.mask(~done & rows["alert_id"].isin(list(past)), PAST)
    took = (rows["answered_on"] - rows["told_on"]) / _HOUR
    return rows.assign(answer_by=by, state=state, took=took).sort_values(
        "told_on", kind="stable", ignore_index=True
    )
