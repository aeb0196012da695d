"""A small study with every kind of column, and the ways in which survey tools write it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from crqlab import Study

WORDS = ["No", "Hardly", "A little", "Somewhat", "Mostly", "Nearly", "Strongly agree"]
CODEBOOK = """
title: A test
client: {{id: C1, name: Client One}}
instrument:
  name: mini
  version: "1"
  scale: [1, 7]
  items: {{tru_1: Keeps its word, tru_2: Acts fairly, com_1: Choose again, sat_1: Satisfied}}
  constructs:
    trust: {{label: Trust, items: [tru_1, tru_2]}}
    commitment: {{label: Commitment, items: [com_1]}}
    satisfaction: {{label: Satisfaction, items: [sat_1]}}
  crq: {{constructs: [trust, commitment, satisfaction]}}
  recommend: How likely are you to recommend us?
  comments: {{best: "The best thing?"}}
responses:
  files: [{files}]
  missing: [-99, "n/a"]
  answers: {{"Strongly agree": 7, "No": 1}}
{more}
roles: {{order: [executive, user], spellings: {{End user: user}}}}
"""


def study(root: Path, *files: str, more: str = "", book: str = CODEBOOK) -> Study:
    """Lay out a study whose answers are in ``files`` (entries of a YAML list)."""
    found = Study("test", root=root)
    found.raw.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(files or ["{file: answers.csv, wave: 2025}"])
    text = book.format(files=listed, more=more)
    (found.raw / "codebook.yaml").write_text(text, encoding="utf-8")
    return found


def answers() -> pd.DataFrame:
    """Six people; texts as a person would write them down, None where nothing was said."""
    return pd.DataFrame(
        {
            "response_id": ["001", "002", "R_3", "004", "005", "é6"],
            "account_id": ["0017", "0017", "0018", "A-1", "A-1", "Åström"],
            "contact_id": ["p1", "p2", "p3", "p4", "p5", "p6"],
            "role": ["executive", "End user", "user", None, "Executive", "user"],
            "language": ["de", "EN", "en", "sv", "de", "de"],
            "started": [f"2025-03-0{n} 09:12:3{n}" for n in range(1, 7)],
            "seconds": [301, 299, 350.5, 420, None, 612],
            "tru_1": [7, 1, 5, None, 4, 7],
            "tru_2": [6, 2, 5, 3, 4, 7],
            "com_1": [7, 1, None, 3, 4, 6],
            "sat_1": [5, 2, 6, 3, 4.5, 7],
            "ltr": [10, 0, 8, 3, 6, 9],
            "best": ['Good, fast; "kind"', None, "Two\nlines", "Grüße — café", "=1+1", "<b>x</b>"],
        }
    )


def text(value: object) -> str:
    """One cell as text: whole numbers without a point, nothing as nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def texts(table: pd.DataFrame) -> list[list[str]]:
    return [[text(v) for v in row] for row in table.astype(object).to_numpy()]


def write_csv(
    path: Path, rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> None:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def write_qualtrics(path: Path, table: pd.DataFrame, wording: dict, *, rows: int = 3) -> None:
    """Three header rows (or two): names, wording, import ids."""
    second = [wording.get(name, name) for name in table.columns]
    third = [json.dumps({"ImportId": f"QID{n}"}) for n, _ in enumerate(table.columns)]
    body = texts(table)
    closed = [table.columns.get_loc(name) for name in wording if name in table]
    for row in body:
        for place in closed:
            row[place] = row[place] or "-99"
    head = [list(table.columns), second, third][:rows]
    write_csv(path, [*head, *body], encoding="utf-8-sig")


def write_xlsx(path: Path, table: pd.DataFrame) -> None:
    """Numbers as numbers, dates as dates, as Excel keeps them."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet("answers")
    sheet.write_row(0, 0, list(table.columns))
    for n, row in enumerate(table.astype(object).to_numpy(), start=1):
        for m, value in enumerate(row):
            if isinstance(value, pd.Timestamp):
                sheet.write_datetime(n, m, value.to_pydatetime())
            elif isinstance(value, str):
                sheet.write_string(n, m, value)
            elif text(value):
                sheet.write_number(n, m, value)
    book.close()


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path


@pytest.fixture
def plain(root) -> Study:
    """The small study as a plain CSV."""
    found = study(root)
    table = answers()
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    return found


def series(values):
    """Return a column of texts as a file gives it."""
    return pd.Series(values, dtype="str")
