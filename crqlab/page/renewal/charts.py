"""Where the expected loss lies: accounts as bars, with what the model may err."""

from __future__ import annotations

from crqlab.page.client_view import ClientView
from crqlab.show import svg
from crqlab.show.colours import MUTED, SOFT, WARM
from crqlab.show.html import Shown
from crqlab.show.records import Record, records

DRAWN = 10  # accounts
LONGEST = 22  # letters of a name that stand beside a bar
_LEFT, _TOP, _STEP = 178, 26, 24


def expected_losses(view: ClientView) -> Shown:
    """Accounts with the greatest expected loss, as bars with their intervals.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.renewal.expected_losses(view)
    """
    say = view.language.say
    rows = records(view.renewal.accounts)
    rows = [row for row in rows if row.expected_loss == row.expected_loss][:DRAWN]
    if len(rows) < 2:
        return Shown("", say("renewal.chart_none"))
    ends = (end for row in rows for end in (row.expected_loss, row.expected_high))
    most = max(end for end in ends if end == end) / 1000
    across, foot = svg.Axis(0, max(most, 1e-9), _LEFT, 462), _TOP - 4 + _STEP * len(rows)
    unit = "renewal.chart_axis_in" if view.currency else "renewal.chart_axis"
    label = say(unit, currency=view.currency)
    marks = [*svg.below(across, foot, top=14, label=label, spoken=view.language)]
    for place, row in enumerate(rows):
        marks += _bar(row, across, _TOP + _STEP * place)
    said = "; ".join(_said(view, row) for row in rows)
    size, title = (480, foot + 46), say("renewal.chart")
    drawn = svg.picture("losses", marks, size=size, title=title, says=said)
    return Shown(svg.figure(drawn, say("renewal.chart_caption")), said)


def _bar(row: Record, across: svg.Axis, y: float) -> list[str]:
    """A name, its bar, and a line for what the model may err."""
    end = across.at(row.expected_loss / 1000)
    marks = [
        svg.words(168, y + 4, _cut(row.name), anchor="end", size=12),
        svg.box(_LEFT, y - 7, end - _LEFT, 14, fill=SOFT),
    ]
    if row.expected_low == row.expected_low:
        low, high = (across.at(v / 1000) for v in (row.expected_low, row.expected_high))
        marks.append(svg.line(low, y, high, y, ink=WARM, width=2))
    return [*marks, svg.line(end, y - 7, end, y + 7, ink=MUTED, width=2)]


def _said(view: ClientView, row: Record) -> str:
    spoken = view.language
    span = spoken.span(row.expected_low, row.expected_high, 0)
    loss = spoken.number(row.expected_loss, 0)
    return spoken.say("renewal.chart_bar", account=row.name, loss=loss, span=span)


def _cut(name: object) -> str:
    said = str(name)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"
