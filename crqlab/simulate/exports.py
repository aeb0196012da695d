"""The files that a survey tool and a CRM save, written part by part."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from crqlab.base.codebook import Codebook
from crqlab.base.sources import Source

_MARK = "\ufeff"


class _File:
    """A file that is open for writing, to be used in a ``with`` statement."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        return self

    def __exit__(self, *_: Any) -> None:
        if self._file:
            self._file.close()

    def _append(self, rows: bytes) -> None:
        if self._file:
            self._file.write(rows)


def _csv(table: pa.Table, header: bool, delimiter: str = ",") -> bytes:
    part = io.BytesIO()
    options = arrow_csv.WriteOptions(include_header=header, delimiter=delimiter)
    arrow_csv.write_csv(table, part, options)
    return part.getvalue()


class Crm(_File):
    """A CRM's table: its own headers, encoding, delimiter and decimal sign.

    Parameters
    ----------
    path : Path
        File to write.
    source : Source
        The codebook's description of the file; the file is made to fit it.
    """

    def __init__(self, path: Path, source: Source) -> None:
        super().__init__(path)
        self._source = source
        self._fresh = True

    def add(self, table: pa.Table) -> None:
        """Append rows; the first call also writes the headers."""
        source = self._source
        columns = {source.columns.get(n, n): self._cells(n, table[n]) for n in table.column_names}
        rows = _csv(pa.table(columns), self._fresh, source.delimiter or ",")
        if source.encoding:
            rows = rows.decode().encode(source.encoding)
        self._append(rows)
        self._fresh = False

    def _cells(self, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Values as the CRM writes them."""
        if pa.types.is_boolean(column.type):
            return pc.if_else(column, "Yes", "No")
        if name == "role":
            return pc.utf8_capitalize(column)
        if name == "language":
            return pc.utf8_upper(column)
        if name == "revenue":
            cents = column.cast(pa.decimal128(18, 2)).cast(pa.string())
            return pc.replace_substring(cents, ".", self._source.decimal or ".")
        if pa.types.is_floating(column.type):
            return pc.round(column, 9)  # matrix products differ by machine beyond that
        return column


class Qualtrics(_File):
    """A Qualtrics export: three header rows, then one row per response, UTF-8 with a mark.

    Parameters
    ----------
    path : Path
        File to write.
    book : Codebook
        Names the export's columns and words its questions.
    unasked : iterable of str
        Questions that this questionnaire did not hold.
    """

    def __init__(self, path: Path, book: Codebook, unasked: Iterable[str] = ()) -> None:
        super().__init__(path)
        self._names = book.responses.columns
        asked = book.instrument
        self._questions = {
            **{name: f"How far do you agree? - {item.text}" for name, item in asked.items.items()},
            "familiarity": asked.familiarity or "",
            "nps_group": f"{asked.recommend} - Group",
            "ltr": asked.recommend or "",
            **asked.comments,
        }
        for name in unasked:
            del self._questions[name]

    def __enter__(self) -> Self:
        super().__enter__()
        self._append((_MARK + self._headers()).encode())
        return self

    def _columns(self) -> dict[str, tuple[str, str]]:
        """Every column of the export: its label in row two and its import id."""
        own = {
            "StartDate": ("Start Date", "startDate"),
            "EndDate": ("End Date", "endDate"),
            "Status": ("Response Type", "status"),
            "Progress": ("Progress", "progress"),
            "Duration (in seconds)": ("Duration (in seconds)", "duration"),
            "Finished": ("Finished", "finished"),
            "RecordedDate": ("Recorded Date", "recordedDate"),
            "ResponseId": ("Response ID", "_recordId"),
            "ExternalReference": ("External Data Reference", "externalDataReference"),
            "DistributionChannel": ("Distribution Channel", "distributionChannel"),
            "UserLanguage": ("User Language", "userLanguage"),
        }
        asked = {self._name(n): (text, f"QID{i}") for i, (n, text) in self._asked()}
        embedded = {self._name(n): (n.removesuffix("_id"),) * 2 for n in self._embedded()}
        return {**own, **asked, **embedded}

    def _asked(self) -> Any:
        return enumerate(self._questions.items(), start=1)

    @staticmethod
    def _embedded() -> tuple[str, ...]:
        return ("client_id", "account_id", "role")

    def _name(self, column: str) -> str:
        """Return what the export calls a column of ours."""
        if column == "nps_group":
            return f"{self._names['ltr']}_NPS_GROUP"
        return self._names.get(column, column)

    def _headers(self) -> str:
        columns = self._columns()
        rows = io.StringIO(newline="")
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerow(columns)
        writer.writerow(label for label, _ in columns.values())
        writer.writerow(json.dumps({"ImportId": name}) for _, name in columns.values())
        return rows.getvalue()

    def add(self, table: pa.Table, progress: np.ndarray) -> None:
        """Append responses.

        Parameters
        ----------
        table : pyarrow.Table
            Table ``responses``, answers as the codes that the tool exports.
        progress : array of int
            Share of the questionnaire that was opened, in per cent.
        """
        done = pa.array(progress == 100)
        ended = pc.add(table["started"], table["seconds"].cast(pa.duration("s")))
        ltr = table["ltr"]
        group = pc.case_when(
            pc.make_struct(pc.greater(ltr, 8), pc.greater(ltr, 6), pc.greater_equal(ltr, 0)),
            "Promoter",
            "Passive",
            "Detractor",
        )
        theirs = {self._name(name): table[name] for name in table.column_names} | {
            self._name("language"): pc.utf8_upper(table["language"]),
            "EndDate": ended,
            "RecordedDate": ended,
            "Status": pa.repeat("IP Address", len(table)),
            "Progress": progress,
            "Finished": pc.if_else(done, "True", "False"),
            "DistributionChannel": pa.repeat("email", len(table)),
            self._name("nps_group"): group,
        }
        self._append(_csv(pa.table({name: theirs[name] for name in self._columns()}), False))
