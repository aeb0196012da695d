"""How the accounts divide into segments, beside what others have published, as bars."""

from __future__ import annotations

from markupsafe import Markup

from crqlab.page.client_view import ClientView
from crqlab.page.segments.words import segment_words
from crqlab.show import svg
from crqlab.show.colours import LINE, MUTED
from crqlab.show.colours import segments as colours
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.records import Record, records

_LEFT, _RIGHT, _TOP, _STEP = 150, 400, 22, 34


def segment_bars(view: ClientView) -> Shown:
    """Share of the accounts in each segment with its interval, the best segment first.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.segments.segment_bars(view)
    """
    rows, say = view.segments.shares, view.language.say
    rows = rows[rows["segment"].notna() & rows["share"].notna()]
    if rows.empty:
        said = say("segments.shares_none")
        return Shown(paragraph(text(said)), said)
    each, foot = records(rows), _TOP + _STEP * len(rows)
    traits, words = view.segments.traits, segment_words(view)
    ends = [*rows["share"], *rows["high"].dropna(), *traits.expected.values()]
    across, fills = svg.Axis(0, 100 * max(ends), _LEFT, _RIGHT), colours(traits)
    label = say("segments.bars_axis")
    marks = svg.below(across, foot, top=_TOP - 10, label=label, spoken=view.language)
    for place, row in enumerate(each):
        fill, y = fills.get(row.segment, LINE), _TOP + 8 + _STEP * place
        marks += _bar(view, row, across, y, words.name(row.segment), fill)
    said = "; ".join(_said(view, row, words.name(row.segment)) for row in each)
    code = "segments.bars_expected" if traits.expected else "segments.bars_caption"
    level = view.language.percent(each[0].level)
    caption = say(code, level=level, n=int(rows["n"].sum()))
    drawn = svg.picture("segments", marks, size=(480, foot + 46), title=say("segments.bars"),
                        says=said)  # fmt: skip
    return Shown(Markup(svg.figure(drawn, caption)), said)


def _bar(
    view: ClientView, row: Record, across: svg.Axis, y: float, name: str, fill: str
) -> list[str]:
    """A name, its bar with what chance may do, its share, and where the published share is."""
    end = across.at(100 * row.share)
    marks = [
        svg.words(_LEFT - 10, y + 5, name, anchor="end"),
        svg.box(_LEFT, y - 9, end - _LEFT, 18, fill=fill, edge=MUTED),
        svg.words(470, y + 5, view.language.percent(row.share), anchor="end"),
    ]
    marks += svg.whisker(across.at(100 * row.low), across.at(100 * row.high), y)
    expected = view.segments.traits.expected.get(row.segment)
    if expected is not None:
        there = across.at(100 * expected)
        marks.append(svg.line(there, y - 13, there, y + 13, ink=MUTED, width=3))
    return marks


def _said(view: ClientView, row: Record, name: str) -> str:
    spoken = view.language
    span = spoken.span(100 * row.low, 100 * row.high, 0)
    return spoken.say("segments.bar", segment=name, share=spoken.percent(row.share), span=span)
