"""A batch on a Dask cluster that is there already; each client in a process of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crqlab.base.errors import CrqError
from crqlab.base.extras import install
from crqlab.base.study import Study
from crqlab.report.batch.batches import Job, Work, asked, attempted, crew_for
from crqlab.report.forking.tasks import Crew

_WAIT = "30s"  # for a scheduler, and for a worker
_LOOK = "5s"  # between two looks whether there are workers still
#: On a worker: its crew for the run at hand.
_CREWS: dict[str, Crew] = {}


def scattered(
    study: Study, work: Work, todo: list[Job], address: str, seconds: float
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Do work on the workers of a cluster, and give each answer as it comes.

    No worker is given more than it can do at once, so that one which dies takes nobody's result
    along; what ran on it is given to another, once more if that one dies too.

    Parameters
    ----------
    study : Study
        In a folder that all workers see under the same path.
    work : Work
    todo : list of Job
    address : str
        Of the scheduler, ``tcp://host:port``.
    seconds : float
        Longest time for one client.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=_WAIT)
    except (OSError, ValueError) as error:
        raise CrqError(
            f"cluster is {address!r}, where no Dask scheduler answers ({error}); start one with "
            "'dask scheduler', or leave --cluster out."
        ) from None
    with client:
        try:
            _staffed(client, address)
            yield from _answers(client, distributed, study, work, todo, seconds)
        except (OSError, distributed.client.FutureCancelledError) as lost:
            raise CrqError(
                f"cluster is {address!r}, which was lost on the way ({type(lost).__name__}); "
                "what was made by then is kept. Start it, then run this again."
            ) from None


def _staffed(client: Any, address: str) -> None:
    """Wait for a worker, for a while."""
    try:
        client.wait_for_workers(1, timeout=_WAIT)
    except TimeoutError:
        raise CrqError(
            f"cluster is {address!r}, whose scheduler has had no worker for {_WAIT}; expected one "
            f"or more. Start some with 'dask worker {address}', or leave --cluster out; what was "
            "made by then is kept."
        ) from None


def _answers(
    client: Any, distributed: Any, study: Study, work: Work, todo: list[Job], seconds: float
) -> Iterator[tuple[Job, dict[str, Any]]]:
    waiting, again, run = list(reversed(todo)), set(), uuid.uuid4().hex
    running: dict[Any, Job] = {}
    while waiting or running:
        while waiting and len(running) < max(_places(client), 1):
            job = waiting.pop()
            told = (work.function, work.apart, asked(study, work, job, len(todo)), seconds, run)
            running[client.submit(made, *told, pure=False)] = job
        ended = _ended(client, distributed, running)
        for job, answer, error in ended:
            if isinstance(error, distributed.client.FutureCancelledError):
                raise error
            if isinstance(error, distributed.KilledWorker) and job.file not in again:
                again.add(job.file)
                waiting.append(job)
            else:
                yield job, answer


def _ended(
    client: Any, distributed: Any, running: dict[Any, Job]
) -> list[tuple[Job, dict[str, Any], BaseException | None]]:
    """Wait until some are done, and fetch and let go of all that are.

    What a worker still holds when it dies would be made again. A cluster that has lost all of its
    workers will never be done.
    """
    while True:
        try:
            look = {"timeout": _LOOK, "return_when": "FIRST_COMPLETED"}
            done = distributed.wait(list(running), **look).done
        except TimeoutError:
            _staffed(client, client.scheduler.address)
        else:
            return [(running.pop(future), *_answer(future)) for future in done]


def made(
    function: str, apart: bool, which: dict[str, Any], seconds: float, run: str
) -> dict[str, Any]:
    """Do the work for one client, on a worker of the cluster; its crew stays for this run."""
    folder = Path(which["home"])
    if not (folder / "data" / "processed" / which["study"]).is_dir():
        return {"seconds": 0.0, "error": f"this worker does not see the project in {folder}"}
    for old in [name for name in list(_CREWS) if name != run]:
        _CREWS.pop(old).close()
    crew = _CREWS.setdefault(run, crew_for(folder, apart=apart))
    return attempted(crew, function, which, seconds)


def _answer(future: Any) -> tuple[dict[str, Any], BaseException | None]:
    if (error := future.exception()) is None:
        return future.result(), None
    return {"seconds": 0.0, "error": f"its worker failed: {type(error).__name__}: {error}"}, error


def _places(client: Any) -> int:
    """How many clients the cluster can work for at once."""
    return sum(client.nthreads().values())


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise CrqError(
            f"--cluster needs the extra 'cluster', not whole here. Run: {install('cluster')}"
        ) from None
    return distributed
