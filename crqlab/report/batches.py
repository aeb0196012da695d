"""Reports of many clients at once, each in a process of its own; what is true already is kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from crqlab.base.errors import StudyError
from crqlab.base.study import Study, fingerprint
from crqlab.report import ledger, making
from crqlab.report.documents import stem
from crqlab.report.execution import surroundings
from crqlab.report.forking.tasks import Crew, TaskError
from crqlab.report.journey import told_of
from crqlab.report.language import accepted
from crqlab.report.lock import alone
from crqlab.report.shelf import handout

SECONDS = 300.0  # longest time for one report
FEW = 6  # reports up to which each reads its own rows sooner than somebody has read all tables
_MAKE = "crqlab.report.batches:make"


@dataclass(frozen=True, slots=True)
class Job:
    """One report that is wanted.

    Attributes
    ----------
    client, name, wave : str
        Id and name of the client, and the assessment round.
    file : str
        File name of the page, without ending.
    parameters : dict
        What the notebook is told.
    inputs : str
        Hash of all that the report depends on.
    """

    client: str
    name: str
    wave: str
    file: str
    parameters: dict[str, Any]
    inputs: str


@dataclass(frozen=True, slots=True)
class Step:
    """One report that is done with, and how far the batch is.

    Attributes
    ----------
    job : Job
    status : str
        ``"made"``, ``"kept"`` or ``"failed"``.
    seconds : float
        How long it took.
    error : str
        Why it failed; else empty.
    done, total : int
        Reports done with, this one included, and all that are wanted.
    left : float
        Seconds that the rest will take, as far as one can tell; not a number at first.
    """

    job: Job
    status: str
    seconds: float
    error: str = ""
    done: int = 0
    total: int = 0
    left: float = float("nan")

    def __str__(self) -> str:
        who = f"{self.job.name} ({self.job.client}), wave {self.job.wave}"
        if self.status == "failed":
            return f"{who}: failed, {self.error}"
        return f"{who}: " + (f"made in {self.seconds:.1f} s" if self.status == "made" else "kept")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a batch went.

    Attributes
    ----------
    steps : tuple of Step
        In the order in which the reports were done.
    seconds : float
        How long the whole took.
    """

    steps: tuple[Step, ...]
    seconds: float

    @property
    def failed(self) -> tuple[Step, ...]:
        """Reports that could not be made, in the order of clients."""
        found = [step for step in self.steps if step.status == "failed"]
        return tuple(sorted(found, key=lambda step: (step.job.client, step.job.wave)))

    def __str__(self) -> str:
        counts = dict.fromkeys(("made", "kept", "failed"), 0)
        for step in self.steps:
            counts[step.status] += 1
        told = ", ".join(f"{n} {word}" for word, n in counts.items())
        word = "report" if len(self.steps) == 1 else "reports"
        return f"{len(self.steps)} {word}: {told}, in {self.seconds:.0f} s"


def batch(
    study: Study,
    clients: Iterable[tuple[str, str]],
    *,
    parameters: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    seconds: float = SECONDS,
    cluster: str | None = None,
    heard: Callable[[Step], None] = lambda step: None,
) -> Outcome:
    """Make the reports of many clients; one that fails never stops the rest.

    Parameters
    ----------
    study : Study
        Its stations must have run.
    clients : iterable of (client, wave)
        As `crqlab.report.chosen` returns them.
    parameters : mapping, optional
        For the report's notebook, besides study, client and wave.
    jobs : int, optional
        How many at once; one for each processor if left out.
    seconds : float
        Longest time for one report.
    cluster : str, optional
        Address of a Dask scheduler, ``tcp://host:port``, whose workers see the project's folder
        under the same path.
    heard : callable
        Hears of each report when it is done with.

    Returns
    -------
    Outcome
        Failures included; they are in the manifest too, and tried again next time.

    Raises
    ------
    StudyError
        Another batch of this study is at work.
    """
    start, steps = time.monotonic(), []
    accepted(making.report_notebook(study), parameters or {})
    with alone(study.reports):
        wanted = _wanted(study, clients, dict(parameters or {}))
        for step in _numbered(_run(study, wanted, jobs, seconds, cluster), len(wanted)):
            heard(step)
            steps.append(step)
    return Outcome(tuple(steps), time.monotonic() - start)


def make(
    home: str, study: str, client: str, wave: str, parameters: dict[str, Any], *, many: bool = True
) -> float:
    """Make one client's report in this process, and return the seconds it took.

    Where many are made, tables are read once for all of them. A process that was ended after its
    last word has made its report already: then nothing is done.
    """
    found = _study(study, home, fingerprint(Study(study, Path(home)).raw / "codebook.yaml"))
    path, told = making.report_notebook(found), told_of(found, client, wave, parameters)
    file = stem(client, wave)
    if ledger.holds(found, file, making.inputs(found, path, told)):
        return float(ledger.entry(found, file)["seconds"])
    handed = handout(found, client, wave) if many else b""
    return making.make(found, path, told, file, handed=handed)


@lru_cache(maxsize=1)
def _study(name: str, home: str, codebook: str) -> Study:
    """Return the study, whose codebook a worker reads once for one state of it."""
    return Study(name, Path(home))


def attempted(crew: Crew, which: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let one of a crew make a report; return its seconds and its error, if any.

    A worker makes many reports, and so lists only once what no report may show; the cells of each
    notebook have a process of their own.
    """
    start = time.monotonic()
    try:
        return {"seconds": crew.called(_MAKE, which, seconds=seconds), "error": ""}
    except TaskError as error:
        return {"seconds": time.monotonic() - start, "error": str(error)}


def crew_for(home: Path) -> Crew:
    """Return a crew for reports of the project in this folder."""
    return Crew({**os.environ, **surroundings(home)})


def asked(study: Study, job: Job, total: int) -> dict[str, Any]:
    """Return the arguments of `make` for one of so many reports."""
    which = {"client": job.client, "wave": job.wave, "parameters": job.parameters}
    return {"home": str(study.root), "study": study.name, "many": total > FEW, **which}


def _wanted(
    study: Study, clients: Iterable[tuple[str, str]], parameters: dict[str, Any]
) -> list[Job]:
    path = making.report_notebook(study)
    parts = making.shared(study, path)
    names = study.read("clients").set_index("client_id")["name"] if study.has("clients") else {}
    found = []
    for client, wave in dict.fromkeys(clients):
        told = told_of(study, client, wave, parameters)
        name = str(names.get(client, "")) or client
        inputs = making.digest(parts, told)
        found.append(Job(client, name, wave, stem(client, wave), parameters, inputs))
    return found


def _run(
    study: Study, wanted: list[Job], jobs: int | None, seconds: float, cluster: str | None
) -> Iterator[Step]:
    """Pass over what holds, make the rest, note what fails."""
    todo = []
    for job in wanted:
        if ledger.holds(study, job.file, job.inputs):
            yield Step(job, "kept", 0.0)
        else:
            todo.append(job)
    if not todo:
        return
    if cluster:
        from crqlab.report.cluster import scattered

        answers = scattered(study, todo, cluster, seconds)
    else:
        answers = _local(study, todo, jobs or os.cpu_count() or 1, seconds)
    with closing(answers):
        for job, answer in answers:
            if answer["error"]:
                told = told_of(study, job.client, job.wave, job.parameters)
                ledger.failed(study, job.file, inputs=job.inputs, parameters=told, **answer)
            yield Step(job, "failed" if answer["error"] else "made", **answer)


def _local(
    study: Study, todo: list[Job], jobs: int, seconds: float
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Several at once on this machine; threads only wait, the work is in processes."""
    with closing(crew_for(study.root)) as crew, ThreadPoolExecutor(min(jobs, len(todo))) as pool:
        running: dict[Future, Job] = {
            pool.submit(attempted, crew, asked(study, job, len(todo)), seconds): job for job in todo
        }
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _numbered(steps: Iterable[Step], total: int) -> Iterator[Step]:
    """Count, and say how long the rest will take; what was kept took no time."""
    start, done, made = time.monotonic(), 0, 0
    for step in steps:
        done += 1
        made += step.status != "kept"
        each = (time.monotonic() - start) / made if made else float("nan")
        yield replace(step, done=done, total=total, left=each * (total - done))
    if done != total:
        raise StudyError(f"{done} of {total} reports were accounted for; run the batch again.")
