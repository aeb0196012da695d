"""What a report's process was handed: its client's rows of the tables, so that it reads no file.

Whoever makes many reports has read the tables already (`crqlab.report.batch.table_cache`) and
gives each report's process the rows of its own client. Whatever was not handed is read as ever.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.programme import LEDGERS
from crqlab.base.files import FINGERPRINTS, fingerprint
from crqlab.base.study import Study


@dataclass(frozen=True, slots=True, eq=False)
class Handout:
    """Rows for one report.

    Attributes
    ----------
    study, state : str
        Whose tables they were cut from, and in which state; see `state`.
    tables : mapping of `asked` to DataFrame
        One client's rows, or all rows of a table that belongs to nobody.
    excerpts : mapping of `excerpted` to DataFrame
        A few columns of all clients' rows.
    codebook : Codebook
        As read from the study.
    fingerprints : mapping
        Hashes of files that whoever hands out has read, `crqlab.base.files.FINGERPRINTS`.
    given_up : mapping of client and wave to tuple
        Numbers that a view does without so that the others tell of nobody; see
        `crqlab.page.disclosure.audit`.
    """

    study: str
    state: str
    tables: Mapping[Hashable, pd.DataFrame]
    excerpts: Mapping[Hashable, pd.DataFrame]
    codebook: Codebook
    fingerprints: Mapping[tuple[str | int, ...], str]
    given_up: Mapping[tuple[str, str], tuple[Hashable, ...]] = field(default_factory=dict)


#: Programme files that a page reads.
HANDED = ("agreed_actions",)
#: Texts as Python's own.
TEXTS = partial(pd.option_context, "mode.string_storage", "python")
_FILE: list[int] = []
_HELD: list[Handout] = []


def receive(file: int) -> None:
    """Take over an open file that holds a pickled `Handout`; it is read when first needed."""
    _FILE.append(file)


@contextmanager
def holding(handed: Handout) -> Iterator[None]:
    """Read from what is about to be handed out, as long as this lasts."""
    _HELD.insert(0, handed)
    try:
        yield
    finally:
        _HELD.remove(handed)


def state(study: Study) -> str:
    """Return one text for all that rows handed out depend on: notes, codebook, ledgers."""
    noted = [study.processed / "manifest.json", study.raw / "codebook.yaml"]
    noted += [study.raw / LEDGERS[name].file for name in HANDED]
    return " ".join(fingerprint(path) if path.is_file() else "" for path in noted)


def light(study: Study) -> AbstractContextManager[None]:
    """Make texts in new columns Python's own, as those of handed rows are; else leave all be.

    In tables of some dozen rows they cost half of what Arrow's do.
    """
    return TEXTS() if _handout(study) else nullcontext()


def asked(name: str, which: Mapping[str, str]) -> Hashable:
    """Return the name under which rows of a table are handed out."""
    return name, which.get("client"), which.get("wave")


def excerpted(name: str, columns: Sequence[str], which: Mapping[str, str]) -> Hashable:
    """Return the name under which columns of all clients are handed out."""
    return name, tuple(columns), tuple(sorted(which.items()))


def rows(study: Study, name: str, which: Mapping[str, str]) -> pd.DataFrame | None:
    """Return the handed rows of a table, those of one wave from those of all; None without."""
    if (handed := _handout(study)) is None:
        return None
    exact = handed.tables.get(asked(name, which))
    if exact is not None:
        return exact.copy(deep=False)
    every = handed.tables.get(asked(name, {**which, "wave": None})) if "wave" in which else None
    if every is None:
        return None
    return every[(every["wave"] == which["wave"]).to_numpy(bool)].reset_index(drop=True)


def excerpt(
    study: Study, name: str, columns: Sequence[str], which: Mapping[str, str]
) -> pd.DataFrame | None:
    """Return handed columns of all clients' rows; None without."""
    handed = _handout(study)
    found = handed and handed.excerpts.get(excerpted(name, columns, which))
    return None if found is None else found.copy(deep=False)


def given_up(study: Study, client: str, wave: str) -> tuple[Hashable, ...] | None:
    """Return what was handed of the numbers that a view does without; None without."""
    handed = _handout(study)
    return handed.given_up.get((client, wave)) if handed else None


def _handout(study: Study) -> Handout | None:
    if _FILE:
        with os.fdopen(_FILE.pop(), "rb") as file:
            file.seek(0)
            _HELD.append(pickle.load(file))
            FINGERPRINTS.update(_HELD[0].fingerprints)
            if state(study) != _HELD[0].state:
                _HELD.clear()
    if not _HELD or _HELD[0].study != study.name:
        return None
    vars(study).setdefault("_book", _HELD[0].codebook)  # where a study keeps it once read
    return _HELD[0]
