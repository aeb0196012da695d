"""What a reader makes of one input: right values, a clear message, or a fault."""

from __future__ import annotations

import io
import re
import shutil
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import yaml

from crqlab import CrqError, Study, responses
from crqlab.base import yaml_documents
from crqlab.base.errors import DataError
from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import delimited, workbook
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses import (
    codebook_draft,
    export_series,
    file_formats,
    instrument_draft,
    parquet,
    sav,
)
from crqlab.segments import playbook, thresholds
from tests.fuzz.inputs import Input, Rows, made
from tests.responses.conftest import CODEBOOK, answers, texts, write_csv

SLOW = 10.0  # seconds
#: Words that a consultant should never read.
_PYTHON = re.compile(
    r"Traceback|NoneType|object has no|KeyError|ValueError|TypeError|IndexError|dtype|0x[0-9a-f]{6}"
    r"|pandas|numpy|pyarrow|pydantic|codec|\bUTF8\b|list index|invalid literal|<class|\bNone\b"
    r"|Errno|not subscriptable|unhashable|\bstr\b|\bdict\b|\btuple\b|\bint\b",
)
#: Input's file: the entry of the codebook that names it.
_TABLES = {
    "accounts": "accounts: {file: accounts.csv}",
    "contacts": "contacts: {file: contacts.csv}",
    "outcomes": "outcomes: {file: outcomes.csv, columns: {revenue: amount}}",
}


@dataclass(frozen=True)
class Verdict:
    """What came of one input.

    Attributes
    ----------
    kind : str
        ``accepted``, ``refused``; or a failure: ``traceback``, ``slow``, ``silent`` (accepted, and
        not what others read), ``unclear`` (a message with words of a programming language).
    note : str
    compared : bool
        Whether accepted values were compared with what another reader makes of the file.
    """

    kind: str
    note: str = ""
    compared: bool = False


def judged(reader: str, number: int, folder: Path) -> Verdict:
    """Read one input as a study would, and judge what came of it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    given = made(reader, number, folder)
    began = time.process_time()  # others may keep the processor busy
    try:
        unlike, compared = _read(reader, given, folder, thoroughly=number % 5 == 0)
        found = Verdict("silent" if unlike else "accepted", unlike, compared)
    except CrqError as refused:
        said = str(refused) + (f"\n{refused.listing()}" if isinstance(refused, DataError) else "")
        found = Verdict("refused", said)
        if (words := _PYTHON.search(_without_cells(refused, said))) is not None:
            found = Verdict("unclear", f"{words[0]!r} in: {said[:600]}")
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        found = Verdict("traceback", traceback.format_exc()[-1800:])
    took = time.process_time() - began
    return Verdict("slow", f"{took:.0f} s") if took > SLOW else found


def _without_cells(refused: CrqError, said: str) -> str:
    """A message without what it quotes from the file."""
    values = refused.cases["value"].astype(str) if isinstance(refused, DataError) else []
    for value in sorted({v for v in values if v}, key=len, reverse=True):
        said = said.replace(value, "…")
    return re.sub(r"'[^']*'|\"[^\"]*\"", "…", said)


def _read(reader: str, given: Input, folder: Path, *, thoroughly: bool) -> tuple[str, bool]:
    """Read a file; say what is not as another reader has it, and whether that was looked at."""
    study = Study("test", root=folder)
    study.raw.mkdir(parents=True, exist_ok=True)
    (study.raw / given.name).write_bytes(given.content)
    if reader in _DOCUMENTS:
        names, told = _DOCUMENTS[reader]
        return _document(given, names, told(study, study.raw / given.name)), True
    survey = reader not in (*_TABLES, "decisions.csv")
    files = f"{{file: {given.name}, wave: 2025}}" if survey else "{file: answers.csv, wave: 2025}"
    book = CODEBOOK.format(files=files, more=_TABLES.get(reader, ""))
    (study.raw / "codebook.yaml").write_text(book, encoding="utf-8")
    if not survey:
        write_csv(study.raw / "answers.csv", [list(answers().columns), *texts(answers())])
    if survey and thoroughly:
        _drafted(study.raw / given.name)
    raw = responses.read(study)
    responses.decide(raw, responses.flags(raw, study.codebook), responses.decisions(study))
    grid = _grid(study.raw / given.name)
    expected = _expected(given, study.raw / given.name)
    unlike = _rows_unlike(grid, expected) if expected is not None else ""
    unlike = unlike or (_answers_unlike(raw, grid) if survey else "")
    unlike = unlike or (_amounts_unlike(grid) if reader in ("accounts", "outcomes") else "")
    return unlike, expected is not None


def _codebook(study: Study, path: Path) -> list[str]:
    asked = study.codebook.instrument
    return [
        study.codebook.title,
        *(f"{end:g}" for end in (asked.scale.low, asked.scale.high)),
        *asked.items,
    ]


def _thresholds(study: Study, path: Path) -> list[str]:
    return [one.name for one in thresholds.read(path).segments]


def _playbook(study: Study, path: Path) -> list[str]:
    found = yaml_documents.load(path, playbook.Playbook, context=thresholds.starting().traits)
    return [one.code for one in found.actions]


def _document(given: Input, names: Callable[[Any], Iterable[str]], read: list[str]) -> str:
    """Names and numbers that are not as the file says; a plain reader of YAML takes all as text."""
    held = yaml.load(given.content.decode("utf-8-sig"), yaml.CBaseLoader)
    written = [_number_or_text(name) for name in names(held)]
    same = written == [_number_or_text(name) for name in read]
    return "" if same else f"read {read}, written {written}"[:600]


def _number_or_text(name: str) -> str | float:
    try:
        return float(name)
    except ValueError:
        return name


#: Reader of a document: what stands in its text, and what was read.
_DOCUMENTS: dict[str, tuple[Callable[[Any], Iterable[str]], Callable[[Study, Path], list[str]]]] = {
    "codebook.yaml": (
        lambda held: [held["title"], *held["instrument"]["scale"], *held["instrument"]["items"]],
        _codebook,
    ),
    "thresholds.yaml": (lambda held: [one["name"] for one in held["segments"]], _thresholds),
    "playbook.yaml": (lambda held: [one["code"] for one in held["actions"]], _playbook),
}


def _drafted(path: Path) -> None:
    """A draft of a file that can be read at all never stops at a traceback."""
    try:
        found = file_formats.load(path.parent, Source(file=path.name), Faults())
    except CrqError:
        return
    if found is not None:
        drafted = instrument_draft.draft(found)
        codebook_draft.written("test", export_series.series([drafted]), [])


def _grid(path: Path) -> Grid:
    """A file as its own reader has it, before a survey tool's shape and totals are looked for."""
    readers = {".xlsx": workbook, ".sav": sav, ".zsav": sav, ".parquet": parquet}
    return readers.get(path.suffix, delimited).read(path, Source(file=path.name))


def _expected(given: Input, path: Path) -> Rows | None:
    """The rows that were written, or those that pandas or pyreadstat reads."""
    if given.rows is not None:
        return given.rows
    if path.suffix == ".parquet":
        table = pq.read_table(path).to_pandas()
        return _texts_of(table)
    if path.suffix in (".sav", ".zsav"):
        table, _ = pyreadstat.read_sav(path)
        return _texts_of(table)
    try:
        if path.suffix == ".xlsx":
            table = pd.read_excel(path, header=None, dtype=object, engine="calamine",
                                  sheet_name="answers", na_filter=False)  # fmt: skip
            return [[_said(cell) for cell in row] for row in table.to_numpy()]
        return _delimited(given)
    except Exception:  # noqa: BLE001 - pandas reads less than we do, and says so in many ways
        return None


def _delimited(given: Input) -> Rows | None:
    if b"sep=" in given.content or b"\0" in given.content:
        return None
    encoding = "utf-16" if given.content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = given.content.decode(encoding)
    width = max((line.count(given.delimiter) for line in text.splitlines()), default=0) + 2
    table = pd.read_csv(io.StringIO(text, newline=""), sep=given.delimiter, header=None, dtype=str,
                        names=range(width), na_filter=False, skip_blank_lines=False)  # fmt: skip
    return table.to_numpy().tolist()


def _texts_of(table: pd.DataFrame) -> Rows:
    rows = [[_said(cell) for cell in row] for row in table.astype(object).to_numpy()]
    return [list(map(str, table.columns)), *rows]


def _said(cell: object) -> str:
    """A cell of another reader as a person would type it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str):
        return cell
    if cell is None or (isinstance(cell, float) and cell != cell) or cell is pd.NaT:
        return ""
    if isinstance(cell, float | int):
        return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    return f"\x00{type(cell).__name__}"  # dates and the like are written in ways of their own


def _rows_unlike(grid: Grid, expected: Rows) -> str:
    """The first row that two readers have differently, if there is one."""
    theirs = [row for one in expected if (row := _plain(one))]
    for aside in grid.aside:
        told = _plain([aside.text])
        place = next((i for i, row in enumerate(theirs)
                      if _plain([c for c in row if c][:1]) == told), None)  # fmt: skip
        if place is not None:
            del theirs[place]
    ours = [_plain(grid.names), *(_plain(grid.record(n)) for n in range(len(grid)))]
    for one, other in zip(ours, theirs, strict=False):
        if len(one) != len(other) or not all(map(_alike, one, other)):
            return f"read {one[:9]}, written {other[:9]}"[:600]
    return "" if len(ours) == len(theirs) else f"{len(ours)} rows read, {len(theirs)} written"


def _alike(one: str, other: str) -> bool:
    return one == other or other.startswith("\x00") or "\x00" in one


def _plain(cells: Iterable[object]) -> list[str]:
    found = [normalize("NFC", str(cell)).strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    return found


def _answers_unlike(raw: responses.Raw, grid: Grid) -> str:
    """An answer that its cell does not say, or a point of the scale that was lost."""
    rows = {int(row): place for place, row in enumerate(grid.rows)}
    for item, low, high in [
        *((name, 1, 7) for name in ("tru_1", "tru_2", "com_1")),
        ("ltr", 0, 10),
    ]:
        if grid.names.count(item) != 1:
            continue
        texts = grid.text(item)
        for row, value in zip(raw.origins["row"], raw.responses[item], strict=True):
            text = texts[rows[int(row)]]
            said = _number(text)
            if value == value and said != value:
                return f"{item}, row {row}: read {value}, written {text!r}"
            if value != value and said is not None and low <= said <= high and said != -99:
                return f"{item}, row {row}: lost {text!r}"
    return ""


def _number(text: object) -> float | None:
    if not isinstance(text, str):
        return None
    words = {"strongly agree": 7.0, "no": 1.0}
    if text.strip().lower() in words:
        return words[text.strip().lower()]
    found = re.fullmatch(r"\s*([-+]?[0-9]+(?:[.,][0-9]+)?)(?:\s*-?\s*[A-Za-z ]+)?\s*", text)
    return float(found[1].replace(",", ".")) if found else None


def _amounts_unlike(grid: Grid) -> str:
    """An amount that may be a thousand or one and a bit, where no cell of its column decides."""
    for name in ("revenue", "amount"):
        if grid.names.count(name) == 1:
            texts = [text for text in grid.text(name).dropna() if re.fullmatch(r"[\d.,]+", text)]
            doubtful = [t for t in texts if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", t)]
            decided = [t for t in texts if t not in doubtful and re.search(r"[.,]", t)]
            if doubtful and not decided:
                return f"{name}: {doubtful[0]!r} was read and may be either"
    return ""
