"""The wording of items and short names for them, from headers and from what tools tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from crqlab.base.instrument import RESERVED

_LONGEST = 32
_STATEMENT = re.compile(r"^(?P<stem>.{8,}?)\s*\[(?P<own>.+)\]$", re.DOTALL)
_SPOKEN = 3  # words from which a header is a wording


def wording(header: str, told: str) -> str:
    """Return what was asked: the tool's wording, else the header where it is one.

    Examples
    --------
    >>> wording("Q1_1", "How far do you agree? - Keeps its word"), wording("Q1_1", "")
    ('How far do you agree? - Keeps its word', '')
    >>> wording("How likely are you to recommend us?", "")
    'How likely are you to recommend us?'
    """
    said = " ".join(told.split()).strip("* ")
    if said:
        return said
    header = " ".join(header.split()).strip("* ")
    return header if len(header.split()) >= _SPOKEN else ""


def statements(asked: Sequence[str]) -> list[str]:
    """Return wordings without the stem that all of one question share.

    Examples
    --------
    >>> statements(["Agree? - Keeps its word", "Agree? - Is honest", "Are we content?"])
    ['Keeps its word', 'Is honest', 'Are we content?']
    >>> statements(["How far? Tell us. [Is honest]"]), statements(["Is fair:How?", "Is ok:How?"])
    (['Is honest'], ['Is fair', 'Is ok'])
    """
    own = [found["own"].strip() if (found := _STATEMENT.match(text)) else text for text in asked]
    for mark, last in ((" - ", True), ("-", True), (": ", True), ("?.", True), (":", False)):
        parts = [text.split(mark, 1) if last else text.rsplit(mark, 1) for text in own]
        stems = [part[0 if last else -1].strip() if len(part) == 2 else "" for part in parts]
        many = {stem for stem in stems if stem and stems.count(stem) > 1}
        own = [
            part[-1 if last else 0].strip() if stem in many else text
            for part, stem, text in zip(parts, stems, own, strict=True)
        ]
    return own


def questions(headers: Sequence[str], told: Sequence[str]) -> dict[str, str]:
    """Return what the items of one matrix share, by header: of their wordings, else of headers.

    Examples
    --------
    >>> questions(["Q1_1", "Q1_2"], ["Agree? - Is honest", "Agree? - Is fair"])
    {'Q1_1': 'Agree?', 'Q1_2': 'Agree?'}
    >>> questions(["tru_1", "Q9"], ["", ""])
    {'tru_1': 'tru', 'Q9': 'Q'}
    """
    asked = [wording(header, said) for header, said in zip(headers, told, strict=True)]
    each = zip(headers, asked, statements(asked), strict=True)
    return {
        header: whole.replace(own, "").strip(" -:[].") or stem(header)
        for header, whole, own in each
    }


def names(headers: Sequence[str], asked: Sequence[str], taken: set[str]) -> list[str]:
    """Return a name for each header that a codebook allows, no two alike.

    A header that is a code is the name; one that is a wording gives its telling words.

    Examples
    --------
    >>> names(["Q1_1", "How far do you agree? [Keeps its word]"], ["", "Keeps its word"], set())
    ['q1_1', 'keeps_its_word']
    """
    found: list[str] = []
    for header, text in zip(headers, asked, strict=True):
        spoken = len(header.split()) >= _SPOKEN
        name = _allowed(text if spoken and text else header)
        unique, n = name, 2
        while unique in taken or unique in found or unique in RESERVED:
            unique, n = f"{name}_{n}", n + 1
        found.append(unique)
    return found


def _allowed(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if len(plain) > _LONGEST:
        plain = plain[: _LONGEST + 1].rpartition("_")[0] or plain[:_LONGEST]
    return plain if plain[:1].isalpha() else f"q_{plain}".rstrip("_")


def stem(header: str) -> str:
    """Return what the items of one matrix question share in their headers.

    Examples
    --------
    >>> stem("Q1_2"), stem("G01Q01[SQ003]"), stem("tru_1"), stem("q7"), stem("a")
    ('Q1', 'G01Q01', 'tru', 'q', 'a')
    """
    if found := re.match(r"(.+?)(?:\[[^\]]*\]|_SQ\d+)+$", header):
        return found[1]
    return re.sub(r"[_. ]?\d+$", "", header) or header


def concept(text: str) -> tuple[str, float]:
    """Return the concept that a wording speaks of, and how sure that is in [0, 1].

    Examples
    --------
    >>> concept("This supplier keeps what it promises")[0], concept("Vi är nöjda överlag")[0]
    ('trust', 'satisfaction')
    >>> concept("q1")
    ('', 0.0)
    """
    plain = text.casefold()
    hits = {
        name: max(sum(word in plain for word in words) for words in spoken.values())
        for name, spoken in _concepts().items()
    }
    most = max(hits.values())
    if not most:
        return "", 0.0
    best = [name for name, n in hits.items() if n == most]
    return best[0], 0.8 if len(best) == 1 else 0.5


@cache
def _concepts() -> dict[str, dict[str, list[str]]]:
    text = Path(__file__).with_name("construct_words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
