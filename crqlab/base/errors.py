"""What can go wrong, in the reader's words.

Every message answers three questions in this order: what was found, what was
expected, what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class CrqError(ValueError):
    """Root of all errors raised on purpose by crqlab."""

    def _render_traceback_(self) -> list[str]:
        """Let Jupyter show the message alone: where our code was is no help to its reader."""
        return [f"{type(self).__name__}: {self}"]


class StudyError(CrqError):
    """A study, a file or a station's table is not where it should be."""


class EstimateError(CrqError):
    """The data at hand cannot carry the estimate that was asked for.

    Parameters
    ----------
    message : str
    caution : str
        What stands in a table in the place of the estimate, as a code
        (`crqlab.base.contracts.cautions`).
    """

    def __init__(self, message: str, *, caution: str = "not_estimable") -> None:
        super().__init__(message)
        self.caution = caution


class ReportError(CrqError):
    """A notebook could not become a report; nothing was left behind."""


class DataError(CrqError):
    """Something that was read breaks its contract; ``cases`` lists every broken cell.

    Attributes
    ----------
    cases : DataFrame
        Columns ``file``, ``row``, ``column``, ``value``, ``rule``, ``fix``; a cell is
        empty where it does not apply. ``row`` counts as the file's own editor does.
    """

    def __init__(self, message: str, cases: pd.DataFrame) -> None:
        super().__init__(message)
        self.cases = cases

    def listing(self, *, most: int = 50) -> str:
        """Return the cases, one line for each kind of fault, and how many kinds more there are.

        Examples
        --------
        >>> import pandas as pd
        >>> cases = pd.DataFrame({"file": ["a.csv"], "row": [7], "column": ["Q1"],
        ...     "value": ["x"], "rule": ["must be a number"], "fix": ["correct the cell"]})
        >>> print(DataError("1 broken cell.", cases).listing())
        a.csv, row 7, column Q1: found 'x'; must be a number; correct the cell
        """
        from crqlab.base.broken_cells import grouped_cases

        groups = grouped_cases(self.cases)
        lines = [_sentence(group) for group in groups.head(most).itertuples()]
        more = len(groups) - most
        return "\n".join(lines + ([f"and {more} more kinds of fault"] if more > 0 else []))

    def _render_traceback_(self) -> list[str]:
        return [*super()._render_traceback_(), self.listing()]


def _sentence(group: Any) -> str:
    """One kind of fault in words; parts that do not apply are left out."""
    rows = f"row {group.rows}" if group.rows.isdecimal() else group.rows
    place = [part for part in (group.file, rows, group.column and f"column {group.column}") if part]
    found = f"found {group.found}; " if group.found else ""
    return f"{', '.join(place)}: {found}{group.rule}; {group.fix}"


def listed(options: Iterable[object]) -> str:
    """Join options the way a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    "'a', 'b' or 'c'"
    """
    *most, last = map(repr, options)
    return f"{', '.join(most)} or {last}" if most else last


def one_of(argument: str, value: object, options: Iterable[object]) -> None:
    """Refuse a ``value`` that is not among the ``options``.

    Raises
    ------
    CrqError
        Says what was given, what is possible, and the nearest name if one is near.

    Examples
    --------
    >>> one_of("unit=", "team", ["respondents", "accounts"])
    Traceback (most recent call last):
    crqlab.base.errors.CrqError: unit= is 'team'; use 'respondents' or 'accounts'.
    """
    options = list(options)
    if value in options:
        return
    if not options:
        raise CrqError(f"{argument} is {value!r}; there is nothing to choose from.")
    near = get_close_matches(str(value), [str(option) for option in options], n=1)
    hint = f" Did you mean {near[0]!r}?" if near and len(options) > 2 else ""
    shown = listed(options) if len(options) <= 12 else f"one of {len(options)} names"
    raise CrqError(f"{argument} is {value!r}; use {shown}.{hint}")
