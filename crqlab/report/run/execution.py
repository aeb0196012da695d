"""One notebook, executed by papermill with checked parameters and a deadline."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crqlab.base.errors import CrqError, ReportError, one_of
from crqlab.base.system_errors import retold
from crqlab.base.temporary_folders import temporary_folder
from crqlab.report.forking.engine import ForkEngine
from crqlab.report.run.execution_mode import LANES, fitting
from crqlab.report.run.parameters import checked

LONGEST_FOLDER = 90  # bytes; a socket's path may have 107, and "/kernel-" and a number follow

_FORK = "crqlab-fork"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class RunError(ReportError):
    """A cell of a notebook failed.

    Attributes
    ----------
    ename : str
        Class of the error in the notebook, such as ``"DataError"``.
    lines : list of str
        What the notebook showed, for a terminal.
    """

    def __init__(self, message: str, ename: str, lines: list[str]) -> None:
        super().__init__(message)
        self.ename = ename
        self.lines = lines


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    home: Path,
    seconds: int = 600,
    lane: str | None = None,
    handed: bytes = b"",
) -> Any:
    """Execute a notebook in a process of its own and return it.

    Parameters
    ----------
    notebook : Path
        With a cell tagged ``parameters``.
    parameters : mapping
        Checked and typed against that cell before a kernel starts.
    home : Path
        The project's folder, which the notebook will find as its own.
    seconds : int
        Longest time for one cell.
    lane : str, optional
        ``"fork"`` for a shell forked from a prepared process, ``"kernel"`` for a plain kernel;
        left out, the quick one for notebooks of the house's kind, see
        `crqlab.report.run.execution_mode`.
        Where forking is not safe, a plain kernel serves both.
    handed : bytes
        What the notebook's process need not read, as
        `crqlab.report.batch.table_cache.handout` returns it; a plain kernel reads by itself.

    Returns
    -------
    NotebookNode
        The executed notebook; nothing is written.

    Raises
    ------
    CrqError
        A parameter that is misspelt or of the wrong type.
    RunError
        A cell failed, the kernel died, or time ran out.

    Examples
    --------
    >>> execute(Path("notebooks/90_report.ipynb"), {"clint": "C017"}, home=Path())
    Traceback (most recent call last):
    crqlab.base.errors.CrqError: Parameter of 90_report.ipynb is 'clint'; use 'study', 'client'...
    """
    given = checked(notebook, parameters)
    engine = _engine(lane or fitting(notebook))
    papermill = _papermill()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    try:
        with _at_home(home), transport() as options:
            executed = papermill.execute_notebook(
                str(notebook),
                None,
                given,
                engine_name=engine,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                execution_timeout=seconds,
                shutdown_kernel="immediate",
                config=Config({"KernelManager": options}),
                **({"handed": handed} if handed and engine else {}),
            )
            return _joined(executed)
    except papermill.PapermillExecutionError as failed:
        raise _told(notebook, failed) from None
    except (DeadKernelError, CellTimeoutError) as lost:
        what = "ran out of time" if isinstance(lost, CellTimeoutError) else "lost its kernel"
        raise RunError(
            f"{notebook.name} {what}; a cell may take {seconds} s and what memory there is. "
            "Close other programs or run it in JupyterLab to see where it stops.",
            type(lost).__name__,
            [],
        ) from None


@contextmanager
def transport() -> Iterator[dict[str, str]]:
    """Give the kernel manager's options for talking to one kernel on this system.

    On Linux sockets are files in a folder of this kernel's own: kernels that start at once, in
    however many processes, can take neither each other's port nor each other's file. Elsewhere,
    and where that folder's path is too long for a socket, it is TCP, encrypted.
    """
    with temporary_folder() as folder:
        told = {"connection_file": str(folder / "connection.json")}  # and its key goes along
        if sys.platform == "linux" and len(os.fsencode(folder)) <= LONGEST_FOLDER:
            yield {**told, "transport": "ipc", "ip": f"{folder}/kernel"}
        else:
            yield {**told, "transport_encryption": "auto"}


def _papermill() -> Any:
    """Import papermill without the parser that no notebook needs and that takes a second."""
    sys.modules.setdefault("rfc3987_syntax", None)  # jsonschema treats it as not installed
    import papermill
    from papermill.engines import papermill_engines

    papermill_engines.register(_FORK, ForkEngine)  # also where it is not installed as a plugin
    return papermill


def _engine(lane: str) -> str | None:
    one_of("lane=", lane, LANES)
    return _FORK if lane == "fork" else None


def _joined(notebook: Any) -> Any:
    """Make one output of what a cell printed piece by piece: where it is cut is chance."""
    for cell in notebook.cells:
        kept: list[Any] = []
        for output in cell.get("outputs", []):
            stream = output.output_type == "stream" and kept
            if stream and kept[-1].get("name") == output.name:
                kept[-1].text += output.text
            else:
                kept.append(output)
        if "outputs" in cell:
            cell.outputs = kept
    return notebook


def surroundings(folder: Path) -> dict[str, str]:
    """Return the variables of a process that makes a report: the project, and a quiet kernel."""
    return {"CRQLAB_HOME": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


@contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Tell kernels that start in here where the project is."""
    quiet = surroundings(folder)
    before = {name: os.environ.get(name) for name in quiet}
    os.environ.update(quiet)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _told(notebook: Path, failed: Any) -> RunError:
    """A failed cell in the words of the error that was raised in it."""
    lines = [_COLOURS.sub("", line) for line in failed.traceback]
    told = f"{failed.ename}: {failed.evalue}"
    if refused := retold(failed.ename, str(failed.evalue)):
        return RunError(f"{notebook.name}: {refused}", failed.ename, [])
    if not lines or not issubclass(_classes().get(failed.ename, Exception), CrqError):
        told = f"cell {failed.exec_count} failed with {told}. This is a fault of the notebook"
        told += " or of crqlab: run it in JupyterLab to see where."
    return RunError(f"{notebook.name}: {told}", failed.ename, lines)


def _classes() -> dict[str, type]:
    from crqlab.base import errors

    return {n: c for n, c in vars(errors).items() if isinstance(c, type)}
