"""The report's pictures: one function, one picture, written directly as SVG.

Direct drawing takes a hundredth of a plotting library's time, gives the same bytes on every
machine and keeps text readable for screens, printers and screen readers.
"""

from __future__ import annotations

from itertools import pairwise
from math import isnan

from crqlab.page.bridge import formerly
from crqlab.page.client_view import ClientView
from crqlab.show import svg, svg_labels
from crqlab.show.colours import ACCENT, INK, MUTED, WARM
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.number_format import count, decimals, number, percent, span
from crqlab.show.records import Record, records

__all__ = ["ends", "ltr", "trend", "uniqueness"]

NAMED = 40  # accounts that still fit on a page with their names
FEW = 3  # accounts that make a picture


def ends(view: ClientView, measure: str) -> tuple[float, float]:
    """Return the two ends of a measure's scale."""
    scale = view.instrument.scale
    fixed = {"nps": (-100.0, 100.0), "mean_ltr": (0.0, 10.0)}
    return fixed.get(measure, (float(scale.low), float(scale.high)))


def trend(view: ClientView) -> Shown:
    """CRQ and NPS over the waves, each with its interval."""
    drawn = [_waves(view, measure) for measure in ("crq", "nps")]
    drawn = [picture for picture in drawn if picture]
    if not drawn:
        said = f"Wave {view.wave} is the first with scores; a trend starts with the next."
        return Shown(paragraph(text(said)), said)
    level = percent(view.scores.trend["level"].iloc[0])
    caption = (
        f"CRQ and NPS, wave by wave. Bars are {level} intervals; where they overlap widely, "
        "read no trend into two dots. The numbers stand below."
    )
    said = "; ".join(_said(view, measure) for measure in ("crq", "nps"))
    return Shown(svg.figure("\n".join(drawn), caption), f"Trend. {said}")


def _waves(view: ClientView, measure: str) -> str:
    rows = _past(view, measure)
    if len(rows) < 2:
        return ""
    places, known = decimals(measure), [v for row in rows for v in (row.low, row.high, row.value)]
    limits = svg.around(known, *ends(view, measure), least=60 if measure == "nps" else 2)
    down = svg.Axis(*limits, 190, 40)
    step = 250 / len(rows)
    xs = [60 + step * (i + 0.5) for i in range(len(rows))]
    marks = [*svg.beside(down, 50, right=316)]
    marks += [
        svg.line(x1, down.at(one.value), x2, down.at(two.value), ink=MUTED)
        for (x1, one), (x2, two) in pairwise(zip(xs, rows, strict=True))
    ]
    for x, row in zip(xs, rows, strict=True):
        if row.low == row.low and row.high == row.high:
            marks.append(svg.line(x, down.at(row.low), x, down.at(row.high), ink=ACCENT, width=3))
        value = number(row.value, places, signed=measure == "nps")
        marks.append(svg.dot(x, down.at(row.value), ink=ACCENT, radius=5.5))
        top = row.value if isnan(row.high) else row.high
        marks.append(svg.words(x, down.at(top) - 8, value, bold=True))
        marks.append(svg.words(x, 212, row.wave, ink=MUTED, size=12))
    label = view.instrument.label(measure)
    marks.append(svg.words(12, 20, axis(view, measure), anchor="start", ink=INK, bold=True))
    said = _said(view, measure)
    return svg.picture(
        f"trend-{measure}", marks, size=(330, 224), title=f"{label} by wave", says=said
    )


def axis(view: ClientView, measure: str) -> str:
    low, high = ends(view, measure)
    unit = "points" if measure == "nps" else "scale points"
    return f"{view.instrument.label(measure)} ({unit}, {low:g} to {high:g})".replace("-", "−")


def _said(view: ClientView, measure: str) -> str:
    places, signed = decimals(measure), measure == "nps"
    return f"{view.instrument.label(measure)}: " + ", ".join(
        f"{row.wave} {number(row.value, places, signed=signed)} "
        f"({span(row.low, row.high, places, signed=signed)})"
        for row in _past(view, measure)
    )


def _past(view: ClientView, measure: str) -> list[Record]:
    """What is known of a measure, wave by wave."""
    rows = records(view.scores.trend)
    return [row for row in rows if row.measure == measure and row.value == row.value]


def ltr(view: ClientView) -> Shown:
    """How many people gave each answer from 0 to 10, and which kind that makes them."""
    rows = view.scores.ltr
    if rows.empty:
        few = f"fewer than {view.privacy.min_scores} people answered it"
        why = few if view.instrument.recommend else "the questionnaire does not ask it"
        said = f"Likely to recommend is not shown: {why}."
        return Shown(paragraph(text(said)), said)
    n, across = int(rows["n"].sum()), svg.Axis(-0.5, 10.5, 5, 475)
    tall = svg.Axis(0, float(rows["n"].max()), 150, 40)
    kinds = {"Detractors": (0, 6, WARM), "Passives": (7, 8, MUTED), "Promoters": (9, 10, ACCENT)}
    marks = [svg.line(5, 150, 475, 150, ink=MUTED)]
    said = []
    for kind, (first, last, ink) in kinds.items():
        some = rows[rows["answer"].between(first, last)]
        for row in records(some):
            x, y = across.at(row.answer - 0.42), tall.at(row.n)
            marks.append(svg.box(x, y, 36, 150 - y, fill=ink))
            marks.append(svg.words(across.at(row.answer), y - 5, f"{row.n:,}", size=12))
            marks.append(svg.words(across.at(row.answer), 167, row.answer, ink=MUTED, size=12))
        of = int(some["n"].sum())
        label = f"{kind} {of:,} ({percent(of / n)})"
        said.append(label)
        left, right = across.at(first - 0.42), across.at(last + 0.42)
        marks.append(svg.line(left, 178, right, 178, ink=ink, width=3))
        middle, share = (left + right) / 2, f"{of:,} ({percent(of / n)})"
        marks.append(svg.words(middle, 197, kind, ink=ink, bold=True))
        marks.append(svg.words(middle, 213, share, ink=ink))
    sentence = f"Likely to recommend, {count(n, 'answer')}: {', '.join(said)}"
    drawn = svg.picture("ltr", marks, size=(480, 220), title="Answers from 0 to 10", says=sentence)
    caption = (
        f"Likely to recommend, 0 to 10: people per answer, n = {n:,}. NPS is the share of "
        "promoters minus the share of detractors; these are counts, so they have no interval."
    )
    return Shown(svg.figure(drawn, caption), sentence)


def uniqueness(view: ClientView) -> Shown:
    """What accounts get against how they get it: Solution across, Experience upwards."""
    asked = view.instrument
    if len(asked.uniqueness) < 2:
        said = "This questionnaire has no two constructs of which uniqueness is made."
        return Shown(paragraph(text(said)), said)
    one, two = asked.uniqueness[:2]
    axes = (view.scored[name].to_numpy(float).tolist() for name in (one, two))
    spots = [spot for spot in zip(*axes, range(1, len(view.scored) + 1), strict=True)
             if spot[0] == spot[0] and spot[1] == spot[1]]  # fmt: skip
    if len(spots) < FEW:
        least = view.privacy.min_scores
        said = f"Fewer than {FEW} accounts have {least} or more respondents: no picture."
        return Shown(paragraph(text(said)), said)
    title = f"{asked.label(one)} and {asked.label(two)} of each account"
    over = [
        view.measure(name)["value"] if view.measure(name) is not None else float("nan")
        for name in (one, two)
    ]
    both = sum(first > over[0] and second > over[1] for first, second, _ in spots)
    said = (
        f"{both} of {count(len(spots), 'account')} with {view.privacy.min_scores} or more "
        f"respondents lie above the client's own mean in both {asked.label(one)} "
        f"({number(over[0])}) and {asked.label(two)} ({number(over[1])})"
    )
    which = "Numbers are the accounts' places in the account table, with their n and interval there"
    if len(spots) > NAMED:
        which = "Each dot is one account; the account table has their n and intervals"
    caption = (
        f"{asked.label(one)} and {asked.label(two)}, account means. {said}. Lines are the client's "
        f"means. {which}: with few answers a place in this picture is uncertain."
    )
    return Shown(svg.figure(_field(view, spots, over, title, said), caption), said)


def _field(
    view: ClientView,
    spots: list[tuple[float, float, int]],
    over: list[float],
    title: str,
    said: str,
) -> str:
    one, two = view.instrument.uniqueness[:2]
    scale = ends(view, "crq")
    across = svg.Axis(
        *svg.around([*(spot[0] for spot in spots), over[0]], *scale, least=3), 56, 466
    )
    down = svg.Axis(*svg.around([*(spot[1] for spot in spots), over[1]], *scale, least=3), 360, 16)
    marks = svg.beside(down, 50, right=472)
    marks += svg.below(across, 366, top=10, label=f"{view.instrument.label(one)} (scale points)")
    if over[0] == over[0]:
        marks.append(svg.line(across.at(over[0]), 10, across.at(over[0]), 366, ink=INK, width=1.5))
    if over[1] == over[1]:
        marks.append(svg.line(50, down.at(over[1]), 472, down.at(over[1]), ink=INK, width=1.5))
    label = f"{view.instrument.label(two)} (scale points)"
    marks.append(svg.words(-188, 14, label, ink=MUTED, size=12).replace("<text", _TURNED, 1))
    dots = [(across.at(first), down.at(second)) for first, second, _ in spots]
    marks += [svg.dot(x, y, ink=ACCENT, radius=4) for x, y in dots]
    if len(spots) <= NAMED:
        room, places = (52, 10, 474, 364), [place for *_, place in spots]
        numbers = svg_labels.labels(dots, places, room=room, radius=4, size=11)
        marks += svg_labels.drawn(numbers, size=11)
    return svg.picture("uniqueness", marks, size=(480, 412), title=title, says=said)


_TURNED = '<text transform="rotate(-90)"'


trend, ltr, uniqueness = map(formerly, (trend, ltr, uniqueness))
