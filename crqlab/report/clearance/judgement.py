"""What was met in a report's files, judged by where it stands (docs/howto/gate.md)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd

from crqlab.page.marks.name_forms import AMONG, IDS, PEOPLE, WHOLE, words
from crqlab.page.marks.pieces import BREAK, MACHINE, Piece, Seen
from crqlab.page.marks.watchlists import KINDS, Finds, Mark, Watchlist, spoken
from crqlab.report.clearance.file_texts import texts
from crqlab.report.clearance.office_texts import library

#: What of a client's own is told under pseudonyms.
OPEN = ("words", "client id", "client name")
#: Numbers that could be ids of one client from which on they are.
_TOGETHER = 3
_DIGIT = re.compile(r"\d")


class CommonWords(NamedTuple):
    """Marks that are also words of ours and of the questionnaire, and those of programs."""

    said: Finds
    machine: set[str]
    phrases: np.ndarray


@dataclass(frozen=True)
class Case:
    """Whose files are looked through, and what may stand in them.

    Attributes
    ----------
    owners : tuple of str
        Clients, or account managers, whose files they are.
    watched : Watchlist
    common : CommonWords
    veiled : bool
        Whether pseudonyms stand for the owners' own accounts and people.
    beside : str
        More texts that may stand there.
    """

    owners: tuple[str, ...]
    watched: Watchlist
    common: CommonWords
    veiled: bool = False
    beside: str = ""

    def finds(self, files: Mapping[str, bytes]) -> pd.DataFrame:
        """Return what of others stands in files: ``file``, ``kind``, ``found``, ``owner``."""
        met = _Met({}, {}, {}, {}, [])
        seen = Seen()
        for name, content in files.items():
            for piece in texts(name, content, seen):
                met.look(piece, self.watched)
        found = [
            (mark, where, how)
            for letters, where, how in met.marks()
            for mark in self.watched.marks[letters]
            if self._forbidden(mark)
        ]
        telling = [(mark, where) for mark, where, how in found if self._tells(mark, how)]
        told = {
            (mark.kind, mark.shown, self._owner(mark.clients)): where
            for mark, where in telling + _together(found)
        }
        rows = [(where, kind, shown, owner) for (kind, shown, owner), where in told.items()]
        rows += [(where, "words", said, owner) for where, said, owner in met.words(self)]
        table = pd.DataFrame(rows, columns=["file", "kind", "found", "owner"], dtype=object)
        return table.sort_values(["kind", "found", "owner"], ignore_index=True)

    def _forbidden(self, mark: Mark) -> bool:
        """Whether something is another's, or, under pseudonyms, of the client's own people."""
        return mark.clients.isdisjoint(self.owners) or (self.veiled and mark.kind not in OPEN)

    def _owner(self, clients: set[str]) -> str:
        others = sorted(clients - set(self.owners)) or [self.owners[0]]
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        return f"{others[0]}{more}"

    def _tells(self, mark: Mark, how: str) -> bool:
        """Whether what was met tells of somebody."""
        form, letters = mark.form, mark.form.letters
        if how == "whole" and (form.initial or form.how == AMONG):
            return False
        if how == "runs" and (form.how in (WHOLE, AMONG) or self._side_by_side(mark)):
            return False
        if how == "machine":
            known = self.common.machine | _library(self.watched)
            return not (self._nobodys(mark, "held") or letters in known)
        if not self._nobodys(mark, how):
            return True
        others = letters in self.common.said.whole or letters in self.own.whole
        return how == "whole" and form.one_word and not others

    def _nobodys(self, mark: Mark, how: str) -> bool:
        """Whether it is also a word of this client's or of ours; of ours no id with digits is."""
        letters = mark.form.letters
        known = [self.own]
        if mark.kind not in IDS or not _DIGIT.search(letters):
            known.append(self.common.said)
        return any(letters in each.runs or (how == "held" and letters in each.held)
                   for each in known)  # fmt: skip

    def _side_by_side(self, mark: Mark) -> bool:
        """Whether two of the client's own people in a row may read like somebody turned round."""
        return mark.form.turned and set(words(mark.shown)) <= self._people

    @cached_property
    def own(self) -> Finds:
        """The marks in the owners' own data, those left out that they keep to themselves."""
        said = [text for kind, text in self._said
                if not self.veiled or kind not in KINDS or kind in OPEN]  # fmt: skip
        found = self.watched.found(BREAK.join([*said, self.beside]))
        firsts = self.watched.found(BREAK.join(text.split()[0] for text in said if text.strip()))
        hidden = set()
        if self.veiled:
            hidden = {
                letters
                for letters in found.runs | found.whole
                for mark in self.watched.marks[letters]
                if not mark.clients.isdisjoint(self.owners) and mark.kind not in OPEN
            }
        whole = found.whole | firsts.whole
        return Finds(found.runs - hidden, found.held - hidden, whole - hidden, [])

    @property
    def _said(self) -> list[tuple[str, str]]:
        return [one for owner in self.owners for one in self.watched.said.get(owner, ())]

    @cached_property
    def _people(self) -> set[str]:
        """The words of which names of the client's own people are made."""
        return {word for kind, text in self._said if kind in PEOPLE for word in words(text)}


class _Met(NamedTuple):
    """What was met in the files of a report, and where first."""

    runs: dict[str, str]
    held: dict[str, str]
    whole: dict[str, str]
    machine: dict[str, str]
    said: list[tuple[Piece, list[str]]]

    def look(self, piece: Piece, watched: Watchlist) -> None:
        """Note the marks and the words of a piece."""
        found, machine = watched.found(piece.said, piece.read), piece.read == MACHINE
        for met, letters in (
            (self.machine if machine else self.runs, found.runs),
            (self.machine if machine else self.held, found.held),
            (self.whole, found.whole),
        ):
            for each in letters:
                met.setdefault(each, piece.where)
        if not machine:
            self.said.append((piece, found.said))

    def words(self, case: Case) -> Iterator[tuple[str, str, str]]:
        """Yield where words of others' comments stand, the words, and whose they are."""
        said = [word for _, words in self.said for word in (*words, BREAK)]
        ends = list(accumulate(len(words) + 1 for _, words in self.said))
        strange = case.watched.phrases.strange(said, case.owners, case.common.phrases)
        for who, (place, n) in strange.items():
            at = bisect_right(ends, place)
            start = place - (ends[at - 1] if at else 0)
            piece = self.said[at][0]
            yield piece.where, " ".join(spoken(piece.said, piece.read)[start : start + n]), who

    def marks(self) -> Iterator[tuple[str, str, str]]:
        """Yield letters, where, and how they stood there."""
        for how in ("runs", "held", "whole", "machine"):
            yield from ((letters, where, how) for letters, where in getattr(self, how).items())


def _together(found: list[tuple[Mark, str, str]]) -> list[tuple[Mark, str]]:
    """Return numbers that may be anything alone, where several could be ids of one client."""
    by_client: dict[str, dict[str, tuple[Mark, str]]] = defaultdict(dict)
    for mark, where, how in found:
        if how == "whole" and mark.form.how == AMONG:
            for client in mark.clients:
                by_client[client][mark.form.letters] = (mark, where)
    return [one for some in by_client.values() if len(some) >= _TOGETHER for one in some.values()]


@lru_cache(maxsize=2)
def _library(watched: Watchlist) -> set[str]:
    """Return the marks that libraries write into office files for programs to read."""
    found = watched.found(BREAK.join(library(slides=True).cells), MACHINE)
    return found.runs | found.held
