"""One number on its scale, small enough to stand on a card or in a table."""

from __future__ import annotations

from math import isnan

from crqlab.language import OWN, Language, language
from crqlab.show import svg
from crqlab.show.colours import ACCENT, LINE, MUTED, SOFT


def strip(
    name: str,
    *,
    value: float,
    low: float,
    high: float,
    before: float,
    ends: tuple[float, float],
    title: str,
    says: str,
    spoken: Language | None = None,
) -> str:
    """Draw an estimate with its interval, and hollow beside it where it was last time.

    Parameters
    ----------
    name : str
        Id, unique on its page.
    value, low, high, before : float
        Missing ones are not drawn.
    ends : (float, float)
        The whole scale.
    title, says : str
        The same numbers in words.
    spoken : Language, optional
        How the ends are written; English if left out.
    """
    axis, number = svg.Axis(*ends, 10, 230), (spoken or language(OWN)).short
    marks = [svg.line(axis.start, 14, axis.end, 14, ink=LINE, width=2)]
    marks += [svg.line(axis.at(end), 9, axis.at(end), 19, ink=LINE, width=2) for end in ends]
    marks += [
        svg.words(axis.at(end), 33, number(end), ink=MUTED, size=11, anchor=anchor)
        for end, anchor in zip(ends, ("start", "end"), strict=True)
    ]
    if not isnan(low) and not isnan(high):
        marks.append(svg.line(axis.at(low), 14, axis.at(high), 14, ink=SOFT, width=10))
    if not isnan(before):
        marks.append(svg.dot(axis.at(before), 14, ink=MUTED, radius=4, hollow=True))
    if not isnan(value):
        marks.append(svg.dot(axis.at(value), 14, ink=ACCENT, radius=5))
    return svg.picture(name, marks, size=(240, 38), title=title, says=says)


def bar(*, value: float, low: float, high: float, ends: tuple[float, float]) -> str:
    """Draw the same without words, for a cell whose neighbours hold the numbers."""
    if isnan(value):
        return ""
    axis = svg.Axis(*ends, 6, 124)
    marks = [svg.line(axis.start, 9, axis.end, 9, ink=LINE, width=2)]
    if not isnan(low) and not isnan(high):
        marks.append(svg.line(axis.at(low), 9, axis.at(high), 9, ink=SOFT, width=8))
    marks.append(svg.dot(axis.at(value), 9, ink=ACCENT, radius=3.5))
    size = 'viewBox="0 0 130 18" width="130" height="18"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" {size}>{"".join(marks)}</svg>'
    )
