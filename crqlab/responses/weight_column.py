"""For how many an answer stands: the column of survey weights that the codebook names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts.columns import WEIGHT
from crqlab.base.faults import Faults
from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses.columns import Columns, first_of, none_has

_RULE = "is the column of survey weights, and no file with answers has a weight in it"
_WRONG = "is no survey weight: a number above 0"
_FIX = "correct it; leave the cell empty for an answer that stands for nobody"


def weights(columns: Columns, book: Codebook) -> pd.Series:
    """Return the survey weight of each response of one file, as given; missing where there is none.

    Cells that are no number above 0 go to the faults of ``columns``.
    """
    grid = columns.grid
    header = first_of(grid, book.weight)
    if header is None:
        return pd.Series(np.nan, index=range(len(grid)))
    texts = grid.text(header)
    read = cells.numbers(texts, cells.number)
    wrong = read.broken | (read.found.notna() & ~read.found.between(WEIGHT.low, WEIGHT.high))
    rows = grid.rows[wrong.to_numpy()]
    columns.faults.cells(grid.file, rows, header, texts[wrong], _WRONG, _FIX)
    return read.found.mask(wrong)


def weights_noted(
    rows: pd.DataFrame, book: Codebook, grids: Mapping[str, Grid], faults: Faults
) -> tuple[str, ...]:
    """Say where a study with survey weights has none.

    Parameters
    ----------
    rows : DataFrame
        All responses.
    book : Codebook
    grids : mapping of file name to Grid
        Every file that was read.
    faults : Faults
        Hears of a column that no file has, or that is empty.
    """
    if not book.weight or rows.empty:
        return ()
    known = rows["weight"].notna()
    if not known.any():
        read = [grids[source.file] for source in book.responses.files if source.file in grids]
        none_has(book.weight, read, "weight", _RULE, faults)
        return ()
    weighted = known.groupby([rows["client_id"], rows["wave"]]).transform("any")
    bare = rows.loc[~weighted, ["client_id", "wave"]].drop_duplicates()
    if bare.empty:
        return ()
    return (f"{len(bare):,} of the clients' waves have no survey weights: everyone counts one",)
