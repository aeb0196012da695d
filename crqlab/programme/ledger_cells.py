"""What the cells of a ledger say, whatever a spreadsheet made of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crqlab.base.contracts.programme import Ledger
from crqlab.base.contracts.schema import Column
from crqlab.base.faults import Faults, near
from crqlab.base.spreadsheets import cells
from crqlab.base.spreadsheets.date_forms import date_forms
from crqlab.base.spreadsheets.grid import Grid

#: An id that a spreadsheet took for a number and rounded; what it writes where it cannot reckon.
_ROUNDED = r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+"
_ERROR = r"#(?:REF|NAME|VALUE|N/A|DIV/0|NUM|NULL|SAKNAS!|NV|WERT|BEZUG)[!?]?|#{3,}"
_ISO = "write it as in 2026-01-31"
Refuse = Callable[[str, pd.Series, str, str], None]


def typed_cells(ledger: Ledger, grid: Grid, faults: Faults) -> pd.DataFrame:
    """Return the lines of a ledger: its own columns of their kinds, then all others as texts.

    Parameters
    ----------
    ledger : Ledger
    grid : Grid
        Headers in any case, with blanks for underscores; columns that may be empty may lack.
    faults : Faults
        Every cell that says nothing is noted there, and is missing in what is returned.
    """
    headers = _headers(ledger, grid, faults)
    texts = {
        name: grid.text(headers[name]) if name in headers else blank(len(grid))
        for name in ledger.contract.columns
    }
    others = [name for name in grid.names if name and name not in headers.values()]

    def refuse(name: str, where: pd.Series, rule: str, fix: str) -> None:
        faults.cells(grid.file, grid.rows[where.to_numpy(bool)], headers.get(name, name),
                     texts[name][where], rule, fix)  # fmt: skip

    for name, column in texts.items():
        wrong = column.str.fullmatch(_ERROR).fillna(False).astype(bool)
        refuse(name, wrong, "is an error of a spreadsheet", "write what was meant, or empty it")
        texts[name] = column.mask(wrong)
    found = {**texts, **_dates(ledger, texts, refuse), **_amounts(ledger, texts, refuse)}
    for name, column in ledger.contract.columns.items():
        if column.kind == "text":
            found[name] = _said(name, column, texts[name], ledger.words.get(name), refuse)
        if not column.gaps:
            there = texts[name].notna() if name not in ledger.words else found[name].notna()
            told = ~there & (pd.Series(len(grid) * [name in headers or name == ledger.key]))
            refuse(name, told.astype(bool), "is empty", f"write {column.says}")
    kept = {name: grid.text(name) for name in others if grid.names.count(name) == 1}
    return pd.DataFrame({**found, **kept})


def _headers(ledger: Ledger, grid: Grid, faults: Faults) -> dict[str, str]:
    """Our column: the header that names it."""
    plain = [cells.folded(name).replace(" ", "_").replace("-", "_") for name in grid.names]
    found = {}
    for name, column in ledger.contract.columns.items():
        if (times := plain.count(name)) == 1:
            found[name] = grid.names[plain.index(name)]
        elif times:
            fix = "delete all but one, or give the others another name"
            faults.add(grid.file, f"heads {times} columns", fix, column=name)
        elif not column.gaps and name not in ledger.words:
            fix = f"{near(name, plain)}write it in the first row, with a value on each line"
            faults.add(grid.file, "no column of this name", fix, column=name)
    for name in {one for one in grid.names if one and grid.names.count(one) > 1}:
        if name not in found.values() and cells.folded(name) not in ledger.contract.columns:
            fix = "give each a name of its own, or delete all but one"
            faults.add(grid.file, "heads two columns", fix, column=name)
    return found


def _dates(ledger: Ledger, texts: dict[str, pd.Series], refuse: Refuse) -> dict[str, pd.Series]:
    columns = [texts[name] for name in ledger.dates]
    iso = not any(cells.moments(column, None).broken.any() for column in columns)
    forms = [None] if iso else date_forms(columns, serials=True)
    found = {}
    for name in ledger.dates:
        read = [cells.moments(texts[name], form) for form in forms or [None]]
        refuse(name, read[0].broken, "is no date", _ISO)
        unsure = pd.Series(False, index=texts[name].index)
        for other in read[1:] if forms and forms[0] else []:
            unsure |= texts[name].notna() & (other.found != read[0].found)
        refuse(name, unsure, "may be day or month first", _ISO)
        found[name] = read[0].found
    return found


def _amounts(ledger: Ledger, texts: dict[str, pd.Series], refuse: Refuse) -> dict[str, pd.Series]:
    """Numbers; what may be a thousand or one and a bit is read only where another cell decides."""
    columns = {name: texts[name] for name, one in ledger.contract.columns.items()
               if one.kind == "number"}  # fmt: skip
    sign = cells.decimal_sign(t for column in columns.values() for t in column.dropna()) or "."
    other = "," if sign == "." else "."
    found = {}
    for name, column in columns.items():
        unclear = column.str.contains(other, regex=False) & ~column.str.contains(sign, regex=False)
        read = cells.amounts(column, sign, "")
        fix = "write it with a decimal point and without signs for thousands"
        refuse(name, read.broken | unclear.fillna(False).astype(bool), "is no plain number", fix)
        low = ledger.contract.columns[name].low
        if low is not None:
            refuse(name, read.found < low, f"is less than {low:g}", "correct it")
        found[name] = read.found
    return found


def _said(
    name: str, column: Column, texts: pd.Series, usual: str | None, refuse: Refuse
) -> pd.Series:
    """Texts; of some options the one that is meant, ids as they were before a spreadsheet."""
    if column.options:
        plain = texts.str.replace(r"[\s-]+", "_", regex=True)
        read = cells.one_of(plain, column.options, {})
        refuse(name, read.broken, f"is none of {', '.join(column.options)}", "write one of them")
        return read.found.fillna(usual) if usual else read.found
    if name.endswith("_id") or name == "wave":
        wrong = texts.str.fullmatch(_ROUNDED).fillna(False).astype(bool)
        fix = "write the whole id, and let the column be text in the spreadsheet"
        refuse(name, wrong, "was rounded by a spreadsheet", fix)
        return cells.whole(texts)
    return texts


def blank(rows: int) -> pd.Series:
    """Return a column of texts without any."""
    return pd.Series(np.full(rows, None), dtype="str")
