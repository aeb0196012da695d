"""On whom relationships hang, what to ask about the choice of contacts, whom to ask next."""

from __future__ import annotations

from collections import Counter
from math import nan

import pandas as pd

from crqlab.base.contracts.cautions import code, codes, has
from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.participation.selection_audit import BLOCKED
from crqlab.show.html import Column, Shown, hidden, names, paragraph, table, text
from crqlab.show.number_format import MISSING, count, number, percent, span
from crqlab.show.records import Record, records

MOST = 20  # account managers that a reader still compares
NAMED = 8  # accounts that fit into a sentence
TOPICS = {
    "late": "contacts signed off late",
    "swapped": "contacts exchanged for others",
    "share": "few of the known contacts invited",
    "roles": "one role very frequent",
    "minutes": "answers within minutes of each other",
    "scores": "scores far above peers",
}


def concentration(view: ClientView) -> Shown:
    """What hangs on each account manager, and what is left when that person goes."""
    rows = view.reach.managers
    if rows.empty or set(rows["name"]) <= {"unknown"}:
        return Shown("", "Account managers are not known")
    shown, left = rows.head(MOST), rows.iloc[MOST:]
    without = [
        MISSING + hidden("withheld") if row.withheld else number(row.crq_without)
        for row in records(shown)
    ]
    money = f" ({view.currency})" if view.currency else ""
    columns = [
        Column("Account manager", names(shown["name"])),
        Column("Accounts", [f"{n:,}" for n in shown["n_accounts"]], True),
        Column(f"Revenue a year{money}", [number(v, 0) for v in shown["revenue"]], True),
        Column("Share of revenue", [percent(v) for v in shown["revenue_share"]], True),
        Column("Share of goodwill", [percent(v) for v in shown["goodwill_share"]], True),
        Column("CRQ without", without, True),
    ]
    flags = [text(view.language.caution(flag)) for flag in shown["flag"]]
    columns += [Column("Caution", flags)] if any(flags) else []
    html = paragraph(text(_hangs(view)), "lead") + "\n"
    caption = (
        "What hangs on one account manager: accounts with a score, their revenue and goodwill "
        "(our own measure: revenue times how far up the scale the shrunken score lies), and "
        "the client's CRQ if they all left with that person. Shares are counts, so they have no "
        f"interval{_now(view)}."
    )
    notes = [f"{count(len(left), 'more account manager')} hold less."] if len(left) else []
    if shown["withheld"].any():
        notes.append("A dash: the number would tell what very few people said.")
    return Shown(
        html + table(columns, caption=caption, note=text(" ".join(notes)), kind="long"),
        _hangs(view),
    )


def _now(view: ClientView) -> str:
    row = view.measure("crq")
    if row is None or row["withheld"]:
        return ""
    between = span(row["low"], row["high"])
    return f"; read CRQ against that with everybody, {number(row['value'])} ({between})"


def _hangs(view: ClientView) -> str:
    """The key sentence."""
    known = view.reach.managers[view.reach.managers["name"] != "unknown"]
    first = known.iloc[0]
    if len(view.reach.managers) == 1:
        said = f"All accounts with a score belong to one account manager, {first['name']}"
    elif first["revenue_share"] == first["revenue_share"]:
        said = (
            f"{first['name']} holds {percent(first['revenue_share'])} of revenue and "
            f"{percent(first['goodwill_share'])} of goodwill"
        )
        if view.reach.effective == view.reach.effective and len(known) > 1:
            said += (
                f"; revenue is as concentrated as if {number(view.reach.effective, 1)} account "
                "managers held equal parts"
            )
    else:
        said = f"{first['name']} holds {percent(first['goodwill_share'])} of goodwill"
    return f"{said}.{_sole(view)}"


def _sole(view: ClientView) -> str:
    n, paid = view.reach.n_sole, view.reach.sole_share
    if not n:
        return ""
    share = (
        f", with {percent(paid)} of the revenue of accounts with a score" if paid == paid else ""
    )
    verb = "is" if n == 1 else "are"
    return (
        f" {count(n, 'account')}{share}, {verb} heard through one person only and would have no "
        "voice without that person."
    )


def continuity(view: ClientView) -> Shown:
    """Whether the same people were asked again, and where nobody stayed."""
    rows, found = view.reach.continuity, view.reach.stayed
    if not found:
        return Shown("", "No account was asked before")
    gone = rows[rows["stayed"] == 0]
    gone = gone.sort_values(["revenue", "name"], ascending=[False, True], kind="stable")
    between = span(100 * found["low"], 100 * found["high"], 0)
    said = (
        f"Of {found['n']:,.0f} contacts of the wave before, {percent(found['value'])} were asked "
        f"again ({percent(found['level'])} interval {between}\u00a0%, accounts as clusters)"
    )
    accounts = count(int(found["n_accounts"]), "account")
    if not found["n_none_stayed"]:
        said += f"; somebody stayed at each of {accounts}."
    else:
        listed = ", ".join(gone["name"].head(NAMED))
        more = f" and {len(gone) - NAMED:,} more" if len(gone) > NAMED else ""
        said += f". At {found['n_none_stayed']:,.0f} of {accounts} nobody stayed: {listed}{more}."
    return Shown(paragraph(text(said), ""), said)


def questions(view: ClientView) -> Shown:
    """What the selection audit would ask account managers: questions, not accusations."""
    rows = view.reach.questions
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


def plan(view: ClientView) -> Shown:
    """Whom to ask in the coming year, and how sure the scores will be."""
    rows, told = view.reach.plan, view.reach.precision
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
