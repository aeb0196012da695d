"""A finished English page becomes a page in another language, by catalogue.

What is marked ``translate="no"`` is data and stays as it is, and so is whatever else on the page
says exactly the same. A text is looked for as a whole, by sentences, then part by part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape

from crqlab.language.catalogue import Catalogue, catalogue
from crqlab.language.messages import TAGS, Message

_INLINE = "|".join(sorted({tag.removeprefix("/") for tag in TAGS}))
_KEPT = 'translate="no"'
_BLOCK = "|".join(
    [
        r"<!--.*?-->",
        *(rf"<{name}\b.*?</{name}>" for name in ("style", "script", "pre")),
        *(
            rf"<{name}\b[^<>]*\b{_KEPT}[^<>]*>.*?</{name}>"
            for name in ("div", "figcaption", "h2", "h3", "h4", "li", "p", "td", "text", "th")
        ),
        rf"<(?!/?(?:{_INLINE})\b)[^<>]*>",
    ]
)
#: Blocks that follow each other: what is said stands between them.
_BLOCKS = re.compile(rf"((?:(?:{_BLOCK})\s*)+)", re.DOTALL)
_TOKEN = re.compile(r"<[^<>]*>|[^<]+")
_DATUM = re.compile(rf"<[^<>]*\b{_KEPT}[^<>]*>([^<]*)")
_CARD = re.compile(r'<table class="card">.*?</table>', re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_SPOKEN = re.compile(r"(?<= )(title|alt|aria-label|summary|label)=\"([^\"]*)\"")
_LANGUAGE = re.compile(r"<html lang=\"[^\"]*\">")
_OPAQUE = 0xF000  # the first of the characters that stand for data inside a message
_MOST = 0xF8FF - _OPAQUE
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARK = re.compile("[\ue100-\ue1ff]")
_NAMES = {mark: tag for tag, mark in TAGS.items()}
_BETWEEN_MARKS = re.compile(f"({_MARK.pattern})")
_AROUND = re.compile(f"(?:{_MARK.pattern}|\\s)*")
_AT_END = re.compile(f"(?:{_MARK.pattern}|\\s)*$")
_LETTER = re.compile(r"[^\W\d_\ue000-\uf8ff]")
_SENTENCE = re.compile(r"(?<=[.?!]) (?=\S)")
_INSIDE = re.compile(r"(.+?) \((.+)\)")
_PAIRS = ("; ", " · ", ": ", ", ")
_AS_IT_IS = ("money", "wave", "name", "text")
_PRINTED = re.compile(r'(?<=content: ")[^"\\]*[A-Za-z][^"\\]*(?=")')  # by the style sheet
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
        self._lasting: dict[str, str] = {}
        self._pieces: dict[str, str] = {}
        self.begin(frozenset())

    def begin(self, known: Set[str]) -> None:
        """Forget what holds for one page only.

        Parameters
        ----------
        known : set of str
            Texts that the next page prints as data: wherever it says the same, it is data too.
        """
        self._known = known
        self._passing: dict[str, str | None] = {}
        self._leaned = 0

    def said(self, text: str) -> str | None:
        """Return a text in the other language; None where a part of it is in no message."""
        if (found := self._lasting.get(text)) is not None:
            return found
        if text in self._passing:
            self._leaned += 1
            return self._passing[text]
        self._passing[text] = None  # a text that holds itself is no translation of itself
        before = self._leaned
        found = self._found(text)
        if found is None and self._is_data(text):
            found = text
            self._leaned += 1
        elif found is None:
            self._leaned += 1  # it may be data on another page
        if self._leaned > before:
            self._passing[text] = found
            return found
        del self._passing[text]
        if len(self._lasting) >= _MEMORY:
            self._lasting.clear()
        self._lasting[text] = found
        return found

    def spoken(self, text: str, left: list[str]) -> str:
        """Say a text as far as it can be said; what is in no message stays, and is noted."""
        found = self.said(_even(text))
        if found is not None:
            return found
        pieces = [(piece, self.said(_even(piece))) for piece in _SENTENCE.split(text)]
        left += [piece for piece, told in pieces if told is None]
        return " ".join(piece if told is None else told for piece, told in pieces)

    def kept(self, html: str, made: Callable[[str], str]) -> str:
        """Remember what was made of a piece of a page, unless that holds for this page only."""
        if (found := self._pieces.get(html)) is None:
            before = self._leaned
            found = made(html)
            if self._leaned == before:
                if len(self._pieces) >= _MEMORY:
                    self._pieces.clear()
                self._pieces[html] = found
        return found

    def _is_data(self, said: str) -> bool:
        """Whether the page prints this text as data, here perhaps cut short."""
        if said in self._known:
            return True
        cut = said.removesuffix("…").rstrip()
        return cut != said and any(datum.startswith(cut) for datum in self._known)

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
        if text[-1] == "." and (found := self.said(text[:-1])):
            return f"{found}."
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
            elif kind not in _AS_IT_IS:
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
        HTML as `crqlab.report.run.render` writes it.
    into : Translator
        As `translator` returns it.

    Returns
    -------
    Translated
        The same page gives the same bytes.
    """
    names = _DATUM.findall(_CARD.sub("", page))  # the card names "wave" and other words of ours
    into.begin({unescape(name) for name in names} - {""})
    work = _Work(into)
    pieces = _BLOCKS.split(page)
    pieces[::2] = map(work.between, pieces[::2])
    pieces[1::2] = map(work.tags, pieces[1::2])
    language = f'<html lang="{into.catalogue.language}">'
    made = _LANGUAGE.sub(language, "".join(pieces), count=1)
    return Translated(made, tuple(dict.fromkeys(work.left)))


def _unit(html: str) -> _Unit:
    """Read what stands between two blocks."""
    unit, tokens = _Unit(), _TOKEN.finditer(html)
    for found in tokens:
        token = found[0]
        if token[0] != "<":
            if _PRIVATE.search(token):  # no text of ours has such characters
                _datum(unit, token)
            else:
                unit.said += unescape(token)
            continue
        name = _NAME.match(token)[1]
        if _KEPT in token:
            _datum(unit, token + _until(tokens, name))
        else:
            mark = TAGS[f"/{name}" if token[1] == "/" else name]
            unit.tags.setdefault(mark, []).append(token)
            unit.said += mark
    return unit


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

    def __init__(self, into: Translator) -> None:
        self.into = into
        self.left: list[str] = []

    def tags(self, tags: str) -> str:
        """Translate the attributes that are read aloud."""
        spoken = 'label="' in tags or 'title="' in tags or 'alt="' in tags or 'mary="' in tags
        tags = _SPOKEN.sub(self._attribute, tags) if spoken else tags
        if "<style" in tags:
            return _PRINTED.sub(lambda found: self._said(found[0]), tags)
        return tags

    def _attribute(self, found: re.Match[str]) -> str:
        return f'{found[1]}="{escape(self._said(unescape(found[2])))}"'

    def between(self, html: str) -> str:
        """Translate what stands between two blocks."""
        if not html or html.isspace():
            return html
        return self.into.kept(html, self._unit)

    def _unit(self, html: str) -> str:
        unit = _unit(html)
        start, core, end = _cored(unit.said)
        found = self.into.said(_even(core)) if core else core
        if found is None:
            found = " ".join(self._sentence(piece) for piece in _SENTENCE.split(core))
        return _restored(start + found + end, unit, self)

    def _sentence(self, said: str) -> str:
        """Say a sentence as a whole, else what stands between its tags."""
        if not _MARK.search(said):
            return self._said(said)
        whole = self.into.said(_even(said))
        pieces = _BETWEEN_MARKS.split(said) if whole is None else []
        return whole or "".join(self._piece(piece) for piece in pieces)

    def _piece(self, piece: str) -> str:
        core = piece.strip()
        if not core or _MARK.fullmatch(core):
            return piece
        before, after = piece.split(core, 1)
        return f"{before}{self._said(core)}{after}"

    def _said(self, said: str) -> str:
        return self.into.spoken(said, self.left)


def _cored(said: str) -> tuple[str, str, str]:
    """Part a text from the tags and the space around it, as far as they belong together."""
    start = _AROUND.match(said)[0]
    end = _AT_END.search(said[len(start) :])[0]
    core = said[len(start) : len(said) - len(end)]
    while core and (lost := _unbalanced(core)) and (wider := _widened(core, start, end, lost)):
        core, start, end = wider
    return start, core, end


def _even(said: str) -> str:
    """One kind of space, so that line breaks in the source do not matter."""
    return " ".join(said.replace("\u00a0", " ").split())


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
            made.append(work.tags(next(taken[piece])))
        elif len(piece) == 1 and "\uf000" <= piece <= "\uf8ff":
            made.append(unit.data[ord(piece) - _OPAQUE])
        else:
            made.append(escape(piece))
    return "".join(made)
