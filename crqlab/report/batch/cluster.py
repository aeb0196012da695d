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

_WAIT = "30s"
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
        yield from _answers(client, distributed, study, work, todo, seconds)


def _answers(
    client: Any, distributed: Any, study: Study, work: Work, todo: list[Job], seconds: float
) -> Iterator[tuple[Job, dict[str, Any]]]:
    waiting, again, running = list(reversed(todo)), set(), {}
    finished, run = distributed.as_completed(), uuid.uuid4().hex

    def give(job: Job) -> None:
        told = (work.function, work.apart, asked(study, work, job, len(todo)), seconds, run)
        future = client.submit(made, *told, pure=False)
        running[future.key] = job
        finished.add(future)

    client.wait_for_workers(1, timeout=_WAIT)
    for _ in range(min(_places(client), len(waiting))):
        give(waiting.pop())
    for future in finished:
        job = running.pop(future.key)
        error = future.exception()
        if isinstance(error, distributed.KilledWorker) and job.file not in again:
            again.add(job.file)
            give(job)
            continue
        yield job, _answer(future, error)
        while waiting and len(running) < max(_places(client), 1):
            give(waiting.pop())


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


def _answer(future: Any, error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return future.result()
    return {"seconds": 0.0, "error": f"its worker failed: {type(error).__name__}: {error}"}


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
