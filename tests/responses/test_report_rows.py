"""Sums and footers of reports are no records, in any language and notation; firms stay firms."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import cells
from crqlab.responses.file_formats import load

IDS = [f"00{n}7" for n in range(1, 10)]
REVENUE = [12500, 1234567, 980, 36000.5, 4100, 250000, 75, 8800.25, 610]
HEAD = ["Account ID", "Account Name", "Annual Revenue", "Industry"]


def english(value: float) -> str:
    return f"{value:,.2f}"


def german(value: float) -> str:
    return english(value).translate(str.maketrans(",.", ".,"))


def swedish(value: float) -> str:
    return german(value).replace(".", "\u00a0") + " kr"


def rows(write=str, ids=IDS):
    return [
        [i, f"Firm {n}", write(v), "steel"]
        for n, (i, v) in enumerate(zip(ids, REVENUE, strict=True))
    ]


def read(folder, table, *, delimiter=",", encoding="utf-8"):
    put = io.StringIO(newline="")
    csv.writer(put, delimiter=delimiter).writerows(table)
    (folder / "a.csv").write_bytes(put.getvalue().encode(encoding))
    faults = Faults()
    return load(folder, Source(file="a.csv"), faults), faults


WORDS = ["Total", "Gesamt", "Summe", "Totalt", "Total general", "Gesamtergebnis", "Somme", "Totaal",
         "Suma total", "Totalsumma", "Grand Total (9)", "Total: 9", "Total général", "Eindtotaal",
         "Totale complessivo", "Soma", "合計", "Sum of revenue", "All firms together"]  # fmt: skip


@pytest.mark.parametrize("write", [str, english, german, swedish])
@pytest.mark.parametrize("word", WORDS)
def test_a_sum_is_no_record(word, write, tmp_path):
    found, _ = read(tmp_path, [HEAD, *rows(write), [word, "-", write(sum(REVENUE)), "-"]])
    assert len(found) == 9
    assert [(one.why, one.row) for one in found.aside] == [("total", 11)]


def test_thousands_alone_are_added_as_thousands(tmp_path):
    body = [[i, "x", v] for i, v in zip(IDS, ["36.000", "12.500", "980", "1.020"], strict=False)]
    found, _ = read(tmp_path, [HEAD[:3], *body, ["Summe", "x", "50.500"]])
    assert len(found) == 4


@pytest.mark.parametrize("name", ["Total", "Summa AB", "Total Energies"])
def test_a_firm_that_is_called_so_stays(name, tmp_path):
    ids = [*IDS[:8], name]
    found, _ = read(tmp_path, [HEAD, *rows(ids=ids)])
    assert len(found) == 9
    assert not found.aside


def test_a_firm_as_large_as_all_others_stays(tmp_path):
    body = [["0017", "A", "10"], ["0018", "B", "20"], ["0019", "C", "30"], ["0020", "D", "60"]]
    found, _ = read(tmp_path, [HEAD[:3], *body])
    assert len(found) == 4


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("blank", [True, False])
def test_lines_below_the_records_are_a_footer(padded, blank, tmp_path):
    lines = ["Confidential Information - Do Not Distribute", "Copyright (c) 2025"]
    width = 4 if padded else 1
    gap = [[""] * width] if blank else []
    table = [HEAD, *rows(), *gap, *([one, *[""] * (width - 1)] for one in lines)]
    found, _ = read(tmp_path, table)
    assert len(found) == 9
    assert [(one.why, one.text) for one in found.aside] == [("footer", one) for one in lines]


def test_a_file_that_was_cut_off_is_refused(tmp_path):
    found, faults = read(tmp_path, [HEAD, *rows(), ["0107"]])
    assert found is None
    with pytest.raises(ValueError, match="row 11: has 1 cells where the header has 4"):
        faults.stop("s")


def test_people_who_answered_nothing_are_no_footer(tmp_path):
    found, _ = read(tmp_path, [HEAD, *rows(), ["0107", "", "", ""]])
    assert len(found) == 10


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_wide_letters_are_read_with_and_without_their_mark(encoding, tmp_path):
    found, _ = read(tmp_path, [HEAD, *rows(german)], delimiter=";", encoding=encoding)
    assert found.text("Annual Revenue").tolist() == [german(value) for value in REVENUE]


def test_a_number_of_hundreds_of_digits_is_none():
    assert cells.number("9" * 400) is None
    read = cells.amounts(pd.Series(["9" * 400, "12"]), None, "EUR")
    assert read.broken.tolist() == [True, False]


@pytest.mark.parametrize("mark", ['="{}"', "'{}"])
def test_marks_that_keep_ids_from_becoming_numbers_are_taken_off(mark, tmp_path):
    body = [[mark.format(row[0]), "it's", *row[2:]] for row in rows()]
    found, _ = read(tmp_path, [HEAD, *body])
    assert found.text("Account ID").tolist() == IDS
    assert set(found.text("Account Name")) == {"it's"}
