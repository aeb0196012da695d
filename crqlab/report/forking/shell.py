"""A kernel's shell without a kernel: cells come over a line, their outputs go back over it."""

from __future__ import annotations

import io
import socket
import sys
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets.config import Config

from crqlab.page import table_handoff
from crqlab.report.forking import roles, wire


class _Sender(Session):
    """Sends over a line what a kernel would send to its clients."""

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **more: Any):
        """Send one output of the running cell."""
        kind = msg_or_type
        if isinstance(msg_or_type, dict):
            kind, content = msg_or_type["header"]["msg_type"], msg_or_type["content"]
        self.told(kind, content)


class _Stream(io.TextIOBase):
    """Standard output or errors of cells, sent when a cell ends or shows something."""

    def __init__(self, name: str, told: Any) -> None:
        self.name = name
        self._told = told
        self._parts: list[str] = []

    @property
    def encoding(self) -> str:
        return "UTF-8"

    def fileno(self) -> int:
        return 1 if self.name == "stdout" else 2

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        if self._parts:
            text, self._parts = "".join(self._parts), []
            self._told("stream", {"name": self.name, "text": text})


def answer(file: int, *given: int) -> int:
    """Run the cells that come over a line until it ends; returns an exit code.

    Parameters
    ----------
    file : int
        The line.
    *given : int
        An open file with what `crqlab.page.table_handoff` hands out, if anything is.
    """
    for content in given:
        table_handoff.receive(content)
    with socket.socket(fileno=file) as line:

        def told(kind: str, content: Any) -> None:
            wire.send(line, {"msg_type": kind, "content": content})

        shell = _shell(told)
        sys.stdout, sys.stderr = _Stream("stdout", told), _Stream("stderr", told)
        while True:
            try:
                asked, _ = wire.receive(line)
            except EOFError:
                return 0
            told("execute_input", {"execution_count": shell.execution_count})
            done = shell.run_cell(asked["source"], store_history=True)
            sys.stdout.flush()
            sys.stderr.flush()
            told("done", {"ok": bool(done.success)})


def _shell(told: Any) -> ZMQInteractiveShell:
    """Make a shell as a kernel has it, without history on disk and without anybody's profile."""
    from IPython.core.profiledir import ProfileDir

    config = Config({"HistoryManager": {"enabled": False}})
    shell = ZMQInteractiveShell.instance(config=config, profile_dir=_nowhere(ProfileDir))
    session = _Sender(key=b"")
    session.told = told
    for part in (shell.displayhook, shell.display_pub):
        part.session = session
        part.topic = b""
    roles.connect_pictures()
    return shell


def _nowhere(kind: Any) -> Any:
    """Return a profile folder that is not made."""
    profile = kind()
    return profile
