"""How far each driver lies behind its reference, and how much it matters, in a picture."""

from __future__ import annotations

from crqlab.drivers.drivers_and_outcomes import questions
from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK, MUTED, WARM
from crqlab.show.html import Shown, paragraph, text
from crqlab.show.records import Record, records

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
        said = nothing_weighed(view)
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


def nothing_weighed(view: ClientView) -> str:
    """Say why no driver is put before another: not asked, or too few answers."""
    asked = questions(view.instrument).outcomes
    if view.scores.unasked:
        return view.language.say("decision.fix_not_in_wave")
    return view.language.say(f"decision.fix_{'unknown' if asked else 'not_asked'}")


def _gap(row: Record, across: svg.Axis, y: float, first: bool, spoken: Language) -> list[str]:
    """A name, its bar from the reference, a line for what chance may do, and its weight."""
    ends = sorted((across.at(0), across.at(row.gap)))
    return [
        svg.words(_LEFT - 10, y + 4, spoken.term(row.label), anchor="end", bold=first),
        svg.box(ends[0], y - 8, ends[1] - ends[0], 16, fill=WARM if first else ACCENT),
        svg.words(500, y + 4, spoken.percent(row.importance), anchor="end"),
        *svg.whisker(across.at(row.gap_low), across.at(row.gap_high), y),
    ]


def _said(row: Record, spoken: Language) -> str:
    gap = spoken.number(row.gap, 1, signed=True)
    share = spoken.percent(row.importance)
    code = f"drivers.dot_{row.reference}"
    return spoken.say(code, driver=spoken.term(row.label), share=share, gap=gap)
