"""What to do with whom: actions with owners and dates, referrals, and what lifts an account."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from markupsafe import Markup

from crqlab.language import MISSING
from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.segments.likeliest_segments import NOT_SETTLED
from crqlab.segments.playbook import OTHERWISE
from crqlab.show.html import Column, Shown, folded, lines, names, paragraph, phrases, table, text
from crqlab.show.records import Record, records

LISTED = 15  # actions that a reader still goes through
#: Whom to look after first; of a caption and of the lead.
LEAVING, DOUBTED, SILENT, TOP, OTHER = range(5)
_LEADS = {LEAVING: "win_back", DOUBTED: "hear", SILENT: "listen", TOP: "thank"}


def action_plan(view: ClientView) -> Shown:
    """The actions, account by account: what, who, until when; and what each of them means.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.actions.action_plan(view)
    """
    rows, say = view.actions.actions, view.language.say
    if rows.empty:
        said = say("actions.none")
        return Shown(paragraph(text(said)), said)
    each = sorted(records(rows), key=lambda row: _urgency(view, row))
    accounts: dict[str, list[Record]] = {}
    for row in each:
        accounts.setdefault(row.account_id, []).append(row)
    listed = list(accounts.values())
    first, rest = listed[:LISTED], listed[LISTED:]
    said = _lead(view, each, listed)
    body = _listed(view, first, say("actions.caption"))
    shown = Shown(lines(paragraph(text(said), "lead"), body), said)
    if rest:
        more = _listed(view, rest, say("actions.more_caption", n=len(rest)))
        shown += folded(say("common.n_more_accounts", n=len(rest)), Shown(more, ""))
    return shown + _playbook(view, each)


def _turn(view: ClientView, row: Record) -> int:
    traits = view.segments.traits
    if row.segment in traits.weak:
        return DOUBTED if row.status == NOT_SETTLED else LEAVING
    if row.status == "silent":
        return SILENT
    return TOP if row.segment == traits.top else OTHER


def _urgency(view: ClientView, row: Record) -> tuple:
    """What is lost first, then the greatest revenue, then the earliest date; unknown ones last."""
    paid, dated = row.revenue == row.revenue, row.due == row.due
    return (
        min(_turn(view, row), TOP),
        not paid,
        -row.revenue if paid else 0,
        not dated,
        row.due if dated else 0,
    )


def _lead(view: ClientView, rows: list[Record], accounts: list[list[Record]]) -> str:
    say = view.language.say
    turns = Counter(_turn(view, own[0]) for own in accounts)
    parts = [say(f"actions.{code}", n=turns[turn]) for turn, code in _LEADS.items() if turns[turn]]
    owners = len({row.account_manager for row in rows if not pd.isna(row.account_manager)})
    told = {"n": len(rows), "m": len(accounts)}
    told |= {"k": owners} if owners else {}
    told |= {"parts": ", ".join(parts)} if parts else {}
    return say(f"actions.lead{'_owned' if owners else ''}{'_parts' if parts else ''}", **told)


def _listed(view: ClientView, accounts: list[list[Record]], caption: str) -> Markup:
    """One row per account, its actions beside each other with their dates."""
    first, say = [own[0] for own in accounts], view.language.say
    columns = [
        Column(say("column.account"), names(row.name for row in first)),
        Column(say("column.segment"), [text(_segment(view, row)) for row in first]),
        Column(say("actions.steps"), phrases(_steps(view, own) for own in accounts)),
        Column(say("column.owner"), names((row.owner for row in first), missing=MISSING)),
    ]
    return table(columns, caption=caption, kind="long")


def _segment(view: ClientView, row: Record) -> str:
    name = segment_words(view).name(row.segment, row.status)
    open_ = row.status == NOT_SETTLED
    return view.language.say("actions.not_settled", segment=name) if open_ else name


def _steps(view: ClientView, rows: list[Record]) -> str:
    return "; ".join(_step(view, row) for row in rows)


def _step(view: ClientView, row: Record) -> str:
    spoken = view.language
    name = view.actions.playbook.name(row.action, spoken.code)
    if row.due != row.due:
        return name
    return spoken.say("actions.step", action=name, day=spoken.day(row.due))


def _playbook(view: ClientView, rows: list[Record]) -> Shown:
    """What each action means."""
    words, book, say = segment_words(view), view.actions.playbook, view.language.say
    first: dict[tuple[str, str, bool], Record] = {}
    for row in rows:
        kind = (words.name(row.segment, row.status), row.action, row.wording == OTHERWISE)
        first.setdefault(kind, row)
    own = sorted(first, key=lambda key: min(_turn(view, first[key]), TOP))
    code = view.language.code
    columns = [
        Column(say("column.segment"), phrases(segment for segment, *_ in own)),
        Column(say("column.action"), phrases(book.name(action, code) for _, action, _ in own)),
        Column(say("actions.how"), phrases(book.text(a, code, otherwise=o) for _, a, o in own)),
    ]
    shown = Shown(table(columns, caption=say("actions.playbook_caption")), "")
    return folded(say("actions.playbook"), shown)


def referral_candidates(view: ClientView) -> Shown:
    """Accounts of the top segment with promoters who may be asked for a referral.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.actions.referral_candidates(view)
    """
    rows, say = view.actions.referral_candidates, view.language.say
    top = view.segments.traits.top
    named = {"segment": segment_words(view).name(top)}
    if rows.empty:
        return Shown(Markup(), say("actions.referrals_none" if top else "actions.no_top", **named))
    shown, left = rows.head(LISTED), rows.iloc[LISTED:]
    number = view.language.number
    columns = [
        Column(say("actions.top_account", **named), names(shown["name"])),
        Column(say("actions.promoters"), [number(n, 0) for n in shown["promoters"]], True),
        Column(say("actions.of_n"), [number(n, 0) for n in shown["n"]], True),
        Column(say("column.account_manager"), names(shown["manager"], missing=MISSING)),
    ]
    many = int(rows["promoters"].sum())
    said = say("actions.referrals", n=many, m=len(rows), **named)
    why = say("actions.referrals_caption", minimum=view.privacy.min_scores)
    note = say("actions.referrals_left", n=len(left)) if len(left) else ""
    html = table(columns, caption=f"{said} {why}", note=text(note), kind="small")
    return Shown(html, said)


def account_lifts(view: ClientView) -> Shown:
    """The smallest change that takes an account one segment up, and how likely it then is.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.actions.account_lifts(view)
    """
    rows, say, words = view.actions.lifts, view.language.say, segment_words(view)
    if rows.empty:
        return Shown(Markup(), say("actions.lifts_none"))
    rows = rows.sort_values("size", kind="stable").head(LISTED)
    percent = view.language.percent
    columns = [
        Column(say("column.account"), names(rows["name"])),
        Column(say("actions.from"), phrases(map(words.name, rows["segment"]))),
        Column(say("column.target"), phrases(map(words.name, rows["target"]))),
        Column(say("column.smallest_change"), phrases(map(words.lift, rows["change"]))),
        Column(say("actions.chance_then"), [percent(p) for p in rows["probability"]], True),
        Column(say("actions.chance_now"), [percent(p) for p in rows["now"]], True),
    ]
    caption = say("actions.lifts_caption", minimum=view.privacy.min_scores)
    html = table(columns, caption=caption, kind="long")
    return folded(say("actions.lifts"), Shown(html, caption))
