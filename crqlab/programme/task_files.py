"""Filled-in lists of actions: a workbook, a CSV, or a CRM's export of tasks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from crqlab.base.contracts.programme import ACTIONS, Ledger
from crqlab.base.faults import Faults, UnreadableError
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import delimited, file_kinds, workbook
from crqlab.base.spreadsheets.cells import folded
from crqlab.base.spreadsheets.grid import Grid, texts
from crqlab.programme.ledger_cells import typed_cells

#: Our column by what Salesforce, HubSpot and Dynamics call it, in letters and digits alone.
_HEADERS = {
    "action_id": "crqtaskexternalidc crqtaskexternalid newcrqtaskexternalid",
    "external_id": "id taskid recordid donotmodifytask activityid",
    "account_id": "accountexternalidc accountexternalid",
    "wave": "crqwavec crqwave",
    "action": "subject tasktitle title",
    "owner": "ownername assignedto taskowner owner",
    "due_on": "activitydate duedate scheduledend",
    "status": "status taskstatus activitystatus",
    "done_on": "completeddatetime completiondate completedat actualend completeddate",
}
#: What their lists of a task's status mean here; empty: it tells nothing.
_STATUS = {
    "completed": "done", "waiting_on_someone_else": "agreed", "in_progress": "agreed",
    "waiting": "agreed", "canceled": "dropped", "cancelled": "dropped", "not_started": "",
    "deferred": "", "open": "",
}  # fmt: skip
_APOSTROPHE = r"^'(?=\s*[=+\-@])"  # which keeps a spreadsheet from taking a text for a formula
#: Columns of our lists that stand for one of the ledger: words for its action, a name for its id.
BESIDE = ("what", "account")
_READERS = {"text": delimited.read, "xlsx": workbook.read}
#: The ledger, of which a file may hold any part.
ANY_PART = Ledger(
    ACTIONS.file,
    replace(ACTIONS.contract,
            columns={n: replace(c, gaps=True) for n, c in ACTIONS.contract.columns.items()}),
    {},
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """What a file says of actions.

    Attributes
    ----------
    table : DataFrame
        The columns of the ledger; what the file does not have is missing.
    told : tuple of str
        Columns that the file has.
    rows : list of int
        Where each line stands in the file.
    """

    table: pd.DataFrame
    told: tuple[str, ...]
    rows: list[int]

    @property
    def ours(self) -> bool:
        """Whether it is of our own making, so that an empty cell was emptied."""
        return {"action_id", "status", "done_on", "note", "measure"} <= set(self.told)

    def filled_in(self) -> Filled:
        """Return it without lines that were offered for more actions and stayed empty."""
        there = self.table["action"].notna().to_numpy(bool)
        rows = [row for row, kept in zip(self.rows, there, strict=True) if kept]
        return replace(self, table=self.table[there].reset_index(drop=True), rows=rows)


def filled(
    path: Path, headings: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> Filled:
    """Read a list of actions that somebody has filled in.

    Parameters
    ----------
    path : Path
        ``.xlsx`` or ``.csv``.
    headings : mapping of text to str
        Heading, as a language has it: our column.
    words : mapping of column to mapping of text to str
        Word of a list to choose from, as a language has it: ours.

    Raises
    ------
    DataError
        It cannot be read, or has a cell that is no date, number or word of its column.
    """
    faults = Faults()
    grid = _grid(path, faults)
    faults.stop(path.name)
    assert grid is not None  # else something was noted
    grid = _ours(grid, headings, words)
    if not {"action_id", "external_id", "action"} & set(grid.names):
        fix = "take a file that crqlab actions propose wrote, or a CRM's export of tasks"
        faults.add(path.name, "has neither action_id nor an id or subject of tasks", fix, row=1)
    table = typed_cells(ANY_PART, grid, faults)
    faults.stop(path.name)
    table = table.reindex(columns=[*ACTIONS.contract.columns, *BESIDE])
    table = table.assign(action=table["action"].fillna("own:" + table["what"].astype("str")))
    told = tuple(name for name in ACTIONS.contract.columns if name in grid.names)
    found = Filled(table, told, [int(row) for row in grid.rows])
    return found.filled_in() if found.ours else found


def _grid(path: Path, faults: Faults) -> Grid | None:
    try:
        source = Source(file=path.name)
        kind = file_kinds.kind(file_kinds.existing(path.parent, source), source)
        if kind not in _READERS:
            raise UnreadableError("is neither CSV nor a workbook", "save it as .xlsx or .csv")
        return _READERS[kind](path, source)
    except UnreadableError as reason:
        faults.refuse(path.name, reason)
    except ValueError as wrong:
        faults.add(path.name, f"cannot be named so ({wrong})", "rename the file")
    return None


def _ours(
    grid: Grid, headings: Mapping[str, str], words: Mapping[str, Mapping[str, str]]
) -> Grid:  # fmt: skip
    """The same file under our headings, its words of a language or a CRM being ours."""
    known = {folded(said): name for said, name in headings.items()}
    known |= {name: name for name in (*ACTIONS.contract.columns, *BESIDE)}
    crm = {header: name for name, told in _HEADERS.items() for header in told.split()}
    exact = [known.get(folded(name), known.get(folded(name).replace(" ", "_"))) for name in
             grid.names]  # fmt: skip
    loose = [crm.get(re.sub(r"[^a-z0-9]", "", name.casefold())) for name in grid.names]
    taken, names = {name for name in exact if name}, []
    for place, (one, other) in enumerate(zip(exact, loose, strict=True)):
        name = one or (other if other not in taken else None)
        taken.add(name or "")
        names.append(name or f" {place}")  # no column of ours
    cells = [_translated(name.strip(), grid.text(own) if own else None, words, place, grid)
             for place, (name, own) in enumerate(zip(names, grid.names, strict=True))]  # fmt: skip
    return replace(
        grid,
        names=tuple(names),
        cells=pa.table(
            [column.column(0) for column in cells], names=[str(n) for n in range(len(cells))]
        ),
    )


def _translated(
    name: str, column: pd.Series | None, words: Mapping[str, Mapping[str, str]], place: int,
    grid: Grid,
) -> pa.Table:  # fmt: skip
    cells = pd.Series(grid.cells.column(place).to_pylist(), dtype="str")
    if name not in ACTIONS.contract.columns:
        return texts([cells.where(cells.notna(), None).tolist()])
    cells = cells.str.replace(_APOSTROPHE, "", regex=True)
    spoken = {folded(said): ours for said, ours in words.get(name, {}).items()}
    if name == "status":
        spoken = {word.replace("_", " "): ours for word, ours in _STATUS.items()} | spoken
        spoken = _STATUS | spoken
    if spoken:
        plain = cells.fillna("").map(folded)
        cells = cells.where(~plain.isin(list(spoken)), plain.map(spoken))
    return texts([[cell if isinstance(cell, str) else None for cell in cells.tolist()]])
