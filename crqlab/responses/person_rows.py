"""Where a person stands in the raw files: files and rows, for their owner to delete."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from crqlab.base.faults import Faults
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
    book, faults = study.codebook, Faults()
    parts = [book.contacts, book.accounts, book.outcomes, book.clients]
    found = []
    for source in [*book.responses.files, *(part for part in parts if part)]:
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
