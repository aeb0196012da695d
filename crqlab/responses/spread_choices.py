"""One choice of a person that an export spreads over a column for each option."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.cells import folded
from crqlab.base.spreadsheets.grid import Grid, texts
from crqlab.responses.answer_scales import is_word, means_nothing

#: Our question: column of an option: the answer that it stands for.
Choices = dict[str, dict[str, str]]
_PARTED = tuple(map(re.compile, (
    r"(?P<question>.{3,}?)\s*\[(?P<option>[^\]]+)\]",
    r"(?P<question>.{3,}) - (?P<option>.+)",
    r"(?P<question>.{3,}\?)[:.]?\s*(?P<option>.+)",
    r"(?P<question>.{1,}?)[_.](?P<option>\d{1,2})",
)))  # fmt: skip
_UNMARKED = (["", "0", "0.0", "no", "n", "nein", "nej", "non", "nee", "false", "unchecked",
             "not selected", "nicht gewählt", "off", "-"])  # fmt: skip
_MARKS = frozenset(["1", "1.0", "x", "yes", "y", "true", "selected", "checked", "ja", "j", "oui",
                    "sí", "si", "✓", "on", "quoted"])  # fmt: skip
_OPTIONS, _ANSWERED, _SHARE = 3, 5, 0.5  # columns, people, share of people: the fewest


def found(grid: Grid) -> Choices:
    """Return questions of which every option has a column of its own, and nobody marked two.

    Options are the points of a scale: numbers, or words of one.

    Examples
    --------
    >>> from crqlab.base.spreadsheets.grid import grid
    >>> marked = [["x" if n % 3 == option else "" for n in range(9)] for option in range(3)]
    >>> rows = grid("a.csv", ["nps_0", "nps_1", "nps_2"], [texts(marked)], np.arange(9))
    >>> found(rows)
    {'nps': {'nps_0': '0', 'nps_1': '1', 'nps_2': '2'}}
    """
    for pattern in _PARTED:
        held: Choices = {}
        for name in grid.names:
            told = pattern.fullmatch(name) if grid.names.count(name) == 1 else None
            if told:
                held.setdefault(told["question"].strip(), {})[name] = told["option"].strip()
        spread = {q: answers for q, options in held.items()
                  if q not in grid.names and (answers := _answers(grid, options))}  # fmt: skip
        if spread:
            return spread
    return {}


def _answers(grid: Grid, options: dict[str, str]) -> dict[str, str]:
    """The answer of every column, if they are options of one choice; nothing if not."""
    if len(options) < _OPTIONS:
        return {}
    answers = {}
    marked = _marked(grid, options)
    for name, where in marked.items():
        marks = set(grid.text(name)[where].map(folded))
        if len(marks) > 1:
            return {}
        mark = next(iter(marks), "")
        plain = not mark or mark in _MARKS or cells.number(options[name]) is not None
        answers[name] = options[name] if plain else grid.text(name)[where].iloc[0]
    times = sum(where.astype(int) for where in marked.values())
    told = int((times == 1).sum())
    used = sum(where.any() for where in marked.values())
    enough = told >= _ANSWERED and told >= _SHARE * len(grid) and used > 1
    return answers if enough and not (times > 1).any() and _is_scale(answers) else {}


def _marked(grid: Grid, options: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Who marked which option: where cells hold nothing but the option itself, 0 is one, too."""
    said = {name: grid.text(name).fillna("").map(folded).to_numpy(str) for name in options}
    own = {name: folded(options[name]) for name in options}
    named = all(set(texts) <= {"", own[name]} for name, texts in said.items())
    return {name: (texts == own[name]) & (texts != "") if named else ~np.isin(texts, _UNMARKED)
            for name, texts in said.items()}  # fmt: skip


def _is_scale(answers: Mapping[str, str]) -> bool:
    said = [text for text in answers.values() if not means_nothing(text)]
    numbers = [value for text in said if (value := cells.number(text)) is not None]
    if len(numbers) == len(said):
        return len(set(numbers)) == len(numbers) and max(numbers) - min(numbers) < 12
    led = [text for text in said if cells.labelled(text) or is_word(text)]
    return len(led) + len(numbers) == len(said)


def joined(grid: Grid, choices: Mapping[str, Mapping[str, str]]) -> Grid:
    """Return a file in which each of these questions is one column that holds the answer.

    A column that the file lacks was an option that this file's tool did not write.
    """
    for question, answers in choices.items():
        there = [name for name in answers if grid.names.count(name) == 1]
        if not there:
            continue
        whole = np.full(len(grid), "", dtype=object)
        for name, where in _marked(grid, {name: answers[name] for name in there}).items():
            whole[where] = answers[name]
        first = grid.names.index(there[0])
        kept = [n for n, name in enumerate(grid.names) if name not in there or n == first]
        columns = [grid.cells.column(n).to_pylist() if n != first else whole.tolist()
                   for n in kept]  # fmt: skip
        names = tuple(question if n == first else grid.names[n] for n in kept)
        said = next((text for name in there if (text := grid.wording.get(name))), "")
        wording = {**grid.wording, question: said} if said else grid.wording
        grid = replace(grid, names=names, cells=texts(columns), wording=wording)
    return grid


def without_twins(grid: Grid) -> Grid:
    """Return a file in which columns of one name that never disagree are one column.

    Forms that ask the same in several branches write it so.
    """
    for name in {name for name in grid.names if name and grid.names.count(name) > 1}:
        places = [n for n, header in enumerate(grid.names) if header == name]
        held = [grid.text(f"{name} ({n + 1})").fillna("") for n in range(len(places[:9]))]
        told = pd.concat(held, axis=1).apply(lambda row: set(row) - {""}, axis=1)
        if len(places) > 9 or (told.map(len) > 1).any():
            continue
        whole = [next(iter(said), "") for said in told]
        kept = [n for n in range(len(grid.names)) if n not in places[1:]]
        columns = [whole if n == places[0] else grid.cells.column(n).to_pylist() for n in kept]
        grid = replace(grid, names=tuple(grid.names[n] for n in kept), cells=texts(columns))
    return grid
