"""Loops: questions that one person answers about several objects become rows, one an object."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crqlab.base.faults import UnreadableError
from crqlab.base.sources import Loop
from crqlab.base.spreadsheets.grid import Grid, texts
from crqlab.responses.column_signs import RECOMMENDS, plain

#: The column of an unrolled file that names the object.
OBJECT = "Object rated"
_PREFIXED = re.compile(r"(?P<object>\d{1,2})_(?P<question>[^\d\W].*)")
_BRACKETED = re.compile(r"(?P<question>.*?\w)\[(?P<object>\d{1,2})\]")
_SUFFIXED = re.compile(r"(?P<question>[^\W\d_].*?)_(?P<object>\d{1,2})")
_SHAPES = ((_PREFIXED, "{object}_{question}"), (_BRACKETED, "{question}[{object}]"),
           (_SUFFIXED, "{question}_{object}"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoopDraft:
    """A loop that the headers of a file show.

    Attributes
    ----------
    loop : Loop or None
        None where the headers leave open what they are.
    sure : float
        In [0, 1].
    why : str
        For the person who confirms it.
    """

    loop: Loop | None
    sure: float
    why: str


def found(grid: Grid) -> LoopDraft | None:
    """Return the loop of a file, if its headers show one.

    ``1_Q2``, ``2_Q2`` are a loop; ``Q2[1]``, ``Q2[2]`` are one where all objects were
    asked the same, and may be a matrix otherwise: then a person is asked.

    Examples
    --------
    >>> from crqlab.base.spreadsheets.grid import grid, texts
    >>> head = ["id", "1_Q2", "2_Q2", "1_Q3", "2_Q3"]
    >>> rows = grid("a.csv", head, [texts([["a"], ["5"], ["6"], ["7"], [""]])], np.array([2]))
    >>> found(rows).loop.questions
    ('Q2', 'Q3')
    """
    for pattern, headers in _SHAPES:
        held: dict[str, dict[str, str]] = {}  # question: object: header
        for name in grid.names:
            if parts := pattern.fullmatch(name):
                held.setdefault(parts["question"], {})[parts["object"]] = name
        repeated = {question: own for question, own in held.items() if len(own) > 1}
        if pattern is _SUFFIXED and not _recommended_about(repeated):
            continue
        if repeated and 2 * len(repeated) >= len(held):
            codes = sorted({code for own in repeated.values() for code in own}, key=int)
            return _judged(grid, headers, held, codes)
    return None


def _recommended_about(repeated: dict[str, dict[str, str]]) -> bool:
    """Whether the 0-10 question is asked about the same objects as another question.

    ``Q2_1``, ``Q2_2`` are the items of a matrix otherwise.
    """
    about = [set(own) for question, own in repeated.items() if RECOMMENDS.search(plain(question))]
    return any(
        own.keys() == about[0] and not RECOMMENDS.search(plain(question))
        for question, own in repeated.items() if about
    )  # fmt: skip


def _judged(
    grid: Grid, headers: str, held: dict[str, dict[str, str]], codes: list[str]
) -> LoopDraft | None:
    """Whether questions that are repeated are a loop, by what was asked."""
    names = _names(grid, held.values(), codes)
    shown = f"{headers.format(object='1', question=next(iter(held)))} and the like"
    if not headers.endswith("]") or names is not None:
        said = names or {code: code for code in codes}
        loop = Loop(headers=headers, objects=said, questions=tuple(held))
        objects = ", ".join(said.values())
        why = f"{shown} are answers of one person about several objects ({objects}): one row each"
        return LoopDraft(loop, 0.6, why)
    if len(held) < 2 or any(
        grid.wording.get(name) for own in held.values() for name in own.values()
    ):
        return None  # a matrix: its items are worded differently
    why = f"{shown} may be a matrix, or answers about several objects; for objects write loop: "
    return LoopDraft(None, 0.3, f"{why}in this file's entry, with headers, objects and questions")


def _names(
    grid: Grid, questions: Iterable[dict[str, str]], codes: list[str]
) -> dict[str, str] | None:
    """Names of objects, from wordings that are alike but for them; None where they are not."""
    called: dict[str, set[str]] = {code: set() for code in codes}
    for own in questions:
        asked = {code: grid.wording.get(name, "") for code, name in own.items()}
        if not all(asked.values()):
            return None
        if len(set(asked.values())) == 1:
            continue
        for code, told in zip(asked, _unlike(list(asked.values())), strict=True):
            called[code].add(told)
    if any(len(told) > 1 for told in called.values()):
        return None
    return {code: next(iter(told), code) or code for code, told in called.items()}


def _unlike(asked: list[str]) -> list[str]:
    """The words in which wordings differ, between those that all begin and end with."""
    words = [text.split() for text in asked]
    shortest = min(map(len, words))
    first = next((n for n in range(shortest) if len({w[n] for w in words}) > 1), shortest)
    room = shortest - first
    last = next((n for n in range(room) if len({w[-1 - n] for w in words}) > 1), room)
    return [" ".join(w[first : len(w) - last]).strip(" ?.,:;-") for w in words]


def unrolled(grid: Grid, loop: Loop) -> Grid:
    """Return a file with one row for each person and object that was answered about.

    Columns of the loop have the name of their question; `OBJECT` names the object. Columns that
    were asked once are empty in all but the first row of a person.

    Raises
    ------
    UnreadableError
        The file lacks a column of the loop, or nobody answered one.
    """
    codes = list(loop.objects)
    held = {(code, q): loop.header(code, q) for code in codes for q in loop.questions}
    for question in loop.questions:
        if not any(grid.names.count(held[code, question]) == 1 for code in codes):
            fix = "correct loop: in this file's entry of the codebook"
            rule = f"has no column {held[codes[0], question]!r}, which the codebook's loop names"
            raise UnreadableError(rule, fix)
    blank = pd.Series([None] * len(grid), dtype="str")
    columns = {key: grid.text(name) if grid.names.count(name) == 1 else blank
               for key, name in held.items()}  # fmt: skip
    answered = np.array([np.logical_or.reduce([columns[code, q].notna() for q in loop.questions])
                         for code in codes])  # fmt: skip
    answered[0] |= ~answered.any(axis=0)  # who answered about none is a response still
    person, place = np.nonzero(answered.T)
    looped = set(held.values())
    kept = [n for n, name in enumerate(grid.names) if name not in looped]
    rows = pa.array(person)
    cells = [grid.cells.column(n).take(rows).to_pylist() for n in kept]
    for question in loop.questions:
        whole = np.array(
            [columns[code, question].fillna("").tolist() for code in codes], dtype=object
        )
        cells.append(whole[place, person].tolist())
    cells.append([loop.objects[codes[n]] for n in place])
    wording = {q: next((said for code in codes if (said := grid.wording.get(held[code, q]))), "")
               for q in loop.questions}  # fmt: skip
    labels = {q: grid.labels.get(held[codes[0], q], {}) for q in loop.questions}
    whole = replace(
        grid,
        names=(*(grid.names[n] for n in kept), *loop.questions, OBJECT),
        cells=texts(cells),
        rows=grid.rows[person],
        wording={**grid.wording, **{q: text for q, text in wording.items() if text}},
        labels={**grid.labels, **{q: told for q, told in labels.items() if told}},
        objects=tuple(codes[n] for n in place),
    )
    return emptied(whole, loop.once)


def emptied(grid: Grid, once: Iterable[str]) -> Grid:
    """Return an unrolled file in which a person's first row alone has some columns."""
    first = np.r_[True, grid.rows[1:] != grid.rows[:-1]] if len(grid) else np.empty(0, dtype=bool)
    cells = grid.cells
    for name in once:
        if grid.names.count(name) == 1:
            n = grid.names.index(name)
            kept = pc.if_else(pa.array(first), cells.column(n), "")
            cells = cells.set_column(n, str(n), kept)
    return replace(grid, cells=cells)
