"""What a page says: between tags, in attributes, comments, style sheets, scripts and pictures."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from urllib.parse import unquote_to_bytes

from crqlab.page.marks.pieces import BREAK, CELLS, LINES, MACHINE, SOFT, Piece, Seen

#: What a picture inside a page says: its place and its bytes to pieces.
Inner = Callable[[str, bytes], Iterator[Piece]]

_DATA = re.compile(r"data:([\w.+/-]*)((?:;[\w=.+-]+)*),([^\"'<>)]*)")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|/\*(.*?)\*/|url\(([^)]*)\)", re.DOTALL)
#: Tags inside a line of text; every other one ends it.
_BLOCK = re.compile(
    r"<(?!/?(?:a|abbr|b|bdi|bdo|br|code|em|font|i|mark|s|small|span|strong|sub|sup|tspan|u|wbr)\b)"
    r"[/!?a-zA-Z][^<>]*>"
)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_SPACES = re.compile(r"\s+")
#: Attributes that hold geometry and colours, and those whose words only programs read.
_DRAWN = frozenset(
    "cx cy d dx dy fill font-size font-weight height opacity points r rx ry stroke "
    "stroke-dasharray stroke-width tabindex text-anchor transform viewbox width x x1 x2 xmlns "
    "y y1 y2 colspan rowspan charset".split()
)
_LINKS = frozenset(["href", "src", "xlink:href"])
#: A number that begins so is no length but an id.
_NO_LENGTH = re.compile(r"0\d{2,}$")
_PROGRAMS = frozenset(
    "class style id for headers href src rel role scope type lang name target translate dir "
    "http-equiv aria-labelledby aria-describedby aria-hidden datetime media".split()
)


def html_pieces(name: str, page: str, seen: Seen, inner: Inner) -> Iterator[Piece]:
    """Yield what a page says, as people and as programs read it.

    Parameters
    ----------
    name : str
        Of the file.
    page : str
        Whole or a part of one; SVG as well.
    seen : Seen
        What is left out, because it was yielded before.
    inner : callable
        Yields what a picture or another file inside the page says.
    """
    for number, found in enumerate(_DATA.finditer(page), start=1):
        yield from inner(f"{name}, picture {number}", _bytes(found))
    page = _CDATA.sub(lambda found: escape(found[1]), _DATA.sub("", page))
    for style in _STYLE.findall(page):
        yield Piece(f"{name}, style", seen.new(MACHINE, _quoted(style)), MACHINE)
    for script in _SCRIPT.findall(page):
        yield Piece(f"{name}, script", seen.new(LINES, re.split(r"[\"'`\n]", script)), LINES)
    page = _SCRIPT.sub(" ", _STYLE.sub(" ", page))
    for said in _COMMENT.findall(page):
        yield Piece(f"{name}, comment", plain(said))
    page = _COMMENT.sub(" ", page)
    yield Piece(name, plain(_TAG.sub(SOFT, seen.new(CELLS, _cells(page)))))
    yield from _attributes(name, page, seen)


def plain(html: str) -> str:
    """Resolve entities, also those that were escaped twice."""
    for _ in range(3):
        html, before = unescape(html), html
        if html == before:
            break
    return html


def _cells(page: str) -> Iterator[str]:
    for cell in _BLOCK.split(page):
        if cell and not cell.isspace():
            yield cell.strip()


def _attributes(name: str, page: str, seen: Seen) -> Iterator[Piece]:
    said: dict[str, list[str]] = {CELLS: [], MACHINE: []}
    for tag in dict.fromkeys(_TAG.findall(page)):
        if "=" not in tag:
            continue
        for attribute, *values in _ATTRIBUTE.findall(tag):
            kind, value = attribute.lower(), "".join(values)
            if kind in _LINKS and not value.startswith("#"):
                said[CELLS].append(value)
            elif kind == "style":
                said[MACHINE] += _quoted(plain(value))
            elif kind in _PROGRAMS:
                said[MACHINE].append(value)
            elif kind not in _DRAWN or _NO_LENGTH.match(value):
                said[CELLS].append(value)
    for read, values in said.items():
        if new := seen.new(f"attribute {read}", values):
            yield Piece(f"{name}, attribute", plain(new), read)


def _quoted(style: str) -> list[str]:
    """Texts and addresses in a style sheet; its own words are no texts."""
    return ["".join(found) for found in _QUOTED.findall(style)]


def _bytes(data: re.Match[str]) -> bytes:
    content = unquote_to_bytes(plain(data[3]))
    if ";base64" not in data[2]:
        return content
    try:
        return base64.b64decode(_SPACES.sub("", content.decode("latin-1")))
    except ValueError:
        return content


def tagless(marked: str) -> str:
    """Return what stands between tags, blocks parted."""
    return plain(_TAG.sub(SOFT, BREAK.join(_cells(marked))))
