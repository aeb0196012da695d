"""A changed number, a changed word and a changed hash are told apart, on made-up files."""

from __future__ import annotations

import doctest
import io
import json

import pandas as pd
import pytest
import xlsxwriter

from tools import compare_outputs, output_differences, output_text

HASH = "0c1f9a2b" * 8
PAGE = """<title>Ab Co</title><h1>Ab Co</h1><p>CRQ is <b>5.25</b>, higher than two of four.</p>
<svg aria-label="Course"><title>Trust</title><text x="7.5">6</text></svg>
<table><tr><th>run card</th><td>{hash}</td><td>crqlab {version}</td></tr></table>"""


def folder(path, page=PAGE, rows=None, *, digest=HASH, version="0.1.0", clients=("C1",)):
    """Lay out what `make` would leave: one page, one CRM file and one table of one client."""
    (path / "files" / "en").mkdir(parents=True)
    (path / "tables").mkdir()
    html = page.format(hash=digest, version=version)
    (path / "files" / "en" / "C1_2025.html").write_text(html, encoding="utf-8")
    (path / "files" / "en" / "C1_2025.csv").write_text("Name,CRQ\r\nAb,5.25\r\n", encoding="utf-8")
    rows = {"id": ["a", "b"], "crq": [5.25, 4.5], "flag": ["ok", "few"]} if rows is None else rows
    pd.DataFrame(rows).to_parquet(path / "tables" / "30_scores.parquet")
    facts = {"clients": list(clients), "languages": ["en"], "paths": [str(path)], "raw": {}}
    (path / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    compare_outputs.read(path)
    return path


@pytest.fixture
def compared(tmp_path, capsys):
    """Compare a second folder with the first, and return the exit code and the last lines."""

    def run(*words, **changed):
        before, after = folder(tmp_path / "before"), folder(tmp_path / "after", **changed)
        code = compare_outputs.main(["compare", str(before), str(after), *words])
        return code, capsys.readouterr().out.splitlines()[4:]

    return run


@pytest.mark.parametrize("module", [compare_outputs, output_differences, output_text])
def test_examples_hold(module):
    assert doctest.testmod(module).failed == 0


def test_hashes_and_versions_are_no_difference(compared):
    assert compared(digest="ff00" * 16, version="0.2.0") == (
        0,
        ["identical: 4 of 4 texts and tables", "differing: 0 numbers, 0 words; 0 rows moved"],
    )


def test_a_changed_number_is_red(compared):
    assert compared(page=PAGE.replace("5.25", "5.26")) == (
        1,
        [
            "C1_2025 en page: 1 numbers",
            "    - CRQ is 5.25, higher than two of four.",
            "    + CRQ is 5.26, higher than two of four.",
            "identical: 3 of 4 texts and tables",
            "differing: 1 numbers, 0 words; 0 rows moved",
        ],
    )


def test_a_changed_word_is_not_red_but_told(compared):
    code, lines = compared(page=PAGE.replace("higher", "lower"))
    assert (code, lines[0]) == (0, "C1_2025 en page: 1 words")
    assert lines[-1] == "differing: 0 numbers, 1 words; 0 rows moved"


def test_a_shape_that_moved_is_red(compared):
    code, lines = compared(page=PAGE.replace("7.5", "8.5"))
    assert (code, lines[0]) == (1, "C1_2025 en drawings: 1 numbers")


def test_a_new_and_a_missing_number_are_red(compared, tmp_path):
    code, lines = compared(page=PAGE.replace("<h1>", "<p>n = 12</p><h1>"))
    assert (code, lines[0]) == (1, "C1_2025 en page: 1 numbers, 2 words")
    words = ["compare", str(tmp_path / "after"), str(tmp_path / "before"), "--kinds", "page"]
    assert compare_outputs.main(words) == 1


def test_a_missing_file_is_red(compared, tmp_path, capsys):
    compared()
    (tmp_path / "after" / "text" / "C1_2025.en.crm.txt").unlink()
    paths = [str(tmp_path / side) for side in ("before", "after")]
    assert compare_outputs.main(["compare", *paths]) == 1
    assert "C1_2025 en crm: 1 numbers, 5 words" in capsys.readouterr().out


def test_other_clients_are_left_out(compared):
    code, lines = compared(clients=("C1", "C2"), page=PAGE.replace("5.25", "5.26"))
    assert (code, lines[0]) == (1, "C1_2025 en page: 1 numbers")


# ---- numbers and words


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("4,50 till 5,25", "4.50 till 5,25", (1, 0)),
        ("1\u00a0234 EUR", "1\u00a0235 EUR", (1, 0)),
        ("between −0.11 and +0.31", "between 0.11 and +0.31", (1, 0)),
        ("from 4.3 to 4.5", "from 4.5 to 4.3", (2, 0)),
        ("two of three clients", "two of four clients", (1, 0)),
        ("två av tre kunder", "två av fyra kunder", (1, 0)),
        ("fill=#1f5582 x1=10.0", "fill=#1f5583 x1=10.0", (0, 1)),
        ("C017", "C018", (1, 0)),
        ("Ambassador: CRQ 5.2", "Promoter: CRQ 5.2", (0, 1)),
        ("Ambassador: 5.2", "Ambassador: –", (1, 1)),
    ],
)
def test_numbers_are_told_from_words(before, after, found):
    assert output_differences.tally(before, after) == found


def test_rows_of_a_table_may_move_but_bare_numbers_may_not():
    before = ["A | 1", "B | 2", "CRQ", "3", "4"]
    after = ["B | 2", "A | 1", "CRQ", "4", "3"]
    found = output_differences.of_text("page", before, after)
    assert (found.numbers, found.words, found.moved) == (2, 0, 1)


def test_only_hashes_versions_and_paths_are_replaced():
    line = "2025-04-30 | 4.5.1 | 123456789012 | 0.123456789012 | 74c0ffe8d437 | /x/y/z.py | 1.0"
    assert compare_outputs.normalised(line, ["/x", "/x/y"]) == (
        "2025-04-30 | <version> | 123456789012 | 0.123456789012 | <hash> | <path>/z.py | 1.0"
    )


# ---- tables


TABLE = {"id": ["a", "b"], "crq": [5.25, 4.5], "flag": ["ok", "few"]}


@pytest.mark.parametrize(
    ("rows", "code", "first"),
    [
        ({"crq": [5.25, 4.5 + 1e-15]}, 1, "table 30_scores.crq: 1 numbers, by at most 2e-16"),
        ({"crq": [5.25, None]}, 1, "table 30_scores.crq: 1 numbers"),
        ({"flag": ["ok", "several"]}, 0, "table 30_scores.flag: 1 words"),
        ({"flag": ["ok", "few: 2 of 3"]}, 1, "table 30_scores.flag: 2 numbers, 2 words"),
        ({"id": ["b", "a"], "crq": [4.5, 5.25], "flag": ["few", "ok"]}, 0,
         "table 30_scores: 2 rows moved"),
        ({"id": ["a"], "crq": [5.25], "flag": ["ok"]}, 1,
         "table 30_scores: 1 numbers, 2 rows before, 1 after"),
        ({"crq": ["5.25", "4.5"]}, 0, "table 30_scores.crq: 1 words"),
    ],
)  # fmt: skip
def test_tables_are_compared_cell_by_cell(compared, rows, code, first):
    found, lines = compared(rows=TABLE | rows)
    assert found == code
    assert lines[0].startswith(first)


def test_a_column_may_be_renamed_or_given_up_on_purpose(compared, tmp_path):
    rows = {"id": ["a", "b"], "index": [5.25, 4.5]}
    names = tmp_path / "names.json"
    names.write_text('{"columns": {"30_scores.crq": "index", "30_scores.flag": null}}')
    code, lines = compared("--renamed", str(names), rows=rows)
    assert (code, lines[0]) == (0, "identical: 4 of 4 texts and tables")


def test_a_column_that_is_gone_is_red(compared):
    code, lines = compared(rows={"id": ["a", "b"], "crq": [5.25, 4.5]})
    assert (code, lines[0]) == (1, "table 30_scores.flag: 2 numbers, gone")


# ---- files


def test_a_workbook_is_read_sheet_by_sheet():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, share = book.add_worksheet("Scores"), book.add_format({"num_format": "0 %"})
        sheet.write_row(0, 0, ["Measure", "Value"])
        sheet.write(1, 0, "CRQ")
        sheet.write(1, 2, 0.125, share)
        book.add_worksheet("Empty")
    assert output_text.workbook_text(file.getvalue()) == [
        "Scores: number formats: 0 | 0",
        "Scores: Measure | Value",
        "Scores: number formats: 0 | 0 %",
        "Scores: CRQ |  | 0.125",
    ]


def test_slides_are_read_with_their_charts():
    pptx = pytest.importorskip("pptx")
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    show, file, data = pptx.Presentation(), io.BytesIO(), CategoryChartData(number_format="0.0")
    page = show.slides.add_slide(show.slide_layouts[5])
    page.shapes.title.text = "CRQ, wave by wave"
    data.categories = ["2024", "2025"]
    data.add_series("CRQ", [5.25, None])
    page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, 9, 9, data)
    show.save(file)
    lines = output_text.slides_text(file.getvalue())
    at = lines.index("--- slide")
    assert lines[at + 1 : at + 3] == ["CRQ, wave by wave", "chart: barChart"]
    assert "chart: val | format 0.0 | 0: 5.25" in lines
    assert "chart data: Sheet1: 2024 | 5.25" in lines
