"""Who answered, by whom they are grouped, and what the silent may change, in tables."""

from __future__ import annotations

from math import isnan, nan
from typing import Any

import pandas as pd

from crqlab.base.contracts.cautions import OK, codes, joined
from crqlab.base.contracts.cautions import code as cell
from crqlab.base.standards import TARGET
from crqlab.language import Language
from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, names, paragraph, table, text
from crqlab.show.number_format import MISSING, count, decimals, number, percent, share, span
from crqlab.show.records import records

#: Rows of ``completion`` by dimension, unit and group.
_Found = dict[str, dict[str, dict[str, Any]]]

MOST = 20  # groups that a reader still compares
UNITS = {"contacts": "Contacts", "accounts": "Accounts", "revenue": "Revenue"}
GROUPS = {
    "role": "role",
    "tier": "tier",
    "account_manager": "account manager",
    "industry": "industry",
    "country": "country",
}
VIEWS = {
    "raw": "As answered",
    "weighted": "Weighted by who tends to answer",
    "late": "Silent contacts like late answers",
    "like the answered": "Silent contacts like the others",
    "passives": "All silent contacts passives",
    "detractors": "All silent contacts detractors",
}
BOUNDS = ("like the answered", "passives", "detractors")
ASSUMED = {
    "like the answered": "all silent contacts like the others",
    "passives": "all silent contacts passives",
    "detractors": "all silent contacts detractors",
}


@formerly
def completion(view: ClientView) -> Shown:
    """How many contacts, and how many accounts, answered, and what revenue they stand for."""
    rows = [view.participation.share(unit) for unit in UNITS]
    if rows[0] is None and rows[1] is None:
        return _counted(view)
    shown = [row for row in rows if row is not None]
    columns = [
        Column("Who", [UNITS[row["unit"]] for row in shown]),
        Column("Asked", [number(row["asked"], 0) for row in shown], True),
        Column("Answered", [number(row["answered"], 0) for row in shown], True),
        Column("Share", [percent(row["value"]) for row in shown], True),
        Column("Interval", [_between(row["low"], row["high"]) for row in shown], True),
    ]
    methods = "; ".join(f"{row['unit']}: {view.language.method(row['method'])}" for row in shown)
    caption = (
        f"Contact and account response, and revenue with at least one answer, "
        f"{percent(shown[0]['level'])} intervals ({methods}). They take this wave as one of many "
        "that could have been held; as a count of all who were asked it has no error."
    )
    said = _lead(view, *rows)
    notes = _noted([(UNITS[row["unit"]], view.language.caution(row["flag"])) for row in shown])
    html = table(columns, caption=caption, note=text(f"{notes} {_beside(view)}"), kind="small")
    return Shown(f"{paragraph(text(said), 'lead')}\n{html}", said)


def _noted(flags: list[tuple[str, str]]) -> str:
    """Cautions as sentences: beside the numbers they would crowd them out on a small screen."""
    told: dict[str, list[str]] = {}
    for name, flag in flags:
        if flag:
            told.setdefault(flag, []).append(name)
    return " ".join(f"{', '.join(who)}: {flag}." for flag, who in told.items())


def _lead(
    view: ClientView,
    people: pd.Series | None,
    accounts: pd.Series | None,
    revenue: pd.Series | None,
) -> str:
    """The key sentence: both shares, and the revenue against its target."""
    parts = [
        share(int(row["answered"]), int(row["asked"]), row["unit"])
        for row in (people, accounts)
        if row is not None
    ]
    said = " answered; they speak for ".join(parts) + ("" if len(parts) > 1 else " answered")
    if revenue is None:
        return f"{said}."
    held = revenue["value"]
    near = percent(held) == percent(TARGET)
    reached = "reached" if held >= TARGET else "just missed" if near else "missed"
    return (
        f"{said} and {percent(held)} of revenue: the target of {percent(TARGET)} is {reached}."
        f"{_place(view)}"
    )


def _place(view: ClientView) -> str:
    """Where the client stands among the others."""
    found = view.participation.rank
    if not found or isnan(found["percentile"]):
        return ""
    between = _between(found["percentile_low"], found["percentile_high"])
    return (
        f" More contacts answered than at {percent(found['percentile'])} of the other "
        f"{view.participation.n_others:,} clients ({between})."
    )


def _between(low: float, high: float) -> str:
    """An interval of shares as whole per cent."""
    said = span(100 * low, 100 * high, 0)
    return said if said == "open" else f"{said}\u00a0%"


def _counted(view: ClientView) -> Shown:
    """Respondents alone, where nobody knows how many were asked."""
    who = f"{count(view.n_respondents, 'respondent')} of {count(view.n_accounts, 'account')}"
    why = "Nobody recorded who was invited"
    if view.participation.completion.empty:
        why = "Who was invited has not been counted"
    said = f"{who} answered. {why}, so response rates are not known."
    return Shown(paragraph(text(said), "lead"), said)


def _beside(view: ClientView) -> str:
    asked, notes = view.participation.counts, []
    if asked.uninvited:
        who = count(asked.uninvited, "answer comes", "answers come")
        notes.append(
            f"{who} from people who are not in the list of contacts; they count in scores."
        )
    if view.n_excluded:
        left = count(view.n_excluded, "response was", "responses were")
        notes.append(
            f"{left} left out of all scores, though the people count here as having answered; the "
            "reasons are listed under the methods."
        )
    return " ".join(notes)


@formerly
def completion_by_group(view: ClientView) -> Shown:
    """Contacts, accounts and revenue that answered, by role, tier, account manager and more."""
    found: _Found = {}
    for row in records(view.participation.completion):
        units = found.setdefault(row.dimension, {unit: {} for unit in UNITS})
        units.setdefault(row.unit, {})[row.group] = row
    parts = [_groups(view, found[name], name) for name in GROUPS if name in found]
    parts = [part for part in parts if part.html]
    if not parts:
        return Shown("", "Nothing tells groups of contacts apart")
    html = "\n".join(part.html for part in parts)
    return Shown(html, "; ".join(part.sentence for part in parts))


def _groups(view: ClientView, units: dict[str, dict[str, Any]], dimension: str) -> Shown:
    """One table for one way to tell groups apart; none where there is one group only."""
    people = units["contacts"]
    order = sorted(people, key=lambda group: -people[group].asked)
    if len(order) < 2:
        return Shown("", "")
    shown, left = order[:MOST], order[MOST:]
    cells = {unit: [units[unit].get(group, _Nothing) for group in shown] for unit in UNITS}
    flags = [
        _brief(view.language, joined(c.flag for c in some))
        for some in zip(*cells.values(), strict=True)
    ]
    stars = ["\u00a0*" if flag else "" for flag in flags]
    marked = [name + star for name, star in zip(names(shown), stars, strict=True)]
    columns = [Column(GROUPS[dimension].capitalize(), marked)]
    for unit, some in cells.items():
        if unit != "revenue":
            counts = [_of(cell.answered, cell.asked) for cell in some]
            columns.append(Column(f"{UNITS[unit]} answered", counts, True))
        head = "Share" if unit != "revenue" else "Revenue heard"
        columns.append(Column(head, [percent(cell.value) for cell in some], True))
        columns.append(Column("Interval", [_between(cell.low, cell.high) for cell in some], True))
    word = GROUPS[dimension]
    level = next(cell.level for some in units.values() for cell in some.values())
    caption = (
        f"Who answered by {word}, {percent(level)} intervals made as above. "
        "Where few contacts or accounts were asked, read nothing into the share."
    )
    note = _noted(list(zip(shown, flags, strict=True)))
    note = f"* {note} " if note else ""
    if left:
        asked = int(sum(people[group].asked for group in left))
        note += f"{len(left):,} more with {count(asked, 'contact')} between them are not listed."
    html = table(columns, caption=caption, note=text(note.strip()), kind="long")
    return Shown(html, f"{count(len(order), 'group')} by {word}")


class _Nothing:
    """A group or a view of which nothing is known."""

    asked = answered = value = low = high = n_respondents = n_effective = nan
    flag = OK


def _of(part: float, whole: float) -> str:
    return f"{number(part, 0)} of {number(whole, 0)}"


def _brief(language: Language, flag: str) -> str:
    """Cautions in a few words; an unknown interval says so itself."""
    return "; ".join(_few_words(language, **one) for one in codes(flag))


def _few_words(language: Language, *, code: str, **numbers: Any) -> str:
    brief = f"participation.brief_{code}"
    return language.say(brief) if brief in language else language.caution(cell(code, **numbers))


@formerly
def nonresponse(view: ClientView) -> Shown:
    """CRQ and NPS as answered, adjusted and at their bounds, side by side."""
    rows = [row for row in records(view.participation.nonresponse) if row.view in VIEWS]
    found = {(row.measure, row.view): row for row in rows}
    asked = [m for m in ("crq", "nps") if any(row.measure == m for row in rows)]
    known = view.participation.score("crq", "raw") is not None and any(
        row.view != "raw" and row.value == row.value for row in rows
    )
    if not known:
        return Shown("", "What the silent may change is not known")
    sets = {m: {v: found.get((m, v), _Nothing) for v in VIEWS} for m in asked}
    columns = [Column("If silent contacts could be heard", list(VIEWS.values()))]
    for measure, some in sets.items():
        columns += _scores(view, measure, list(some.values()))
    first = sets[asked[0]].items()
    n = [_answers(row.n_respondents, row.n_effective, name) for name, row in first]
    columns.append(Column("Answers", n, True))
    flags = [
        (VIEWS[v], view.language.caution(joined(some[v].flag for some in sets.values())))
        for v in VIEWS
    ]
    level = percent(float(rows[0].level))
    caption = (
        f"CRQ and NPS as answered, adjusted, and at their bounds, {level} intervals that draw "
        "whole accounts again. No interval holds the doubt whether what is assumed of the silent "
        "is right."
    )
    said = " ".join(_told(view, measure) for measure in asked)
    html = (
        f"{paragraph(text(said), 'lead')}\n{paragraph(text(f'{view.participation.limit}.'), '')}\n"
    )
    html = f"{html}{table(columns, caption=caption, note=text(_noted(flags)))}"
    return Shown(html, f"{said} {view.participation.limit}.")


def _scores(view: ClientView, measure: str, some: list[Any]) -> list[Column]:
    places, signed = decimals(measure), measure == "nps"
    values = [number(row.value, places, signed=signed) for row in some]
    between = [
        MISSING if isnan(row.value) else span(row.low, row.high, places, signed=signed)
        for row in some
    ]
    return [
        Column(view.instrument.label(measure), values, True),
        Column("Interval", between, True),
    ]


def _answers(n: float, effective: float, name: str) -> str:
    if name != "weighted" or not effective:
        return number(n, 0)
    return f"{number(n, 0)}, worth {number(effective, 0)}"


def _told(view: ClientView, measure: str) -> str:
    """Raw, adjusted and bounds in one sentence."""
    raw = view.participation.score(measure, "raw")
    if raw is None:
        return ""
    label, adjusted = view.instrument.label(measure), view.participation.score(measure, "weighted")
    said = f"{label} is {_number(measure, raw['value'])} as answered"
    if adjusted is not None:
        said += f" and {_number(measure, adjusted['value'])} weighted by who tends to answer"
    ends = bounds(view, measure)
    if ends is None:
        return f"{said}."
    (low, least), (high, most) = ends
    return (
        f"{said}; it would be {_number(measure, low)} with {ASSUMED[least]} and "
        f"{_number(measure, high)} with {ASSUMED[most]}."
    )


def bounds(view: ClientView, measure: str) -> tuple[tuple[float, str], tuple[float, str]] | None:
    """Return the least and the greatest bound, each with its name; None if one is unknown."""
    rows = [view.participation.score(measure, name) for name in BOUNDS]
    known = [(float(row["value"]), row["view"]) for row in rows if row is not None]
    return (min(known), max(known)) if len(known) == len(BOUNDS) else None


def _number(measure: str, value: float) -> str:
    return number(value, decimals(measure), signed=measure == "nps")


def adjusted(view: ClientView, measure: str) -> str:
    """Say beside a headline number what it is once adjusted, and its bounds; empty if unknown."""
    row, ends = view.participation.score(measure, "weighted"), bounds(view, measure)
    if row is None or ends is None:
        return ""
    between = span(row["low"], row["high"], decimals(measure), signed=measure == "nps")
    low, high = (_number(measure, end) for end, _ in ends)
    return (
        f"Adjusted for the silent {_number(measure, row['value'])} ({between}); "
        f"bounds {low} to {high}"
    )
