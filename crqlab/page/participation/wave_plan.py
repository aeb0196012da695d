"""The next wave: whom to ask, what to ask account managers, and who answered till now."""

from __future__ import annotations

from collections import Counter
from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import code, codes, has
from crqlab.language import Language
from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import completion_by_group
from crqlab.page.participation.silent_accounts import voices
from crqlab.participation.selection_audit import BLOCKED
from crqlab.show.html import Column, Shown, folded, names, paragraph, table, text, under
from crqlab.show.number_format import MISSING, count, number, percent, span
from crqlab.show.records import Record, records

TOPICS = {
    "late": "contacts signed off late",
    "swapped": "contacts exchanged for others",
    "share": "few of the known contacts invited",
    "roles": "one role very frequent",
    "minutes": "answers within minutes of each other",
    "scores": "scores far above peers",
}


@formerly
def next_wave(view: ClientView) -> Shown:
    """What follows from who answered, details folded away."""
    groups = (
        "Groups of few contacts or accounts say little; the caution says so. Who is missing in "
        "the second table is known by role only."
    )
    by = under("Who answered, by group", completion_by_group(view), says=groups)
    roles = under("Which roles are not heard?", voices(view))
    found = under("Whom to ask next", plan(view))
    found += under("Questions to account managers", questions(view))
    return found + folded("Participation in detail: by group, and by role", by + roles)


@formerly
def questions(view: ClientView) -> Shown:
    """What the selection audit would ask account managers: questions, not accusations."""
    rows = view.participation.questions
    asked = rows[rows["p"].notna()]
    if rows.empty:
        return Shown("", "No account manager is named, so there is nobody to ask")
    if asked.empty:
        why = _why(rows["flag"], view.language)
        said = f"No question about the choice of contacts could be looked into: {why}."
        return Shown(paragraph(text(said), ""), said)
    raised = rows[rows["raised"]]
    blocked = rows["flag"].map(lambda flag: has(flag, BLOCKED)).to_numpy(bool)
    topics = set(rows.loc[~blocked, "topic"])
    looked = [words for topic, words in TOPICS.items() if topic in topics]
    managers = asked["account_manager"].nunique()
    told = f"{count(len(asked), 'question')} about {count(managers, 'account manager')}"
    looked_into = f"Looked into: {', '.join(looked)}."
    closed = [words for topic, words in TOPICS.items() if topic not in topics]
    looked_into += f" Could not be looked into: {', '.join(closed)}." if closed else ""
    if raised.empty:
        said = f"None of {told} stands out beyond what chance allows. {looked_into}"
        return Shown(paragraph(text(said), ""), said)
    said = (
        f"{len(raised):,} of {told} {'is' if len(raised) == 1 else 'are'} worth asking. Of such "
        f"questions up to {percent(rows['rate'].iloc[0])} arise by chance, and only the account "
        "manager knows the reason: ask, do not conclude."
    )
    html = f"{paragraph(text(said), 'lead')}\n{_asked(view, raised, text(looked_into))}"
    return Shown(html, said)


def _why(flags: pd.Series, language: Language) -> str:
    """The reasons that hold most often, without saying each time that they are reasons."""
    found = (dict(one) for flag in flags for one in codes(flag))
    cells = (code(one.pop("code"), **one) for one in found if one["code"] != BLOCKED)
    return "; ".join(language.caution(cell) for cell, _ in Counter(cells).most_common(3))


def _asked(view: ClientView, raised: pd.DataFrame, note: str) -> str:
    each = records(raised)
    columns = [
        Column("Account manager", names(raised["account_manager"])),
        Column("Question", [text(_question(view.language, cell)) for cell in raised["question"]]),
        Column("Found", [_amount(r.found, r.unit) for r in each], True),
        Column("Expected", [_amount(r.expected, r.unit) for r in each], True),
        Column("Interval of difference", [_room(r) for r in each], True),
        Column("Accounts", [f"{n:,}" for n in raised["n_accounts"]], True),
    ]
    caption = (
        "Questions worth asking: what was found, and what peers of the same tier, or chance, lead "
        f"one to expect; {percent(raised['level'].iloc[0])} intervals of the difference (random "
        "effects; false discovery rate, Benjamini & Hochberg 1995)."
    )
    return table(columns, caption=caption, note=note)


def _question(language: Language, cell: str) -> str:
    numbers = dict(codes(cell)[0])
    return language.say(f"participation.question_{numbers.pop('code')}", **numbers)


def _amount(value: float, unit: str) -> str:
    if unit == "share_of_contacts":
        return percent(value)
    if unit == "pairs_of_answers":
        return f"{number(value, 0 if value == round(value) else 1)} pairs"
    return f"{number(value)} scale points"


def _room(row: Record) -> str:
    if row.unit == "share_of_contacts":
        return f"{span(100 * row.low, 100 * row.high, 0, signed=True)} percentage points"
    return span(row.low, row.high, 1 if row.unit == "pairs_of_answers" else 2, signed=True)


@formerly
def plan(view: ClientView) -> Shown:
    """Whom to ask in the coming year, and how sure the scores will be."""
    rows, told = view.participation.plan, view.participation.precision
    if rows.empty or told.empty:
        return Shown("", "No plan: a later wave was held, or nobody recorded contacts")
    quarters = sorted(set(told["slice"]) - {0})
    sure = {(row.slice, row.measure): row for row in reversed(records(told))}
    measures = [m for m in ("crq", "nps") if any(m == measure for _, measure in sure)]
    slices = [*quarters, 0]
    base = {row.slice: row for row in reversed(records(told))}
    each = [base.get(q, _UNKNOWN) for q in slices]
    columns = [
        Column("Quarter", [*(_quarter(base[q]) for q in quarters), "Whole year"]),
        Column("Accounts", [number(row.n_accounts, 0) for row in each], True),
        Column("Contacts to ask", [number(row.n_contacts, 0) for row in each], True),
        Column("Left in peace", [number(row.resting, 0) for row in each], True),
        Column("Answers to expect", [number(row.answers, 0) for row in each], True),
    ]
    for measure in measures:
        halves = [sure.get((q, measure), _UNKNOWN).half_width for q in slices]
        places = 2 if measure == "crq" else 0
        said = [MISSING if half != half else f"± {number(half, places)}" for half in halves]
        columns.append(Column(view.instrument.label(measure), said, True))
    year = {measure: row for (q, measure), row in sure.items() if q == 0}
    n = f"{count(len(rows), 'account')} to ask in {count(len(quarters), 'quarter')}"
    said = _foretold(view, n, {m: year[m] for m in measures if m in year})
    caption = (
        f"Next year, each account once: half-widths of {percent(told['level'].iloc[0])} intervals "
        "to expect if completion and differences stay as they were (Kish 1965, accounts as "
        "clusters). A dash: too few accounts to tell."
    )
    note = (
        "Left in peace: contacts who were asked too short a time before. A quarter by itself is "
        "seldom enough."
    )
    html = paragraph(text(said), "lead") + "\n" + table(columns, caption=caption, note=text(note))
    return Shown(html, said)


def _quarter(row: Record) -> str:
    if pd.isna(row.starts):
        return f"Quarter {row.slice}"
    return f"{row.starts.year} Q{row.starts.quarter}"


def _foretold(view: ClientView, asked: str, year: dict[str, Record]) -> str:
    parts = [
        f"{view.instrument.label(m)} ± {number(row.half_width, 2 if m == 'crq' else 0)}"
        for m, row in year.items()
        if row.half_width == row.half_width
    ]
    completion = [row.completion for row in year.values() if row.completion == row.completion]
    rate = f" if {percent(completion[0])} of contacts answer" if completion else ""
    if not parts:
        return f"{asked}; too few answers to expect an interval."
    return f"{asked}; over the year expect {' and '.join(parts)}{rate}."


_UNKNOWN = Record(n_accounts=nan, n_contacts=nan, resting=nan, answers=nan, half_width=nan)
