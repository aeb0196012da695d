"""One batch of a study at a time; what a killed one left half written is swept away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crqlab.base.errors import StudyError


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for one batch; the system lets go of it when the process ends in any way.

    Raises
    ------
    StudyError
        Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".batch.lock", "a+b") as lock:
        try:
            _take(lock.fileno())
        except OSError:
            raise StudyError(
                f"Another batch is writing to {folder.name}; wait for its end, or end it."
            ) from None
        for draft in [*folder.glob(".*.part"), *folder.glob("manifest/**/.*.part")]:
            draft.unlink(missing_ok=True)
        yield


def _take(file: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
