"""A batch on a Dask cluster that is there already; each client in a process of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Where a cluster is, and what it knows us by.

    Attributes
    ----------
    address : str
        ``tcp://host:port`` or ``tls://host:port``.
    certificates : tuple of Path, optional
        For ``tls://``: files of the authority's certificate, of our own, and of its key. Left out,
        Dask's own settings say them (``DASK_DISTRIBUTED__COMM__TLS__…``).

    Raises
    ------
    CrqError
        Certificates for an address without encryption, or files that are not there.
    """

    address: str
    certificates: tuple[Path, Path, Path] | None = None

    def __post_init__(self) -> None:
        if self.certificates is None:
            return
        if not self.address.startswith("tls://"):
            raise CrqError(
                f"cluster is {self.address!r}, which encrypts nothing; write tls://host:port "
                "where --tls names certificates, or leave --tls out."
            )
        if absent := [str(path) for path in self.certificates if not Path(path).is_file()]:
            raise CrqError(
                f"--tls names {absent[0]}, which is no file; expected those of the authority, of "
                "a certificate and of its key, in this order."
            )

    def security(self, distributed: Any) -> Any:
        """Return Dask's own description of it; None for what Dask's settings say."""
        if self.certificates is None:
            return None
        ca, own, key = map(str, self.certificates)
        files = {"tls_ca_file": ca, "tls_client_cert": own, "tls_client_key": key}
        return distributed.Security(**files, require_encryption=True)


def scattered(
    study: Study, work: Work, todo: list[Job], cluster: str | Scheduler, seconds: float
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
    cluster : str or Scheduler
        Address of the scheduler, ``tcp://host:port``; with certificates where it has some.
    seconds : float
        Longest time for one client.
    """
    distributed = _distributed()
    there = cluster if isinstance(cluster, Scheduler) else Scheduler(cluster)
    address = there.address
    try:
        client = distributed.Client(address, timeout=_WAIT, security=there.security(distributed))
    except (OSError, ValueError) as error:
        raise CrqError(
            f"cluster is {address!r}, where no Dask scheduler answers ({error}); start one with "
            "'dask scheduler', or leave --cluster out."
        ) from None
    except TypeError:  # so Dask says that it has no certificates
        raise CrqError(
            f"cluster is {address!r}, which asks for certificates; name their files with "
            "--tls CA CERTIFICATE KEY."
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
