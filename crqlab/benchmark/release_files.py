"""Releases: versioned, hashed, read-only sets of benchmark, thresholds and instrument.

A release is written into a folder beside its place and moved there in one step, so that whoever
reads finds all of it or nothing, also when writing is killed halfway.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import code
from crqlab.base.contracts.schema import check
from crqlab.base.errors import StudyError
from crqlab.base.instrument import Instrument
from crqlab.base.releases import ASKED, FACTS, FOLDER, MODEL, THRESHOLDS
from crqlab.base.results import Result
from crqlab.base.study import fingerprint
from crqlab.base.waves import in_order
from crqlab.benchmark.peers import in_words

SEAL = "release.sha256"
TABLE = "deciles.parquet"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_DRAFT = ".draft-"


@dataclass(frozen=True, slots=True, eq=False)
class Release(Result):
    """One published benchmark, as it was read and verified.

    Attributes
    ----------
    name : str
    facts : mapping
        ``as_of``, ``instrument`` (name and version), ``contributors`` (clients), ``waves``,
        ``synthetic``, ``rules``, ``sha256`` of each file.
    table : DataFrame
        Table ``deciles``.
    path : Path
        Its folder; ``thresholds.yaml`` lies in it where thresholds were published, and
        ``account_model.json`` where the panel had clients enough for one.
    digest : str
        SHA-256 over all of it, as 64 hexadecimal digits.
    """

    name: str
    facts: Mapping[str, Any]
    table: pd.DataFrame
    path: Path
    digest: str

    @property
    def thresholds(self) -> Path | None:
        """The file of segment thresholds; None where the release holds none."""
        return self.path / THRESHOLDS if THRESHOLDS in self.facts["sha256"] else None

    @property
    def account_model(self) -> Path | None:
        """The file of the account model; None where the release carries none."""
        return self.path / MODEL if MODEL in self.facts["sha256"] else None

    @property
    def instrument(self) -> Instrument:
        """What the clients behind it were asked."""
        return Instrument.model_validate_json((self.path / ASKED).read_text(encoding="utf-8"))

    def spoken(self, asked: Instrument) -> Release:
        """Return the release with constructs called as another instrument calls them.

        Constructs of one concept are one measure, whatever they are called; those without a
        concept are where both name and label agree. Others are left out.
        """
        theirs = self.instrument
        made = set(self.table["measure"]) - set(theirs.constructs)
        same = {**{name: name for name in made}, **asked.alike(theirs)}
        rows = self.table[self.table["measure"].isin(list(same))]
        return replace(self, table=rows.assign(measure=rows["measure"].map(same)))

    @property
    def source(self) -> str:
        """What a table that quotes this release says of it, as a code."""
        return code(
            f"release_{'synthetic' if self.facts['synthetic'] else 'real'}",
            name=self.name,
            digest=self.digest[:8],
            as_of=self.facts["as_of"],
            clients=self.facts["contributors"],
            instrument=self.facts["instrument"]["name"],
            version=self.facts["instrument"]["version"],
        )

    def __str__(self) -> str:
        return in_words(self.source)


def publish(
    root: Path,
    name: str,
    table: pd.DataFrame,
    asked: Instrument,
    *,
    as_of: date,
    contributors: int,
    synthetic: bool,
    made: Mapping[str, Any] | None = None,
    **along: Any,
) -> Release:
    """Write a release, whole or not at all; it can be read but never be changed afterwards.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        Letters, digits, ``.``, ``-`` and ``_``; not one that is there already.
    table : DataFrame
        Table ``deciles``.
    asked : Instrument
    as_of : date
        Until when the data tell.
    contributors : int
        Clients behind the tables.
    synthetic : bool
        Whether the data are made up.
    made : mapping, optional
        How the tables were made (rules, level, draws, seed).
    **along
        ``thresholds``, the Path of a YAML file of segment thresholds, and ``account_model``, the
        document of one (`crqlab.stats.account_model.carried`), to publish along.

    Returns
    -------
    Release
        As read back and verified.

    Raises
    ------
    StudyError
        A name that cannot be, or is taken; no rows; no such thresholds.

    Examples
    --------
    >>> from datetime import date
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> deciles, asked = study.read("deciles"), study.codebook.instrument
    >>> about = {"as_of": date(2025, 12, 31), "contributors": 20, "synthetic": True}
    >>> print(crq.benchmark.publish(study.root, "2025.1", deciles, asked, **about))
    release 2025.1 (...), as of 2025-12-31: synthetic data of 20 clients, CRQ-24 demo version 1
    """
    goal = _place(root, name)
    thresholds, account_model = along.pop("thresholds", None), along.pop("account_model", None)
    if along:
        raise TypeError(f"publish() takes no {', '.join(along)} along")
    _refuse(goal, table, thresholds)
    files = {TABLE: _parquet(table, asked), ASKED: asked.model_dump_json(indent=1).encode()}
    if thresholds is not None:
        files[THRESHOLDS] = thresholds.read_bytes()
    if account_model is not None:
        files[MODEL] = json.dumps(account_model, sort_keys=True, ensure_ascii=False).encode()
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    facts = {
        "name": name,
        "as_of": as_of.isoformat(),
        "instrument": {"name": asked.name, "version": asked.version},
        "contributors": int(contributors),
        "waves": in_order(set(table["wave"]) - {"all"}),
        "synthetic": bool(synthetic),
        "made": dict(made or {}),
        "sha256": hashes,
    }
    files[FACTS] = json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False).encode()
    files[SEAL] = hashlib.sha256(files[FACTS]).hexdigest().encode()
    _write(goal, files)
    return release(root, name)


def _parquet(table: pd.DataFrame, asked: Instrument) -> bytes:
    content = io.BytesIO()
    check(table, contract("deciles"), asked).to_parquet(content, index=False)
    return content.getvalue()


def _place(root: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise StudyError(
            f"A release cannot be called {name!r}; use letters, digits, '.', '-' and '_', as in "
            "2026.1."
        )
    return root / FOLDER / name


def _refuse(goal: Path, table: pd.DataFrame, thresholds: Path | None) -> None:
    if goal.exists():
        raise StudyError(
            f"Release {goal.name!r} is there already, and releases never change: reports quote "
            "them. Choose another name."
        )
    if table.empty:
        raise StudyError(
            f"Release {goal.name!r} would be empty: no cell of the panel may be shown. Pool more "
            "clients first."
        )
    if thresholds is not None and not thresholds.is_file():
        raise StudyError(f"There are no thresholds at {thresholds}; correct the path.")


def _write(goal: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into a folder of another name, then give it its own in one step."""
    goal.parent.mkdir(parents=True, exist_ok=True)
    for left in goal.parent.glob(f"{_DRAFT}*"):
        if not _alive(left):
            _remove(left)
    draft = goal.parent / f"{_DRAFT}{os.getpid()}-{goal.name}"
    try:
        draft.mkdir()
        for name, content in files.items():
            with (draft / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            (draft / name).chmod(0o444)
        os.rename(draft, goal)
        with contextlib.suppress(PermissionError):  # a folder cannot be locked on every system
            goal.chmod(0o555)
    finally:
        _remove(draft)


def _alive(draft: Path) -> bool:
    """Whether the process that began a draft still works at it."""
    pid = draft.name.removeprefix(_DRAFT).partition("-")[0]
    if os.name == "nt" or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(folder: Path) -> None:
    if folder.exists():
        folder.chmod(0o755)
        shutil.rmtree(folder)


def release(root: Path, name: str) -> Release:
    """Read a release and verify every byte of it.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str

    Returns
    -------
    Release

    Raises
    ------
    StudyError
        No such release, or a file in it is missing or is not what was published.

    Examples
    --------
    >>> from datetime import date
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> kept = crq.benchmark.publish_study(study, "2025.1", as_of=date(2025, 12, 31))
    >>> crq.benchmark.release(study.root, "2025.1").digest == kept.digest
    True
    """
    folder = _place(root, name)
    if not (folder / FACTS).is_file():
        there = ", ".join(releases(root)) or "none yet"
        raise StudyError(
            f"Release {name!r} is not in {FOLDER} (there is: {there}). Copy its folder there, or "
            "make one with: crqlab benchmark publish"
        )
    facts = _facts(folder)
    seal = folder / SEAL
    sealed = seal.read_text(encoding="utf-8").strip() if seal.is_file() else "missing"
    for file, digest in {**facts["sha256"], FACTS: sealed}.items():
        path = folder / file
        found = fingerprint(path) if path.is_file() else "missing"
        if found != digest:
            raise StudyError(
                f"Release {name!r} is not what was published: {file} is "
                f"{'missing' if found == 'missing' else f'{found[:12]}… instead of {digest[:12]}…'}"
                ". Do not quote it; copy the release again from where it was published."
            )
    table = pd.read_parquet(folder / TABLE)
    return Release(name, facts, table, folder, fingerprint(folder / FACTS))


def _facts(folder: Path) -> dict[str, Any]:
    """Read the list of files; one that cannot be read is as good as changed."""
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        dict(facts["sha256"])
        return facts
    except (ValueError, KeyError, TypeError):
        raise StudyError(
            f"Release {folder.name!r} is not what was published: {FACTS} cannot be read. Copy the "
            "release again from where it was published."
        ) from None


def releases(root: Path) -> list[str]:
    """Return the names of all releases, in order.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.benchmark.releases(study.root)
    []
    """
    return sorted(path.parent.name for path in (root / FOLDER).glob(f"[!.]*/{FACTS}"))
