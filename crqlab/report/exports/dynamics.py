"""Accounts, contacts and tasks as Dynamics 365 imports them, with the columns to make before."""

from __future__ import annotations

import json
from typing import Any

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.report.exports.crm import crm_tables, csv_file, means
from crqlab.report.exports.crm_fields import KEYS, STANDARD, headed, kind, label, package
from crqlab.report.exports.theme import Theme

_TABLES = {"Account": "account", "Contact": "contact", "Task": "task"}
#: Columns that Dataverse has itself.
_OWN = {"Name": "name", "Subject": "subject", "Description": "description",
        "ActivityDate": "scheduledend", "Status": "statecode",
        "Priority": "prioritycode"}  # fmt: skip
_WORDS = {"Status": {"Not Started": "Open"}}
_PREFIX = "crq_"
_TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "id": ("String", {"MaxLength": 120, "FormatName": {"Value": "Text"}}),
    "text": ("String", {"MaxLength": 255, "FormatName": {"Value": "Text"}}),
    "long": ("Memo", {"MaxLength": 32000, "Format": "TextArea"}),
    "count": ("Integer", {"MinValue": 0, "MaxValue": 1_000_000, "Format": "None"}),
    "number": ("Decimal", {"Precision": 2, "MinValue": -100_000_000_000,
                           "MaxValue": 100_000_000_000}),
    "share": ("Decimal", {"Precision": 4, "MinValue": 0, "MaxValue": 1}),
    "date": ("DateTime", {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}}),
    "yes": ("Boolean", {"DefaultValue": False}),
}  # fmt: skip
_ENGLISH = 1033


def content(view: ClientView, _theme: Theme, *, study: Study, **_: Any) -> bytes:
    """Return an archive: three tables, and the columns and keys that they need.

    Parameters
    ----------
    view : ClientView
    study : Study
        For the contacts of the wave.

    Returns
    -------
    bytes
        ``account.csv``, ``contact.csv``, ``task.csv``, whose headers are logical names; and
        ``columns/TABLE.json``: ``Attributes``, bodies of ``POST
        EntityDefinitions(LogicalName='TABLE')/Attributes``, and ``Keys``, of ``…/Keys``.

    References
    ----------
    Microsoft (2024), Dataverse Web API: create column definitions; define alternate keys.
    """
    files = {}
    for name, rows in crm_tables(view, study).items():
        table = _TABLES[name]
        files[f"{table}.csv"] = csv_file(headed(rows, _WORDS, logical_name))
        new = [field for field in rows if field not in STANDARD]
        said = {"Attributes": [_column(field, means(view, field)) for field in new],
                "Keys": [_key(KEYS[name])]}  # fmt: skip
        body = json.dumps(said, indent=2, ensure_ascii=False)
        files[f"columns/{table}.json"] = f"{body}\n".encode()
    return package(files)


def logical_name(field: str) -> str:
    """Return the name of a field in Dataverse: small letters behind our own prefix.

    Examples
    --------
    >>> logical_name("CRQ_Score__c"), logical_name("Account_External_Id__c"), logical_name("Name")
    ('crq_score', 'crq_account_external_id', 'name')
    """
    bare = field.removesuffix("__c").lower()
    return _OWN.get(field) or (bare if bare.startswith(_PREFIX) else f"{_PREFIX}{bare}")


def _column(field: str, said: str) -> dict[str, Any]:
    type_, more = _TYPES[kind(field)]
    name = logical_name(field)
    return {
        "@odata.type": f"Microsoft.Dynamics.CRM.{type_}AttributeMetadata",
        "SchemaName": name,
        "DisplayName": _label(label(field)),
        "Description": _label(said),
        "RequiredLevel": {"Value": "None"},
        **more,
        **(_options() if type_ == "Boolean" else {}),
    }


def _key(field: str) -> dict[str, Any]:
    name = logical_name(field)
    return {"SchemaName": f"{name}_key", "DisplayName": _label(label(field)),
            "KeyAttributes": [name]}  # fmt: skip


def _options() -> dict[str, Any]:
    choices = {"TrueOption": (1, "Yes"), "FalseOption": (0, "No")}
    return {"OptionSet": {"OptionSetType": "Boolean", **{
        key: {"Value": value, "Label": _label(said)} for key, (value, said) in choices.items()
    }}}  # fmt: skip


def _label(said: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": said, "LanguageCode": _ENGLISH}]}
