"""Room for labels beside their dots: over no dot, no other label and no edge of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from crqlab.show import svg
from crqlab.show.colours import INK, MUTED

Box = tuple[float, float, float, float]
FAR = (0.0, 7.0, 14.0, 24.0, 36.0, 52.0, 72.0, 96.0)
LINKED = 10.0  # from this distance on a thin line leads from a dot to its label
WIDE = 0.62  # of a letter, as a share of its height


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label stands.

    Attributes
    ----------
    left, base : float
        Where its line of text begins.
    box : tuple of float
        Left, top, right and bottom of the room that it takes.
    far : float
        How much farther from its dot it is than beside it.
    """

    left: float
    base: float
    box: Box
    far: float


def labels(
    spots: Sequence[tuple[float, float]],
    said: Sequence[object],
    *,
    room: Box,
    radius: float,
    size: float = 12,
    crossed: bool = False,
) -> list[Label]:
    """Find room for the label of every dot.

    Parameters
    ----------
    spots : sequence of (float, float)
        The dots.
    said : sequence of str or int
        Their labels, the most important first.
    room : (float, float, float, float)
        Left, top, right and bottom of the part of the picture that labels may use.
    radius : float
        Of the dots.
    size : float
        Height of the letters.
    crossed : bool
        Whether lines cross at the dots: then labels stand between them if they can.

    Returns
    -------
    list of Label
        A label for which there is no room at all stands to the right of its dot.

    Examples
    --------
    >>> one, two = labels([(50, 50), (56, 50)], ["A", "B"], room=(0, 0, 100, 100), radius=4)
    >>> one.box[2] < 50, two.box[0] > 56
    (True, True)
    """
    taken = [(x - radius, y - radius, x + radius, y + radius) for x, y in spots]
    found = []
    for (x, y), words in zip(spots, said, strict=True):
        wide, tall = WIDE * size * len(str(words)), 0.8 * size
        sides = _SIDES[4:] + _SIDES[:4] if crossed else _SIDES
        places = (_at(x, y, radius + 3, wide, tall, side, far) for far, side in product(FAR, sides))
        free = (one for one in places if _inside(one.box, room) and not _hits(one.box, taken))
        found.append(next(free, _at(x, y, radius + 3, wide, tall, _SIDES[0], 0.0)))
        taken.append(found[-1].box)
    return found


#: Right, left, above, below, then the corners: which way a label lies from its dot.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))


def _at(
    x: float, y: float, off: float, wide: float, tall: float, side: tuple[int, int], far: float
) -> Label:
    across, down = side
    middle = (x + across * (off + far + wide / 2), y + down * (off + far + tall / 2))
    left, top = middle[0] - wide / 2, middle[1] - tall / 2
    return Label(left, top + tall, (left - 1, top - 1, left + wide + 1, top + tall + 2), far)


def _inside(box: Box, room: Box) -> bool:
    return box[0] >= room[0] and box[1] >= room[1] and box[2] <= room[2] and box[3] <= room[3]


def _hits(box: Box, taken: Sequence[Box]) -> bool:
    return any(box[0] < c and box[2] > a and box[1] < d and box[3] > b for a, b, c, d in taken)


def drawn(
    spots: Sequence[tuple[float, float]],
    said: Sequence[object],
    *,
    room: Box,
    radius: float,
    size: float = 12,
    bold: Sequence[bool] = (),
    crossed: bool = False,
) -> list[str]:
    """Return labels as marks of a picture; see `labels`. Lines behind them are paled."""
    marks = []
    found = labels(spots, said, room=room, radius=radius, size=size, crossed=crossed)
    for place, ((x, y), words, one) in enumerate(zip(spots, said, found, strict=True)):
        left, top, right, bottom = one.box
        if one.far >= LINKED:
            near = min(max(x, left), right), min(max(y, top), bottom)
            marks.append(svg.line(x, y, *near, ink=MUTED, width=0.75))
        marks.append(svg.pale(left, top, right - left, bottom - top))
        strong = bool(bold) and bold[place]
        marks.append(
            svg.words(one.left, one.base, words, anchor="start", ink=INK, size=size, bold=strong)
        )
    return marks
