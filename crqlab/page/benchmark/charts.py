"""Every place among peers on one line from the last to the first."""

from __future__ import annotations

from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK, LINE, MUTED, PALE, SOFT
from crqlab.show.html import Shown
from crqlab.show.records import Record, records

#: Rows of the picture; the table holds them all.
DRAWN = 14


def percentiles(view: ClientView) -> Shown:
    """Every measure on one line from the last peer to the first.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.benchmark.percentiles(view)
    """
    rows, spoken, say = view.benchmark.table, view.language, view.language.say
    rows = rows[rows["percentile"].notna()].head(DRAWN)
    if rows.empty:
        return Shown("", say("benchmark.chart_none"))
    each, foot = records(rows), 26 + 26 * len(rows)
    marks = _marks(each, foot, spoken)
    said = "; ".join(_said(row, spoken) for row in each)
    caption = say("benchmark.chart", level=spoken.percent(view.benchmark.level))
    size, title = (480, foot + 46), say("benchmark.place")
    drawn = svg.picture("places", marks, size=size, title=title, says=said)
    return Shown(svg.figure(drawn, caption), said)


def _marks(rows: list[Record], foot: float, spoken: Language) -> list[str]:
    """Bands of the panel, and on them the interval and the place of every measure."""
    across, say = svg.Axis(0, 100, 172, 462), spoken.say
    marks = [svg.box(across.at(90), 14, across.at(100) - across.at(90), foot - 14, fill=PALE)]
    marks += svg.below(across, foot, top=14, label=say("benchmark.axis"), spoken=spoken)
    marks.append(svg.words(across.at(95), 10, say("benchmark.top"), ink=MUTED, size=11))
    marks.append(svg.line(across.at(50), 14, across.at(50), foot, ink=LINE, width=2))
    for place, row in enumerate(rows):
        y, head = 31 + 26 * place, row.measure in ("crq", "nps")
        label = spoken.term(row.label)
        marks.append(svg.words(162, y + 4, label, anchor="end", size=12, bold=head))
        if row.percentile_low == row.percentile_low:
            x1, x2 = across.at(100 * row.percentile_low), across.at(100 * row.percentile_high)
            marks.append(svg.line(x1, y, x2, y, ink=SOFT, width=7))
        if row.before == row.before:
            marks.append(svg.dot(across.at(100 * row.before), y, ink=MUTED, hollow=True))
        marks.append(svg.dot(across.at(100 * row.percentile), y, ink=ACCENT if not head else INK))
    return marks


def _said(row: Record, spoken: Language) -> str:
    span = shares(row.percentile_low, row.percentile_high, spoken)
    share = spoken.percent(row.percentile)
    return spoken.say("benchmark.dot", measure=spoken.term(row.label), share=share, span=span)


def shares(low: float, high: float, spoken: Language) -> str:
    """Write an interval of shares, each end as per cent."""
    if low != low:
        return spoken.say("common.open")
    return spoken.say("common.span", low=spoken.percent(low), high=spoken.percent(high))
