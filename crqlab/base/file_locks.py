"""Locks on open files: the system lets go of them when their process ends, however it ends."""

from __future__ import annotations

import os
import time

_PAUSE = 0.1  # seconds between two tries


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
