"""Who answered, by whom they are grouped, and what the silent may change, in tables."""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import Any

from crqlab.base.contracts.cautions import OK, codes, joined
from crqlab.base.contracts.cautions import code as cell
from crqlab.base.standards import TARGET
from crqlab.language import MISSING, Figure, Language
from crqlab.page.client_view import ClientView
from crqlab.show.html import Column, Shown, lines, names, paragraph, table, text
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records

MOST = 20  # groups that a reader still compares
UNITS = ("contacts", "accounts", "revenue")
GROUPS = ("role", "tier", "account_manager", "industry", "country")
#: Views of a score in table ``nonresponse``, and what each is called in messages.
VIEWS = {
    "raw": "raw",
    "weighted": "weighted",
    "late": "late",
    "like the answered": "like_the_answered",
    "passives": "passives",
    "detractors": "detractors",
}
BOUNDS = ("like the answered", "passives", "detractors")
_NOTHING = Record(
    asked=nan, answered=nan, value=nan, low=nan, high=nan, n_respondents=nan, n_effective=nan,
    flag=OK,
)  # fmt: skip


def completion(view: ClientView, *, methods: bool = False) -> Shown:
    """How many contacts, and how many accounts, answered, and what revenue they stand for.

    Parameters
    ----------
    view : ClientView
    methods : bool
        Whether the methods of the intervals are named below, as a reviewer needs them.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.completion(view)
    """
    say, spoken = view.language.say, view.language
    rows = {unit: view.participation.share(unit) for unit in UNITS}
    if rows["contacts"] is None and rows["accounts"] is None:
        return _unknown(view)
    shown = [row for row in rows.values() if row is not None]
    columns = [
        Column(say("participation.who"), [say(f"participation.{row['unit']}") for row in shown]),
        Column(say("column.asked"), [spoken.number(row["asked"], 0) for row in shown], True),
        Column(say("column.answered"), [spoken.number(row["answered"], 0) for row in shown], True),
        Column(say("column.share"), [spoken.percent(row["value"]) for row in shown], True),
        Column(
            say("column.interval"), [percents(spoken, r["low"], r["high"]) for r in shown], True
        ),
    ]
    caption = say("participation.caption", level=spoken.percent(shown[0]["level"]))
    cautions = [(say(f"participation.{r['unit']}"), spoken.caution(r["flag"])) for r in shown]
    made = [_methods(spoken, shown)] if methods else []
    note = " ".join([*made, *_noted(spoken, cautions), *_beside(view)])
    said = _lead(view, **rows)
    listed = table(columns, caption=caption, note=text(note), kind="small")
    return Shown(lines(paragraph(text(said), "lead"), listed), said)


def _methods(spoken: Language, rows: Iterable[dict[str, Any]]) -> str:
    """How the intervals were made, unit by unit."""
    each = (
        spoken.say(f"participation.method_{row['unit']}", method=spoken.method(row["method"]))
        for row in rows
    )
    return spoken.say("participation.methods_of", methods="; ".join(each))


def percents(spoken: Language, low: float, high: float) -> str:
    """Write two shares as an interval of whole per cent."""
    if low != low and high != high:
        return spoken.say("common.open")
    return spoken.say("common.span", low=spoken.number(100 * low, 0), high=spoken.percent(high))


def _noted(spoken: Language, cautions: Iterable[tuple[str, str]]) -> list[str]:
    """Cautions as sentences: beside the numbers they would crowd them out on a small screen."""
    told: dict[str, list[str]] = {}
    for name, caution in cautions:
        if caution:
            told.setdefault(caution, []).append(name)
    return [
        spoken.say("participation.noted", who=", ".join(who), caution=caution)
        for caution, who in told.items()
    ]


def _lead(
    view: ClientView,
    contacts: dict[str, Any] | None,
    accounts: dict[str, Any] | None,
    revenue: dict[str, Any] | None,
) -> str:
    """The key sentence: both shares, and the revenue against its target."""
    spoken, known = view.language, [row for row in (contacts, accounts) if row is not None]
    kind = "both" if len(known) > 1 else known[0]["unit"]
    places = {}
    for name, row in (("contacts", contacts), ("accounts", accounts)):
        if row is not None:
            places |= {f"{name}_asked": int(row["asked"]), name: int(row["answered"])}
            places[f"{name}_share"] = spoken.percent(row["answered"] / row["asked"])
    if revenue is None:
        return spoken.say(f"participation.lead_{kind}", **places)
    held, target = revenue["value"], spoken.percent(TARGET)
    near = spoken.percent(held) == target
    reached = "reached" if held >= TARGET else "just_missed" if near else "missed"
    places |= {"revenue": spoken.percent(held), "target": target}
    said = spoken.say(f"participation.lead_{kind}_{reached}", **places)
    return " ".join(filter(None, [said, _place(view)]))


def _place(view: ClientView) -> str:
    """Where the client stands among the others."""
    spoken, found = view.language, view.participation.rank
    if not found or found["percentile"] != found["percentile"]:
        return ""
    return spoken.say(
        "participation.place",
        share=spoken.percent(found["percentile"]),
        n=view.participation.n_others,
        between=percents(spoken, found["percentile_low"], found["percentile_high"]),
    )


def _unknown(view: ClientView) -> Shown:
    """Respondents alone, where nobody knows how many were asked."""
    why = "not_counted" if view.participation.completion.empty else "not_recorded"
    why += "_alone" if view.alone else ""
    said = view.language.say(f"participation.{why}", n=view.n_respondents, m=view.n_accounts)
    return Shown(paragraph(text(said), "lead"), said)


def _beside(view: ClientView) -> list[str]:
    counts = {"uninvited": view.participation.counts.uninvited, "excluded": view.n_excluded}
    return [view.language.say(f"participation.{name}", n=n) for name, n in counts.items() if n]


def completion_by_group(view: ClientView) -> Shown:
    """Contacts, accounts and revenue that answered, by role, tier, account manager and more.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.completion_by_group(view)
    """
    found: dict[str, dict[str, dict[str, Record]]] = {}
    for row in records(view.participation.completion):
        units = found.setdefault(row.dimension, {unit: {} for unit in UNITS})
        units.setdefault(row.unit, {})[row.group] = row
    parts = [_groups(view, found[name], name) for name in GROUPS if name in found]
    parts = [part for part in parts if part.html]
    if not parts:
        return Shown("", view.language.say("participation.no_groups"))
    return Shown(lines(*(p.html for p in parts)), "; ".join(part.sentence for part in parts))


def _groups(view: ClientView, units: dict[str, dict[str, Record]], dimension: str) -> Shown:
    """One table for one way to tell groups apart; none where there is one group only."""
    say, spoken, people = view.language.say, view.language, units["contacts"]
    order = sorted(people, key=lambda group: -people[group].asked)
    if len(order) < 2:
        return Shown("", "")
    shown, left = order[:MOST], order[MOST:]
    cells = {unit: [units[unit].get(group, _NOTHING) for group in shown] for unit in UNITS}
    flags = [
        _brief(spoken, joined(c.flag for c in some)) for some in zip(*cells.values(), strict=True)
    ]
    stars = ["\u00a0*" if flag else "" for flag in flags]
    said = shown if dimension == "account_manager" else [spoken.term(group) for group in shown]
    marked = [name + star for name, star in zip(names(said), stars, strict=True)]
    columns = [Column(say(f"participation.group_{dimension}"), marked)]
    for unit, some in cells.items():
        columns += _of_unit(spoken, unit, some)
    word = say(f"dimension.{dimension}")
    level = next(one.level for some in units.values() for one in some.values())
    caption = say("participation.group_caption", by=word, level=spoken.percent(level))
    cautions = _noted(spoken, zip(said, flags, strict=True))
    notes = [say("participation.starred", note=" ".join(cautions))] if cautions else []
    if left:
        asked = int(sum(people[group].asked for group in left))
        notes.append(say("participation.groups_left", n=len(left), m=asked))
    listed = table(columns, caption=caption, note=text(" ".join(notes)), kind="long")
    return Shown(listed, say("participation.n_groups", n=len(order), by=word))


def _of_unit(spoken: Language, unit: str, cells: list[Record]) -> list[Column]:
    say, counts, head = spoken.say, [], "participation.revenue_heard"
    if unit != "revenue":
        of = [(spoken.number(c.answered, 0), spoken.number(c.asked, 0)) for c in cells]
        said = [say("participation.n_of", n=n, m=m) for n, m in of]
        counts, head = [Column(say(f"participation.{unit}_answered"), said, True)], "column.share"
    return [
        *counts,
        Column(say(head), [spoken.percent(cell.value) for cell in cells], True),
        Column(say("column.interval"), [percents(spoken, c.low, c.high) for c in cells], True),
    ]


def _brief(spoken: Language, flag: str) -> str:
    """Cautions in a few words; an unknown interval says so itself."""
    return "; ".join(_few_words(spoken, **one) for one in codes(flag))


def _few_words(spoken: Language, *, code: str, **numbers: Any) -> str:
    brief = f"participation.brief_{code}"
    return spoken.say(brief) if brief in spoken else spoken.caution(cell(code, **numbers))


def nonresponse(view: ClientView) -> Shown:
    """CRQ and NPS as answered, adjusted and at their bounds, side by side.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.nonresponse(view)
    """
    say, spoken = view.language.say, view.language
    rows = [row for row in records(view.participation.nonresponse) if row.view in VIEWS]
    found = {(row.measure, row.view): row for row in rows}
    asked = [m for m in ("crq", "nps") if any(row.measure == m for row in rows)]
    known = view.participation.score("crq", "raw") is not None and any(
        row.view != "raw" and row.value == row.value for row in rows
    )
    if not known:
        return Shown("", say("participation.silent_unknown"))
    sets = {m: {v: found.get((m, v), _NOTHING) for v in VIEWS} for m in asked}
    called = {name: say(f"participation.view_{code}") for name, code in VIEWS.items()}
    columns = [Column(say("participation.if_heard"), list(called.values()))]
    for measure, some in sets.items():
        columns += _scores(view, measure, list(some.values()))
    n = [_answers(spoken, row, name) for name, row in sets[asked[0]].items()]
    columns.append(Column(say("participation.answers"), n, True))
    flags = [
        (called[name], spoken.caution(joined(some[name].flag for some in sets.values())))
        for name in VIEWS
    ]
    level = spoken.percent(float(rows[0].level))
    caption, limit = say("participation.views_caption", level=level), say("participation.limit")
    said = " ".join(filter(None, (_told(view, measure) for measure in asked)))
    note = text(" ".join(_noted(spoken, flags)))
    html = lines(
        paragraph(text(said), "lead"),
        paragraph(text(limit), ""),
        table(columns, caption=caption, note=note),
    )
    return Shown(html, f"{said} {limit}")


def _scores(view: ClientView, measure: str, some: list[Record]) -> list[Column]:
    spoken, style = view.language, {"decimals": decimals(measure), "signed": measure == "nps"}
    values = [spoken.number(row.value, **style) for row in some]
    spans = [
        MISSING if row.value != row.value else spoken.span(row.low, row.high, **style)
        for row in some
    ]
    return [
        Column(label(view, measure), values, True),
        Column(spoken.say("column.interval"), spans, True),
    ]


def label(view: ClientView, measure: str) -> str:
    """Return what a measure is called in the reader's language."""
    return view.language.term(view.instrument.label(measure))


def _answers(spoken: Language, row: Record, name: str) -> str:
    n = spoken.number(row.n_respondents, 0)
    if name != "weighted" or not row.n_effective:
        return n
    worth = spoken.number(row.n_effective, 0)
    return spoken.say("participation.answers_worth", n=n, worth=worth)


def _told(view: ClientView, measure: str) -> str:
    """Raw, adjusted and bounds in one sentence."""
    raw = view.participation.score(measure, "raw")
    if raw is None:
        return ""
    places = {"label": label(view, measure), "raw": score(view, measure, raw["value"])}
    adjusted, ends, kind = view.participation.score(measure, "weighted"), bounds(view, measure), ""
    if adjusted is not None:
        kind, places["weighted"] = "_weighted", score(view, measure, adjusted["value"])
    if ends is not None:
        kind += "_bounds"
        for name, assumed, (value, which) in zip(
            ("low", "high"), ("least", "most"), ends, strict=True
        ):
            places[name] = score(view, measure, value)
            places[assumed] = view.language.say(f"participation.assumed_{VIEWS[which]}")
    return view.language.say(f"participation.score{kind}", **places)


def bounds(view: ClientView, measure: str) -> tuple[tuple[float, str], tuple[float, str]] | None:
    """Return the least and the greatest bound, each with its name; None if one is unknown."""
    rows = [view.participation.score(measure, name) for name in BOUNDS]
    known = [(float(row["value"]), row["view"]) for row in rows if row is not None]
    return (min(known), max(known)) if len(known) == len(BOUNDS) else None


def score(view: ClientView, measure: str, value: float) -> Figure | str:
    """Write a client's score with the decimals of its measure."""
    return view.language.number(value, decimals(measure), signed=measure == "nps")


def adjusted(view: ClientView, measure: str) -> str:
    """Say beside a headline number what it is once adjusted, and its bounds; empty if unknown."""
    row, ends = view.participation.score(measure, "weighted"), bounds(view, measure)
    if row is None or ends is None:
        return ""
    low, high = (score(view, measure, end) for end, _ in ends)
    span = view.language.span(row["low"], row["high"], decimals(measure), signed=measure == "nps")
    value = score(view, measure, row["value"])
    return view.language.say("participation.adjusted", value=value, span=span, low=low, high=high)
