"""Every place among peers on one line from the last to the first."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT
from crqlab.show.html import Shown
from crqlab.show.number_format import percent
from crqlab.show.records import Record, records

#: Rows of the picture; the table holds them all.
DRAWN = 14


def percentiles(view: ClientView) -> Shown:
    """Every measure on one line from the last peer to the first."""
    rows = view.benchmark.table
    rows = rows[rows["percentile"].notna()].head(DRAWN)
    if rows.empty:
        return Shown("", "No place to draw")
    across, foot = svg.Axis(0, 100, 172, 462), 26 + 26 * len(rows)
    marks = [svg.box(across.at(90), 14, across.at(100) - across.at(90), foot - 14, fill=PALE)]
    marks += svg.below(across, foot, top=14, label="share of the peers below (%)")
    marks.append(svg.words(across.at(95), 10, "top", ink=MUTED, size=11))
    marks.append(svg.line(across.at(50), 14, across.at(50), foot, ink=LINE, width=2))
    each = records(rows)
    for place, row in enumerate(each):
        y, head = 31 + 26 * place, row.measure in ("crq", "nps")
        marks.append(svg.words(162, y + 4, row.label, anchor="end", size=12, bold=head))
        if row.percentile_low == row.percentile_low:
            ends = (across.at(100 * value) for value in (row.percentile_low, row.percentile_high))
            x1, x2 = ends
            marks.append(svg.line(x1, y, x2, y, ink=SOFT, width=7))
        if row.before == row.before:
            marks.append(svg.dot(across.at(100 * row.before), y, ink=MUTED, hollow=True))
        marks.append(svg.dot(across.at(100 * row.percentile), y, ink=ACCENT if not head else INK))
    said = "; ".join(_said(row) for row in each)
    caption = (
        f"Place among peers with {percent(view.benchmark.level)} intervals: on the left the last, "
        "on the right the first. Shaded: the top decile. Hollow: the wave before."
    )
    size, title = (480, foot + 46), "Place among peers"
    drawn = svg.picture("places", marks, size=size, title=title, says=said)
    return Shown(svg.figure(drawn, caption), said)


def _said(row: Record) -> str:
    between = ends(row.percentile_low, row.percentile_high)
    return f"{row.label} {percent(row.percentile)} ({between})"


def ends(low: float, high: float) -> str:
    """Write an interval of shares."""
    return f"{percent(low)} to {percent(high)}" if low == low else "open"
