"""Which point of its scale an answer in words stands for, judged by all words of its question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

import yaml

#: Answers below which a scale of which all points occur may still have more of them: two or more
#: in the midst of the others, or a middle or both ends that nobody chose.
FEW_ANSWERS, MANY_ANSWERS = 30, 100
_SURE, _DOUBTED = 0.85, 0.6
_SUBJECT = r"(?P<x{}>\w+(?: \w+){{0,2}})"  # what a degree is about: "very SATISFIED"
_ENDING = re.compile(r"(?: ?(?:e|a|o|es|as|os|t|s))(?= |$)")  # satisfait, satisfaite


@dataclass(frozen=True, slots=True)
class Fit:
    """The points of a question's words.

    Attributes
    ----------
    points : dict of word to int
        From 1, the bad end.
    size : int
        Points of the scale, those that nobody chose included.
    sure : float
        In [0, 1].
    why : str
        For the person who confirms it.
    """

    points: dict[str, int]
    size: int
    sure: float
    why: str


class _Scale(NamedTuple):
    kind: str
    language: str
    points: tuple[re.Pattern[str], ...]


def fit(counts: Mapping[str, int]) -> Fit | None:
    """Return the known scale that holds all words of a question; None if there is none.

    A scale of which most points occur is preferred; where another one would give a word another
    point and cannot be ruled out, the fit is doubtful (``sure`` below 0.8).

    Parameters
    ----------
    counts : mapping of word to int
        How often each answer of the whole question was given.

    Examples
    --------
    >>> fit({"Poor": 9, "Fair": 20, "Good": 30, "Very good": 8, "Excellent": 3}).points["Fair"]
    2
    >>> found = fit({"Disagree": 9, "Neutral": 9, "Agree": 40, "Strongly agree": 20})
    >>> found.points["Disagree"], found.size, found.sure
    (2, 5, 0.85)
    >>> fit({"Agree": 30, "Strongly agree": 20}).sure, fit({"Red": 1, "Blue": 2})
    (0.6, None)
    """
    words = {word: plain(word) for word in counts}
    found = _candidates(frozenset(words.values()))
    if not found:
        return None
    best = found[0]
    size, points = best[2], dict(best[3])
    told = {word: points[said] for word, said in words.items()}
    rival = _rival(found, sum(counts.values()))
    if rival:
        _, kind, other, _ = rival
        why = f"words of a scale of {best[1]} with {size} points, or of {kind} with {other}"
        return Fit(told, size, _DOUBTED, why)
    return Fit(told, size, _SURE, f"words of a scale of {best[1]} with {size} points")


_Candidate = tuple[int, str, int, tuple[tuple[str, int], ...]]  # unused, kind, size, points


def _rival(found: list[_Candidate], answers: int) -> _Candidate | None:
    """Another scale that would give other points, and is nearly as likely."""
    unused, kind, size, points = found[0]
    for other in found[1:]:
        if other[2:] == (size, points) or (unused == 0 and not _may_be(other, answers)):
            continue
        if not unused or other[1] != kind or other[0] <= unused + 1:
            return other
    return None


def _may_be(one: _Candidate, answers: int) -> bool:
    """Whether nobody chose the unused points of a scale by chance, one end above all."""
    unused, _, size, points = one
    used = {point for _, point in points}
    ends = len({1, size} - used)
    if unused == 1 and ends:
        return True
    return answers < (MANY_ANSWERS if unused == 1 or ends == unused else FEW_ANSWERS)


@cache
def _candidates(words: frozenset[str]) -> list[_Candidate]:
    """Every known scale that holds all words, those with the fewest unused points first."""
    found: dict[tuple[str, int, tuple[tuple[str, int], ...]], int] = {}
    families: dict[tuple[str, int], list[tuple[str, dict[str, int]]]] = {}
    for scale in _scales():
        placed = _placed(words, scale)
        if placed:
            families.setdefault((scale.kind, len(scale.points)), []).append(
                (scale.language, placed)
            )
    for (kind, size), parts in families.items():
        whole = [part for _, part in parts if len(part) == len(words)] or _joined(parts, words)
        for part in whole:
            found[kind, size, tuple(sorted(part.items()))] = size - len(set(part.values()))
    return sorted((unused, *key) for key, unused in found.items())


def _joined(parts: list[tuple[str, dict[str, int]]], words: frozenset[str]) -> list[dict[str, int]]:
    """Answers in several languages: one list of each, of one kind and number of points."""
    held: dict[str, int] = {}
    spoken: set[str] = set()
    for language, part in sorted(parts, key=lambda one: len(one[1]), reverse=True):
        new = part.keys() - held.keys()
        alike = all(held[word] == part[word] for word in part.keys() & held.keys())
        if new and alike and language not in spoken:
            held |= part
            spoken.add(language)
    return [held] if len(held) == len(words) else []


def _placed(words: Iterable[str], scale: _Scale) -> dict[str, int]:
    """The point of every word that a list holds; nothing where two words claim one point."""
    found: dict[str, int] = {}
    subjects: set[str] = set()
    claimed: dict[int, str] = {}
    for word in words:
        hits = [
            (sum(map(len, subject)), place, subject)
            for place, pattern in enumerate(scale.points, start=1)
            if (held := pattern.fullmatch(word))
            for subject in [[said for said in held.groupdict().values() if said]]
        ]
        if not hits:
            continue
        _, found[word], subject = min(hits)  # "not too" satisfied, rather than not "too satisfied"
        subjects |= {_ENDING.sub("", said) for said in subject}
        stem = _ENDING.sub("", word)
        if claimed.setdefault(found[word], stem) != stem:
            return {}
    return found if len(subjects) <= 1 else {}


def plain(text: str) -> str:
    """Return an answer as scales are looked up: lower case, no accents, words alone.

    Examples
    --------
    >>> plain("Tout à fait d’accord"), plain("teils/teils"), plain("Satisfait(e)")
    ('tout a fait d accord', 'teils teils', 'satisfait e')
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())


def known(text: str) -> bool:
    """Return whether a text is a point of any known scale.

    Examples
    --------
    >>> known("Rarely"), known("Dunno")
    (True, False)
    """
    return _known(plain(text))


@cache
def _known(word: str) -> bool:
    return any(point.fullmatch(word) for scale in _scales() for point in scale.points)


@cache
def _scales() -> tuple[_Scale, ...]:
    text = Path(__file__).with_name("worded_scales.yaml").read_text(encoding="utf-8")
    return tuple(
        _Scale(kind, language, tuple(_pattern(point) for point in line.split(" > ")))
        for kind, spoken in yaml.safe_load(text).items()
        for language, lists in spoken.items()
        for line in lists
    )


def _pattern(point: str) -> re.Pattern[str]:
    """A point as it is written in the list of scales."""
    letters = unicodedata.normalize("NFKD", point.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    bare = re.sub(r" +", " ", re.sub(r"[-'’,/]", " ", bare))
    bare = bare.replace("_o", "(?:o|a)s?(?: [oa])?")
    numbers = count()
    return re.compile(re.sub("_x", lambda _: _SUBJECT.format(next(numbers)), bare))
