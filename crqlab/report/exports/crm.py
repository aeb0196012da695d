"""One row per account for a CRM: what Salesforce's bulk load takes, safe to open in Excel."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pandas as pd

from crqlab.base.contracts import TABLES
from crqlab.base.contracts.cautions import OK
from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.tables import table
from crqlab.report.exports.theme import Theme
from crqlab.show.html import plain

#: Column of the file: column of the view's accounts. Custom fields end in ``__c``.
_COLUMNS = {
    "Account_External_Id__c": "account_id",
    "Name": "name",
    "CRQ_Wave__c": "wave",
    "CRQ_Status__c": "status",
    "CRQ_Score__c": "shrunken",
    "CRQ_Score_Low__c": "shrunken_low",
    "CRQ_Score_High__c": "shrunken_high",
    "CRQ_Respondents__c": "n",
    "CRQ_NPS__c": "nps",
    "CRQ_NPS_Low__c": "nps_low",
    "CRQ_NPS_High__c": "nps_high",
    "CRQ_NPS_Respondents__c": "n_ltr",
    "CRQ_Segment__c": "segment",
    "CRQ_Verbatim__c": "verbatim",
    "CRQ_Caution__c": "flag",
}
#: What a spreadsheet takes for the start of a formula.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST = 32_000  # characters of a field in Salesforce's Bulk API


def content(view: ClientView, _theme: Theme, *, study: Study, **_: Any) -> bytes:
    """Return a table for a CRM's import, one row per account.

    Parameters
    ----------
    view : ClientView
    study : Study
        For the accounts' segments, where a station has written them.

    Returns
    -------
    bytes
        UTF-8 without byte-order mark, commas, CRLF, as Salesforce's Bulk API 2.0 takes it with
        ``lineEnding`` CRLF. Numbers are as computed, without thousands separators; an empty
        cell is one that is not known or withheld. Comments of accounts that may be named
        stand in one cell, parted by ``" | "``.

    References
    ----------
    Salesforce (2024), Bulk API 2.0 Developer Guide: prepare CSV files.
    OWASP (2023), CSV injection: a text that begins like a formula gets an apostrophe in front.
    """
    rows = view.accounts.sort_values("account_id").assign(
        wave=view.wave,
        segment=lambda accounts: accounts["account_id"].map(_segments(study, view)),
        verbatim=lambda accounts: _verbatims(view, accounts),
        flag=lambda accounts: (
            accounts["flag"].where(accounts["status"] == "scored", OK).map(view.language.caution)
        ),
    )
    cells = pd.DataFrame({head: _cells(rows[column]) for head, column in _COLUMNS.items()})
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(cells.columns)
    writer.writerows(cells.itertuples(index=False))
    return file.getvalue().encode()


def _cells(values: pd.Series) -> list[str]:
    if pd.api.types.is_integer_dtype(values.dtype):
        return [str(value) for value in values]
    if pd.api.types.is_float_dtype(values.dtype):
        return ["" if v != v else np.format_float_positional(v, trim="0") for v in values]
    return ["" if pd.isna(value) else harmless(plain(value)[:_LONGEST]) for value in values]


def harmless(said: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("  -5"), harmless("AB-5")
    ("'=1+1", "'  -5", 'AB-5')
    """
    return f"'{said}" if said.lstrip(" ").startswith(_STARTS) else said


def _verbatims(view: ClientView, accounts: pd.DataFrame) -> pd.Series:
    """Comments that carry an account's name, where one account alone has that name."""
    named = view.comments[view.comments["account"] != ""]
    joined = named.groupby("account")["words"].agg(" | ".join)
    alone = ~accounts["name"].duplicated(keep=False)
    return accounts["name"].map(joined).where(alone)


def _segments(study: Study, view: ClientView) -> pd.Series:
    """Segment of each account; without rows where no station has written any."""
    for name, held in TABLES.items():
        if {"account_id", "segment"} <= set(held.columns) and study.has(name):
            which = {"wave": view.wave} if "wave" in held.columns else {}
            rows = table(study, name, client=view.client_id, **which)
            return rows.drop_duplicates("account_id").set_index("account_id")["segment"]
    return pd.Series(dtype=object)
