"""The report's pictures of participation, written directly as SVG."""

from __future__ import annotations

from typing import Any

from crqlab.page.client_view import ClientView
from crqlab.page.participation.html import VIEWS, label, percents, score
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK, MUTED, PALE, SOFT, WARM
from crqlab.show.html import Shown
from crqlab.show.number_format import decimals
from crqlab.show.records import records

_TOP, _FOOT = 74, 214


def completion_histogram(view: ClientView) -> Shown:
    """Where the client's completion lies among all clients', beside published facts.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.completion_histogram(view)
    """
    row, spoken, say = view.participation.share("contacts"), view.language, view.language.say
    if row is None:
        return Shown("", say("participation.completion_unknown"))
    across = svg.Axis(0, 100, 24, 466)
    said = _rank_said(view, row)
    marks = [*_published(view, across), *_others(view, across)]
    axis = say("participation.histogram_axis")
    marks += svg.below(across, _FOOT, top=_FOOT - 4, label=axis, spoken=spoken)
    marks.append(svg.line(24, _FOOT, 466, _FOOT, ink=MUTED))
    if row["low"] == row["low"]:
        x1, x2 = (across.at(100 * row[end]) for end in ("low", "high"))
        marks.append(svg.line(x1, 58, x2, 58, ink=SOFT, width=6))
    marks += _own(view, row, across)
    title, n = say("participation.histogram"), view.participation.n_others
    drawn = svg.picture("standing", marks, size=(480, 258), title=title, says=said)
    kind = "_others" if n else ""
    caption = say(
        f"participation.histogram_caption{kind}",
        n=n, level=spoken.percent(row["level"]), **_facts(view),
    )  # fmt: skip
    return Shown(svg.figure(drawn, caption), said)


def _facts(view: ClientView) -> dict[str, str]:
    """Published facts in words: the most common completion, and the average."""
    facts = view.participation.published
    common = percents(view.language, *facts["most_common"])
    return {"common": common, "average": view.language.percent(facts["average_about"][0])}


def _own(view: ClientView, row: dict[str, Any], across: svg.Axis) -> list[str]:
    """Draw this client's line, with its name beside it where there is room."""
    here = 100 * float(row["value"])
    x = across.at(here)
    anchor = "start" if here < 25 else "end" if here > 75 else "middle"
    said = view.language.say("participation.this_client", share=view.language.percent(row["value"]))
    left = {"start": x - 2, "end": x - 122, "middle": x - 62}[anchor]
    return [
        svg.line(x, 58, x, _FOOT, ink=ACCENT, width=2),
        svg.dot(x, 58, ink=ACCENT, radius=6),
        svg.box(left, 31, 124, 17, fill="#ffffff"),
        svg.words(x, 44, said, anchor=anchor, ink=ACCENT, bold=True),
    ]


def _published(view: ClientView, across: svg.Axis) -> list[str]:
    """Published facts, behind everything else."""
    facts, say = view.participation.published, view.language.say
    low, high = facts["most_common"]
    x1, x2 = across.at(100 * low - 0.5), across.at(100 * high + 0.5)
    x = across.at(100 * facts["average_about"][0])
    common, average = say("participation.most_common"), say("participation.average")
    return [
        svg.box(x1, 22, x2 - x1, _FOOT - 22, fill=PALE),
        svg.line(x, 22, x, _FOOT, ink=MUTED, width=1.5),
        svg.words(x1 - 4, 16, common, anchor="end", ink=MUTED, size=12),
        svg.words(x + 4, 16, average, anchor="start", ink=MUTED, size=12),
    ]


def _others(view: ClientView, across: svg.Axis) -> list[str]:
    """A bar for every band, with its count of other clients."""
    rows = view.participation.bands
    if rows.empty:
        return []
    tall = svg.Axis(0, float(rows["n"].max()), _FOOT, _TOP + 14)
    marks = []
    for row in records(rows[rows["n"] > 0]):
        start = across.at(0 if row.low == 0 else row.low - 0.5)
        width, y = across.at(row.high + 0.5) - start, tall.at(row.n)
        said = view.language.number(row.n, 0)
        marks.append(svg.box(start + 0.8, y, width - 1.6, _FOOT - y, fill=SOFT))
        marks.append(svg.words(start + width / 2, y - 3, said, ink=INK, size=11))
    return marks


def _rank_said(view: ClientView, row: dict[str, Any]) -> str:
    spoken, rank = view.language, view.participation.rank
    kind = ("_interval" if row["low"] == row["low"] else "") + ("_place" if rank else "")
    answered = spoken.say(
        f"participation.answered{kind}",
        share=spoken.percent(row["value"]),
        between=percents(spoken, row["low"], row["high"]),
        below=spoken.percent(rank["percentile"]) if rank else "",
        n=view.participation.n_others,
    )
    return spoken.say("participation.answered_published", answered=answered, **_facts(view))


def score_bounds(view: ClientView) -> Shown:
    """CRQ and NPS as answered, adjusted, and at their bounds.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> view = crq.page.view(study, client="C017", wave="2025")
    >>> shown = crq.page.participation.score_bounds(view)
    """
    drawn = [_views(view, measure) for measure in ("crq", "nps")]
    drawn = [picture for picture in drawn if picture]
    if not drawn:
        return Shown("", view.language.say("participation.silent_unknown"))
    level = view.language.percent(float(view.participation.nonresponse["level"].iloc[0]))
    caption = view.language.say("participation.bounds_caption", level=level)
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
    scale, say = view.instrument.scale, view.language.say
    fixed = (-100.0, 100.0) if measure == "nps" else (float(scale.low), float(scale.high))
    known = [row[end] for row in rows.values() for end in ("value", "low", "high")]
    limits = svg.around(known, *fixed, least=60 if measure == "nps" else 2)
    across, foot = svg.Axis(*limits, 122, 320), 30 + 24 * len(rows)
    name = label(view, measure)
    unit = say(f"participation.axis_{'points' if measure == 'nps' else 'scale'}", label=name)
    marks = svg.below(across, foot, top=24, label=unit, spoken=view.language)
    if "raw" in rows:
        raw = across.at(rows["raw"]["value"])
        marks.append(svg.line(raw, 24, raw, foot, ink=MUTED, width=1))
    for place, (which, row) in enumerate(rows.items()):
        marks += _one_view(view, which, row, across, 38 + 24 * place)
    marks.append(svg.words(8, 16, name, anchor="start", bold=True))
    said, title = _views_said(view, measure), say("participation.and_the_silent", label=name)
    return svg.picture(f"silent-{measure}", marks, size=(330, foot + 46), title=title, says=said)


def _one_view(
    view: ClientView, which: str, row: dict[str, Any], across: svg.Axis, y: float
) -> list[str]:
    """A view's name, its interval and its dot."""
    ink = {"raw": INK, "weighted": ACCENT, "late": ACCENT}.get(which, WARM)
    low, high = row["low"], row["high"]
    name = view.language.say(f"participation.short_{VIEWS[which]}")
    marks = [svg.words(112, y + 4, name, anchor="end", size=12)]
    if low == low and high == high:
        marks.append(svg.line(across.at(low), y, across.at(high), y, ink=ink, width=2))
    return [*marks, svg.dot(across.at(row["value"]), y, ink=ink, radius=5)]


def _views_said(view: ClientView, measure: str) -> str:
    spoken, parts = view.language, []
    style = {"decimals": decimals(measure), "signed": measure == "nps"}
    for which, code in VIEWS.items():
        row = view.participation.score(measure, which)
        if row is not None:
            parts.append(
                spoken.say(
                    "participation.view_said",
                    view=spoken.say(f"participation.short_{code}"),
                    value=score(view, measure, row["value"]),
                    span=spoken.span(row["low"], row["high"], **style),
                )
            )
    name = label(view, measure)
    return spoken.say("participation.views_said", label=name, views=", ".join(parts))
