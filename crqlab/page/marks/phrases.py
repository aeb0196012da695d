"""Words in a row by which a comment is known again, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from crqlab.page.marks.lookalikes import folded, pairs_joined
from crqlab.page.marks.pieces import BREAK

#: Words that are looked for together; comments of fewer are nobody's.
IN_A_ROW = 4
_WORD = re.compile(r"[^\W_]+|[|\x1e]")
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 1], np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Everybody's words in a row, as hashes.

    Attributes
    ----------
    known : ndarray of uint64
        Sorted; a phrase of two clients stands there twice.
    writers : ndarray of int
        Whose each is: a place in ``clients``.
    clients : tuple of str
    """

    known: np.ndarray
    writers: np.ndarray
    clients: tuple[str, ...]

    def strange(
        self, said: list[str], owners: Collection[str], ours: np.ndarray
    ) -> dict[str, tuple[str, int]]:
        """Return who else wrote words of a text, these words, and how many stand before them.

        Parameters
        ----------
        said : list of str
            Folded words, `BREAK` between cells.
        owners : collection of str
            Whose text it is.
        ours : ndarray of uint64
            Phrases that are nobody's, sorted.

        Examples
        --------
        >>> seen = phrases_of([("C2", "They never once answered our calls")])
        >>> seen.strange("so never once answered our calls".split(), ["C1"], NONE)
        {'C2': (1, 5)}
        """
        row = _hashes(said)
        hits = np.flatnonzero(_among(row, self.known))
        hits = hits[~_among(row[hits], ours)]
        if not len(hits):
            return {}
        places = [place for place, one in enumerate(self.clients) if one in owners]
        own = self.known[np.isin(self.writers, places)]
        hits = hits[~_among(row[hits], own)]
        found: dict[str, list[int]] = {}
        for hit in hits.tolist():
            first = np.searchsorted(self.known, row[hit], "left")
            last = np.searchsorted(self.known, row[hit], "right")
            for writer in self.writers[first:last].tolist():
                found.setdefault(self.clients[writer], []).append(hit)
        return {who: told for who, at in found.items() if (told := _told(said, at))[1]}

    def hashes(self, said: list[str]) -> np.ndarray:
        """Return those phrases of a text that somebody wrote, sorted."""
        row = _hashes(said)
        return np.unique(row[_among(row, self.known)])


NONE = np.array([], np.uint64)


def phrases_of(comments: Iterable[tuple[str, str]]) -> Phrases:
    """Make the list of everybody's words in a row from pairs of client and comment."""
    texts: dict[str, list[str]] = {}
    for client, text in comments:
        texts.setdefault(client, []).append(text)
    rows = [_unparted(_words(BREAK.join(said))) for said in texts.values()]
    known = np.concatenate(rows) if rows else NONE
    writers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    order = np.argsort(known, kind="stable")
    return Phrases(known[order], writers[order], tuple(texts))


def _words(text: str) -> list[str]:
    return _WORD.findall(pairs_joined(folded(text)))


def _hashes(said: list[str]) -> np.ndarray:
    """One number for every four words in a row."""
    n = len(said) - IN_A_ROW + 1
    if n < 1:
        return NONE
    each = np.fromiter(map(hash, said), np.int64, len(said)).view(np.uint64)
    with np.errstate(over="ignore"):
        return sum(
            (each[i : i + n] ^ (each[i : i + n] >> np.uint64(29))) * _FACTORS[i]
            for i in range(IN_A_ROW)
        )


def _unparted(said: list[str]) -> np.ndarray:
    """The numbers of words in a row among which there is no break and no digit."""
    row = _hashes(said)
    stops = np.fromiter((word in "|\x1e" or word.isdigit() for word in said), bool, len(said))
    stopped = np.logical_or.reduce([stops[i : i + len(row)] for i in range(IN_A_ROW)])
    return np.unique(row[~stopped])


def _among(row: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which numbers are in a sorted list."""
    if not len(known):
        return np.zeros(len(row), dtype=bool)
    return known[np.minimum(np.searchsorted(known, row), len(known) - 1)] == row


def _told(said: list[str], at: list[int]) -> tuple[int, int]:
    """Place and length of the longest run; no length where four words stand alone amid others."""
    runs, start = [(0, 0)], at[0]
    for here, after in zip(at, [*at[1:], -1], strict=True):
        if after != here + 1:
            end = here + IN_A_ROW
            if end - start > IN_A_ROW or _whole(said, start, end):
                runs.append((start, end - start))
            start = after
    return max(runs, key=lambda run: run[1])


def _whole(said: list[str], start: int, end: int) -> bool:
    return (start == 0 or said[start - 1] in "|\x1e") and (end == len(said) or said[end] in "|\x1e")
