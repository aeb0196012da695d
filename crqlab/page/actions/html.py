"""What to do with whom: actions with owners and dates, referrals, and what lifts an account."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.show.html import Column, Shown, folded, names, paragraph, phrases, table, text
from crqlab.show.number_format import MISSING, count, number, percent
from crqlab.show.records import Record, records

LISTED = 15  # actions that a reader still goes through


def actions(view: ClientView) -> Shown:
    """The playbook, row by row: account, what, who, until when."""
    rows = view.actions.actions
    if rows.empty:
        said = "No actions are proposed: no account has a segment, or this wave is not the latest."
        return Shown(paragraph(text(said)), said)
    each = sorted(records(rows), key=lambda row: _urgency(view, row))
    accounts: dict[str, list[Record]] = {}
    for row in each:
        accounts.setdefault(row.account_id, []).append(row)
    listed = list(accounts.values())
    first, rest = listed[:LISTED], listed[LISTED:]
    caption = (
        "What to do, by whom and until when: accounts on the point of leaving first, then silent "
        "ones, then the greatest revenue. The playbook is our own proposal, and so are its dates, "
        "counted from the last answer; a provisional segment is a question to the account manager."
    )
    said = _lead(view, each, listed)
    shown = Shown(f"{paragraph(text(said), 'lead')}\n{_listed(view, first, caption)}", said)
    if len(rest):
        more = f"{count(len(rest), 'more account')}"
        shown += folded(more, Shown(_listed(view, rest, f"{more}, in the same order."), ""))
    return shown + _playbook(view, each)


def _turn(view: ClientView, row: Record) -> int:
    weak = view.segments.traits.weak
    return 0 if row.segment in weak else 1 if row.status == "silent" else 2


def _urgency(view: ClientView, row: Record) -> tuple:
    """What is lost first, then the greatest revenue, then the earliest date; unknown ones last."""
    paid, dated = row.revenue == row.revenue, row.due == row.due
    return (
        _turn(view, row),
        not paid,
        -row.revenue if paid else 0,
        not dated,
        row.due if dated else 0,
    )


def _lead(view: ClientView, rows: list[Record], accounts: list[list[Record]]) -> str:
    n = Counter(_turn(view, own[0]) for own in accounts)
    parts = []
    if n[0]:
        parts.append(f"{count(n[0], 'account')} to win back or leave well")
    if n[1]:
        parts.append(f"{count(n[1], 'silent account')} to listen to")
    top = view.segments.traits.top
    asked = len({row.account_id for row in rows if row.segment == top})
    if asked:
        parts.append(f"{count(asked, 'account')} to thank and to ask for a referral")
    owners = len({row.account_manager for row in rows if not pd.isna(row.account_manager)})
    by = f", for {count(owners, 'account manager')}" if owners else ""
    whole = f"{count(len(rows), 'action')} at {count(len(accounts), 'account')}"
    return f"{whole}{by}" + (f": {', '.join(parts)}." if parts else ".")


def _listed(view: ClientView, accounts: list[list[Record]], caption: str) -> str:
    """One row per account, its actions beside each other with their dates."""
    first = [own[0] for own in accounts]
    columns = [
        Column("Account", names(row.name for row in first)),
        Column("Segment", [_segment(view, row) for row in first]),
        Column("Do, and until when", phrases(_steps(view, own) for own in accounts)),
        Column("Owner", names((row.owner for row in first), missing=MISSING)),
    ]
    return table(columns, caption=caption, kind="long")


def _steps(view: ClientView, rows: list[Record]) -> str:
    return "; ".join(_step(view, row) for row in rows)


def _step(view: ClientView, row: Record) -> str:
    name = view.actions.playbook.name(row.action, view.language.code)
    return f"{name} by\u00a0{row.due:%Y-%m-%d}" if row.due == row.due else name


def _playbook(view: ClientView, rows: list[Record]) -> Shown:
    """What each action means."""
    own = {(_named(view, row), row.action): row for row in reversed(rows)}
    book, code = view.actions.playbook, view.language.code
    order = dict.fromkeys((_named(view, row), row.action) for row in rows)
    own = sorted((own[key] for key in order), key=lambda row: _turn(view, row))
    columns = [
        Column("Segment", phrases(_named(view, row) for row in own)),
        Column("Action", phrases(book.name(row.action, code) for row in own)),
        Column("How", phrases(book.text(row.action, code) for row in own)),
    ]
    caption = "The playbook of each segment, our own proposal."
    return folded("What the actions mean", Shown(table(columns, caption=caption), ""))


def _named(view: ClientView, row: Record) -> str:
    return segment_words(view).name(row.segment, row.status)


def _segment(view: ClientView, row: Record) -> str:
    return text(_named(view, row)) + (" (provisional)" if row.status == "provisional" else "")


def referrals(view: ClientView) -> Shown:
    """Ambassador accounts with promoters who may be asked for a referral."""
    rows = view.actions.referrals
    if rows.empty:
        return Shown("", "No Ambassador account has promoters that may be counted")
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    columns = [
        Column("Ambassador account", names(shown["name"])),
        Column("Promoters", [f"{n:,}" for n in shown["promoters"]], True),
        Column("of n", [number(n, 0) for n in shown["n"]], True),
        Column("Account manager", names(shown["manager"], missing=MISSING)),
    ]
    many = int(rows["promoters"].sum())
    said = f"{count(many, 'promoter')} at {count(len(rows), 'Ambassador account')} may be asked."
    caption = (
        f"{said} Promoters who are not on record as asked for a referral, counts without "
        "interval. Persons are not named here, for an answer is theirs: the account manager asks "
        f"whom he knows. Accounts with fewer than {view.privacy.min_scores} answers are left out."
    )
    note = f"{count(len(left), 'more account')} not listed." if len(left) else ""
    return Shown(table(columns, caption=caption, note=text(note), kind="small"), said)


def lifts(view: ClientView) -> Shown:
    """The smallest change that takes an account one segment up, and how likely it then is."""
    rows = view.actions.lifts
    if rows.empty:
        return Shown("", "No account can be told what would lift it")
    rows = rows.sort_values("size", kind="stable").head(LISTED)
    columns = [
        Column("Account", names(rows["name"])),
        Column("From", phrases(rows["segment"])),
        Column("To", phrases(rows["target"])),
        Column("Smallest change", phrases(map(segment_words(view).lift, rows["change"]))),
        Column("Probability then", [percent(value) for value in rows["probability"]], True),
        Column("Now", [percent(value) for value in rows["now"]], True),
    ]
    caption = (
        "What would take an account one segment up, the smallest change first: that it is then "
        "truly there or above, and now. Changes are of scores, not promises about causes. "
        f"Accounts with fewer than {view.privacy.min_scores} answers are left out."
    )
    html = table(columns, caption=caption, kind="long")
    return folded("What would lift an account", Shown(html, caption))
