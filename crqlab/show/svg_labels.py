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
    spot : (float, float)
        Its dot.
    said : str or int
    left, base : float
        Where its line of text begins.
    box : tuple of float
        Left, top, right and bottom of the room that it takes.
    far : float
        How much farther from its dot it is than beside it.
    """

    spot: tuple[float, float]
    said: object
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
    for spot, words in zip(spots, said, strict=True):
        about = (spot, words, radius + 3, size)
        places = (_at(*about, side, far) for far, side in product(FAR, _SIDES))
        free = (one for one in places if _inside(one.box, room) and not _hits(one.box, taken))
        found.append(next(free, _at(*about, _SIDES[0], 0.0)))
        taken.append(found[-1].box)
    return found


#: Right, left, above, below, then the corners: which way a label lies from its dot.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))


def _at(
    spot: tuple[float, float],
    said: object,
    off: float,
    size: float,
    side: tuple[int, int],
    far: float,
) -> Label:
    (x, y), (across, down) = spot, side
    wide, tall = WIDE * size * len(str(said)), 0.8 * size
    left = x + across * (off + far + wide / 2) - wide / 2
    top = y + down * (off + far + tall / 2) - tall / 2
    box = (left - 1, top - 1, left + wide + 1, top + tall + 2)
    return Label(spot, said, left, top + tall, box, far)


def _inside(box: Box, room: Box) -> bool:
    return box[0] >= room[0] and box[1] >= room[1] and box[2] <= room[2] and box[3] <= room[3]


def _hits(box: Box, taken: Sequence[Box]) -> bool:
    return any(box[0] < c and box[2] > a and box[1] < d and box[3] > b for a, b, c, d in taken)


def drawn(found: Sequence[Label], *, size: float = 12, bold: Sequence[bool] = ()) -> list[str]:
    """Return labels as marks of a picture; lines behind them are paled."""
    marks = []
    for place, one in enumerate(found):
        (x, y), (left, top, right, bottom) = one.spot, one.box
        if one.far >= LINKED:
            near = min(max(x, left), right), min(max(y, top), bottom)
            marks.append(svg.line(x, y, *near, ink=MUTED, width=0.75))
        marks.append(svg.pale(left, top, right - left, bottom - top))
        looks = {"ink": INK, "size": size, "bold": bool(bold) and bold[place]}
        marks.append(svg.words(one.left, one.base, one.said, anchor="start", **looks))
    return marks
