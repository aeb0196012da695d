"""Which column of a file holds what: the codebook's map, the tool's names, our names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from unicodedata import normalize

import pandas as pd

from crqlab.base.faults import Faults, near
from crqlab.base.spreadsheets.grid import Grid

_SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of one file under our names.

    Attributes
    ----------
    grid : Grid
    mapped : mapping
        Our column: the file's, as the codebook says.
    usual : mapping
        Our column: the survey tool's usual name for it.
    faults : Faults
    """

    grid: Grid
    mapped: Mapping[str, str]
    usual: Mapping[str, str]
    faults: Faults

    def header(self, ours: str, *, needed: bool = False, may_lack: bool = False) -> str | None:
        """Return the file's name of our column, None if it has none; note what is wrong.

        A column that the codebook names must be there, unless the file ``may_lack`` it.
        """
        names = self.grid.names
        usual = self.usual.get(ours, ours)
        asked = self.mapped.get(ours) or (usual if usual in names else ours)
        asked = normalize("NFC", asked.strip())
        times = names.count(asked)
        if times == 1:
            return asked
        if times == 0 and self._nth(asked):
            return asked
        if times > 1:
            fix = f"say under columns which one it is, {f'{asked} (1)'!r} or {f'{asked} (2)'!r}"
            rule = f"{times} columns of this name; which one holds {ours} is not clear"
            self.faults.add(self.grid.file, rule, fix, row="", column=asked)
        elif needed or (ours in self.mapped and not may_lack):
            self._missing(ours, asked)
        return None

    def _nth(self, asked: str) -> bool:
        try:
            return self.grid.place(asked) >= 0
        except ValueError:
            return False

    def text(self, ours: str, *, needed: bool = False, may_lack: bool = False) -> pd.Series | None:
        """Return our column as texts, None if the file has none."""
        name = self.header(ours, needed=needed, may_lack=may_lack)
        return None if name is None else self.grid.text(name)

    def broken(self, ours: str, texts: pd.Series, where: pd.Series, rule: str, fix: str) -> None:
        """Note the cells of our column that break a rule."""
        if where.any():
            shown = self.header(ours) or ours
            rows = self.grid.rows[where.to_numpy()]
            self.faults.cells(self.grid.file, rows, shown, texts[where], rule, fix)

    def _missing(self, ours: str, asked: str) -> None:
        names = [name for name in self.grid.names if name]
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        what = "no column of this name" + (f" (for {ours})" if ours != asked else "")
        fix = near(asked, names) + f"the file has: {shown}; say under columns which one it is"
        self.faults.add(self.grid.file, what, fix, column=asked)


def first_of(grid: Grid, headers: Iterable[str]) -> str | None:
    """Return the first of a codebook's headers that a file has once, None if it has none."""
    return next((one for one in spelled_out(headers) if grid.names.count(one) == 1), None)


def spelled_out(headers: Iterable[str]) -> Iterator[str]:
    """Spell headers as `Grid` spells them."""
    return (normalize("NFC", header.strip()) for header in headers)


def none_has(
    headers: Iterable[str], grids: Iterable[Grid], ours: str, rule: str, faults: Faults
) -> None:
    """Note a column that the codebook names and no file has."""
    there = sorted({name for grid in grids for name in grid.names if name})
    shown = ", ".join(there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
    for header in spelled_out(headers):
        fix = f"{near(header, there)}they have: {shown}"
        faults.add("codebook.yaml", rule, fix, column=ours, value=header)


def blank(rows: int) -> pd.Series:
    """Return a column of texts without any."""
    return pd.Series([None] * rows, dtype="str")
