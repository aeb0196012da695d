r"""Templates of messages: text with named places, word forms that go with a number, and tags.

``{n}`` is a place; ``{n|account|accounts}`` is the form of a word that goes with the number in
place ``n``, in the order of the language's plural forms; ``<b>`` and other inline tags stay tags
where a message becomes HTML, and go where it becomes plain text.

A place may say how it is written, so that codes can carry plain numbers and codes of words:
``{value:1}`` with one decimal, ``{cut:g}`` with as many as it has, ``{change:+1}`` with its sign,
``{share:%}``, ``{due:day}`` for a date in ISO form, ``{value:country}`` for a country's ISO code,
``{value:word}`` for a word of the data that ``term.yaml`` knows, and ``{term:covariate}`` for the
message of ``covariate.yaml`` of this code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_INLINE = "a abbr b bdi br cite code em i small span strong sub sup".split()
_PART = re.compile(
    r"\{(?P<name>\w+)(?::(?P<writing>[\w+%]+))?(?P<forms>(?:\|[^|{}]*)*)\}"
    rf"|(?P<tag></?(?:{'|'.join(_INLINE)})(?: [^<>]*)?>)"
    r"|(?P<fixed>[^{}<]+|.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template.

    Attributes
    ----------
    kind : str
        ``fixed``, ``place``, ``form`` or ``tag``.
    text : str
        Fixed text, a tag, or the name of a place.
    forms : tuple of str
        Of a word, in the order of the language's plural forms.
    writing : str
        How what stands in a place is written; empty for whole numbers, dates and texts as such.
    """

    kind: str
    text: str
    forms: tuple[str, ...] = ()
    writing: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """One message of one language, taken apart once.

    Attributes
    ----------
    source : str
        As in the catalogue.
    parts : tuple of Part
    """

    source: str
    parts: tuple[Part, ...]

    @property
    def places(self) -> frozenset[str]:
        """Names of everything that must be filled in."""
        return frozenset(part.text for part in self.parts if part.kind in ("place", "form"))

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of the message, sorted: every language has the same ones."""
        return tuple(sorted(part.text for part in self.parts if part.kind == "tag"))


def template(source: str) -> Template:
    """Take a template apart.

    Examples
    --------
    >>> [part.kind for part in template("{n} {n|account|accounts} of <bdi>{who}</bdi>").parts]
    ['place', 'fixed', 'form', 'fixed', 'tag', 'place', 'tag']
    """
    return Template(source, tuple(_parts(source)))


def _parts(source: str) -> Iterator[Part]:
    for found in _PART.finditer(source):
        if found["forms"]:
            yield Part("form", found["name"], tuple(found["forms"][1:].split("|")))
        elif found["name"]:
            yield Part("place", found["name"], writing=found["writing"] or "")
        elif found["tag"]:
            yield Part("tag", found["tag"])
        else:
            yield Part("fixed", found["fixed"])


def disagreement(own: Template, other: Template, forms: int) -> str:
    """Say in what a translation differs from the message it stands for; empty where in nothing.

    Parameters
    ----------
    own : Template
        Of the language of the house.
    other : Template
    forms : int
        How many plural forms the other language has.

    Examples
    --------
    >>> disagreement(template("{n} of {m} accounts"), template("{n} kunder"), 2)
    'has not the places of the English message: m'
    >>> disagreement(template("{n} accounts"), template("{n} {n|kund|kunder}"), 2)
    ''
    """
    if not other.source.strip():
        return "is empty"
    if odd := sorted(own.places ^ other.places):
        return f"has not the places of the English message: {', '.join(odd)}"
    if own.tags != other.tags:
        return "has not the tags of the English message"
    if any(part.kind == "form" and len(part.forms) != forms for part in other.parts):
        return f"has a word without {forms} plural forms"
    return ""
