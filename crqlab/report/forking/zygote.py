"""The prepared process: it imports, listens, forks, and tells how its children ended.

    python -m crqlab.report.forking.zygote SOCKET KEY READY

It has one thread, runs nothing of anybody's, and ends when it has had nothing to do for a while
or when the code it has imported is no longer the code on disk.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any

IDLE = 180.0  # seconds without work after which it ends
GLANCE = 2.0  # seconds between two looks at the code on disk
PATIENCE = 5.0  # seconds that a caller may take over its request
_SETTINGS = {
    "NUMEXPR_MAX_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class Born(BaseException):
    """Raised in a new child, to leave the server's loop before it becomes what was asked for."""

    def __init__(self, request: dict[str, Any], files: list[int]) -> None:
        super().__init__()
        self.request = request
        self.files = files


class Zygote:
    """Listens on a Unix socket; each connection is one child for life.

    Attributes
    ----------
    current : callable
        Whether the imported code is still that on disk.
    """

    def __init__(self, listener: socket.socket, current: Callable[[], bool]) -> None:
        self.current = current
        self._listener = listener
        self._lines: dict[int, socket.socket | None] = {}  # None: its caller is gone
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._called)
        self._selector.register(self._woken, selectors.EVENT_READ, self._rung)

    def serve(self) -> None:
        """Fork until there is nothing to do any more; raises `Born` in each child."""
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        last = time.monotonic()
        while True:
            for ready, _ in self._selector.select(GLANCE):
                ready.data(ready.fileobj)
                last = time.monotonic()
            self._reap()
            if not self._lines and (time.monotonic() - last > IDLE or not self.current()):
                return

    def close(self) -> None:
        """Let go of every socket, as a child must and a server at its end."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for line in (self._listener, self._woken, self._waker, *self._lines.values()):
            if line is not None:
                line.close()

    def _called(self, listener: socket.socket) -> None:
        from crqlab.report.forking import wire

        line, _ = listener.accept()
        line.settimeout(PATIENCE)
        files: list[int] = []
        try:
            _, user, _ = struct.unpack(
                "3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            )
            request, files = wire.receive(line, files=5)
            why = "another user" if user != os.getuid() else self._refusal()
            if why:
                wire.send(line, {"refused": why})
                line.close()
            else:
                self._fork(line, request, files)
        except (OSError, EOFError, ValueError):
            line.close()
        finally:
            for file in files:
                with contextlib.suppress(OSError):
                    os.close(file)

    def _refusal(self) -> str:
        """Why nothing may be forked now; a thread would leave its locks locked in a child."""
        if threads() != 1:
            return f"{threads()} threads"
        return "" if self.current() else "the code has changed"

    def _fork(self, line: socket.socket, request: dict[str, Any], files: list[int]) -> None:
        from crqlab.report.forking import wire

        before = os.getpid()
        child = os.fork()
        if child == 0:
            os.setsid()
            self.close()
            line.close()
            kept = [os.dup(file) for file in files]
            raise Born({**request, "parent": before}, kept)
        self._lines[child] = line
        self._selector.register(line, selectors.EVENT_READ, lambda _: self._told(child))
        with contextlib.suppress(OSError):  # a caller that is gone is noticed by the selector
            wire.send(line, {"pid": child})

    def _told(self, child: int) -> None:
        """Pass a signal on; a caller that is gone takes its child's whole group along."""
        from crqlab.report.forking import wire

        line = self._lines.get(child)
        if line is None:
            return
        try:
            number = int(wire.receive(line)[0]["signal"])
        except (OSError, EOFError, ValueError, KeyError):
            number = signal.SIGKILL
            self._selector.unregister(line)
            line.close()
            self._lines[child] = None
        _group(child, number)

    def _rung(self, woken: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while woken.recv(512):
                pass

    def _reap(self) -> None:
        """Tell callers of children that have ended; what these have started ends with them."""
        from crqlab.report.forking import wire

        while self._lines:
            # the child stays a zombie until its group is gone: its number cannot be another's
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return
            _group(found.si_pid, signal.SIGKILL)
            _, status = os.waitpid(found.si_pid, 0)
            line = self._lines.pop(found.si_pid, None)
            if line is None:
                continue
            self._selector.unregister(line)
            with contextlib.suppress(OSError):
                wire.send(line, {"exit": os.waitstatus_to_exitcode(status)})
            line.close()


def threads() -> int:
    """Return how many threads this process has, those of libraries included."""
    return len(os.listdir("/proc/self/task"))


def _group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:  # not yet the leader of its group, or over
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, number)
    except PermissionError:
        pass


def main(words: list[str]) -> int:
    """Import, then listen on a socket and serve; returns an exit code, in children theirs."""
    path, wanted, ready = words[0], words[1], int(words[2])
    if os.fork():  # whoever started this need not wait for its end
        os._exit(0)
    os.setsid()
    settings = dict(os.environ)
    os.environ.update(_SETTINGS)
    try:
        zygote = _prepared(path, wanted, settings)
    except Exception as error:  # noqa: BLE001 - the caller is waiting for a word
        os.write(ready, f"refused: {error}"[:4000].encode())
        return 1
    os.write(ready, b"ready")
    os.close(ready)
    child = None
    try:
        zygote.serve()
    except Born as born:
        child = born.request, born.files
    if child:  # out of the except clause: a child's errors have no history
        from crqlab.report.forking import roles

        return roles.become(*child)
    _leave(path, zygote)
    return 0


def _prepared(path: str, wanted: str, settings: dict[str, str]) -> Zygote:
    sys.modules.setdefault("rfc3987_syntax", None)  # jsonschema treats it as not installed
    from crqlab.report.forking import identity, roles, wire  # noqa: F401 - children need them
    from crqlab.report.forking.preload import preload

    if identity.key(settings) != wanted:
        raise RuntimeError("it would import other code than its caller")
    for problem in preload():
        sys.stderr.write(f"{problem}\n")
    roles.prepare()
    if identity.key(settings) != wanted:
        raise RuntimeError("the code changed while it was imported")
    if threads() != 1:
        raise RuntimeError(f"{threads()} threads after the imports")
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(128)
    return Zygote(listener, lambda: identity.key(settings) == wanted)


def _leave(path: str, zygote: Zygote) -> None:
    """Close the socket first, its name after: a caller in between starts another process."""
    from crqlab.report.forking import identity

    with identity.locked() as folder:
        zygote.close()
        with contextlib.suppress(OSError):
            os.unlink(path)
        identity.tidy(folder)
        identity.leave(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
