"""A study as bytes: what a worker that shares no disk is handed, and what it hands back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crqlab.base.errors import StudyError
from crqlab.base.files import located, replace
from crqlab.base.study import Study
from crqlab.base.temporary_folders import TemporaryFolder
from crqlab.report.batch import ledger
from crqlab.report.brand import client_brand
from crqlab.report.clearance import statement_ledger
from crqlab.report.clearance.provenance import notebooks
from crqlab.report.run.notebook_files import stem

PRIVATE = 0o600
#: Where files from outside the project lie in a worker's folder, by the parameter that names them.
OUTSIDE = "outside"
_STATEMENTS = "manifest/statements/"


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes with one client's work, besides what all have in common.

    Attributes
    ----------
    names : tuple of str
        Files below ``reports/STUDY`` that the work reads or writes, as they are to be written.
    there : dict of str to bytes
        Those of them that there are already.
    outside : dict of str to dict of str to bytes
        By parameter of the work: files that it names outside the project, the first by its name.
    """

    names: tuple[str, ...]
    there: dict[str, bytes]
    outside: dict[str, dict[str, bytes]]


def parcel(study: Study) -> dict[str, bytes]:
    """Return all that the reports of a study are made from, by names relative to the project.

    Notebooks of the project, the raw files that its codebook names, looks, and stations' tables.
    """
    raw = {name: located(study.raw, name) for name in study.sources()}
    raw |= {name: study.raw / name for name in client_brand.sources(study)}
    found = {f"{_raw(study)}/{name}": path for name, path in raw.items()}
    for path in [*notebooks(study), *study.processed.glob("*.parquet")]:
        if path.is_relative_to(study.root):  # a wheel's own notebooks are with every worker
            found[path.relative_to(study.root).as_posix()] = path
    manifest = study.processed / "manifest.json"
    found[manifest.relative_to(study.root).as_posix()] = manifest
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def _raw(study: Study) -> str:
    return study.raw.relative_to(study.root).as_posix()


def with_ledgers(
    study: Study, client: str, names: Iterable[str], entries: Iterable[str]
) -> list[str]:
    """Return names below ``reports/STUDY`` as they are to be written, with both ledgers' own.

    What files tell is noted before the first of them is there, and that they are whole at the end.
    """
    first = statement_ledger.path(study, client)
    last = [ledger.path(study, name) for name in entries]
    before, *after = (path.relative_to(study.reports).as_posix() for path in (first, *last))
    return [before, *names, *after]


def slip(study: Study, names: Iterable[str], outside: Mapping[str, list[Path]]) -> Slip:
    """Read what goes with one client's work.

    Parameters
    ----------
    study : Study
    names : iterable of str
        Below ``reports/STUDY``, in the order in which they are to be written at the end.
    outside : mapping of str to list of Path
        Files that a parameter names, the named one first; others lie beside or below it.
    """
    names = tuple(names)
    paths = {name: study.reports / name for name in names}
    there = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    beside = {
        key: {file.relative_to(files[0].parent).as_posix(): file.read_bytes() for file in files}
        for key, files in outside.items()
    }
    return Slip(names, there, beside)


class Site:
    """A worker's own copy of a study, in a folder that goes with it.

    Parameters
    ----------
    files : mapping of str to bytes
        As `parcel` returns them.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._folder = TemporaryFolder()
        self.root = self._folder.path / "project"
        for name, content in files.items():
            replace(self.root / name, content, mode=PRIVATE)

    def equipped(self, which: Mapping[str, Any], told: Slip) -> dict[str, Any]:
        """Put in place what goes with one client's work; return the arguments as they are here."""
        reports, parameters = self._reports(which), dict(which["parameters"])
        for name in told.names:
            (reports / name).unlink(missing_ok=True)
        for name, content in told.there.items():
            replace(reports / name, content, mode=PRIVATE)
        for key, files in told.outside.items():
            place = self._folder.path / OUTSIDE / stem(which["client"], which["wave"]) / key
            for name, content in files.items():
                replace(place / name, content, mode=PRIVATE)
            parameters[key] = str(place / next(iter(files)))
        return {**which, "home": str(self.root), "parameters": parameters}

    def made(self, which: Mapping[str, Any], told: Slip) -> dict[str, bytes | None]:
        """Return what the work has written, and None for what it has taken away."""
        found: dict[str, bytes | None] = {}
        for name in told.names:
            path, before = self._reports(which) / name, told.there.get(name)
            after = path.read_bytes() if path.is_file() else None
            if after != before:
                found[name] = after
        return found

    def _reports(self, which: Mapping[str, Any]) -> Path:
        return Study(which["study"], self.root).reports

    def close(self) -> None:
        """Take the folder away."""
        self._folder.close()


def kept(study: Study, told: Slip, made: Mapping[str, bytes | None]) -> bool:
    """Write what a worker has handed back, each file whole or not at all, the ledger's last.

    Who calls it holds what is kept of the client (`statement_ledger.held`).

    Returns
    -------
    bool
        False where the list of told numbers is no longer the one that the worker was handed, as
        after alerts: nothing is written then, and the work has to be done anew.

    Raises
    ------
    StudyError
        It has handed back a file that it was not asked for; then nothing is written.
    """
    if strange := sorted(set(made) - set(told.names)):
        raise StudyError(f"A worker handed back {strange[0]!r}, which nobody asked it for.")
    ledgers = [name for name in told.names if name.startswith(_STATEMENTS)]
    if any(_content(study.reports / name) != told.there.get(name) for name in ledgers):
        return False
    for name in told.names:
        if name not in made:
            continue
        path, content = study.reports / name, made[name]
        if content is None:
            path.unlink(missing_ok=True)
        elif name.startswith(_STATEMENTS):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace(path, content, mode=PRIVATE)
        else:
            replace(path, content)
    return True


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
