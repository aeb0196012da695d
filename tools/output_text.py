"""What somebody reads in a page, a workbook, slides or a CRM file, as lines of plain text.

Knows files only, nothing of crqlab: the same lines come out before and after a rebuilding.
Cells of a row are parted by ``" | "``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

BETWEEN = " | "
#: Attributes that are read aloud or stand for what is shown.
SPOKEN = ("alt", "aria-label", "aria-description", "title", "placeholder", "value", "lang")
#: Attributes that neither place nor colour a drawing.
_UNDRAWN = re.compile(r"id|class|role|tabindex|xmlns.*|aria-.*|alt|title|lang|href|src")
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data del dfn em i ins kbd mark q s samp small span strong sub sup "
    "td th time tspan u var".split()
)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_SILENT = ("script", "style")
_VALUES = ("tx", "cat", "val", "xVal", "yVal", "bubbleSize", "plus", "minus")
_FACTS = ("min", "max", "barDir", "grouping", "orientation")
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


# ---- pages


def page_text(html: str) -> list[str]:
    """Return what is read in a page, in reading order: text, SVG text, and what is read aloud.

    Parameters
    ----------
    html : str

    Examples
    --------
    >>> page_text('<h2>CRQ</h2><table><tr><th>now</th><td>5.2</td></tr></table><img alt="Up">')
    ['## CRQ', 'now | 5.2', '[alt: Up]']
    """
    return _read(html).lines


def page_drawings(html: str) -> list[str]:
    """Return what is drawn in a page: each shape's place and colour, each picture's digest.

    Parameters
    ----------
    html : str

    Examples
    --------
    >>> page_drawings('<svg><title>CRQ</title><circle id="a" r="5" cx="7.5"/></svg>')
    ['svg', 'title: CRQ', 'circle cx=7.5 r=5']
    """
    return _read(html).drawings


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    page.end_line()
    return page


class _Page(HTMLParser):
    """Collects the lines of a page and of its drawings."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.drawings: list[str] = []
        self._open: list[str] = []
        self._line = ""
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag not in _INLINE:
            self.end_line()
        self._cells = 0 if tag == "tr" else self._cells + (tag in ("td", "th"))
        if tag in ("td", "th") and self._cells > 1:
            self._line += BETWEEN
        self._line += f"{_HEADINGS[tag]} " if tag in _HEADINGS else ""
        spoken = [(n, said) for n, said in attrs if n in SPOKEN and said and tag != "html"]
        self._line += "".join(f"[{name}: {said}] " for name, said in spoken)
        self._draw(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]
        if tag not in _INLINE:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if any(tag in _SILENT for tag in self._open):
            return
        if "pre" in self._open:
            self.lines += [line for line in (self._line + data).split("\n") if line.strip()]
            self._line = ""
            return
        self._line += re.sub(r"[ \t\n\r\f]+", " ", data)
        if self._open[-1:] == ["title"] and "svg" in self._open:
            self.drawings.append(f"title: {data}")

    def end_line(self) -> None:
        """Keep the line, if anything stands on it."""
        line = re.sub(" +", " ", self._line).strip(" ")
        self._line = ""
        if line:
            self.lines.append(line)

    def _draw(self, tag: str, attrs: dict[str, str | None]) -> None:
        """Keep a shape of an SVG, a picture, or how a cell is coloured."""
        if tag == "img":
            self.drawings.append(f"picture: {letters((attrs.get('src') or '').encode())}")
        if tag in ("title", "desc") or ("svg" not in self._open and "style" not in attrs):
            return
        drawn = {name: said for name, said in attrs.items() if not _UNDRAWN.fullmatch(name)}
        places = (f" {name}={said}" for name, said in sorted(drawn.items()))
        self.drawings.append(tag + "".join(places))


def letters(content: bytes) -> str:
    """Return a digest of letters alone, which no number can be mistaken for."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    return "".join(chr(ord("g") + int(digit, 16)) for digit in digest)


# ---- workbooks and slides: zipped XML


def workbook_text(content: bytes) -> list[str]:
    """Return the cells of an Excel workbook, a line per row, sheet by sheet.

    Parameters
    ----------
    content : bytes
        Of an ``.xlsx`` file.

    Returns
    -------
    list of str
        ``"SHEET: cell | cell"``, numbers as they are stored; where the number formats of a row
        are not those of the row above, a line says so first.
    """
    book = _Archive(content)
    shared = book.xml("xl/sharedStrings.xml")
    strings = [] if shared is None else [_joined(item) for item in shared]
    formats, lines = _formats(book), book.title()
    for sheet in book.xml("xl/workbook.xml").iter():
        if _tag(sheet) == "sheet":
            target = book.related("xl/workbook.xml")[sheet.get(f"{_RELATED}id")]
            rows = _rows(book.xml(target), strings, formats)
            lines += [f"{sheet.get('name')}: {row}" for row in rows]
    return lines


def _rows(sheet: Any, strings: list[str], formats: list[str]) -> Iterator[str]:
    """The rows of a sheet, with a line before a row whose number formats are others."""
    before: dict[int, str] = {}
    for row in (row for row in sheet.iter() if _tag(row) == "row"):
        cells, shapes = {}, {}
        for cell in row:
            place = _column(cell.get("r"))
            cells[place] = _value(cell, strings)
            shapes[place] = formats[int(cell.get("s", 0))]
        if any(before.get(place) != shape for place, shape in shapes.items()):
            yield f"number formats: {BETWEEN.join(shapes.values())}"
        before = {**before, **shapes}
        yield BETWEEN.join(cells.get(i, "") for i in range(max(cells, default=-1) + 1))


def _value(cell: Any, strings: list[str]) -> str:
    said = next((part.text or "" for part in cell if _tag(part) == "v"), "")
    formula = next((f"={part.text} " for part in cell if _tag(part) == "f"), "")
    if cell.get("t") == "s":
        said = strings[int(said)]
    elif cell.get("t") == "inlineStr":
        said = _joined(cell)
    return formula + _one_line(said)


def _formats(book: _Archive) -> list[str]:
    """The number format of each cell style."""
    styles = list(book.xml("xl/styles.xml").iter())
    named = {s.get("numFmtId"): s.get("formatCode") for s in styles if _tag(s) == "numFmt"}
    used = next(style for style in styles if _tag(style) == "cellXfs")
    return [named.get(style.get("numFmtId"), style.get("numFmtId")) for style in used]


def _column(reference: str) -> int:
    """The number of a cell's column, from 0: ``AB7`` is 27."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def slides_text(content: bytes) -> list[str]:
    """Return texts, tables, alternative texts, notes and chart data of slides, in order.

    Parameters
    ----------
    content : bytes
        Of a ``.pptx`` file.
    """
    show, main = _Archive(content), "ppt/presentation.xml"
    named = [e.get(f"{_RELATED}id") for e in show.xml(main).iter() if _tag(e) == "sldId"]
    lines = show.title()
    for slide in (show.related(main)[name] for name in named):
        lines += ["--- slide", *_shapes(show, slide, show.xml(slide))]
        notes = [part for part in show.related(slide).values() if "notesSlide" in part]
        lines += [f"notes: {line}" for p in notes for line in _shapes(show, p, show.xml(p))]
    return lines


def _shapes(show: _Archive, slide: str, element: Any) -> Iterator[str]:
    """The lines of an element of a slide and of all in it."""
    tag = _tag(element)
    if tag == "cNvPr":
        spoken = {"name": element.get("name", ""), "alt": element.get("descr", ""),
                  "title": element.get("title", "")}  # fmt: skip
        given = [(n, said) for n, said in spoken.items() if said and not re.search(r" \d+$", said)]
        yield from (f"[{name}: {_one_line(said)}]" for name, said in given)
    elif tag == "tr":
        yield BETWEEN.join(_joined(cell) for cell in element if _tag(cell) == "tc")
    elif tag == "p" and _joined(element):
        yield _joined(element)
    elif tag == "chart" and element.get(f"{_RELATED}id"):
        yield from _chart(show, show.related(slide)[element.get(f"{_RELATED}id")])
    elif tag == "blip" and element.get(f"{_RELATED}embed"):
        picture = show.related(slide)[element.get(f"{_RELATED}embed")]
        yield f"picture: {letters(show.bytes(picture))}"
    else:
        for part in element:
            yield from _shapes(show, slide, part)


def _chart(show: _Archive, part: str) -> Iterator[str]:
    """The data of a chart as drawn, and the workbook that opens when it is edited."""
    for element in show.xml(part).iter():
        tag = _tag(element)
        if tag.endswith("Chart") or tag in ("valAx", "catAx", "dateAx"):
            yield f"chart: {tag}"
        elif tag in _FACTS and element.get("val"):
            yield f"chart: {tag} {element.get('val')}"
        elif tag == "numFmt":
            yield f"chart: number format {element.get('formatCode')}"
        elif tag in _VALUES:
            points = [p for p in element.iter() if _tag(p) in ("pt", "formatCode")]
            yield f"chart: {tag}{BETWEEN}{BETWEEN.join(map(_point, points))}"
        elif tag == "p" and _joined(element):
            yield f"chart: {_joined(element)}"
    for book in show.related(part).values():
        if book.endswith(".xlsx"):
            yield from (f"chart data: {row}" for row in workbook_text(show.bytes(book)))


def _point(point: Any) -> str:
    if _tag(point) == "formatCode":
        return f"format {point.text}"
    return f"{point.get('idx')}: {_one_line(''.join(point.itertext()))}"


class _Archive:
    """A zipped document of Office Open XML."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))

    def bytes(self, part: str) -> bytes:
        """Return a part."""
        return self._zip.read(part)

    def xml(self, part: str) -> Any:
        """Return the root of a part, or nothing if there is no such part."""
        there = part in self._zip.namelist()
        return ElementTree.fromstring(self._zip.read(part)) if there else None

    def related(self, part: str) -> dict[str, str]:
        """Return the parts that a part points at, by their ids in it."""
        path = PurePosixPath(part)
        listed = self.xml(f"{path.parent}/_rels/{path.name}.rels")
        found = {}
        for one in listed if listed is not None else ():
            target = one.get("Target")
            found[one.get("Id")] = _resolved(path.parent, target)
        return found

    def title(self) -> list[str]:
        """Return the document's title and subject, where it has any."""
        core = self.xml("docProps/core.xml")
        texts = [] if core is None else [(_tag(e), e.text) for e in core]
        return [f"{n}: {said}" for n, said in texts if n in ("title", "subject") and said]


def _resolved(folder: PurePosixPath, target: str) -> str:
    """The name of a part in the archive, from a path relative to a folder."""
    if target.startswith("/"):
        return target[1:]
    found: list[str] = list(folder.parts)
    for step in PurePosixPath(target).parts:
        found = found[:-1] if step == ".." else [*found, step]
    return "/".join(found)


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def _joined(element: Any) -> str:
    """All text runs of an element on one line."""
    return _one_line("".join(part.text or "" for part in element.iter() if _tag(part) == "t"))


def _one_line(said: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ⏎ ", said)


# ---- CRM


def crm_text(content: bytes) -> list[str]:
    r"""Return the rows of a CSV file.

    Parameters
    ----------
    content : bytes

    Examples
    --------
    >>> crm_text(b'Name,CRQ\r\n"Ab, Co",5.25\r\n')
    ['Name | CRQ', 'Ab, Co | 5.25']
    """
    rows: Iterable[list[str]] = csv.reader(io.StringIO(content.decode(), newline=""))
    return [BETWEEN.join(map(_one_line, row)) for row in rows]
