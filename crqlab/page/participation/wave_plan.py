"""The next wave: whom to ask, what to ask account managers, and who answered till now."""

from __future__ import annotations

from collections import Counter
from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import code, codes, has
from crqlab.language import MISSING, Language
from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import completion_by_group, label
from crqlab.page.participation.next_invitations import foretold
from crqlab.page.participation.programme_checklist import programme
from crqlab.page.participation.silent_accounts import voices
from crqlab.page.participation.two_who_leave import leavers_and_groups
from crqlab.participation.invitation_costs import STATE
from crqlab.participation.selection_audit import BLOCKED, QUESTIONS
from crqlab.show.html import Column, Shown, folded, lines, names, paragraph, table, text, under
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records

REASONS = 3  # why no question could be looked into
_UNKNOWN = Record(n_accounts=nan, n_contacts=nan, resting=nan, answers=nan, half_width=nan)


def next_wave(view: ClientView) -> Shown:
    """What follows from who answered, details folded away.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.next_wave(view)
    """
    say = view.language.say
    groups = say("participation.small_groups")
    by = under(say("participation.by_group"), completion_by_group(view), says=groups)
    roles = under(say("participation.which_roles"), voices(view))
    found = under(say("participation.whom_next"), plan(view))
    found += under(say("participation.to_managers"), questions(view))
    coming = under(say("participation.what_it_will_show"), foretold(view))
    stands = under(say("participation.how_it_stands"), programme(view))
    wide = under(say("participation.if_two_leave"), leavers_and_groups(view))
    return found + folded(say("participation.in_detail"), stands + by + roles + wide + coming)


def questions(view: ClientView) -> Shown:
    """What the selection audit would ask account managers: questions, not accusations.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.questions(view)
    """
    rows, say = view.participation.questions, view.language.say
    asked = rows[rows["p"].notna()]
    if rows.empty:
        return Shown("", say("participation.nobody_to_ask"))
    if asked.empty:
        said = say("participation.none_looked_into", why=_why(rows["flag"], view.language))
        return Shown(paragraph(text(said), ""), said)
    raised, looked = rows[rows["raised"]], _looked_into(rows, view.language)
    places = {"n": len(asked), "m": asked["account_manager"].nunique()}
    if raised.empty:
        said = f"{say('participation.none_raised', **places)} {looked}"
        return Shown(paragraph(text(said), ""), said)
    rate = view.language.percent(rows["rate"].iloc[0])
    said = say("participation.raised", k=len(raised), rate=rate, **places)
    return Shown(lines(paragraph(text(said), "lead"), _raised(view, raised, looked)), said)


def _looked_into(rows: pd.DataFrame, spoken: Language) -> str:
    """Topics of which questions could be asked, and those of which not."""
    blocked = rows["flag"].map(lambda flag: has(flag, BLOCKED)).to_numpy(bool)
    topics = set(rows.loc[~blocked, "topic"])
    parts = {
        "looked_into": [topic for topic in QUESTIONS if topic in topics],
        "not_looked_into": [topic for topic in QUESTIONS if topic not in topics],
    }
    told = {
        kind: ", ".join(spoken.say(f"participation.topic_{topic}") for topic in some)
        for kind, some in parts.items()
    }
    return " ".join(
        spoken.say(f"participation.{kind}", topics=words)
        for kind, words in told.items()
        if words or kind == "looked_into"
    )


def _why(flags: pd.Series, spoken: Language) -> str:
    """The reasons that hold most often, without saying each time that they are reasons."""
    found = (dict(one) for flag in flags for one in codes(flag))
    cells = (code(one.pop("code"), **one) for one in found if one["code"] != BLOCKED)
    return "; ".join(spoken.caution(cell) for cell, _ in Counter(cells).most_common(REASONS))


def _raised(view: ClientView, rows: pd.DataFrame, note: str) -> str:
    say, spoken, each = view.language.say, view.language, records(rows)
    columns = [
        Column(say("column.account_manager"), names(rows["account_manager"])),
        Column(say("column.question"), [text(spoken.coded("question", r.question)) for r in each]),
        Column(say("participation.found"), [_amount(r.found, r.unit, spoken) for r in each], True),
        Column(say("participation.expected"), [_amount(r.expected, r.unit, spoken) for r in each],
               True),
        Column(say("participation.difference"), [_difference(r, spoken) for r in each], True),
        Column(say("column.accounts"), [spoken.number(n, 0) for n in rows["n_accounts"]], True),
    ]  # fmt: skip
    caption = say("participation.raised_caption", level=spoken.percent(rows["level"].iloc[0]))
    return table(columns, caption=caption, note=text(note))


def _amount(value: float, unit: str, spoken: Language) -> str:
    if unit == "share_of_contacts":
        return spoken.percent(value)
    if unit == "pairs_of_answers":
        pairs = spoken.number(value, 0 if value == round(value) else 1)
        return spoken.say("participation.n_pairs", n=pairs)
    return spoken.say("participation.n_points", n=spoken.number(value))


def _difference(row: Record, spoken: Language) -> str:
    if row.unit == "share_of_contacts":
        span = spoken.span(100 * row.low, 100 * row.high, 0, signed=True)
        return spoken.say("participation.percentage_points", span=span)
    places = 1 if row.unit == "pairs_of_answers" else 2
    return spoken.span(row.low, row.high, places, signed=True)


def plan(view: ClientView) -> Shown:
    """Whom to ask in the coming year, and how sure the scores will be.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.plan(view)
    """
    rows, told, say = view.participation.plan, view.participation.precision, view.language.say
    if rows.empty or told.empty or not told["n_contacts"].any():
        return Shown("", say("participation.no_plan"))
    sure = {(row.slice, row.measure): row for row in reversed(records(told))}
    measures = [m for m in ("crq", "nps") if any(m == measure for _, measure in sure)]
    quarters = sorted({quarter for quarter, _ in sure} - {0})
    if rows["contacts"].sum() + rows["resting"].sum() == 0:
        said = say("participation.plan_lead_nobody", n=len(rows), quarters=len(quarters))
        return Shown(paragraph(text(said), "lead"), said)
    said = _foretold(view, len(quarters), [sure[0, m] for m in measures if (0, m) in sure])
    kind = "_all" if _of_all(told) else ""
    level = view.language.percent(told["level"].iloc[0])
    caption = say(f"participation.plan_caption{kind}", level=level)
    columns = _by_quarter(view, sure, [*quarters, 0])
    columns += [_half_widths(view, m, [sure.get((q, m)) for q in [*quarters, 0]]) for m in measures]
    listed = table(columns, caption=caption, note=text(say("participation.plan_note")))
    return Shown(lines(paragraph(text(said), "lead"), listed), said)


def _of_all(told: pd.DataFrame) -> bool:
    """Whether what is foretold is the state of all accounts."""
    return bool(len(told)) and has(told["flag"].iloc[0], STATE)


def _by_quarter(
    view: ClientView, sure: dict[tuple[int, str], Record], quarters: list[int]
) -> list[Column]:
    """What is to be done in each quarter, and in the whole year."""
    say, spoken = view.language.say, view.language
    base = {row.slice: row for row in reversed(sure.values())}
    each = [base.get(quarter, _UNKNOWN) for quarter in quarters]
    return [
        Column(say("column.quarter"), [_quarter(base[q], spoken) for q in quarters]),
        Column(say("column.accounts"), [spoken.number(r.n_accounts, 0) for r in each], True),
        Column(say("participation.contacts_to_ask"), [spoken.number(r.n_contacts, 0) for r in each],
               True),
        Column(say("participation.resting"), [spoken.number(r.resting, 0) for r in each], True),
        Column(say("participation.answers_expected"), [spoken.number(r.answers, 0) for r in each],
               True),
    ]  # fmt: skip


def _half_widths(view: ClientView, measure: str, rows: list[Record | None]) -> Column:
    cells = [MISSING if r is None or r.half_width != r.half_width else _half(view, r) for r in rows]
    return Column(label(view, measure), cells, True)


def _half(view: ClientView, row: Record) -> str:
    width = view.language.number(row.half_width, decimals(row.measure))
    return view.language.say("participation.half_width", width=width)


def _quarter(row: Record, spoken: Language) -> str:
    if row.slice == 0:
        return spoken.say("participation.whole_year")
    return quarter_name(spoken, row.slice, row.starts)


def quarter_name(spoken: Language, number: int, starts: pd.Timestamp) -> str:
    """Return what a quarter of the plan is called: by its year where days are known."""
    if pd.isna(starts):
        return spoken.say("participation.quarter", n=number)
    return spoken.say("participation.year", year=str(starts.year), n=starts.quarter)


def _foretold(view: ClientView, quarters: int, year: list[Record]) -> str:
    """The key sentence: how much is asked, and what to expect of it."""
    spoken, places = view.language, {"n": len(view.participation.plan), "quarters": quarters}
    known = [row for row in year if row.half_width == row.half_width]
    if not known:
        return spoken.say("participation.plan_lead_none", **places)
    expected = spoken.listed(
        spoken.say("participation.expected_of", label=label(view, r.measure), half=_half(view, r))
        for r in known
    )
    rates = [row.completion for row in year if row.completion == row.completion]
    kind = ("_all" if _of_all(view.participation.precision) else "") + ("_rate" if rates else "")
    rate = spoken.percent(rates[0]) if rates else ""
    return spoken.say(f"participation.plan_lead{kind}", expected=expected, rate=rate, **places)
