"""Tables of segments for a client: how many, why, what next and whom to ask."""

from __future__ import annotations

import pandas as pd

from crqlab.show.html import Column, Shown, names, phrases, table
from crqlab.show.number_format import MISSING, count, number, percent, span
from crqlab.show.segment_names import segment_names


def segment_mix(rows: pd.DataFrame, *, thresholds: str) -> Shown:
    """Accounts and revenue by segment, of one client and wave.

    Parameters
    ----------
    rows : DataFrame
        Table ``segment_shares``, of one client and wave.
    thresholds : str
        How the thresholds are quoted.
    """
    if rows.empty:
        return Shown("", "No account is sorted")
    ends = [
        MISSING if pd.isna(r.share) else span(100 * r.low, 100 * r.high, 0)
        for r in rows.itertuples()
    ]
    columns = [
        Column("segment", phrases(segment_names(rows))),
        Column("accounts", [number(n, 0) for n in rows["n"]], True),
        Column("share", [percent(share) for share in rows["share"]], True),
        Column(f"{percent(rows['level'].iloc[0])} interval (%)", ends, True),
        Column("revenue", [percent(share) for share in rows["revenue_share"]], True),
    ]
    n = int(rows.loc[rows["status"] == "sorted", "n"].sum())
    caption = f"Segments of {count(n, 'account')}, revenue of all asked; by {thresholds}."
    return Shown(table(columns, caption=caption), caption)


def segment_accounts(rows: pd.DataFrame, called: pd.Series | None = None) -> Shown:
    """Account by account: segment, how firm it is, and why.

    Parameters
    ----------
    rows : DataFrame
        Table ``segments``, of one client and wave.
    called : Series, optional
        Name of each account, by position.
    """
    if rows.empty:
        return Shown("", "No account is sorted")
    account = rows["account_id"] if called is None else called
    columns = [
        Column("account", names(account)),
        Column("segment", phrases(rows["segment"].fillna(MISSING))),
        Column("status", phrases(rows["status"])),
        Column("P", [number(p) for p in rows["p"]], True),
        Column("n", [number(n, 0) for n in rows["n"]], True),
        Column("why", phrases(rows["reason"].str.split(": ", n=1).str[-1])),
    ]
    firm = int((rows["status"] == "firm").sum())
    caption = f"{count(len(rows), 'account')}, {firm:,} of them firm; P: how likely the segment is."
    return Shown(table(columns, caption=caption), caption)


def segment_actions(rows: pd.DataFrame, called: pd.Series | None = None) -> Shown:
    """What to do, who owns it, and until when.

    Parameters
    ----------
    rows : DataFrame
        Table ``actions``, of one client and wave.
    called : Series, optional
        Name of each account, by position.
    """
    if rows.empty:
        return Shown("", "Nothing to do: no account is sorted")
    columns = [
        Column("account", names(rows["account_id"] if called is None else called)),
        Column("segment", phrases(segment_names(rows))),
        Column("action", phrases(rows["action"])),
        Column("what", phrases(rows["what"])),
        Column("owner", names(rows["account_manager"].fillna(MISSING))),
        Column("due", names(rows["due"].dt.strftime("%Y-%m-%d").fillna(MISSING))),
    ]
    accounts = rows["account_id"].nunique()
    caption = (
        f"{count(len(rows), 'action')} for {count(accounts, 'account')}; the playbook is our own."
    )
    return Shown(table(columns, caption=caption), caption)


def segment_lifts(rows: pd.DataFrame, called: pd.Series | None = None) -> Shown:
    """The smallest change that takes each account one rung up, and how likely that is.

    Parameters
    ----------
    rows : DataFrame
        Table ``lifts``, of one client and wave.
    called : Series, optional
        Name of each account, by position.
    """
    if rows.empty:
        return Shown("", "No account has a rung above it")
    columns = [
        Column("account", names(rows["account_id"] if called is None else called)),
        Column("from", phrases(rows["segment"])),
        Column("to", phrases(rows["target"])),
        Column("raise", phrases(rows["change"])),
        Column("P then", [percent(p) for p in rows["probability"]], True),
        Column("P now", [percent(p) for p in rows["now"]], True),
    ]
    caption = f"Smallest changes (scale points) that lift {count(len(rows), 'account')} one rung."
    return Shown(table(columns, caption=caption), caption)
