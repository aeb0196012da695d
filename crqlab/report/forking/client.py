"""Ask for a process from the prepared one, which is started where there is none."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crqlab.report.forking import identity, wire
from crqlab.report.forking.identity import CannotForkError

START = 60.0  # seconds that the imports may take
ANSWER = 20.0  # seconds that forking may take
AGAIN = 600.0  # seconds before a start that failed is tried again


class Forked:
    """A forked process, with the manners of `subprocess.Popen`.

    Attributes
    ----------
    pid : int
    returncode : int or None
        Negative where a signal ended it; None while it runs.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._line = line

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked process", timeout)
            self._line.settimeout(ANSWER)
            try:
                self.returncode = int(wire.receive(self._line)[0]["exit"])
            except (OSError, EOFError):  # the prepared process died, and its children with it
                self.returncode = -signal.SIGKILL
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal the process and all that it has started."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                wire.send(self._line, {"signal": int(number)})

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Let go of it; one that still runs is killed."""
        self._line.close()


def forked(
    role: str,
    *,
    environment: Mapping[str, str],
    folder: str | Path | None = None,
    files: Sequence[int] = (0, 1, 2),
    **asked: Any,
) -> Forked:
    """Start a process from the prepared one.

    Parameters
    ----------
    role : str
        One of those in `crqlab.report.forking.roles`.
    environment : mapping
        All of its variables.
    folder : path, optional
        Its working directory; this process's if left out.
    files : sequence of int
        Its standard input, output and errors, and a fourth for its role.
    **asked
        What the role wants to know; as JSON.

    Raises
    ------
    CannotForkError
        Start it the plain way.
    """
    if why := identity.unsafe(environment):
        raise CannotForkError(why)
    request = {
        "role": role,
        "environment": dict(environment),
        "folder": os.fspath(folder or os.getcwd()),
        "limits": limits(),
        **asked,
    }
    for _ in range(3):  # one that has just ended may still be found
        line = _line(environment)
        try:
            wire.send(line, request, tuple(files))
            answer, _ = wire.receive(line)
        except (OSError, EOFError):
            line.close()
            continue
        if "pid" not in answer:
            line.close()
            if answer["refused"] == "the code has changed":
                time.sleep(0.1)
                continue
            raise CannotForkError(answer["refused"])
        return Forked(line, answer["pid"])
    raise CannotForkError("the prepared process does not answer")


def limits() -> dict[str, Any]:
    """Return what a child would have had from this process, had this process started it."""
    import resource

    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    mask = os.umask(0o077)
    os.umask(mask)
    return {
        "affinity": sorted(os.sched_getaffinity(0)),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "umask": mask,
        "most": {name: resource.getrlimit(getattr(resource, name)) for name in names},
    }


def _line(environment: Mapping[str, str]) -> socket.socket:
    """Connect to the prepared process, after starting it if need be."""
    name = identity.key(environment)
    if line := _dialled(identity.folder() / f"{name}.sock"):
        return line
    with identity.locked() as folder:
        path = folder / f"{name}.sock"
        if line := _dialled(path):  # somebody else has started it meanwhile
            return line
        identity.tidy(folder)
        _start(folder, name, path, environment)
        if line := _dialled(path):
            return line
    raise CannotForkError("the prepared process cannot be reached")


def _dialled(path: Path) -> socket.socket | None:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(ANSWER)
    try:
        line.connect(os.fspath(path))
    except OSError:
        line.close()
        return None
    return line


def _start(folder: Path, name: str, path: Path, environment: Mapping[str, str]) -> None:
    """Start the prepared process and wait until it listens; remember for a while if it fails."""
    refused = folder / f"{name}.refused"
    with contextlib.suppress(OSError):
        if time.time() - refused.stat().st_mtime < AGAIN:
            raise CannotForkError(refused.read_text(encoding="utf-8"))
    ours, theirs = os.pipe()
    program = (
        "import sys; sys.path[:] = [p for p in sys.path if p]; from crqlab.report.forking.zygote "
        "import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", program, os.fspath(path), name, str(theirs)]
    with open(folder / f"{name}.log", "wb") as log:
        starter = subprocess.Popen(
            words,
            cwd="/",
            env=dict(environment),
            pass_fds=[theirs],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as ready:
        heard = b""
        if select.select([ready], [], [], START)[0]:
            heard = ready.read(4096)
    starter.wait()
    if heard != b"ready":
        why = heard.decode(errors="replace") or "it did not start"
        refused.write_text(why, encoding="utf-8")
        raise CannotForkError(why)
