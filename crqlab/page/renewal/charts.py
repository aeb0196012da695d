"""Where the expected loss lies: accounts as bars, with what the model may err."""

from __future__ import annotations

from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.show import svg
from crqlab.show.colours import MUTED, SOFT, WARM
from crqlab.show.html import Shown
from crqlab.show.number_format import number, span
from crqlab.show.records import records

DRAWN = 10


@formerly
def expected_losses(view: ClientView) -> Shown:
    """Accounts with the greatest expected loss, as bars with their intervals."""
    rows = records(view.renewal.accounts)
    rows = [row for row in rows if row.expected_loss == row.expected_loss][:DRAWN]
    if len(rows) < 2:
        return Shown("", "No expected losses to draw")
    ends = (end for row in rows for end in (row.expected_loss, row.expected_high))
    most = max(end for end in ends if end == end) / 1000
    across, foot = svg.Axis(0, max(most, 1e-9), 178, 462), 22 + 24 * len(rows)
    unit = (
        f"expected loss a year (thousand {view.currency})"
        if view.currency
        else ("expected loss a year (thousands)")
    )
    marks = svg.below(across, foot, top=14, label=unit)
    for place, row in enumerate(rows):
        y = 26 + 24 * place
        end = across.at(row.expected_loss / 1000)
        marks.append(svg.words(168, y + 4, _cut(row.name), anchor="end", size=12))
        marks.append(svg.box(178, y - 7, end - 178, 14, fill=SOFT))
        if row.expected_low == row.expected_low:
            ends = (across.at(v / 1000) for v in (row.expected_low, row.expected_high))
            marks.append(svg.line(next(ends), y, next(ends), y, ink=WARM, width=2))
        marks.append(svg.line(end, y - 7, end, y + 7, ink=MUTED, width=2))
    said = "; ".join(
        f"{row.name} {number(row.expected_loss, 0)} "
        f"({span(row.expected_low, row.expected_high, 0)})"
        for row in rows
    )
    caption = (
        "Where the expected loss lies. Orange: what the model may err; whether an account leaves "
        "at all is chance besides. The numbers stand in the table below."
    )
    size, title = (480, foot + 46), "Expected loss by account"
    drawn = svg.picture("losses", marks, size=size, title=title, says=said)
    return Shown(svg.figure(drawn, caption), said)


def _cut(name: object, most: int = 22) -> str:
    said = str(name)
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"
