"""Proposed actions go out as a list to fill in, through the gate, and come home from it."""

import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from crqlab import programme
from crqlab.base.study import Study
from crqlab.cli import app
from crqlab.report.clearance import gate
from crqlab.report.exports.worksheets import OPTIONS
from crqlab.report.programme.proposals import OWN_LINES, propose
from crqlab.report.programme.taking import take_file
from crqlab.report.run import page_build

ON = pd.Timestamp("2026-01-15")


@pytest.fixture
def study(stationed_study_of, tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "key"))
    shown = stationed_study_of()
    shutil.copytree(shown.root, tmp_path / "home", symlinks=True)
    return Study(shown.name, root=tmp_path / "home")


def sheet_of(path):
    """Rows of the sheet that can be seen, as a spreadsheet shows them."""
    book = CalamineWorkbook.from_path(path)
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def saved(path, rows):
    """Save rows as another spreadsheet program would."""
    book = xlsxwriter.Workbook(path, OPTIONS)
    page, day = book.add_worksheet("Blad1"), book.add_format({"num_format": "d.m.yy"})
    for n, row in enumerate(rows):
        for m, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(n, m, cell, day)
            elif cell != "":
                page.write(n, m, cell)
    book.close()


def test_a_workbook_of_lists_to_choose_from_comes_back_with_what_was_chosen(study):
    wave = study.read("actions")["wave"].max()
    own = study.read("actions").query("client_id == 'C017' and wave == @wave")
    path = propose(study, "C017", wave, language="sv")
    rows = sheet_of(path)
    assert len(rows) == 2 + len(own) + OWN_LINES + 3
    with zipfile.ZipFile(path) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
        assert xml.count('<dataValidation type="list"') == 5
        assert 'state="hidden"' in parts.read("xl/workbook.xml").decode()
        words = parts.read("xl/sharedStrings.xml").decode()
    assert {"föreslagen", "överenskommen", "klar", "struken"} <= set(
        re.findall(r"<t[^>]*>(.*?)</t>", words))  # fmt: skip
    at = rows[1].index
    rows[2][at("Status")], rows[2][at("Klart den")] = "klar", ON.date()
    rows[-1][at("Vad som görs")], rows[-1][at("Status")] = "Snabbare leveranser", "överenskommen"
    rows[-1][at("Ansvarig")], rows[-1][at("Mått")], rows[-1][at("Mål")] = "VD", "crq", 5.5
    saved(path, rows)
    taken = take_file(study, path, on=ON)
    assert taken.table["outcome"].value_counts().to_dict() == {
        "untouched": len(own) - 1, "new": 2}  # fmt: skip
    found = programme.ledger(study, "agreed_actions").table
    assert set(found["status"]) == {"done", "agreed"}
    wide = found[found["kind"] == "initiative"].iloc[0]
    assert (wide["action"], wide["target"]) == ("own:Snabbare leveranser", 5.5)
    assert set(take_file(study, path, on=ON).table["outcome"]) == {"untouched", "same"}
    again = propose(study, "C017", wave, language="sv")  # the filled-in one is kept beside
    assert again.with_name(f"{again.stem}.before.xlsx").is_file()
    assert len(sheet_of(again)) == 2 + len(own) + 1 + OWN_LINES + 2
    assert set(take_file(study, again, on=ON).table["outcome"]) == {"untouched", "same"}


def test_nothing_of_another_client_leaves_in_a_list(study):
    wave = study.read("actions")["wave"].max()
    accounts, clients = study.read("accounts"), study.read("clients")
    other = "Kvarnby Verkstad AB"
    more = clients.iloc[:1].assign(client_id="C099", name=other)
    study.write("clients", pd.concat([clients, more], ignore_index=True))
    row = accounts[accounts["client_id"] == "C017"].iloc[0]
    line = {"action_id": "A1", "client_id": "C017", "account_id": row["account_id"],
            "wave": wave, "action": f"own:Ring {other}", "kind": "account", "party": "us",
            "status": "agreed"}  # fmt: skip
    programme.change(study, "agreed_actions", lambda _: pd.DataFrame([line]))
    with pytest.raises(gate.LeakError):
        propose(study, "C017", wave)
    assert not list(study.reports.glob("*actions*"))


def test_words_of_another_client_s_programme_files_are_looked_for(study):
    clients, accounts = study.read("clients"), study.read("accounts")
    study.write("clients", pd.concat([clients, clients.iloc[:1].assign(client_id="C099")]))
    other = accounts.iloc[:1].assign(client_id="C099")
    study.write("accounts", pd.concat([accounts, other], ignore_index=True))
    line = {"action_id": "A1", "client_id": "C099", "account_id": other["account_id"].iloc[0],
            "wave": "2025", "action": "own:Byt ut hela styrgruppen i Kramfors", "kind": "account",
            "party": "us", "status": "agreed",
            "note": "de hotade att lämna oss redan i mars"}  # fmt: skip
    programme.change(study, "agreed_actions", lambda _: pd.DataFrame([line]))
    for words in ("Byt ut hela styrgruppen i Kramfors", "att de hotade att lämna oss redan i mars"):
        page = f"<html><body><p>Vi vet: {words}.</p></body></html>".encode()
        with pytest.raises(gate.LeakError, match="C099"):
            gate.check({"x.html": page}, study, "C017")
        gate.check({"x.html": page}, study, "C099")


def test_a_csv_and_the_commands_say_what_was_taken(study):
    wave = study.read("actions")["wave"].max()
    path = propose(study, "C017", wave, kind="csv")
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith('"Account","What to do","Status"')
    path.write_text(text.replace(",proposed,", ",agreed,", 1), encoding="utf-8-sig")
    home = {"CRQLAB_HOME": str(study.root)}
    said = CliRunner().invoke(app, ["actions", "take", str(path), "--on", "2025-05-15"], env=home)
    assert said.exit_code == 0, said.output
    assert "1 taken, new" in said.output
    assert programme.ledger(study, "agreed_actions").table["agreed_on"].tolist() == [
        pd.Timestamp("2025-05-15")]  # fmt: skip


def test_a_line_makes_stale_the_pages_of_its_client_alone(study):
    path = study.root / "notebooks" / "90_report.ipynb"
    shutil.copy(Path(__file__).parents[2] / "notebooks" / "90_report.ipynb", path)
    told = [{"client": "C017", "wave": "2025"}, {"client": "X01", "wave": "2025"}]
    before = [page_build.inputs(study, path, one) for one in told]
    account = study.read("accounts", client="C017")["account_id"].iloc[0]
    line = {"action_id": "A1", "client_id": "C017", "account_id": account, "wave": "2024",
            "action": "listen", "kind": "account", "party": "us", "status": "agreed"}  # fmt: skip
    programme.change(study, "agreed_actions", lambda _: pd.DataFrame([line]))
    after = [page_build.inputs(study, path, one) for one in told]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_under_pseudonyms_a_list_names_nobody_and_comes_home_all_the_same(study):
    book = study.raw / "codebook.yaml"
    book.write_text(book.read_text(encoding="utf-8") + "\nprivacy: {pseudonyms: yes}\n")
    hidden = Study(study.name, root=study.root)
    accounts = hidden.read("accounts", client="C017")
    path = propose(hidden, "C017", "2025", kind="csv")
    text = path.read_text(encoding="utf-8-sig")
    for name in (*accounts["name"].dropna(), *accounts["account_manager"].dropna()):
        assert name not in text
    path.write_text(text.replace(",proposed,", ",agreed,", 1), encoding="utf-8-sig")
    assert "new" in set(take_file(hidden, path, on=pd.Timestamp("2025-05-15")).table["outcome"])
    found = programme.ledger(hidden, "agreed_actions").table
    assert found["account_id"].isin(accounts["account_id"]).all()
    assert found["owner"].isin(accounts["account_manager"]).all()
    again = take_file(hidden, path, on=pd.Timestamp("2025-05-15"))
    assert set(again.table["outcome"]) == {"same", "untouched"}
