"""A study's files as they stand while a survey tool still writes to them: whole records alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crqlab.base.errors import StudyError
from crqlab.base.faults import UnreadableError
from crqlab.base.files import located
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.delimited import half_written
from crqlab.base.study import Study
from crqlab.base.temporary_folders import temporary_folder

#: Seconds after its last change within which a line without an end may still grow.
FRESH = 60.0
_TRIES = 5
_PACKED = (b"PK", b"\xd0\xcf\x11\xe0", b"$FL2", b"$FL3", b"PAR1")


@contextmanager
def as_they_stand(study: Study) -> Iterator[tuple[Study, dict[str, int]]]:
    """Copy the files that a study names, as they are at this moment, for as long as this lasts.

    Parameters
    ----------
    study : Study

    Yields
    ------
    tuple of Study, dict
        The same study on the copies; of each file whose last record is not whole, how many of its
        lines were left for later. Raw files are only read.

    Raises
    ------
    StudyError
        A workbook or the like changes all the time.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> with crq.responses.as_they_stand(study) as (copy, waiting):
    ...     copy.name, copy.raw == study.raw, waiting
    ('demo', False, {})
    """
    waiting: dict[str, int] = {}
    sources = {one.file: one for one in _sources(study)}
    with temporary_folder() as folder:
        copy = Study(study.name, folder)
        for name in study.sources():
            path, there = located(study.raw, name), copy.raw / name
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(study.raw)):
                there.symlink_to(os.path.realpath(path))  # refused by whoever reads it, with words
                continue
            content, left = _whole(path, sources.get(name))
            there.write_bytes(content)
            waiting |= {name: left} if left else {}
        yield copy, waiting


def _sources(study: Study) -> Iterator[Source]:
    book = study.codebook
    tables = (book.contacts, book.accounts, book.outcomes, book.clients)
    yield from (one for one in (*book.responses.files, *tables) if one)


def _whole(path: Path, source: Source | None) -> tuple[bytes, int]:
    """A file's bytes without a record that is being written, and how many lines that has."""
    content, state = _steady(path)
    if source is None or content.startswith(_PACKED):
        return content, 0
    fresh = time.time() - state.st_mtime < FRESH
    try:
        return half_written(content, source, fresh=fresh)
    except UnreadableError:
        return content, 0  # the reader says why


def _steady(path: Path) -> tuple[bytes, os.stat_result]:
    """Read a file; one that is no text must not change meanwhile."""
    for turn in range(_TRIES):
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            content = file.read(before.st_size)
        after = path.stat()
        if not content.startswith(_PACKED) or (
            before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):  # fmt: skip
            return content, before
        time.sleep(0.2 * (turn + 1))
    raise StudyError(
        f"{path.name} is being written all the time; expected a file that stays as it is while it "
        "is read. Run this again when its program has saved it."
    )
