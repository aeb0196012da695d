"""Accounts, contacts and tasks for a CRM: what Salesforce's bulk load takes, safe in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crqlab.base.study import Study
from crqlab.page.accounts import export as accounts_export
from crqlab.page.actions.export import crm_tasks
from crqlab.page.client_view import ClientView
from crqlab.page.comments import export as comments_export
from crqlab.page.participation.export import crm_contacts
from crqlab.page.renewal import export as renewal_export
from crqlab.page.segments import export as segments_export
from crqlab.report.exports.theme import Theme
from crqlab.show.html import plain

#: Who fills which columns, in order; custom fields end in ``__c``.
_COLUMNS = (
    accounts_export.crm_columns,
    segments_export.crm_columns,
    renewal_export.crm_columns,
    comments_export.crm_columns,
    accounts_export.crm_cautions,
)
#: Meanings of fields whose names are no words of ours.
_MEANT = {"CRQ_Verbatim__c": "crm.comments"}
#: What a spreadsheet takes for the start of a formula.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST = 32_000  # characters of a field in Salesforce's Bulk API


def content(view: ClientView, _theme: Theme, *, study: Study, **_: Any) -> tuple[bytes, ...]:
    """Return what a CRM's import takes: accounts, contacts, tasks, and what the fields mean.

    Parameters
    ----------
    view : ClientView
    study : Study
        For the contacts of the wave.

    Returns
    -------
    tuple of bytes
        UTF-8 without byte-order mark, commas, CRLF, as Salesforce's Bulk API 2.0 takes it with
        ``lineEnding`` CRLF; all but the last are the same in every language. Numbers are those of
        the page, without thousands separators; an empty cell is one that is not known or withheld.
        Comments of accounts that may be named stand in one cell, each behind its question, parted
        by ``" | "``. Nothing tells which contact has answered.

    References
    ----------
    Salesforce (2024), Bulk API 2.0 Developer Guide: prepare CSV files.
    OWASP (2023), CSV injection: a text that begins like a formula gets an apostrophe in front.
    """
    tables = crm_tables(view, study)
    return (*map(csv_file, tables.values()), csv_file(_fields(view, tables)))


def crm_tables(view: ClientView, study: Study) -> dict[str, pd.DataFrame]:
    """Return what a CRM gets of a client's wave, by the object that it is about.

    Parameters
    ----------
    view : ClientView
    study : Study
        For the contacts of the wave.
    """
    accounts = view.accounts.sort_values("account_id")
    columns: dict[str, pd.Series] = {}
    for of in _COLUMNS:
        columns |= of(view, accounts)
    return {
        "Account": pd.DataFrame(columns),
        "Contact": crm_contacts(study, view),
        "Task": crm_tasks(view),
    }


def _fields(view: ClientView, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What every field of every file means, in the reader's language."""
    say = view.language.say
    rows = [(name, field, means(view, field)) for name, table in tables.items() for field in table]
    return pd.DataFrame(rows, columns=[say(f"crm.{head}") for head in ("object", "field", "means")])


def means(view: ClientView, field: str) -> str:
    """Say what a field means, in the view's language."""
    bare = field.removesuffix("__c").lower()
    code = _MEANT.get(field) or f"crm.{bare}"
    return view.language.say(code, minimum=view.privacy.min_scores)


def csv_file(rows: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 with commas and CRLF, in which no text is a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(rows.columns)
    writer.writerows(zip(*(csv_cells(rows[head]) for head in rows), strict=True))
    return file.getvalue().encode()


def csv_cells(values: pd.Series) -> list[str]:
    """Return the cells of a column: plain numbers, gaps empty, no text that is a formula.

    Examples
    --------
    >>> csv_cells(pd.Series([1.5, None])), csv_cells(pd.Series(["=1+1", None]))
    (['1.5', ''], ["'=1+1", ''])
    """
    if pd.api.types.is_integer_dtype(values.dtype):
        return ["" if pd.isna(value) else str(value) for value in values]
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
