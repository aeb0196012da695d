"""A list of actions that comes back from people or from a CRM."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pandas as pd

from crqlab.base.study import Study
from crqlab.language import language, languages
from crqlab.page.tables import table
from crqlab.programme.task_files import Filled, filled
from crqlab.programme.task_merge import Taken, take
from crqlab.report.programme import action_workbook
from crqlab.report.programme.proposals import unveiled


def take_file(study: Study, path: Path, *, on: pd.Timestamp, theirs: bool = False) -> Taken:
    """Take a workbook, a CSV or a CRM's export of tasks into the ledger of actions.

    Parameters
    ----------
    study : Study
    path : Path
    on : Timestamp
        The day on which actions were agreed where the file does not say when.
    theirs : bool
        Whether the file has the last word where both sides have changed.

    Returns
    -------
    Taken

    Raises
    ------
    DataError
        The file or the ledger cannot be read; nothing is written then.
    """
    headings: dict[str, str] = {}
    words: dict[str, dict[str, str]] = defaultdict(dict)
    for code in languages():
        spoken = language(code)
        headings |= action_workbook.headings(spoken)
        for column, said in action_workbook.words(spoken).items():
            words[column] |= said
    found = filled(path.resolve(), headings, words)
    return take(study, _known(study, found), on=on, theirs=theirs)


def _known(study: Study, found: Filled) -> Filled:
    """The same lines with ids in the place of pseudonyms, and of names of accounts."""
    known, rows = unveiled(study), found.table
    cells = {name: rows[name].map(lambda cell: known.get(cell, cell)).astype("str")
             for name in ("account_id", "owner")}  # fmt: skip
    accounts = table(study, "accounts", real=True)
    ids = accounts.drop_duplicates(["client_id", "name"]).set_index(["client_id", "name"])
    keys = pd.MultiIndex.from_frame(rows[["client_id", "account"]])
    named = pd.Series(ids["account_id"].reindex(keys).to_numpy(), index=rows.index, dtype="str")
    cells["account_id"] = cells["account_id"].fillna(named)
    return replace(found, table=rows.assign(**cells))
