"""The report's pictures of participation, written directly as SVG."""

from __future__ import annotations

import pandas as pd

from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import VIEWS
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK, MUTED, PALE, SOFT, WARM
from crqlab.show.html import Shown
from crqlab.show.number_format import decimals, number, percent, span

SHORT = {
    "raw": "as answered",
    "weighted": "weighted",
    "late": "like late answers",
    "like the answered": "like the others",
    "passives": "all passives",
    "detractors": "all detractors",
}
_TOP, _FOOT = 74, 214


@formerly
def completion_histogram(view: ClientView) -> Shown:
    """Where the client's completion lies among all clients', beside published facts."""
    row = view.participation.share("contacts")
    if row is None:
        return Shown("", "Completion is not known")
    across = svg.Axis(0, 100, 24, 466)
    here = 100 * float(row["value"])
    said = _rank_said(view, row)
    marks = [*_published(view, across), *_others(view, across)]
    marks += svg.below(across, _FOOT, top=_FOOT - 4, label="contacts that answered (% of asked)")
    marks.append(svg.line(24, _FOOT, 466, _FOOT, ink=MUTED))
    if row["low"] == row["low"]:
        ends = (across.at(100 * row[end]) for end in ("low", "high"))
        x1, x2 = ends
        marks.append(svg.line(x1, 58, x2, 58, ink=SOFT, width=6))
    x = across.at(here)
    marks.append(svg.line(x, 58, x, _FOOT, ink=ACCENT, width=2))
    marks.append(svg.dot(x, 58, ink=ACCENT, radius=6))
    anchor = "start" if here < 25 else "end" if here > 75 else "middle"
    name = f"this client: {percent(row['value'])}"
    left = {"start": x - 2, "end": x - 122, "middle": x - 62}[anchor]
    marks.append(svg.box(left, 31, 124, 17, fill="#ffffff"))
    marks.append(svg.words(x, 44, name, anchor=anchor, ink=ACCENT, bold=True))
    drawn = svg.picture("standing", marks, size=(480, 258), title="Completion", says=said)
    n = view.participation.n_others
    caption = (
        f"Completion of {n:,} other clients, each with its last wave, in bands of five points. "
        if n
        else "There are too few other clients to compare with. "
    )
    caption += (
        f"Dark line: this client, with its {percent(row['level'])} interval on top. Pale band and "
        "thin line: the most common completion (26 to 30\u00a0%) and the average (about "
        "35\u00a0%) that others have published; facts to compare with, not part of these data."
    )
    return Shown(svg.figure(drawn, caption), said)


def _published(view: ClientView, across: svg.Axis) -> list[str]:
    """Published facts, behind everything else."""
    facts = view.participation.published.set_index("says")
    low, high = 100 * facts.loc["most common", ["low", "high"]].astype(float)
    average = 100 * float(facts.loc["average: about", "low"])
    x1, x2, x = across.at(low - 0.5), across.at(high + 0.5), across.at(average)
    return [
        svg.box(x1, 22, x2 - x1, _FOOT - 22, fill=PALE),
        svg.line(x, 22, x, _FOOT, ink=MUTED, width=1.5),
        svg.words(x1 - 4, 16, "most common", anchor="end", ink=MUTED, size=12),
        svg.words(x + 4, 16, "average, as published", anchor="start", ink=MUTED, size=12),
    ]


def _others(view: ClientView, across: svg.Axis) -> list[str]:
    """A bar for every band, with its count of other clients."""
    rows = view.participation.bands
    if rows.empty:
        return []
    tall = svg.Axis(0, float(rows["n"].max()), _FOOT, _TOP + 14)
    marks = []
    for row in rows[rows["n"] > 0].itertuples():
        start = across.at(0 if row.low == 0 else row.low - 0.5)
        width, y = across.at(row.high + 0.5) - start, tall.at(row.n)
        marks.append(svg.box(start + 0.8, y, width - 1.6, _FOOT - y, fill=SOFT))
        marks.append(svg.words(start + width / 2, y - 3, f"{row.n:,}", ink=INK, size=11))
    return marks


def _rank_said(view: ClientView, row: pd.Series) -> str:
    said = f"{percent(row['value'])} of contacts answered"
    if row["low"] == row["low"]:
        said += f" ({span(100 * row['low'], 100 * row['high'], 0)}\u00a0%)"
    place = view.participation.rank
    if place:
        said += (
            f", more than at {percent(place['percentile'])} of the other "
            f"{view.participation.n_others:,} clients"
        )
    return f"{said}; published: most often 26 to 30\u00a0%, on average about 35\u00a0%"


@formerly
def score_bounds(view: ClientView) -> Shown:
    """CRQ and NPS as answered, adjusted, and at their bounds."""
    drawn = [_views(view, measure) for measure in ("crq", "nps")]
    drawn = [picture for picture in drawn if picture]
    if not drawn:
        return Shown("", "What the silent may change is not known")
    level = percent(float(view.participation.nonresponse["level"].iloc[0]))
    caption = (
        f"What the silent may change, {level} intervals. Black: as answered. Blue: adjusted. "
        "Orange: bounds, with everybody silent alike."
    )
    said = "; ".join(
        _views_said(view, measure)
        for measure in ("crq", "nps")
        if view.participation.score(measure, "raw") is not None
    )
    return Shown(svg.figure("\n".join(drawn), caption), said)


def _views(view: ClientView, measure: str) -> str:
    rows = {name: view.participation.score(measure, name) for name in VIEWS}
    rows = {name: row for name, row in rows.items() if row is not None}
    if len(rows) < 2:
        return ""
    scale = view.instrument.scale
    fixed = (-100.0, 100.0) if measure == "nps" else (float(scale.low), float(scale.high))
    known = [row[end] for row in rows.values() for end in ("value", "low", "high")]
    limits = svg.around(known, *fixed, least=60 if measure == "nps" else 2)
    across, foot = svg.Axis(*limits, 122, 320), 30 + 24 * len(rows)
    label = view.instrument.label(measure)
    unit = "points" if measure == "nps" else "scale points"
    marks = svg.below(across, foot, top=24, label=f"{label} ({unit})")
    raw = across.at(rows["raw"]["value"]) if "raw" in rows else None
    if raw is not None:
        marks.append(svg.line(raw, 24, raw, foot, ink=MUTED, width=1))
    inks = {"raw": INK, "weighted": ACCENT, "late": ACCENT}
    for place, (name, row) in enumerate(rows.items()):
        y, ink, low, high = 38 + 24 * place, inks.get(name, WARM), row["low"], row["high"]
        marks.append(svg.words(112, y + 4, SHORT[name], anchor="end", size=12))
        if low == low and high == high:
            marks.append(svg.line(across.at(low), y, across.at(high), y, ink=ink, width=2))
        marks.append(svg.dot(across.at(row["value"]), y, ink=ink, radius=5))
    marks.append(svg.words(8, 16, label, anchor="start", bold=True))
    said = _views_said(view, measure)
    return svg.picture(
        f"silent-{measure}", marks, size=(330, foot + 46), title=f"{label} and the silent",
        says=said,
    )  # fmt: skip


def _views_said(view: ClientView, measure: str) -> str:
    places, signed = decimals(measure), measure == "nps"
    parts = []
    for name, words in SHORT.items():
        row = view.participation.score(measure, name)
        if row is not None:
            between = span(row["low"], row["high"], places, signed=signed)
            parts.append(f"{words} {number(row['value'], places, signed=signed)} ({between})")
    return f"{view.instrument.label(measure)}: {', '.join(parts)}"
