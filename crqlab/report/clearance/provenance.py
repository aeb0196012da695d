"""The run card: what a report was made from, so that anybody can make it again."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

import crqlab
from crqlab.base.errors import StudyError
from crqlab.base.study import Study, fingerprint
from crqlab.language import OWN, Language, language

_PACKAGE = Path(crqlab.__file__).parent
_NOTEBOOKS = _PACKAGE / "notebooks"  # of a wheel; no code, so the hash of ours is the same
_LIBRARIES = ("numpy", "pandas", "scipy", "pyarrow", "papermill", "nbconvert")


@dataclass(frozen=True, slots=True)
class RunCard:
    """Everything that a number of a report depends on.

    Attributes
    ----------
    table : DataFrame
        ``part`` (data, table, code, setting or version), ``name``, ``value``; hashes
        are SHA-256, 64 hexadecimal digits, of tables with numbers rounded to seven digits.
    """

    table: pd.DataFrame

    @property
    def digest(self) -> str:
        """One hash of the whole card: two reports that share it hold the same numbers."""
        return hashlib.sha256(self.table.to_csv(index=False).encode()).hexdigest()

    def __str__(self) -> str:
        return self.said(language(OWN))

    def said(self, spoken: Language) -> str:
        """Name the card in a reader's language."""
        data = int((self.table["part"] == "data").sum())
        told = {"hash": self.digest[:12], "version": crqlab.__version__}
        return spoken.say("run_card.said", n=data, **told)


def notebooks(study: Study) -> list[Path]:
    """Return the project's notebooks in the order of the journey, or else the shipped ones."""
    for folder in (study.root / "notebooks", study.root):
        if found := _in(folder):
            return found
    return shipped()


def shipped() -> list[Path]:
    """Return crqlab's own notebooks: a wheel's are inside the package, a checkout's beside it.

    Raises
    ------
    StudyError
        There are none.
    """
    found = _in(_NOTEBOOKS) or _in(_PACKAGE.parent / "notebooks")
    if not found:
        raise StudyError("crqlab's own notebooks are gone: install crqlab again.")
    return found


def _in(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


@cache
def code() -> str:
    """Return one SHA-256 of all of crqlab's own files, in name order."""
    total = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        mine = path.is_file() and "__pycache__" not in path.parts
        if mine and _NOTEBOOKS not in path.parents:
            total.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
            total.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()


def state(study: Study) -> str:
    """Return one hash of all that a client's numbers depend on: code, codebook and tables."""
    tables = study.manifest.get("tables", {})
    parts = [code(), fingerprint(study.raw / "codebook.yaml")]
    parts += [f"{name} {facts['sha256']}" for name, facts in sorted(tables.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def versions() -> dict[str, str]:
    """Return the versions of crqlab, of Python and of what numbers and pages are made with."""
    found = {"crqlab": crqlab.__version__, "Python": platform.python_version()}
    return found | {name: _version(name) for name in _LIBRARIES}


def card(study: Study, **settings: object) -> RunCard:
    """Collect what the study's tables and this report were made from.

    Parameters
    ----------
    study : Study
    **settings : object
        The report's own parameters, as ``client="C017"``; the language of the house is not told.

    Returns
    -------
    RunCard
        Holds no time and no place: the same inputs give the same card.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.report.card(study, client="C017", wave="2025"))
    Run card ...: ... data files...
    """
    tables = study.manifest.get("tables", {})
    made = {
        f"{table} {name}": value
        for table, facts in tables.items()
        for name, value in facts.get("made", {}).items()
    }
    asked = study.codebook.instrument
    own = {name: value for name, value in settings.items() if (name, value) != ("language", OWN)}
    rows = [
        *(("data", name, digest) for name, digest in study.sources().items()),
        *(
            ("table", name, facts.get("values", facts["sha256"]))
            for name, facts in sorted(tables.items())
        ),
        ("code", "crqlab", code()),
        ("code", "requirements.lock", _lock()),
        *(("code", path.name, fingerprint(path)) for path in notebooks(study)[-1:]),
        ("setting", "study", study.name),
        ("setting", "instrument", f"{asked.name} {asked.version}"),
        *(("setting", name, str(value)) for name, value in {**own, **made}.items()),
        *(("version", name, value) for name, value in versions().items()),
    ]
    return RunCard(pd.DataFrame(rows, columns=["part", "name", "value"]))


def _lock() -> str:
    path = _PACKAGE.parent / "requirements.lock"
    return fingerprint(path) if path.is_file() else "not installed from the lock file"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
