"""What was agreed in earlier waves, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

PARTIES = ("us", "customer")
#: How far an agreed action is, the most urgent first.
STATES = ("late", "going", "done_late", "done", "dropped")
DONE = ("done", "done_late")


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """What a client and its customers agreed before this wave.

    Attributes
    ----------
    wave : str
        The wave in which it was agreed, the last one of several; empty where nothing was.
    on : Timestamp or None
        The day from which *late* is counted: that of the wave's last answer.
    actions : DataFrame, one row per action
        The columns of ``actions.csv`` with ``name`` (of the account) and ``state`` (one of
        `STATES`); late ones first, then by due date. Proposals that nobody agreed to are not here.
    going_on : DataFrame
        Actions of this wave already, whatever their status: tasks of a CRM have it.
    """

    wave: str
    on: pd.Timestamp | None
    actions: pd.DataFrame
    going_on: pd.DataFrame

    @property
    def accounts(self) -> pd.DataFrame:
        """Actions of single accounts."""
        return self.actions[(self.actions["kind"] == "account").to_numpy(bool)]

    @property
    def initiatives(self) -> pd.DataFrame:
        """Structural initiatives over all accounts that were not dropped."""
        rows = self.actions
        return rows[((rows["kind"] == "initiative") & (rows["state"] != "dropped")).to_numpy(bool)]

    @property
    def overdue(self) -> pd.DataFrame:
        """Actions whose day has passed and that nobody says are done."""
        return self.actions[(self.actions["state"] == "late").to_numpy(bool)]

    def promised(self, accounts: pd.Series, on: pd.Timestamp | None) -> pd.DataFrame:
        """Return what was agreed with some accounts, as it stands on a day; late ones first."""
        rows = self.accounts[self.accounts["account_id"].isin(accounts).to_numpy(bool)]
        return in_order(rows.assign(state=states(rows, self.on if on is None else on)))

    def counted(self, party: str) -> dict[str, int]:
        """Return how many actions a party has in each state; of accounts and initiatives."""
        mine = self.actions.loc[self.actions["party"] == party, "state"]
        return {state: int((mine == state).sum()) for state in STATES}


def states(rows: pd.DataFrame, on: pd.Timestamp | None) -> pd.Series:
    """Return how far each action is on a day; nothing is late where no day is known."""
    state = rows["status"].replace("agreed", "going").astype(object)
    behind = (rows["status"] == "done") & (rows["done_on"] > rows["due_on"])
    late = (rows["status"] == "agreed") & (
        rows["due_on"] < (pd.Timestamp.min if on is None else on)
    )
    return state.mask(behind, "done_late").mask(late, "late")


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return actions, the most urgent first: by state, then by due date."""
    place = rows["state"].map({state: n for n, state in enumerate(STATES)})
    rows = rows.assign(place=place).sort_values(["place", "due_on", "action_id"], kind="stable")
    return rows.drop(columns="place").reset_index(drop=True)
