"""What must not be found in one client's report: ids, names and words of all other clients.

Texts become letters without case, marks, look-alikes and punctuation, and places where words, cells
and labels end. One look-up a word finds every name, however many there are, also one that tags,
cells or hyphens have parted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from crqlab.page.marks.lookalikes import alike, folded, pairs_joined
from crqlab.page.marks.name_forms import (
    EXACT,
    HELD,
    IDS,
    LOOSE,
    NAMES,
    PEOPLE,
    Form,
    forms,
    paired,
)
from crqlab.page.marks.phrases import Phrases, phrases_of
from crqlab.page.marks.pieces import BREAK, CELLS, LINES, LONGEST_PART, SOFT

#: What people wrote of a client in files of ours.
WRITTEN = "written"
KINDS = (*IDS, *NAMES, *PEOPLE)
#: Letters by which forms are looked up, and those from which a genitive's s may follow a name.
_KEY, _GENITIVE = 4, 4
#: Letters from which what only programs read is searched; cells that a name may be parted over.
_MACHINE, _CELLS = 6, 5
#: Longest word in which names are looked for: longer ones are hashes.
_LONGEST_WORD = 64
#: Words, and what may stand between them: breaks, soft breaks, and ends of labels. A decimal number
#: is one word and no id; scripts without spaces count each character; an initial ends no sentence.
_TOKEN = re.compile(
    r"\d+(?:\.\d+)+|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+"
    r"|[|\x1e\x1f:;()\[\]{}\"“”«»•·=\t\r\n]|(?<=\w\w)[.!?,](?=\s)|(?<=\w)\x1d"
)
#: Where a label was too long: what stands before is the beginning of a word.
_ELLIPSIS, _CUT = "…", "\x1d"
_FLOAT = re.compile(r"(?<=\d)\.0+(?![\d.])")
_HARD = frozenset(["|", BREAK])
_STOPS = frozenset(".!?,")
_BETWEEN = _STOPS | frozenset('|\x1d\x1e\x1f:;()[]{}"“”«»•·=\t\r\n')


class Mark(NamedTuple):
    """Something of somebody, in one of the ways it is written."""

    kind: str
    shown: str
    form: Form
    clients: set[str]


class Finds(NamedTuple):
    """Marks in a text, by their letters.

    Attributes
    ----------
    runs : set of str
        Those that stand in it as words.
    parted : set of str
        Those whose words a comma, another mark or the border of a cell parts.
    held : set of str
        Those that stand within longer words, or before a genitive's s.
    whole : set of str
        Those that are all that a cell or a label says.
    said : list of str
        The text's words, and breaks between them.
    """

    runs: set[str]
    parted: set[str]
    held: set[str]
    whole: set[str]
    said: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Watchlist:
    """Everything that belongs to somebody.

    Attributes
    ----------
    marks : dict
        What is looked for, by its letters.
    lengths : dict
        First letters of marks: how many letters the marks that begin so have.
    said : dict
        Each client's own texts: kind and text.
    phrases : Phrases
        Words in a row of everybody's comments.
    """

    marks: Mapping[str, tuple[Mark, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    said: Mapping[str, list[tuple[str, str]]]
    phrases: Phrases

    def found(self, text: str, read: str = CELLS) -> Finds:
        """Return every mark that a text holds.

        Parameters
        ----------
        text : str
            Cells, `BREAK` between them.
        read : str
            `LINES`: no cell is whole; `MACHINE`: nor are ids and short names looked for.

        Examples
        --------
        >>> seen = watchlist([("client name", "C2", "Kvarnby Verkstad AB")])
        >>> seen.found("Of KVÁRNBY-VERKSTADS plant").runs
        set()
        >>> seen.found("Of KVÁRNBY-VERKSTADS plant").held
        {'kvambyverkstad'}
        """
        laid = _laid(text, read)
        found = self._runs(laid)
        if read == CELLS:
            return found._replace(parted=found.parted | self._over_cells(laid))
        if read == LINES:
            runs = found.runs | found.parted  # a line may be of two columns
            runs = {run for run in runs if not all(m.form.turned for m in self.marks[run])}
            return found._replace(runs=set(), parted=runs, whole=set())
        runs, held = (
            {run for run in some if len(run) >= _MACHINE and self._loose(run)}
            for some in (found.runs | found.parted, found.held)
        )
        return Finds(runs, set(), held, set(), [])

    def _loose(self, run: str) -> bool:
        return any(mark.form.how == LOOSE for mark in self.marks[run])

    def _runs(self, laid: _Laid) -> Finds:
        letters, lengths, marks = laid.letters, self.lengths, self.marks
        found = Finds(set(), set(), set(), set(), laid.said)
        for place in laid.starts:
            for n in lengths.get(letters[place : place + _KEY], ()):
                run = letters[place : place + n]
                if run in marks:
                    self._judged(run, place, laid, False, found)
        for start, end in laid.long:
            for place in range(start + 1, end - HELD + 1):
                if (key := letters[place : place + _KEY]) in lengths:
                    for n in lengths[key]:
                        run = letters[place : place + n]
                        if run in marks:
                            self._judged(run, place, laid, True, found)
        for n in lengths.get("", ()):  # of fewer letters than a key has
            for place in laid.starts:
                if (run := letters[place : place + n]) in marks:
                    self._judged(run, place, laid, False, found)
        return found

    def _judged(self, run: str, place: int, laid: _Laid, inside: bool, found: Finds) -> None:
        """Note a run where words begin and end as one of its forms wants it."""
        end = place + len(run)
        if place in laid.edges and end in laid.edges and self._whole(run, place, laid):
            found.whole.add(run)
        if run in found.runs:
            return
        if inside or not laid.ended(end):
            if laid.amid_digits(place) or laid.amid_digits(end):
                return
            genitive = not inside and len(run) >= _GENITIVE and laid.genitive(end)
            if (genitive and self._stands(run, place, laid)) or (
                len(run) >= HELD and self._loose(run)
            ):
                found.held.add(run)
            return
        if self._stands(run, place, laid):
            (found.parted if laid.stopped(place, end) else found.runs).add(run)

    def _stands(self, run: str, place: int, laid: _Laid) -> bool:
        """Whether a run is parted only as one of its forms may be."""
        forms_ = (mark.form for mark in self.marks[run])
        end = place + len(run)
        return any(
            (form.how == LOOSE or (form.how == EXACT and laid.cut(place, end, form)))
            and (form.numbered or not laid.numbers(place, end))
            and form.spelt in ("", laid.raw[place:end])
            for form in forms_
        )

    def _whole(self, run: str, place: int, laid: _Laid) -> bool:
        """Whether a whole cell is parted only as one of the forms that fill it may be."""
        forms_ = (mark.form for mark in self.marks[run])
        end = place + len(run)
        return any(
            (form.how == LOOSE or laid.cut(place, end, form))
            and form.spelt in ("", laid.raw[place:end])
            for form in forms_
        )

    def _over_cells(self, laid: _Laid) -> set[str]:
        """Names that some cells in a row make up, and nothing else is in those."""
        found = set()
        cells = laid.cells
        for i, (start, end) in enumerate(cells):
            if not 0 < end - start <= LONGEST_PART:
                continue
            first = laid.letters[start:end]
            for n in self.lengths.get(first[:_KEY], ()) if len(first) >= _KEY else ():
                joined = first
                for start_, end_ in cells[i + 1 : i + _CELLS] if n > len(first) else ():
                    joined += laid.letters[start_:end_]
                    if len(joined) >= n or start_ == end_ or laid.raw[start_:end_].isdigit():
                        break
                if (
                    len(joined) == n > len(first)
                    and not joined[-1:].isdigit()
                    and any(mark.form.how == LOOSE for mark in self.marks.get(joined, ()))
                ):
                    found.add(joined)
        return found


class _Laid(NamedTuple):
    """A text as letters, and the places at which things begin and end."""

    letters: str
    raw: str
    said: list[str]
    starts: list[int]
    ends: list[int]
    long: list[tuple[int, int]]
    at_end: set[int]
    soft: set[int]
    stops: list[int]
    edges: set[int]
    cells: list[tuple[int, int]]

    def ended(self, place: int) -> bool:
        """Whether a word ends there."""
        return place in self.at_end

    def amid_digits(self, place: int) -> bool:
        """Whether a number goes on there."""
        return place > 0 and self.raw[place - 1 : place + 1].isdigit() and place not in self.at_end

    def genitive(self, place: int) -> bool:
        """Whether a word ends there but for an s."""
        return self.letters[place : place + 1] == "s" and place + 1 in self.at_end

    def cut(self, place: int, end: int, form: Form) -> bool:
        """Whether a run is parted only where the words of a form end."""
        ends = self._within(place, end)
        apart = {each - place for each in ends if each not in self.soft}
        if form.initial:
            return apart == {1}
        return apart <= set(form.cuts)

    def stopped(self, place: int, end: int) -> bool:
        """Whether a comma or another mark is within a run."""
        return bisect_right(self.stops, place) < bisect_right(self.stops, end - 1)

    def numbers(self, place: int, end: int) -> bool:
        """Whether a word of a run is a number."""
        ends = [place, *self._within(place, end), end]
        raw = self.raw
        return any(raw[a:b].isdigit() for a, b in pairwise(ends))

    def _within(self, place: int, end: int) -> list[int]:
        return self.ends[bisect_right(self.ends, place) : bisect_right(self.ends, end - 1)]


def _laid(text: str, read: str) -> _Laid:
    plain = pairs_joined(folded(text.replace(_ELLIPSIS, _CUT)))
    if ".0" in plain:
        plain = _FLOAT.sub("", plain)
    said: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    soft: set[int] = set()
    stubs: set[int] = set()
    stops: list[int] = []
    edges = {0}
    cells: list[tuple[int, int]] = []
    place = begun = 0
    for token in _TOKEN.findall(plain):
        if token not in _BETWEEN:
            said.append(token)
            starts.append(place)
            place += len(token)
            ends.append(place)
        elif token == _CUT:
            stubs.add(place)
        elif token == SOFT:
            soft.add(place)
            stops.append(place)
        elif token in _STOPS:
            stops.append(place)
        elif token not in _HARD:
            edges.add(place)
            stops.append(place)
            if token == "\n" and read == LINES:
                said.append("")  # no words in a row reach over the end of a line
        else:
            said.append(token)
            if token == BREAK:
                edges.update((place, place + 1))
                cells.append((begun, place))
                begun = place + 1
            place += 1
    edges.add(place)
    cells.append((begun, place))
    long = [(a, b) for a, b in zip(starts, ends, strict=True) if HELD < b - a <= _LONGEST_WORD]
    raw = "".join(said)
    at_end = set(ends) - stubs
    return _Laid(alike(raw), raw, said, starts, ends, long, at_end, soft, stops, edges, cells)


def spoken(text: str, read: str) -> list[str]:
    """Return the words of a text as `Finds.said` has them, but for letters that are drawn alike."""
    kept = _HARD | {"\n"} if read == LINES else _HARD
    return [word for word in _TOKEN.findall(folded(text)) if word not in _BETWEEN or word in kept]


def watchlist(
    things: Iterable[tuple[str, str, str]], pairs: Iterable[tuple[str, str, str, str]] = ()
) -> Watchlist:
    """Make the list of what belongs to whom.

    Parameters
    ----------
    things : iterable of (kind, client, text)
        ``kind`` is ``"client id"``, ``"account name"``, ``"words"`` and so on. Other kinds than
        those of `belongings` are a client's own words and looked for nowhere; ``"written"`` is
        what somebody wrote of a client: looked for, and no excuse for a name that stands in it.
    pairs : iterable of (kind, client, id, name)
        What is somebody's together where the id is too short to be so alone.

    Returns
    -------
    Watchlist
        A name that two clients share belongs to both.

    Examples
    --------
    >>> seen = watchlist([("client id", "C1a", "C1a"), ("account name", "C1a", "Åkers Bank"),
    ...                   ("account name", "C2b", "Åkers Bank"), ("client id", "C2b", "C2b")])
    >>> {mark.shown: sorted(mark.clients) for run in seen.found("ÅKERS bank, as c2b says").runs
    ...  for mark in seen.marks[run]} == {"c2b": ["C2b"], "åkers bank": ["C1a", "C2b"]}
    True
    """
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    written: list[tuple[str, str]] = []
    for kind, client, text in things:
        if kind == WRITTEN:
            written.append((client, text))
            continue
        said[client].append((kind, text))
        if kind in KINDS:
            owners[kind, text].add(client)
    marks: dict[str, list[Mark]] = defaultdict(list)
    for (kind, text), clients in owners.items():
        _noted(marks, kind, text, clients, forms(kind, text))
    for kind, client, id_, name in pairs:
        _noted(marks, kind, f"{id_} {name}", {client}, paired(id_, name))
    lengths: dict[str, set[int]] = defaultdict(set)
    for letters in marks:
        lengths[letters[:_KEY] if len(letters) >= _KEY else ""].add(len(letters))
    return Watchlist(
        {letters: tuple(found) for letters, found in marks.items()},
        {key: tuple(sorted(n)) for key, n in lengths.items()},
        dict(said),
        phrases_of([*written, *((client, text) for client, texts in said.items()
                                for kind, text in texts if kind == "words")]),
    )  # fmt: skip


def _noted(
    marks: dict[str, list[Mark]], kind: str, text: str, clients: set[str], ways: Iterable[Form]
) -> None:
    """Add the ways to write something, each once."""
    shown, seen = " ".join(text.casefold().split()), set()
    for form in ways:
        if form.letters in seen:
            continue
        seen.add(form.letters)
        for mark in marks[form.letters]:
            if (mark.kind, mark.form) == (kind, form):
                mark.clients.update(clients)
                break
        else:
            marks[form.letters].append(Mark(kind, shown, form, set(clients)))
