"""One notebook becomes one page: executed, cleaned, laid out, looked through, written, noted."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crqlab.base.errors import StudyError
from crqlab.base.study import Study, fingerprint, replace
from crqlab.language import OWN
from crqlab.programme.ledger_files import line_digests
from crqlab.report.batch import ledger
from crqlab.report.brand import client_brand
from crqlab.report.clearance import gate
from crqlab.report.clearance.provenance import code, notebooks
from crqlab.report.clearance.release_audit import cleared
from crqlab.report.run import render
from crqlab.report.run.execution import execute
from crqlab.report.run.notebook_files import cleaned, own
from crqlab.report.run.page_language import LANGUAGE, for_notebook
from crqlab.report.run.reviewer_page import FOLDER

REPORT = "90_report"


def report_notebook(study: Study) -> Path:
    """Return the notebook of client reports."""
    return next(path for path in notebooks(study) if path.stem == REPORT)


def make(
    study: Study, path: Path, parameters: Mapping[str, Any], name: str, *, handed: bytes = b""
) -> float:
    """Make a page and its executed notebook, and note them last; return the seconds it took.

    Parameters
    ----------
    study : Study
    path : Path
        The notebook.
    parameters : mapping
        Checked already; with the language of the page where it is not English.
    name : str
        File name of the page, without ending.
    handed : bytes
        What `crqlab.report.batch.table_cache.handout` returned for it, if many are made.

    Raises
    ------
    RunError
        The notebook failed.
    StudyError
        Raw files changed meanwhile; the page is not written.
    LeakError
        The page shows something of another client; nothing is written.
    DisclosureError
        The page and earlier ones would tell what is withheld; nothing is written.
    """
    start, found = time.perf_counter(), inputs(study, path, parameters)
    sources = study.sources()
    client = parameters["client"] if path.stem == REPORT else None
    look = client_brand.of(study, client) if client else render.HOUSE  # before anything costs time
    told, language = for_notebook(path, parameters), parameters.get(LANGUAGE, OWN)
    executed = own(cleaned(execute(path, told, home=study.root, handed=handed)))
    _unmoved(study, path, sources)
    page = _page(study, executed, client, look, language)
    _keep(study, name, page, executed, of=(client, str(parameters["wave"])) if client else None)
    seconds = time.perf_counter() - start
    facts = {"inputs": found, "parameters": parameters, "seconds": seconds}
    ledger.made(study, name, **facts, tables=() if client else study.tables_of(path.stem))
    return seconds


def _unmoved(study: Study, path: Path, before: Mapping[str, str]) -> None:
    """Refuse a page whose numbers may be of one state of the raw files and its card of another."""
    after = study.sources()
    moved = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    if moved:
        raise StudyError(
            f"{', '.join(moved)} changed while {path.name} ran, so that nothing of it was kept. "
            "Wait until the files are at rest, then run this again: what is stale is made again."
        )


def inputs(study: Study, path: Path, parameters: Mapping[str, Any]) -> str:
    """Return one hash of all that a page depends on."""
    return digest(shared(study, path), parameters)


def shared(study: Study, path: Path) -> dict[str, Any]:
    """Return what all pages of a notebook depend on: code, notebook, raw files, tables."""
    tables = study.manifest.get("tables", {}) if path.stem == REPORT else {}
    return {
        "code": code(),
        "notebook": fingerprint(path),
        "sources": study.sources(),
        "programme": study.programme(path.stem),
        "agreed": line_digests(study, "agreed_actions") if path.stem == REPORT else {},
        "looks": client_brand.sources(study) if path.stem == REPORT else {},
        "tables": {name: facts["sha256"] for name, facts in tables.items()},
    }


def digest(parts: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Return one hash of what pages share and of what one of them was told.

    Of a ledger, a page depends on the lines of its own client alone.
    """
    own = parts.get("agreed", {}).get(parameters.get("client"), "")
    whole = {**parts, "agreed": own, "parameters": dict(parameters)}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _page(
    study: Study, executed: Any, client: str | None, look: client_brand.Brand, language: str
) -> str:
    book = study.codebook
    return render.render(
        executed,
        title=book.title,
        language=language,
        code=client is None,
        synthetic=book.synthetic,
        unconfirmed=len(book.unconfirmed),
        brand=look,
    )


def _keep(study: Study, name: str, page: str, executed: Any, *, of: tuple[str, str] | None) -> None:
    """Write the page first and the notebook last, each whole or not at all, if both may pass."""
    import nbformat  # after a run, which has seen to it that this is quick

    files = {f"{name}.html": page.encode(), f"{name}.ipynb": nbformat.writes(executed).encode()}
    passed = gate.passed(files, study, of[0] if of else None)
    if of:
        cleared(study, *of, passed)
    (study.reports / FOLDER / f"{name}.html").unlink(missing_ok=True)  # of an earlier run
    for file, content in passed.items():
        replace(study.reports / file, content)
