"""Pieces of what a file says, and how each may be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

#: Stands between cells, labels and paragraphs, so that no run of words reaches from one into the
#: next; and between parts of one that only tags inside a line have parted.
BREAK, SOFT = "\x1e", "\x1f"
#: Whole cells and labels that people read; lines of which one may end anywhere, as on paper; what
#: programs read, such as classes and keys, in which ids and short words are names of other things.
CELLS, LINES, MACHINE = "cells", "lines", "machine"
#: Letters of the longest cell that may be a part of a name over several cells.
LONGEST_PART = 40


class Piece(NamedTuple):
    """A text of a file.

    Attributes
    ----------
    where : str
        The file and what part of it.
    said : str
        With `BREAK` between cells.
    read : str
        `CELLS`, `LINES` or `MACHINE`.
    """

    where: str
    said: str
    read: str = CELLS


class Seen:
    """Cells that were yielded before: a page and its notebook say the same, and much of it often.

    A cell is left out only where it is the same in every character and stands behind the same
    cell: no run of words is lost that a file holds, nor a name over two cells.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, str]] = set()

    def new(self, read: str, cells: Iterable[str]) -> str:
        """Return the cells that were not there yet, in order; an empty one where some were."""
        new, before, gap = [], "", False
        for cell in cells:
            key = (read, before, cell)
            before = cell if cell[:1].isalpha() and len(cell) <= LONGEST_PART else ""
            if key in self._seen:
                gap = True
                continue
            self._seen.add(key)
            new += ["", cell] if gap else [cell]
            gap = False
        return BREAK.join(new)
