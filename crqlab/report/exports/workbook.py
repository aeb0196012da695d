"""The report's tables as an Excel workbook: numbers at full precision, texts never formulas."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pandas as pd

from crqlab.language import OWN, language
from crqlab.page.client_view import ClientView
from crqlab.page.summary.headline import MADE_UP
from crqlab.report.clearance.provenance import RunCard
from crqlab.report.exports.export_language import PLAIN, Voice
from crqlab.report.exports.sheet_fields import Field, Sheet
from crqlab.report.exports.sheets import sheets
from crqlab.report.exports.theme import Theme
from crqlab.show.colours import INK, MUTED
from crqlab.show.html import plain
from crqlab.show.number_format import count

_FORMATS = {
    "count": "#,##0",
    "score": "0.00",
    "nps": "+0;-0;0",
    "share": "0 %",
    "money": "#,##0",
    "date": "yyyy-mm-dd",
}
_TEXTS = ("text", "name", "cautions", "methods")
_LINES = 31  # points: two lines of a heading
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


def content(
    view: ClientView, theme: Theme, *, card: RunCard, voice: Voice = PLAIN, **_: Any
) -> bytes:
    """Return a workbook with a sheet per table, a README first and the run card last.

    Parameters
    ----------
    view : ClientView
    theme : Theme
        Colours of the headings.
    card : RunCard
        What the numbers were made from.
    voice : Voice
        In whose language sheets, headings, units and notes are.

    Returns
    -------
    bytes
        With a fixed date: the same view gives the same bytes.
    """
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties(
        {"title": plain(voice.said(str(view))), "author": "crqlab", "created": datetime(2000, 1, 1)}
    )
    style = _styles(book, theme, voice)
    shown = [*sheets(view), _card(card)]
    _readme(book, style, view, shown, voice)
    for sheet in shown:
        _sheet(book, style, sheet, voice)
    book.close()
    return file.getvalue()


def _styles(book: Any, theme: Theme, voice: Voice) -> dict[str, Any]:
    """How texts and numbers look; headings of numbers stand to the right, as these do."""
    head = {"bold": True, "font_color": "#ffffff", "bg_color": theme.accent, "text_wrap": True,
            "valign": "vcenter"}  # fmt: skip
    unit = {"italic": True, "font_color": MUTED, "bottom": 1, "text_wrap": True, "valign": "bottom"}
    apart = {"num_format": "@", "align": "left", "indent": 1, "valign": "top"}
    shapes = {
        "title": {"bold": True, "font_size": 14, "font_color": INK},
        "note": {"font_color": MUTED},
        "head": {**head, "align": "left", "indent": 1},
        "number head": {**head, "align": "right"},
        "unit": {**unit, "align": "left", "indent": 1},
        "number unit": {**unit, "align": "right"},
        "caution": {"bold": True, "font_color": theme.warm},
        "words": {"text_wrap": True, "align": "left", "valign": "top", "indent": 1},
        **{kind: {"num_format": voice.code(code), "valign": "top"}
           for kind, code in _FORMATS.items()},
        **dict.fromkeys(_TEXTS, apart),
    }  # fmt: skip
    return {name: book.add_format(shape) for name, shape in shapes.items()}


def _readme(
    book: Any, style: dict[str, Any], view: ClientView, shown: list[Sheet], voice: Voice
) -> None:
    page = book.add_worksheet(voice.said("README"))
    page.hide_gridlines(2)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 90, style["words"])
    few, words = view.privacy.min_scores, view.privacy.min_comments
    people = count(view.n_respondents, "respondent")
    lines = [
        ("Study", view.title),
        ("Client", view.client),
        ("Wave", view.wave),
        ("Numbers", voice.said(f"{people} of {count(view.n_accounts, 'account')}")),
        ("Instrument", voice.said(f"{view.instrument.name}, version {view.instrument.version}")),
        *((head, voice.said(told)) for head, told in (
            ("Privacy", f"Scores of fewer than {few} people are empty, comments need {words}."),
            ("Reading", "Value, interval, n and method stand side by side; Caution says what to "
             "mind."),
            ("Precision", "Cells hold numbers as computed; their format rounds what is seen."),
            *((sheet.name, sheet.title) for sheet in shown),
        )),
    ]  # fmt: skip
    page.write_string(0, 0, plain(voice.said(str(view))), style["title"])
    if view.synthetic:
        page.write_string(1, 0, voice.said(MADE_UP), style["caution"])
    for row, (head, said) in enumerate(lines, start=3):
        page.write_string(row, 0, voice.said(head), style["note"])
        page.write_string(row, 1, plain(said))


def _card(card: RunCard) -> Sheet:
    fields = {
        "part": Field("Kind"),
        "name": Field("Name", kind="name"),
        "value": Field("Value", kind="name"),
    }
    note = f"{card}. Two reports with the same card hold the same numbers; hashes are SHA-256."
    return Sheet("Run card", "What these numbers were made from", note, fields, card.table)


def _sheet(book: Any, style: dict[str, Any], sheet: Sheet, voice: Voice) -> None:
    page = book.add_worksheet(voice.said(sheet.name))
    page.write_string(0, 0, plain(voice.said(sheet.title)), style["title"])
    page.write_string(1, 0, plain(voice.said(sheet.note)), style["note"])
    named = 2 if "account_id" in sheet.fields else 1
    page.freeze_panes(_HEAD, named)
    last = max(len(sheet.rows) + _HEAD - 1, _HEAD)
    page.autofilter(_HEAD - 1, 0, last, len(sheet.fields) - 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD - 1)
    for row in (_HEAD - 2, _HEAD - 1):
        page.set_row(row, _LINES)
    for place, (column, field) in enumerate(sheet.fields.items()):
        head, unit = plain(voice.said(field.head)), plain(voice.said(field.unit))
        kind = "" if field.kind in _TEXTS else "number "
        page.write_string(_HEAD - 1, place, head, style[f"{kind}head"])
        page.write_string(_HEAD - 2, place, unit, style[f"{kind}unit"])
        widest = _column(page, place, sheet.rows[column], field, style, voice)
        wide = max(widest, len(head) * 0.6, len(unit) * 0.6)
        page.set_column(place, place, min(wide + 3, _WIDEST))


def _column(
    page: Any,
    place: int,
    values: pd.Series,
    field: Field,
    style: dict[str, Any],
    voice: Voice,
) -> int:
    """Write one column, each cell as what it is, and return the letters of its longest text."""
    shape, widest = style[field.kind], 9
    for row, value in enumerate(values.tolist(), start=_HEAD):
        if pd.isna(value):
            continue
        if field.kind in _TEXTS:
            said = _words(value, field, voice)
            page.write_string(row, place, said, style["words"] if len(said) > _WIDEST else shape)
            widest = max(widest, len(said))
        elif field.kind == "date":
            page.write_datetime(row, place, value.to_pydatetime(), shape)
        else:
            page.write_number(row, place, float(value), shape)
    return widest


def _words(value: Any, field: Field, voice: Voice) -> str:
    """A cell's text; what is well has no caution."""
    english = language(OWN)
    saying = {"cautions": english.caution, "methods": english.method}.get(field.kind, str)
    said = plain(saying(value))
    return (said if field.kind == "name" else voice.said(said))[:_LONGEST]
