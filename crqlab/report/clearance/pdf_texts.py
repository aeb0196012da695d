"""What a PDF says: drawn text through its fonts' maps, information, outlines, links, attachments.

ISO 32000-2:2020, 7.3.4 (strings), 7.5.7 (object streams), 9.4.3 (shown text), 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from crqlab.page.marks.pieces import BREAK, CELLS, LINES, MACHINE, Piece
from crqlab.report.clearance.encoded_text import text_in, text_of
from crqlab.report.clearance.html_texts import tagless

Inner = Callable[[str, bytes], Iterator[Piece]]
Maps = Mapping[bytes, list[dict[bytes, str]]]

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_OBJECT = re.compile(rb"(\d+)\s+\d+\s+obj\b")
_NOT_TEXT = re.compile(
    rb"/Length1\b|/Type\s*/XRef\b|/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b"
)
#: Objects that tell of fonts, and the name of the program that made the file.
_FONT = re.compile(rb"/Type\s*/Font(?:Descriptor)?\b|/CIDSystemInfo\b|/FontFamily\b")
_MAKER = re.compile(rb"/Producer\s*\(WeasyPrint [^()]*\)")
#: A place in the file, as links name it.
_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")
#: First bytes of fonts and colour profiles, where their dictionary does not tell.
_BYTES = (b"\0\1\0\0", b"OTTO", b"true", b"wOF", b"\1\0\4", b"%!PS-AdobeFont", b"ttcf")
_STRING = re.compile(rb"\((?:[^\\()]|\\.|\((?:[^\\()]|\\.)*\))*\)|<(?!<)[0-9A-Fa-f\s]*>", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_FONTS = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d+)\s+\d+\s+R")
_TO_UNICODE = re.compile(rb"/ToUnicode\s+(\d+)\s+\d+\s+R")
_MAPPED = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")
_TEXT = re.compile(rb"\bBT\b(.*?)\bET\b", re.DOTALL)
_SHOWN = re.compile(
    rb"/([^\s/<>\[\]()]+)\s+[-\d.]+\s+Tf"
    rb"|\[((?:[^\\\]()]|\\.|\((?:[^\\()]|\\.)*\))*)\]\s*TJ"
    rb"|(\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f\s]*>)\s*(?:Tj|'|\")",
    re.DOTALL,
)
_MOVED = re.compile(rb"(-\d{3,}(?:\.\d+)?)")


def pdf_pieces(name: str, content: bytes, inner: Inner) -> Iterator[Piece]:
    r"""Yield the texts of a PDF, those of fonts and pictures left out.

    Parameters
    ----------
    name : str
    content : bytes
    inner : callable
        Yields what an attached file says.

    Examples
    --------
    >>> told, drawn = b"1 0 obj <</Title (Kv\141rnby)>> endobj ", b"stream\nBT (N) Tj ET\nendstream"
    >>> [piece.said for piece in pdf_pieces("a.pdf", told + drawn, None)
    ...  if piece.said]
    ['Kvarnby', 'N']
    """
    objects, streams = _parts(content)
    said = dict.fromkeys(text for each in objects.values() for text in _strings(each))
    for read in (CELLS, MACHINE):
        told = [text for text in said if (_ANCHOR.fullmatch(text) is None) == (read == CELLS)]
        yield Piece(f"{name}, strings", BREAK.join(told), read)
    maps = _maps(objects, streams)
    for number, (head, data) in streams.items():
        if b"/EmbeddedFile" in head:
            yield from inner(f"{name}, attachment {number.decode()}", data)
        elif b"begincmap" in data or b"/ObjStm" in head:
            continue
        elif _TEXT.search(data):
            yield Piece(f"{name}, text", _drawn(data, maps), LINES)
        elif data.lstrip().startswith(b"<"):
            yield Piece(f"{name}, metadata", tagless(text_of(data)))
        elif text := text_in(data):
            yield Piece(f"{name}, stream {number.decode()}", text)


def _parts(content: bytes) -> tuple[dict[bytes, bytes], dict[bytes, tuple[bytes, bytes]]]:
    """Objects without streams, and streams with the dictionary before each, by number."""
    objects: dict[bytes, bytes] = {}
    streams: dict[bytes, tuple[bytes, bytes]] = {}
    bare = bytearray()
    end = 0
    for found in _STREAM.finditer(content):
        before = content[end : found.start()]
        bare += before
        begun = list(_OBJECT.finditer(before))
        number = begun[-1][1] if begun else b"at %d" % found.start()
        head = before[begun[-1].end() :] if begun else before[-300:]
        end = found.end()
        data = _inflated(found[1])
        if not _NOT_TEXT.search(head) and not data.startswith(_BYTES):
            streams[number] = (head, data)
            if b"/ObjStm" in head:
                objects |= _packed(head, data)
    bare += content[end:]
    begun = list(_OBJECT.finditer(bare))
    objects[b"outside"] = bytes(bare[: begun[0].start()] if begun else bare)
    for one, after in zip(begun, [*begun[1:], None], strict=False):
        objects[one[1]] = bytes(bare[one.end() : after.start() if after else len(bare)])
    return objects, streams


def _packed(head: bytes, data: bytes) -> dict[bytes, bytes]:
    """Objects of an object stream, by number."""
    first = re.search(rb"/First\s+(\d+)", head)
    if first is None:
        return {b"packed": data}
    told = data[: int(first[1])].split()
    starts = [int(first[1]) + int(place) for place in told[1::2]]
    ends = [*starts[1:], len(data)]
    return {n: data[a:b] for n, a, b in zip(told[::2], starts, ends, strict=False)}


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return data


def _strings(part: bytes) -> Iterator[str]:
    """Texts of strings outside drawn text."""
    for found in () if _FONT.search(part) else _STRING.findall(_MAKER.sub(b"", part)):
        if len(found) > 3 and (said := text_of(_raw(found))).strip():
            yield said


def _raw(string: bytes) -> bytes:
    """The bytes that a literal or hexadecimal string stands for."""
    if string.startswith(b"<"):
        digits = b"".join(string[1:-1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    return _ESCAPE.sub(_byte, string[1:-1]) if b"\\" in string else string[1:-1]


def _byte(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes([int(escape[1], 8) & 255])
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b"", b"\n": b"", b"\r\n": b""}
    return named.get(escape[2], escape[2])


def _maps(
    objects: Mapping[bytes, bytes], streams: Mapping[bytes, tuple[bytes, bytes]]
) -> dict[bytes, list[dict[bytes, str]]]:
    """What each font's codes mean, by the name that pages give the font."""
    known = {n: _map(data) for n, (_, data) in streams.items() if b"begincmap" in data}
    told = {n: _TO_UNICODE.search(each) for n, each in objects.items() if b"/ToUnicode" in each}
    maps = {n: known[found[1]] for n, found in told.items() if found and found[1] in known}
    fonts: dict[bytes, list[dict[bytes, str]]] = defaultdict(list)
    for part in objects.values():
        for font, number in _FONTS.findall(part):
            if number in maps and maps[number] not in fonts[font]:
                fonts[font].append(maps[number])
    return dict(fonts)


def _map(data: bytes) -> dict[bytes, str]:
    """What codes mean, from a font's ToUnicode map."""
    found: dict[bytes, str] = {}
    for kind, body in _MAPPED.findall(data):
        codes = [(_raw(b"<%s>" % hexed), opened) for hexed, opened, _ in _HEX.findall(body)]
        if kind == b"bfchar":
            plain = [code for code, _ in codes]
            found |= {c: _utf16(to) for c, to in zip(plain[::2], plain[1::2], strict=False)}
        else:
            found |= _ranged(codes)
    return found


def _ranged(codes: list[tuple[bytes, bytes]]) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    place = 0
    while place + 2 < len(codes):
        (low, _), (high, _), (to, opened) = codes[place : place + 3]
        size, start = len(low), int.from_bytes(low, "big")
        n = min(int.from_bytes(high, "big") - start + 1, 1 << 16)
        if opened:
            listed = [code for code, _ in codes[place + 3 : place + 3 + n]]
            place += 4 + n
        else:
            last = int.from_bytes(to[-2:], "big")
            listed = [to[:-2] + min(last + i, 0xFFFF).to_bytes(2, "big") for i in range(n)]
            place += 3
        for i, each in enumerate(listed):
            found[(start + i).to_bytes(size, "big")] = _utf16(each)
    return found


def _utf16(code: bytes) -> str:
    return code.decode("utf-16-be", "replace") if len(code) > 1 else code.decode("latin-1")


def _drawn(data: bytes, maps: Maps) -> str:
    """The text that a page draws, blocks parted; the font is the one that was set last."""
    blocks, font = [], b""
    for block in _TEXT.findall(data):
        lines = []
        for named, parts, alone in _SHOWN.findall(block):
            if named:
                font = named
                continue
            strings = [alone] if alone else _STRING.findall(_MOVED.sub(b"( )", parts))
            lines.append("".join(_said(_raw(each), maps.get(font, [])) for each in strings))
        one_by_one = max(map(len, lines), default=0) < 2  # letters of a label in a picture
        blocks.append(("" if one_by_one else "\n").join(lines))
    return BREAK.join(blocks)


def _said(codes: bytes, maps: list[dict[bytes, str]]) -> str:
    if not maps or codes == b" ":
        return text_of(codes)
    readings = []
    for known in maps:
        size = len(next(iter(known), b"\0"))
        readings.append(
            "".join(known.get(codes[i : i + size], "") for i in range(0, len(codes), size))
        )
    return max(readings, key=len)
