"""Mutated files of every reader, each from its number; what is in them is known where it can be."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import xlsxwriter

from crqlab.segments import playbook, thresholds
from tests.fuzz.mutations import CELLS, Rows, damaged, damaged_archive, odd, odd_yaml
from tests.responses.conftest import CODEBOOK, answers, texts

_PACKED_SAV = 176  # bytes of the header of SPSS files; what is changed lies behind it


@dataclass(frozen=True)
class Input:
    """One mutated file.

    Attributes
    ----------
    name : str
        Of the file in its study's folder.
    content : bytes
    rows : list of list of str, or None
        What was written, where the file itself is whole.
    """

    name: str
    content: bytes
    rows: Rows | None = None
    delimiter: str = ""


def survey() -> Rows:
    table = answers()
    return [list(table.columns), *texts(table)]


ACCOUNTS = [
    ["account_id", "name", "revenue", "industry", "manager"],
    ["0017", "Åström AB", "12500.5", "steel", "Kim"],
    ["0018", "Grüße, GmbH", "1234567", "paper", "Kim"],
    ["A-1", 'The "best" Ltd', "0", "", "Ola"],
    ["A-2", "Nobody Inc", "310", "paper", ""],
]
CONTACTS = [
    ["contact_id", "account_id", "wave", "role", "invited"],
    *[[f"p{n}", "0017", "2025", "user", "yes"] for n in range(1, 4)],
    ["p4", "A-1", "2025", "executive", "no"],
]
OUTCOMES = [
    ["account_id", "due_on", "amount", "outcome", "decided_on"],
    ["0017", "2025-06-30", "1200.50", "renewed", "2025-06-01"],
    ["0018", "2025-07-31", "900", "churned", "2025-07-15"],
    ["A-1", "2025-08-31", "75", "open", ""],
]
DECISIONS = [
    ["response_id", "decision", "reason", "decided_by", "date"],
    ["001", "keep", "known person", "me", "2025-04-01"],
    ["R_3", "exclude", "test", "me", "2025-04-01"],
]


def delimited(name: str, whole: Rows, delimiters: str = ",;\t|") -> Callable[[Random], Input]:
    """Make text files: cells of a table that are odd, or bytes that are broken."""

    def make(rng: Random) -> Input:
        rows = odd(whole, rng) if rng.random() < 0.7 else whole
        delimiter = rng.choice(delimiters)
        put = io.StringIO(newline="")
        writer = csv.writer(put, delimiter=delimiter, lineterminator=rng.choice(("\r\n", "\n")))
        writer.writerows(rows)
        encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"))
        content = put.getvalue().encode(encoding, "replace")
        if rng.random() < 0.4:
            return Input(name, damaged(content, rng), None, delimiter)
        told = (
            rows if encoding != "cp1252" and all("\0" not in c for r in rows for c in r) else None
        )
        return Input(name, content, told, delimiter)

    return make


def workbook(rng: Random) -> Input:
    """Make workbooks: cells of every kind, hidden sheets, or a broken part of the archive."""
    rows = odd(survey(), rng) if rng.random() < 0.7 else survey()
    put = io.BytesIO()
    book = xlsxwriter.Workbook(put, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("answers")
    told = _filled(sheet, rows, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}), rng)
    if rng.random() < 0.2:
        book.add_worksheet("cover").write(0, 0, "About this survey")
    book.close()
    content = put.getvalue()
    match rng.randrange(4):
        case 0:
            return Input("a.xlsx", damaged(content, rng))
        case 1:
            return Input("a.xlsx", damaged_archive(content, rng))
    return Input("a.xlsx", content, told)


def _filled(sheet: Any, rows: Rows, dated: Any, rng: Random) -> Rows:
    """Write cells as texts, numbers, truth values or dates; return what they say."""
    told = []
    for n, row in enumerate(rows):
        said = []
        for m, text in enumerate(row):
            kind = rng.randrange(200)
            if n and kind == 0 and text:
                sheet.write_datetime(n, m, datetime(2025, 3, 1, 9, 5, 7), dated)
                said.append("2025-03-01 09:05:07")
            elif n and kind == 1 and text:
                sheet.write_boolean(n, m, True)
                said.append("true")
            elif text.isascii() and text.isdecimal() and len(text) < 15 and text == str(int(text)):
                sheet.write_number(n, m, int(text))
                said.append(text)
            else:
                cut = text[:32_000]
                sheet.write_string(n, m, cut)
                said.append(cut)
        told.append(said)
    return told


def sav(name: str) -> Callable[[Random], Input]:
    """Make SPSS files: odd values and labels, or broken bytes behind the header."""

    def make(rng: Random, folder: Path) -> Input:
        table = _odd_columns(rng)
        path = folder / name
        options: dict[str, Any] = {}
        if rng.random() < 0.4:
            options["column_labels"] = {c: rng.choice(CELLS)[:200] for c in table.columns}
        if rng.random() < 0.4:
            labels = {float(n): rng.choice(CELLS)[:60].replace("\0", "") for n in range(1, 8)}
            options["variable_value_labels"] = {"tru_1": labels}
        if rng.random() < 0.3:
            options["missing_ranges"] = {"tru_1": [{"lo": 6.0, "hi": 99.0}]}
        pyreadstat.write_sav(table, path, compress=name.endswith("zsav"), **options)
        content = path.read_bytes()
        if rng.random() < 0.6:
            return Input(name, damaged(content, rng, behind=_PACKED_SAV))
        return Input(name, content)

    return make


def _odd_columns(rng: Random) -> pd.DataFrame:
    table = answers()
    text = ["best", "account_id", "contact_id", "role", "language", "started", "response_id"]
    table = table.assign(**{c: table[c].fillna("") for c in text})
    for _ in range(rng.randrange(3)):
        column, row = rng.choice(list(table.columns)), rng.randrange(len(table))
        if column in text:
            table.loc[row, column] = rng.choice(CELLS)[:200].replace("\0", "")
        else:
            table[column] = table[column].astype(float)
            table.loc[row, column] = rng.choice((0.0, 8.0, 99.0, -99.0, 4.5, 1e300, -0.0, 7.000001))
    return table


def parquet(rng: Random) -> Input:
    """Make Parquet files: columns of every type, or broken bytes."""
    table = answers().astype(object)
    columns = {name: _typed(table[name].tolist(), rng) for name in table.columns}
    put = io.BytesIO()
    pq.write_table(pa.table(columns), put, compression=rng.choice(("none", "snappy")))
    content = put.getvalue()
    return Input("a.parquet", damaged(content, rng) if rng.random() < 0.6 else content)


def _typed(values: list[Any], rng: Random) -> pa.Array:
    kinds: tuple[Callable[[int], Any], ...] = (
        float, bool, str, lambda n: date(2025, 1, n + 1), lambda n: datetime(2025, 1, n + 1, 9),
        lambda n: time(9, n), timedelta, lambda n: Decimal(n) / 4, lambda n: [n],
        lambda n: {"a": n}, lambda n: bytes([n, 255]), lambda n: None,
    )  # fmt: skip
    if rng.random() < 0.12:
        make = rng.choice(kinds)
        return pa.array([make(n) for n in range(len(values))])
    plain = [None if v is None or v != v else v for v in values]
    return pa.array(plain if not any(isinstance(v, str) for v in plain) else
                    [None if v is None else str(v) for v in plain])  # fmt: skip


def document(name: str, text: str) -> Callable[[Random], Input]:
    """Make YAML files: odd lines and values, or broken bytes."""

    def make(rng: Random) -> Input:
        content = odd_yaml(text, rng).encode("utf-8", "surrogatepass")
        return Input(name, damaged(content, rng) if rng.random() < 0.3 else content)

    return make


def codebook() -> str:
    return CODEBOOK.format(
        files="{file: answers.csv, wave: 2025, dates: '%d.%m.%Y'}",
        more="waves: {2025: {from: 2025-01-01, to: 2025-12-31}}\nprivacy: {min_scores: 3}\n"
        "accounts: {file: accounts.csv, decimal: ',', columns: {account_id: Account ID}}",
    )


#: Every reader, by what it reads.
MAKERS: dict[str, Callable[..., Input]] = {
    "csv": delimited("a.csv", survey()),
    "tsv": delimited("a.tsv", survey(), "\t"),
    "xlsx": workbook,
    "sav": sav("a.sav"),
    "zsav": sav("a.zsav"),
    "parquet": parquet,
    "codebook.yaml": document("codebook.yaml", codebook()),
    "thresholds.yaml": document("t.yaml", thresholds.STARTING.read_text(encoding="utf-8")),
    "playbook.yaml": document("playbook.yaml", playbook.SHIPPED.read_text(encoding="utf-8")),
    "decisions.csv": delimited("decisions.csv", DECISIONS, ","),
    "accounts": delimited("accounts.csv", ACCOUNTS),
    "contacts": delimited("contacts.csv", CONTACTS),
    "outcomes": delimited("outcomes.csv", OUTCOMES),
}


def made(reader: str, number: int, folder: Path, seed: int = 14) -> Input:
    """Return the input of this number; the same number gives the same bytes."""
    rng = Random(f"{seed} {reader} {number}")
    make = MAKERS[reader]
    return make(rng, folder) if reader in ("sav", "zsav") else make(rng)


__all__ = ["MAKERS", "Input", "made"]
