"""Companies, contacts and tasks as HubSpot imports them, with the properties to make before."""

from __future__ import annotations

import json
from typing import Any

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.report.exports.crm import crm_tables, csv_file, means
from crqlab.report.exports.crm_fields import (
    ACCOUNT_ID,
    KEYS,
    STANDARD,
    headed,
    kind,
    label,
    package,
)
from crqlab.report.exports.theme import Theme

_OBJECTS = {"Account": "companies", "Contact": "contacts", "Task": "tasks"}
_GROUPS = {"Account": "companyinformation", "Contact": "contactinformation", "Task": "task"}
#: Properties that HubSpot has itself.
_OWN = {"Name": "name", "Subject": "hs_task_subject", "Description": "hs_task_body",
        "ActivityDate": "hs_timestamp", "Status": "hs_task_status",
        "Priority": "hs_task_priority"}  # fmt: skip
_WORDS = {"Status": {"Not Started": "NOT_STARTED"},
          "Priority": {"High": "HIGH", "Normal": "MEDIUM"}}  # fmt: skip
_TYPES = {
    "id": ("string", "text"), "text": ("string", "text"), "long": ("string", "textarea"),
    "count": ("number", "number"), "number": ("number", "number"), "share": ("number", "number"),
    "date": ("date", "date"), "yes": ("bool", "booleancheckbox"),
}  # fmt: skip
_CHOICES = [{"label": "Yes", "value": "true", "displayOrder": 0, "hidden": False},
            {"label": "No", "value": "false", "displayOrder": 1, "hidden": False}]  # fmt: skip


def content(view: ClientView, _theme: Theme, *, study: Study, **_: Any) -> bytes:
    """Return an archive: three tables, and the properties that they need.

    Parameters
    ----------
    view : ClientView
    study : Study
        For the contacts of the wave.

    Returns
    -------
    bytes
        ``companies.csv``, ``contacts.csv``, ``tasks.csv``, whose headers are names of properties;
        and ``properties/OBJECT.json``, the bodies of ``POST
        /crm/v3/properties/OBJECT/batch/create``.

    References
    ----------
    HubSpot (2026), CRM API, properties: create a batch of properties.
    """
    files = {}
    for name, rows in crm_tables(view, study).items():
        files[f"{_OBJECTS[name]}.csv"] = csv_file(headed(rows, _WORDS, property_name))
        new = [field for field in rows if field not in STANDARD]
        body = {"inputs": [_property(view, name, field) for field in new]}
        said = json.dumps(body, indent=2, ensure_ascii=False)
        files[f"properties/{_OBJECTS[name]}.json"] = f"{said}\n".encode()
    return package(files)


def property_name(field: str) -> str:
    """Return the name of a field in HubSpot: small letters.

    Examples
    --------
    >>> property_name("CRQ_Score__c"), property_name("Name")
    ('crq_score', 'name')
    """
    return _OWN.get(field) or field.removesuffix("__c").lower()


def _property(view: ClientView, name: str, field: str) -> dict[str, Any]:
    type_, look = _TYPES[kind(field)]
    unique = field == KEYS[name] and (name == "Account" or field != ACCOUNT_ID)
    options = {"options": _CHOICES} if type_ == "bool" else {}
    return {"name": property_name(field), "label": label(field), "type": type_, "fieldType": look,
            "groupName": _GROUPS[name], "description": means(view, field),
            "hasUniqueValue": unique, **options}  # fmt: skip
