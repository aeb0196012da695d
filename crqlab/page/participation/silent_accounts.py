"""Who is not heard: silent accounts, and roles of accounts that nobody spoke for."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from markupsafe import Markup

from crqlab.language import MISSING, Language
from crqlab.page.accounts.data import QUIET
from crqlab.page.client_view import ClientView
from crqlab.participation.account_dispositions import UNASKED
from crqlab.show.html import Column, Shown, lines, names, paragraph, table, text
from crqlab.show.records import Record, grouped, records

LISTED = 25  # silent accounts, and accounts of the grid, that a reader still goes through
WARM = "color:#a84300;font-weight:600"
#: Why an account has no score, in the order of the list, and in that of the notes.
_STATUSES = ("not_scored", *QUIET, *UNASKED)
_NOTES = (*QUIET, *UNASKED, "not_scored")


def silent(view: ClientView) -> Shown:
    """Accounts without an answer: named, ranked by revenue, never scored.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.silent(view)
    """
    rows, others, say = view.participation.silent, _unscored(view), view.language.say
    if rows.empty:
        asked = view.participation.share("accounts") is not None and len(_without_score(view))
        said = say("participation.none_silent")
        return Shown(paragraph(text(said), "lead"), said) + others if asked else others
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    paid = rows["revenue"].notna().any()
    kind, said = "caption_paid" if paid else "caption", _lead(rows, view.language)
    listed = table(
        _silent_columns(view, shown, paid=paid),
        caption=say(f"participation.silent_{kind}", n=len(rows)),
        note=text(_rest(left, view)),
        kind="long",
    )
    return Shown(lines(paragraph(text(said), "lead"), listed, others.html), said)


def _silent_columns(view: ClientView, rows: pd.DataFrame, *, paid: bool) -> list[Column]:
    say, spoken, each = view.language.say, view.language, records(rows)
    return [
        Column(say("participation.silent_account"), names(rows["name"])),
        *([_revenue(rows, view)] if paid else []),
        Column(say("column.silent_since"), names(rows["silent_since"])),
        Column(say("participation.waves"), [spoken.number(n, 0) for n in rows["n_waves"]], True),
        Column(say("participation.contacts_asked"), [spoken.number(n, 0) for n in rows["asked"]],
               True),
        Column(say("participation.last_score"), [_last(row, spoken) for row in each], True),
        Column(say("column.interval"), [_interval(row, spoken) for row in each], True),
        *_managers(view, rows),
    ]  # fmt: skip


def _lead(rows: pd.DataFrame, spoken: Language) -> str:
    """The key sentence."""
    again, share = int((rows["n_waves"] > 1).sum()), rows["revenue_share"].sum(min_count=1)
    kind = ("_share" if share == share else "") + ("_again" if again else "")
    places = {"n": len(rows), "share": spoken.percent(share), "again": again}
    return spoken.say(f"participation.silent_lead{kind}", **places)


def _revenue(rows: pd.DataFrame, view: ClientView) -> Column:
    kind, spoken = "_in" if view.currency else "", view.language
    head = spoken.say(f"column.revenue{kind}", currency=view.currency)
    return Column(head, [spoken.number(value, 0) for value in rows["revenue"]], True)


def _managers(view: ClientView, rows: pd.DataFrame) -> list[Column]:
    if rows["manager"].isna().all():
        return []
    return [Column(view.language.say("column.account_manager"), names(rows["manager"]))]


def _last(row: Record, spoken: Language) -> Markup:
    if row.score != row.score:
        never = row.last_wave != row.last_wave
        return text(spoken.say("participation.never_answered") if never else MISSING)
    return spoken.html("participation.in_wave", score=spoken.number(row.score, 1),
                       wave=row.last_wave)  # fmt: skip


def _interval(row: Record, spoken: Language) -> str:
    return MISSING if row.score != row.score else spoken.span(row.score_low, row.score_high, 1)


def _rest(left: pd.DataFrame, view: ClientView) -> str:
    if left.empty:
        return ""
    paid = left["revenue"].sum(min_count=1)
    money = f"{view.language.number(paid, 0)} {view.currency}".rstrip()
    kind = "silent_rest_paid" if paid == paid else "silent_rest"
    return view.language.say(f"participation.{kind}", n=len(left), paid=money)


def _unscored(view: ClientView) -> Shown:
    """Accounts without a score that the table of silent ones does not hold."""
    say, none, rows = view.language.say, view.participation.silent.empty, _without_score(view)
    if rows.empty:
        said = say("participation.every_account") if none else ""
        return Shown(paragraph(text(said)) if said else "", said)
    rows = rows.assign(turn=rows["status"].map(_STATUSES.index)).sort_values(
        ["turn", "revenue", "name"], ascending=[True, False, True], ignore_index=True
    )
    shown, left, found = rows.head(LISTED), rows.iloc[LISTED:], rows["status"].value_counts()
    statuses = ", ".join(
        say("participation.n_of_status", n=found[one], status=say(f"account_status.{one}"))
        for one in _STATUSES
        if one in found
    )
    caption = say("participation.unscored_caption", statuses=statuses)
    notes = [say(f"participation.note_{one}") for one in _NOTES if one in found]
    if len(left):
        notes.append(say("participation.unscored_left", n=len(left)))
    columns = _unscored_columns(view, shown, paid=rows["revenue"].notna().any())
    note = text(" ".join(notes))
    return Shown(table(columns, caption=caption, note=note, kind="long"), caption)


def _without_score(view: ClientView) -> pd.DataFrame:
    rows = view.accounts[view.accounts["status"] != "scored"]
    return rows[~rows["account_id"].isin(view.participation.silent["account_id"])]


def _unscored_columns(view: ClientView, rows: pd.DataFrame, *, paid: bool) -> list[Column]:
    say, spoken = view.language.say, view.language
    invited = [spoken.number(n, 0) for n in rows["invited"]]
    known = view.participation.counts.contacts is not None
    return [
        Column(say("column.account"), names(rows["name"])),
        Column(say("column.status"), [say(f"account_status.{one}") for one in rows["status"]]),
        *_managers(view, rows),
        *([_revenue(rows, view)] if paid else []),
        *([Column(say("participation.contacts_invited"), invited, True)] if known else []),
    ]


def voices(view: ClientView) -> Shown:
    """Accounts by roles: who is heard, and a question mark where nobody is.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.voices(view)
    """
    rows, say = view.participation.voices, view.language.say
    if rows.empty:
        return Shown("", say("participation.voices_unknown"))
    accounts = grouped(rows, "account_id")
    gaps = {id_: own for id_, own in accounts.items() if any(map(_unheard, own))}
    if not gaps:
        said = say("participation.every_role", n=len(accounts))
        return Shown(paragraph(text(said)), said)
    order = sorted(gaps.values(), key=lambda own: _dearest(own[0]))
    shown = [{row.role: row for row in own} for own in order[:LISTED]]
    roles = sorted({row.role for own in accounts.values() for row in own})
    columns = [Column(say("column.account"), names(own[0].name for own in order[:LISTED]))]
    columns += [_role(role, [own.get(role) for own in shown], view.language) for role in roles]
    said = _heard(accounts, len(gaps), view.language)
    note = text(_unlisted(len(accounts), len(gaps), len(shown), view.language))
    listed = table(columns, caption=say("participation.voices_caption"), note=note, kind="long")
    return Shown(lines(paragraph(text(said), "lead"), listed), said)


def _unheard(row: Record) -> bool:
    return row.status != "heard"


def _dearest(row: Record) -> tuple:
    """Sorts the greatest revenue first, what is not known last, then by name."""
    paid = row.revenue == row.revenue
    return not paid, -row.revenue if paid else 0, row.name


def _role(role: str, rows: list[Record | None], spoken: Language) -> Column:
    """Cells of one role; where it is not heard they stand out."""
    cells = [text(MISSING) if row is None else _voice(row, spoken) for row in rows]
    styles = [WARM if row is not None and _unheard(row) else "" for row in rows]
    return Column(spoken.term(role), cells, styles=styles, named=True)


def _voice(row: Record, spoken: Language) -> Markup:
    if row.status == "heard":
        return spoken.html("participation.n_of", n=row.answered, m=row.asked)
    if row.status == "silent":
        return spoken.html("participation.role_silent", m=row.asked)
    return spoken.html("participation.role_not_asked")


def _heard(accounts: dict[str, list[Record]], gaps: int, spoken: Language) -> str:
    """Which role is missing most often, over all accounts."""
    rows = [row for own in accounts.values() for row in own]
    n = Counter(row.role for row in rows)
    dumb = Counter(row.role for row in rows if _unheard(row))
    worst = max(sorted(n), key=lambda role: dumb[role] / n[role])
    return spoken.say(
        "participation.voices_lead",
        gaps=gaps, n=len(accounts), role=spoken.term(worst), missing=dumb[worst], of=n[worst],
    )  # fmt: skip


def _unlisted(accounts: int, gaps: int, shown: int, spoken: Language) -> str:
    notes = []
    if gaps > shown:
        notes.append(spoken.say("participation.voices_left", n=gaps - shown))
    if accounts > gaps:
        notes.append(spoken.say("participation.voices_whole", n=accounts - gaps))
    return " ".join(notes)
