"""Reports by multiprocessing's forkserver beside our prepared process: docs/decisions/0007.

    python -m tests.bench.forkserver HOME STUDY [REPORTS] [ROUNDS]

What is compared is processor time, of whoever asks and of the server with all that it has forked:
on a machine that does other work, nothing else holds still. Each report gets a process of the
forkserver and the rows that it needs, read once by whoever asks; its cells get a fork of that
process, which nobody else has used. (A process of the forkserver that asks for another one starts
a forkserver of its own: workers that live on cannot ask for cells.)
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path
from statistics import median
from typing import Any

from crqlab import Study
from crqlab.report import chosen, everybody, run_batch
from crqlab.report.batch import batches
from crqlab.report.batch.table_cache import handout
from crqlab.report.forking import cells, client, roles, tasks, zygote
from crqlab.report.forking.tasks import Crew
from crqlab.report.run import page_build
from crqlab.report.run.journey import told_of
from crqlab.report.run.page_language import named

PRELOADED = "tests.bench.forkserver_preload"
CONTEXT = multiprocessing.get_context("forkserver")


class Served(Crew):
    """Makes each report in a process of the forkserver."""

    def called(self, function: str, arguments: Mapping[str, Any], *, seconds: float) -> Any:
        """Make one report; there is no limit of time for it here, and nothing else is made."""
        home, name, who, wave, parameters, _ = arguments_of(arguments)
        study = Study(name, Path(home))
        told = told_of(study, who, wave, parameters)
        handed = handout(study, who, wave)
        ours, theirs = CONTEXT.Pipe()
        asked = (theirs, self._environment, home, name, told, handed)
        process = CONTEXT.Process(target=_make, args=asked)
        process.start()
        theirs.close()
        took = ours.recv()
        process.join()
        return took


def arguments_of(arguments: Mapping[str, Any]) -> tuple:
    """Return what a report is asked with, in the order of `batches.make`."""
    return tuple(
        arguments[name] for name in ("home", "study", "client", "wave", "parameters", "many")
    )


def _make(line: Any, environment: dict, home: str, name: str, told: dict, handed: bytes) -> None:
    os.setsid()
    os.environ.update(environment)
    cells.forked = _forked
    study = Study(name, Path(home))
    path = page_build.report_notebook(study)
    line.send(page_build.make(study, path, told, named(told), handed=handed))


class _Child:
    def __init__(self, pid: int) -> None:
        self._pid = pid

    def close(self) -> None:
        with suppress(OSError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _forked(role: str, *, environment: Mapping[str, str], files: Sequence[int]) -> _Child:
    parent, limits = os.getpid(), client.limits()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        request = {"role": role, "environment": dict(environment), "folder": os.getcwd(),
                   "limits": limits, "parent": parent}  # fmt: skip
        os._exit(roles.become(request, [os.dup(one) for one in files]))
    return _Child(pid)


def _spent(process: int) -> float:
    """Return processor seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


class Turns:
    """Makes batches by one kind after the other, and tells what each has cost."""

    def __init__(self, study: Study) -> None:
        self.study, self.servers = study, {}
        self.kinds = {"prepared process": batches.crew_for, "forkserver": self._served}
        tasks.forked = self._forked

    def _served(self, home: Path, *, apart: bool) -> Crew:
        return Served(os.environ)

    def _forked(self, role: str, **asked: Any) -> client.Forked:
        child = client.forked(role, **asked)
        self.servers["prepared process"] = _parent(child.pid)
        return child

    def cost(self, kind: str, some: Sequence[tuple[str, str]]) -> float:
        """Return the processor seconds of a batch; the server has its imports done before."""
        self._made(kind, some[:1])
        before = self._spent(kind)
        self._made(kind, some)
        time.sleep(2)  # what has ended is counted when the server has seen it
        return self._spent(kind) - before

    def _made(self, kind: str, some: Sequence[tuple[str, str]]) -> None:
        batches.crew_for = self.kinds[kind]
        shutil.rmtree(self.study.reports, ignore_errors=True)
        outcome = run_batch(self.study, some, jobs=2)
        if outcome.failed:
            raise RuntimeError(str(outcome.failed[0]))
        self.servers["forkserver"] = forkserver._forkserver._forkserver_pid

    def _spent(self, kind: str) -> float:
        return _spent(os.getpid()) + _spent(self.servers[kind])


def main(home: str, name: str, reports: str = "40", rounds: str = "3") -> None:
    """Make reports in turns by both, and print the cost of each turn and its ratio."""
    os.environ.update(zygote._SETTINGS)
    CONTEXT.set_forkserver_preload([PRELOADED])
    study = Study(name, Path(home))
    clients, turns = chosen(study, everybody(study), None)[: int(reports)], Turns(study)
    ratios = []
    for turn in range(int(rounds)):
        order = list(turns.kinds)[:: 1 if turn % 2 == 0 else -1]
        took = {kind: turns.cost(kind, clients) for kind in order}
        ratios.append(took["forkserver"] / took["prepared process"])
        told = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in took.items())
        print(f"{len(clients)} reports: {told}; ratio {ratios[-1]:.2f}", flush=True)
    print(f"ratio, in the middle: {median(ratios):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
