"""Many inputs in a process of their own: one that hangs or dies is a finding, too."""

from __future__ import annotations

import multiprocessing as mp
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from tests.fuzz.judgement import SLOW, Verdict, judged

FAILURES = ("traceback", "slow", "silent", "unclear", "died")
_PATIENCE = 12 * SLOW  # a process starts, and a busy machine is no slow reader


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
                if not here.poll(_PATIENCE):
                    yield start, Verdict("slow", f"more than {_PATIENCE:.0f} s")
                    break
                yield start, here.recv()
                start += 1
        except EOFError:
            yield start, Verdict("died", "the process ended while it read this input")
        child.kill()
        child.join()
        start += 1


def _work(pipe: Connection, reader: str, start: int, stop: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(start, stop):
            pipe.send(judged(reader, number, Path(folder) / "home"))
