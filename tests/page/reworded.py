"""A language whose every word is another one: nothing but words may follow from words."""

from __future__ import annotations

import re
from dataclasses import replace

from bs4 import BeautifulSoup

from crqlab.language import Language, language
from crqlab.language.templates import Part, Template

_WORD = re.compile(r"[A-Za-z]+")


def reworded(*sections: str) -> Language:
    """Return English whose messages of some sections, or of all, say "zz" for every word."""
    own = language("en")
    made = Language("en", {})
    made.messages = {
        code: _mangled(said) if not sections or code.partition(".")[0] in sections else said
        for code, said in own.messages.items()
    }
    return made


def _mangled(said: Template) -> Template:
    parts = tuple(
        Part(part.kind, _WORD.sub("zz", part.text) if part.kind == "fixed" else part.text,
             tuple(_WORD.sub("zz", form) for form in part.forms))
        for part in said.parts
    )  # fmt: skip
    return Template(said.source, parts)


def in_other_words(view, *sections: str):
    """Return the view in a language of other words."""
    return replace(view, language=reworded(*sections))


def elements(html: str) -> list[tuple[str, dict]]:
    """Elements and their attributes, in order, without what is only said."""
    spoken = ("title", "alt", "aria-label")
    return [
        (tag.name, {name: value for name, value in tag.attrs.items() if name not in spoken})
        for tag in BeautifulSoup(html, "html.parser").find_all(True)
    ]


def numbers(html: str) -> list[str]:
    """Every number of a piece of a page, in the order in which it stands."""
    page = BeautifulSoup(html, "html.parser")
    return re.findall(r"[-−+]?\d[\d.,]*\d|\d", page.get_text(" "))
