"""A person is forgotten: set aside for ever, and taken out of everything that was derived."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from crqlab.base import forgotten_people
from crqlab.base.contracts.programme import LEDGERS
from crqlab.base.errors import StudyError
from crqlab.base.faults import UnreadableError
from crqlab.base.files import replace
from crqlab.base.forgotten_people import Kind
from crqlab.base.spreadsheets.delimited import without_records
from crqlab.base.study import COMMENT_CODES, Study
from crqlab.benchmark.release_files import FOLDER, releases
from crqlab.programme.ledger_files import alone, before
from crqlab.programme.response_keys import response_key
from crqlab.report.exports.firm_file import NAME as FIRM
from crqlab.report.run.notebook_files import stem
from crqlab.responses import read
from crqlab.responses.person_rows import other_files, person_rows

#: Ledgers of a study whose lines are about one response, or one contact.
_LEDGERS = ("decisions.csv", COMMENT_CODES, *(book.file for book in LEDGERS.values()))
_PERSON = ("contact_id", "response_id")
_STATION = re.compile(r"\d\d_\w+\.(html|ipynb|json)")
_STATEMENTS = "statements"


@dataclass(frozen=True, slots=True, eq=False)
class Erasure:
    """What was done about one person.

    Attributes
    ----------
    new : bool
        False where the person had been forgotten before.
    removed : tuple of Path
        Derived files that were deleted; the next run and report make them again.
    ledgers : dict of file to int
        Lines that were taken out of crqlab's own files.
    raw : DataFrame
        ``file``, ``rows``: where the person still stands in what others delivered.
    kept : tuple of Path
        Releases and statements, which hold the person in aggregate.
    others : tuple of Path
        Older deliveries and notebooks that name an id of the person; no run reads them.
    """

    new: bool
    removed: tuple[Path, ...]
    ledgers: dict[str, int]
    raw: pd.DataFrame
    kept: tuple[Path, ...]
    others: tuple[Path, ...]

    def __str__(self) -> str:
        lines = "; ".join(f"{n} lines out of {name}" for name, n in self.ledgers.items())
        return (
            f"{'Forgotten' if self.new else 'Forgotten before'}: {len(self.removed)} derived files "
            f"are deleted{'; ' + lines if lines else ''}; {self.raw['rows'].map(len).sum()} rows "
            f"of raw files are left for their owner to delete"
        )


def forget(study: Study, kind: Kind, id_: str, *, client: str | None, today: date) -> Erasure:
    """Forget one person: for ever, in everything that this project derives.

    Parameters
    ----------
    study : Study
    kind : str
        ``contact`` or ``response``: what ``id_`` is an id of.
    id_ : str
    client : str or None
        Needed where several clients have such an id.
    today : date
        Stands beside the hash.

    Returns
    -------
    Erasure

    Raises
    ------
    StudyError
        Nobody has this id, or people of several clients have; nothing is changed then.
    DataError
        The study cannot be read; nothing is changed then.
    """
    raw = read(study, forgotten_too=True)
    rows = raw.responses[["client_id", "contact_id", "response_id"]]
    contacts = raw.contacts[["client_id", "contact_id", "name"]]
    column = f"{kind}_id"
    where = [table[table[column] == id_] for table in (rows, contacts) if column in table]
    clients = sorted({name for some in where for name in some["client_id"]})
    client = _one_client(study, kind, id_, client, clients)
    mine = rows[(rows[column] == id_) & (rows["client_id"] == client)]
    ids = {id_, *mine["response_id"]}
    named = contacts[(contacts["client_id"] == client) & (contacts["contact_id"] == id_)]
    names = set(named["name"].dropna()) if kind == "contact" else set()
    keys = {response_key(study, client, one) for one in mine["response_id"]}
    about = partial(_about, client=client, ids=ids, keys=keys)
    files = [path for name in _LEDGERS for path in (study.raw / name, before(study.raw / name))]
    with alone(study):
        ledgers = {path: _without(path, about) for path in files}  # before any change
        new = forgotten_people.note(study, client, id_, kind, today)
        for path, (content, n) in ledgers.items():
            if n:
                replace(path, content)
    return Erasure(
        new,
        tuple(_deleted(study, client)),
        {path.name: n for path, (_, n) in ledgers.items() if n},
        person_rows(study, ids),
        tuple(_kept(study, client)),
        other_files(study, ids | names),
    )


def _one_client(study: Study, kind: str, id_: str, client: str | None, clients: list[str]) -> str:
    if client is not None and client in clients:
        return client
    if not clients or client is not None:
        of = f" of client {client!r}" if client is not None else ""
        raise StudyError(
            f"Study {study.name!r} has no {kind} {id_!r}{of}; nothing was changed. Give the id as "
            "it stands in the raw files."
        )
    if len(clients) > 1:
        raise StudyError(
            f"{kind.capitalize()} {id_!r} is at {len(clients)} clients ({', '.join(clients)}); "
            "nothing was changed. Say whose with --client."
        )
    return clients[0]


def _deleted(study: Study, client: str) -> list[Path]:
    """Delete tables, caches, executed notebooks, and pages and exports of the client."""
    found = _files(study.processed)
    own = (f"{stem(client)}_", f"{FIRM}.", f"{FIRM}_")
    for path in _files(study.reports):
        parts = path.relative_to(study.reports).parts
        if _STATEMENTS in parts:
            continue
        if _STATION.fullmatch(path.name) or any(part.startswith(own) for part in parts):
            found.append(path)
    for path in found:
        path.unlink(missing_ok=True)
    shutil.rmtree(study.processed, ignore_errors=True)
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _about(line: dict[str, str], *, client: str, ids: set[str], keys: set[str]) -> bool:
    """Whether a line of a ledger is about a client's person."""
    named = any(line.get(column, "") in ids for column in _PERSON)
    return line.get("response_key", "") in keys or (
        named and line.get("client_id", client) == client
    )


def _without(path: Path, about: Callable[[dict[str, str]], bool]) -> tuple[bytes, int]:
    """A ledger without the lines about a person, as whoever wrote it writes."""
    content = path.read_bytes() if path.is_file() else b""
    if not content.strip():
        return content, 0
    try:
        return without_records(content, about)
    except UnreadableError as reason:
        row, *_, rule, fix = reason.case
        raise StudyError(
            f"{path.name}{f', row {row}' if row else ''} {rule}; {fix}. Nothing was changed."
        ) from None


def _kept(study: Study, client: str) -> list[Path]:
    folder = study.reports / "manifest" / _STATEMENTS
    files = [path for path in _files(folder) if path.suffix == ".json"]  # no locks
    told = [path for path in files if client in path.name or client in path.parts]
    return [*(study.root / FOLDER / name for name in releases(study.root)), *told]
