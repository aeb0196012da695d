"""The journey of one study: its stations in order, then its clients' reports.

What was made before from the same data, code and parameters is kept, not made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crqlab.base.study import Study
from crqlab.report.batch import ledger
from crqlab.report.clearance.provenance import notebooks
from crqlab.report.run import page_language
from crqlab.report.run.page_build import REPORT, inputs, make, report_notebook
from crqlab.report.run.parameters import checked, declared

Told = Callable[[str], None]


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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.report.stations(study, {}, lambda line: None)[0])
    Station 10_responses: kept, nothing has changed
    """
    chain = [path for path in notebooks(study) if path.stem != REPORT]
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
    """Refuse what the report's notebook cannot be told, before anything runs.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.report.accepted(study, {"language": "sv"})
    """
    page_language.accepted(report_notebook(study), parameters)


def reports(
    study: Study, clients: Iterable[tuple[str, str]], parameters: Mapping[str, Any], told: Told
) -> list[Page]:
    """Make the report of each client and wave, as far as it is not made already."""
    path = report_notebook(study)
    page_language.accepted(path, parameters)
    asked = [told_of(study, client, wave, parameters) for client, wave in clients]
    return [_page(study, path, each, page_language.named(each), False, told) for each in asked]


def told_of(study: Study, client: str, wave: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the report of one client and wave is told."""
    who = {"study": study.name, "client": client, "wave": wave}
    return who | page_language.told(study, parameters)


def _last(study: Study, path: Path) -> dict[str, Any]:
    """What a notebook was told last time, as far as it still declares it."""
    return _its(path, ledger.entry(study, path.stem).get("parameters", {}))


def _its(path: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    known = declared(path)
    return {name: known[name].typed(v) for name, v in parameters.items() if name in known}


def _page(
    study: Study, path: Path, parameters: dict[str, Any], name: str, forced: bool, told: Told
) -> Page:
    """Run one notebook and keep it and its page, unless both are there and still true."""
    goal, title = study.reports / f"{name}.html", _title(path, parameters)
    if not forced and _true(study, name, inputs(study, path, parameters)):
        told(str(page := Page(title, goal, False, 0.0)))
        return page
    told(f"{title}: running …")
    seconds = make(study, path, parameters, name)
    told(str(page := Page(title, goal, True, seconds)))
    return page


def _title(path: Path, parameters: Mapping[str, Any]) -> str:
    if path.stem == REPORT:
        return f"Report {parameters['client']}, wave {parameters['wave']}"
    return f"Station {path.stem}"


def _true(study: Study, name: str, found: str) -> bool:
    """Whether the page and the station's tables are there as they were made, from these files."""
    if not ledger.holds(study, name, found):
        return False
    return all(study.intact(table) for table in ledger.entry(study, name).get("tables", []))
