"""Where a person stands in files that crqlab does not change, for their owner to delete."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.base.study import Study
from crqlab.responses.file_formats import load


def person_rows(study: Study, ids: Collection[str]) -> pd.DataFrame:
    """Find every row of every raw file that holds any of some ids as a whole cell.

    Parameters
    ----------
    study : Study
    ids : collection of str
        Of a contact and of the responses that this person gave.

    Returns
    -------
    DataFrame, one row per file
        ``file``, ``rows`` (list of int, as the file's own editor counts them).

    Raises
    ------
    DataError
        A file cannot be read.
    """
    faults, found = Faults(), []
    for source in _sources(study):
        grid = load(study.raw, source, faults)
        if grid is None:
            continue
        mine = np.zeros(len(grid), dtype=bool)
        for name in dict.fromkeys(grid.names):
            mine |= grid.text(name).isin(list(ids)).to_numpy(bool)
        if mine.any():
            found.append({"file": source.file, "rows": [int(row) for row in grid.rows[mine]]})
    faults.stop(study.name)
    return pd.DataFrame(found, columns=["file", "rows"])


def other_files(study: Study, ids: Collection[str]) -> tuple[Path, ...]:
    """Find files that no run reads and that hold any of some ids as a word.

    Parameters
    ----------
    study : Study
    ids : collection of str

    Returns
    -------
    tuple of Path
        Older deliveries and copies under ``data/raw/STUDY``, and notebooks of the project that
        somebody ran: whoever keeps them looks whether the person is in them.
    """
    read = {(study.raw / source.file).resolve() for source in _sources(study)}
    word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(ids)))})(?!\w)")
    folders = (study.raw, study.root / "notebooks")
    paths = (path for folder in folders for path in sorted(folder.rglob("*")))
    others = (p for p in paths if p.is_file() and p.suffix != ".yaml" and p.resolve() not in read)
    return tuple(path for path in others if word.search(_text(path)))


def _sources(study: Study) -> list[Source]:
    book = study.codebook
    parts = [book.contacts, book.accounts, book.outcomes, book.clients]
    return [*book.responses.files, *(part for part in parts if part)]


def _text(path: Path) -> str:
    """What a file may say: its cells, the parts of an archive, or its bytes in either coding."""
    content = path.read_bytes()
    with suppress(pa.ArrowInvalid):
        rows = pq.read_table(path).to_pandas().astype(str)
        return "\n".join(cell for name in rows for cell in rows[name])
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        content = b"\n".join(map(archive.read, archive.namelist()))
    wide = content.decode("utf-16", "replace") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    return content.decode("utf-8", "replace") + wide
