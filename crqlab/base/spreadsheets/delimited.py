"""Text files with delimiters: which bytes, which delimiter, which rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from crqlab.base.faults import UnreadableError
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.grid import Aside, Grid, grid, texts
from crqlab.base.spreadsheets.table_shape import (
    LOOKED_AT,
    REPORTS,
    footer_length,
    header_place,
    unlike,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHUNK = 20_000
Record = tuple[int, list[str]]  # its row in the file, its cells
_SAMPLE = 25
_FEWEST = 20  # bytes that tell an encoding
_LONGEST_OPEN = 20  # lines of one record that is being written


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
    header, above, records = _header(records, source)
    _refuse_one_column(header, delimiter)
    body = _Body(header)
    while batch := list(islice(records, _CHUNK)):
        body.add(batch)
    found = grid(source.file, header, *body.table())
    return replace(found, aside=(*above, *body.aside))


def _header(
    records: Iterator[Record], source: Source
) -> tuple[list[str], tuple[Aside, ...], Iterator[Record]]:
    """Find the header; what stands above it is told, what stands below it is still to come."""
    first = list(islice(records, LOOKED_AT))
    place = header_place([cells for _, cells in first])
    if source.header:
        place = next((i for i, (row, _) in enumerate(first) if row == source.header), None)
        if place is None:
            fix = f"correct header: {source.header} in the codebook"
            raise UnreadableError("begins after the row that is to be its header", fix)
    above = tuple(
        Aside(row, "title", _filled(cells)[0]) for row, cells in first[:place] if _filled(cells)
    )
    header = first[place][1] if first else []
    return header, above, chain(first[place + 1 :], records)


def _filled(cells: list[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]


class _Body:
    """Rows below a header, brought to its width; those that are too short are judged at the end."""

    def __init__(self, header: list[str]) -> None:
        self.width = len(header)
        self.aside: tuple[Aside, ...] = ()
        self._chunks: list[pa.Table] = []
        self._rows = [np.empty(0, dtype=int)]
        self._short: list[tuple[int, int, int]] = []  # place, row, cells
        self._blank: set[int] = set()
        self._n = 0

    def add(self, batch: list[Record]) -> None:
        """Take in some records."""
        rows, cells = zip(*batch, strict=True)
        if set(map(len, cells)) != {self.width}:
            cells = tuple(map(self._fitted, range(self._n, self._n + len(rows)), rows, cells))
        self._chunks.append(texts(list(zip(*cells, strict=True))))
        self._rows.append(np.array(rows))
        self._n += len(rows)

    def _fitted(self, place: int, row: int, cells: list[str]) -> list[str]:
        if not any(cells):
            self._blank.add(place)
            return [""] * self.width
        if any(cells[self.width :]):
            raise _ragged(row, len(cells), self.width)
        if len(cells) < self.width:
            self._short.append((place, row, len(cells)))
        return [*cells, *[""] * (self.width - len(cells))][: self.width]

    def table(self) -> tuple[list[pa.Table], np.ndarray]:
        """Return the rows without the footer, or refuse rows that a quote is missing in."""
        rows = np.concatenate(self._rows)
        whole = pa.concat_tables(self._chunks) if self._chunks else None
        if not self._short or whole is None:
            return self._chunks, rows
        footer = self._footer(whole)
        start = self._n - footer
        told = [(row, whole.column(0)[place].as_py()) for place, row, _ in self._short
                if place >= start]  # fmt: skip
        self.aside = tuple(Aside(row, "footer", text) for row, text in told)
        self._judge([one for one in self._short if one[0] < start], whole)
        return [whole.slice(0, start)], rows[:start]

    def _footer(self, whole: pa.Table) -> int:
        """How many of the last places, blank ones included, are a footer."""
        short = {place: cells for place, _, cells in self._short}
        ends = [place for place in range(max(0, self._n - 60), self._n) if place not in self._blank]
        widths = [short.get(place, self.width) for place in ends]
        gaps = [place - 1 in self._blank for place in ends]
        firsts = whole.column(0).to_pylist()
        ids = [(firsts[place] or "").strip() for place in range(min(self._n, 60))
               if place not in short]  # fmt: skip
        lines = [(firsts[place] or "").strip() for place in ends]
        told = any(REPORTS.search(line) for line, width in zip(lines, widths, strict=True)
                   if width == 1)  # fmt: skip
        strange = [told and unlike(line, ids) for line in lines]  # else a torn row may end so
        length = footer_length(widths, gaps, strange)
        return self._n - ends[-length] if length else 0

    def _judge(self, short: list[tuple[int, int, int]], whole: pa.Table) -> None:
        """Excel leaves delimiters out where the last cells of a block of rows are empty."""
        widths = {place: cells for place, _, cells in short}
        for place, row, cells in short:
            torn = widths.get(place + 1, widths.get(place - 1, 0)) + cells == self.width + 1
            block = place + 1 in widths or place - 1 in widths
            if torn or cells < self.width / 2 or not (block or self._sparse(cells, whole, widths)):
                raise _ragged(row, cells, self.width)

    def _sparse(self, start: int, whole: pa.Table, short: Mapping[int, int]) -> bool:
        """Whether all columns that a short row lacks are empty in some whole row, too."""
        kept = [place for place in range(len(whole)) if place not in short and
                place not in self._blank]  # fmt: skip
        return all(
            any(
                not cell
                for cell in whole.column(column).take(pa.array(kept, pa.int64())).to_pylist()
            )
            for column in range(start, self.width)
        )


def _ragged(row: int, cells: int, width: int) -> UnreadableError:
    fix = "quote cells that hold the delimiter or a line break, or export it again"
    return UnreadableError(f"has {cells} cells where the header has {width}", fix, row=row)


def without_records(
    content: bytes, unwanted: Callable[[dict[str, str]], bool]
) -> tuple[bytes, int]:
    r"""Return a file without some records, and how many they are; the others stay as they stand.

    Parameters
    ----------
    content : bytes
    unwanted : callable
        Takes the cells of a record by their headers, in lower case with ``_`` for blanks.

    Raises
    ------
    UnreadableError
        The bytes are no text, or the text is no CSV.

    Examples
    --------
    >>> content = "ID;name\nä1;x\na2;y\n".encode("cp1252")
    >>> without_records(content, lambda cells: cells["id"] == "ä1")
    (b'ID;name\na2;y\n', 1)
    """
    text, encoding = _told(content, None)
    lines = _lines(text)
    stated = bool(re.match(r"sep=.\r?\n", text))
    delimiter = text[4] if stated else _sniffed(text)
    begins = [row - 1 for row, _ in _records(io.StringIO(text, newline=""), delimiter, 0)]
    records = _records(io.StringIO(text, newline=""), delimiter, 0)
    kept, gone, header = lines[: begins[0]] if begins else [], 0, [""]
    ends = [*begins[1:], len(lines)]
    for n, ((_, cells), start, end) in enumerate(zip(records, begins, ends, strict=True)):
        if n == stated:
            header = ["_".join(cell.lower().split()) for cell in cells]
        named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if n > stated and unwanted(named):
            gone += 1
        else:
            kept += lines[start:end]
    return "".join(kept).encode(encoding), gone


def half_written(content: bytes, source: Source, *, fresh: bool) -> tuple[bytes, int]:
    r"""Return a file without a record at its end that is still being written, and its lines.

    Parameters
    ----------
    content : bytes
        What was there when the file was read, which may grow.
    source : Source
    fresh : bool
        Whether a last record without a line end may still grow, though it has all its cells.

    Returns
    -------
    tuple of bytes, int
        The file as it was where every record is whole, and 0; where more than `_LONGEST_OPEN` lines
        were cut off, a quote is missing somewhere: that is for the reader to tell.

    Raises
    ------
    UnreadableError
        The bytes are no text.

    Examples
    --------
    >>> half_written(b"id,name\na,x\nb", Source(file="a.csv"), fresh=False)
    (b'id,name\na,x\n', 1)
    >>> half_written(b"id,name\na,x\nb,y", Source(file="a.csv"), fresh=False)
    (b'id,name\na,x\nb,y', 0)
    """
    end = max(content.rfind(b"\n"), content.rfind(b"\r")) + 1
    whole = content[: end + end % 2] if _wide(content) or _marked(content) else content[:end]
    if not whole.strip():
        return content, 0
    text, encoding = _told(whole, source.encoding)
    begun, cut = content[len(whole) :], False
    try:
        text += begun.decode(encoding.removesuffix("-sig"))
    except UnicodeDecodeError:  # in the middle of a letter
        text, cut = text + begun.decode(encoding.removesuffix("-sig"), errors="ignore"), True
    lines = _lines(text)
    row, torn, short = _last_record(lines, source)
    ended = lines[-1].endswith(("\n", "\r"))
    open_ = len(lines) - row + 1
    if row == 1 or open_ > _LONGEST_OPEN or not (torn or cut or (not ended and (short or fresh))):
        return content, 0
    return "".join(lines[: row - 1]).encode(encoding), open_


def _marked(content: bytes) -> bool:
    """Whether two bytes make a letter, by the file's own mark."""
    return any(content.startswith(mark) for mark, name in _MARKS if name == "utf-16")


def _last_record(lines: list[str], source: Source) -> tuple[int, bool, bool]:
    """Where the last record begins, whether a quote of it is open, and whether it lacks cells."""
    stated = re.match(r"sep=(.)\r?\n", lines[0])
    delimiter = source.delimiter or (stated[1] if stated else _sniffed("".join(lines)))
    body = io.StringIO("".join(lines[bool(stated) :]), newline="")
    begins, widths = [1], []
    try:
        for row, cells in _records(body, delimiter, int(bool(stated))):
            begins.append(row)
            widths.append(len(cells))
    except UnreadableError as reason:
        return int(reason.case[0]), "unexpected end of data" in reason.case[3], False
    return begins[-1], False, len(widths) > 1 and widths[-1] < max(widths[:-1])


def _lines(text: str) -> list[str]:
    """Lines as records count them: other signs that part lines stand inside cells."""
    return list(io.StringIO(text, newline=""))


def _decoded(content: bytes, encoding: str | None) -> str:
    return _told(content, encoding)[0]


def _told(content: bytes, encoding: str | None) -> tuple[str, str]:
    """Text of the bytes, and how it is written: as stated, by mark, as UTF-8 or Windows-1252."""
    marked = [name for mark, name in _MARKS if content.startswith(mark)] or _wide(content)
    if b"\0" in content and not marked and not encoding:
        fix = "export it again as CSV, or state its format or encoding in the codebook"
        raise UnreadableError("is not text: it holds zero bytes", fix)
    for name in [encoding] if encoding else marked or ["utf-8", "cp1252"]:
        try:
            return content.decode(name).removeprefix("\ufeff"), name
        except LookupError:
            fix = "write utf-8, cp1252, utf-16, cp1250 or the like"
            raise UnreadableError(
                f"has the unknown encoding {name!r} in the codebook", fix
            ) from None
        except UnicodeDecodeError as broken:
            line, byte = content.count(b"\n", 0, broken.start) + 1, content[broken.start]
    fix = "save it as UTF-8, or state the right encoding in the codebook"
    raise UnreadableError(f"holds byte 0x{byte:02x}, which is not {name}", fix, row=line)


def _wide(content: bytes) -> list[str]:
    """UTF-16 without its mark: every other byte of a text in Latin letters is zero."""
    head = content[:2000] if len(content) >= _FEWEST else b""
    zeros = [head[start::2].count(0) / max(len(head) // 2, 1) for start in (0, 1)]
    names = [name for name, share in zip(("utf-16-be", "utf-16-le"), zeros, strict=True)
             if share > 0.4]  # fmt: skip
    return names if len(names) == 1 else []


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
