"""Contacts, accounts, outcomes and clients: tables of a CRM, one contract each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.contracts.responses import YES_OR_NO
from crqlab.base.contracts.schema import KINDS, Column, Contract
from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.base.spreadsheets import cells, date_forms, unread_amounts
from crqlab.base.spreadsheets.cells import folded
from crqlab.base.spreadsheets.grid import Grid
from crqlab.responses import answers
from crqlab.responses.columns import Columns, first_of
from crqlab.responses.contact_status import status_of

_IDS = ("client_id", "account_id", "contact_id")
_GIVEN = {"invited": True}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file into one contract."""

    columns: Columns
    source: Source
    book: Codebook
    contract: Contract

    def table(self) -> pd.DataFrame:
        """Every column of the contract, broken cells missing and noted."""
        found = {n: self._column(n, c) for n, c in self.contract.columns.items()}
        return pd.DataFrame(found)

    def _column(self, name: str, says: Column) -> pd.Series:
        rows = range(len(self.columns.grid))
        texts = self.columns.text(name, needed=self._needed(name, says))
        if texts is None:
            if says.kind == "yes":
                return pd.Series(_GIVEN[name], index=rows)
            stated = self._stated(name) if says.kind == "text" else None
            return pd.Series(stated, index=rows, dtype=KINDS[says.kind])
        read, rule, fix = self._read(texts, name, says)
        self.columns.broken(name, texts, read.broken, rule, fix)
        if not says.gaps and says.kind != "yes":
            fix = f"every row of {self.contract.name} needs it"
            self.columns.broken(name, texts, texts.isna(), "is empty", fix)
        return read.found

    def _needed(self, name: str, says: Column) -> bool:
        if self._stated(name) is not None or name in _GIVEN:
            return False
        return not (says.gaps or (name == "wave" and self.contract.name == "contacts"))

    def _stated(self, name: str) -> str | None:
        """What the codebook says for files without this column."""
        if name == "client_id" and self.book.client:
            return self.book.client.id
        return {"wave": self.source.wave, "language": self.source.language}.get(name)

    def _read(self, texts: pd.Series, name: str, says: Column) -> tuple[cells.Cells, str, str]:
        words = {folded(k): v for k, v in self.source.words.items()}
        if says.kind == "date":
            found = cells.moments(texts, self.source.dates)
            fix = date_forms.advice(texts) if found.broken.any() else ""
            return found, answers.DATE_RULE, fix
        if says.kind == "number":
            read = cells.amounts(texts, self.source.decimal, self.book.currency)
            fix = unread_amounts.advice(unread_amounts.kinds(texts, read, self.book.currency))
            read = cells.Cells(read.found, read.broken | (read.found < 0))
            return read, "is no amount of 0 or more that can be read for certain", fix
        if says.kind == "yes":
            fix = "write yes or no, or translate the word under words"
            return cells.yes_or_no(texts, words), "is neither yes nor no", fix
        if name == "status":
            return self._status(texts, words)
        if says.options == YES_OR_NO:
            fix = "write yes or no, or translate the word under words"
            return _told(cells.yes_or_no(texts, words), texts), "is neither yes nor no", fix
        if says.options:
            listed = ", ".join(says.options)
            fix = f"translate it under words, as in 'Closed won: {says.options[0]}'"
            return cells.one_of(texts, says.options, words), f"is none of {listed}", fix
        return cells.Cells(self._text(texts, name), texts.isna() & False), "", ""

    def _status(self, texts: pd.Series, words: dict[str, str]) -> tuple[cells.Cells, str, str]:
        """Other words than ours are faults only in a column that the codebook calls so."""
        read = status_of(texts, words)
        if self.columns.mapped.get("status") is None:
            read = cells.Cells(read.found, read.broken & False)
        fix = "translate it under words, as in 'Mail returned: bounced'"
        return read, "is none of active, bounced, left", fix

    def _text(self, texts: pd.Series, name: str) -> pd.Series:
        if name == "wave":
            return cells.whole(texts)
        if name == "role":
            return cells.spelled(texts, answers.role_spellings(self.book))
        return answers.language(texts) if name == "language" else texts


def _told(read: cells.Cells, texts: pd.Series) -> cells.Cells:
    """Say yes or no in words, and nothing where a cell is empty."""
    said = read.found.map({True: "yes", False: "no"}).astype("str")
    return cells.Cells(said.where(texts.notna() & ~read.broken), read.broken & texts.notna())


def read(grid: Grid, source: Source, table: str, book: Codebook, faults: Faults) -> pd.DataFrame:
    """Return one CRM table; what cannot be understood goes to ``faults``."""
    columns = Columns(grid, {**source.columns, **_named(grid, source, table, book)}, {}, faults)
    agreed = contract(table)
    found = _Reader(columns, source, book, agreed).table()
    _same_key(found, columns, agreed)
    if "wave" in found and source.wave is None and columns.header("wave"):
        gaps = found["wave"].isna()
        if not gaps.all():
            columns.broken("wave", found["wave"], gaps, "is empty", "say for which wave it is")
    return found


def _named(grid: Grid, source: Source, table: str, book: Codebook) -> dict[str, str]:
    """Columns of the accounts that the codebook names by keys of its own."""
    if table != "accounts" or not book.parent_id or "parent_id" in source.columns:
        return {}
    return {"parent_id": first_of(grid, book.parent_id) or book.parent_id[0]}


def _same_key(found: pd.DataFrame, columns: Columns, agreed: Contract) -> None:
    """Note every row whose key another row has too."""
    key = list(agreed.key)
    last = "due_on" if agreed.name == "outcomes" else key[-1]
    complete = found[[k for k in key if k in (*_IDS, "due_on")]].notna().all(axis=1)
    again = complete & found.duplicated(key, keep="first")
    firsts = found.assign(row=columns.grid.rows).groupby(key, dropna=False)["row"].transform("min")
    said = f"the same {' + '.join(key)} as in row "
    rule = pd.Series(said + firsts.astype(int).astype(str), index=found.index)[again]
    if again.any():
        fix = "keep one row of the two; both would count"
        rows, values = columns.grid.rows[again.to_numpy()], found.loc[again, last].astype(str)
        shown = columns.header(last) or last
        columns.faults.cells(columns.grid.file, rows, shown, values, rule, fix)
