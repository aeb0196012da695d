"""Locks on open files: the system lets go of them when their process ends, however it ends."""

from __future__ import annotations

import os


def taken(file: int) -> bool:
    """Take the lock of an open file for this process; return False where another holds it."""
    try:
        _take(file)
    except OSError:
        return False
    return True


def _take(file: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
