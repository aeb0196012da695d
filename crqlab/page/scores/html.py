"""The client's numbers in tables: constructs, waves, changes, other ways to count, agreement."""

from __future__ import annotations

from math import isnan, nan

import pandas as pd
from markupsafe import Markup

from crqlab.base.contracts.cautions import OK
from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.page.scores.scales import ends
from crqlab.show.html import (
    Column,
    Shown,
    lines,
    names,
    paragraph,
    phrases,
    table,
    tag,
    text,
)
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records
from crqlab.show.svg_strips import bar

PARTS = ("all", "same", "joiners", "leavers")
ROLL_UPS = ("respondents", "unweighted", "accounts", "revenue", "role", "confidence", "senior")
STATISTICS = ("icc1", "icc2", "rwg_j")
#: Reliability from which means are safe to rank by; agreement that is strong, and moderate.
RELIABLE, STRONG, MODERATE = 0.70, 0.70, 0.50


def constructs(view: ClientView) -> Shown:
    """Every construct's mean with interval, change and n.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.constructs(view)
    """
    spoken, say = view.language, view.language.say
    rows = view.measures[~view.measures["measure"].isin(["crq", "nps", "mean_ltr"])]
    if rows.empty:
        return Shown("", say("scores.constructs_none"))
    low, high = ends(view, "crq")
    inside = rows["measure"].isin(view.instrument.crq.constructs)
    drawn = [
        Markup(bar(value=row.value, low=row.low, high=row.high, ends=(low, high)))
        for row in records(rows)
    ]
    columns = [
        Column(say("scores.construct"), _constructs(view, rows)),
        Column(say("scores.in_crq"), [say("common.yes" if one else "common.no") for one in inside]),
        Column(say("scores.mean"), [spoken.number(value) for value in rows["value"]], True),
        Column(say("column.interval"), _spans(spoken, rows["low"], rows["high"]), True),
        Column(say("scores.on_the_scale", low=low, high=high), drawn),
        _counts(spoken, "column.n", rows["n_respondents"]),
        *_changes(view, rows),
    ]
    caption = say("scores.constructs", low=low, high=high, **_how(spoken, rows))
    said = " ".join(filter(None, [_extremes(view, rows[inside]), _unasked(view)]))
    return Shown(lines(paragraph(text(said), "lead"), table(columns, caption=caption)), said)


def _unasked(view: ClientView) -> str:
    """Which constructs the wave did not ask; empty where it asked all."""
    spoken, asked = view.language, view.instrument
    gone = [name for name in asked.constructs if name in view.scores.unasked]
    if not gone:
        return ""
    labels = spoken.listed([spoken.term(asked.label(name)) for name in gone])
    return spoken.say("scores.constructs_unasked", constructs=labels)


def _constructs(view: ClientView, rows: pd.DataFrame) -> list[Markup]:
    """Names of constructs; those that others are made of stand apart."""
    parts = {part for one in view.instrument.constructs.values() for part in one.parts}
    labels = phrases(view.language.term(label) for label in rows["label"])
    return [
        tag("span", label, class_="part") if measure in parts else label
        for label, measure in zip(labels, rows["measure"], strict=True)
    ]


def _extremes(view: ClientView, rows: pd.DataFrame) -> str:
    """The highest and the lowest construct of CRQ."""
    spoken = view.language
    known = rows.dropna(subset=["value"]).sort_values("value", kind="stable")
    if known.empty:
        return "" if rows.empty else spoken.say("scores.constructs_hidden")
    first, last = known.iloc[-1], known.iloc[0]
    if len(known) == 1:
        return spoken.say("scores.constructs_one", first=spoken.term(first["label"]))
    return spoken.say(
        "scores.constructs_lead",
        first=spoken.term(first["label"]),
        high=spoken.number(first["value"]),
        high_span=spoken.span(first["low"], first["high"]),
        last=spoken.term(last["label"]),
        low=spoken.number(last["value"]),
        low_span=spoken.span(last["low"], last["high"]),
    )


def _changes(view: ClientView, rows: pd.DataFrame) -> list[Column]:
    spoken, say = view.language, view.language.say
    if rows["change"].isna().all():
        return []
    moved = [spoken.number(change, signed=True) for change in rows["change"]]
    between = _spans(spoken, rows["change_low"], rows["change_high"], signed=True)
    verdicts = [say(f"verdict.{verdict}").replace(" ", "\u00a0") for verdict in rows["verdict"]]
    return [
        Column(say("scores.since", wave=view.before), moved, True),
        Column(say("scores.interval_of_change"), between, True),
        Column(say("column.verdict"), verdicts),
    ]


def waves(view: ClientView) -> Shown:
    """CRQ, NPS and mean LTR of every wave so far.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.waves(view)
    """
    spoken, say, rows = view.language, view.language.say, view.scores.trend
    n = rows["wave"].nunique()
    if n < 2:
        return Shown("", say("scores.one_wave"))
    order = list(dict.fromkeys(view.measures["measure"]))
    rows = rows.sort_values("measure", key=lambda m: m.map(order.index), kind="stable")
    columns = [
        Column(say("column.measure"), _measures(view, rows)),
        Column(say("column.wave"), names(rows["wave"])),
        *_estimates(spoken, rows),
        _counts(spoken, "scores.respondents", rows["n_respondents"]),
        _counts(spoken, "column.accounts", rows["n_accounts"]),
    ]
    caption = say("scores.waves", **_how(spoken, rows))
    return Shown(table(columns, caption=caption), say("scores.waves_aloud", n=n))


def change_parts(view: ClientView) -> Shown:
    """What the change since the last wave is made of: same accounts, joiners, leavers.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.change_parts(view)
    """
    spoken, say, rows = view.language, view.language.say, view.scores.parts
    if rows.empty:
        return Shown("", say("scores.parts_none"))
    rows = _in_order(rows, part=PARTS)
    columns = [
        Column(say("column.measure"), _measures(view, rows)),
        Column(say("column.part"), [say(f"part.{part}") for part in rows["part"]]),
        *_estimates(spoken, rows, change=True),
        _counts(spoken, "column.accounts", rows["n_accounts"]),
        _counts(spoken, "scores.respondents", rows["n_respondents"]),
        *_cautions(spoken, rows),
    ]
    caption = say("scores.parts", wave=view.before, **_how(spoken, rows))
    html = table(columns, caption=caption, note=text(say("scores.parts_note")))
    whole = records(rows[rows["part"] == "all"])
    said = "; ".join(_moved(view, row) for row in whole)
    return Shown(html, say("scores.parts_aloud", wave=view.before, changes=said))


def _moved(view: ClientView, row: Record) -> str:
    spoken, places = view.language, decimals(row.measure, change=True)
    return spoken.say(
        "scores.moved",
        label=spoken.term(view.instrument.label(row.measure)),
        change=spoken.number(row.value, places, signed=True),
        span=spoken.span(row.low, row.high, places, signed=True),
    )


def roll_ups(view: ClientView) -> Shown:
    """CRQ and NPS counted in every way there is, to see whether the message depends on it.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.roll_ups(view)
    """
    spoken, say, rows = view.language, view.language.say, view.scores.roll_ups
    if rows.empty:
        return Shown("", say("scores.roll_ups_none"))
    rows = _in_order(rows.assign(counted=view.scores.counted()), roll_up=ROLL_UPS)
    columns = [
        Column(say("column.roll_up"), [say(f"roll_up.{name}") for name in rows["counted"]]),
        Column(say("column.measure"), _measures(view, rows)),
        *_estimates(spoken, rows),
        _counts(spoken, "scores.respondents", rows["n_respondents"]),
        _counts(spoken, "column.accounts", rows["n_accounts"]),
        Column(say("column.method"), [text(spoken.method(cell)) for cell in rows["method"]]),
        *_cautions(spoken, rows),
    ]
    caption = say("scores.roll_ups", level=_how(spoken, rows)["level"])
    return Shown(table(columns, caption=caption), say("scores.roll_ups_aloud", n=len(rows)))


def agreement(view: ClientView) -> Shown:
    """Whether people of one account say the same, in plain words.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.agreement(view)
    """
    found: dict[str, dict[str, Record]] = {}
    for row in records(view.scores.agreement):
        found.setdefault(row.measure, {})[row.statistic] = row
    whole = found.get("crq", {})
    told = [_between(view, whole), _reliable(view, whole), _agree(view, whole)]
    told = [sentence for sentence in told if sentence]
    if not told:
        said = view.language.say("scores.agreement_none")
        return Shown(paragraph(text(said)), said)
    said = " ".join(told)
    return Shown(lines(paragraph(text(said), "lead"), _agreed(view, found)), said)


_UNKNOWN = Record(value=nan, low=nan, high=nan, n_respondents=nan, n_accounts=nan)


def _agreed(view: ClientView, found: dict[str, dict[str, Record]]) -> Markup:
    """The three statistics of each measure beside each other."""
    spoken, say = view.language, view.language.say
    sets = {name: [own.get(name, _UNKNOWN) for own in found.values()] for name in STATISTICS}
    labels = phrases(spoken.term(view.instrument.label(measure)) for measure in found)
    columns = [Column(say("column.measure"), labels)]
    for name, rows in sets.items():
        between = [spoken.span(row.low, row.high) for row in rows]
        columns += [
            Column(say(f"statistic.{name}"), [spoken.number(row.value) for row in rows], True),
            Column(say("column.interval"), between, True),
        ]
    people, several = sets["icc1"], sets["rwg_j"]
    columns += [
        _counts(spoken, "scores.respondents", [row.n_respondents for row in people]),
        _counts(spoken, "column.accounts", [row.n_accounts for row in people]),
        _counts(spoken, "scores.n_rwg", [row.n_accounts for row in several]),
    ]
    every = [row for own in found.values() for row in own.values()]
    methods = ". ".join(_method(spoken, name, every) for name in STATISTICS)
    level = spoken.percent(every[0].level)
    return table(columns, caption=say("scores.agreement", level=level, methods=methods))


def _method(spoken: Language, statistic: str, rows: list[Record]) -> str:
    """How one statistic and its interval are made."""
    cells = dict.fromkeys(row.method for row in rows if row.statistic == statistic)
    method = "; ".join(spoken.method(cell) for cell in cells)
    label = spoken.say(f"statistic.{statistic}")
    return spoken.say("scores.method_of", statistic=label, method=method)


def _between(view: ClientView, whole: dict[str, Record]) -> str:
    row, spoken = whole.get("icc1", _UNKNOWN), view.language
    if isnan(row.value):
        return ""
    return spoken.say(
        "scores.between",
        share=spoken.percent(max(row.value, 0)),
        level=spoken.percent(row.level),
        span=spoken.span(100 * row.low, 100 * row.high, 0),
    )


def _reliable(view: ClientView, whole: dict[str, Record]) -> str:
    icc2 = whole.get("icc2", _UNKNOWN).value
    if isnan(icc2):
        return ""
    code = "scores.reliable" if icc2 >= RELIABLE else "scores.unreliable"
    return view.language.say(code, value=view.language.number(icc2))


def _agree(view: ClientView, whole: dict[str, Record]) -> str:
    rwg = whole.get("rwg_j", _UNKNOWN).value
    if isnan(rwg):
        return ""
    strength = "strong" if rwg >= STRONG else "moderate" if rwg >= MODERATE else "weak"
    return view.language.say(f"scores.agree_{strength}", value=view.language.number(rwg))


def _in_order(rows: pd.DataFrame, **by: tuple[str, ...]) -> pd.DataFrame:
    """CRQ before NPS, and each in the order of another column's codes."""
    ((column, order),) = by.items()
    places = {
        "measure": {"crq": 0, "nps": 1},
        column: {name: place for place, name in enumerate(order)},
    }
    return rows.sort_values(
        list(places), key=lambda values: values.map(places[values.name]), kind="stable",
        ignore_index=True,
    )  # fmt: skip


def _measures(view: ClientView, rows: pd.DataFrame) -> list[Markup]:
    labels = [view.instrument.label(measure) for measure in rows["measure"]]
    return [text(view.language.term(label)) for label in labels]


def _estimates(spoken: Language, rows: pd.DataFrame, *, change: bool = False) -> list[Column]:
    """Value and interval, each with the decimals and the sign of its measure."""
    values, between = [], []
    for row in records(rows):
        places, signed = decimals(row.measure, change=change), change or row.measure == "nps"
        values.append(spoken.number(row.value, places, signed=signed))
        between.append(spoken.span(row.low, row.high, places, signed=signed))
    head = "scores.change" if change else "column.value"
    return [
        Column(spoken.say(head), values, True),
        Column(spoken.say("column.interval"), between, True),
    ]


def _spans(spoken: Language, low: pd.Series, high: pd.Series, *, signed: bool = False) -> list[str]:
    return [spoken.span(a, b, signed=signed) for a, b in zip(low, high, strict=True)]


def _counts(spoken: Language, head: str, n: pd.Series | list[float]) -> Column:
    return Column(spoken.say(head), [spoken.number(one, 0) for one in n], True)


def _cautions(spoken: Language, rows: pd.DataFrame) -> list[Column]:
    """A column of cautions, where there are any."""
    if (rows["flag"] == OK).all():
        return []
    return [Column(spoken.say("column.caution"), [text(spoken.caution(f)) for f in rows["flag"]])]


def _how(spoken: Language, rows: pd.DataFrame) -> dict[str, str]:
    """Level and methods of the intervals, for a caption."""
    methods = "; ".join(spoken.method(cell) for cell in dict.fromkeys(rows["method"]))
    return {"level": spoken.percent(float(rows["level"].iloc[0])), "methods": methods}
