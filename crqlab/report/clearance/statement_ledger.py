"""What every file told of a client, kept so that a later file is judged together with it.

One JSON file a client in ``reports/STUDY/manifest/statements``, for its owner alone: which numbers
were written, how precisely, and which answers each counts. Answers go by digests; no score of
anybody is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crqlab.base.errors import StudyError
from crqlab.base.file_locks import taken_within
from crqlab.base.files import replace as write
from crqlab.base.files import unwritten
from crqlab.base.study import Study
from crqlab.page.disclosure.puzzle import Puzzle
from crqlab.page.disclosure.statements import Statement
from crqlab.report.run.notebook_files import stem

FORMAT = 1
PATIENCE = 60.0  # seconds that a file waits for the judging of another one of the same client
#: How ``inputs`` of what alerts of an open wave told begins: they print no counts of answers.
ALERTS = "alerts:"
_FIGURES = 12  # significant ones of weights and ends


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """One number that left the house: what it counts of which answers, and between which ends.

    Where all weights are alike, there is one.
    """

    measure: str
    name: str
    cells: tuple[int, ...]
    weights: tuple[float, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Release:
    """All that the files of one client's wave told in one state of the study.

    Attributes
    ----------
    wave, inputs : str
        ``inputs`` is one hash of all that the numbers depend on.
    cells : tuple of str
        Digests of answers.
    told : tuple of WrittenNumber
    files : tuple of str
        File names that told it.
    superseded : bool
        Whether they were taken back.
    """

    wave: str
    inputs: str
    cells: tuple[str, ...]
    told: tuple[WrittenNumber, ...]
    files: tuple[str, ...] = field(default=())
    superseded: bool = False

    @property
    def of_alerts(self) -> bool:
        """Whether alerts told it, which say of how many answers they are true to nobody."""
        return self.inputs.startswith(ALERTS)

    @property
    def what(self) -> str:
        """Name it for somebody who has to find the files."""
        return f"wave {self.wave} ({', '.join(self.files)})"

    def tells(self, table: str) -> bool:
        """Say whether a number of this table is among those that were told."""
        return any(one.name.startswith(f"{table}.") for one in self.told)


def digests(puzzle: Puzzle) -> list[str]:
    """Name each answer by what it is of and what it says, so that a changed one is another."""
    rows, scores = puzzle.answers.layout.rows, puzzle.answers.scores
    keys = zip(
        rows["client_id"], rows["wave"], rows["response_id"], np.round(scores, 9), strict=True
    )
    return [
        hashlib.blake2b(
            "\x1f".join([puzzle.answers.measure, *map(str, key)]).encode(), digest_size=12
        ).hexdigest()
        for key in keys
    ]


def release(wave: str, inputs: str, puzzles: Iterable[Puzzle]) -> Release:
    """Return what a view's puzzles tell, in the form that is kept."""
    cells: dict[str, int] = {}
    told = []
    for puzzle in puzzles:
        names = digests(puzzle)
        for one in puzzle.told.statements[puzzle.earlier :]:
            used = np.flatnonzero(one.weights)
            places = tuple(cells.setdefault(names[cell], len(cells)) for cell in used)
            told.append(_kept(puzzle.answers.measure, one, places, used))
    return Release(wave, inputs, tuple(cells), tuple(told))


def _kept(measure: str, one: Statement, places: tuple[int, ...], used: NDArray) -> WrittenNumber:
    weights = tuple(_figures(weight) for weight in one.weights[used])
    weights = weights[:1] if len(set(weights)) == 1 else weights  # of a plain mean
    return WrittenNumber(measure, one.name, places, weights, _figures(one.low), _figures(one.high))


def _figures(number: float) -> float:
    return float(f"{number:.{_FIGURES}g}")


@contextmanager
def held(study: Study, client: str) -> Iterator[None]:
    """Hold what is kept of one client from reading to writing; the lock ends with its process.

    Else two files that are made at once would be judged without each other, and the one that
    ends last would take the other's numbers out of the list.

    Raises
    ------
    StudyError
        Another process holds it for too long, or no lock can be written there.
    """
    place = path(study, client).with_suffix(".lock")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = place.open("a+b")
    except OSError as refused:
        raise StudyError(unwritten(place, refused)) from refused
    with lock:
        if not taken_within(lock.fileno(), PATIENCE):
            raise StudyError(
                f"Another file of client {client} has been judged for {PATIENCE:g} seconds, and "
                "this one has to be judged together with it; wait for its end, or end it."
            )
        yield


def read(study: Study, client: str) -> list[Release]:
    """Return what the files of one client told, the earliest first.

    Parameters
    ----------
    study : Study
    client : str

    Raises
    ------
    StudyError
        The file is damaged: then nobody knows what was handed out.
    """
    place = path(study, client)
    if not place.is_file():
        return []
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise ValueError
        return [_release(one) for one in found["releases"]]
    except (ValueError, KeyError, TypeError) as fault:
        raise StudyError(
            f"{place} cannot be read as the list of numbers that earlier files told, so a new file "
            "cannot be judged together with them. Put a sound copy in its place; or delete it, "
            "where none of the client's earlier files was handed out."
        ) from fault


def _release(found: dict[str, Any]) -> Release:
    told = tuple(
        WrittenNumber(one["measure"], one["name"], tuple(one["cells"]), tuple(one["weights"]),
             float(one["low"]), float(one["high"]))
        for one in found["statements"]
    )  # fmt: skip
    return Release(str(found["wave"]), str(found["inputs"]), tuple(found["cells"]), told,
                   tuple(found["files"]), bool(found["superseded"]))  # fmt: skip


def keep(study: Study, client: str, releases: Iterable[Release]) -> Path:
    """Write what the files of one client told, whole or not at all, for the owner alone."""
    place = path(study, client)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = [
        {
            "wave": one.wave, "inputs": one.inputs, "files": list(one.files),
            "superseded": one.superseded, "cells": list(one.cells),
            "statements": [
                {"measure": t.measure, "name": t.name, "cells": list(t.cells),
                 "weights": list(t.weights), "low": t.low, "high": t.high}
                for t in one.told
            ],
        }
        for one in releases
    ]  # fmt: skip
    content = json.dumps({"format": FORMAT, "releases": rows}, ensure_ascii=False)
    return write(place, content.encode(), mode=0o600)


def path(study: Study, client: str) -> Path:
    """Return where is kept what the files of one client told."""
    return study.reports / "manifest" / "statements" / f"{stem(client)}.json"
