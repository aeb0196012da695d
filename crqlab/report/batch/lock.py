"""One batch of a study at a time; what a killed one left half written is swept away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from crqlab.base.errors import StudyError
from crqlab.base.file_locks import taken_within
from crqlab.base.files import unwritten

PATIENCE = 20.0  # seconds


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for one batch; the system lets go of it when the process ends in any way.

    Who comes second waits for a while: the other may be making one page only.

    Raises
    ------
    StudyError
        Another process holds it.
    """
    with _opened(folder / ".batch.lock") as lock:
        if not taken_within(lock.fileno(), PATIENCE):
            raise StudyError(
                f"Another batch is writing to {folder.name}; wait for its end, or end it."
            )
        for draft in [*folder.glob(".*.part"), *folder.glob("manifest/**/.*.part")]:
            draft.unlink(missing_ok=True)
        yield


def _opened(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
        return path.open("a+b")
    except OSError as refused:
        raise StudyError(unwritten(path, refused)) from refused
