"""Every text in a finished file, also those that nobody sees: metadata, attributes, inner files."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from crqlab.report.clearance.leaks import BREAK
from crqlab.report.run.image_metadata import is_png, told

Texts = Iterator[tuple[str, str]]

_PICTURE = re.compile(r"data:image/[\w.+-]+;base64,([A-Za-z0-9+/=\s]+)")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
#: Tags inside a line of text; every other one ends it.
_BLOCK = re.compile(
    r"<(?!/?(?:a|abbr|b|bdi|bdo|code|em|font|i|mark|s|small|span|strong|sub|sup|tspan|u|wbr)\b)"
    r"[/!?a-zA-Z][^<>]*>"
)
_OFFICE_BLOCK = re.compile(r"</(?:\w+:)?(?:p|si|c|v|pt|comment|title)>|<[/!?a-zA-Z][^<>]*/>")
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_INSIDE = re.compile(r"(?<=\w)(?:<[/a-zA-Z][^<>]*>)+(?=\w)")
#: Attributes that hold geometry, colours and layout: numbers that could pass for ids.
_DRAWN = frozenset(
    "class cx cy d dx dy fill font-size font-weight height opacity points r role rx ry scope "
    "stroke stroke-dasharray stroke-width style tabindex text-anchor transform type viewbox "
    "width x x1 x2 xmlns y y1 y2".split()
)
_ATTRIBUTE = re.compile(r"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL | re.IGNORECASE)
#: Where office files keep bare numbers; what people wrote stands in other elements.
_NUMBERS = re.compile(
    r"<(?:\w+:)?(?:numCache|numRef)>.*?</(?:\w+:)?(?:numCache|numRef)>", re.DOTALL
)
_VALUES = re.compile(r"<v>[^<]*</v>")
_SEEN_IN_OFFICE = frozenset(["name", "descr", "title", "target", "author", "location", "display"])
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{3,}")


class Seen:
    """Texts that were yielded before: a page and its notebook say the same, and much of it often.

    A text is left out only where it is the same in every character and stands between the same
    kind of breaks: no run of words is lost that a file holds.
    """

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {"between tags": set(), "attribute": set()}

    def new(self, where: str, parts: Iterable[str]) -> list[str]:
        """Return the parts that were not there yet."""
        seen, new = self._seen[where], []
        for part in parts:
            if part not in seen:
                seen.add(part)
                new.append(part)
        return new


def texts(name: str, content: bytes, seen: Seen | None = None) -> Texts:
    """Yield where a text stands and the text itself.

    Parameters
    ----------
    name : str
        File name; itself one of the texts.
    content : bytes
        A page, notebook, table, picture, PDF or office file.
    seen : Seen, optional
        What pages and notebooks looked through before have said, which is not yielded again.

    Examples
    --------
    >>> page = b'<p title="Nord &amp;amp; S&ouml;n">Kv<b>arn</b></p>'
    >>> [text.strip(" |") for _, text in texts("a.html", page)]
    ['a.html', 'Kv arn', 'Kvarn', 'Nord & Sön']
    """
    yield name, name
    seen = seen or Seen()
    if content.startswith(b"PK\x03\x04"):
        yield from _zipped(name, content, seen)
    elif content.startswith(b"%PDF"):
        yield from _pdf(name, content)
    elif picture := _metadata(content):
        yield f"{name}, metadata", picture
    elif content.startswith((b"\x89PNG", b"\xff\xd8")):
        return
    elif name.endswith(".ipynb"):
        yield from _notebook(name, json.loads(content), seen)
    elif name.endswith((".html", ".htm", ".svg")):
        yield from _html(name, content.decode("utf-8"), seen)
    elif name.endswith((".xml", ".rels", ".vml")):
        yield from _office(name, content.decode("utf-8"))
    else:
        yield name, content.decode("utf-8", errors="replace")


def _plain(html: str) -> str:
    """Resolve entities, also those that were escaped twice."""
    for _ in range(3):
        html, before = unescape(html), html
        if html == before:
            break
    return html


def _lines(name: str, lines: list[str]) -> Texts:
    """Text between tags; once more with the words whole that tags have cut."""
    yield name, _plain(_TAG.sub(" ", BREAK.join(lines)))
    if cut := [line for line in lines if _INSIDE.search(line)]:
        yield name, _plain(_TAG.sub(" ", _INSIDE.sub("", BREAK.join(cut))))


def _attributes(marked: str) -> Iterator[tuple[str, str]]:
    """Attributes and their values, those that say the same once."""
    for attribute, double, single in dict.fromkeys(_ATTRIBUTE.findall(marked)):
        yield attribute.lower(), double or single


def _html(name: str, page: str, seen: Seen) -> Texts:
    pictures = _PICTURE.findall(page)
    page = _PICTURE.sub("", _STYLE.sub(" ", page))
    yield from ((f"{name}, comment", _plain(said)) for said in _COMMENT.findall(page))
    page = _COMMENT.sub(" ", page)
    yield from _lines(name, seen.new("between tags", _BLOCK.split(page)))
    said = (text for attribute, text in _attributes(page) if attribute not in _DRAWN)
    if said := seen.new("attribute", said):
        yield f"{name}, attribute", _plain(BREAK.join(said))
    for number, picture in enumerate(pictures, start=1):
        yield from _picture(f"{name}, picture {number}", picture)


def _picture(where: str, encoded: str) -> Texts:
    try:
        content = base64.b64decode(encoded)
    except binascii.Error:
        yield where, encoded
        return
    if said := _metadata(content):
        yield f"{where}, metadata", said


def _notebook(name: str, node: Any, seen: Seen, kind: str = "") -> Texts:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _notebook(name, value, seen, str(key))
    elif isinstance(node, list):
        if all(isinstance(part, str) for part in node):
            yield from _notebook(name, "".join(node), seen, kind)
        else:
            for value in node:
                yield from _notebook(name, value, seen, kind)
    elif isinstance(node, str):
        if kind in ("text/html", "image/svg+xml"):
            yield from _html(name, node, seen)
        elif kind.startswith("image/"):
            yield from _picture(f"{name}, picture", node)
        else:
            yield name, node


def _zipped(name: str, content: bytes, seen: Seen) -> Texts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.comment:
            yield f"{name}, comment", archive.comment.decode("utf-8", errors="replace")
        for part in archive.namelist():
            yield from texts(f"{name}/{part}", archive.read(part), seen)


def _office(name: str, part: str) -> Texts:
    """Texts of one part of an office file, without its numbers and lengths."""
    part = _NUMBERS.sub(" ", _VALUES.sub(" ", part))
    yield from _lines(name, _OFFICE_BLOCK.split(part))
    said = [text for attribute, text in _attributes(part) if attribute in _SEEN_IN_OFFICE]
    if said:
        yield f"{name}, attribute", _plain(BREAK.join(said))


def _pdf(name: str, content: bytes) -> Texts:
    """Strings of a PDF outside its drawn text: document information, outlines, links."""
    parts = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    for part in parts:
        for literal in re.findall(rb"\(((?:\\.|[^\\()])*)\)", part):
            yield f"{name}, strings", re.sub(rb"\\(.)", rb"\1", literal).decode("latin-1")
        for code in re.findall(rb"<(?:feff|FEFF)((?:[0-9a-fA-F]{4})*)>", part):
            yield f"{name}, strings", bytes.fromhex(code.decode()).decode("utf-16-be", "replace")


def _metadata(content: bytes) -> str:
    """What a picture says of itself; empty for anything else."""
    if is_png(content):
        kept = told(content)
        kept += [_inflated(data) for data in kept]
    elif content.startswith(b"\xff\xd8"):
        kept = re.findall(rb"\xff[\xe1-\xef\xfe]..(.*?)(?=\xff[\xc0-\xfe])", content, re.DOTALL)
    else:
        return ""
    readings = (data.decode(code, "ignore") for data in kept for code in ("utf-8", "utf-16-le"))
    return BREAK.join(said for reading in readings for said in _PRINTABLE.findall(reading))


def _inflated(data: bytes) -> bytes:
    """The compressed end of a text chunk; empty where there is none."""
    start = data.find(b"\x78")
    try:
        return zlib.decompressobj().decompress(data[start:]) if start >= 0 else b""
    except zlib.error:
        return b""
