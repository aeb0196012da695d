"""Tables of segments for a client: how many, why, what next and whom to ask."""

from __future__ import annotations

import pandas as pd

from crqlab.base.instrument import Instrument
from crqlab.language import language
from crqlab.language.segment_words import SegmentWords
from crqlab.segments.playbook import ACCOUNT_MANAGER, Playbook
from crqlab.show.html import Column, Shown, names, phrases, table
from crqlab.show.number_format import MISSING, count, number, percent, span


def segment_mix(rows: pd.DataFrame, *, thresholds: str) -> Shown:
    """Accounts and revenue by segment, of one client and wave.

    Parameters
    ----------
    rows : DataFrame
        Table ``segment_shares``, of one client and wave.
    thresholds : str
        How the thresholds are quoted.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> rows = study.read("segment_shares", client="C017", wave="2025")
    >>> shown = crq.tables.segment_mix(rows, thresholds="as proposed")
    """
    if rows.empty:
        return Shown("", "No account is sorted")
    ends = [
        MISSING if pd.isna(r.share) else span(100 * r.low, 100 * r.high, 0)
        for r in rows.itertuples()
    ]
    columns = [
        Column("segment", phrases(_words().names(rows))),
        Column("accounts", [number(n, 0) for n in rows["n"]], True),
        Column("share", [percent(share) for share in rows["share"]], True),
        Column(f"{percent(rows['level'].iloc[0])} interval (%)", ends, True),
        Column("revenue", [percent(share) for share in rows["revenue_share"]], True),
    ]
    n = int(rows.loc[rows["status"] == "sorted", "n"].sum())
    caption = f"Segments of {count(n, 'account')}, revenue of all asked; by {thresholds}."
    return Shown(table(columns, caption=caption), caption)


def segment_accounts(
    rows: pd.DataFrame, called: pd.Series | None = None, *, asked: Instrument | None = None
) -> Shown:
    """Account by account: the likeliest segment, how likely it is, and why.

    Parameters
    ----------
    rows : DataFrame
        Table ``segments``, of one client and wave.
    called : Series, optional
        Name of each account, by position.
    asked : Instrument, optional
        Gives constructs their labels.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> shown = crq.tables.segment_accounts(study.read("segments").head(8))
    """
    if rows.empty:
        return Shown("", "No account is sorted")
    words = _words(asked)
    account = rows["account_id"] if called is None else called
    columns = [
        Column("account", names(account)),
        Column("segment", phrases(rows["segment"].fillna(MISSING))),
        Column("status", [words.status(status) for status in rows["status"]]),
        Column("P", [number(p) for p in rows["p"]], True),
        Column("n", [number(n, 0) for n in rows["n"]], True),
        Column("why", phrases(map(words.reason, rows["reason"]))),
    ]
    many = int((rows["status"] == "settled").sum())
    caption = (
        f"{count(len(rows), 'account')}, {many:,} of them settled; P: how likely the segment is."
    )
    return Shown(table(columns, caption=caption), caption)


def segment_actions(
    rows: pd.DataFrame, playbook: Playbook, called: pd.Series | None = None
) -> Shown:
    """What to do, who owns it, and until when.

    Parameters
    ----------
    rows : DataFrame
        Table ``actions``, of one client and wave.
    playbook : Playbook
        What actions are called, and what they mean.
    called : Series, optional
        Name of each account, by position.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> book = crq.segments.shipped()
    >>> shown = crq.tables.segment_actions(study.read("actions").head(6), book)
    """
    if rows.empty:
        return Shown("", "Nothing to do: no account is sorted")
    person = rows["owner"] == ACCOUNT_MANAGER
    owner = rows["account_manager"].where(person, rows["owner"])
    columns = [
        Column("account", names(rows["account_id"] if called is None else called)),
        Column("segment", phrases(_words().names(rows))),
        Column("action", phrases(map(playbook.name, rows["action"]))),
        Column("what", phrases(playbook.texts(rows))),
        Column("owner", names(owner.fillna(MISSING))),
        Column("due", names(rows["due"].dt.strftime("%Y-%m-%d").fillna(MISSING))),
    ]
    accounts = rows["account_id"].nunique()
    caption = (
        f"{count(len(rows), 'action')} for {count(accounts, 'account')}; the playbook is "
        f"{playbook.source}."
    )
    return Shown(table(columns, caption=caption), caption)


def segment_lifts(
    rows: pd.DataFrame, called: pd.Series | None = None, *, asked: Instrument | None = None
) -> Shown:
    """The smallest change that takes each account one rung up, and how likely that is.

    Parameters
    ----------
    rows : DataFrame
        Table ``lifts``, of one client and wave.
    called : Series, optional
        Name of each account, by position.
    asked : Instrument, optional
        Gives constructs their labels.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> shown = crq.tables.segment_lifts(study.read("lifts").head(6))
    """
    if rows.empty:
        return Shown("", "No account has a rung above it")
    columns = [
        Column("account", names(rows["account_id"] if called is None else called)),
        Column("from", phrases(rows["segment"])),
        Column("to", phrases(rows["target"])),
        Column("raise", phrases(map(_words(asked).lift, rows["change"]))),
        Column("P then", [percent(p) for p in rows["probability"]], True),
        Column("P now", [percent(p) for p in rows["now"]], True),
    ]
    caption = f"Smallest changes (scale points) that lift {count(len(rows), 'account')} one rung."
    return Shown(table(columns, caption=caption), caption)


def _words(asked: Instrument | None = None) -> SegmentWords:
    labels = {} if asked is None else {name: asked.label(name) for name in asked.constructs}
    return SegmentWords(language("en"), labels=labels)
