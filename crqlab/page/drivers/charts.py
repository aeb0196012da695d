"""How far each driver lies behind its reference, and how much it matters, in pictures."""

from __future__ import annotations

import pandas as pd

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.show import svg, svg_labels
from crqlab.show.colours import ACCENT, INK, MUTED, SOFT, WARM
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.records import Record, records


def priority_map(view: ClientView) -> Shown:
    """How much each driver matters, against how far it lies behind its reference.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.drivers.priority_map(view)
    """
    rows, spoken = view.drivers.map, view.language
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["gap"].notna().to_numpy(bool)]
    if len(rows) < 2:
        return Shown("", spoken.say("drivers.chart_none"))
    reference = rows["reference"].iloc[0]
    said = "; ".join(_said(row, spoken) for row in records(rows))
    caption = spoken.say(f"drivers.chart_{reference}")
    title, size = spoken.say("drivers.first"), (480, 320)
    marks = _marks(view, rows, reference)
    drawn = svg.picture("priorities", marks, size=size, title=title, says=said)
    return Shown(svg.figure(drawn, caption), said)


def _said(row: Record, spoken: Language) -> str:
    gap = spoken.number(row.gap, 1, signed=True)
    share = spoken.percent(row.importance)
    code = f"drivers.dot_{row.reference}"
    return spoken.say(code, driver=spoken.term(row.label), share=share, gap=gap)


def _marks(view: ClientView, rows: pd.DataFrame, reference: str) -> list[str]:
    """Axes with the reference as a line, and the drivers."""
    spoken = view.language
    ahead = rows.assign(x=-rows["gap"], left=-rows["gap_high"], right=-rows["gap_low"])
    size = view.instrument.scale.high - view.instrument.scale.low
    known = [*ahead["x"], *ahead["left"], *ahead["right"], 0.0]
    across = svg.Axis(*svg.around(known, -size, size, least=1.5), 52, 468)
    tall = 100 * rows[["importance", "importance_low", "importance_high"]]
    high = min(100.0, 1.1 * float(tall.max(axis=None)))
    low = max(0.0, float(tall.min(axis=None)) - 0.1 * high)
    down = svg.Axis(low, high, 268, 26)
    marks = [*svg.beside(down, 52, right=468, spoken=spoken)]
    label = spoken.say(f"drivers.ahead_{reference}")
    marks += svg.below(across, 274, top=26, label=label, spoken=spoken)
    importance = spoken.say("drivers.importance_axis")
    marks.append(svg.words(12, 15, importance, anchor="start", ink=MUTED, size=12))
    if across.low < 0 < across.high:
        marks.append(svg.line(across.at(0), 26, across.at(0), 274, ink=INK, width=1.5))
        place = spoken.say(f"drivers.at_{reference}")
        marks.append(svg.words(across.at(0), 15, place, size=11))
    return marks + _dots(ahead, across, down, spoken)


def _dots(rows: pd.DataFrame, across: svg.Axis, down: svg.Axis, spoken: Language) -> list[str]:
    bars, dots, found = [], [], records(rows)
    spots = [(across.at(row.x), down.at(100 * row.importance)) for row in found]
    for place, (row, (x, y)) in enumerate(zip(found, spots, strict=True)):
        if row.left == row.left:
            ends = across.at(row.left), across.at(row.right)
            bars.append(svg.line(ends[0], y, ends[1], y, ink=SOFT, width=2))
        low, high = (down.at(100 * value) for value in (row.importance_low, row.importance_high))
        bars.append(svg.line(x, low, x, high, ink=SOFT, width=2))
        dots.append(svg.dot(x, y, ink=WARM if place == 0 else ACCENT, radius=6))
    said, room = [spoken.term(row.label) for row in found], (54, 20, 476, 272)
    bold = [place == 0 for place in range(len(found))]
    named = svg_labels.labels(spots, said, room=room, radius=6, crossed=True)
    return bars + svg_labels.drawn(named, bold=bold) + dots


_LEFT, _RIGHT, _TOP, _STEP = 150, 380, 40, 30


def driver_gaps(view: ClientView) -> Shown:
    """How far each driver lies behind its reference, the farthest first, as bars.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.drivers.driver_gaps(view)
    """
    rows, spoken = view.drivers.map, view.language
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["gap"].notna().to_numpy(bool)]
    if rows.empty:
        said = spoken.say("decision.fix_unknown")
        return Shown(paragraph(text(said)), said)
    rows = rows.sort_values("gap", ascending=False, kind="stable")
    reference, foot = rows["reference"].iloc[0], _TOP + _STEP * len(rows)
    ends = [*rows["gap"], *rows["gap_low"].dropna(), *rows["gap_high"].dropna(), 0.0, 0.5]
    across = svg.Axis(min(ends), max(ends), _LEFT, _RIGHT)
    label = spoken.say(f"drivers.behind_{reference}")
    marks = svg.below(across, foot, top=_TOP - 14, label=label, spoken=spoken)
    marks.append(svg.line(across.at(0), _TOP - 14, across.at(0), foot, ink=INK, width=1.5))
    head = spoken.say("drivers.weight_head")
    marks.append(svg.words(500, _TOP - 20, head, anchor="end", ink=MUTED, size=12))
    first = view.drivers.first
    named = first["driver"] if first is not None and first["clear"] else None
    for place, row in enumerate(records(rows)):
        marks += _gap(row, across, _TOP + _STEP * place, named == row.driver, spoken)
    said = "; ".join(_said(row, spoken) for row in records(rows))
    title, caption = spoken.say("drivers.gaps"), spoken.say(f"drivers.gaps_{reference}")
    drawn = svg.picture("gaps", marks, size=(510, foot + 46), title=title, says=said)
    return Shown(svg.figure(drawn, caption), said)


def _gap(row: Record, across: svg.Axis, y: float, first: bool, spoken: Language) -> list[str]:
    """A name, its bar from the reference, a line for what chance may do, and its weight."""
    ends = sorted((across.at(0), across.at(row.gap)))
    return [
        svg.words(_LEFT - 10, y + 4, spoken.term(row.label), anchor="end", bold=first),
        svg.box(ends[0], y - 8, ends[1] - ends[0], 16, fill=WARM if first else ACCENT),
        svg.words(500, y + 4, spoken.percent(row.importance), anchor="end"),
        *svg.whisker(across.at(row.gap_low), across.at(row.gap_high), y),
    ]
