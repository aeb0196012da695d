r"""One message in two languages: an English template that is recognised, and what to say instead.

A template is text with named places. ``{n}`` holds a number, ``{day:date}`` a date, ``{eur:money}``
a currency and ``{w:wave}`` a wave; ``{who:name}`` holds a name without comma, ``{who:text}``
anything that is kept as it is, ``{what:words}`` a message that is translated in turn; and
``{n|account|accounts}`` is the form of a word that goes with ``n``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Tags inside a message, each one character while it is translated.
TAGS = {
    tag: chr(0xE100 + place)
    for place, tag in enumerate(
        f"{end}{name}"
        for name in "a abbr b bdi br cite code em i q small span strong sub sup".split()
        for end in ("", "/")
    )
}
KINDS = ("number", "date", "money", "wave", "name", "text", "words")
NUMBER = r"[+−-]?\d+(?:,\d{3})*(?:\.\d+)?(?: %)?|–|open"
DATE = r"\d{4}-\d\d-\d\d"

_PATTERNS = {
    "number": NUMBER,
    "date": DATE,
    "money": r"[A-Z]{3}|kr|€|\$|£",
    "wave": r"[^\s;:,()]+(?: [^\s;:,()]+){0,2}?",
    "name": "[^\ue100-\ue1ff,;:()]+?",
    "text": "[^\ue100-\ue1ff;]+?",
    "words": "[^\ue100-\ue1ff]+?",
}
_PART = re.compile(r"\{(\w+)(?::(\w+))?((?:\|[^|{}]*)*)\}|<(/?\w+)>|([^{}<]+|.)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: a place, a form, a tag or fixed text.

    Attributes
    ----------
    text : str
        Fixed text, or the name of a place.
    kind : str
        ``"fixed"``, ``"tag"``, ``"form"``, or the kind of a place.
    forms : tuple of str
        Forms of a word, in the order of a language's plural rule.
    """

    text: str
    kind: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A template and its translation, ready to be used.

    Attributes
    ----------
    key, value : str
        As in the catalogue.
    pattern : Pattern
        Matches what the key may look like on a page.
    kinds : dict
        Kind of each place of the key, by name.
    parts : tuple of Part
        Of the value.
    fixed : str
        Text of the key that never changes.
    """

    key: str
    value: str
    pattern: re.Pattern[str]
    kinds: dict[str, str]
    parts: tuple[Part, ...]
    fixed: str

    @property
    def words(self) -> set[str]:
        """Words that are on every page that shows this message."""
        return set(words(self.fixed))


def words(said: str) -> list[str]:
    """Return the words of a text, without digits and marks."""
    return _WORD.findall(said)


def parts(template: str) -> tuple[Part, ...]:
    """Take a template apart.

    Examples
    --------
    >>> [part.kind for part in parts("{n} {n|account|accounts} of <bdi>{who:text}</bdi>")]
    ['number', 'fixed', 'form', 'fixed', 'tag', 'text', 'tag']
    """
    return tuple(_parts(template.replace("\u00a0", " ")))


def _parts(template: str) -> Iterator[Part]:
    for name, kind, forms, tag, fixed in _PART.findall(template):
        if forms:
            yield Part(name, "form", tuple(forms[1:].split("|")))
        elif name:
            yield Part(name, kind or "number")
        elif tag in TAGS:
            yield Part(TAGS[tag], "tag")
        else:
            yield Part(fixed or f"<{tag}>", "fixed")


def message(key: str, value: str) -> Message:
    """Compile a message.

    Examples
    --------
    >>> said = message("{n} {n|account|accounts}", "{n} {n|kund|kunder}")
    >>> said.pattern.fullmatch("1,200 accounts")["n"], said.pattern.fullmatch("many accounts")
    ('1,200', None)
    """
    there = parts(key)
    kinds = {p.text: p.kind for p in there if p.kind in KINDS}
    fixed = " ".join(part.text for part in there if part.kind == "fixed")
    return Message(key, value, re.compile(_pattern(there), re.DOTALL), kinds, parts(value), fixed)


def _pattern(there: tuple[Part, ...]) -> str:
    seen: set[str] = set()
    made = []
    for part in there:
        if part.kind == "form":
            made.append(f"(?:{'|'.join(map(re.escape, part.forms))})")
        elif part.kind not in KINDS:
            made.append(re.escape(part.text))
        elif part.text in seen:
            made.append(f"(?P={part.text})")
        else:
            seen.add(part.text)
            made.append(f"(?P<{part.text}>{_PATTERNS[part.kind]})")
    return "".join(made)


def disagreement(key: str, value: str, forms: int) -> str:
    """Say why a value cannot stand for its key; an empty text where it can.

    Parameters
    ----------
    key, value : str
        Templates.
    forms : int
        How many plural forms the value's language has.

    Examples
    --------
    >>> disagreement("{n} of {m} accounts", "{n} kunder", 2)
    'has no place {m} of the key'
    >>> disagreement("{n} of {m} accounts", "{n} av {m} kunder", 2)
    ''
    """
    there, here = parts(key), parts(value)
    places, used = ({p.text for p in side if p.kind in KINDS} for side in (there, here))
    kinds = {p.text: p.kind for p in there if p.kind in KINDS}
    if wrong := sorted({p.kind for p in there if p.kind not in (*KINDS, "fixed", "form", "tag")}):
        return f"has a key with a place of kind {wrong[0]}; use {', '.join(KINDS)}"
    if not value.strip():
        return "is empty"
    if lost := sorted(places - used):
        return f"has no place {{{lost[0]}}} of the key"
    counted = {p.text for p in here if p.kind == "form"}
    if stray := sorted((used | counted) - places):
        return f"has a place {{{stray[0]}}} that the key has not"
    if other := sorted(
        p.text for p in here if p.kind in KINDS and p.kind not in (kinds[p.text], "number")
    ):
        return f"has a place {{{other[0]}}} of another kind than the key"
    if any(len(p.forms) != forms for p in here if p.kind == "form"):
        return f"has a word without {forms} plural forms"
    if sorted(p.text for p in there if p.kind == "tag") != sorted(
        p.text for p in here if p.kind == "tag"
    ):
        return "has other tags than the key"
    return ""
