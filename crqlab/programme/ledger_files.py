"""Programme files on disk: read whole, changed under a lock, the version before kept beside."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab.base.contracts import frames
from crqlab.base.contracts.programme import ACTIONS, LEDGERS, WINS, Ledger
from crqlab.base.contracts.schema import KINDS
from crqlab.base.errors import one_of
from crqlab.base.faults import Faults, UnreadableError
from crqlab.base.file_locks import held
from crqlab.base.files import replace as written
from crqlab.base.forgotten_people import forgotten
from crqlab.base.results import Result
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import delimited, file_kinds
from crqlab.base.spreadsheets.grid import Grid
from crqlab.base.study import Study
from crqlab.programme.ledger_cells import typed_cells
from crqlab.programme.ledger_checks import Known, check, known

_LOCK = ".programme.lock"
Amend = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Lines(Result):
    """The lines of one ledger.

    Attributes
    ----------
    file : str
    table : DataFrame
        The columns of its contract, of their kinds, and behind them all others as texts.
    forgotten : int
        Lines about people who asked to be forgotten, which are left out.
    """

    file: str
    table: pd.DataFrame
    forgotten: int = 0

    def __str__(self) -> str:
        out = f", {self.forgotten:,} of forgotten people left out" if self.forgotten else ""
        return f"{self.file}: {len(self.table):,} lines{out}"


def before(path: Path) -> Path:
    """Return where the version before of a programme file lies.

    Examples
    --------
    >>> before(Path("raw/actions.csv")).name
    'actions.before.csv'
    """
    return path.with_name(f"{path.stem}.before{path.suffix}")


def ledger(study: Study, name: str, *, there: Known | None = None) -> Lines:
    """Read a programme file; no lines where the study has none.

    Parameters
    ----------
    study : Study
    name : str
        ``agreed_actions``, ``referrals``, ``wins`` or ``alerts``.
    there : Known, optional
        What its ids are held to; the study's tables where nothing is given.

    Raises
    ------
    DataError
        ``cases`` has every cell that is no date, number or word of its column, every id that the
        study does not have, and every line that contradicts itself or another.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.programme.ledger(study, "wins"))
    wins.csv: 0 lines
    """
    one_of("name=", name, LEDGERS)
    book, faults = LEDGERS[name], Faults()
    grid = _grid(study, book, faults)
    faults.stop(study.name)
    if grid is None:
        return Lines(book.file, frames.empty(book.contract.columns))
    table = typed_cells(book, grid, faults)
    check(book, table, grid.rows, _known(study, book, there), faults)
    faults.stop(study.name)
    kept = table[~_of_forgotten(study, table)].reset_index(drop=True)
    return Lines(book.file, of_kinds(book, kept), len(table) - len(kept))


def change(study: Study, name: str, amend: Amend, *, there: Known | None = None) -> Lines:
    """Change a programme file, whole or not at all; the version before is kept beside it.

    Parameters
    ----------
    study : Study
    name : str
        As for `ledger`.
    amend : callable
        Takes the table of `ledger` and returns the new one. Others wait as long as it runs.
    there : Known, optional

    Raises
    ------
    DataError
        The file, or what is to be written, breaks a rule; nothing is written then.
    StudyError
        Another command changes it, or the disk refuses.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.programme.change(study, "wins", lambda lines: lines))
    wins.csv: 0 lines
    """
    one_of("name=", name, LEDGERS)
    book, path = LEDGERS[name], study.raw / LEDGERS[name].file
    with alone(study):
        old = ledger(study, name, there=there)
        new, faults = of_kinds(book, amend(old.table.copy()).reset_index(drop=True)), Faults()
        check(book, new, np.arange(len(new)) + 2, _known(study, book, there), faults)
        faults.stop(study.name)
        if as_text(new) != as_text(old.table) or old.forgotten:
            if path.is_file() and not old.forgotten:
                written(before(path), path.read_bytes())
            written(path, as_text(new).encode())
    return Lines(book.file, new)


def line_digests(study: Study, name: str) -> dict[str, str]:
    """Return one hash of the lines of each client: what is made of them alone is stale then.

    Parameters
    ----------
    study : Study
    name : str
        As for `ledger`.
    """
    table = ledger(study, name).table
    return {str(client): hashlib.sha256(as_text(rows).encode()).hexdigest()
            for client, rows in table.groupby("client_id")}  # fmt: skip


@contextmanager
def alone(study: Study) -> Iterator[None]:
    """Let one command at a time change a study's programme files.

    Raises
    ------
    StudyError
        Another command changes them.
    """
    busy = f"Another command changes the programme files of {study.name}; wait for its end."
    with held(study.raw / _LOCK, busy):
        for book in LEDGERS.values():
            for draft in study.raw.glob(f".{Path(book.file).stem}*.part"):
                draft.unlink(missing_ok=True)  # of a command that was killed
        yield


def _grid(study: Study, book: Ledger, faults: Faults) -> Grid | None:
    """The file as texts; None where there is none, or nothing below its header."""
    path = study.raw / book.file
    if not path.exists():
        return None
    source = Source(file=book.file, format="csv")
    try:
        found = file_kinds.existing(study.raw, source)
        file_kinds.kind(found, source)
        grid = delimited.read(found, source)
    except UnreadableError as reason:
        row, column, value, rule, fix = reason.case
        if before(path).is_file():
            fix += f"; or put back the version before, {before(path).name}"
        faults.refuse(book.file, UnreadableError(rule, fix, row=row, column=column, value=value))
        return None
    for aside in grid.aside:
        fix = "delete the row, or fill in its other cells"
        faults.add(book.file, "is no line of this ledger", fix, row=aside.row, value=aside.text)
    return grid


def _known(study: Study, book: Ledger, there: Known | None) -> Known:
    found = known(study) if there is None else there
    if book is WINS and found.actions is None:
        ids = ledger(study, ACTIONS.contract.name, there=there).table[ACTIONS.key]
        return replace(found, actions=frozenset(ids))
    return found


def _of_forgotten(study: Study, table: pd.DataFrame) -> np.ndarray:
    if "contact_id" not in table or table.empty:
        return np.zeros(len(table), dtype=bool)
    return forgotten(study).among(table["client_id"], table["contact_id"], "contact")


def of_kinds(book: Ledger, table: pd.DataFrame) -> pd.DataFrame:
    """Return a ledger's own columns first, of their kinds, then the others as texts."""
    own = {name: table[name].astype(KINDS[one.kind]) if name in table else
           pd.Series(index=table.index, dtype=KINDS[one.kind])
           for name, one in book.contract.columns.items()}  # fmt: skip
    others = {name: table[name].astype("str") for name in table if name not in own}
    return pd.DataFrame({**own, **others}, index=table.index)


def as_text(table: pd.DataFrame) -> str:
    """Return a ledger as it is written: commas, ISO dates and decimal points."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    columns = [[_cell(value) for value in table[name]] for name in table]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


def _cell(value: object) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value == value.normalize() else value.isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
