"""What kind of value each field of a CRM holds, and the packages that CRMs import."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pandas as pd

#: Ids by which a CRM knows a record again; an account's also leads to it from others.
ACCOUNT_ID, CONTACT_ID = "Account_External_Id__c", "Contact_External_Id__c"
TASK_ID = "CRQ_Task_External_Id__c"
KEYS = {"Account": ACCOUNT_ID, "Contact": CONTACT_ID, "Task": TASK_ID}
#: Fields that every CRM has, under Salesforce's names; crqlab defines all others.
STANDARD = frozenset(["Name", "Subject", "Description", "ActivityDate", "Status", "Priority"])
_LONG = ("CRQ_Verbatim__c", "CRQ_Caution__c")
_COUNTS = ("CRQ_Respondents__c", "CRQ_NPS_Respondents__c")
_DAYS = ("CRQ_Renewal_Due__c", "CRQ_Invited_On__c")
_SHARES = ("CRQ_Segment_P__c", "CRQ_Renewal_P__c", "CRQ_Renewal_P_Low__c", "CRQ_Renewal_P_High__c")
_NUMBERS = (
    "CRQ_Score__c", "CRQ_Score_Low__c", "CRQ_Score_High__c", "CRQ_NPS__c", "CRQ_NPS_Low__c",
    "CRQ_NPS_High__c", "CRQ_Expected_Loss__c",
)  # fmt: skip
_FIRST = (1980, 1, 1, 0, 0, 0)


def kind(field: str) -> str:
    """Return what a field of ours holds: id, text, long, count, number, share, date or yes.

    Examples
    --------
    >>> kind("CRQ_Score__c"), kind("CRQ_Invited__c"), kind("CRQ_Wave__c")
    ('number', 'yes', 'text')
    """
    kinds = {
        "id": tuple(KEYS.values()), "long": _LONG, "count": _COUNTS, "date": _DAYS,
        "share": _SHARES, "number": _NUMBERS, "yes": ("CRQ_Invited__c",),
    }  # fmt: skip
    return next((name for name, fields in kinds.items() if field in fields), "text")


def label(field: str) -> str:
    """Return what people call a field in a CRM: English words of its name.

    Examples
    --------
    >>> label("CRQ_Renewal_P_Low__c")
    'CRQ Renewal P Low'
    """
    return field.removesuffix("__c").replace("_", " ")


def headed(
    rows: pd.DataFrame, words: Mapping[str, Mapping[str, str]], name: Callable[[str], str]
) -> pd.DataFrame:
    """Return a table with a CRM's own names of fields, and its own words in some of them.

    Examples
    --------
    >>> rows = pd.DataFrame({"Status": ["Not Started"]})
    >>> headed(rows, {"Status": {"Not Started": "Open"}}, str.lower).to_dict("list")
    {'status': ['Open']}
    """
    told = {field: rows[field].map(said) for field, said in words.items() if field in rows}
    return rows.assign(**told).rename(columns={field: name(field) for field in rows})


def package(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files, the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            told = zipfile.ZipInfo(name, _FIRST)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o600 << 16
            archive.writestr(told, content)
    return made.getvalue()
