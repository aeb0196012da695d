"""Where the files of one study live, and how a station's table is read and kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from crqlab.base import same_numbers, waves, yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.contracts import TABLES, contract, schema
from crqlab.base.contracts.programme import REFERRALS
from crqlab.base.errors import StudyError
from crqlab.base.files import fingerprint, located, replace
from crqlab.base.wave_entries import starts

#: What to do with whom; lies beside the codebook where a study has its own.
PLAYBOOK = "playbook.yaml"
#: The notebook that a journey begins with; where it lies beside data/raw is a project.
FIRST = "10_responses.ipynb"
THEMES, COMMENT_CODES = "themes.yaml", "comment_codes.csv"
#: Who asked to be forgotten, as keyed hashes.
FORGOTTEN = "forgotten.csv"
#: Files in ``data/raw/STUDY`` that one station alone reads.
_PROGRAMME = {"60_segments": (PLAYBOOK, REFERRALS.file), "85_comments": (THEMES, COMMENT_CODES)}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
#: Bytes up to which hashing a file costs less than checking its cells again.
_CHEAP = 64 << 20
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))]
)


def home() -> Path:
    """Return the project's folder: ``CRQLAB_HOME``, or the nearest one upwards with notebooks.

    Raises
    ------
    StudyError
        Neither is there.
    """
    if named := os.environ.get("CRQLAB_HOME"):
        folder = Path(named).expanduser().resolve()
        if folder.is_dir():
            return folder
        raise StudyError(f"CRQLAB_HOME is {named!r}, which is no folder; correct or unset it.")
    if folder := project_above(here := Path.cwd()):
        return folder
    raise StudyError(
        f"No project above {here}: expected a folder with notebooks/ and data/raw/. Change into "
        "the project's folder, set CRQLAB_HOME to it, or make one with: crqlab notebooks FOLDER"
    )


def project_above(here: Path) -> Path | None:
    """Return the nearest project from a folder upwards, or the one that crqlab itself lies in."""
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        own = (folder / "notebooks").is_dir() or (folder / FIRST).is_file()
        if own and (folder / "data" / "raw").is_dir():
            return folder
    return None


def studies(root: Path) -> list[str]:
    """Return the names of the studies of a project: folders with a codebook."""
    return sorted(path.parent.name for path in (root / "data" / "raw").glob("*/codebook.yaml"))


def _sound(facts: Any) -> bool:
    """Whether these are facts of a table as `Study.write_all` notes them."""
    made = facts.get("made", {}) if isinstance(facts, dict) else None
    return isinstance(made, dict) and isinstance(facts.get("sha256"), str)


@dataclass(frozen=True)
class Study:
    """One client's wave or a whole panel: a name and the folders that carry it.

    Reading and writing both check the table's contract, so a broken table can
    neither leave a station nor enter the next one.

    Attributes
    ----------
    name : str
        A folder below ``data/raw``: letters, digits, ``_`` and ``-``.
    root : Path
        The project's folder; found by `home` if not given, and then the study must be in it: a
        study that is yet to be laid out is named with its root.

    Raises
    ------
    StudyError
        No such name may be, or none is in the project found.

    Examples
    --------
    >>> Study("../secrets")
    Traceback (most recent call last):
    crqlab.base.errors.StudyError: study is '../secrets'; a study's name has letters, digits...
    """

    name: str
    root: Path | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(str(self.name)) or str(self.name).lower() in _DEVICES:
            raise StudyError(
                f"study is {self.name!r}; a study's name has letters, digits, '_' and '-' only, "
                "at most 60 of them, and is no name that Windows keeps for devices."
            )
        if self.root is None:
            object.__setattr__(self, "root", home())
            self._refuse_unknown()

    @property
    def raw(self) -> Path:
        """Exports as they came; crqlab never changes a file in here."""
        return self.root / "data" / "raw" / self.name

    @property
    def processed(self) -> Path:
        """One Parquet table per hand-over."""
        return self.root / "data" / "processed" / self.name

    @property
    def reports(self) -> Path:
        """Executed notebooks and client reports."""
        return self.root / "reports" / self.name

    @property
    def codebook(self) -> Codebook:
        """The study's codebook, read once; waves are ordered by its dates from then on.

        Raises
        ------
        StudyError
            No such study, or no codebook in it.
        DataError
            The codebook has faults; ``cases`` names them by line.
        """
        book = self._book
        waves.begin(starts(book.waves))
        return book

    @cached_property
    def _book(self) -> Codebook:
        self._refuse_unknown()
        return yaml_documents.load(self.raw / "codebook.yaml", Codebook)

    def path(self, table: str) -> Path:
        """Return the file of a station's table."""
        return self.processed / f"{contract(table).notebook[:2]}_{table}.parquet"

    def has(self, table: str) -> bool:
        """Return whether a station has written this table."""
        return self.path(table).is_file()

    def read(
        self, table: str, *, client: str | None = None, wave: str | None = None
    ) -> pd.DataFrame:
        """Return a station's table, or say which notebook makes it.

        Parameters
        ----------
        table : str
            One of `crqlab.base.contracts.TABLES`.
        client, wave : str, optional
            Read only these rows, which costs no more in a panel of millions.

        Raises
        ------
        StudyError
            The table was not made yet.
        DataError
            The table breaks its contract, as when the codebook has changed since.
        """
        path = self.path(table)
        if not path.is_file():
            raise StudyError(
                f"Study {self.name!r} has no table {table!r}: {path.name} is missing. "
                f"Run notebooks/{contract(table).notebook}.ipynb first, or: crqlab run {self.name}"
            )
        wanted = {"client_id": client, "wave": wave}
        filters = [(name, "==", value) for name, value in wanted.items() if value is not None]
        rows = self._rows(table, filters)
        agreed, asked = contract(table), self.codebook.instrument
        if self._as_checked(table, schema.digest(agreed, asked)):
            return schema.ordered(rows, agreed, asked)
        return schema.check(rows, agreed, asked)

    def _rows(self, table: str, filters: list[tuple[str, str, str]]) -> pd.DataFrame:
        """Rows of a table's file; one that was cut or is something else is made again by a run."""
        try:
            return pd.read_parquet(self.path(table), filters=filters or None)
        except (pa.ArrowException, OSError, KeyError) as broken:
            raise StudyError(
                f"Study {self.name!r}: {self.path(table).name} cannot be read; it was cut short "
                f"or is no table of crqlab. Make it again with: crqlab run {self.name}"
            ) from broken

    def _as_checked(self, table: str, agreed: str) -> bool:
        """Whether the file is, byte for byte, the one that was checked when it was written."""
        facts, path = self.manifest.get("tables", {}).get(table, {}), self.path(table)
        if facts.get("contract") != agreed or path.stat().st_size > _CHEAP:
            return False
        return fingerprint(path) == facts["sha256"]

    def write(
        self, table: str, rows: pd.DataFrame, *, made: Mapping[str, Any] | None = None
    ) -> Path:
        """Keep a station's table, whole or not at all, and return its path.

        Parameters
        ----------
        table : str
            One of `crqlab.base.contracts.TABLES`.
        rows : DataFrame
            Must keep the table's contract.
        made : mapping, optional
            How it was made (seed, draws, level), for the run card.
        """
        return self.write_all({table: rows}, made=made)[0]

    def write_all(
        self, tables: Mapping[str, pd.DataFrame], *, made: Mapping[str, Any] | None = None
    ) -> tuple[Path, ...]:
        """Keep all tables of a station and return their paths.

        A table whose numbers are those that lie there already, to seven digits, stays as it is:
        another Python ends in other last digits, and no report was altered by that.

        Parameters
        ----------
        tables : mapping of name to DataFrame
        made : mapping, optional
            How they were made, for the run card.

        Raises
        ------
        DataError
            Any table breaks its contract; then none is written.
        """
        asked, facts, paths = self.codebook.instrument, {}, []
        checked = {n: schema.check(rows, contract(n), asked) for n, rows in tables.items()}
        sources = self.sources()
        for name, rows in checked.items():
            rows = self._kept(name, rows.reset_index(drop=True))
            content = rows.to_parquet(index=False)
            paths.append(replace(self.path(name), content))
            facts[name] = {
                "contract": schema.digest(contract(name), asked),
                "made": dict(made or {}),
                "rows": len(rows),
                "sha256": hashlib.sha256(content).hexdigest(),
                "values": same_numbers.digest(rows),
                "sources": sources,
            }
        self.note({"tables": facts})
        return tuple(paths)

    def _kept(self, table: str, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows that lie there already, where they hold the same numbers as these."""
        noted = self.manifest.get("tables", {}).get(table, {}).get("sha256")
        if not self.has(table) or fingerprint(self.path(table)) != noted:
            return rows
        there = pd.read_parquet(self.path(table))
        return there if same_numbers.alike(rows, there) else rows

    def sources(self) -> dict[str, str]:
        """Return the SHA-256 of every raw file that the codebook names, itself included."""
        book = self.codebook
        parts = [book.contacts, book.accounts, book.outcomes, book.clients]
        named = [*book.responses.files, *(part for part in parts if part)]
        names = ["codebook.yaml", *(source.file for source in named), "decisions.csv", FORGOTTEN]
        files = {name: located(self.raw, name) for name in names}
        return {name: fingerprint(file) for name, file in files.items() if file.is_file()}

    def programme(self, notebook: str) -> dict[str, str]:
        """Return the SHA-256 of every programme file that this notebook alone reads."""
        files = {name: self.raw / name for name in _PROGRAMME.get(notebook, ())}
        return {name: fingerprint(file) for name, file in files.items() if file.is_file()}

    def tables_of(self, notebook: str) -> list[str]:
        """Return the names of the tables that a station is known to have written."""
        written = self.manifest.get("tables", {})
        return sorted(name for name in written if contract(name).notebook[:2] == notebook[:2])

    def intact(self, table: str) -> bool:
        """Return whether a table is, byte for byte, what its station wrote from today's files."""
        facts = self.manifest.get("tables", {}).get(table, {})
        return (
            self.has(table)
            and facts.get("sources") == self.sources()
            and facts.get("sha256") == fingerprint(self.path(table))
        )

    @property
    def manifest(self) -> dict[str, Any]:
        """What the stations wrote and what they wrote it from; nothing where that is damaged.

        Tables that it does not know are made again by the next run.
        """
        try:
            found = json.loads((self.processed / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        tables = found.get("tables") if isinstance(found, dict) else None
        if not isinstance(tables, dict):
            return {}
        known = {n: facts for n, facts in tables.items() if n in TABLES and _sound(facts)}
        return {**found, "tables": known}

    def note(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        """Add facts to the manifest, whole or not at all."""
        merged = self.manifest
        for key, value in facts.items():
            merged[key] = {**merged.get(key, {}), **value}
        text = json.dumps(merged, indent=2, sort_keys=True, ensure_ascii=False)
        replace(self.processed / "manifest.json", text.encode())

    def _refuse_unknown(self) -> None:
        """Refuse a name that no folder has, with the nearest and all that there are."""
        if self.raw.is_dir():
            return
        names = studies(self.root)
        near = get_close_matches(self.name, names, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        others = f"there are: {', '.join(names)}" if names else "there is none yet"
        raise StudyError(
            f"Study {self.name!r} is not in data/raw: no study of this name{hint} ({others}). "
            f"Lay it out with: crqlab new {self.name}"
        )
