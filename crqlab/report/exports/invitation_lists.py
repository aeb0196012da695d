"""Whom to invite, quarter by quarter: a workbook with a sheet for each, and the same as CSV."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.participation.invitation_sheets import all_contacts, quarter_sheets
from crqlab.page.sheet import Sheet
from crqlab.report.exports.archive import settled
from crqlab.report.exports.head_office import as_csv
from crqlab.report.exports.theme import Theme
from crqlab.report.exports.worksheets import OPTIONS, Worksheets
from crqlab.show.html import plain


def content(view: ClientView, theme: Theme, *, study: Study, **_: Any) -> tuple[bytes, ...]:
    """Return one client's lists: workbook, and CSV of everybody who is known.

    Parameters
    ----------
    view : ClientView
        Of the client's last wave.
    theme : Theme
    study : Study

    Returns
    -------
    tuple of bytes
        The same study gives the same bytes. Nothing tells who answered.

    Raises
    ------
    ReportError
        A later wave was held, or nobody recorded contacts.
    """
    import xlsxwriter

    table, file = all_contacts(study, view), io.BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS)
    about = {"title": plain(view.title), "author": "crqlab", "created": datetime(2000, 1, 1)}
    book.set_properties(about)
    sheets = Worksheets(book, theme, view.language)
    for one in quarter_sheets(view, table):
        sheets.add(one)
    book.close()
    return settled(file.getvalue()), as_csv(replace(table, rows=_plain(view, table)))


def _plain(view: ClientView, table: Sheet) -> pd.DataFrame:
    """Days as ISO dates, and cautions as words."""
    days = {name: table.rows[name].dt.strftime("%Y-%m-%d")
            for name, field in table.fields.items() if field.kind == "date"}  # fmt: skip
    return table.rows.assign(**days, flag=table.rows["flag"].map(view.language.caution))
