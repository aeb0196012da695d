"""Answers that are known, and what they were asked with, in six languages."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter
import yaml

N = 42
_TOLD = yaml.safe_load(Path(__file__).with_name("survey_words.yaml").read_text(encoding="utf-8"))
STATEMENTS, RECOMMEND, STEM, IMPROVE, COMPANY = (
    _TOLD[part] for part in ("statements", "recommend", "stem", "improve", "company")
)
#: Words of a scale from its bad end, by language and a number that tells scales apart.
WORDS = {(key.split()[0], int(key.split()[1])): words for key, words in _TOLD["scales"].items()}


@dataclass(frozen=True)
class Survey:
    """Answers that are known, and what they were asked with."""

    language: str = "en"
    points: int = 7
    words: tuple[str, ...] = ()
    items: list[list[int]] = field(default_factory=list)
    ltr: list[int] = field(default_factory=list)

    def cell(self, value: int) -> str:
        return self.words[value - 1] if self.words else str(value)


def survey(language: str = "en", words: tuple[str, ...] = (), points: int = 7) -> Survey:
    """42 people of 9 firms; a common factor runs through all of their answers."""
    points = len(words) or points
    items = []
    for person in range(N):
        mood = (person * 5) % N / N
        items.append(
            [
                1
                + min(
                    points - 1, int((mood * 0.6 + ((person * 5 + 11 * n) % 13) / 13 * 0.4) * points)
                )
                for n in range(6)
            ]
        )
    ltr = [min(10, int((person * 5) % N / N * 11)) for person in range(N)]
    return Survey(language, points, words, items, ltr)


def account(person: int) -> str:
    return f"00{person % 9 + 1}7"


def began(person: int) -> datetime:
    return datetime(2025, 3, 1, 9, 5, 7) + timedelta(hours=11 * person)


def comment(person: int) -> str:
    return f"they answer well, and number {person} should come sooner; thanks"


def write_csv(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[list[str]], *, numbers: bool = False) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Sheet1")
    for n, row in enumerate(rows):
        for m, value in enumerate(row):
            if numbers and str(value).isdecimal() and not str(value).startswith("00"):
                sheet.write_number(n, m, int(value))
            else:
                sheet.write_string(n, m, str(value))
    book.close()
    return path


def body(asked: Survey, person: int) -> list[str]:
    return [asked.cell(value) for value in asked.items[person]]
