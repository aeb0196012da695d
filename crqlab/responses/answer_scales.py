"""What answers a column holds: numbers of a scale, words of a scale, or neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import Question, folded
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses import worded_scales
from crqlab.responses.column_signs import RECOMMENDS, plain

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
_CODES = frozenset(
    {-999, -99, -98, -97, -96, *range(-9, 1), 6, 8, 9, 11, 66, 77, 88, *range(95, 100)}
    | {888, *range(995, 1000), 9999}
)
_NOTHING = frozenset({"na", "n/a", "nan", "null", "none", "blank", ".", "-", "#n/a", "#null!"})
_POINTS = frozenset(map(str, range(12)))
_FEW_STRAYS = 0.3  # share of answers that may be no words of the scale that the others are
_WORDIEST = 9  # words of an answer that names a point of a scale
_STRONG, _VERY, _PLAIN, _WEAK = 3.5, 3.0, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Closed:
    """A column of closed answers.

    Attributes
    ----------
    counts : Series
        How often each whole number occurs; empty where the answers are words.
    words : mapping of word to int
        How often each answer in words occurs; empty where the answers are numbers.
    missing : frozenset of str
        Texts that mean "no answer".
    labels : mapping of code to label
        As SPSS has them, or as they stand beside the numbers ("5 - Very good").
    ends : mapping of word to int
        Words that stand for the ends of a scale whose other points are numbers.
    strays : mapping of text to int
        Answers that are no words of a scale, where most others are.
    """

    counts: pd.Series
    words: Mapping[str, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    strays: Mapping[str, int] = field(default_factory=dict)

    @property
    def spared(self) -> bool:
        """Whether one strange text alone stands beside a scale: likeliest a word for no answer."""
        return len(self.strays) == 1 and not few(self)

    @property
    def unanswered(self) -> frozenset[str]:
        """Texts that are taken for no answer, for certain or not."""
        return self.missing | (frozenset(self.strays) if self.spared else frozenset())

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
    given = {str(t): int(n) for t, n in counts.items() if t not in missing}
    points = {text: ask.points(text) for text in given}
    said = [text for text, value in points.items() if value is None]
    whole = {text: int(v) for text, v in points.items() if v is not None and v == v and v == int(v)}
    if len(whole) + len(said) < len(given):
        return None
    words = {text: given[text] for text in said if is_word(text)}
    if len(whole) > len(words):
        asked = RECOMMENDS.search(f"{grid.wording.get(name, '')} {plain(name)}")
        ends = scale_ends(said, set(whole.values()), recommends=bool(asked))
        return _numbered(given, whole | ends, frozenset(missing), labels, ends)
    strays = {text: given[text] for text in given if text not in words}
    if not words or sum(strays.values()) > _FEW_STRAYS * sum(given.values()):
        return None
    return Closed(pd.Series(dtype=int), words, frozenset(missing), labels, strays=strays)


def _numbered(
    given: Mapping[str, int],
    whole: Mapping[str, int],
    missing: frozenset[str],
    labels: Mapping[str, str],
    ends: Mapping[str, int],
) -> Closed | None:
    """Answers in numbers, if nearly every text has one and they can be points of a scale."""
    strays = {text: n for text, n in given.items() if text not in whole}
    if sum(strays.values()) > _FEW_STRAYS * sum(given.values()):
        return None
    counts = pd.Series({text: given[text] for text in whole}).groupby(pd.Series(whole)).sum()
    told = {f"{found[0]:g}": found[1] for text in given if (found := cells.labelled(text))}
    if not _may_rate(counts):
        return None
    return Closed(counts.sort_index(), {}, missing, labels or told, ends, strays)


def scale_ends(said: list[str], numbers: set[int], *, recommends: bool) -> dict[str, int]:
    """Return the points of words that stand for the ends of a scale of numbers.

    Examples
    --------
    >>> scale_ends(["Strongly disagree", "Strongly agree"], {2, 3, 4}, recommends=False)
    {'Strongly disagree': 1, 'Strongly agree': 5}
    >>> scale_ends(["Extremely likely"], {7, 8, 9}, recommends=True)
    {'Extremely likely': 10}
    """
    sides = {text: _side(text) for text in said}
    if not said or sorted(sides.values()) not in ([-1], [1], [-1, 1]):
        return {}
    low, high = min(numbers), max(numbers)
    for first, last in [(0, 10)] if recommends else [(1, 5), (1, 7), (1, 10), (0, 10)]:
        below = first < low if -1 in sides.values() else first <= low
        above = last > high if 1 in sides.values() else last >= high
        if below and above:
            return {text: first if side < 0 else last for text, side in sides.items()}
    return {}


def _side(text: str) -> int:
    """-1 for the bad side of a scale, 1 for the good one, 0 for the middle or no answer."""
    level = answer_level(text)
    if level is None:
        found = worded_scales.fit({text: 1})
        level = 2 * found.points[text] - 1 - found.size if found else 0
    return (level > 0) - (level < 0)


def is_word(text: str) -> bool:
    """Return whether a text can be a point of a scale in words.

    Examples
    --------
    >>> is_word("Rarely"), is_word("Quite happy"), is_word("banking")
    (True, True, False)
    """
    return worded_scales.known(text) or answer_level(text) is not None


def _may_rate(counts: pd.Series) -> bool:
    plain = counts.index.isin(range(12))
    return bool(
        plain.any() and len(counts) <= _MOST_POINTS and counts.index[~plain].isin(_CODES).all()
    )


def few(one: Closed) -> bool:
    """Return whether a column has too few different answers to be known as a scale by itself."""
    if one.words:
        return len(one.words) < 2
    return sum(0 <= value <= 11 for value in one.numbers) < 3


def means_nothing(text: str) -> bool:
    """Whether a text says that there is no answer.

    Examples
    --------
    >>> means_nothing("I don't know"), means_nothing("weiß nicht"), means_nothing("6 = never used")
    (True, True, True)
    >>> means_nothing("Don't know / Not applicable"), means_nothing("."), means_nothing("Agree")
    (True, True, False)
    """
    told = folded(text).replace("’", "'")
    plain = re.sub(r"^\d+\s*[-=:.)]\s*", "", told).strip(" .!")
    if told in _NOTHING or plain in _NOTHING or plain in _no_answers():
        return True
    parts = [
        part.strip(" .!")
        for part in re.split(r"\s*/\s*|,\s+|\s+(?:or|oder|eller|ou|o|of)\s+|[()]", plain)
    ]
    parts = [part for part in parts if part]
    return len(parts) > 1 and all(part in _no_answers() or part in _NOTHING for part in parts)


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


def reaching(
    found: tuple[int, int], labels: Mapping[str, str], missing: Iterable[str]
) -> tuple[int, int]:
    """Return a scale that reaches to every point with a label, though nobody chose it.

    Examples
    --------
    >>> reaching((2, 6), {"1": "Strongly agree", "7": "Strongly disagree"}, ())
    (1, 7)
    """
    named = [int(value) for code, label in labels.items()
             if (value := cells.number(code)) is not None and value in range(12)
             and code not in missing and not means_nothing(label)]  # fmt: skip
    return min([found[0], *named]), max([found[1], *named])


def up_to_ten(found: Iterable[Closed]) -> tuple[int, int] | None:
    """Return 0 or 1 to 10 where several questions without labels are answered up to 10.

    What would stand for no answer on a shorter scale, as 8 or 9, is a point of theirs then.
    """
    bare = [one for one in found if not one.labels and not one.ends]
    tens = [one for one in bare if 10 in one.numbers and {8, 9} & set(one.numbers)]
    if len(tens) < 2 or 4 * len(tens) < len(bare):
        return None
    return (0 if any(0 in one.numbers for one in bare) else 1), 10


def beyond_seven(one: Closed) -> bool:
    """Return whether a column has answers above 7, and none above 10 but codes."""
    return any(7 < value <= 10 for value in one.numbers)


def codes(one: Closed, low: int, high: int) -> list[int | str]:
    """Return the numbers and texts of a column that are no answers on its scale."""
    numbers = [v for v in one.numbers if not low <= v <= high]
    named = [int(m) if m.lstrip("-").isdecimal() else m for m in sorted(one.missing)
             if m.lstrip("-").isdecimal()]  # fmt: skip
    return list(dict.fromkeys([*numbers, *named]))


def turned(labels: Mapping[str, str], scale: tuple[int, int]) -> bool:
    """Whether labels say that a low code is the good end of the scale.

    Examples
    --------
    >>> turned({"1": "Always", "5": "Never"}, (1, 5)), turned({"1": "poor", "4": "good"}, (1, 4))
    (True, False)
    >>> turned({"1": "Very satisfied"}, (1, 7))  # nobody chose the other end
    True
    """
    told = {label: value for code, label in labels.items()
            if (value := cells.number(code)) is not None and not means_nothing(label)}  # fmt: skip
    found = worded_scales.fit(dict.fromkeys(told, 1))
    heights = found.points if found else {label: answer_level(label) for label in told}
    known = sorted((told[label], height) for label, height in heights.items() if height is not None)
    if len(known) > 1:
        first, last = known[0][1], known[-1][1]
        return first > last if found else first > 0 > last
    low, high = scale
    return any((2 * told[label] - low - high) * _side(label) < 0 for label in told)


def shared_labels(
    closed: Mapping[str, Closed], questions: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return labels beside numbers: one that nobody chose in an item may stand in its neighbour.

    Parameters
    ----------
    closed : mapping of header to Closed
    questions : mapping of header to str
        What the items of one matrix share.
    """
    shared: dict[str, dict[str, str]] = {}
    closed = dict(closed)
    for name, one in closed.items():
        shared.setdefault(questions[name], {}).update(one.labels)
    everywhere = _agreed(closed.values())
    found = {}
    for name, one in closed.items():
        others = {**everywhere, **shared[questions[name]]}
        bare = {str(value) for value in one.numbers} - one.labels.keys()
        lacks = len(one.labels) < 2 and not bare & others.keys()
        found[name] = {**others, **one.labels} if lacks else dict(one.labels)
        if not lacks and not bare and len(one.labels) > 2 and not everywhere.keys() - _POINTS:
            found[name] = {**everywhere, **one.labels}
    return found


def _agreed(closed: Iterable[Closed]) -> dict[str, str]:
    """The labels of all columns together, if no two of them give a code different ones."""
    told: dict[str, set[str]] = {}
    for one in closed:
        for code, label in one.labels.items():
            told.setdefault(code, set()).add(folded(label))
    if any(len(labels) > 1 for labels in told.values()):
        return {}
    return {code: label for one in closed for code, label in one.labels.items()}


def six_is_a_code(found: Iterable[Closed]) -> bool:
    """Whether 6 stands for "never used" on 1 to 5: 0 is there too, and 6 is often above 5."""
    six = [one.counts for one in found if len(one.counts) and one.counts.index[-1] == 6]
    flanked = [counts for counts in six if counts.index[0] == 0]
    peaked = [counts for counts in flanked if counts[6] > counts.get(5, 0)]
    return len(flanked) > len(six) / 2 and len(peaked) >= len(flanked) / 4


@cache
def _no_answers() -> frozenset[str]:
    return frozenset(folded(word) for words in _languages() for word in words["missing"])


@cache
def _languages() -> tuple[dict[str, list[str]], ...]:
    text = Path(__file__).with_name("answer_words.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text).values())
