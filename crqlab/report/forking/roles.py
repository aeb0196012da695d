"""What a forked process becomes: a Jupyter kernel, a bare shell, or a worker."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from crqlab.base import one_thread

INLINE = "module://matplotlib_inline.backend_inline"
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_LIBC: list[Any] = []


def prepare() -> None:
    """Do once what every child needs: the C library, the page's template, code and versions."""
    from crqlab.report.clearance import provenance
    from crqlab.report.run import render

    _LIBC.append(ctypes.CDLL(None, use_errno=True))
    render.document("", title="", language="en")
    provenance.code()
    provenance.versions()


def become(request: dict[str, Any], files: list[int]) -> int:
    """Turn a fresh fork into a process as its caller would have started it; returns its exit code.

    Parameters
    ----------
    request : dict
        ``role``, ``environment``, ``folder``, ``limits``, ``parent``, and what the role asks.
    files : list of int
        Standard input, output and errors, and what the role needs.
    """
    _adopt(request, files[:3])
    return _ROLES[request["role"]](request, files[3:])


def _adopt(request: dict[str, Any], standard: list[int]) -> None:
    """Take over everything that a process has from the one that starts it."""
    _LIBC[0].prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != request["parent"]:
        os._exit(1)
    for target, file in enumerate(standard):
        os.dup2(file, target)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    one_thread.fix()
    time.tzset()
    _limit(request["limits"])
    with contextlib.suppress(OSError):
        os.chdir(request["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _reseed()
    _backend()
    gc.enable()


def _limit(found: dict[str, Any]) -> None:
    import resource

    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, found["affinity"])
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, found["nice"])
    os.umask(found["umask"])
    for name, most in found["most"].items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(getattr(resource, name), tuple(most))


def _reseed() -> None:
    """Make the global generators differ from those of every other child."""
    import numpy as np

    random.seed()
    np.random.seed()  # noqa: NPY002 - the global state is what a fork shares


def _backend() -> None:
    """Draw where this child's variables say; without matplotlib there is nothing to set."""
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ.get("MPLBACKEND") or INLINE


def _kernel(request: dict[str, Any], files: list[int]) -> int:
    """Become a Jupyter kernel, as ``python -m ipykernel_launcher`` would."""
    from importlib.util import find_spec

    from ipykernel.kernelapp import IPKernelApp

    class ForkedKernelApp(IPKernelApp):
        def init_shell(self) -> None:
            super().init_shell()
            connect_pictures()

    parent = os.environ.get("JPY_PARENT_PID") or 0  # read when ipykernel was imported, else
    sys.argv = [find_spec("ipykernel_launcher").origin, *request["arguments"]]
    ForkedKernelApp.launch_instance(parent_handle=int(parent))
    return 0


def connect_pictures() -> None:
    """Let the shell show pictures; the backend was imported before there was a shell."""
    from matplotlib_inline import backend_inline

    backend_inline._enable_matplotlib_integration()


def _cells(request: dict[str, Any], files: list[int]) -> int:
    """Become a bare shell that runs cells as they come over a line."""
    from crqlab.report.forking import shell

    return shell.answer(*files)


def _worker(request: dict[str, Any], files: list[int]) -> int:
    """Become a worker that answers calls over a line."""
    from crqlab.report.forking import work

    return work.answer(files[0])


_ROLES: dict[str, Callable[[dict[str, Any], list[int]], int]] = {
    "kernel": _kernel,
    "cells": _cells,
    "worker": _worker,
}
