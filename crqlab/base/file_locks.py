"""Locks on open files: the system lets go of them when their process ends, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from crqlab.base.errors import StudyError
from crqlab.base.files import unwritten

_PAUSE = 0.1  # seconds between two tries
_PATIENCE = 20.0  # seconds


@contextmanager
def held(path: Path, busy: str, *, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the lock of a file, which is made where it is not there; wait for another's end.

    Parameters
    ----------
    path : Path
    busy : str
        What is said where another process goes on holding it.
    patience : float
        Seconds to wait.

    Raises
    ------
    StudyError
        Another holds it, or the file cannot be made.
    """
    with _opened(path) as lock:
        if not taken_within(lock.fileno(), patience):
            raise StudyError(busy)
        yield


def _opened(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
        return path.open("a+b")
    except OSError as refused:
        raise StudyError(unwritten(path, refused)) from refused


def taken(file: int) -> bool:
    """Take the lock of an open file for this process; return False where another holds it."""
    try:
        _take(file)
    except OSError:
        return False
    return True


def taken_within(file: int, seconds: float) -> bool:
    """Take the lock of an open file as soon as its holder lets go of it; False where it does not.

    Parameters
    ----------
    file : int
    seconds : float
        Longest time to wait.
    """
    end = time.monotonic() + seconds
    while not taken(file):
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


def _take(file: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
