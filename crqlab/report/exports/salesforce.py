"""Accounts, contacts and tasks as Salesforce's Bulk API 2.0 upserts them, with their fields."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.report.exports.crm import crm_tables, csv_file, means
from crqlab.report.exports.crm_fields import ACCOUNT_ID, KEYS, STANDARD, kind, label, package
from crqlab.report.exports.theme import Theme

_METADATA = "http://soap.sforce.com/2006/04/metadata"
_VERSION = "60.0"
#: Custom fields of tasks are defined on activities, which tasks and events share.
_DEFINED_ON = {"Task": "Activity"}
#: How another object's record is named in the header: by its own id; a task's account may be
#: anything, so its kind stands before.
_RELATED = {"Contact": f"Account.{ACCOUNT_ID}", "Task": f"Account:What.{ACCOUNT_ID}"}
_FILES = {"Account": "accounts.csv", "Contact": "contacts.csv", "Task": "tasks.csv"}
_TYPES: dict[str, dict[str, str]] = {
    "id": {"type": "Text", "length": "120", "externalId": "true", "unique": "true",
           "caseSensitive": "true"},
    "text": {"type": "Text", "length": "255"},
    "long": {"type": "LongTextArea", "length": "32768", "visibleLines": "5"},
    "count": {"type": "Number", "precision": "9", "scale": "0"},
    "number": {"type": "Number", "precision": "18", "scale": "2"},
    "share": {"type": "Number", "precision": "5", "scale": "4"},
    "date": {"type": "Date"},
    "yes": {"type": "Checkbox", "defaultValue": "false"},
}  # fmt: skip


def content(view: ClientView, _theme: Theme, *, study: Study, **_: Any) -> bytes:
    """Return an archive: three tables, the jobs that load them, and the fields as metadata.

    Parameters
    ----------
    view : ClientView
    study : Study
        For the contacts of the wave.

    Returns
    -------
    bytes
        ``accounts.csv``, ``contacts.csv``, ``tasks.csv`` (UTF-8, commas, CRLF);
        ``jobs.json``, the bodies of ``POST /services/data/vXX.X/jobs/ingest`` in the order in
        which they are to run; and ``metadata/``, a source tree for ``sf project deploy start``.

    References
    ----------
    Salesforce (2024), Bulk API 2.0 Developer Guide: create a job; relationship fields in a header
    row. Salesforce (2024), Metadata API Developer Guide: CustomField.
    """
    tables = crm_tables(view, study)
    files = {_FILES[name]: csv_file(_headed(name, rows)) for name, rows in tables.items()}
    files["jobs.json"] = _json([_job(name) for name in tables])
    for name, rows in tables.items():
        on = _DEFINED_ON.get(name, name)
        fields = [field for field in rows if field not in STANDARD]
        for field in fields:
            if field == ACCOUNT_ID and name != "Account":
                continue
            place = f"metadata/main/default/objects/{on}/fields/{field}.field-meta.xml"
            files[place] = _field(field, means(view, field))
    files["metadata/sfdx-project.json"] = _json(
        {"packageDirectories": [{"path": "main", "default": True}], "sourceApiVersion": _VERSION}
    )
    return package(files)


def _headed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows under the headers of the Bulk API."""
    return rows.rename(columns={ACCOUNT_ID: _RELATED[name]}) if name in _RELATED else rows


def _job(name: str) -> dict[str, str]:
    return {"object": name, "operation": "upsert", "externalIdFieldName": KEYS[name],
            "contentType": "CSV", "lineEnding": "CRLF", "columnDelimiter": "COMMA",
            "file": _FILES[name]}  # fmt: skip


def _field(field: str, said: str) -> bytes:
    """A custom field as a file of metadata."""
    root = ElementTree.Element("CustomField", {"xmlns": _METADATA})
    told = {"fullName": field, "description": said, "inlineHelpText": said[:510],
            "label": label(field)[:40], **_TYPES[kind(field)]}  # fmt: skip
    for name in sorted(told):
        ElementTree.SubElement(root, name).text = told[name]
    ElementTree.indent(root, "    ")
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _json(said: Any) -> bytes:
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()
