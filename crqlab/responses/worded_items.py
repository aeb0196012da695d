"""Answers in words become points: all questions that are answered in the same words together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from crqlab.responses import worded_scales
from crqlab.responses.answer_scales import answer_level
from crqlab.responses.worded_scales import Fit, plain

_BY_PARTS, _TIED, _OWN = 0.6, 0.4, 0.6
_SHARED = 2  # words that two questions have in common if they are answered on one scale


def fits(answers: Mapping[str, Mapping[str, int]], questions: Mapping[str, str]) -> dict[str, Fit]:
    """Return the points of every item's words.

    Parameters
    ----------
    answers : mapping of item to mapping of word to int
        How often each answer was given.
    questions : mapping of item to str
        What items of one matrix share.

    Examples
    --------
    >>> rows = {"a": {"Agree": 40, "Disagree": 60},
    ...     "b": {"Strongly agree": 3, "Strongly disagree": 9}}
    >>> found = fits(rows, {"a": "How far do you agree?", "b": "How far do you agree?"})
    >>> found["b"].points, found["a"].size
    ({'Strongly agree': 4, 'Strongly disagree': 1}, 4)
    """
    found: dict[str, Fit] = {}
    for group in _groups(answers, questions):
        whole = worded_scales.fit(_pooled(answers, group))
        parts = [group] if whole else _groups({name: answers[name] for name in group}, {})
        for part in parts:
            pooled = _pooled(answers, part)
            said = worded_scales.fit(pooled) or _by_parts(pooled)
            found |= {name: _of(said, answers[name]) for name in part}
            found |= _narrower(said, answers, questions, part)
    return found


def _narrower(
    whole: Fit,
    answers: Mapping[str, Mapping[str, int]],
    questions: Mapping[str, str],
    group: list[str],
) -> dict[str, Fit]:
    """Questions that use a smaller scale in full, of the same words as a larger one elsewhere."""
    found = {}
    for question in dict.fromkeys(questions.get(name, name) for name in group):
        members = [name for name in group if questions.get(name, name) == question]
        pooled = _pooled(answers, members)
        own = worded_scales.fit(pooled)
        if own and len(set(own.points.values())) == own.size < whole.size:
            why = f"{own.why}; other questions use {whole.size} points of the same words"
            said = Fit(own.points, own.size, _OWN, why)
            found |= {name: _of(said, answers[name]) for name in members}
    return found


def _groups(
    answers: Mapping[str, Mapping[str, int]], questions: Mapping[str, str]
) -> list[list[str]]:
    """Items of one question, or with several words in common, however many items lie between."""
    groups: list[tuple[set[str], set[str], list[str]]] = []
    for name, counts in answers.items():
        words, asked = {plain(word) for word in counts}, {questions[name]} if questions else set()
        members = [name]
        apart = []
        for group in groups:
            shared = len(words & group[0]) >= min(_SHARED, len(words), len(group[0]))
            if shared or asked & group[1]:
                words, asked, members = words | group[0], asked | group[1], group[2] + members
            else:
                apart.append(group)
        groups = [*apart, (words, asked, members)]
    return [members for _, _, members in groups]


def _pooled(answers: Mapping[str, Mapping[str, int]], group: Iterable[str]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name in group:
        total.update(answers[name])
    return dict(total)


def _of(whole: Fit, words: Iterable[str]) -> Fit:
    return Fit({word: whole.points[word] for word in words}, whole.size, whole.sure, whole.why)


def _by_parts(counts: Mapping[str, int]) -> Fit:
    """Order words of no known scale by their parts, as "rather" and "happy"; always doubtful."""
    levels = {word: answer_level(word) for word in counts}
    strange = [word for word, level in levels.items() if level is None]
    known = {word: level for word, level in levels.items() if level is not None}
    steps = sorted({abs(level) for level in known.values() if level})
    middle = [0.0] if 0.0 in known.values() or not steps else []
    place = {
        level: n for n, level in enumerate([*(-s for s in reversed(steps)), *middle, *steps], 1)
    }
    points = {word: place[level] for word, level in known.items()}
    tied = len(points) > len(set(points.values())) or bool(strange)
    points |= dict.fromkeys(strange, max(place.values(), default=1))
    order = " < ".join(sorted(points, key=lambda word: points[word]))
    why = f"its words are of no known scale and were put in the order {order}"
    if tied:
        why = f"the order of its words is not known, put as {order}; correct it under recode"
    return Fit(points, max(len(place), 2), _TIED if tied else _BY_PARTS, why)
