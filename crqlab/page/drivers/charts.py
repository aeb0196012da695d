"""How much each driver matters, against how far it lies behind its reference, in one picture."""

from __future__ import annotations

import pandas as pd

from crqlab.page.client_view import ClientView
from crqlab.show import svg, svg_labels
from crqlab.show.colours import ACCENT, INK, MUTED, SOFT, WARM
from crqlab.show.html import Shown
from crqlab.show.number_format import number, percent
from crqlab.show.records import records


def priority_map(view: ClientView) -> Shown:
    """How much each driver matters, against how far it lies behind its reference."""
    rows = view.drivers.map
    rows = rows[~rows["withheld"].to_numpy(bool) & rows["gap"].notna().to_numpy(bool)]
    if len(rows) < 2:
        return Shown("", "Fewer than two drivers: no map")
    ahead = rows.assign(x=-rows["gap"], left=-rows["gap_high"], right=-rows["gap_low"])
    top = rows["reference"].iloc[0] == "top_decile"
    place = "the top decile" if top else "the end of the scale"
    size = view.instrument.scale.high - view.instrument.scale.low
    known = [*ahead["x"], *ahead["left"], *ahead["right"], 0.0]
    across = svg.Axis(*svg.around(known, -size, size, least=1.5), 52, 468)
    tall = 100 * rows[["importance", "importance_low", "importance_high"]]
    high = min(100.0, 1.1 * float(tall.max(axis=None)))
    low = max(0.0, float(tall.min(axis=None)) - 0.1 * high)
    down = svg.Axis(low, high, 268, 26)
    marks = [*svg.beside(down, 52, right=468)]
    marks += svg.below(across, 274, top=26, label=f"ahead of {place} (scale points)")
    marks.append(svg.words(12, 15, "importance (%)", anchor="start", ink=MUTED, size=12))
    if across.low < 0 < across.high:
        marks.append(svg.line(across.at(0), 26, across.at(0), 274, ink=INK, width=1.5))
        marks.append(svg.words(across.at(0), 15, place, size=11))
    marks += _dots(ahead, across, down)
    said = "; ".join(
        f"{row.label}: importance {percent(row.importance)}, {number(row.gap, 1, signed=True)} "
        f"points to {place}"
        for row in records(rows)
    )
    caption = (
        f"What matters, and how far it lies behind {place}: what stands high and left is to be "
        "fixed first; orange is the likeliest. Bars are the intervals of both; the numbers stand "
        "in the table below."
    )
    drawn = svg.picture("priorities", marks, size=(480, 320), title="What to fix first", says=said)
    return Shown(svg.figure(drawn, caption), said)


def _dots(rows: pd.DataFrame, across: svg.Axis, down: svg.Axis) -> list[str]:
    bars, dots, found = [], [], records(rows)
    spots = [(across.at(row.x), down.at(100 * row.importance)) for row in found]
    for place, (row, (x, y)) in enumerate(zip(found, spots, strict=True)):
        if row.left == row.left:
            ends = across.at(row.left), across.at(row.right)
            bars.append(svg.line(ends[0], y, ends[1], y, ink=SOFT, width=2))
        low, high = (down.at(100 * value) for value in (row.importance_low, row.importance_high))
        bars.append(svg.line(x, low, x, high, ink=SOFT, width=2))
        dots.append(svg.dot(x, y, ink=WARM if place == 0 else ACCENT, radius=6))
    said, room = [row.label for row in found], (54, 20, 476, 272)
    bold = [place == 0 for place in range(len(found))]
    named = svg_labels.labels(spots, said, room=room, radius=6, crossed=True)
    return bars + svg_labels.drawn(named, bold=bold) + dots
