"""Excel workbooks, with what Excel did to ids and dates undone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from crqlab.base.codebook import Source
from crqlab.base.errors import listed
from crqlab.responses.faults import UnreadableError, near
from crqlab.responses.grid import Grid, grid, texts

_HALF_SECOND = timedelta(milliseconds=500)


def read(path: Path, source: Source) -> Grid:
    """Read one sheet: the one that the codebook names, else the first.

    Raises
    ------
    UnreadableError
        The workbook is damaged, or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        names = book.sheet_names
        sheet = source.sheet or names[0]
        if sheet not in names:
            fix = f"{near(sheet, names)}use {listed(names)}"
            raise UnreadableError(f"has no sheet {sheet!r}", fix)
        records = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as broken:
        fix = "open it in Excel, repair it, and save it as .xlsx again"
        raise UnreadableError(f"is a damaged workbook ({broken})", fix) from None
    first = next((n for n, record in enumerate(records) if any(c != "" for c in record)), 0)
    header = [cell_text(cell) for cell in records[first]] if records else []
    columns = [[cell_text(cell) for cell in column] for column in zip(*records[first + 1 :])]  # noqa: B905
    rows = np.arange(first + 2, len(records) + 1)
    return grid(source.file, header, [texts(columns)] if columns else [], rows)


def cell_text(cell: Any) -> str:
    """Return a cell as the text that a person would have typed.

    Examples
    --------
    >>> cell_text(17.0), cell_text(4.5), cell_text("007"), cell_text(True)
    ('17', '4.5', '007', 'true')
    >>> cell_text(datetime(2025, 1, 31, 9, 12, 33)), cell_text(datetime(2025, 1, 31))
    ('2025-01-31 09:12:33', '2025-01-31')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    if isinstance(cell, datetime):
        whole = (cell + _HALF_SECOND).replace(microsecond=0)
        return str(whole.date() if whole.time() == time() else whole)
    if isinstance(cell, timedelta):
        return cell_text(cell.total_seconds())
    if isinstance(cell, date | time):
        return cell.isoformat()
    return ""
