"""What was met in a report's files, judged by where it stands (docs/howto/gate.md)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from crqlab.page.marks.lookalikes import alike
from crqlab.page.marks.name_forms import AMONG, IDS, NAMES, PEOPLE, WHOLE, Form, firm, words
from crqlab.page.marks.pieces import BREAK, MACHINE, Piece, Seen
from crqlab.page.marks.watchlists import KINDS, Finds, Mark, Watchlist, spoken
from crqlab.report.clearance.encoded_text import decoded
from crqlab.report.clearance.file_texts import texts
from crqlab.report.clearance.office_texts import library

#: What of a client's own is told under pseudonyms.
OPEN = ("words", "client id", "client name")
#: Numbers that could be ids of one client from which on they are.
_TOGETHER = 3
_DIGIT = re.compile(r"\d")
#: What stands in an office file.
_OFFICE = re.compile(r"\.(?:xlsx|pptx)/")


class CommonWords(NamedTuple):
    """Marks that are also words of ours and of the questionnaire, and those of programs."""

    said: Finds
    words: frozenset[str]
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
        met = _Met({}, [])
        seen = Seen()
        for name, content in files.items():
            for piece in texts(name, content, seen):
                met.look(piece, self.watched)
        found = [
            (mark, where, how, office)
            for (letters, how, office), where in met.places.items()
            for mark in self.watched.marks[letters]
            if self._forbidden(mark)
        ]
        telling = [(mark, where) for mark, where, *way in found if self._tells(mark, *way)]
        told = {
            (mark.kind, mark.shown, self._owner(mark.clients)): where
            for mark, where in telling + self._together(found)
        }
        rows = [(where, kind, shown, owner) for (kind, shown, owner), where in told.items()]
        rows += [(where, "words", said, owner) for where, said, owner in met.words(self)]
        table = pd.DataFrame(rows, columns=["file", "kind", "found", "owner"], dtype=object)
        return table.sort_values(["kind", "found", "owner"], ignore_index=True)

    def _together(self, found: list[tuple[Mark, str, str, bool]]) -> list[tuple[Mark, str]]:
        """Return numbers that may be anything alone, where several could be ids of one client."""
        by_client: dict[str, dict[str, tuple[Mark, str]]] = defaultdict(dict)
        for mark, where, how, _ in found:
            letters = mark.form.letters
            if how == "whole" and mark.form.how == AMONG and letters not in self.own.whole:
                for client in mark.clients:
                    by_client[client][letters] = (mark, where)
        enough = (some.values() for some in by_client.values() if len(some) >= _TOGETHER)
        return [one for some in enough for one in some]

    def _forbidden(self, mark: Mark) -> bool:
        """Whether something is another's, or, under pseudonyms, of the client's own people."""
        return mark.clients.isdisjoint(self.owners) or (self.veiled and mark.kind not in OPEN)

    def _owner(self, clients: set[str]) -> str:
        others = sorted(clients - set(self.owners)) or [self.owners[0]]
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        return f"{others[0]}{more}"

    def _tells(self, mark: Mark, how: str, office: bool) -> bool:
        """Whether what was met, in an office file or another, tells of somebody."""
        form, letters = mark.form, mark.form.letters
        if how == "whole" and (form.initial or form.how == AMONG):
            return False
        if how != "whole" and (form.how in (WHOLE, AMONG) or self._counted(mark)):
            return False
        if how == "held" and mark.kind in IDS:
            return False
        beside = (how == "parted" or form.turned) and how != "whole"
        if beside and self._side_by_side(form, begun=how == "held"):
            return False
        library_ = _library(self.watched) if office else None
        if how == "machine":
            known = letters in self.common.machine or (library_ and letters in library_.runs)
            return not (known or self._nobodys(mark, "held"))
        if not self._nobodys(mark, how) and not (library_ and letters in library_.runs):
            return True
        if how != "whole" or not form.one_word:
            return False
        wholes = [self.common.said.whole, self.own.whole, library_.whole if library_ else ()]
        return not any(letters in whole for whole in wholes)

    def _nobodys(self, mark: Mark, how: str) -> bool:
        """Whether it is also a word of this client's or of ours; of ours no id with digits is."""
        letters = mark.form.letters
        known = [self.own]
        if mark.kind not in IDS or not _DIGIT.search(letters):
            known.append(self.common.said)
        return any(
            letters in each.runs
            or letters in each.parted
            or (mark.form.how == WHOLE and letters in each.whole)
            or (how == "held" and letters in each.held)
            for each in known
        )

    def _side_by_side(self, form: Form, *, begun: bool) -> bool:
        """Whether own names and words of ours in a row may read like somebody else's name.

        Within longer words the last of them may only be begun: "Hughes Zoë" holds "Hughes Zo".
        """
        ends = pairwise([0, *form.cuts, len(form.letters)])
        *firsts, last = (form.letters[start:end] for start, end in ends)
        if not all(part in self._names for part in firsts):
            return False
        return last in self._names or (begun and any(n.startswith(last) for n in self._names))

    def _counted(self, mark: Mark) -> bool:
        """Whether an own name before or behind a number may read like somebody else's."""
        said = firm(words(mark.shown))
        bare = [word for word in said if not word.isdigit()]
        return 0 < len(bare) < len(said) and alike("".join(bare)) in self.own.whole

    @cached_property
    def own(self) -> Finds:
        """The marks in the owners' own data, those left out that they keep to themselves."""
        said = [(kind, text) for kind, text in self._said
                if not self.veiled or kind not in KINDS or kind in OPEN]  # fmt: skip
        spoken = BREAK.join([*(text for _, text in said), self.beside])
        found = self.watched.found(BREAK.join([spoken, *decoded(spoken)]))
        named = [text.split() for kind, text in said if kind in NAMES]
        firsts = self.watched.found(BREAK.join(words[0] for words in named if words))
        hidden = set()
        if self.veiled:
            hidden = {
                letters
                for letters in found.runs | found.parted | found.whole
                for mark in self.watched.marks[letters]
                if not mark.clients.isdisjoint(self.owners) and mark.kind not in OPEN
            }
        whole = found.whole | firsts.whole
        runs = found.runs | found.parted
        return Finds(runs - hidden, set(), found.held - hidden, whole - hidden, [])

    @property
    def _said(self) -> list[tuple[str, str]]:
        return [one for owner in self.owners for one in self.watched.said.get(owner, ())]

    @cached_property
    def _names(self) -> set[str]:
        """The words of which names of the client's own are made, and our own."""
        named = (*PEOPLE, *NAMES)
        own = {word for kind, text in self._said if kind in named for word in words(text)}
        return set(map(alike, own | self.common.words))


class _Met(NamedTuple):
    """What was met in the files of a report, and where first."""

    places: dict[tuple[str, str, bool], str]
    said: list[tuple[Piece, list[str]]]

    def look(self, piece: Piece, watched: Watchlist) -> None:
        """Note the marks and the words of a piece."""
        found, machine = watched.found(piece.said, piece.read), piece.read == MACHINE
        office = bool(_OFFICE.search(piece.where))
        for how in ("runs", "parted", "held", "whole"):
            for letters in getattr(found, how):
                key = (letters, "machine" if machine else how, office)
                self.places.setdefault(key, piece.where)
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


@lru_cache(maxsize=2)
def _library(watched: Watchlist) -> Finds:
    """Return the marks in what libraries write into office files."""
    found = watched.found(BREAK.join(library(slides=True).cells))
    return found._replace(runs=found.runs | found.parted | found.held)
