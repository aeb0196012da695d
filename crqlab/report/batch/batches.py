"""Work for many clients at once, each in a process of its own; what is true already is kept.

The work is a report (`batch`) or its files for other programs
(`crqlab.report.exports.export_batch`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crqlab.base.errors import StudyError
from crqlab.base.study import Study, fingerprint
from crqlab.report.batch import ledger
from crqlab.report.batch.lock import alone
from crqlab.report.batch.project_parcel import with_ledgers
from crqlab.report.batch.table_cache import handout
from crqlab.report.forking.tasks import Crew, TaskError, Worker
from crqlab.report.run import page_build
from crqlab.report.run.execution import surroundings
from crqlab.report.run.journey import told_of
from crqlab.report.run.page_language import accepted, named
from crqlab.report.run.reviewer_page import FOLDER

if TYPE_CHECKING:
    from crqlab.report.batch.cluster import Scheduler

SECONDS = 300.0  # longest time for one client
FEW = 6  # reports up to which each reads its own rows sooner than somebody has read all tables


@dataclass(frozen=True, slots=True)
class Job:
    """One client and wave of which something is wanted.

    Attributes
    ----------
    client, name, wave : str
        Id and name of the client, and the assessment round.
    file : str
        File name of the page, without ending.
    parameters : dict
        What the work is told: for a report, its notebook's.
    inputs : str
        Hash of all that the result depends on.
    """

    client: str
    name: str
    wave: str
    file: str
    parameters: dict[str, Any]
    inputs: str


@dataclass(frozen=True, slots=True)
class Work:
    """What a batch makes of each client.

    Attributes
    ----------
    noun : str
        What it is called, as in ``"report"``.
    function : str
        ``module:name``; called in another process with what `asked` says, it makes one and returns
        the seconds that this took. It does nothing where all is made already.
    holds : callable
        Hears study and job, and says whether nothing has to be made.
    failed : callable
        Notes a failure: hears study, job, seconds and error.
    files : callable
        Hears study and job, and names what the work reads or writes below ``reports/STUDY``, in
        the order in which it is to be written: for a worker that shares no disk.
    outside : callable
        Hears the job, and returns by parameter the files outside the project that it names.
    apart : bool
        Whether no two may share a process; else a worker makes one after the other, and the
        function hears by ``many`` whether there are enough to read tables once for all.
    """

    noun: str
    function: str
    holds: Callable[[Study, Job], bool]
    failed: Callable[[Study, Job, float, str], None]
    files: Callable[[Study, Job], list[str]]
    outside: Callable[[Job], dict[str, list[Path]]] = lambda job: {}
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One client who is done with, and how far the batch is.

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
        Clients done with, this one included, and all that are wanted.
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
        In the order in which they were done.
    seconds : float
        How long the whole took.
    noun : str
        What was made of each client.
    """

    steps: tuple[Step, ...]
    seconds: float
    noun: str = "report"

    @property
    def made(self) -> tuple[Step, ...]:
        """What was made just now."""
        return tuple(step for step in self.steps if step.status == "made")

    @property
    def failed(self) -> tuple[Step, ...]:
        """What could not be made, in the order of clients."""
        found = [step for step in self.steps if step.status == "failed"]
        return tuple(sorted(found, key=lambda step: (step.job.client, step.job.wave)))

    def __str__(self) -> str:
        counts = dict.fromkeys(("made", "kept", "failed"), 0)
        for step in self.steps:
            counts[step.status] += 1
        told = ", ".join(f"{n} {word}" for word, n in counts.items())
        word = self.noun if len(self.steps) == 1 else f"{self.noun}s"
        return f"{len(self.steps)} {word}: {told}, in {self.seconds:.0f} s"


def run_batch(
    study: Study,
    clients: Iterable[tuple[str, str]],
    *,
    parameters: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    seconds: float = SECONDS,
    cluster: str | Scheduler | None = None,
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
    cluster : str or Scheduler, optional
        Address of a Dask scheduler, ``tcp://host:port``; with certificates for ``tls://``. Workers
        that do not see the project's folder are handed the study's files.
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
    accepted(page_build.report_notebook(study), parameters or {})
    options = {"jobs": jobs, "seconds": seconds, "cluster": cluster, "heard": heard}
    return done(study, REPORTS, lambda: _wanted(study, clients, dict(parameters or {})), **options)


def done(
    study: Study,
    work: Work,
    wanted: Callable[[], list[Job]],
    *,
    jobs: int | None = None,
    seconds: float = SECONDS,
    cluster: str | Scheduler | None = None,
    heard: Callable[[Step], None] = lambda step: None,
) -> Outcome:
    """Do a kind of work for many clients; see `run_batch` for the options.

    Parameters
    ----------
    study : Study
    work : Work
    wanted : callable
        Returns all jobs; called when no other batch of this study is at work.
    """
    start, steps = time.monotonic(), []
    with alone(study.reports):
        found = wanted()
        for step in _numbered(_run(study, work, found, jobs, seconds, cluster), len(found)):
            heard(step)
            steps.append(step)
    return Outcome(tuple(steps), time.monotonic() - start, work.noun)


def make(
    home: str, study: str, client: str, wave: str, parameters: dict[str, Any], *, many: bool = True
) -> float:
    """Make one client's report in this process, and return the seconds it took.

    Where many are made, tables are read once for all of them. A process that was ended after its
    last word has made its report already: then nothing is done.
    """
    found = _study(study, home, fingerprint(Study(study, Path(home)).raw / "codebook.yaml"))
    path, told = page_build.report_notebook(found), told_of(found, client, wave, parameters)
    file = named(told)
    if ledger.holds(found, file, page_build.inputs(found, path, told)):
        return float(ledger.entry(found, file)["seconds"])
    handed = handout(found, client, wave) if many else b""
    return page_build.make(found, path, told, file, handed=handed)


@lru_cache(maxsize=1)
def _study(name: str, home: str, codebook: str) -> Study:
    """Return the study, whose codebook a worker reads once for one state of it."""
    return Study(name, Path(home))


def attempted(crew: Crew, function: str, which: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Let one of a crew do what a `Work` does; return its seconds and its error, if any."""
    start = time.monotonic()
    try:
        return {"seconds": crew.called(function, which, seconds=seconds), "error": ""}
    except TaskError as error:
        return {"seconds": time.monotonic() - start, "error": str(error)}


class Loners(Crew):
    """Workers of which each does one thing in its life, so that none knows of another's client."""

    def called(self, function: str, arguments: Mapping[str, Any], *, seconds: float) -> Any:
        """Let a new worker make the call; see `Worker.called`."""
        with closing(Worker(self._environment)) as worker:
            return worker.called(function, arguments, seconds=seconds)


def crew_for(home: Path, *, apart: bool) -> Crew:
    """Return who works on the project in this folder.

    A crew's worker makes many reports, and so lists only once what no report may show; the cells
    of each notebook have a process of their own.
    """
    environment = {**os.environ, **surroundings(home)}
    return Loners(environment) if apart else Crew(environment)


def asked(study: Study, work: Work, job: Job, total: int) -> dict[str, Any]:
    """Return the arguments of a `Work`'s function for one of so many jobs."""
    which = {"client": job.client, "wave": job.wave, "parameters": job.parameters}
    alike = {} if work.apart else {"many": total > FEW}
    return {"home": str(study.root), "study": study.name, **which, **alike}


def client_names(study: Study) -> Callable[[str], str]:
    """Return what tells a client's name by its id; the id itself where there is none."""
    names = study.read("clients").set_index("client_id")["name"] if study.has("clients") else {}
    return lambda client: str(names.get(client, "")) or client


def _wanted(
    study: Study, clients: Iterable[tuple[str, str]], parameters: dict[str, Any]
) -> list[Job]:
    path = page_build.report_notebook(study)
    parts = page_build.shared(study, path)
    name = client_names(study)
    found = []
    for client, wave in dict.fromkeys(clients):
        told = told_of(study, client, wave, parameters)
        inputs = page_build.digest(parts, told)
        found.append(Job(client, name(client), wave, named(told), parameters, inputs))
    return found


def _holds(study: Study, job: Job) -> bool:
    return ledger.holds(study, job.file, job.inputs)


def _failed(study: Study, job: Job, seconds: float, error: str) -> None:
    told = told_of(study, job.client, job.wave, job.parameters)
    facts = {"inputs": job.inputs, "parameters": told, "seconds": seconds, "error": error}
    ledger.failed(study, job.file, **facts)


def _files(study: Study, job: Job) -> list[str]:
    pages = [f"{FOLDER}/{job.file}.html", f"{job.file}.html", f"{job.file}.ipynb"]
    return with_ledgers(study, job.client, pages, [job.file])


REPORTS = Work("report", "crqlab.report.batch.batches:make", _holds, _failed, _files)


def _run(
    study: Study,
    work: Work,
    wanted: list[Job],
    jobs: int | None,
    seconds: float,
    cluster: str | Scheduler | None,
) -> Iterator[Step]:
    """Pass over what holds, make the rest, note what fails."""
    todo = []
    for job in wanted:
        if work.holds(study, job):
            yield Step(job, "kept", 0.0)
        else:
            todo.append(job)
    if not todo:
        return
    if cluster:
        from crqlab.report.batch.cluster import scattered

        answers = scattered(study, work, todo, cluster, seconds)
    else:
        answers = _local(study, work, todo, jobs or os.cpu_count() or 1, seconds)
    with closing(answers):
        for job, answer in answers:
            if answer["error"]:
                work.failed(study, job, **answer)
            yield Step(job, "failed" if answer["error"] else "made", **answer)


def _local(
    study: Study, work: Work, todo: list[Job], jobs: int, seconds: float
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Several at once on this machine; threads only wait, the work is in processes."""
    with (
        closing(crew_for(study.root, apart=work.apart)) as crew,
        ThreadPoolExecutor(min(jobs, len(todo))) as pool,
    ):
        running: dict[Future, Job] = {
            pool.submit(
                attempted, crew, work.function, asked(study, work, job, len(todo)), seconds
            ): job
            for job in todo
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
        raise StudyError(f"{done} of {total} clients were accounted for; run the batch again.")
