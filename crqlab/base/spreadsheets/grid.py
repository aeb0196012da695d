"""A file as a grid of texts: what all formats have in common before any meaning is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from unicodedata import normalize

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crqlab.base.faults import UnreadableError


@dataclass(frozen=True, slots=True)
class Aside:
    """A row of a file that is no record.

    Attributes
    ----------
    row : int
        As a spreadsheet or an editor counts it.
    why : str
        ``title``, ``footer``, or what its row sums up (`crqlab.base.spreadsheets.table_shape`).
    text : str
        What stands in its first filled cell.
    """

    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Named columns of text, and the row number that each record has in its file.

    Attributes
    ----------
    file : str
        As the codebook names it.
    names : tuple of str
        Headers, trimmed; one may occur twice.
    cells : pyarrow Table
        One text column per header, named by its place.
    rows : array of int
        Row in a spreadsheet, line in a text editor, case in SPSS; counted from 1.
    wording : mapping
        Header: what was asked, where the file says so.
    labels : mapping
        Header: code: label, where the file says so (SPSS).
    dialect : str
        ``qualtrics``, ``limesurvey``, ``surveymonkey``, ``spss`` or nothing.
    aside : tuple of Aside
        Rows of the file that are no records: titles, footers, totals.
    sheets : tuple of str
        Of a workbook: the sheet that was read, then the others that can be seen.
    fetched : str
        Of a query's copy: when it was fetched from where, in words.
    objects : tuple of str
        Of an unrolled loop (`crqlab.responses.loops`): the code of each row's object.
    """

    file: str
    names: tuple[str, ...]
    cells: pa.Table
    rows: np.ndarray
    wording: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dialect: str = ""
    aside: tuple[Aside, ...] = ()
    sheets: tuple[str, ...] = ()
    fetched: str = ""
    objects: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def text(self, name: str) -> pd.Series:
        """Return one column: trimmed, in Unicode's composed form, empty cells missing."""
        cells = self.cells.column(self.place(name))
        trimmed = _unmarked(pc.utf8_trim_whitespace(cells))
        if not pc.all(pc.string_is_ascii(trimmed), min_count=0).as_py():
            trimmed = pc.utf8_normalize(trimmed, form="NFC")
        kept = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
        return pd.Series(kept.to_pandas(), dtype="str").reset_index(drop=True)

    def place(self, name: str) -> int:
        """Return where a column stands; the second one of a name is ``NAME (2)``.

        Raises
        ------
        ValueError
            There is none.
        """
        told = re.fullmatch(r"(.+) \(([1-9])\)", name)
        if told and name not in self.names and self.names.count(told[1]) > 1:
            places = [n for n, header in enumerate(self.names) if header == told[1]]
            if int(told[2]) <= len(places):
                return places[int(told[2]) - 1]
        return self.names.index(name)

    def record(self, place: int) -> list[str]:
        """Return one record as it stands."""
        return [cell.as_py() or "" for cell in (c[place] for c in self.cells.columns)]

    def without_first(self, records: int) -> Grid:
        """Return the grid without its first records (further header rows)."""
        return replace(self, cells=self.cells.slice(records), rows=self.rows[records:])


def _unmarked(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells without the marks that keep a spreadsheet from making numbers of ids.

    ``="0017"`` is always such a mark; the apostrophe of ``'0017`` is where all cells have one.
    """
    if pc.any(pc.starts_with(cells, '="'), min_count=0).as_py():
        cells = pc.replace_substring_regex(cells, '^="([^"]*)"$', r"\1")
    told = pc.or_(pc.match_substring_regex(cells, r"^'\d+$"), pc.equal(cells, ""))
    if (
        pc.all(told, min_count=0).as_py()
        and pc.any(pc.starts_with(cells, "'"), min_count=0).as_py()
    ):
        cells = pc.replace_substring_regex(cells, "^'", "")
    return cells


def grid(file: str, header: Sequence[str], chunks: Iterable[pa.Table], rows: np.ndarray) -> Grid:
    """Put a grid together; records without any content (blank lines) are left out.

    Raises
    ------
    UnreadableError
        There is no header, or nothing below it.
    """
    names = tuple(normalize("NFC", str(name or "")).strip() for name in header)
    if not any(names):
        raise UnreadableError(
            "is empty; a header and one row per record are expected", EXPORT_AGAIN
        )
    parts = list(chunks)
    table = pa.concat_tables(parts) if parts else texts([[]] * len(names))
    return _full(Grid(file, names, table, rows))


def texts(columns: Sequence[Sequence[str | None]]) -> pa.Table:
    """Return columns of text as an Arrow table, named by their places."""
    arrays = [pa.array(column, pa.large_string()) for column in columns]
    return pa.table(arrays, names=[str(place) for place in range(len(arrays))])


def _full(found: Grid) -> Grid:
    blank = np.ones(len(found), dtype=bool)
    for cells in found.cells.columns:
        if not blank.any():
            return found
        empty = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(cells), ""), True)
        blank &= empty.to_numpy(zero_copy_only=False)
    return replace(found, cells=found.cells.filter(pa.array(~blank)), rows=found.rows[~blank])


EXPORT_AGAIN = "export it again"
