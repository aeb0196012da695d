"""What we wrote into an office file: its texts, without the library's template and its numbers."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple

import xlsxwriter

from crqlab.page.marks.pieces import BREAK, CELLS, MACHINE, SOFT, Piece
from crqlab.report.clearance.encoded_text import text_of
from crqlab.report.clearance.html_texts import plain

_ENDS = re.compile(
    r"</(?:\w+:)?(?:p|si|c|v|f|pt|comment|title|is|lpstr|keywords|subject|creator|category|"
    r"description|lastModifiedBy|(?:odd|even|first)(?:Header|Footer)|formula1|formula2)>|<[/!?a-zA-Z][^<>]*/>"
)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
#: Where office files keep bare numbers; what people wrote stands in other elements, and a number
#: with leading zeros is an id.
_NUMBERS = re.compile(
    r"<(?:\w+:)?(numCache|numLit)>.*?</(?:\w+:)?\1>"
    r"|<dcterms:\w+[^>]*>[^<]*</dcterms:\w+>"
    r"|<(?:\w+:)?fmtScheme\b.*?</(?:\w+:)?fmtScheme>"
    r"|<c\b(?![^>]*\bt=\"(?:str|inlineStr)\")[^>]*>\s*<v>(?!0\d)[^<]*</v>",
    re.DOTALL,
)
_FORMULA = re.compile(r"(<(?:\w+:)?(?:f|definedName|formula\d?)\b[^>]*>)([^<]*)")
_HEADER = re.compile(r"(<(?:odd|even|first)(?:Header|Footer)>)([^<]*)")
#: Where a part of a header stands, and in which letters.
_PLACED = re.compile(r"&amp;(?:[A-Z]|\d+|&quot;[^&]*&quot;|\"[^\"]*\")")
_REFERENCE = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|\$[A-Z]{1,3}:\$[A-Z]{1,3}")
#: Elements whose attributes are places, lengths, colours and numbers of things.
_MEASURED = re.compile(
    r"<(?:\w+:)?(?:c|row|col|dimension|selection|pane|sheetView|sheetFormatPr|off|ext|chOff|chExt|"
    r"ln|gd|pt|srgbClr|xf|sz|idx|order|ptCount|axId|crossAx|brk|Override|Default|mergeCell)\b[^<>]*>"
)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SEEN = frozenset(
    "name descr title author location display tooltip prompt prompttitle error errortitle caption "
    "alt username text userid".split()
)


class Library(NamedTuple):
    """What libraries write into every office file: whole parts, and cells."""

    parts: frozenset[bytes]
    cells: frozenset[str]


def office_pieces(name: str, part: str) -> Iterator[Piece]:
    """Yield the texts of one XML part, without numbers, lengths and references to cells.

    Examples
    --------
    >>> sheet = '<row r="1"><c r="B7"><v>148731</v></c><c t="str"><v>Kvarnby</v></c></row>'
    >>> [piece.said.strip(chr(30)) for piece in office_pieces("sheet1.xml", sheet)]
    ['Kvarnby']
    """
    part = _NUMBERS.sub(" ", part)
    part = _HEADER.sub(lambda found: found[1] + _PLACED.sub(BREAK, found[2]), part)
    part = _FORMULA.sub(lambda found: found[1] + _REFERENCE.sub(" ", found[2]), part)
    cells = (cell.strip() for cell in _ENDS.split(part))
    said = (plain(_TAG.sub(SOFT, cell)).strip(SOFT + " \n") for cell in cells)
    yield Piece(name, BREAK.join(cell for cell in said if cell))
    texts: dict[str, list[str]] = {CELLS: [], MACHINE: []}
    for tag in dict.fromkeys(_TAG.findall(_MEASURED.sub("", part))):
        for attribute, *values in _ATTRIBUTE.findall(tag):
            local = attribute.rpartition(":")[2].lower()
            value = "".join(values)
            if local == "location":
                value = _REFERENCE.sub(" ", value)
            if not attribute.startswith("xmlns"):
                texts[CELLS if local in _SEEN else MACHINE].append(value)
    for read, values in texts.items():
        if values:
            yield Piece(f"{name}, attribute", plain(BREAK.join(dict.fromkeys(values))), read)


def ours(pieces: Iterator[Piece], *, slides: bool) -> Iterator[Piece]:
    """Leave out the cells that libraries write into every file, or every one with slides."""
    known = library(slides=slides).cells
    for piece in pieces:
        cells = [cell if cell not in known else "" for cell in piece.said.split(BREAK)]
        if any(cells):
            yield piece._replace(said=BREAK.join(cells))


def written(content: bytes, *, slides: bool) -> bool:
    """Return whether a part of an office file is other than what libraries write into each."""
    return hashlib.sha256(content).digest() not in library(slides=slides).parts


@cache
def library(*, slides: bool) -> Library:
    """Return what files hold into which nobody has written anything."""
    parts, cells = set(), set()
    for content in _blank(slides):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                part = archive.read(name)
                parts.add(hashlib.sha256(part).digest())
                cells.add(name)
                if name.endswith((".xml", ".rels")):
                    for piece in office_pieces(name, text_of(part)):
                        cells.update(piece.said.split(BREAK))
    return Library(frozenset(parts), frozenset(cells))


def _blank(slides: bool) -> Iterator[bytes]:
    """Files of the libraries that are there, with each kind of thing that we put into them."""
    for printed in (False, True):
        made = io.BytesIO()
        book = xlsxwriter.Workbook(made, {"in_memory": True})
        sheet = book.add_worksheet()
        if printed:
            sheet.repeat_rows(0)
            sheet.print_area(0, 0, 1, 1)
            sheet.autofilter(0, 0, 1, 1)
        book.close()
        yield made.getvalue()
    if not slides or find_spec("pptx") is None:
        return
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    file, made = Presentation(), io.BytesIO()
    page = file.slides.add_slide(file.slide_layouts[5])
    page.shapes.add_table(1, 1, 0, 0, 9, 9)
    page.shapes.add_textbox(0, 0, 9, 9)
    page.notes_slide.notes_text_frame.text = ""
    data = CategoryChartData()
    data.categories = ["0"]
    data.add_series("0", [0])
    for kind in (XL_CHART_TYPE.BAR_CLUSTERED, XL_CHART_TYPE.LINE_MARKERS):
        page.shapes.add_chart(kind, 0, 0, 9, 9, data)
    file.save(made)
    yield made.getvalue()
