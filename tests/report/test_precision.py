"""No file of a client holds a digit that its interval does not bear, nor what is withheld."""

import csv
import io
import json
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from crqlab.report import card
from crqlab.report.exports import crm, deck, workbook
from crqlab.report.exports.theme import Theme
from crqlab.report.run import render
from tests.report.executed import executed
from tests.report.workbooks import tables

LONG = re.compile(r"(?<![\w.#-])-?\d+\.\d{3,}(?![\w.])")
LEAST = 3  # respondents


@pytest.fixture(scope="module")
def seen(stationed_view_of):
    return stationed_view_of()


@pytest.fixture(scope="module")
def about(stationed_study_of):
    return card(stationed_study_of(), client="C017", wave="2025")


@pytest.fixture(scope="module")
def book(seen, about):
    content = workbook.content(seen, Theme(), card=about)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def rows(book, name):
    """The rows of a sheet by their headings."""
    return tables(book)[name]


def test_no_cell_of_a_workbook_has_a_third_decimal(book):
    cells = [cell for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python()
             for cell in line if isinstance(cell, float)]  # fmt: skip
    assert len(cells) > 300
    assert [cell for cell in cells if cell != round(cell, 2)] == []


def test_no_number_behind_a_chart_has_a_third_decimal(seen, about):
    parts = list(_unzipped(deck.content(seen, Theme(), card=about)))
    written = [text for name, text in parts if "charts/chart" in name or "worksheets/" in name]
    assert len(written) > 8
    assert [found for text in written for found in re.findall(r">(-?\d+\.\d{3,})<", text)] == []


def _unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield from _unzipped(inner) if name.endswith(".xlsx") else [(name, inner.decode(
                "utf-8", "replace"))]  # fmt: skip


def test_a_crm_gets_one_decimal_of_a_score_and_none_where_few_answered(seen, stationed_study_of):
    made = crm.content(seen, Theme(), study=stationed_study_of())[0]
    lines = list(csv.DictReader(io.StringIO(made.decode())))
    scores = {line["Account_External_Id__c"]: line["CRQ_Score__c"] for line in lines}
    n = seen.accounts.set_index("account_id")["n"]
    assert {len(score.partition(".")[2]) for score in scores.values() if score} == {1}
    assert [score for account, score in scores.items() if n[account] < LEAST] == [""] * (
        n < LEAST
    ).sum()
    assert LONG.findall("\n".join(map(str, lines))) == []


def test_no_text_of_a_page_or_its_notebook_has_a_third_decimal(stationed_study_of):
    made = executed(stationed_study_of(), client="C017", wave="2025")
    page = render.render(made, title="Panel", language="en", code=False)
    body = page.partition("</style>")[2]
    outputs = json.dumps([cell.get("outputs", []) for cell in made.cells])
    assert len(re.findall(r"\d\.\d\d?\b", body)) > 200
    assert LONG.findall(body) == []
    assert LONG.findall(outputs) == []


def test_a_workbook_leaves_no_shrunken_score_to_be_unshrunk(book, seen):
    """Shrunken = w mean + (1 - w) grand mean: two unknowns beside dozens of rows."""
    told = rows(book, "Accounts")
    few = [row for row in told if row["n respondents"] != "" and row["n respondents"] < LEAST]
    assert len(few) >= 4
    for row in few:
        shown = {head for head, cell in row.items() if isinstance(cell, float)}
        assert shown <= {"n respondents", "n NPS", "Invited", "Revenue a year"}, row
    names = [row["Account"] for row in told if row["Status"] == "scored"]
    last = names[len(names) - sum(row["Status"] == "scored" for row in few) :]
    assert last == sorted(last), "their order tells nothing"


def test_a_chance_of_few_answers_is_a_band(book, seen):
    few = seen.accounts.set_index("account_id")["n"].between(1, LEAST - 1)
    told = {row["Account id"]: row for row in rows(book, "Renewal outlook")}
    assert sum(few[account] for account in told) >= 2
    for account, row in told.items():
        numbers = [row[head] for head in ("Chance of renewal", "Chance from", "Chance to",
                                          "Expected loss")]  # fmt: skip
        if few[account]:
            assert numbers == [""] * 4
            assert row["Band of the chance"] == "likely (80 % or more)"
        else:
            assert all(isinstance(number, float) for number in numbers)
            assert row["Band of the chance"] == ""
