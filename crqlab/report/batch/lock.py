"""One batch of a study at a time; what a killed one left half written is swept away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crqlab.base.file_locks import held

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
    busy = f"Another batch is writing to {folder.name}; wait for its end, or end it."
    with held(folder / ".batch.lock", busy, patience=PATIENCE):
        for draft in [*folder.glob(".*.part"), *folder.glob("manifest/**/.*.part")]:
            draft.unlink(missing_ok=True)
        yield
