"""The head-office sheet: numbers of the tables, withheld as the page, one client a file."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
import yaml
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from crqlab import CrqError, Study, scores
from crqlab.cli import app
from crqlab.page.head_office.select import head_office
from crqlab.report import LeakError, export, export_firm, view
from crqlab.report.exports.export_files import file_names
from tests.report.neighbours import THEIRS, lay

NAMES = ["C017_2025_headoffice.xlsx", "C017_2025_headoffice.csv",
         "C017_2025_headoffice_fields.csv"]  # fmt: skip


def sorted_by_unit(study, alone="A001"):
    """Write units, of which one has two people, and a product that is one account."""
    people = study.read("respondents")
    place = people.groupby("wave").cumcount()
    unit = place.map(lambda n: "West" if n in (3, 4) else "=North" if n < 30 else "South")
    key = people[["client_id", "wave", "response_id"]]
    product = people["account_id"].where(people["account_id"] == alone, "Pumps")
    rows = pd.concat([key.assign(dimension="unit", group=unit),
                      key.assign(dimension="product", group=product)])  # fmt: skip
    study.write("breakdowns", rows)
    study.write("breakdown_scores", scores.breakdowns(people, rows))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    found = lay(tmp_path_factory.mktemp("head_office"))
    sorted_by_unit(found)
    return found


@pytest.fixture(scope="module")
def written(study):
    return export(study, "C017", "2025", kinds=["headoffice"])


@pytest.fixture(scope="module")
def rows(written):
    return list(csv.DictReader(io.StringIO(written[1].read_text(encoding="utf-8-sig"))))


def of(rows, **which):
    return next(row for row in rows if all(row[name] == value for name, value in which.items()))


def test_a_client_has_three_files_of_its_own(written):
    assert [path.name for path in written] == NAMES
    assert file_names("C017", "2025", "sv", "headoffice")[0] == "C017_2025_headoffice_sv.xlsx"


def test_rows_are_those_of_the_table_in_every_wave(rows, study):
    table = study.read("breakdown_scores")
    assert len(rows) == len(table)
    assert {row["wave"] for row in rows} == {"2023", "2024", "2025"}
    for row in table[table["dimension"] == "all"].itertuples():
        told = of(rows, wave=row.wave, breakdown="everybody")
        counts = [int(told[name]) for name in ("promoters", "passives", "detractors")]
        assert counts == [row.promoters, row.passives, row.detractors]
        assert float(told["nps"]) == round(row.nps)
        assert (told["unit"], told["country"]) == ("(all)", "(all)")


def test_small_groups_and_one_that_would_tell_them_are_withheld(rows):
    units = [row for row in rows if row["breakdown"] == "unit" and row["wave"] == "2025"]
    assert {row["unit"] for row in units} == {"'=North", "South", "West"}
    shown = [row for row in units if row["withheld"] == "no"]
    assert len(shown) == 1
    for row in units:
        if row["withheld"] == "yes":
            assert [row[name] for name in ("promoters", "nps", "nps_low", "nps_high")] == [""] * 4
            assert row["caution"].startswith("withheld")
            assert int(row["n"]) > 0


def test_a_product_that_is_a_withheld_account_is_withheld(rows, study):
    seen = view(study, client="C017", wave="2025").accounts.set_index("account_id")
    assert seen.loc["A001", "nps"] != seen.loc["A001", "nps"]
    assert of(rows, wave="2025", product="A001")["withheld"] == "yes"
    assert of(rows, wave="2025", product="Pumps")["withheld"] == "yes"


def test_what_the_page_withholds_besides_is_withheld_here(tmp_path):
    study = lay(tmp_path)
    sorted_by_unit(study, alone="A008")
    seen = view(study, client="C017", wave="2025")
    told = told_products(study, seen)
    assert set(told) == {"A008", "Pumps"}
    hidden = seen.accounts["nps"].mask(seen.accounts["account_id"] == "A008")
    assert told_products(study, replace(seen, accounts=seen.accounts.assign(nps=hidden))) == []
    measures = seen.measures.assign(withheld=True)
    whole = replace(seen, scores=replace(seen.scores, measures=measures))
    rows = head_office(study, whole)
    assert rows.loc[rows["wave"] == "2025", "nps"].isna().all()
    assert rows.loc[rows["wave"] == "2024", "nps"].notna().any()


def told_products(study, seen):
    """Products whose NPS is shown in the latest wave."""
    rows = head_office(study, seen)
    rows = rows[(rows["wave"] == "2025") & (rows["dimension"] == "product") & ~rows["withheld"]]
    return rows["group"].tolist()


def test_the_workbook_says_the_same_with_one_row_of_headings(written, rows):
    book = CalamineWorkbook.from_path(str(written[0]))
    assert book.sheet_names == ["NPS", "Fields"]
    heads, *lines = book.get_sheet_by_name("NPS").to_python()
    assert heads == list(rows[0])
    for line, row in zip(lines, rows, strict=True):
        told = dict(zip(heads, line, strict=True))
        assert told["n"] == int(row["n"])
        assert told["nps"] == (float(row["nps"]) if row["nps"] else "")


def test_every_field_is_explained(written, rows):
    fields = list(csv.DictReader(io.StringIO(written[2].read_text(encoding="utf-8-sig"))))
    meant = {row["Field"]: row["What it means"] for row in fields}
    assert set(rows[0]) <= set(meant)
    assert all(meant.values())
    assert any("SYNTHETIC" in row["What it means"] for row in fields)


def test_a_second_language_stands_beside_the_first(study, written):
    found = export(study, "C017", "2025", kinds=["headoffice"], language="sv")
    assert [path.name for path in found] == [
        "C017_2025_headoffice_sv.xlsx", "C017_2025_headoffice_sv.csv",
        "C017_2025_headoffice_fields_sv.csv",
    ]  # fmt: skip
    assert "(alla)" in found[1].read_text(encoding="utf-8-sig")
    assert all(path.is_file() for path in written)


def test_names_of_other_clients_stop_the_files(study, tmp_path):
    table = study.read("breakdown_scores")
    named = table["group"].replace("South", THEIRS["account name"])
    study.write("breakdown_scores", table.assign(group=named))
    try:
        with pytest.raises(LeakError, match=THEIRS["client id"]):
            export(study, "C017", "2025", kinds=["headoffice"], language="sv")
    finally:
        study.write("breakdown_scores", table)


def test_strangers_are_refused_in_one_file(study):
    with pytest.raises(CrqError, match="same_firm: yes"):
        export_firm(study, [("C017", "2025")])


def test_the_command_refuses_strangers_before_any_work(study, monkeypatch):
    monkeypatch.setenv("CRQLAB_HOME", str(study.root))
    told = ["export", "--study", "demo", "--all", "--together", "--to"]
    found = CliRunner().invoke(app, [*told, "headoffice"])
    assert found.exit_code
    assert "same_firm: yes" in found.output
    found = CliRunner().invoke(app, [*told, "csv,headoffice"])
    assert found.exit_code
    assert "--to headoffice alone" in found.output


def test_units_of_one_firm_stand_in_one_file(tmp_path):
    found = firm(lay(tmp_path))
    both = export_firm(found, [("C017", "2025"), (THEIRS["client id"], "2025")])
    assert [path.name for path in both] == [
        "firm_headoffice.xlsx", "firm_headoffice.csv", "firm_headoffice_fields.csv"
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(both[1].read_text(encoding="utf-8-sig"))))
    assert {row["client"] for row in rows} == {"Nordwind & Co", THEIRS["client name"]}


def test_a_client_that_is_not_meant_stops_the_firms_file(tmp_path):
    found = firm(lay(tmp_path))
    table = found.read("breakdown_scores")
    named = table["group"].replace("South", THEIRS["client name"])
    found.write("breakdown_scores", table.assign(group=named))
    with pytest.raises(LeakError, match=THEIRS["client name"].casefold()):
        export_firm(found, [("C017", "2025")])


def test_a_study_without_the_question_says_so(tmp_path):
    found = lay(tmp_path, ltr=False)
    with pytest.raises(CrqError, match="recommend"):
        export(found, "C017", "2025", kinds=["headoffice"])


def firm(study):
    """Make the neighbour a client with scores, and both units of one firm."""
    path = study.raw / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8")) | {"clients": {"same_firm": True}}
    path.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    found = Study("demo", root=study.root)
    for name in ("respondents", "client_scores", "account_scores"):
        rows = found.read(name)
        ids = {"client_id": THEIRS["client id"]}
        if name == "respondents":
            ids["response_id"] = "N" + rows["response_id"]
        found.write(name, pd.concat([rows, rows.assign(**ids)], ignore_index=True))
    sorted_by_unit(found)
    return found
