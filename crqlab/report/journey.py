"""The journey of one study: its stations in order, then its clients' reports.

What was made before from the same data, code and parameters is kept, not made again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from crqlab.base.errors import StudyError
from crqlab.base.study import Study, fingerprint, replace
from crqlab.report import html
from crqlab.report.documents import cleaned, stem
from crqlab.report.execution import run
from crqlab.report.parameters import checked, declared
from crqlab.report.provenance import code

Told = Callable[[str], None]
_REPORT = "90_report"


@dataclass(frozen=True, slots=True)
class Page:
    """One notebook that became a page.

    Attributes
    ----------
    title : str
        What it shows.
    path : Path
        The HTML file; the executed notebook lies beside it.
    made : bool
        False where an earlier page was still true and was kept.
    seconds : float
    """

    title: str
    path: Path
    made: bool
    seconds: float

    def __str__(self) -> str:
        how = f"made in {self.seconds:.1f} s" if self.made else "kept, nothing has changed"
        return f"{self.title}: {how}"


def notebooks(study: Study) -> list[Path]:
    """Return the shipped notebooks in the order of the journey.

    Raises
    ------
    StudyError
        There are none, neither in the project nor beside the package.
    """
    beside = Path(__file__).resolve().parents[2]
    for folder in (study.root / "notebooks", beside / "notebooks"):
        if found := sorted(folder.glob("[0-9][0-9]_*.ipynb")):
            return found
    raise StudyError(f"No notebooks in {study.root / 'notebooks'}; restore them from the project.")


def stations(study: Study, parameters: Mapping[str, Any], told: Told) -> list[Page]:
    """Run every station before the report, as far as it is not done already.

    Parameters
    ----------
    study : Study
    parameters : mapping
        Given to each notebook that declares them; refused if none does. A notebook keeps
        those it was last given until it is given others.
    told : callable
        Hears one sentence before and after each notebook.

    Returns
    -------
    list of Page
        In the order of the journey.

    Raises
    ------
    RunError
        A notebook failed; what earlier ones wrote stays.
    """
    chain = [path for path in notebooks(study) if path.stem != _REPORT]
    given = {path: {**_last(study, path), **_its(path, parameters)} for path in chain}
    if stray := set(parameters).difference(*given.values()):
        checked(chain[-1], {name: parameters[name] for name in sorted(stray)})
    pages, forced = [], False
    for path in chain:
        page = _page(study, path, {"study": study.name, **given[path]}, path.stem, forced, told)
        forced = forced or page.made
        pages.append(page)
    return pages


def accepted(study: Study, parameters: Mapping[str, Any]) -> None:
    """Refuse what the report's notebook cannot be told, before anything runs."""
    checked(_report(study), parameters)


def reports(
    study: Study, clients: Iterable[tuple[str, str]], parameters: Mapping[str, Any], told: Told
) -> list[Page]:
    """Make the report of each client and wave, as far as it is not made already."""
    path = _report(study)
    checked(path, parameters)
    return [
        _page(
            study,
            path,
            {"study": study.name, "client": client, "wave": wave, **parameters},
            stem(client, wave),
            False,
            told,
        )
        for client, wave in clients
    ]


def _report(study: Study) -> Path:
    return next(path for path in notebooks(study) if path.stem == _REPORT)


def _last(study: Study, path: Path) -> dict[str, Any]:
    """What a notebook was told last time, as far as it still declares it."""
    return _its(path, _made(study).get(path.stem, {}).get("parameters", {}))


def _its(path: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    known = declared(path)
    return {name: known[name].typed(v) for name, v in parameters.items() if name in known}


def _page(
    study: Study, path: Path, parameters: dict[str, Any], name: str, forced: bool, told: Told
) -> Page:
    """Run one notebook and keep it and its page, unless both are there and still true."""
    goal = study.reports / f"{name}.html"
    title = _title(path, parameters)
    if not forced and _true(study, name, _inputs(study, path, parameters)):
        told(str(page := Page(title, goal, False, 0.0)))
        return page
    told(f"{title}: running …")
    start = time.perf_counter()
    executed = cleaned(run(path, parameters, home=study.root))
    _keep(study, name, executed, code_shown=path.stem != _REPORT)
    _note(study, name, _inputs(study, path, parameters), parameters)
    told(str(page := Page(title, goal, True, time.perf_counter() - start)))
    return page


def _title(path: Path, parameters: Mapping[str, Any]) -> str:
    if path.stem == _REPORT:
        return f"Report {parameters['client']}, wave {parameters['wave']}"
    return f"Station {path.stem}"


def _keep(study: Study, name: str, executed: Any, *, code_shown: bool) -> None:
    """Write the page first and the notebook last, each whole or not at all."""
    book = study.codebook
    page = html.render(
        executed, title=book.title, language="en", code=code_shown, synthetic=book.synthetic
    )
    replace(study.reports / f"{name}.html", page.encode())
    replace(study.reports / f"{name}.ipynb", nbformat.writes(executed).encode())


def _inputs(study: Study, path: Path, parameters: Mapping[str, Any]) -> str:
    """One hash of all that a page depends on."""
    tables = study.manifest.get("tables", {}) if path.stem == _REPORT else {}
    parts = {
        "code": code(),
        "notebook": fingerprint(path),
        "parameters": dict(parameters),
        "sources": study.sources(),
        "tables": {name: facts["sha256"] for name, facts in tables.items()},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _made(study: Study) -> dict[str, dict[str, Any]]:
    path = study.reports / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _note(study: Study, name: str, inputs: str, parameters: Mapping[str, Any]) -> None:
    page = fingerprint(study.reports / f"{name}.html")
    kept = {"inputs": inputs, "page": page, "parameters": dict(parameters)}
    made = {**_made(study), name: kept}
    text = json.dumps(made, indent=2, sort_keys=True)
    replace(study.reports / "manifest.json", text.encode())


def _true(study: Study, name: str, inputs: str) -> bool:
    """Whether the page and the station's tables are there as they were made."""
    made = _made(study).get(name, {})
    page = study.reports / f"{name}.html"
    if made.get("inputs") != inputs or not page.is_file() or made["page"] != fingerprint(page):
        return False
    return all(
        study.has(table) and fingerprint(study.path(table)) == facts["sha256"]
        for table, facts in study.manifest.get("tables", {}).items()
        if study.path(table).name.startswith(name[:3])
    )
