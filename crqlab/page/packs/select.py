"""From what a client sees of its accounts to each account manager's part of it."""

from __future__ import annotations

import pandas as pd

from crqlab.base.errors import CrqError
from crqlab.base.study import Study
from crqlab.page.accounts.overview import overview
from crqlab.page.accounts.select import account_meetings
from crqlab.page.client_view import ClientView
from crqlab.page.packs.data import Pack
from crqlab.page.renewal.data import proven
from crqlab.page.tables import table

_NOBODY = "\U0010ffff"  # sorts behind every name
_LOSS = ("expected_loss", "expected_low", "expected_high")


def packs(study: Study, view: ClientView, on: pd.Timestamp | None = None) -> list[Pack]:
    """Part a client's accounts by who looks after them.

    Parameters
    ----------
    study : Study
        For due dates of accounts without an outlook, and the day of the last answer.
    view : ClientView
        What is withheld in it is withheld here.
    on : Timestamp, optional
        The day from which due dates are counted; that of the wave's last answer if left out.

    Returns
    -------
    list of Pack
        By name; accounts that nobody looks after come last. Who has one name is one person here.

    Raises
    ------
    CrqError
        It is not known which account an answer comes from, or who looks after any account.
    """
    rows = overview(view)
    if rows.empty:
        raise CrqError(
            f"Client {view.client_id} has no account that was asked or answered in wave "
            f"{view.wave}, or it is not known who answered for which; there is nothing to hand out."
        )
    if rows["manager"].isna().all():
        raise CrqError(
            f"No account of client {view.client_id} has an account manager; name the column that "
            "holds them under accounts > columns > account_manager in codebook.yaml."
        )
    day = last_answer(study, view) if on is None else on
    owners = rows["manager"].fillna(_NOBODY)
    return [_pack(view, rows[owners == name], day) for name in sorted(owners.unique())]


def _pack(view: ClientView, rows: pd.DataFrame, on: pd.Timestamp | None) -> Pack:
    rows = rows.reset_index(drop=True)
    manager = rows["manager"].iloc[0]
    manager = None if pd.isna(manager) else str(manager)
    found = view.managers.table
    known = found["manager"].isna() if manager is None else found["manager"] == manager
    loss = found.loc[known, list(_LOSS)]
    shown = len(loss) and proven(view.renewal.performance)
    money = loss.iloc[0].tolist() if shown else [float("nan")] * len(_LOSS)
    meetings = account_meetings(view, rows["account_id"])
    promised = view.agreed.promised(rows["account_id"], on)
    return Pack(manager, rows, meetings, on, promised, *money)


def last_answer(study: Study, view: ClientView) -> pd.Timestamp | None:
    """Return the day of the wave's last answer; None where none is dated."""
    started = table(study, "responses", client=view.client_id, wave=view.wave)["started"]
    last = pd.to_datetime(started).max()
    return None if pd.isna(last) else last.normalize()
