"""Whoever holds the key finds the way back from pseudonyms; nobody else does."""

import csv
import io

import pytest
from typer.testing import CliRunner

from crqlab import CrqError, StudyError
from crqlab.cli import app
from crqlab.page.pseudonym_owners import owners, resolved, unveiled
from crqlab.page.tables import table
from crqlab.report import view
from crqlab.report.exports import crm
from crqlab.report.exports.theme import Theme
from tests.report.renaming import filled, tables_of


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    root = tmp_path_factory.mktemp("veiled")
    patch.setenv("CRQLAB_KEY_FILE", str(root.parent / "owners.key"))
    yield filled(root, privacy={"pseudonyms": True})
    patch.undo()


@pytest.fixture(scope="module")
def exported(study):
    seen = view(study, client="C017", wave="2025")
    return crm.content(seen, Theme(), study=study)[0].decode()


def test_every_pseudonym_in_a_veiled_table_has_an_owner(study):
    veiled = table(study, "accounts")
    known = owners(study).set_index("pseudonym")
    real = tables_of(study)["accounts"].set_index("account_id")
    assert known.loc[veiled["account_id"], "name"].tolist() == real["name"].tolist()
    assert known.loc[veiled["account_id"], "id"].tolist() == real.index.tolist()
    managers = known.loc[veiled["account_manager"]]
    assert managers["id"].tolist() == real["account_manager"].tolist()
    assert set(managers["kind"]) == {"manager"}
    people = table(study, "contacts")["contact_id"]
    assert set(known.loc[people, "kind"]) == {"contact"}


def test_a_crm_file_gets_its_ids_and_names_back_and_nothing_else_changes(study, exported):
    before = list(csv.DictReader(io.StringIO(exported, newline="")))
    after = list(csv.DictReader(io.StringIO(unveiled(study, exported), newline="")))
    real = tables_of(study)["accounts"].set_index("account_id")["name"]
    assert {row["Account_External_Id__c"] for row in after} <= set(real.index)
    assert all(row["Name"] == real[row["Account_External_Id__c"]] for row in after)
    for old, new in zip(before, after, strict=True):
        assert old["Account_External_Id__c"] != new["Account_External_Id__c"]
        assert old["CRQ_Score__c"] == new["CRQ_Score__c"]


def test_what_stands_for_nobody_is_said(study):
    with pytest.raises(CrqError, match=r"A-AAAAAAAAAAAAAAAA: no account, contact.*another key"):
        resolved(study, ["A-AAAAAAAAAAAAAAAA"])
    with pytest.raises(CrqError, match="holds no pseudonyms"):
        unveiled(study, "Name\r\nKvarnby\r\n")


def test_without_the_key_there_is_no_way_back_and_none_is_made(study, monkeypatch, tmp_path):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "none.key"))
    with pytest.raises(StudyError, match="There is no key of study demo"):
        owners(study)
    assert not (tmp_path / "none.key").exists()


def test_the_command_says_who_and_writes_tables_outside_of_reports_alone(
    study, exported, monkeypatch, tmp_path
):
    monkeypatch.setenv("CRQLAB_HOME", str(study.root))
    monkeypatch.chdir(study.root)
    run = lambda *words: CliRunner().invoke(app, ["pseudonyms", "resolve", "demo", *words])  # noqa: E731
    token = table(study, "accounts")["account_id"].iloc[0]
    said = run(token.lower())
    assert (said.exit_code, "account A000 of C017: <i>Ünï & Söns</i>" in said.output) == (0, True)
    source, to = tmp_path / "crm.csv", tmp_path / "real.csv"
    source.write_text(exported, encoding="utf-8", newline="")
    assert run("--file", str(source), "--to", str(to)).exit_code == 0
    assert to.read_bytes().decode() == unveiled(study, exported)
    inside = study.reports / "real.csv"
    assert run("--file", str(source), "--to", str(inside)).exit_code != 0
    assert not inside.exists()
    assert run().exit_code != 0
