"""Cells of a notebook, sent one by one to a forked shell under a deadline."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NBClientEngine

from crqlab.report.forking import wire
from crqlab.report.forking.client import Forked, forked
from crqlab.report.forking.identity import CannotForkError

_LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


class Shell:
    """A forked shell and the line to it.

    Parameters
    ----------
    handed : bytes
        What its cells may take from `crqlab.page.table_handoff`; nothing if empty.
    """

    def __init__(self, handed: bytes = b"") -> None:
        self.line, theirs = socket.socketpair()
        with theirs, open(os.devnull) as nothing, _in_memory(handed) as given:
            files = (nothing.fileno(), 2, 2, theirs.fileno(), *given)
            try:
                self.process: Forked = forked("cells", environment=os.environ, files=files)
            except CannotForkError:
                self.line.close()
                raise

    def send(self, source: str) -> None:
        """Send the code of one cell."""
        wire.send(self.line, {"source": source})

    def heard(self, seconds: float | None) -> dict[str, Any]:
        """Return the next message; TimeoutError when there is none for so long."""
        self.line.settimeout(None if seconds is None else max(seconds, 1e-3))
        return wire.receive(self.line)[0]

    def close(self) -> None:
        """End the shell and all that it has started."""
        self.line.close()
        self.process.close()


class ForkClient(PapermillNotebookClient):
    """papermill's client with a forked shell in the place of a kernel."""

    shell: Shell

    def execute(self, **options: Any) -> Any:
        """Run all cells; papermill's bookkeeping around each of them stays."""
        self.reset_execution_trackers()
        try:
            self.papermill_execute_cells()
        finally:
            self.shell.close()
        self.nb.metadata["language_info"] = dict(_LANGUAGE)
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        """Run one cell and put its outputs into the notebook."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        if self.skip_cells_with_tag in tags:
            return cell
        cell.outputs, self.clear_before_next_output = [], False
        self.code_cells_executed += 1
        well = self._run(cell, cell_index)
        allowed = self.allow_errors or "raises-exception" in tags
        if not well and (self.force_raise_errors or not allowed):
            raise CellExecutionError("", "", "")
        return cell

    def _run(self, cell: Any, cell_index: int) -> bool:
        seconds = self._get_timeout(cell)
        end = None if not seconds else time.monotonic() + seconds
        try:
            self.shell.send(cell.source)
            while True:
                found = self.shell.heard(None if end is None else end - time.monotonic())
                if found["msg_type"] == "done":
                    return found["content"]["ok"]
                found |= {"header": {"msg_type": found["msg_type"]}, "parent_header": {}}
                self.process_message(found, cell, cell_index)
        except TimeoutError:
            raise CellTimeoutError.error_from_timeout_and_cell(
                "the cell did not end in time", seconds, cell
            ) from None
        except (OSError, EOFError):
            raise DeadKernelError("the forked shell died") from None


@contextmanager
def _in_memory(content: bytes) -> Iterator[tuple[int, ...]]:
    """Open a file that lies in memory only, for a fork to read; none for no content."""
    if not content:
        yield ()
        return
    with os.fdopen(os.memfd_create("crqlab"), "wb") as file:
        file.write(content)
        file.flush()
        yield (file.fileno(),)


@cache
def engine() -> type[Engine]:
    """Return the engine, as papermill's engines are made."""

    class Managed(Engine):
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            execution_timeout: int | None = None,
            handed: bytes = b"",
            **options: Any,
        ) -> Any:
            try:
                shell = Shell(handed)
            except CannotForkError:
                return NBClientEngine.execute_managed_notebook(
                    nb_man, kernel_name, execution_timeout=execution_timeout, **options
                )
            client = ForkClient(
                nb_man,
                timeout=execution_timeout or options.get("timeout"),
                record_timing=False,
            )
            client.shell = shell
            return client.execute()

    return Managed
