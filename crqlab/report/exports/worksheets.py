"""Tables as worksheets: one row of headings, numbers as numbers, laid out for A4."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import pandas as pd

from crqlab.language import Language
from crqlab.page.sheet import Field, Sheet
from crqlab.report.exports.office_language import number_format
from crqlab.report.exports.theme import Theme
from crqlab.show.colours import INK, MUTED
from crqlab.show.html import plain

FORMATS = {
    "count": "#,##0",
    "score": "0.00",
    "nps": "+0;-0;0",
    "share": "0 %",
    "money": "#,##0",
    "date": "yyyy-mm-dd",
}
#: Texts stay texts: no formula, no link, no number is made of them.
OPTIONS = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False, "in_memory": True,
}  # fmt: skip
_A4 = 9
_ACROSS = 210  # letters across a page that can still be read
_LINE, _COVER = 15, 95  # points of a line of words on a cover, and letters that it holds
_LINES = 48  # points: three lines of a heading
_WIDEST = 60
_LONGEST = 32_767  # characters that a cell holds


class Worksheets:
    """Fills a workbook sheet by sheet: a wide table is printed on pages side by side.

    Parameters
    ----------
    book : xlsxwriter Workbook
    theme : Theme
    spoken : Language
        In which words and numbers are.
    """

    def __init__(self, book: Any, theme: Theme, spoken: Language) -> None:
        self.book = book
        self.spoken = spoken
        self._style = {
            name: book.add_format(shape) for name, shape in _shapes(theme, spoken).items()
        }

    def add(self, sheet: Sheet) -> None:
        """Add a table: headings in the first row, with what they are measured in."""
        page = self.book.add_worksheet(sheet.name)
        for place, field in enumerate(sheet.fields.values()):
            kind = "number head" if field.kind in FORMATS else "head"
            page.write_string(0, place, headed(field), self._style[kind])
        page.set_row(0, _LINES)
        named = 2 if "account_id" in sheet.fields else 1
        page.freeze_panes(1, named)
        page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.fields) - 1)
        whole = 0.0
        for place, (column, field) in enumerate(sheet.fields.items()):
            widest = self._column(page, place, sheet.rows[column], field)
            wide = min(max(widest, len(headed(field)) * 0.4) + 3, _WIDEST)
            page.set_column(place, place, wide)
            whole += wide
        self._printed(page, sheet.title)
        page.fit_to_pages(ceil(whole / _ACROSS), 0)
        page.repeat_rows(0)
        page.repeat_columns(0, named - 1)

    def cover(self, name: str, title: str, lines: Sequence[tuple[str, str]], *,
              warning: str = "", links: Sequence[str] = ()) -> None:  # fmt: skip
        """Add a page of words: what something is called, and what is said of it.

        Parameters
        ----------
        name, title : str
            Of the sheet, and above its lines.
        lines : sequence of (head, words)
            A head that is one of ``links`` leads to the sheet of that name.
        warning : str
            Stands below the title.
        links : sequence of str
            Names of sheets.
        """
        page = self.book.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 100)
        page.write_string(0, 0, plain(title), self._style["title"])
        if warning:
            page.write_string(1, 0, plain(warning), self._style["caution"])
        for row, (head, said) in enumerate(lines, start=3):
            if head in links:
                goes = f"internal:'{head.replace(chr(39), chr(39) * 2)}'!A1"
                page.write_url(row, 0, goes, self._style["link"], head)
            else:
                page.write_string(row, 0, plain(head), self._style["note"])
            page.write_string(row, 1, plain(said), self._style["words"])
            page.set_row(row, _LINE * (1 + len(said) // _COVER))
        self._printed(page, title)
        page.fit_to_pages(1, 1)

    def _printed(self, page: Any, title: str) -> None:
        """Lay a sheet out for A4, with its title and its pages counted at the foot."""
        page.set_paper(_A4)
        page.set_landscape()
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_footer("&L" + plain(title).replace("&", "&&")[:120] + "&R&P / &N")

    def _column(self, page: Any, place: int, values: pd.Series, field: Field) -> int:
        """Write a column, each cell as what it is; return the letters of its longest text."""
        shape, widest = self._style[field.kind if field.kind in FORMATS else "text"], 9
        for row, value in enumerate(values.tolist(), start=1):
            if pd.isna(value):
                continue
            if field.kind not in FORMATS:
                said = self._words(value, field.kind)
                wide = self._style["words"] if len(said) > _WIDEST else shape
                page.write_string(row, place, said, wide)
                widest = max(widest, len(said))
            elif field.kind == "date":
                page.write_datetime(row, place, value.to_pydatetime(), shape)
            else:
                page.write_number(row, place, float(value), shape)
        return widest

    def _words(self, value: Any, kind: str) -> str:
        """A cell's text: as it stands, as the house knows the word, or what its codes say."""
        if kind == "text":
            said = str(value)
        else:
            said = self.spoken.term(value) if kind == "term" else self.spoken.coded(kind, value)
        return plain(said)[:_LONGEST]


def headed(field: Field) -> str:
    """Return a heading with its unit.

    Examples
    --------
    >>> headed(Field("Revenue a year", "EUR", "money")), headed(Field("Account"))
    ('Revenue a year (EUR)', 'Account')
    """
    return plain(f"{field.head} ({field.unit})" if field.unit else field.head)


def _shapes(theme: Theme, spoken: Language) -> dict[str, dict[str, Any]]:
    """How texts and numbers look; headings of numbers stand to the right, as these do."""
    head = {"bold": True, "font_color": "#ffffff", "bg_color": theme.accent, "text_wrap": True,
            "valign": "vcenter"}  # fmt: skip
    return {
        "title": {"bold": True, "font_size": 14, "font_color": INK},
        "note": {"font_color": MUTED, "valign": "top"},
        "link": {"font_color": theme.accent, "underline": 1, "valign": "top"},
        "head": {**head, "align": "left", "indent": 1},
        "number head": {**head, "align": "right"},
        "caution": {"bold": True, "font_color": theme.warm},
        "words": {"text_wrap": True, "align": "left", "valign": "top", "indent": 1},
        "text": {"num_format": "@", "align": "left", "indent": 1, "valign": "top"},
        **{kind: {"num_format": number_format(spoken, code), "valign": "top"}
           for kind, code in FORMATS.items()},
    }  # fmt: skip
