"""A finished English page becomes a page in another language, by catalogue.

What is marked ``translate="no"`` is data and stays as it is, and so is whatever else on the page
says exactly the same. A text is looked for as a whole, by sentences, then part by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape

from crqlab.report.catalogue import Catalogue, catalogue
from crqlab.report.messages import TAGS, Message

_TOKEN = re.compile(
    r"<!--.*?-->|<(style|script|pre)\b.*?</\1>|<(?:[^<>\"]|\"[^\"]*\")*>|[^<]+", re.DOTALL
)
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_SPOKEN = re.compile(r"(?<= )(title|alt|aria-label|summary|label)=\"([^\"]*)\"")
_LANGUAGE = re.compile(r"<html lang=\"[^\"]*\">")
_KEPT = 'translate="no"'
_OPAQUE = 0xF000  # the first of the characters that stand for data inside a message
_MOST = 0xF8FF - _OPAQUE
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARK = re.compile("[\ue100-\ue1ff]")
_NAMES = {mark: tag for tag, mark in TAGS.items()}
_LETTER = re.compile(r"[^\W\d_\ue000-\uf8ff]")
_SENTENCE = re.compile(r"(?<=[.?!]) (?=\S)")
_INSIDE = re.compile(r"(.+?) \((.+)\)")
_PAIRS = ("; ", " · ", ": ", ", ")
_MEMORY = 20_000  # texts remembered from page to page


@dataclass(frozen=True, slots=True)
class Translated:
    """A page in another language.

    Attributes
    ----------
    page : str
        The whole page.
    left : tuple of str
        Texts that no message of the catalogue fits; they stay English.
    """

    page: str
    left: tuple[str, ...]


@dataclass(slots=True)
class _Unit:
    """Text between two blocks: what is said, with one character for each tag and each datum."""

    said: str = ""
    tags: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)


class Translator:
    """Translates texts, remembering what it has said before.

    Parameters
    ----------
    catalogue : Catalogue
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.used: set[str] = set()
        self._memory: dict[str, str | None] = {}

    def said(self, text: str) -> str | None:
        """Return a text in the other language; None where a part of it is in no message."""
        if text not in self._memory:
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            self._memory[text] = None  # a text that holds itself is no translation of itself
            self._memory[text] = self._found(text)
        return self._memory[text]

    def _found(self, text: str) -> str | None:
        if not _LETTER.search(text):
            return self.catalogue.numerals.every(text)
        return self._whole(text) or self._divided(text)

    def _whole(self, text: str) -> str | None:
        """Find one message that says all of it."""
        if text in self.catalogue.exact:
            return self._filled(self.catalogue.exact[text], {})
        if _SENTENCE.search(text) and (found := self._joined(text, _SENTENCE.split(text), " ")):
            return found
        for message in self.catalogue.candidates(text):
            held = message.pattern.fullmatch(text)
            if held and (found := self._filled(message, held.groupdict())) is not None:
                return found
        return None

    def _filled(self, message: Message, given: dict[str, str]) -> str | None:
        """Put what the places hold into the translation."""
        numerals, made = self.catalogue.numerals, []
        for part in message.parts:
            kind = message.kinds.get(part.text, part.kind) if part.kind != "form" else "form"
            held = given.get(part.text, "")
            if kind == "number":
                held = self.said(held) if held == "open" else numerals.number(held)
            elif kind == "date":
                held = numerals.day(held)
            elif kind == "words":
                held = self.said(held)
            elif kind == "form":
                held = part.forms[numerals.form(held)]
            elif kind != "text":
                held = part.text
            if held is None:
                return None
            made.append(held)
        self.used.add(message.key)
        return "".join(made)

    def _divided(self, text: str) -> str | None:
        """Say a text part by part, if every part can be said."""
        if text[-1] in ".:" and (found := self.said(text[:-1])):
            return found + text[-1]
        for gap in _PAIRS:
            if gap in text and (found := self._joined(text, text.split(gap), gap)):
                return found
        if held := _INSIDE.fullmatch(text):
            outer, inner = self.said(held[1]), self.said(held[2])
            if outer and inner:
                return f"{outer} ({inner})"
        for word in ("and", "or"):
            gap, there = f" {word} ", self.catalogue.exact.get(word)
            if there and gap in text:
                return self._joined(text, text.split(gap), f" {there.value} ")
        return None

    def _joined(self, text: str, pieces: list[str], gap: str) -> str | None:
        made = []
        for piece in pieces:
            found = self.said(piece) if piece and piece != text else None
            if found is None:
                return None
            made.append(found)
        return gap.join(made)


@cache
def translator(language: str) -> Translator:
    """Return the translator into a language, made once in a process."""
    return Translator(catalogue(language))


def translated(page: str, into: Translator) -> Translated:
    """Translate a finished English page.

    Parameters
    ----------
    page : str
        HTML as `crqlab.report.html` writes it.
    into : Translator
        As `translator` returns it.

    Returns
    -------
    Translated
        The same page gives the same bytes.
    """
    pieces = list(_pieces(page))
    known = {_plain(datum) for piece in pieces if isinstance(piece, _Unit) for datum in piece.data}
    work = _Work(into, known - {""})
    made = "".join(
        work.unit(piece) if isinstance(piece, _Unit) else work.tag(piece) for piece in pieces
    )
    language = f'<html lang="{into.catalogue.language}">'
    return Translated(_LANGUAGE.sub(language, made, count=1), tuple(dict.fromkeys(work.left)))


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def _pieces(page: str) -> Iterator[str | _Unit]:
    """Cut a page at its blocks: tags as they are, and what is said between them."""
    unit, tokens = _Unit(), _TOKEN.finditer(page)
    for found in tokens:
        token = found[0]
        if token[0] != "<":
            if _PRIVATE.search(token):
                _datum(unit, token)
            else:
                unit.said += unescape(token)
            continue
        named = _NAME.match(token)
        name = named[1] if named else ""
        if _KEPT in token:
            _datum(unit, token + _until(tokens, name))
        elif (mark := TAGS.get(f"/{name}" if token[1] == "/" else name)) is not None:
            unit.tags.setdefault(mark, []).append(token)
            unit.said += mark
        else:
            if unit.said:
                yield unit
                unit = _Unit()
            yield token
    if unit.said:
        yield unit


def _datum(unit: _Unit, html: str) -> None:
    unit.said += chr(_OPAQUE + len(unit.data) % _MOST)
    unit.data.append(html)


def _until(tokens: Iterator[re.Match[str]], name: str) -> str:
    """Take all up to the end of an element whose start was taken."""
    taken, depth = [], 1
    while depth and (found := next(tokens, None)):
        taken.append(found[0])
        named = _NAME.match(found[0])
        if named and named[1] == name:
            depth += -1 if found[0][1] == "/" else 1
    return "".join(taken)


class _Work:
    """One page under translation."""

    def __init__(self, into: Translator, known: set[str]) -> None:
        self.into, self.known = into, known
        self.left: list[str] = []

    def tag(self, token: str) -> str:
        """Translate the attributes that are read aloud."""
        return _SPOKEN.sub(self._attribute, token) if _SPOKEN.search(token) else token

    def _attribute(self, found: re.Match[str]) -> str:
        return f'{found[1]}="{escape(self._said(unescape(found[2])))}"'

    def unit(self, unit: _Unit) -> str:
        """Translate what stands between two blocks."""
        whole, _ = self._whole(unit.said)
        if whole is None:
            whole = "".join(
                self._piece(piece) for piece in re.split(f"({_MARK.pattern})", unit.said)
            )
        return _restored(whole, unit, self)

    def _whole(self, said: str) -> tuple[str | None, str]:
        """Try all that is said, without the tags and the space around it."""
        start = re.match(f"(?:{_MARK.pattern}|\\s)*", said)[0]
        end = re.search(f"(?:{_MARK.pattern}|\\s)*$", said[len(start) :])[0]
        core = said[len(start) : len(said) - len(end)]
        while core and (lost := _unbalanced(core)):
            if not _widened(core, start, end, lost):
                break
            core, start, end = _widened(core, start, end, lost)
        if not core:
            return said, ""
        found = self.into.said(_even(core))
        return (None if found is None else start + found + end), core

    def _piece(self, piece: str) -> str:
        if _MARK.fullmatch(piece) or not piece.strip():
            return piece
        core = piece.strip()
        before, after = piece.split(core, 1)
        return f"{before}{self._said(core)}{after}"

    def _said(self, said: str) -> str:
        even = _even(said)
        found = self.into.said(even)
        if found is None and not self._data(even):
            self.left += _unsaid(self.into, even)
        return self._partly(said) if found is None else found

    def _partly(self, said: str) -> str:
        """Say the sentences that can be said, and leave the others as they are."""
        pieces = _SENTENCE.split(said)
        return " ".join(self.into.said(_even(piece)) or piece for piece in pieces)

    def _data(self, said: str) -> bool:
        cut = said.removesuffix("…")
        return said in self.known or (cut != said and any(d.startswith(cut) for d in self.known))


def _even(said: str) -> str:
    """One kind of space, so that line breaks in the source do not matter."""
    return " ".join(said.replace("\u00a0", " ").split())


def _unsaid(into: Translator, said: str) -> list[str]:
    return [piece for piece in _SENTENCE.split(said) if into.said(piece) is None]


def _unbalanced(core: str) -> str:
    """Return the first tag that has no partner inside a text."""
    opened: list[str] = []
    for mark in _MARK.findall(core):
        name = _NAMES[mark]
        if not name.startswith("/"):
            opened.append(name)
        elif not opened or opened.pop() != name[1:]:
            return name
    return opened[-1] if opened and opened[-1] != "br" else ""


def _widened(core: str, start: str, end: str, lost: str) -> tuple[str, str, str] | None:
    """Take a tag back into a text: from behind it where one was opened, else from before it."""
    if lost.startswith("/"):
        mark = TAGS[lost[1:]]
        at = start.rfind(mark)
        return (start[at:] + core, start[:at], end) if at >= 0 else None
    at = end.find(TAGS[f"/{lost}"])
    return (core + end[: at + 1], start, end[at + 1 :]) if at >= 0 else None


def _restored(said: str, unit: _Unit, work: _Work) -> str:
    """Put tags and data back in the place of their characters."""
    taken = {mark: iter(found) for mark, found in unit.tags.items()}
    made = []
    for piece in re.split("([\ue100-\ue1ff\uf000-\uf8ff])", said):
        if len(piece) == 1 and piece in taken:
            made.append(work.tag(next(taken[piece])))
        elif len(piece) == 1 and "\uf000" <= piece <= "\uf8ff":
            made.append(unit.data[ord(piece) - _OPAQUE])
        else:
            made.append(escape(piece))
    return "".join(made)
