"""What this machine has and lacks for the work."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import find_spec
from typing import Any

from crqlab.base.extras import advice


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    what, found : str
        The thing, and its version, place or what to do.
    well : bool
    needed : bool
        Whether crqlab cannot do its work without it.
    """

    what: str
    found: str
    well: bool
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok     " if self.well else "MISSING" if self.needed else "absent "
        return f"{mark}  {self.what}: {self.found}"


def findings() -> Iterator[Finding]:
    """Look at Python, packages, extras, the project's folder and a kernel, one by one."""
    yield Finding(
        "Python", f"{platform.python_version()} in {sys.prefix}", sys.version_info >= (3, 11)
    )
    yield from _packages()
    yield _project()
    for tool, use in (
        ("Rscript", "reference values are made anew"),
        ("chromium", "browser tests"),
        ("make", "the short commands; python bootstrap.py does the same"),
    ):
        place = shutil.which(tool)
        yield Finding(tool, place or f"only needed for {use}", place is not None, needed=False)
    yield _kernel()
    yield _forking()


def _packages() -> Iterator[Finding]:
    """Required packages in one line, each extra in one with what it asks for in turn."""
    try:
        extras = metadata("crqlab").get_all("Provides-Extra") or []
    except PackageNotFoundError:
        yield Finding("required packages", "crqlab itself is not installed here", well=False)
        return
    for extra in ("", *extras):
        fix = advice(extra)
        what = f"extra {extra!r}" if extra else "required packages"
        yield Finding(what, fix or "complete", not fix, needed=not extra)
    if not advice("spark") and shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        yield Finding("java", "Spark needs Java 17 or newer", well=False, needed=False)


def _project() -> Finding:
    from crqlab.base.errors import StudyError
    from crqlab.base.study import home

    try:
        return Finding("project", str(home()), well=True)
    except StudyError as error:
        return Finding("project", str(error), well=False)


def _asked(manager: Any, code: str) -> Any:
    """Start the kernel, run a line in it and return its reply."""
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    reply = client.execute_interactive(code, timeout=60, silent=True)
    client.stop_channels()
    return reply


def _kernel() -> Finding:
    """Start a real kernel and let it import crqlab."""
    if find_spec("ipykernel") is None:
        return Finding("kernel", "ipykernel is not installed", well=False)
    from jupyter_client.manager import KernelManager

    from crqlab.report.run.execution import transport

    with transport() as options:
        manager = KernelManager(kernel_name="python3", **options)
        try:
            reply = _asked(manager, "import crqlab")
        except (RuntimeError, OSError) as error:
            return Finding("kernel", f"does not start: {error}", well=False)
        finally:
            manager.shutdown_kernel(now=True)
    well = reply["content"]["status"] == "ok"
    fix = "starts and imports crqlab" if well else "starts, but cannot import crqlab: reinstall"
    return Finding("kernel", fix, well)


def _forking() -> Finding:
    """Whether processes start ready here; without that everything works, only slower."""
    from crqlab.report.forking.identity import unsafe

    why = unsafe(os.environ)
    return Finding("quick start", why or "processes are forked", well=not why, needed=False)
