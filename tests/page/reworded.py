"""A language whose every word is another one: nothing but words may follow from words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bs4 import BeautifulSoup

from crqlab.language import Language, language
from crqlab.language.templates import Part, Template

_WORD = re.compile(r"[A-Za-z]+")
_TELLING = re.compile(r"(?<![{\w])[A-Za-z]{3,}")
#: Attributes that are read aloud.
SPOKEN = ("title", "alt", "aria-label")


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
             tuple(_WORD.sub("zz", form) for form in part.forms), part.writing)
        for part in said.parts
    )  # fmt: skip
    return Template(said.source, parts)


def in_other_words(view, *sections: str):
    """Return the view in a language of other words."""
    return replace(view, language=reworded(*sections))


def elements(html: str) -> list[tuple[str, dict]]:
    """Elements and their attributes, in order, without what is only said."""
    return [
        (tag.name, {name: value for name, value in tag.attrs.items() if name not in SPOKEN})
        for tag in BeautifulSoup(html, "html.parser").find_all(True)
    ]


def numbers(html: str) -> list[str]:
    """Every number of a piece of a page, in the order in which it stands."""
    page = BeautifulSoup(html, "html.parser")
    return re.findall(r"[-−+]?\d[\d.,]*\d|\d", page.get_text(" "))


def left_english(html: str, spoken: Language) -> list[str]:
    """Texts of a page that say an English message which this language words otherwise."""
    page = BeautifulSoup(html, "html.parser")
    for data in page.select("[translate=no], style, script"):
        data.extract()
    texts = {piece.strip() for piece in page.find_all(string=True)}
    texts |= {tag[name] for name in SPOKEN for tag in page.find_all(attrs={name: True})}
    return english_among(texts, spoken)


def english_among(texts: Iterable[str], spoken: Language) -> list[str]:
    """Return those of some texts that say an English message which a language words otherwise."""
    patterns = [
        re.compile("".join(map(_pattern, said.parts)))
        for code, said in language("en").messages.items()
        if said.source != spoken.messages[code].source and _TELLING.search(said.source)
    ]
    found = {text for text in texts if any(one.fullmatch(text) for one in patterns)}
    return sorted(found)


def _pattern(part: Part) -> str:
    if part.kind == "form":
        return f"(?:{'|'.join(map(re.escape, part.forms))})"
    return {"fixed": re.escape(part.text), "place": ".+?", "tag": ""}[part.kind]
