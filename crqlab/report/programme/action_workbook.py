"""A list of actions as a workbook to fill in, with lists to choose from."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pandas as pd

from crqlab.base.contracts.programme import ACTIONS
from crqlab.language import Language
from crqlab.page.client_view import ClientView
from crqlab.programme.task_files import BESIDE
from crqlab.report.exports.theme import Theme
from crqlab.report.exports.worksheets import OPTIONS
from crqlab.show.html import plain

#: Columns in the order in which somebody fills them in; the last are for taking them back.
SHOWN = (
    "account", "what", "status", "party", "owner", "agreed_on", "due_on", "done_on", "measure",
    "target", "note", "action", "kind", "account_id", "external_id", "wave", "client_id",
    "action_id",
)  # fmt: skip
#: Lists of codes: column, and the section of the catalogue that has their words.
WORDS = {"status": "action_status", "party": "party", "kind": "action_kind"}
_WIDTHS = {"account": 28, "what": 48, "owner": 22, "note": 30, "action": 22, "action_id": 26}
_USUAL, _HEAD, _HELP = 13, 30, 48
_LAST = 2000  # lines that lists are offered on


def options(column: str) -> tuple[str, ...]:
    """Return the codes that a column may hold."""
    return ACTIONS.contract.columns[column].options


def spoken_rows(seen: ClientView, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the list under its headings, codes as words of the view's language."""
    shown, spoken = rows[list(SHOWN)].copy(), seen.language
    for column, section in WORDS.items():
        said = {code: spoken.coded(section, code) for code in options(column)}
        shown[column] = shown[column].map(said)
    for column in ACTIONS.dates:
        shown[column] = shown[column].dt.strftime("%Y-%m-%d")
    return shown.rename(columns={name: spoken.coded("action_column", name) for name in SHOWN})


def content(seen: ClientView, theme: Theme, rows: pd.DataFrame) -> bytes:
    """Return the workbook.

    Parameters
    ----------
    seen : ClientView
    theme : Theme
    rows : DataFrame
        As from `crqlab.report.programme.proposals.lines`.

    Returns
    -------
    bytes
        One sheet: what it is for in the first row, headings in the second, lists to choose from
        for status, who acts, owner, kind and measure; texts never become numbers or formulas.
    """
    import xlsxwriter

    file, spoken = io.BytesIO(), seen.language
    book = xlsxwriter.Workbook(file, OPTIONS)
    title = f"{seen.client} · {seen.wave}"
    book.set_properties(
        {"title": plain(title), "author": "crqlab", "created": datetime(2000, 1, 1)}
    )
    page = book.add_worksheet(spoken.say("proposals.sheet"))
    styles = _styles(book, theme)
    page.merge_range(0, 0, 0, len(SHOWN) - 1, "", styles["help"])
    page.write_string(0, 0, f"{title}. {spoken.say('proposals.help')}", styles["help"])
    page.set_row(0, _HELP)
    page.set_row(1, _HEAD)
    shown = spoken_rows(seen, rows)
    for place, (name, heading) in enumerate(zip(SHOWN, shown, strict=True)):
        page.write_string(1, place, heading, styles["head"])
        style = styles["date" if name in ACTIONS.dates else "number" if name == "target"
                       else "text"]  # fmt: skip
        page.set_column(place, place, _WIDTHS.get(name, _USUAL), style)
        _cells(page, place, rows[name] if name in ACTIONS.dates else shown[heading], style)
    _lists(book, page, seen, rows)
    page.freeze_panes(2, 1)
    page.autofilter(1, 0, len(rows) + 1, len(SHOWN) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    book.close()
    return file.getvalue()


def _cells(page: Any, place: int, values: pd.Series, style: Any) -> None:
    for row, value in enumerate(values, 2):
        if pd.isna(value):
            continue
        if isinstance(value, pd.Timestamp):
            page.write_datetime(row, place, value.to_pydatetime(), style)
        elif isinstance(value, float):
            page.write_number(row, place, value, style)
        else:
            page.write_string(row, place, plain(value), style)


def _lists(book: Any, page: Any, seen: ClientView, rows: pd.DataFrame) -> None:
    """Offer what may be chosen; the words stand on a sheet that nobody sees."""
    spoken = seen.language
    people = [*seen.accounts["manager"].dropna(), *rows["owner"].dropna()]
    offered = {
        **{column: [spoken.coded(section, code) for code in options(column)]
           for column, section in WORDS.items()},
        "owner": sorted(set(people)),
        "measure": [str(name) for name in seen.measures["measure"]],
    }  # fmt: skip
    hidden = book.add_worksheet("lists")
    hidden.hide()
    for place, (column, words) in enumerate(offered.items()):
        for row, word in enumerate(words):
            hidden.write_string(row, place, plain(word))
        if words:
            letter = chr(ord("A") + place)
            free = column in ("owner", "measure")  # others may own it, and other numbers count
            page.data_validation(2, SHOWN.index(column), _LAST, SHOWN.index(column), {
                "validate": "list", "source": f"=lists!${letter}$1:${letter}${len(words)}",
                "error_type": "information" if free else "stop",
            })  # fmt: skip


def _styles(book: Any, theme: Theme) -> dict[str, Any]:
    wrapped = {"text_wrap": True, "valign": "top", "font_size": 10}
    return {
        "help": book.add_format({**wrapped, "italic": True}),
        "head": book.add_format({**wrapped, "bold": True, "bottom": 1,
                                 "bottom_color": theme.accent}),
        "text": book.add_format({**wrapped, "num_format": "@"}),
        "date": book.add_format({**wrapped, "num_format": "yyyy-mm-dd"}),
        "number": book.add_format({**wrapped, "num_format": "General"}),
    }  # fmt: skip


def headings(spoken: Language) -> dict[str, str]:
    """Return what a language calls the columns of the ledger: heading to column."""
    names = (*ACTIONS.contract.columns, *BESIDE)
    return {spoken.coded("action_column", name): name for name in names}


def words(spoken: Language) -> dict[str, dict[str, str]]:
    """Return what a language calls the codes of a column: column, word, code."""
    return {
        column: {spoken.coded(section, code): code for code in options(column)}
        for column, section in WORDS.items()
    }
