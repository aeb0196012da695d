"""SPSS files: codes as codes, user-missing answers missing, labels kept aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from crqlab.base.faults import UnreadableError
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.grid import Grid, grid, texts
from crqlab.base.spreadsheets.workbook import cell_text


def read(path: Path, source: Source) -> Grid:
    """Read a .sav or .zsav file.

    Raises
    ------
    UnreadableError
        SPSS did not write this file, or it is damaged.
    """
    import pyreadstat

    options = {"encoding": source.encoding} if source.encoding else {}
    try:
        table, facts = pyreadstat.read_sav(path, user_missing=False, **options)
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as broken:
        fix = "save it again in SPSS, or export it as CSV"
        raise UnreadableError(f"is a damaged SPSS file ({broken})", fix) from None
    columns = [_texts(table[name]) for name in table.columns]
    rows = np.arange(1, len(table) + 1)
    found = grid(source.file, list(table.columns), [texts(columns)] if len(table) else [], rows)
    asked = {name: text for name, text in facts.column_names_to_labels.items() if text}
    labels = {
        name: {cell_text(code): label for code, label in codes.items()}
        for name, codes in facts.variable_value_labels.items()
    }
    return replace(found, wording=asked, labels=labels, dialect="spss")


def _texts(column: pd.Series) -> list[str]:
    """Each different value is worded once."""
    places, values = pd.factorize(column)
    worded = np.array([*(cell_text(_plain(v)) for v in values), ""], dtype=object)
    return worded[places].tolist()


def _plain(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    return value.item() if isinstance(value, np.generic) else value
