"""All raw files of a study, read, understood and joined, or refused with every reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.contracts.frames import empty
from crqlab.base.faults import Faults, near
from crqlab.base.forgotten_people import Forgotten, forgotten
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result
from crqlab.base.spreadsheets.grid import Aside, Grid
from crqlab.base.study import Study
from crqlab.responses import answers, crm_tables, table_links
from crqlab.responses.answers import Answers
from crqlab.responses.breakdown_columns import breakdowns
from crqlab.responses.file_formats import load
from crqlab.responses.forgotten_rows import without_forgotten
from crqlab.responses.weight_column import weights_noted

FRAMES = ("contacts", "accounts", "outcomes", "clients")


@dataclass(frozen=True, slots=True, eq=False)
class Raw(Result):
    """What the files of a study say, in our columns and kinds.

    Attributes
    ----------
    responses : DataFrame
        The contract's columns without ``included``; answers in scale points as given.
    contacts, accounts, outcomes, clients : DataFrame
        As read; without rows where the study has no such file.
    origins : DataFrame
        ``response_id``, ``file``, ``row``; ``status`` (why the survey tool set it aside); unit,
        country, product where the file has them.
    unusable : DataFrame
        ``file``, ``row``, ``response_id``, ``column``, ``value``, ``rule``: numbers off the
        scale, which are missing in ``responses``.
    wording : mapping of str
        Wording that the files themselves give, for items whose codebook has none.
    study : str
        The study's name.
    notes : tuple of str
        What was assumed, for the reader to know.
    asides : mapping of file to rows that are no records
        Titles, footers, totals.
    sheets : mapping of workbook to sheets
        The one that was read first.
    fetched : mapping of file to text
        When a query's copy was fetched, and from where.
    breakdowns : DataFrame
        Table ``breakdowns``: unit, country and product of responses, as far as known.
    """

    responses: pd.DataFrame
    contacts: pd.DataFrame
    accounts: pd.DataFrame
    outcomes: pd.DataFrame
    clients: pd.DataFrame
    origins: pd.DataFrame
    unusable: pd.DataFrame
    wording: dict[str, str]
    study: str
    notes: tuple[str, ...] = ()
    asides: dict[str, tuple[Aside, ...]] = field(default_factory=dict)
    sheets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fetched: dict[str, str] = field(default_factory=dict)
    breakdowns: pd.DataFrame = field(default_factory=partial(empty, "breakdowns"))

    def status(self) -> pd.Series:
        """Return why each response was set aside by the survey tool; empty where it counts."""
        told = self.origins.get("status", pd.Series("", index=self.origins.index))
        return pd.Series(told.to_numpy(), index=self.responses.index, dtype="str")

    @property
    def table(self) -> pd.DataFrame:
        """``file`` and ``rows`` of each file with answers."""
        return self.origins.groupby("file", sort=False).size().rename("rows").reset_index()

    def __str__(self) -> str:
        rows = self.responses
        counted = [
            f"{len(rows):,} responses of {_many(rows['client_id'], 'client')} "
            f"in {_many(rows['wave'], 'wave')} from {_many(self.origins['file'], 'file')}",
            *(f"{len(t):,} {name}" for name in FRAMES if len(t := getattr(self, name))),
        ]
        return "; ".join([", ".join(counted), *self.notes])


def read(study: Study, *, forgotten_too: bool = False) -> Raw:
    r"""Read every file that a study's codebook names.

    Parameters
    ----------
    study : Study
    forgotten_too : bool
        Whether people who asked to be forgotten are read, too: to find where they stand.

    Returns
    -------
    Raw

    Raises
    ------
    StudyError
        No such study, or no codebook.
    DataError
        Anything cannot be read or understood: ``cases`` lists every broken cell over all
        files. Nothing is ever written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from crqlab.responses import new
    >>> with TemporaryDirectory() as folder:
    ...     export = Path(folder, "export.csv")
    ...     _ = export.write_text("id,tru_1,tru_2\na,7,6\nb,1,2\nc,4,5\n")
    ...     _ = new("acme", Path(folder), export=export)
    ...     print(read(Study("acme", root=Path(folder))))
    3 responses of 1 client in 1 wave from 1 file; no file says to which account a respondent
    belongs: each is its own account
    """
    book, faults = study.codebook, Faults()
    grids: dict[str, Grid] = {}
    parts, wording = _answers(study, faults, grids)
    tables = {name: _frame(study, name, faults, grids) for name in FRAMES}
    rows, origins, unusable = _joined(parts)
    _same_ids(origins, faults)
    rows = _client_stated(rows, book)
    if tables["contacts"] is not None:
        rows = table_links.filled(rows, tables["contacts"])
    people = Forgotten(frozenset()) if forgotten_too else forgotten(study)
    rows, links = _linked(rows, tables)
    stays, tables["contacts"], aside = without_forgotten(rows, tables["contacts"], people)
    rows, origins = (t[stays].reset_index(drop=True) for t in (rows, origins))
    if aside:
        unusable = unusable[unusable["response_id"].isin(rows["response_id"])]
    weighted = weights_noted(rows, book, grids, faults)
    notes = (*links, *_accounts_noted(rows, tables), *weighted, *aside)
    rows = table_links.own_accounts(rows)
    parted = breakdowns(rows, origins, tables["accounts"], book, grids, faults)
    _no_client(rows, origins, faults)
    _no_group(rows, book, faults)
    faults.stop(study.name)
    tables = {name: empty(name) if t is None else t for name, t in tables.items()}
    tables["contacts"] = table_links.for_every_wave(tables["contacts"], rows)
    ordered = contract("responses").for_instrument(book.instrument)
    rows = table_links.turned(rows, book)[[name for name in ordered if name != "included"]]
    facts = {"origins": origins, "unusable": unusable, "wording": wording, "study": study.name}
    facts |= _told(grids) | {"breakdowns": parted}
    return Raw(rows, **tables, **facts, notes=notes)


def _linked(
    rows: pd.DataFrame, tables: dict[str, pd.DataFrame | None]
) -> tuple[pd.DataFrame, list[str]]:
    """Accounts under the ids of their own table, in every other one, and what was done."""
    rows, told = table_links.linked(rows, tables["accounts"], "responses")
    links = [*told]
    for name in ("contacts", "outcomes"):
        if (table := tables[name]) is not None:
            tables[name], told = table_links.linked(table, tables["accounts"], name)
            links += told
    return rows, links


def _told(grids: dict[str, Grid]) -> dict[str, dict]:
    """What is to be known of the files themselves."""
    asides = {name: grid.aside for name, grid in grids.items() if grid.aside}
    sheets = {name: grid.sheets for name, grid in grids.items() if grid.sheets}
    fetched = {name: grid.fetched for name, grid in grids.items() if grid.fetched}
    return {"asides": asides, "sheets": sheets, "fetched": fetched}


def _answers(
    study: Study, faults: Faults, grids: dict[str, Grid]
) -> tuple[list[Answers], dict[str, str]]:
    """Every file with answers that can be read, and the wording that it brings."""
    book, parts, wording = study.codebook, [], {}
    for source in book.responses.files:
        grid = load(study.raw, source, faults)
        if grid is not None:
            grids[source.file] = grid
            parts.append(answers.read(grid, source, book, faults))
            wording = _worded(book.instrument, grid, book.columns_of(source)) | wording
    return parts, wording


def _frame(study: Study, table: str, faults: Faults, grids: dict[str, Grid]) -> pd.DataFrame | None:
    source = getattr(study.codebook, table)
    grid = load(study.raw, source, faults) if source else None
    if source is None or grid is None:
        return None
    grids[source.file] = grid
    return crm_tables.read(grid, source, table, study.codebook, faults)


def _worded(asked: Instrument, grid: Grid, columns: dict[str, str]) -> dict[str, str]:
    bare = [name for name, item in asked.items.items() if not item.text]
    found = {name: grid.wording.get(columns.get(name, name), "") for name in bare}
    return {name: text for name, text in found.items() if text}


def _joined(parts: list[Answers]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    if not parts:
        ids = ["response_id"]
        text = ["client_id", "wave", "account_id", "contact_id", "role", "language", "batch"]
        bare, unusable = (empty(dict.fromkeys(names, "text")) for names in (ids + text, ids))
        return bare, unusable.assign(file="", row=0), unusable
    whole = [[getattr(p, name) for p in parts] for name in ("rows", "origins", "unusable")]
    rows, origins, unusable = (pd.concat(tables, ignore_index=True) for tables in whole)
    return rows, origins, unusable


def _same_ids(origins: pd.DataFrame, faults: Faults) -> None:
    again = origins["response_id"].notna() & origins.duplicated("response_id")
    if not again.any():
        return
    firsts = origins.drop_duplicates("response_id").set_index("response_id")
    found = origins[again]
    first = firsts.loc[found["response_id"]]
    rule = "the same response_id as in " + first["file"] + ", row " + first["row"].astype(str)
    fix = (
        "keep one of the two; is a file listed twice under other names? If the column holds no ids "
        "of responses, set number_rows: true"
    )
    faults.cells(
        found["file"], found["row"], "response_id", found["response_id"], rule.to_numpy(), fix
    )


def _client_stated(rows: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    if book.client is None:
        return rows
    return rows.assign(client_id=rows["client_id"].fillna(book.client.id))


def _accounts_noted(rows: pd.DataFrame, tables: dict[str, pd.DataFrame | None]) -> tuple[str, ...]:
    alone = int(rows["account_id"].isna().sum())
    if not alone:
        return ()
    if alone == len(rows) and tables["contacts"] is None:
        return ("no file says to which account a respondent belongs: each is its own account",)
    return (f"{alone:,} responses name no account and no known contact: each is its own account",)


def _no_client(rows: pd.DataFrame, origins: pd.DataFrame, faults: Faults) -> None:
    without = rows["client_id"].isna()
    if len(faults) or not without.any():
        return
    rule = "no client is known for this response"
    fix = "name the study's client under client:, or under columns the column that holds it"
    found = origins[without]
    for file, rows_ in found.groupby("file", sort=False)["row"]:
        if len(rows_) == int((origins["file"] == file).sum()):
            faults.add(str(file), rule.replace("this", "any"), fix, column="client_id")
        else:
            faults.cells(str(file), rows_, "client_id", [""] * len(rows_), rule, fix)


def _no_group(rows: pd.DataFrame, book: Codebook, faults: Faults) -> None:
    """A group that is to be turned round must be there."""
    for group in book.responses.flipped:
        if len(rows) and not table_links.members(rows, group).any():
            named = ", ".join(f"{column}: {name}" for column, name in group.items())
            column, name = list(group.items())[-1]
            there = sorted(rows[column].dropna().unique())
            fix = f"{near(name, there)}{column} has: {', '.join(there[:12])}"
            rule = "no response belongs to this group of responses > flipped"
            faults.add("codebook.yaml", rule, fix, column=column, value=named)


def _many(values: pd.Series, noun: str) -> str:
    count = int(np.count_nonzero(values.dropna().unique() != ""))
    return f"{count:,} {noun}{'s' if count != 1 else ''}"
