"""Calls of functions in a process of its own, forked or else started, each under a deadline."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from crqlab.report.forking import wire
from crqlab.report.forking.client import forked
from crqlab.report.forking.identity import CannotForkError


class TaskError(Exception):
    """The call raised, its process died, or time ran out; the message says which."""


class _Process(Protocol):
    def asked(self, work: dict[str, Any], seconds: float) -> dict[str, Any]: ...

    def close(self) -> None: ...


class Worker:
    """A process that answers calls one after the other, and is replaced when it dies.

    Parameters
    ----------
    environment : mapping
        All of its variables.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._process: _Process | None = None

    def called(self, function: str, arguments: Mapping[str, Any], *, seconds: float) -> Any:
        """Call a function there and return what it returns.

        Parameters
        ----------
        function : str
            ``module:name``.
        arguments : mapping
            Given by name; JSON carries them, as it carries the answer.
        seconds : float
            Longest time; then the process and all that it has started are killed.

        Raises
        ------
        TaskError
            What happened, in words.
        """
        if self._process is None:
            self._process = _ready(self._environment)
        work = {"function": function, "arguments": dict(arguments)}
        try:
            answer = self._process.asked(work, seconds)
        except TaskError:
            self.close()
            raise
        if "raised" in answer:
            raise TaskError(answer["raised"])
        return answer["returned"]

    def close(self) -> None:
        """End the process and all that it has started."""
        if self._process is not None:
            self._process.close()
            self._process = None


class Crew:
    """Workers that wait for calls from any thread; one is added when all are busy.

    Parameters
    ----------
    environment : mapping
        All variables of each worker.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()

    def called(self, function: str, arguments: Mapping[str, Any], *, seconds: float) -> Any:
        """Let a worker make the call; see `Worker.called`."""
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = Worker(self._environment)
        try:
            return worker.called(function, arguments, seconds=seconds)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End all workers that wait."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


def _ready(environment: dict[str, str]) -> _Process:
    try:
        return _ByFork(environment)
    except CannotForkError:
        return _ByStart(environment)


class _ByFork:
    """Forked: there in some hundredths of a second, gone with whoever asked for it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        with theirs, open(os.devnull) as nothing:
            files = (nothing.fileno(), 2, 2, theirs.fileno())
            try:
                self._process = forked("worker", environment=environment, files=files)
            except CannotForkError:
                self._line.close()
                raise

    def asked(self, work: dict[str, Any], seconds: float) -> dict[str, Any]:
        self._line.settimeout(seconds)
        try:
            wire.send(self._line, work)
            return wire.receive(self._line)[0]
        except TimeoutError:
            raise TaskError(_late(seconds)) from None
        except (OSError, EOFError):
            raise TaskError(_died(self._process.wait())) from None

    def close(self) -> None:
        self._line.close()
        self._process.close()


class _ByStart:
    """Started as a Python of its own: what every system can, in a second or two."""

    def __init__(self, environment: dict[str, str]) -> None:
        group = {"start_new_session": True} if os.name == "posix" else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crqlab.report.forking.work"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **group,
        )

    def asked(self, work: dict[str, Any], seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        clock = threading.Timer(seconds, self._kill)
        clock.start()
        said = b""
        try:
            self._process.stdin.write(json.dumps(work).encode() + b"\n")
            self._process.stdin.flush()
            said = self._process.stdout.readline()
        except OSError:
            pass
        finally:
            clock.cancel()
        if said.endswith(b"\n"):
            return json.loads(said)
        raise TaskError(_late(seconds) if time.monotonic() >= end else _died(self._process.wait()))

    def close(self) -> None:
        self._kill()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()


def _late(seconds: float) -> str:
    return f"it took longer than {seconds:g} s and was stopped; allow more, or look why it is slow"


def _died(code: int) -> str:
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return f"its process {how}; most often memory ran out: run fewer at once"
