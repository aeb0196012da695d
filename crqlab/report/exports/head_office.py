"""The head-office sheet as files: a workbook, and the same as CSV with its fields explained."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.head_office.export import ClientRows, field_sheet, long_sheet
from crqlab.page.head_office.select import head_office
from crqlab.page.sheet import Sheet
from crqlab.report.exports.archive import settled
from crqlab.report.exports.crm import csv_cells
from crqlab.report.exports.theme import Theme
from crqlab.report.exports.worksheets import OPTIONS, Worksheets
from crqlab.show.html import plain

_MARK = "\ufeff"  # by which Excel knows UTF-8


def content(view: ClientView, theme: Theme, *, study: Study, **_: Any) -> tuple[bytes, ...]:
    """Return one client's head-office sheet: workbook, CSV, and CSV of its fields.

    Parameters
    ----------
    view : ClientView
        Its wave is the last one told.
    theme : Theme
    study : Study

    Returns
    -------
    tuple of bytes
        The same numbers in both; the same study gives the same bytes.

    Raises
    ------
    CrqError
        Nobody was asked whether they would recommend.
    """
    return written([ClientRows(view, head_office(study, view))], theme)


def written(parts: Sequence[ClientRows], theme: Theme) -> tuple[bytes, ...]:
    """Return workbook, CSV and fields of one client, or of several that are one firm."""
    table, fields = long_sheet(parts), field_sheet(parts)
    return _workbook(parts, theme, table, fields), as_csv(table), as_csv(fields)


def _workbook(parts: Sequence[ClientRows], theme: Theme, table: Sheet, fields: Sheet) -> bytes:
    import xlsxwriter

    file, view = io.BytesIO(), parts[0].view
    book = xlsxwriter.Workbook(file, OPTIONS)
    about = {"title": plain(view.title), "author": "crqlab", "created": datetime(2000, 1, 1)}
    book.set_properties(about)
    sheets = Worksheets(book, theme, view.language)
    for one in (table, fields):
        sheets.add(one)
    book.close()
    return settled(file.getvalue())


def as_csv(sheet: Sheet) -> bytes:
    """Return a table as a spreadsheet opens it: commas, CRLF, a mark of UTF-8, no formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([field.head for field in sheet.fields.values()])
    whole = {n: "Int64" for n, field in sheet.fields.items() if field.kind in ("count", "nps")}
    rows = sheet.rows.astype(whole)
    writer.writerows(zip(*(csv_cells(rows[name]) for name in sheet.fields), strict=True))
    return f"{_MARK}{file.getvalue()}".encode()
