"""A person who asked for it is forgotten: in tables, pages and ledgers, for ever, and told."""

import csv
import zipfile
from datetime import date

import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import DataError, StudyError, responses
from crqlab.base.forgotten_people import hashed
from crqlab.base.study import Study
from crqlab.base.study_key import key, place
from crqlab.cli import app
from crqlab.report.clearance.erasure import forget
from crqlab.responses import read

TODAY = date(2026, 11, 30)
BOOK = """
title: Acme
client: {id: C1, name: Acme}
instrument:
  name: own
  version: "1"
  scale: [1, 7]
  items: {t1: {}, t2: {}}
  constructs: {trust: {label: Trust, items: [t1, t2]}}
  crq: {constructs: [trust], required: [trust], at_least: 1}
responses:
  files:
  - file: answers.csv
    columns: {response_id: id, contact_id: who, wave: wave, account_id: firm}
contacts: {file: people.csv}
"""
ANSWERS = """id,who,wave,firm,t1,t2
r1,P1,1,A,7,6
r2,P2,1,A,5,5
r3,P1,2,A,6,6
r4,,2,B,3,2
"""
PEOPLE = """contact_id,account_id,name,role,invited
P1,A,Eva Berg,user,true
P2,A,Bo Ek,user,true
P3,B,Al Ton,user,true
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_KEY_FILE", str(tmp_path / "key"))
    root = tmp_path / "home"
    raw = root / "data" / "raw" / "acme"
    raw.mkdir(parents=True)
    for name, text in {"codebook.yaml": BOOK, "answers.csv": ANSWERS, "people.csv": PEOPLE}.items():
        (raw / name).write_text(text, encoding="utf-8")
    return Study("acme", root=root)


def test_answers_and_invitations_of_a_person_are_set_aside_and_counted_without_a_name(study):
    forget(study, "contact", "P1", client=None, today=TODAY)
    left = read(study)
    assert left.responses["response_id"].tolist() == ["r2", "r4"]
    assert set(left.contacts["contact_id"]) == {"P2", "P3"}
    assert "2 responses and 1 rows of contacts of forgotten people are set aside" in str(left)
    assert len(read(study, forgotten_too=True).responses) == 4
    flags = responses.flags(left, study.codebook)
    checked = responses.decide(left, flags, responses.decisions(study))
    assert len(checked.responses) == 2


def test_the_file_holds_a_keyed_hash_and_nothing_of_the_person(study):
    forget(study, "contact", "P1", client=None, today=TODAY)
    text = (study.raw / "forgotten.csv").read_text(encoding="utf-8")
    assert text == f"person,date\n{hashed('C1', 'P1', 'contact', key(study))},2026-11-30\n"
    assert hashed("C1", "P1", "contact", b"x" * 32) not in text
    assert hashed("C1", "P1", "response", key(study)) not in text


def test_a_response_without_a_contact_is_forgotten_by_its_own_id(study):
    done = forget(study, "response", "r4", client=None, today=TODAY)
    assert read(study).responses["response_id"].tolist() == ["r1", "r2", "r3"]
    assert done.raw.to_dict("records") == [{"file": "answers.csv", "rows": [5]}]


def test_what_was_derived_is_deleted_and_the_rest_is_listed(study):
    made = {
        study.processed / "10_responses.parquet": True,
        study.processed / "80_cube" / "seen.json": True,
        study.reports / "10_responses.html": True,
        study.reports / "C1_2.html": True,
        study.reports / "C1_2_by" / "Eva.html": True,
        study.reports / "exports" / "C1_2_sv.xlsx": True,
        study.reports / "C10_2.html": False,
        study.reports / "firm_headoffice.xlsx": True,
        study.reports / "firm_headoffice_fields_sv.csv": True,
        study.reports / "manifest" / "C1_2.json": True,
        study.reports / "manifest" / "statements" / "C1_2.json": False,
        study.root / "data/processed/releases/2026.1/release.json": False,
    }
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    done = forget(study, "contact", "P1", client=None, today=TODAY)
    assert {path: not path.exists() for path in made} == made
    assert set(done.removed) == {path for path, gone in made.items() if gone}
    assert done.raw.to_dict("records") == [
        {"file": "answers.csv", "rows": [2, 4]}, {"file": "people.csv", "rows": [2]}]  # fmt: skip
    assert set(done.kept) == {
        study.root / "data/processed/releases/2026.1",
        study.reports / "manifest" / "statements" / "C1_2.json",
    }
    assert (study.raw / "answers.csv").read_text(encoding="utf-8") == ANSWERS


def test_older_deliveries_and_notebooks_that_name_the_person_are_listed(study):
    notebooks = study.root / "notebooks"
    notebooks.mkdir()
    cell = '{"cells": [{"outputs": [{"text": "P1 of A"}]}]}'
    for name in ("mine.ipynb", "other.ipynb"):
        (notebooks / name).write_text(cell if name == "mine.ipynb" else "{}", encoding="utf-8")
    (study.raw / "fetched").mkdir()
    for name, who in {"people.before": "P1", "people.first": "P2"}.items():
        pd.DataFrame({"who": [who]}).to_parquet(study.raw / "fetched" / f"{name}.parquet")
    (study.raw / "old.csv").write_bytes("id,who\nr1,P1\n".encode("utf-16"))
    (study.raw / "older.csv").write_text("id,who\nr11,P12\n")
    with zipfile.ZipFile(study.raw / "old.xlsx", "w") as archive:
        archive.writestr("xl/sharedStrings.xml", "<si><t>P1</t></si>")
    done = forget(study, "contact", "P1", client=None, today=TODAY)
    assert set(done.others) == {
        notebooks / "mine.ipynb", study.raw / "fetched" / "people.before.parquet",
        study.raw / "old.csv", study.raw / "old.xlsx",
    }  # fmt: skip


def test_lines_of_our_own_ledgers_about_the_person_go(study):
    ledger = study.raw / "decisions.csv"
    ledger.write_text("response_id,decision\nr1,keep\nr2,exclude\nr3,keep\n", encoding="utf-8")
    done = forget(study, "contact", "P1", client=None, today=TODAY)
    assert list(csv.reader(ledger.read_text(encoding="utf-8").splitlines())) == [
        ["response_id", "decision"], ["r2", "exclude"]]  # fmt: skip
    assert done.ledgers == {"decisions.csv": 2}
    assert [path.name for path in study.raw.glob("decisions*")] == ["decisions.csv"]
    assert "2 lines out of decisions.csv" in str(done)
    responses.decide(read(study), responses.flags(read(study), study.codebook),
                     responses.decisions(study))  # fmt: skip


def test_forgetting_twice_changes_nothing_more(study):
    forget(study, "contact", "P1", client=None, today=TODAY)
    before = (study.raw / "forgotten.csv").read_bytes()
    again = forget(study, "contact", "P1", client="C1", today=date(2027, 1, 1))
    assert not again.new
    assert (study.raw / "forgotten.csv").read_bytes() == before


@pytest.mark.parametrize(("id_", "client"), [("P9", None), ("P1", "C2"), ("r1", None)])
def test_an_id_that_nobody_has_changes_nothing(study, id_, client):
    with pytest.raises(StudyError, match="nothing was changed"):
        forget(study, "contact", id_, client=client, today=TODAY)
    assert not (study.raw / "forgotten.csv").exists()
    assert not place(study).exists()


def test_without_the_key_nobody_comes_back(study):
    forget(study, "contact", "P1", client=None, today=TODAY)
    place(study).unlink()
    with pytest.raises(StudyError, match="would come back"):
        read(study)
    assert not place(study).exists()


def test_a_damaged_file_is_told(study):
    (study.raw / "forgotten.csv").write_text("person,date\nEva Berg,2026\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"forgotten\.csv, line 2"):
        read(study)


def test_a_later_delivery_of_the_same_person_is_set_aside_too(study):
    forget(study, "contact", "P1", client=None, today=TODAY)
    more = ANSWERS + "r5,P1,3,A,1,1\nr6, P1 ,3,A,1,1\nr7,P11,3,A,1,1\n"
    (study.raw / "answers.csv").write_text(more, encoding="utf-8")
    assert read(study).responses["response_id"].tolist() == ["r2", "r4", "r7"]


def test_two_clients_with_the_same_id_are_two_people(study):
    text = BOOK.replace("client: {id: C1, name: Acme}\n", "").replace(
        "wave: wave", "client_id: c, wave: wave"
    )
    (study.raw / "codebook.yaml").write_text(text, encoding="utf-8")
    rows = pd.read_csv(study.raw / "answers.csv").assign(c=["C1", "C1", "C2", "C2"])
    rows.to_csv(study.raw / "answers.csv", index=False)
    people = PEOPLE.replace("contact_id,", "client_id,contact_id,")
    people = people.replace("P1,", "C1,P1,").replace("P2,", "C1,P2,").replace("P3,", "C2,P3,")
    (study.raw / "people.csv").write_text(people, encoding="utf-8")
    with pytest.raises(StudyError, match="at 2 clients"):
        forget(study, "contact", "P1", client=None, today=TODAY)
    forget(study, "contact", "P1", client="C2", today=TODAY)
    assert read(study).responses["response_id"].tolist() == ["r1", "r2", "r4"]


def test_the_command_says_what_it_did_and_what_is_left(study):
    run = CliRunner().invoke(app, ["forget", "acme", "--contact", "P1"],
                             env={"CRQLAB_HOME": str(study.root)})  # fmt: skip
    assert run.exit_code == 0, run.output
    assert "for the owner to delete: answers.csv, rows 2, 4" in run.output
    assert "Eva" not in run.output
    both = CliRunner().invoke(app, ["forget", "acme"], env={"CRQLAB_HOME": str(study.root)})
    assert both.exit_code != 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_ledger_is_read_and_left_as_its_owner_s_spreadsheet_writes_it(study, encoding):
    ledger = study.raw / "decisions.csv"
    lines = [
        "response_id;decision;reason",
        'r1;keep;"går; två\r\nrader"',
        "r2;exclude;ö",
        "r3;keep;",
    ]
    ledger.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    done = forget(study, "contact", "P1", client=None, today=TODAY)
    kept = "\r\n".join([lines[0], lines[2], ""])
    assert ledger.read_bytes() == kept.encode(encoding)
    assert done.ledgers == {"decisions.csv": 2}
