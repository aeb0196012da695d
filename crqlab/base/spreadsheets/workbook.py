"""Excel workbooks, with what Excel did to ids and dates undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from crqlab.base.errors import listed
from crqlab.base.faults import UnreadableError, near
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.grid import Aside, Grid, grid, texts
from crqlab.base.spreadsheets.table_shape import header_place

_HALF_SECOND = timedelta(milliseconds=500)


def read(path: Path, source: Source) -> Grid:
    """Read one sheet: the one that the codebook names, else the visible one that holds a table.

    Raises
    ------
    UnreadableError
        The workbook is damaged, or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: _records(book, name) for name in _looked_at(book, source)}
    except (CalamineError, IndexError) as broken:
        fix = "open it in Excel, repair it, and save it as .xlsx again"
        raise UnreadableError(f"is a damaged workbook ({broken})", fix) from None
    sheet = max(sheets, key=lambda name: _filled_area(sheets[name]))  # the first of equal ones
    records = sheets[sheet]
    place = source.header - 1 if source.header else header_place(records)
    if place >= len(records) and records:
        fix = f"correct header: {source.header} in the codebook"
        raise UnreadableError("ends above the row that is to be its header", fix)
    body = records[place + 1 :]
    columns = [list(column) for column in zip(*body)]  # noqa: B905
    rows = np.arange(place + 2, len(records) + 1)
    header = records[place] if records else []
    found = grid(source.file, header, [texts(columns)] if columns else [], rows)
    above = [(row, [c for c in record if c.strip()]) for row, record in enumerate(records[:place])]
    told = tuple(Aside(row + 1, "title", filled[0]) for row, filled in above if filled)
    others = [name for name in _visible(book) if name != sheet]
    return replace(found, aside=told, sheets=(sheet, *others))


def _looked_at(book: Any, source: Source) -> list[str]:
    """The sheet that the codebook names, else all that can be seen."""
    names = book.sheet_names
    if source.sheet is None:
        return _visible(book) or names
    if source.sheet not in names:
        fix = f"{near(source.sheet, names)}use {listed(names)}"
        raise UnreadableError(f"has no sheet {source.sheet!r}", fix)
    return [source.sheet]


def _visible(book: Any) -> list[str]:
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if str(sheet.visible).endswith(".Visible") and str(sheet.typ).endswith(".WorkSheet")
    ]


def _records(book: Any, name: str) -> list[list[str]]:
    found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[cell_text(cell) for cell in record] for record in found]


def _filled_area(records: list[list[str]]) -> int:
    """Rows of two cells or more, times the widest: a cover and a list of words have little."""
    widths = [sum(1 for cell in record if cell.strip()) for record in records]
    return sum(1 for width in widths if width > 1) * max(widths, default=0)


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
