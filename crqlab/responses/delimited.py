"""Text files with delimiters: which bytes, which delimiter, which rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from crqlab.base.codebook import Source
from crqlab.responses.faults import UnreadableError
from crqlab.responses.grid import Grid, grid, texts

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHUNK = 20_000
_SAMPLE = 25


def read(path: Path, source: Source) -> Grid:
    """Read a CSV or TSV file.

    Raises
    ------
    UnreadableError
        The bytes are not in the stated encoding, or the rows are not all of one width.
    """
    text = _decoded(path.read_bytes(), source.encoding)
    stated = re.match(r"sep=(.)\r?\n", text)  # Excel's own note of the delimiter
    start = stated.end() if stated else 0
    delimiter = source.delimiter or (stated[1] if stated else _sniffed(text))
    records = _records(io.StringIO(text[start:], newline=""), delimiter, int(bool(stated)))
    header = next((cells for _, cells in records if any(cell.strip() for cell in cells)), [])
    _refuse_one_column(header, delimiter)
    chunks, rows = [], [np.empty(0, dtype=int)]
    while batch := list(islice(records, _CHUNK)):
        numbers, cells = zip(*batch, strict=True)
        chunks.append(_table(cells, numbers, header))
        rows.append(np.array(numbers))
    return grid(source.file, header, chunks, np.concatenate(rows))


def _decoded(content: bytes, encoding: str | None) -> str:
    """Text of the bytes: as stated, by their mark, as UTF-8, else as Windows-1252."""
    marked = [name for mark, name in _MARKS if content.startswith(mark)]
    if b"\0" in content and not marked and not encoding:
        fix = "export it again as CSV, or state its format or encoding in the codebook"
        raise UnreadableError("is not text: it holds zero bytes", fix)
    for name in [encoding] if encoding else marked or ["utf-8", "cp1252"]:
        try:
            return content.decode(name).removeprefix("\ufeff")
        except LookupError:
            fix = "write utf-8, cp1252 or another name that Python knows"
            raise UnreadableError(
                f"has the unknown encoding {name!r} in the codebook", fix
            ) from None
        except UnicodeDecodeError as broken:
            line, byte = content.count(b"\n", 0, broken.start) + 1, content[broken.start]
    fix = "save it as UTF-8, or state the right encoding in the codebook"
    raise UnreadableError(f"holds byte 0x{byte:02x}, which is not {name}", fix, row=line)


def _sniffed(text: str) -> str:
    """The delimiter that cuts the first records into most columns of equal number."""

    def rank(delimiter: str) -> tuple[bool, float, int]:
        reader = csv.reader(io.StringIO(text[:500_000], newline=""), delimiter=delimiter)
        widths = [len(record) for record in islice(reader, _SAMPLE) if record]
        if not widths:
            return False, 0.0, 0
        width, times = Counter(widths).most_common(1)[0]
        return width > 1, times / len(widths), width

    try:
        return max(DELIMITERS, key=rank)
    except csv.Error:
        return ","


def _refuse_one_column(header: list[str], delimiter: str) -> None:
    others = [name for sign, name in DELIMITERS.items() if "".join(header).count(sign) > 1]
    if len(header) == 1 and others:
        rule = (
            f"was read as one column (delimiter {delimiter!r}), but its header holds {others[0]}s"
        )
        raise UnreadableError(rule, "correct delimiter: in the codebook, or leave it out")


def _records(lines: io.StringIO, delimiter: str, before: int) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line on which it begins."""
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    except (TypeError, ValueError):
        fix = "write one character, as in delimiter: ';'"
        raise UnreadableError(f"has the delimiter {delimiter!r} in the codebook", fix) from None
    begins = before + 1
    try:
        for record in reader:
            yield begins, record
            begins = before + reader.line_num + 1
    except csv.Error as broken:
        fix = 'close every quote and double quotes inside cells (""), or export it again'
        raise UnreadableError(f"is broken CSV from here on ({broken})", fix, row=begins) from None


def _table(records: tuple[list[str], ...], numbers: tuple[int, ...], header: list[str]) -> pa.Table:
    """Records as columns; empty cells beyond the header and blank lines are forgiven."""
    width = len(header)
    widths = set(map(len, records))
    if widths != {width}:
        records = tuple(map(_fitted, records, numbers, [width] * len(records)))
    return texts(list(zip(*records, strict=True)))


def _fitted(record: list[str], number: int, width: int) -> list[str]:
    if not any(record):
        return [""] * width
    if len(record) < width or any(record[width:]):
        fix = "quote cells that hold the delimiter or a line break, or export it again"
        raise UnreadableError(
            f"has {len(record)} cells where the header has {width}", fix, row=number
        )
    return record[:width]
