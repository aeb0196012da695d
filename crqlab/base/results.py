"""What stations and statistics return when they return many rows."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import Any

import pandas as pd

ROWS, COLUMNS = 10, 12  # of a table that is shown beside its sentence


class Result:
    """Rows with one sentence about them: a frozen dataclass with ``.table`` and ``str()``.

    A notebook shows the sentence and the first rows; all of them are in ``.table``.

    Attributes
    ----------
    table : DataFrame
        Tidy: one row per number, with what it is about.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Shares(Result):
    ...     table: pd.DataFrame
    ...
    ...     def __str__(self):
    ...         return f"{len(self.table)} shares"
    >>> shares = Shares(pd.DataFrame({"share": [0.25] * 12}))
    >>> print(shares)
    12 shares
    >>> "and 2 more rows in .table" in shares._repr_html_()
    True
    """

    __slots__ = ()
    table: pd.DataFrame

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the sentence come before the `repr` that a dataclass makes of all its rows."""
        super().__init_subclass__(**options)
        cls._repr_pretty_ = Result._repr_pretty_

    def _repr_html_(self) -> str:
        """Return the sentence and a small table, for a notebook."""
        shown = self.table.iloc[:ROWS, :COLUMNS]
        rest = [
            f"{more} more {kind}"
            for more, kind in (
                (len(self.table) - ROWS, "rows"),
                (self.table.shape[1] - COLUMNS, "columns"),
            )
            if more > 0
        ]
        more = f"<p>and {', '.join(rest)} in .table</p>" if rest else ""
        rows = shown.to_html(index=False, border=0, na_rep="", float_format="{:.4g}".format)
        return f"<p>{escape(str(self))}</p>{rows}{more}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show in a terminal what `print` shows."""
        printer.text(str(self))


class OneRow(Result):
    """A single number or test: its fields are the row."""

    __slots__ = ()

    @property
    def table(self) -> pd.DataFrame:
        """One row, a column per field."""
        row = {each.name: getattr(self, each.name) for each in fields(self)}
        cells = {n: "; ".join(v) if isinstance(v, tuple) else v for n, v in row.items()}
        return pd.DataFrame([cells])
