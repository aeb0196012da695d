"""What to do with whom: actions with owners and dates, referrals, and what lifts an account."""

from __future__ import annotations

import pandas as pd

from crqlab.show.markup import Column, Shown, folded, names, paragraph, phrases, table, text
from crqlab.show.numbers import MISSING, count, number, percent
from crqlab.show.records import Record, records
from crqlab.show.segmented import LOSING
from crqlab.show.view import ClientView

LISTED = 15  # actions that a reader still goes through


def actions(view: ClientView) -> Shown:
    """The playbook, row by row: account, what, who, until when."""
    rows = view.agenda.actions
    if rows.empty:
        said = "No actions are proposed: no account has a segment, or this wave is not the latest."
        return Shown(paragraph(text(said)), said)
    turn = {**dict.fromkeys(LOSING, 0), "Silent": 1}
    rows = rows.assign(turn=rows["segment"].map(turn).fillna(2))
    rows = rows.sort_values(
        ["turn", "revenue", "due"], ascending=[True, False, True], kind="stable"
    )
    each = _by_account(rows)
    first, rest = each.head(LISTED), each.iloc[LISTED:]
    caption = (
        "What to do, by whom and until when: accounts on the point of leaving first, then silent "
        "ones, then the greatest revenue. The playbook is our own proposal, and so are its dates, "
        "counted from the last answer; a provisional segment is a question to the account manager."
    )
    said = _lead(rows)
    shown = Shown(f"{paragraph(text(said), 'lead')}\n{_listed(first, caption)}", said)
    if len(rest):
        more = f"{count(len(rest), 'more account')}"
        shown += folded(more, Shown(_listed(rest, f"{more}, in the same order."), ""))
    return shown + _playbook(rows)


def _lead(rows: pd.DataFrame) -> str:
    n = rows.drop_duplicates("account_id")["turn"].value_counts()
    parts = []
    if n.get(0):
        parts.append(f"{count(int(n[0]), 'account')} to win back or leave well")
    if n.get(1):
        parts.append(f"{count(int(n[1]), 'silent account')} to listen to")
    asked = rows.loc[rows["action"] == "ask for referral", "account_id"].nunique()
    if asked:
        parts.append(f"{count(asked, 'account')} to thank and to ask for a referral")
    owners = rows["account_manager"].nunique()
    by = f", for {count(owners, 'account manager')}" if owners else ""
    whole = f"{count(len(rows), 'action')} at {count(rows['account_id'].nunique(), 'account')}"
    return f"{whole}{by}" + (f": {', '.join(parts)}." if parts else ".")


def _by_account(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per account, its actions beside each other with their dates."""
    days = rows["due"].dt.strftime("%Y-%m-%d")
    steps = rows["action"] + (" by\u00a0" + days).fillna("")
    told = steps.groupby(rows["account_id"], sort=False).agg("; ".join)
    first = rows.drop_duplicates("account_id").set_index("account_id")
    return first.assign(todo=told.reindex(first.index)).reset_index()


def _listed(rows: pd.DataFrame, caption: str) -> str:
    columns = [
        Column("Account", names(rows["name"])),
        Column("Segment", [_segment(row) for row in records(rows)]),
        Column("Do, and until when", phrases(rows["todo"])),
        Column("Owner", names(rows["account_manager"], missing=MISSING)),
    ]
    return table(columns, caption=caption, kind="long")


def _playbook(rows: pd.DataFrame) -> Shown:
    """What each action means."""
    own = rows.drop_duplicates(["segment", "action"]).sort_values("turn", kind="stable")
    columns = [
        Column("Segment", phrases(own["segment"])),
        Column("Action", phrases(own["action"])),
        Column("How", phrases(own["what"])),
    ]
    caption = "The playbook of each segment, our own proposal."
    return folded("What the actions mean", Shown(table(columns, caption=caption), ""))


def _segment(row: Record) -> str:
    return text(row.segment) + (" (provisional)" if row.status == "provisional" else "")


def referrals(view: ClientView) -> Shown:
    """Ambassador accounts with promoters who may be asked for a referral."""
    rows = view.agenda.referrals
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
    rows = view.agenda.lifts
    if rows.empty:
        return Shown("", "No account can be told what would lift it")
    rows = rows.sort_values("size", kind="stable").head(LISTED)
    columns = [
        Column("Account", names(rows["name"])),
        Column("From", phrases(rows["segment"])),
        Column("To", phrases(rows["target"])),
        Column("Smallest change", phrases(rows["change"])),
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
