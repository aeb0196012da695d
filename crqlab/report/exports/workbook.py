"""The report's tables as an Excel workbook: numbers at full precision, texts never formulas."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pandas as pd

from crqlab.report.exports.sheets import sheets
from crqlab.report.exports.tabs import Field, Sheet
from crqlab.report.exports.theme import Theme
from crqlab.report.provenance import RunCard
from crqlab.show.colours import INK, MUTED
from crqlab.show.headline import MADE_UP
from crqlab.show.markup import plain
from crqlab.show.view import ClientView

_FORMATS = {
    "count": "#,##0",
    "score": "0.00",
    "nps": "+0;-0;0",
    "share": "0 %",
    "money": "#,##0",
    "date": "yyyy-mm-dd",
}
#: Rows above a table: title, note, empty, units, headings.
_HEAD = 5
_WIDEST = 60
_LONGEST = 32_767  # characters that a cell holds
#: Texts stay texts: no formula, no link, no number is made of them.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def content(view: ClientView, theme: Theme, *, card: RunCard, **_: Any) -> bytes:
    """Return a workbook with a sheet per table, a README first and the run card last.

    Parameters
    ----------
    view : ClientView
    theme : Theme
        Colours of the headings.
    card : RunCard
        What the numbers were made from.

    Returns
    -------
    bytes
        With a fixed date: the same view gives the same bytes.
    """
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties(
        {"title": plain(str(view)), "author": "crqlab", "created": datetime(2000, 1, 1)}
    )
    style = {
        "title": book.add_format({"bold": True, "font_size": 14, "font_color": INK}),
        "note": book.add_format({"font_color": MUTED}),
        "head": book.add_format(
            {"bold": True, "font_color": "#ffffff", "bg_color": theme.accent, "text_wrap": True,
             "valign": "vcenter"}
        ),
        "unit": book.add_format({"italic": True, "font_color": MUTED, "bottom": 1}),
        "caution": book.add_format({"bold": True, "font_color": theme.warm}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
        **{kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()},
        "text": book.add_format({"num_format": "@"}),
    }  # fmt: skip
    shown = list(sheets(view))
    _readme(book, style, view, shown)
    for sheet in shown:
        _sheet(book, style, sheet)
    _sheet(book, style, _card(card))
    book.close()
    return file.getvalue()


def _readme(book: Any, style: dict[str, Any], view: ClientView, shown: list[Sheet]) -> None:
    page = book.add_worksheet("README")
    page.hide_gridlines(2)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 90, style["words"])
    few, words = view.privacy.min_scores, view.privacy.min_comments
    lines = [
        ("Study", view.title),
        ("Client", view.client),
        ("Wave", view.wave),
        ("Numbers", f"{view.n_respondents} respondents of {view.n_accounts} accounts"),
        ("Instrument", f"{view.instrument.name}, version {view.instrument.version}"),
        ("Privacy", f"Scores of fewer than {few} people are empty, comments need {words}."),
        ("Reading", "Value, interval, n and method stand side by side; Caution says what to mind."),
        ("Precision", "Cells hold numbers as computed; their format rounds what is seen."),
        *((sheet.name, sheet.title) for sheet in shown),
        ("Run card", "What these numbers were made from"),
    ]
    page.write_string(0, 0, plain(str(view)), style["title"])
    if view.synthetic:
        page.write_string(1, 0, MADE_UP, style["caution"])
    for row, (head, said) in enumerate(lines, start=3):
        page.write_string(row, 0, head, style["note"])
        page.write_string(row, 1, plain(said))


def _card(card: RunCard) -> Sheet:
    fields = {"part": Field("Kind"), "name": Field("Name"), "value": Field("Value")}
    note = "Two reports with the same card hold the same numbers; hashes are SHA-256."
    return Sheet("Run card", str(card), note, fields, card.table)


def _sheet(book: Any, style: dict[str, Any], sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, sheet.title, style["title"])
    page.write_string(1, 0, sheet.note, style["note"])
    named = 2 if "account_id" in sheet.fields else 1
    page.freeze_panes(_HEAD, named)
    last = max(len(sheet.rows) + _HEAD - 1, _HEAD)
    page.autofilter(_HEAD - 1, 0, last, len(sheet.fields) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD - 1)
    for place, (column, field) in enumerate(sheet.fields.items()):
        page.write_string(_HEAD - 1, place, plain(field.head), style["head"])
        page.write_string(_HEAD - 2, place, plain(field.unit), style["unit"])
        _column(page, place, sheet.rows[column], field, style)


def _column(page: Any, place: int, values: pd.Series, field: Field, style: dict[str, Any]) -> None:
    """Write one column, each cell as what it is."""
    shape, widest = style[field.kind], len(field.head) * 0.6
    for row, value in enumerate(values.tolist(), start=_HEAD):
        if pd.isna(value):
            continue
        if field.kind == "text":
            said = "" if field.head == "Caution" and value == "ok" else plain(value)[:_LONGEST]
            page.write_string(row, place, said, style["words"] if len(said) > _WIDEST else shape)
            widest = max(widest, len(said))
        elif field.kind == "date":
            page.write_datetime(row, place, value.to_pydatetime(), shape)
        else:
            page.write_number(row, place, float(value), shape)
    page.set_column(place, place, min(max(widest + 2, 11), _WIDEST))
