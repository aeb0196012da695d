"""The report's tables as an Excel workbook: numbers are numbers, texts never formulas."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pandas as pd

from crqlab.language import Language
from crqlab.page.accounts.export import accounts_sheet
from crqlab.page.actions.export import actions_sheet, lifts_sheet, referrals_sheet
from crqlab.page.benchmark.export import benchmark_sheet
from crqlab.page.client_view import ClientView
from crqlab.page.comments.export import comments_sheet
from crqlab.page.drivers.export import drivers_sheet
from crqlab.page.method.export import excluded_sheet
from crqlab.page.participation.export import (
    completion_sheet,
    concentration_sheet,
    plan_sheet,
    silent_sheet,
)
from crqlab.page.renewal.export import at_risk_sheet, outlook_sheet
from crqlab.page.scores.export import (
    agreement_sheet,
    change_sheet,
    roll_ups_sheet,
    scores_sheet,
    waves_sheet,
)
from crqlab.page.segments.export import segments_sheet, shares_sheet
from crqlab.page.sheet import Field, Sheet, sheet
from crqlab.report.clearance.provenance import RunCard
from crqlab.report.exports.office_language import number_format
from crqlab.report.exports.theme import Theme
from crqlab.show.colours import INK, MUTED
from crqlab.show.html import plain

#: Every table of the report, in the order of the tabs; a new one goes here.
_SHEETS = (
    scores_sheet,
    waves_sheet,
    change_sheet,
    roll_ups_sheet,
    accounts_sheet,
    benchmark_sheet,
    segments_sheet,
    shares_sheet,
    drivers_sheet,
    outlook_sheet,
    at_risk_sheet,
    actions_sheet,
    lifts_sheet,
    referrals_sheet,
    agreement_sheet,
    completion_sheet,
    silent_sheet,
    concentration_sheet,
    plan_sheet,
    comments_sheet,
    excluded_sheet,
)

_FORMATS = {
    "count": "#,##0",
    "score": "0.00",
    "nps": "+0;-0;0",
    "share": "0 %",
    "money": "#,##0",
    "date": "yyyy-mm-dd",
}
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


def content(view: ClientView, theme: Theme, *, card: RunCard, **_: Any) -> bytes:
    """Return a workbook with a sheet per table, a README first and the run card last.

    Parameters
    ----------
    view : ClientView
        Its language is that of sheets, headings, units and notes.
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

    file, spoken = io.BytesIO(), view.language
    book = xlsxwriter.Workbook(file, _OPTIONS)
    about = {"title": plain(_title(view)), "author": "crqlab", "created": datetime(2000, 1, 1)}
    book.set_properties(about)
    style = _styles(book, theme, spoken)
    shown = [*sheets(view), _card(view, card)]
    _readme(book, style, view, shown)
    for one in shown:
        _sheet(book, style, one, spoken)
    book.close()
    return file.getvalue()


def sheets(view: ClientView) -> list[Sheet]:
    """Return every table of the report that has rows."""
    made = (of(view) for of in _SHEETS)
    return [one for one in made if len(one.rows)]


def _people(view: ClientView) -> str:
    return view.language.say("slide.people", n=view.n_respondents, m=view.n_accounts)


def _title(view: ClientView) -> str:
    people = _people(view)
    return view.language.say("slide.title", client=view.client, wave=view.wave, people=people)


def _styles(book: Any, theme: Theme, spoken: Language) -> dict[str, Any]:
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
        "text": apart,
        **{kind: {"num_format": number_format(spoken, code), "valign": "top"}
           for kind, code in _FORMATS.items()},
    }  # fmt: skip
    return {name: book.add_format(shape) for name, shape in shapes.items()}


def _readme(book: Any, style: dict[str, Any], view: ClientView, shown: list[Sheet]) -> None:
    say = view.language.say
    page = book.add_worksheet(say("sheet.readme"))
    page.hide_gridlines(2)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 90, style["words"])
    asked, least = view.instrument, view.privacy
    instrument = say("sheet.instrument_version", name=asked.name, version=asked.version)
    privacy = say("sheet.privacy_says", few=least.min_scores, words=least.min_comments)
    lines = [
        (say("sheet.study"), view.title),
        (say("sheet.client"), view.client),
        (say("sheet.wave"), view.wave),
        (say("sheet.numbers"), _people(view)),
        (say("sheet.instrument"), instrument),
        (say("sheet.privacy"), privacy),
        (say("sheet.reading"), say("sheet.reading_says")),
        (say("sheet.precision"), say("sheet.precision_says")),
        *((one.name, one.title) for one in shown),
    ]
    page.write_string(0, 0, plain(_title(view)), style["title"])
    if view.warnings:
        page.write_string(1, 0, ". ".join(view.warnings), style["caution"])
    for row, (head, said) in enumerate(lines, start=3):
        page.write_string(row, 0, head, style["note"])
        page.write_string(row, 1, plain(said))


def _card(view: ClientView, card: RunCard) -> Sheet:
    columns = {"part": ("kind", "", "run_card"), "name": ("name",), "value": ("value",)}
    return sheet(view, "card", columns, card.table, card=card.said(view.language))


def _sheet(book: Any, style: dict[str, Any], sheet: Sheet, spoken: Language) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, plain(sheet.title), style["title"])
    page.write_string(1, 0, plain(sheet.note), style["note"])
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
        head, unit = plain(field.head), plain(field.unit)
        kind = "number " if field.kind in _FORMATS else ""
        page.write_string(_HEAD - 1, place, head, style[f"{kind}head"])
        page.write_string(_HEAD - 2, place, unit, style[f"{kind}unit"])
        widest = _column(page, place, sheet.rows[column], field, style, spoken)
        wide = max(widest, len(head) * 0.6, len(unit) * 0.6)
        page.set_column(place, place, min(wide + 3, _WIDEST))


def _column(
    page: Any,
    place: int,
    values: pd.Series,
    field: Field,
    style: dict[str, Any],
    spoken: Language,
) -> int:
    """Write one column, each cell as what it is, and return the letters of its longest text."""
    shape, widest = style[field.kind if field.kind in _FORMATS else "text"], 9
    for row, value in enumerate(values.tolist(), start=_HEAD):
        if pd.isna(value):
            continue
        if field.kind not in _FORMATS:
            said = _words(value, field.kind, spoken)
            page.write_string(row, place, said, style["words"] if len(said) > _WIDEST else shape)
            widest = max(widest, len(said))
        elif field.kind == "date":
            page.write_datetime(row, place, value.to_pydatetime(), shape)
        else:
            page.write_number(row, place, float(value), shape)
    return widest


def _words(value: Any, kind: str, spoken: Language) -> str:
    """A cell's text: as it stands, as the house knows the word, or what its codes say."""
    if kind == "text":
        said = str(value)
    else:
        said = spoken.term(value) if kind == "term" else spoken.coded(kind, value)
    return plain(said)[:_LONGEST]
