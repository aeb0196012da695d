"""What answers a column holds: numbers of a scale, words of a scale, or neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from crqlab.responses import cells
from crqlab.responses.cells import Question, folded
from crqlab.responses.grid import Grid

#: From narrow to wide: a usual scale, and the codes that are usual beside it.
_SCALES = {
    (1, 3): set(),
    (1, 4): {0, 8, 9},
    (1, 5): {0, 6, 8, 9},
    (1, 6): {0, 8, 9},
    (1, 7): {0, 8, 9},
    (1, 9): {0},
    (1, 10): {11},
    (0, 10): {11},
    (1, 11): set(),
}
_MOST_POINTS = 13
_CODES = frozenset({-99, -98, -97, -9, -8, -7, 0, 6, 8, 9, 11, 77, 88, 97, 98, 99, 999})
_NOTHING = frozenset({"na", "n/a", "nan", "null", "none", "blank", ".", "-", "#n/a", "#null!"})
_WORDIEST = 9  # words of an answer that names a point of a scale
_STRONG, _VERY, _PLAIN, _WEAK = 3.5, 3.0, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Closed:
    """A column of closed answers.

    Attributes
    ----------
    counts : Series
        How often each whole number occurs; empty where the answers are words.
    levels : mapping of word to level
        Below 0 on the bad side of the middle, above 0 on the good one; empty for numbers.
    missing : frozenset of str
        Texts that mean "no answer".
    labels : mapping of code to label
        As SPSS has them.
    """

    counts: pd.Series
    levels: Mapping[str, float] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> list[int]:
        """Different numbers, from the least."""
        return [int(value) for value in self.counts.index]


def closed(grid: Grid, name: str) -> Closed | None:
    """Return the closed answers of a column; None where it holds something else."""
    counts = grid.text(name).value_counts()
    labels = grid.labels.get(name, {})
    missing = {str(t) for t in counts.index if means_nothing(str(t))}
    missing |= {code for code, label in labels.items() if means_nothing(label)}
    ask = Question(1, 7, dialect=grid.dialect if grid.dialect == "limesurvey" else "")
    given = {str(t): n for t, n in counts.items() if t not in missing}
    points = {text: ask.points(text) for text in given}
    if points and all(v is not None and v == v and v == int(v) for v in points.values()):
        numbers = pd.Series(dtype=int)
        for text, value in points.items():
            numbers[int(value)] = numbers.get(int(value), 0) + given[text]
        numbers = numbers.sort_index()
        return Closed(numbers, {}, frozenset(missing), labels) if _few(numbers) else None
    levels = {text: level for text in given if (level := answer_level(text)) is not None}
    if len(levels) == len(given) >= 2:
        return Closed(pd.Series(dtype=int), levels, frozenset(missing), labels)
    return None


def _few(counts: pd.Series) -> bool:
    plain = counts.index.isin(range(12))
    return bool(
        plain.sum() >= 3 and len(counts) <= _MOST_POINTS and counts.index[~plain].isin(_CODES).all()
    )


def means_nothing(text: str) -> bool:
    """Whether a text says that there is no answer.

    Examples
    --------
    >>> means_nothing("I don't know"), means_nothing("weiß nicht"), means_nothing("6 = never used")
    (True, True, True)
    >>> means_nothing("Agree")
    False
    """
    plain = re.sub(r"^\d+\s*[-=:.)]\s*", "", folded(text).replace("’", "'")).strip(" .!")
    if plain in _NOTHING:
        return True
    return any(plain in {folded(w) for w in words["missing"]} for words in _languages())


def answer_level(text: str) -> float | None:
    """Return on which side of the middle an answer in words lies, and how far; None if unknown.

    Examples
    --------
    >>> [answer_level(t) for t in ("Strongly disagree", "Somewhat agree", "Neither", "Agree")]
    [-3.5, 1.0, 0.0, 2.0]
    >>> answer_level("stimme eher nicht zu"), answer_level("Mycket nöjd"), answer_level("banking")
    (-1.0, 3.0, None)
    """
    plain = folded(text).replace("’", "'").strip(" .!")
    if not plain or len(plain.split()) > _WORDIEST:
        return None
    for words in _languages():
        if (level := _level(plain, words)) is not None:
            return level
    return None


def _level(plain: str, words: Mapping[str, list[str]]) -> float | None:
    if plain in words["middle"]:
        return 0.0
    bad, good = _holds(plain, words["bad"]), _holds(plain, words["good"])
    if good and bad and any(_apart(plain, *pair.split()) for pair in words["between"]):
        return 0.0
    split = [part for phrase in words["good"] if len(part := phrase.split()) == 2]
    good = good or any(_apart(plain, *pair) for pair in split)
    if not (bad or good):
        return None
    side = -1.0 if bad else 1.0
    if good and not bad and _holds(plain, words["turned"]):
        side = -1.0
    for kind, level in (("strong", _STRONG), ("very", _VERY), ("weak", _WEAK)):
        if _holds(plain, words[kind]):
            return side * level
    return side * _PLAIN


def _holds(plain: str, phrases: Iterable[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain) for phrase in phrases)


def _apart(plain: str, first: str, last: str) -> bool:
    """Whether a phrase stands with words between its parts, as in "stimme eher zu"."""
    return bool(re.search(rf"(?<!\w){re.escape(first)}\b.*\b{re.escape(last)}(?!\w)", plain))


def points(levels: Iterable[float]) -> dict[float, int]:
    """Return the scale point of every level that occurs, from 1; the scale is symmetric.

    Examples
    --------
    >>> points([-3.5, -2, 0, 2, 3.5]), points([-3.5, 1, 0, 2, 3.5])[3.5]
    ({-3.5: 1, -2: 2, 0: 3, 2: 4, 3.5: 5}, 7)
    """
    seen = set(levels)
    steps = sorted({abs(level) for level in seen if level})
    middle = [0] if 0 in seen or not steps else []
    whole = [-step for step in reversed(steps)] + middle + steps
    place = {level: i + 1 for i, level in enumerate(whole)}
    return {level: place[level] for level in sorted(seen)}


def scale_size(levels: Iterable[float]) -> int:
    """Return how many points the scale of these levels has."""
    seen = set(levels)
    steps = {abs(level) for level in seen if level}
    return 2 * len(steps) + int(0 in seen or not steps)


def scale(one: Closed, six: bool) -> tuple[int, int]:
    """Return the narrowest usual scale that holds every number but the usual codes beside it."""
    plain = one.counts[one.counts.index.isin(range(12))]
    named = sorted(
        int(v) for code, label in one.labels.items()
        if (v := cells.number(code)) is not None and v == int(v) and 0 <= v <= 11
        and code not in one.missing and not means_nothing(label)
    )  # fmt: skip
    if len(named) >= 3 and set(plain.index) <= {*named, *(int(m) for m in one.missing
                                                          if m.isdecimal())}:  # fmt: skip
        return named[0], named[-1]
    values = list(plain.index)
    for (low, high), codes in _SCALES.items():
        off = {v for v in values if not low <= v <= high}
        full = len(values) - len(off) >= 0.6 * (high - low + 1)
        if not off or (off <= codes and full and (six or 6 not in off)):
            return low, high
    return int(values[0]), int(values[-1])


def codes(one: Closed, low: int, high: int) -> list[int | str]:
    """Return the numbers and texts of a column that are no answers on its scale."""
    numbers = [v for v in one.numbers if not low <= v <= high]
    named = [int(m) if m.lstrip("-").isdecimal() else m for m in sorted(one.missing)
             if m.lstrip("-").isdecimal()]  # fmt: skip
    return list(dict.fromkeys([*numbers, *named]))


def turned(labels: Mapping[str, str]) -> bool:
    """Whether labels say that a low code is the good end of the scale."""
    levels = [
        (value, level)
        for code, label in labels.items()
        if (value := cells.number(code)) is not None and (level := answer_level(label)) is not None
    ]
    levels.sort()
    return len(levels) >= 2 and levels[0][1] > 0 > levels[-1][1]


def six_is_a_code(found: Iterable[Closed]) -> bool:
    """Whether 6 stands for "never used" on 1 to 5: 0 is there too, and 6 is often above 5."""
    six = [one.counts for one in found if len(one.counts) and one.counts.index[-1] == 6]
    flanked = [counts for counts in six if counts.index[0] == 0]
    peaked = [counts for counts in flanked if counts[6] > counts.get(5, 0)]
    return len(flanked) > len(six) / 2 and len(peaked) >= len(flanked) / 4


@cache
def _languages() -> tuple[dict[str, list[str]], ...]:
    text = Path(__file__).with_name("answer_words.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text).values())
