"""A batch on a Dask cluster that is there already; each client in a process of its own."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crqlab.base.errors import CrqError
from crqlab.base.extras import install
from crqlab.base.study import Study
from crqlab.report.batch.batches import Job, Work, asked, attempted, crew_for
from crqlab.report.batch.project_parcel import Site, Slip, kept, parcel, slip
from crqlab.report.clearance.provenance import code
from crqlab.report.clearance.statement_ledger import held
from crqlab.report.forking.tasks import Crew

_WAIT = "30s"  # for a scheduler, and for a worker
_LOOK = "5s"  # between two looks whether there are workers still
#: On a worker: its crew for the run at hand, and its copy of the study where it needs one.
_CREWS: dict[str, Crew] = {}
_SITES: dict[str, Site] = {}
_ONE = threading.Lock()


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
    along; what ran on it is given to another, once more if that one dies too. A worker that does
    not see the project's folder is handed the study's files, and hands back what it has written.

    Parameters
    ----------
    study : Study
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
    run = uuid.uuid4().hex
    mark = study.reports / f".{run}.part"  # who sees it shares our disk
    mark.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
    mark.touch()
    with client:
        try:
            _staffed(client, address)
            yield from _Round(client, distributed, study, work, seconds, run).answers(todo)
        except (OSError, distributed.client.FutureCancelledError) as lost:
            raise CrqError(
                f"cluster is {address!r}, which was lost on the way ({type(lost).__name__}); "
                "what was made by then is kept. Start it, then run this again."
            ) from None
        finally:
            mark.unlink(missing_ok=True)
            with suppress(OSError, distributed.client.FutureCancelledError):
                client.run(dismissed, run, on_error="ignore")


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


class _Round:
    """One batch on a cluster: who has what, and what the others still need."""

    def __init__(
        self, client: Any, distributed: Any, study: Study, work: Work, seconds: float, run: str
    ) -> None:
        self._client, self._dask, self._study = client, distributed, study
        self._work, self._seconds, self._run = work, seconds, run
        self._parcel: Any = None  # with the workers, once one has asked for it
        self._slips: dict[str, Slip] = {}

    def answers(self, todo: list[Job]) -> Iterator[tuple[Job, dict[str, Any]]]:
        waiting, again = list(reversed(todo)), set()
        running: dict[Any, Job] = {}
        while waiting or running:
            while len(running) < max(_places(self._client), 1):
                if (job := _free(waiting, running)) is None:
                    break
                running[self._sent(job, len(todo))] = job
            for job, answer, error in _ended(self._client, self._dask, running):
                if "absent" in answer:
                    self._parcel = self._parcel or self._handed()
                    waiting.append(job)
                elif self._may_try_again(error, job.file in again):
                    again.add(job.file)
                    waiting.append(job)
                elif not self._kept(job, answer.pop("files", {})):
                    waiting.append(job)
                else:
                    yield job, answer

    def _sent(self, job: Job, total: int) -> Any:
        which = asked(self._study, self._work, job, total)
        errand = Errand(
            self._work.function, self._work.apart, which, self._seconds, self._run, code()
        )
        goods = ()
        if self._parcel is not None:
            names = self._work.files(self._study, job)
            self._slips[job.file] = slip(self._study, names, self._work.outside(job))
            goods = (self._parcel, self._slips[job.file])
        return self._client.submit(made, errand, *goods, pure=False)

    def _kept(self, job: Job, files: dict[str, bytes | None]) -> bool:
        """Write what was handed back; False where it was judged without what was told since."""
        if not files:
            return True
        with held(self._study, job.client):
            return kept(self._study, self._slips[job.file], files)

    def _handed(self) -> Any:
        """Give every worker the study's files; one that comes later has them from another."""
        return self._client.scatter([parcel(self._study)], broadcast=True, hash=False)[0]

    def _may_try_again(self, error: BaseException | None, tried: bool) -> bool:
        """Whether a worker died at it, alone or with all who had the study's files."""
        if isinstance(error, self._dask.client.FutureCancelledError):
            if tried or self._parcel is None:
                raise error
            self._parcel = None
            return True
        return isinstance(error, self._dask.KilledWorker) and not tried


def _free(waiting: list[Job], running: Mapping[Any, Job]) -> Job | None:
    """Take the next job of a client nobody works for: files of one are judged one by one."""
    busy = {job.client for job in running.values()}
    for place in reversed(range(len(waiting))):
        if waiting[place].client not in busy:
            return waiting.pop(place)
    return None


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
            found = [(running.pop(future), *_answer(future)) for future in done]
            client.cancel(list(done))  # to be forgotten there before anybody hears of it
            return found


@dataclass(frozen=True, slots=True)
class Errand:
    """What a worker is told: what to call with what, for how long, in which run, of whose code."""

    function: str
    apart: bool
    which: dict[str, Any]
    seconds: float
    run: str
    code: str


def made(
    errand: Errand, files: Mapping[str, bytes] | None = None, told: Slip | None = None
) -> dict[str, Any]:
    """Do the work for one client, on a worker of the cluster; its crew stays for this run.

    Returns
    -------
    dict
        ``seconds`` and ``error``; ``files`` where they are to be written at home; or ``absent``
        alone, where this worker needs the study's files first.
    """
    which = errand.which
    if code() != errand.code:
        return {"seconds": 0.0, "error": "this worker has another crqlab; install the same there"}
    folder = Path(which["home"])
    near = (Study(which["study"], folder).reports / f".{errand.run}.part").is_file()
    if not near and files is None:
        return {"absent": True}
    with _ONE:
        for old in [name for name in _CREWS if name != errand.run]:
            dismissed(old)
        if not near and errand.run not in _SITES:
            _SITES[errand.run] = Site(files)
        site = None if near else _SITES[errand.run]
        if errand.run not in _CREWS:
            root = folder if site is None else site.root
            _CREWS[errand.run] = crew_for(root, apart=errand.apart)
    which = which if site is None else site.equipped(which, told)
    done = attempted(_CREWS[errand.run], errand.function, which, errand.seconds)
    return done if site is None else {**done, "files": site.made(which, told)}


def dismissed(run: str) -> None:
    """End a run's crew on this worker, and take its copy of the study away."""
    for kept_ in (_CREWS, _SITES):
        if (one := kept_.pop(run, None)) is not None:
            one.close()


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
