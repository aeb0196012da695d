"""Every text in a finished file that we wrote, also those that nobody sees."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from crqlab.page.marks.pieces import BREAK, CELLS, LINES, MACHINE, Piece, Seen
from crqlab.report.clearance.encoded_text import decoded, from_base64, text_in, text_of, unpacked
from crqlab.report.clearance.html_texts import html_pieces
from crqlab.report.clearance.office_texts import office_pieces, ours, written
from crqlab.report.clearance.pdf_texts import pdf_pieces
from crqlab.report.run.image_metadata import is_png, told

_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{3,}")
_WEB = (".html", ".htm", ".svg")
_OFFICE = (".xlsx", ".pptx", ".docx", ".zip")
_MARKED = (".xml", ".rels", ".vml")
#: Of python-pptx's own template, and of printers: nobody writes there.
_NOBODYS = ("printerSettings", "thumbnail")
#: Keys of a notebook whose texts people read; all others are a program's.
_READ = ("text", "evalue", "traceback", "text/plain", "text/markdown", "text/latex")
_DEEPEST = 4


def texts(name: str, content: bytes, seen: Seen | None = None) -> Iterator[Piece]:
    """Yield each text of a file, where it stands and how it is read.

    Parameters
    ----------
    name : str
        File name; itself one of the texts.
    content : bytes
        A page, notebook, table, picture, PDF or office file.
    seen : Seen, optional
        What pages and notebooks looked through before have said, which is not yielded again.

    Yields
    ------
    Piece
        What stands there in another coding (percent signs, escapes, base64, hexadecimal digits)
        follows once more as it would be read.

    Examples
    --------
    >>> page = b'<p title="Nord &amp;amp; S&ouml;n">Kvarnby</p><p>S2lydW5hIExpdnM=</p>'
    >>> [piece.said.split(BREAK) for piece in texts("a.html", page)]
    [['a.html'], ['Kvarnby', 'S2lydW5hIExpdnM='], ['Kiruna Livs'], ['Nord & Sön']]
    """
    for piece in _texts(name, content, seen or Seen(), 0):
        if piece.said.strip(BREAK):
            yield piece
            for said in decoded(piece.said):
                yield piece._replace(said=said)


def _texts(name: str, content: bytes, seen: Seen, depth: int) -> Iterator[Piece]:
    def inner(where: str, data: bytes) -> Iterator[Piece]:
        if depth < _DEEPEST:
            yield from _texts(where, data, seen, depth + 1)

    yield Piece(name, name, MACHINE if depth else CELLS)
    if content.startswith(b"\x1f\x8b"):
        yield from inner(name.removesuffix(".gz"), unpacked(content))
    elif content.startswith(b"PK\x03\x04") or (
        name.endswith(_OFFICE) and zipfile.is_zipfile(io.BytesIO(content))
    ):
        yield from _zipped(name, content, seen, depth)
    elif content.startswith(b"%PDF"):
        yield from pdf_pieces(name, content, inner)
    elif is_png(content) or content.startswith(b"\xff\xd8"):
        yield Piece(f"{name}, metadata", _metadata(content))
    elif name.endswith(".ipynb"):
        yield from _notebook(name, json.loads(content), seen, inner)
    elif name.endswith(_WEB) or content.lstrip()[:4].lower() in (b"<svg", b"<htm", b"<!do"):
        yield from html_pieces(name, text_of(content), seen, inner)
    elif name.endswith(_MARKED):
        yield from office_pieces(name, text_of(content))
    elif name.endswith(".csv"):
        yield from _table(name, text_of(content))
    elif content.startswith(b"GIF8") or (b"\0" in content and not text_in(content)):
        told = text_of(content.removeprefix(b"GIF89a"))
        yield Piece(name, BREAK.join(_PRINTABLE.findall(told)), MACHINE)
    else:
        yield Piece(name, text_of(content))


def _table(name: str, said: str) -> Iterator[Piece]:
    """Cells of a table; its headings are keys of another program."""
    rows = list(csv.reader(io.StringIO(said, newline="")))
    if len(rows) > 1:
        yield Piece(name, BREAK.join(rows.pop(0)), MACHINE)
    yield Piece(name, BREAK.join(cell for row in rows for cell in row))


def _notebook(name: str, node: Any, seen: Seen, inner: Any, kind: str = "") -> Iterator[Piece]:
    if isinstance(node, dict):
        yield Piece(f"{name}, keys", seen.new(MACHINE, map(str, node)), MACHINE)
        for key, value in node.items():
            yield from _notebook(name, value, seen, inner, str(key) if key != "source" else kind)
    elif isinstance(node, list):
        if node and all(isinstance(part, str) for part in node):
            yield from _notebook(name, "".join(node), seen, inner, kind)
        else:
            for value in node:
                yield from _notebook(name, value, seen, inner, kind)
    elif isinstance(node, str):
        yield from _output(name, node, seen, inner, kind)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield Piece(f"{name}, number", str(node))


def _output(name: str, said: str, seen: Seen, inner: Any, kind: str) -> Iterator[Piece]:
    if kind in ("text/html", "image/svg+xml"):
        markup = said if "<" in said else text_of(_picture(said))
        yield from html_pieces(name, markup, seen, inner)
    elif kind in _READ:
        yield Piece(name, said)
    elif "/" in kind and (text := from_base64(said)):
        yield Piece(name, text)
    elif kind.startswith("image/"):
        yield from inner(f"{name}, picture", _picture(said))
    elif "/" in kind:
        yield Piece(name, said)
    else:
        yield Piece(name, said, LINES if "\n" in said or " " in said else MACHINE)


def _picture(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded)
    except ValueError:
        return encoded.encode()


def _zipped(name: str, content: bytes, seen: Seen, depth: int) -> Iterator[Piece]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.comment:
            yield Piece(f"{name}, comment", text_of(archive.comment))
        parts = archive.namelist()
        slides = any(part.startswith("ppt/") for part in parts)
        for part in parts:
            data = archive.read(part)
            if depth < _DEEPEST and written(data, slides=slides) and not _nobodys(part):
                yield from ours(_texts(f"{name}/{part}", data, seen, depth + 1), slides=slides)


def _nobodys(part: str) -> bool:
    return any(one in part for one in _NOBODYS)


def _metadata(content: bytes) -> str:
    """What a picture says of itself."""
    if is_png(content):
        kept = told(content)
        kept += [_inflated(data) for data in kept]
    else:
        kept = re.findall(rb"\xff[\xe1-\xef\xfe]..(.*?)(?=\xff[\xc0-\xfe])", content, re.DOTALL)
    readings = (data.decode(code, "ignore") for data in kept for code in ("utf-8", "utf-16-le"))
    return BREAK.join(said for reading in readings for said in _PRINTABLE.findall(reading))


def _inflated(data: bytes) -> bytes:
    """The compressed end of a text chunk; empty where there is none."""
    start = data.find(b"\x78")
    try:
        return zlib.decompressobj().decompress(data[start:]) if start >= 0 else b""
    except zlib.error:
        return b""
