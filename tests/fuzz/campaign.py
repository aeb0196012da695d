"""Many inputs in a process of their own: one that hangs or dies is a finding, too."""

from __future__ import annotations

import multiprocessing as mp
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from tests.fuzz.judgement import SLOW, Verdict, judged

FAILURES = ("traceback", "slow", "silent", "unclear", "died")
_PATIENCE = 3 * SLOW  # of its processor: it starts first, and a busy machine is no slow reader


@dataclass
class Tally:
    """What came of the inputs of one reader."""

    reader: str
    counts: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    failed: list[tuple[int, Verdict]] = field(default_factory=list)

    def add(self, number: int, verdict: Verdict) -> None:
        """Count one input."""
        self.counts[verdict.kind] += 1
        self.compared += verdict.compared
        if verdict.kind in FAILURES:
            self.failed.append((number, verdict))


def tallied(reader: str, numbers: range) -> Tally:
    """Judge inputs of one reader and count what came of them."""
    found = Tally(reader)
    for number, verdict in _verdicts(reader, numbers):
        found.add(number, verdict)
    return found


def _verdicts(reader: str, numbers: range) -> Iterator[tuple[int, Verdict]]:
    context = mp.get_context("spawn")
    start = numbers.start
    while start < numbers.stop:
        here, there = context.Pipe()
        child = context.Process(target=_work, args=(there, reader, start, numbers.stop))
        child.start()
        there.close()
        try:
            while start < numbers.stop:
                if not _answers(here, child.pid):
                    yield start, Verdict("slow", f"more than {_PATIENCE:.0f} s")
                    break
                yield start, here.recv()
                start += 1
        except EOFError:
            yield start, Verdict("died", "the process ended while it read this input")
        child.kill()
        child.join()
        start += 1


def _answers(pipe: Connection, pid: int | None) -> bool:
    """Wait for a verdict while the process works less than is bearable, however long it takes."""
    try:
        work = psutil.Process(pid)
        began = sum(work.cpu_times()[:2])
        while not pipe.poll(SLOW):
            if sum(work.cpu_times()[:2]) - began > _PATIENCE:
                return False
    except psutil.Error:  # it has ended: reading tells
        pass
    return True


def _work(pipe: Connection, reader: str, start: int, stop: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(start, stop):
            pipe.send(judged(reader, number, Path(folder) / "home"))
