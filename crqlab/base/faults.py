"""Collect every broken cell of every file, then refuse them all at once."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

from crqlab.base.errors import DataError

COLUMNS = ["file", "row", "column", "value", "rule", "fix"]
_LONGEST = 60


class UnreadableError(Exception):
    """One reason why a file cannot be read at all; it becomes a case of `Faults`."""

    def __init__(
        self, rule: str, fix: str, *, row: int | str = "", column: str = "", value: str = ""
    ) -> None:
        super().__init__(rule)
        self.case = (row, column, value, rule, fix)


class Faults:
    """Broken cells found so far, over all files of a study."""

    def __init__(self) -> None:
        self._found: list[pd.DataFrame] = []

    def __len__(self) -> int:
        return sum(len(part) for part in self._found)

    def add(
        self,
        file: str,
        rule: str,
        fix: str,
        *,
        row: int | str = "",
        column: str = "",
        value: str = "",
    ) -> None:
        """Note one fault of a file, a column or a cell."""
        self.cells(file, [row], column, [value], rule, fix)

    def refuse(self, file: str, reason: UnreadableError) -> None:
        """Note why a file could not be read."""
        row, column, value, rule, fix = reason.case
        self.add(file, rule, fix, row=row, column=column, value=value)

    def cells(
        self,
        file: str | pd.Series,
        rows: Sequence[int | str] | np.ndarray | pd.Series,
        column: str,
        values: Sequence[str] | pd.Series,
        rule: str | pd.Series,
        fix: str,
    ) -> None:
        """Note many cells of one column; arrays are taken in their order."""
        given = {"file": file, "row": rows, "value": values, "rule": rule}
        plain = {k: v if isinstance(v, str) else np.asarray(v, object) for k, v in given.items()}
        part = pd.DataFrame({**plain, "column": column, "fix": fix})[COLUMNS].astype(object)
        if len(part):
            texts = part["value"].where(part["value"].notna(), "").astype(str)
            part["value"] = texts.str.slice(stop=_LONGEST).astype(object)
            self._found.append(part)

    def stop(self, study: str) -> None:
        """Raise a DataError if anything was found.

        Raises
        ------
        DataError
            ``cases`` has all faults, file by file.
        """
        if not self._found:
            return
        cases = pd.concat(self._found, ignore_index=True)
        place = pd.to_numeric(cases["row"], errors="coerce").fillna(0)
        order = np.lexsort([np.arange(len(cases)), place, pd.factorize(cases["file"])[0]])
        cases = cases.iloc[order].reset_index(drop=True)
        raise DataError(_sentence(study, cases), cases)


def near(name: str, options: Sequence[str]) -> str:
    """Return what to do about a name that is not there."""
    found = get_close_matches(name, list(options), n=1)
    return f"did you mean {found[0]!r}? " if found else ""


def _sentence(study: str, cases: pd.DataFrame) -> str:
    first, files = cases.iloc[0], list(dict.fromkeys(cases["file"]))
    where = [first["file"]]
    where += [f"row {first['row']}"] if first["row"] != "" else []
    where += [f"column {first['column']!r}"] if first["column"] else []
    found = f"{first['value']!r} " if first["value"] else ""
    case = f"{', '.join(where)}: {found}{first['rule']}; {first['fix']}."
    if len(cases) == 1:
        return f"Study {study!r} cannot be read. {case} Nothing was written."
    return (
        f"Study {study!r} cannot be read: {len(cases)} broken cells in {', '.join(files)}. "
        f"First, {case} All are listed below; nothing was written."
    )
