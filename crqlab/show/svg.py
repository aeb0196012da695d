"""Drawing by hand: the few marks that our charts need, as text that is the same on every run.

Colours are never the only carrier of meaning, and every picture says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crqlab.language import OWN, Language, language
from crqlab.show.colours import INK, LINE, MUTED
from crqlab.show.html import text


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps numbers to pixels along one direction.

    Attributes
    ----------
    low, high : float
        Numbers at the two ends.
    start, end : float
        Pixels at the two ends; ``end`` may be the smaller one.

    Examples
    --------
    >>> Axis(1, 7, 0, 600).at(4)
    300.0
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a number, cut at the ends."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 7) -> list[float]:
        """Return round numbers between the ends, at most so many."""
        more = [ten * part for ten in (1e2, 1e3, 1e4, 1e5, 1e6) for part in (2, 2.5, 5, 10)]
        steps = np.array([0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, *more])
        step = steps[np.argmax((self.high - self.low) / steps < most)]
        first = np.ceil(self.low / step - 1e-9) * step
        return (np.arange(first, self.high + step / 1e6, step).round(6) + 0.0).tolist()


def around(
    values: Sequence[float], low: float, high: float, *, least: float
) -> tuple[float, float]:
    """Return ends of an axis that hold all values with some air, inside the scale.

    Parameters
    ----------
    values : sequence of float
        Missing ones are passed over.
    low, high : float
        Ends of the scale.
    least : float
        Smallest distance between the ends, so that noise does not look like news.

    Examples
    --------
    >>> around([5.2, 5.4], 1, 7, least=2)
    (4.3, 6.3)
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if not len(known):
        return low, high
    half = max(least, 1.2 * (known.max() - known.min())) / 2
    middle = min(max((known.max() + known.min()) / 2, low + half), high - half)
    ends = max(low, middle - half), min(high, middle + half)
    return tuple(float(round(end, 6)) for end in ends)


def line(x1: float, y1: float, x2: float, y2: float, *, ink: str = LINE, width: float = 1) -> str:
    """Return a straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{ink}" stroke-width="{width:g}"/>'


def dot(x: float, y: float, *, ink: str, radius: float = 4.5, hollow: bool = False) -> str:
    """Return a filled or a hollow dot."""
    fill, stroke = ("#ffffff", ink) if hollow else (ink, "#ffffff")
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{stroke}" '
        f'stroke-width="1.5"/>'
    )


def box(x: float, y: float, width: float, height: float, *, fill: str, edge: str = "") -> str:
    """Return a filled rectangle, with an edge where the fill alone could not be seen."""
    size = f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
    stroke = f' stroke="{edge}"' if edge else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{fill}"{stroke}/>'


def whisker(low: float, high: float, y: float) -> list[str]:
    """Return an interval as a line that is seen on a bar and beside it; nothing without ends."""
    if low != low or high != high:
        return []
    return [line(low, y, high, y, ink=ink, width=width)
            for ink, width in (("#ffffff", 5), (INK, 2))]  # fmt: skip


def pale(x: float, y: float, width: float, height: float) -> str:
    """Return a white veil, over which words can be read."""
    return box(x, y, width, height, fill="#ffffff").replace("/>", ' fill-opacity="0.8"/>')


def words(
    x: float,
    y: float,
    said: object,
    *,
    anchor: str = "middle",
    ink: str = INK,
    size: float = 13,
    bold: bool = False,
) -> str:
    """Return a line of text; ``anchor`` is start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}" '
        f'font-size="{size:g}"{weight}>{text(said)}</text>'
    )


def below(
    axis: Axis,
    y: float,
    *,
    top: float,
    label: str,
    labels: Sequence[str] = (),
    spoken: Language | None = None,
) -> list[str]:
    """Return an axis at height ``y`` with its grid lines up to ``top``, and what it measures."""
    ticks = axis.ticks()
    said = labels or [_tick(tick, spoken) for tick in ticks]
    middle = (axis.start + axis.end) / 2
    marks = [line(axis.at(tick), top, axis.at(tick), y) for tick in ticks]
    marks += [
        words(axis.at(tick), y + 18, name, ink=MUTED, size=12)
        for tick, name in zip(ticks, said, strict=True)
    ]
    return [*marks, words(middle, y + 38, label, ink=MUTED, size=12)]


def beside(axis: Axis, x: float, *, right: float, spoken: Language | None = None) -> list[str]:
    """Return an axis at ``x`` with its grid lines up to ``right``."""
    marks = [line(x, axis.at(tick), right, axis.at(tick)) for tick in axis.ticks()]
    return marks + [
        words(x - 8, axis.at(t) + 4, _tick(t, spoken), anchor="end", ink=MUTED, size=12)
        for t in axis.ticks()
    ]


def _tick(value: float, spoken: Language | None) -> str:
    return (spoken or language(OWN)).short(value)


def picture(
    name: str, marks: Sequence[str], *, size: tuple[float, float], title: str, says: str
) -> str:
    """Put marks together as one picture that can be heard.

    Parameters
    ----------
    name : str
        Id, unique on its page.
    marks : sequence of str
        Finished elements, the hindmost first.
    size : (float, float)
        Width and height in pixels; the picture shrinks and grows with its place.
    title, says : str
        What it is, and what it shows with its key numbers.
    """
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="inherit" '
        f'aria-labelledby="{name}-t {name}-d">\n<title id="{name}-t">{text(title)}</title>'
        f'<desc id="{name}-d">{text(says)}</desc>\n' + "\n".join(marks) + "\n</svg>"
    )


def figure(pictures: str, caption: str) -> str:
    """Set one picture, or several beside each other, with one caption in plain text."""
    return (
        f'<figure class="chart"><div class="beside">{pictures}</div>'
        f"<figcaption>{text(caption)}</figcaption></figure>"
    )
