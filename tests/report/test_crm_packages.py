"""Packages for CRMs: tables in the shape that each imports, and the fields that it needs first."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from crqlab.report import LeakError, export, view
from crqlab.report.exports import crm, dynamics, hubspot, salesforce
from crqlab.report.exports.theme import Theme
from tests.report.neighbours import HOSTILE, THEIRS, lay

META = "{http://soap.sforce.com/2006/04/metadata}"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return lay(tmp_path_factory.mktemp("crm"), names=HOSTILE, accounts=14)


@pytest.fixture(scope="module")
def seen(study):
    return view(study, client="C017", wave="2025")


@pytest.fixture(scope="module")
def tables(seen, study):
    return crm.crm_tables(seen, study)


def unpacked(module, seen, study):
    made = module.content(seen, Theme(), study=study)
    assert made == module.content(seen, Theme(), study=study)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(content):
    assert content.count(b"\r\n") == content.count(b"\n")
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_salesforce_loads_each_table_by_a_job_that_its_api_takes(seen, study, tables):
    files = unpacked(salesforce, seen, study)
    jobs = json.loads(files["jobs.json"])
    assert [job["object"] for job in jobs] == ["Account", "Contact", "Task"]
    for job in jobs:
        head, *rows = table(files[job["file"]])
        assert job["operation"] == "upsert"
        assert (job["lineEnding"], job["columnDelimiter"]) == ("CRLF", "COMMA")
        assert head.count(job["externalIdFieldName"]) == 1
        ids = [row[head.index(job["externalIdFieldName"])] for row in rows]
        assert len(set(ids)) == len(ids) == len(tables[job["object"]])
        assert all(ids)


def test_salesforce_finds_the_account_of_contacts_and_tasks_by_its_own_id(seen, study, tables):
    files = unpacked(salesforce, seen, study)
    for file, head, name in (
        ("contacts.csv", "Account.Account_External_Id__c", "Contact"),
        ("tasks.csv", "Account:What.Account_External_Id__c", "Task"),
    ):
        names, *rows = table(files[file])
        own = [row[names.index(head)] for row in rows]
        assert own == tables[name]["Account_External_Id__c"].tolist()
        assert "Account_External_Id__c" not in names


def test_salesforce_knows_every_field_before_it_is_loaded(seen, study):
    files = unpacked(salesforce, seen, study)
    own = {"Account": "accounts.csv", "Contact": "contacts.csv", "Activity": "tasks.csv"}
    standard = {"Name", "Subject", "Description", "ActivityDate", "Status", "Priority"}
    for on, file in own.items():
        place = f"metadata/main/default/objects/{on}/fields/"
        made = {name.removeprefix(place).removesuffix(".field-meta.xml"): content
                for name, content in files.items() if name.startswith(place)}  # fmt: skip
        heads = {name for name in table(files[file])[0] if "." not in name}
        assert set(made) == heads - standard
        for name, content in made.items():
            root = ElementTree.fromstring(content)
            assert root.findtext(f"{META}fullName") == name
            assert len(root.findtext(f"{META}label")) <= 40
            assert len(root.findtext(f"{META}inlineHelpText")) <= 510
    score = ElementTree.fromstring(
        files["metadata/main/default/objects/Account/fields/CRQ_Score__c.field-meta.xml"]
    )
    assert [score.findtext(f"{META}{key}") for key in ("type", "precision", "scale")] == [
        "Number", "18", "2"]  # fmt: skip


def test_hubspot_has_a_property_for_every_header_that_is_not_its_own(seen, study):
    files = unpacked(hubspot, seen, study)
    own = {"name", "hs_task_subject", "hs_task_body", "hs_timestamp", "hs_task_status",
           "hs_task_priority"}  # fmt: skip
    for object_ in ("companies", "contacts", "tasks"):
        head = table(files[f"{object_}.csv"])[0]
        made = json.loads(files[f"properties/{object_}.json"])["inputs"]
        assert {one["name"] for one in made} == set(head) - own
        assert [one["hasUniqueValue"] for one in made].count(True) == 1
        assert all(one["name"] == one["name"].lower() for one in made)
        assert all("options" in one for one in made if one["type"] == "bool")


def test_words_of_tasks_are_those_of_each_crm(monkeypatch, seen, study, tables):
    task = pd.DataFrame({name: ["x"] for name in tables["Task"]})
    task = task.assign(Status=["Not Started"], Priority=["Normal"])
    monkeypatch.setattr(hubspot, "crm_tables", lambda *_: {**tables, "Task": task})
    monkeypatch.setattr(dynamics, "crm_tables", lambda *_: {**tables, "Task": task})
    head, row = table(unpacked(hubspot, seen, study)["tasks.csv"])
    told = dict(zip(head, row, strict=True))
    assert (told["hs_task_status"], told["hs_task_priority"]) == ("NOT_STARTED", "MEDIUM")
    head, row = table(unpacked(dynamics, seen, study)["task.csv"])
    told = dict(zip(head, row, strict=True))
    assert (told["statecode"], told["prioritycode"]) == ("Open", "Normal")


def test_dynamics_has_a_column_and_a_key_for_what_it_does_not_know(seen, study):
    files = unpacked(dynamics, seen, study)
    for name in ("account", "contact", "task"):
        head = table(files[f"{name}.csv"])[0]
        told = json.loads(files[f"columns/{name}.json"])
        made = {one["SchemaName"] for one in told["Attributes"]}
        assert made == {one for one in head if one.startswith("crq_")}
        (key,) = told["Keys"]
        assert set(key["KeyAttributes"]) <= made
        kinds = {one["@odata.type"].split(".")[-1] for one in told["Attributes"]}
        assert kinds <= {"StringAttributeMetadata", "MemoAttributeMetadata",
                         "IntegerAttributeMetadata", "DecimalAttributeMetadata",
                         "DateTimeAttributeMetadata", "BooleanAttributeMetadata"}  # fmt: skip


@pytest.mark.parametrize("module", [salesforce, hubspot, dynamics])
def test_no_cell_is_a_formula_and_numbers_are_those_of_the_page(module, seen, study, tables):
    files = unpacked(module, seen, study)
    name = {salesforce: "accounts.csv", hubspot: "companies.csv", dynamics: "account.csv"}[module]
    head, *rows = table(files[name])
    assert [len(row) for row in rows] == [len(head)] * len(tables["Account"])
    place = [one.lower().removesuffix("__c") for one in head].index("crq_score")
    told = [float(row[place]) if row[place] else None for row in rows]
    own = [None if v != v else v for v in tables["Account"]["CRQ_Score__c"]]
    assert told == own
    assert any(value is None for value in told)
    for content in files.values():
        if content[:1] not in b"{[<":
            cells = [cell for row in table(content) for cell in row]
            assert not [cell for cell in cells if cell[:1] in ("=", "@", "+")]


def test_packages_are_written_beside_the_report_and_pass_the_gate(study):
    made = export(study, "C017", "2025", kinds=["salesforce", "hubspot", "dynamics"])
    assert [path.name for path in made] == [
        "C017_2025_salesforce.zip", "C017_2025_hubspot.zip", "C017_2025_dynamics.zip"]  # fmt: skip


@pytest.mark.parametrize("module", [salesforce, hubspot, dynamics])
def test_a_package_that_holds_something_of_a_stranger_is_refused(
    module, study, tables, monkeypatch
):
    theirs = tables["Account"].assign(Name=THEIRS["account name"])
    monkeypatch.setattr(module, "crm_tables", lambda *_: {**tables, "Account": theirs})
    kind = module.__name__.rpartition(".")[2]
    (study.reports / f"C017_2025_{kind}.zip").unlink(missing_ok=True)
    with pytest.raises(LeakError, match="account name"):
        export(study, "C017", "2025", kinds=[kind])
    assert not (study.reports / f"C017_2025_{kind}.zip").exists()
