"""The client's numbers in tables: constructs, waves, changes, other ways to count, agreement."""

from __future__ import annotations

from math import isnan, nan

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.page.scores.charts import ends
from crqlab.show.html import Column, Shown, names, paragraph, phrases, table, text
from crqlab.show.number_format import decimals, number, percent, span
from crqlab.show.records import Record, records
from crqlab.show.svg_strips import bar

ROLL_UPS = {
    "respondents": "Everyone counts once",
    "accounts": "Every account counts once",
    "revenue": "Accounts count by revenue",
    "role": "Roles count by their weight",
    "confidence": "People count by how well they know the relationship",
    "senior": "Only the most senior voice of each account",
}
PARTS = {
    "all": "Whole change",
    "same": "Accounts in both waves",
    "joiners": "Accounts that joined",
    "leavers": "Accounts that left",
}
AGREEMENT = {"icc1": "ICC(1)", "icc2": "ICC(2)", "rwg_j": "r_wg(J)"}


def constructs(view: ClientView) -> Shown:
    """Every construct's mean with interval, change and n."""
    rows = view.measures[~view.measures["measure"].isin(["crq", "nps", "mean_ltr"])]
    if rows.empty:
        return Shown("", "No construct has a score")
    scale, asked = ends(view, "crq"), view.instrument
    parts = {part for construct in asked.constructs.values() for part in construct.parts}
    labels = phrases(rows["label"])
    labels = [
        f'<span class="part">{label}</span>' if measure in parts else label
        for label, measure in zip(labels, rows["measure"], strict=True)
    ]
    inside = rows["measure"].isin(asked.crq.constructs).map({True: "yes", False: "no"})
    drawn = [bar(value=row.value, low=row.low, high=row.high, ends=scale) for row in records(rows)]
    columns = [
        Column("Construct", labels),
        Column("In CRQ", inside.tolist()),
        Column("Mean", [number(value) for value in rows["value"]], True),
        Column("Interval", _spans(rows["low"], rows["high"]), True),
        Column(f"On the scale {scale[0]:g} to {scale[1]:g}", drawn),
        Column("n", [f"{n:,}" for n in rows["n_respondents"]], True),
        *_changes(view, rows),
    ]
    caption = (
        f"Means per construct, {scale[0]:g} to {scale[1]:g} scale points, {_level(rows)} "
        f"intervals ({_methods(view, rows)}); n counts respondents."
    )
    known = rows[rows["measure"].isin(asked.crq.constructs)].dropna(subset=["value"])
    known = known.sort_values("value", kind="stable")
    said = "No construct may be shown: too few people answered."
    if len(known):
        said = f"Highest in CRQ: {_brief(known.iloc[-1])}. Lowest: {_brief(known.iloc[0])}."
    return Shown(paragraph(text(said), "lead") + "\n" + table(columns, caption=caption), said)


def _brief(row: pd.Series) -> str:
    return f"{row['label']} {number(row['value'])} ({span(row['low'], row['high'])})"


def _changes(view: ClientView, rows: pd.DataFrame) -> list[Column]:
    if rows["change"].isna().all():
        return []
    moved = [number(change, signed=True) for change in rows["change"]]
    between = _spans(rows["change_low"], rows["change_high"], signed=True)
    return [
        Column(f"Since {view.before}", moved, True),
        Column("Interval of change", between, True),
        Column("Verdict", [_verdict(view, verdict) for verdict in rows["verdict"]]),
    ]


def _verdict(view: ClientView, verdict: str) -> str:
    """A verdict that stays on one line."""
    return text(view.language.say(f"verdict.{verdict}")).replace(" ", "\u00a0")


def waves(view: ClientView) -> Shown:
    """CRQ, NPS and mean LTR of every wave so far."""
    rows = view.scores.trend
    if rows["wave"].nunique() < 2:
        return Shown("", "One wave only")
    order = list(dict.fromkeys(view.measures["measure"]))
    rows = rows.sort_values("measure", key=lambda m: m.map(order.index), kind="stable")
    labels = [view.instrument.label(measure) for measure in rows["measure"]]
    columns = [
        Column("Measure", labels),
        Column("Wave", names(rows["wave"])),
        *_estimates(rows),
        Column("Respondents", [f"{n:,}" for n in rows["n_respondents"]], True),
        Column("Accounts", [f"{n:,}" for n in rows["n_accounts"]], True),
    ]
    caption = f"The same numbers wave by wave, {_level(rows)} intervals ({_methods(view, rows)})."
    return Shown(table(columns, caption=caption), f"{rows['wave'].nunique()} waves")


def change_parts(view: ClientView) -> Shown:
    """What the change since the last wave is made of: same accounts, joiners, leavers."""
    rows = view.scores.parts
    if rows.empty:
        return Shown("", "No earlier wave")
    order = {"crq": 0, "nps": 1}, {part: place for place, part in enumerate(PARTS)}
    rows = rows.assign(a=rows["measure"].map(order[0]), b=rows["part"].map(order[1]))
    rows = rows.sort_values(["a", "b"], ignore_index=True)
    columns = [
        Column("Measure", [view.instrument.label(measure) for measure in rows["measure"]]),
        Column("Part", [PARTS[part] for part in rows["part"]]),
        *_estimates(rows, change=True),
        Column("Accounts", [f"{n:,}" for n in rows["n_accounts"]], True),
        Column("Respondents", [f"{n:,}" for n in rows["n_respondents"]], True),
        *_cautions(view, rows),
    ]
    caption = (
        f"Where the change since {view.before} comes from, {_level(rows)} intervals "
        f"({_methods(view, rows)}). The parts add up to the whole change."
    )
    note = (
        "A client's number can move because people think differently (accounts in both waves), or "
        "because other accounts answer (joined, left)."
    )
    whole = rows[rows["part"] == "all"]
    said = "; ".join(
        f"{view.instrument.label(row.measure)} {_moved(row)}" for row in records(whole)
    )
    html = table(columns, caption=caption, note=text(note))
    return Shown(html, f"Change since {view.before}: {said}")


def _moved(row: object) -> str:
    places = decimals(row.measure, change=True)
    between = span(row.low, row.high, places, signed=True)
    return f"{number(row.value, places, signed=True)} ({between})"


def roll_ups(view: ClientView) -> Shown:
    """CRQ and NPS counted in every way there is, to see whether the message depends on it."""
    rows = view.scores.roll_ups
    if rows.empty:
        return Shown("", "No other way to count")
    order = list(ROLL_UPS)
    rows = rows.sort_values(
        ["measure", "roll_up"],
        key=lambda c: c.map({"crq": -2, "nps": -1, **{r: i for i, r in enumerate(order)}}),
        kind="stable",
        ignore_index=True,
    )
    columns = [
        Column("Way to count", [ROLL_UPS[roll_up] for roll_up in rows["roll_up"]]),
        Column("Measure", [view.instrument.label(measure) for measure in rows["measure"]]),
        *_estimates(rows),
        Column("Respondents", [f"{n:,}" for n in rows["n_respondents"]], True),
        Column("Accounts", [f"{n:,}" for n in rows["n_accounts"]], True),
        Column("Method", [text(view.language.method(cell)) for cell in rows["method"]]),
        *_cautions(view, rows),
    ]
    caption = f"CRQ and NPS counted in other ways, {_level(rows)} intervals."
    return Shown(table(columns, caption=caption), f"{len(rows)} ways to count")


def agreement(view: ClientView) -> Shown:
    """Whether people of one account say the same, in plain words."""
    found: dict[str, dict[str, Record]] = {}
    for row in records(view.scores.agreement):
        found.setdefault(row.measure, {})[row.statistic] = row
    whole = found.get("crq", {})
    told = [sentence for sentence in (_between(whole), _reliable(whole), _agree(whole)) if sentence]
    if not told:
        said = "Too few accounts with several respondents to say how far their people agree."
        return Shown(paragraph(text(said)), said)
    html = f"{paragraph(text(' '.join(told)), 'lead')}\n{_agreed(view, found)}"
    return Shown(html, " ".join(told))


_UNKNOWN = Record(value=nan, low=nan, high=nan, n_respondents=nan, n_accounts=nan)


def _agreed(view: ClientView, found: dict[str, dict[str, Record]]) -> str:
    """The three statistics of each measure beside each other."""
    sets = {kind: [own.get(kind, _UNKNOWN) for own in found.values()] for kind in AGREEMENT}
    columns = [Column("Measure", phrases(view.instrument.label(measure) for measure in found))]
    for kind, label in AGREEMENT.items():
        columns += [
            Column(label, [number(row.value) for row in sets[kind]], True),
            Column("Interval", [span(row.low, row.high) for row in sets[kind]], True),
        ]
    people, several = sets["icc1"], sets["rwg_j"]
    columns += [
        Column("Respondents", [number(row.n_respondents, 0) for row in people], True),
        Column("Accounts", [number(row.n_accounts, 0) for row in people], True),
        Column("n for r_wg(J)", [number(row.n_accounts, 0) for row in several], True),
    ]
    used = {kind: dict.fromkeys(o[kind].method for o in found.values() if kind in o)
            for kind in AGREEMENT}  # fmt: skip
    methods = [
        f"{label}: {'; '.join(view.language.method(cell) for cell in used[kind])}"
        for kind, label in AGREEMENT.items()
    ]
    level = percent(next(row.level for own in found.values() for row in own.values()))
    caption = (
        f"Agreement inside accounts, {level} intervals. {'. '.join(methods)}. r_wg(J) needs "
        "two respondents of an account; the last column counts such accounts."
    )
    return table(columns, caption=caption)


def _between(whole: dict[str, Record]) -> str:
    row = whole.get("icc1", _UNKNOWN)
    if isnan(row.value):
        return ""
    between = span(100 * row.low, 100 * row.high, 0)
    return (
        f"About {percent(max(row.value, 0))} of the differences between answers lie between "
        f"accounts ({percent(row.level)} interval {between}\u00a0%), the rest between people of "
        "the same account."
    )


def _reliable(whole: dict[str, Record]) -> str:
    icc2 = whole.get("icc2", _UNKNOWN).value
    if isnan(icc2):
        return ""
    words = "safe enough to rank" if icc2 >= 0.7 else "not safe enough to rank by, so we shrink it"
    return f"An average account's plain mean has a reliability of {number(icc2)}: {words}."


def _agree(whole: dict[str, Record]) -> str:
    rwg = whole.get("rwg_j", _UNKNOWN).value
    if isnan(rwg):
        return ""
    words = "strong" if rwg >= 0.7 else "moderate" if rwg >= 0.5 else "weak"
    return f"Inside accounts people show {words} agreement (r_wg(J) {number(rwg)}, at most 1)."


def _estimates(rows: pd.DataFrame, *, change: bool = False) -> list[Column]:
    """Value and interval, each with the decimals and the sign of its measure."""
    places = [decimals(measure, change=change) for measure in rows["measure"]]
    signed = [change or measure == "nps" for measure in rows["measure"]]
    values = [
        number(value, place, signed=sign)
        for value, place, sign in zip(rows["value"], places, signed, strict=True)
    ]
    between = [
        span(low, high, place, signed=sign)
        for low, high, place, sign in zip(rows["low"], rows["high"], places, signed, strict=True)
    ]
    return [
        Column("Change" if change else "Value", values, True),
        Column("Interval", between, True),
    ]


def _spans(low: pd.Series, high: pd.Series, *, signed: bool = False) -> list[str]:
    return [span(a, b, signed=signed) for a, b in zip(low, high, strict=True)]


def _cautions(view: ClientView, rows: pd.DataFrame) -> list[Column]:
    """A column of cautions, where there are any."""
    if (rows["flag"] == "ok").all():
        return []
    return [Column("Caution", [text(view.language.caution(f)) for f in rows["flag"]])]


def _level(rows: pd.DataFrame) -> str:
    return percent(float(rows["level"].iloc[0]))


def _methods(view: ClientView, rows: pd.DataFrame) -> str:
    return "; ".join(view.language.method(cell) for cell in dict.fromkeys(rows["method"]))
