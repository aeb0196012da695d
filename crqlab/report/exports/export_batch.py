"""The files of many clients for other programs: what holds is kept, what fails fails alone."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crqlab.base.study import Study, fingerprint
from crqlab.report.batch import ledger
from crqlab.report.batch.batches import Job, Outcome, Work, client_names, done
from crqlab.report.batch.project_parcel import with_ledgers
from crqlab.report.exports import theme as themes
from crqlab.report.exports.export_files import USUAL, accepted, export, file_names
from crqlab.report.run import page_build
from crqlab.report.run.page_language import page_name, spoken_in


def export_all(
    study: Study,
    clients: Iterable[tuple[str, str]],
    *,
    kinds: Iterable[str] = USUAL,
    language: str | None = None,
    theme: Path | None = None,
    template: Path | None = None,
    **work: Any,
) -> Outcome:
    """Write what the reports of many clients show for other programs.

    Each client has a process of its own; one that fails never stops the rest, and of a client
    whose files all are what they would be now, nothing is made.

    Parameters
    ----------
    study : Study
    clients : iterable of (client, wave)
        As `crqlab.report.chosen` returns them; with a report where a PDF is wanted.
    kinds, language, theme, template
        As for `crqlab.report.export`.
    **work
        ``jobs``, ``seconds``, ``cluster`` and ``heard``, as for `crqlab.report.run_batch`.

    Returns
    -------
    Outcome
        Failures included; they are in the manifest too, and tried again next time.

    Raises
    ------
    CrqError
        An unknown kind, or a language without catalogue.
    ReportError
        A package is missing.
    StudyError
        A theme or template is not there, or another batch of this study is at work.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> chosen = crq.report.chosen(study, ["C003", "C019"], None)
    >>> print(crq.report.export_all(study, chosen, kinds=["csv"], jobs=1))
    2 exports: 2 made, 0 kept, 0 failed, in ... s
    """
    told = {
        "kinds": accepted(kinds, language=language, template=template),
        "language": spoken_in(study, language),
        "theme": str(theme.resolve()) if theme else None,
        "template": str(template.resolve()) if template else None,
    }
    return done(study, FILES, lambda: _wanted(study, clients, told), **work)


def make(home: str, study: str, client: str, wave: str, parameters: dict[str, Any]) -> float:
    """Write one client's files in this process, and return the seconds it took.

    Only those are made that are not there already as they would be now.
    """
    found, start = Study(study, Path(home)), time.perf_counter()
    options = {name: parameters[name] for name in ("language", "theme", "template")}
    todo = _missing(found, client, wave, parameters)
    if todo:
        export(found, client, wave, kinds=todo.values(), **options)
    seconds = time.perf_counter() - start
    for name, kind in todo.items():
        told = _told(client, wave, parameters, kind)
        inputs = parameters["inputs"][kind]
        ledger.made(found, name, inputs=inputs, parameters=told, seconds=seconds)
    return seconds


def _wanted(study: Study, clients: Iterable[tuple[str, str]], told: dict[str, Any]) -> list[Job]:
    shared = page_build.shared(study, page_build.report_notebook(study))
    shared["theme"] = _look(told["theme"])
    shared["template"] = fingerprint(Path(told["template"])) if told["template"] else ""
    name, found = client_names(study), []
    for client, wave in dict.fromkeys(clients):
        inputs = {kind: _hash(study, shared, client, wave, told, kind) for kind in told["kinds"]}
        file = page_name(client, wave, told["language"])
        told_too = {**told, "inputs": inputs}
        whole = page_build.digest(inputs, {})
        found.append(Job(client, name(client), wave, file, told_too, whole))
    return found


def _look(theme: str | None) -> str:
    """One hash of a theme and its logo."""
    look = themes.read(Path(theme)) if theme else themes.Theme()
    return hashlib.sha256(f"{look.css}{look.image}".encode()).hexdigest()


def _hash(
    study: Study, shared: dict[str, Any], client: str, wave: str, told: dict[str, Any], kind: str
) -> str:
    """One hash of all that a file depends on; a PDF is made from the page."""
    page = study.reports / f"{page_name(client, wave, told['language'])}.html"
    made_of = {"page": fingerprint(page)} if kind == "pdf" and page.is_file() else {}
    return page_build.digest(shared, {**_told(client, wave, told, kind), **made_of})


def _told(client: str, wave: str, told: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"client": client, "wave": wave, "kind": kind, "language": told["language"]}


def _missing(study: Study, client: str, wave: str, told: dict[str, Any]) -> dict[str, str]:
    """Files that are not there as they would be now, by their names in the manifest: the kind."""
    names = {
        f"{ledger.EXPORTS}{name}": kind
        for kind in told["inputs"]
        for name in file_names(client, wave, told["language"], kind)
    }
    return {
        name: kind
        for name, kind in names.items()
        if not ledger.holds(study, name, told["inputs"][kind])
    }


def _holds(study: Study, job: Job) -> bool:
    return not _missing(study, job.client, job.wave, job.parameters)


def _failed(study: Study, job: Job, seconds: float, error: str) -> None:
    inputs = job.parameters["inputs"]
    for name, kind in _missing(study, job.client, job.wave, job.parameters).items():
        told = _told(job.client, job.wave, job.parameters, kind)
        facts = {"inputs": inputs[kind], "parameters": told, "seconds": seconds, "error": error}
        ledger.failed(study, name, **facts)


def _files(study: Study, job: Job) -> list[str]:
    """The page that a PDF is made from, all files of these kinds, and the two ledgers."""
    spoken, kinds = job.parameters["language"], job.parameters["kinds"]
    names = [name for kind in kinds for name in file_names(job.client, job.wave, spoken, kind)]
    entries = [f"{ledger.EXPORTS}{name}" for name in names]
    return with_ledgers(study, job.client, [f"{job.file}.html", *names], entries)


def _outside(job: Job) -> dict[str, list[Path]]:
    """Theme and template lie where the user has them; a theme's logo lies beside it or below."""
    found = {n: [Path(job.parameters[n])] for n in ("theme", "template") if job.parameters[n]}
    if "theme" in found and (logo := themes.read(found["theme"][0]).logo):
        found["theme"].append(found["theme"][0].parent / logo)
    return found


FILES = Work(
    "export",
    "crqlab.report.exports.export_batch:make",
    _holds,
    _failed,
    _files,
    _outside,
    apart=True,
)
