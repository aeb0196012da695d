"""Pictures of the client's scores: wave by wave, answer by answer, account by account."""

from __future__ import annotations

from itertools import pairwise
from math import isnan, nan

from crqlab.page.client_view import ClientView
from crqlab.page.scores.scales import ends
from crqlab.show import svg, svg_labels
from crqlab.show.colours import ACCENT, INK, MUTED, WARM
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.number_format import decimals
from crqlab.show.records import Record, records
from crqlab.stats.nps import LAST_DETRACTOR, LAST_PASSIVE

NAMED = 40  # accounts whose places still fit beside their dots
FEW = 3  # accounts that make a picture
#: Kinds of answers to "likely to recommend": the first, the last, and their ink.
KINDS = {
    "detractors": (0, LAST_DETRACTOR, WARM),
    "passives": (LAST_DETRACTOR + 1, LAST_PASSIVE, MUTED),
    "promoters": (LAST_PASSIVE + 1, 10, ACCENT),
}
_LEFT, _FLOOR = 5, 150  # of the bars of answers, in pixels
_TURNED = '<text transform="rotate(-90)"'


def trend(view: ClientView) -> Shown:
    """CRQ and NPS over the waves, each with its interval.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.trend(view)
    """
    say = view.language.say
    drawn = {measure: _waves(view, measure) for measure in ("crq", "nps")}
    drawn = {measure: picture for measure, picture in drawn.items() if picture}
    if not drawn:
        said = say("scores.trend_none", wave=view.wave)
        return Shown(paragraph(text(said)), said)
    level = view.language.percent(view.scores.trend["level"].iloc[0])
    courses = "; ".join(_course(view, measure) for measure in drawn)
    told = view.language.listed([measure.upper() for measure in drawn])
    html = svg.figure("\n".join(drawn.values()), say("scores.trend", measures=told, level=level))
    return Shown(html, say("scores.trend_aloud", courses=courses))


def _waves(view: ClientView, measure: str) -> str:
    rows = _past(view, measure)
    if len(rows) < 2:
        return ""
    known = [value for row in rows for value in (row.low, row.high, row.value)]
    limits = svg.around(known, *ends(view, measure), least=60 if measure == "nps" else 2)
    down = svg.Axis(*limits, 190, 40)
    step = 250 / len(rows)
    xs = [60 + step * (i + 0.5) for i in range(len(rows))]
    marks = [*svg.beside(down, 50, right=316, spoken=view.language)]
    marks += [
        svg.line(x1, down.at(one.value), x2, down.at(two.value), ink=MUTED)
        for (x1, one), (x2, two) in pairwise(zip(xs, rows, strict=True))
    ]
    for x, row in zip(xs, rows, strict=True):
        marks += _wave(view, row, x, down)
    marks.append(svg.words(12, 20, _axis(view, measure), anchor="start", ink=INK, bold=True))
    title = view.language.say("scores.by_wave", label=_label(view, measure))
    said = _course(view, measure)
    return svg.picture(f"trend-{measure}", marks, size=(330, 224), title=title, says=said)


def _wave(view: ClientView, row: Record, x: float, down: svg.Axis) -> list[str]:
    """One wave's value with its interval and its name."""
    marks = []
    if row.low == row.low and row.high == row.high:
        marks.append(svg.line(x, down.at(row.low), x, down.at(row.high), ink=ACCENT, width=3))
    value = _value(view, row.measure, row.value)
    top = row.value if isnan(row.high) else row.high
    return [
        *marks,
        svg.dot(x, down.at(row.value), ink=ACCENT, radius=5.5),
        svg.words(x, down.at(top) - 8, value, bold=True),
        svg.words(x, 212, row.wave, ink=MUTED, size=12),
    ]


def _label(view: ClientView, measure: str) -> str:
    return view.language.term(view.instrument.label(measure))


def _axis(view: ClientView, measure: str) -> str:
    low, high = ends(view, measure)
    code = "scores.axis_nps" if measure == "nps" else "scores.axis"
    return view.language.say(code, label=_label(view, measure), low=low, high=high)


def _value(view: ClientView, measure: str, value: float) -> str:
    return view.language.number(value, decimals(measure), signed=measure == "nps")


def _course(view: ClientView, measure: str) -> str:
    """A measure's values and intervals, wave by wave, in words."""
    spoken, places, signed = view.language, decimals(measure), measure == "nps"
    values = [
        spoken.say(
            "scores.at_wave",
            wave=row.wave,
            value=_value(view, measure, row.value),
            span=spoken.span(row.low, row.high, places, signed=signed),
        )
        for row in _past(view, measure)
    ]
    return spoken.say("scores.course", label=_label(view, measure), values=", ".join(values))


def _past(view: ClientView, measure: str) -> list[Record]:
    """What is known of a measure, wave by wave."""
    rows = records(view.scores.trend)
    return [row for row in rows if row.measure == measure and row.value == row.value]


def ltr(view: ClientView) -> Shown:
    """How many people gave each answer from 0 to 10, and which kind that makes them.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.ltr(view)
    """
    spoken, say, rows = view.language, view.language.say, view.scores.ltr
    if rows.empty:
        code = "scores.ltr_few" if view.instrument.recommend else "scores.ltr_not_asked"
        said = say(code, minimum=view.privacy.min_scores)
        return Shown(paragraph(text(said)), said)
    n, counted = int(rows["n"].sum()), rows.set_index("answer")["n"]
    across = svg.Axis(-0.5, 10.5, _LEFT, 475)
    tall = svg.Axis(0, float(rows["n"].max()), _FLOOR, 40)
    marks, said = [svg.line(_LEFT, _FLOOR, 475, _FLOOR, ink=MUTED)], []
    for kind, (first, last, ink) in KINDS.items():
        for answer in range(first, last + 1):
            marks += _bar(view, answer, int(counted.get(answer, 0)), across, tall, ink)
        of = int(counted.loc[first:last].sum())
        told = {"n": of, "share": spoken.percent(of / n)}
        name = say(f"scores.{kind}")
        said.append(say("scores.kind_aloud", kind=name, **told))
        left, right = across.at(first - 0.42), across.at(last + 0.42)
        share, middle = say("scores.kind_share", **told), (left + right) / 2
        marks.append(svg.line(left, 178, right, 178, ink=ink, width=3))
        marks.append(svg.words(middle, 197, name, ink=ink, bold=True))
        marks.append(svg.words(middle, 213, share, ink=ink))
    sentence = say("scores.ltr_aloud", n=n, kinds=", ".join(said))
    title = say("scores.ltr_title")
    drawn = svg.picture("ltr", marks, size=(480, 220), title=title, says=sentence)
    code = "scores.ltr_weighted" if view.scores.weighted else "scores.ltr"
    return Shown(svg.figure(drawn, say(code, n=n)), sentence)


def _bar(
    view: ClientView, answer: int, n: int, across: svg.Axis, tall: svg.Axis, ink: str
) -> list[str]:
    """One answer: a bar, how many gave it, and which it is."""
    x, y, middle = across.at(answer - 0.42), tall.at(n), across.at(answer)
    return [
        svg.box(x, y, 36, _FLOOR - y, fill=ink),
        svg.words(middle, y - 5, view.language.number(n, 0), size=12),
        svg.words(middle, 167, answer, ink=MUTED, size=12),
    ]


def uniqueness(view: ClientView) -> Shown:
    """What accounts get against how they get it: Solution across, Experience upwards.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.scores.uniqueness(view)
    """
    spoken, say, least = view.language, view.language.say, view.privacy.min_scores
    if len(view.instrument.uniqueness) < 2:
        said = say("scores.uniqueness_none")
        return Shown(paragraph(text(said)), said)
    pair = view.instrument.uniqueness[:2]
    spots = _spots(view, pair)
    if len(spots) < FEW:
        said = say("scores.uniqueness_few", n=FEW, minimum=least)
        return Shown(paragraph(text(said)), said)
    labels = {"first": _label(view, pair[0]), "second": _label(view, pair[1])}
    means = [nan if row is None else float(row["value"]) for row in map(view.measure, pair)]
    said = say(
        "scores.uniqueness_aloud",
        n=sum(first > means[0] and second > means[1] for first, second, _ in spots),
        m=len(spots),
        minimum=least,
        mean=spoken.number(means[0]),
        other=spoken.number(means[1]),
        **labels,
    )
    code = "scores.uniqueness_dots" if len(spots) > NAMED else "scores.uniqueness_places"
    marks, title = _field(view, spots, means), say("scores.uniqueness", **labels)
    drawn = svg.picture("uniqueness", marks, size=(480, 412), title=title, says=said)
    return Shown(svg.figure(drawn, say(code, said=said, **labels)), said)


def _spots(view: ClientView, pair: tuple[str, ...]) -> list[tuple[float, float, int]]:
    """Accounts that have both means, with their places in the account table."""
    axes = (view.scored[name].to_numpy(float).tolist() for name in pair)
    every = zip(*axes, range(1, len(view.scored) + 1), strict=True)
    return [spot for spot in every if spot[0] == spot[0] and spot[1] == spot[1]]


def _field(
    view: ClientView, spots: list[tuple[float, float, int]], means: list[float]
) -> list[str]:
    """Dots between two axes, with a line at each of the client's means."""
    spoken, scale = view.language, ends(view, "crq")
    titles = [
        spoken.say("scores.axis_points", label=_label(view, name))
        for name in view.instrument.uniqueness[:2]
    ]
    room = [svg.around([*(spot[i] for spot in spots), means[i]], *scale, least=3) for i in (0, 1)]
    across, down = svg.Axis(*room[0], 56, 466), svg.Axis(*room[1], 360, 16)
    marks = svg.beside(down, 50, right=472, spoken=spoken)
    marks += svg.below(across, 366, top=10, label=titles[0], spoken=spoken)
    if means[0] == means[0]:
        x = across.at(means[0])
        marks.append(svg.line(x, 10, x, 366, ink=INK, width=1.5))
    if means[1] == means[1]:
        y = down.at(means[1])
        marks.append(svg.line(50, y, 472, y, ink=INK, width=1.5))
    upright = svg.words(-188, 14, titles[1], ink=MUTED, size=12)
    marks.append(upright.replace("<text", _TURNED, 1))
    dots = [(across.at(first), down.at(second)) for first, second, _ in spots]
    marks += [svg.dot(x, y, ink=ACCENT, radius=4) for x, y in dots]
    if len(spots) <= NAMED:
        places = [place for *_, place in spots]
        numbers = svg_labels.labels(dots, places, room=(52, 10, 474, 364), radius=4, size=11)
        marks += svg_labels.drawn(numbers, size=11)
    return marks
