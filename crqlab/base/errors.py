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
    """The data at hand cannot carry the estimate that was asked for."""


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
        """Return the first cases, one to a line, and how many more there are.

        Examples
        --------
        >>> import pandas as pd
        >>> cases = pd.DataFrame({"file": ["a.csv"], "row": [7], "column": ["Q1"],
        ...     "value": ["x"], "rule": ["must be a number"], "fix": ["correct the cell"]})
        >>> print(DataError("1 broken cell.", cases).listing())
        a.csv, row 7, column Q1: found 'x'; must be a number; correct the cell
        """
        lines = [_sentence(case) for case in self.cases.head(most).itertuples()]
        more = len(self.cases) - most
        return "\n".join(
            lines + ([f"and {more} more (error.cases has them all)"] if more > 0 else [])
        )

    def _render_traceback_(self) -> list[str]:
        return [*super()._render_traceback_(), self.listing()]


def _sentence(case: Any) -> str:
    """One broken cell in words; parts that do not apply are left out."""
    place = [
        f"{word}{part}"
        for word, part in (("", case.file), ("row ", case.row), ("column ", case.column))
        if str(part) not in ("", "nan", "None", "<NA>")
    ]
    found = f"found {case.value!r}; " if str(case.value) not in ("", "nan", "None") else ""
    return f"{', '.join(place)}: {found}{case.rule}; {case.fix}"


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
