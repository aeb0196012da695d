"""The same relationships as roles, units, countries and products see them, in words and tables."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from crqlab.base.contracts.cautions import OK
from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.page.groups.select import COMPARED, UNKNOWN
from crqlab.show.html import Column, Shown, folded, lines, names, paragraph, phrases, table, text
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records

ENDS = ("value", "low", "high")
DIFFERENT = ("higher", "lower")


def roles(view: ClientView) -> Shown:
    """Say whether roles differ inside accounts, and lay them out side by side.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.groups.roles(view)
    """
    spoken, rows = view.language, view.groups.roles
    rows = rows[rows["measure"].isin(COMPARED).to_numpy(bool)]
    if not (rows["group"] != UNKNOWN).any():
        return Shown("", spoken.say("groups.no_roles"))
    said = " ".join([_gap(view), *_alone(view)])
    listed = Shown(_side_by_side(view, rows, "groups.role"), said)
    more = folded(spoken.say("groups.side_by_side"), listed)
    return Shown(lines(paragraph(text(said), "lead"), more.html), said)


def breakdowns(view: ClientView) -> Shown:
    """Say which unit, country or product lies off all others, and lay them out.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.groups.breakdowns(view)
    """
    spoken, rows = view.language, view.groups.units
    if rows.empty:
        return Shown("", spoken.say("groups.no_units"))
    apart = [row for row in records(rows) if row.verdict in DIFFERENT]
    known = int(rows["q"].notna().sum())
    none = spoken.say("groups.none_apart" if known else "groups.apart_unknown")
    said = " ".join(_off(view, row) for row in apart) or none
    heads = [spoken.say(f"dimension.{name}") for name in dict.fromkeys(rows["dimension"])]
    tables = [
        _side_by_side(view, own, f"groups.{name}")
        for name, own in rows.groupby("dimension", sort=False)
    ]
    return Shown(lines(paragraph(text(said), "lead"), *tables), f"{', '.join(heads)}: {said}")


def role_constructs(view: ClientView) -> Shown:
    """Lay out every construct by role.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.groups.role_constructs(view)
    """
    spoken, say, rows = view.language, view.language.say, view.groups.roles
    rows = rows[~rows["measure"].isin(COMPARED).to_numpy(bool)]
    if not (rows["group"] != UNKNOWN).any():
        return Shown("", say("groups.no_roles"))
    order = list(dict.fromkeys(rows["group"]))
    cells = {(row.measure, row.group): row for row in records(rows)}
    measures = list(dict.fromkeys(rows["measure"]))
    columns = [Column(say("column.measure"), _labels(view, measures))]
    for name in order:
        told = [_cell(spoken, cells.get((one, name)), one) for one in measures]
        columns.append(Column(_named(spoken, name), told, True, named=True))
    said = say("groups.constructs_aloud", n=len(measures), m=len(order))
    caption = say("groups.constructs", level=spoken.percent(view.groups.level))
    return Shown(table(columns, caption=caption), said)


def _cell(spoken: Language, row: Record | None, measure: str) -> str:
    if row is None or row.value != row.value:
        return spoken.number(float("nan"))
    places = _places(measure)
    return spoken.say(
        "groups.cell",
        value=spoken.number(row.value, places),
        span=spoken.span(row.low, row.high, places),
        n=row.n_respondents,
    )


def _gap(view: ClientView) -> str:
    """What the surest gap of two roles inside accounts says, or that nothing can be said."""
    spoken, row = view.language, view.groups.widest()
    if row is None:
        return spoken.say("groups.gap_unknown")
    up = row["value"] >= 0
    high, low = (row["role"], row["other"]) if up else (row["other"], row["role"])
    ends = [row["low"], row["high"]] if up else [-row["high"], -row["low"]]
    places = _places(row["measure"])
    return spoken.say(
        "groups.gap" if row["verdict"] in DIFFERENT else "groups.no_gap",
        label=_label(view, row["measure"]),
        value=spoken.number(abs(row["value"]), places),
        role=spoken.term(high),
        other=spoken.term(low),
        level=spoken.percent(row["level"]),
        span=spoken.span(*ends, places, signed=True),
        n=int(row["n_accounts"]),
    )


def _alone(view: ClientView) -> list[str]:
    """Where the least senior role alone was heard."""
    found = view.groups
    if not found.alone:
        return []
    role = view.language.term(found.least)
    return [view.language.say("groups.alone", n=found.alone, m=found.heard, role=role)]


def _off(view: ClientView, row: Record) -> str:
    spoken, places = view.language, _places(row.measure)
    ends = (row.difference_low, row.difference_high)
    return spoken.say(
        "groups.apart",
        group=_named(spoken, row.group),
        label=_label(view, row.measure),
        value=spoken.number(row.difference, places, signed=True),
        level=spoken.percent(row.level),
        span=spoken.span(*ends, places, signed=True),
        n=row.n_respondents,
        m=row.n_accounts,
    )


def _side_by_side(view: ClientView, rows: pd.DataFrame, head: str) -> Markup:
    """Groups below each other, each measure beside the other."""
    spoken, say = view.language, view.language.say
    order = list(dict.fromkeys(rows["group"]))
    shown = [name for name in order if name != UNKNOWN]
    columns = [Column(say(head), names([_named(spoken, name) for name in shown]))]
    for measure in dict.fromkeys(rows["measure"]):
        own = {row.group: row for row in records(rows[rows["measure"] == measure])}
        cells = [own.get(name) for name in shown]
        places, signed = _places(measure), measure == "nps"
        told = [_number(spoken, row, places, signed=signed) for row in cells]
        spans = ["" if row is None else spoken.span(row.low, row.high, places, signed=signed)
                 for row in cells]  # fmt: skip
        columns.append(Column(_label(view, measure), told, True))
        columns.append(Column(say("column.interval"), spans, True))
    each = rows.groupby("group").first()
    for head_, name in (("column.n", "n_respondents"), ("participation.accounts", "n_accounts")):
        columns.append(Column(say(head_), [spoken.number(n, 0) for n in each[name][shown]], True))
    flags = rows.groupby("group", sort=False)["flag"].agg(lambda one: _first(one.tolist()))[shown]
    if (flags != OK).any():
        columns.append(Column(say("column.caution"), [text(spoken.caution(f)) for f in flags]))
    caption = say("groups.caption", level=spoken.percent(view.groups.level))
    return table(columns, caption=caption, kind="small")


def _first(flags: list[str]) -> str:
    return next((flag for flag in flags if flag != OK), OK)


def _number(spoken: Language, row: Record | None, places: int, *, signed: bool) -> str:
    value = float("nan") if row is None else row.value
    return spoken.number(value, places, signed=signed)


def _places(measure: str) -> int:
    """Decimals of a group's number: it is written no more precisely (`page.precision`)."""
    return min(1, decimals(measure))


def _label(view: ClientView, measure: str) -> str:
    return view.language.term(view.instrument.label(measure))


def _labels(view: ClientView, measures: list[str]) -> list[Markup]:
    return phrases(_label(view, measure) for measure in measures)


def _named(spoken: Language, name: str) -> str:
    return spoken.term(name) if name != UNKNOWN else spoken.say("head_office.unknown")
