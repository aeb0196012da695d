"""One table of a workbook, as data: what it is called, what its columns are, and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crqlab.page.client_view import ClientView


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One column.

    Attributes
    ----------
    head, unit : str
        Its heading and what it is measured in, in the reader's language.
    kind : str
        ``text`` (as it stands), ``term`` (a word that the house may know), ``count``, ``score``
        (two decimals), ``nps`` (signed, none), ``share`` (per cent), ``money`` or ``date``; else
        the kind of message that says a cell's codes, as ``caution``. Tells how a cell is shown,
        never what it is.
    """

    head: str
    unit: str = ""
    kind: str = "text"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One table.

    Attributes
    ----------
    name : str
        At most 31 letters, for a tab.
    title, note : str
        What it shows; rules and cautions.
    fields : dict of column to Field
        In order.
    rows : DataFrame
        As in `ClientView`: withheld numbers are missing, and ``flag`` says why.
    """

    name: str
    title: str
    note: str
    fields: dict[str, Field]
    rows: pd.DataFrame


def sheet(
    view: ClientView,
    name: str,
    columns: Mapping[str, Field | tuple[str, ...]],
    rows: pd.DataFrame,
    **places: Any,
) -> Sheet:
    """Return a table under the words that the catalogue has for it.

    Parameters
    ----------
    view : ClientView
    name : str
        Its messages are ``sheet.NAME``, ``sheet.NAME_title`` and, if there is one,
        ``sheet.NAME_note``.
    columns : mapping
        Each with its heading's code of ``column.yaml``, its unit (a code of ``unit.yaml``, or as
        it stands) and its kind.
    rows : DataFrame
    **places
        What stands in the places of title, note and headings.
    """
    say, note = view.language.say, f"sheet.{name}_note"
    noted = say(note, **places) if note in view.language else ""
    fields = {
        column: told if isinstance(told, Field) else _field(view, places, *told)
        for column, told in columns.items()
    }
    return Sheet(say(f"sheet.{name}"), say(f"sheet.{name}_title", **places), noted, fields, rows)


def stacked(view: ClientView, sheets: Sequence[Sheet]) -> Sheet:
    """Put tables below each other under one row of headings, the first column naming the table.

    Parameters
    ----------
    view : ClientView
    sheets : sequence of Sheet
        At least one; the first gives the name. Columns are one where heading, unit and kind agree;
        a table's cells in columns that it has not are missing. A single one stays as it is.
    """
    if len(sheets) == 1:
        return sheets[0]
    fields = {_TABLE: Field(view.language.say("column.table"))}
    parts = []
    for one in sheets:
        keys = {column: f"{field.head}\n{field.unit}\n{field.kind}" for column, field
                in one.fields.items()}  # fmt: skip
        fields |= {keys[column]: field for column, field in one.fields.items()}
        rows = one.rows[list(one.fields)].astype(object).rename(columns=keys)
        parts.append(rows.assign(**{_TABLE: one.name}))
    rows = pd.concat(parts, ignore_index=True).reindex(columns=list(fields))
    titles, notes = ([part for part in told if part] for told in (
        [one.title for one in sheets], [one.note for one in sheets]))  # fmt: skip
    return Sheet(sheets[0].name, "; ".join(titles), " ".join(notes), fields, rows)


_TABLE = "table"


def _field(
    view: ClientView, places: Mapping[str, Any], head: str, unit: str = "", kind: str = "text"
) -> Field:
    code = f"unit.{unit}"
    measured = view.language.say(code) if code in view.language else unit
    return Field(view.language.say(f"column.{head}", **places), measured, kind)


def scale(view: ClientView, measure: str = "crq") -> str:
    """Return what a measure is measured in."""
    ends = view.instrument.scale
    if measure in ("nps", "mean_ltr"):
        return view.language.say(f"unit.{measure}")
    return view.language.say("unit.points", low=ends.low, high=ends.high)


def interval(name: str, unit: str, kind: str) -> dict[str, tuple[str, ...]]:
    """Return the columns of a number and both ends of its interval, which are called alike."""
    return {f"{name}{end}": (f"{name}{end}", unit, kind) for end in ("", "_low", "_high")}


def estimate(kind: str = "score", unit: str = "") -> dict[str, tuple[str, ...]]:
    """Return the columns of a value with its interval and the interval's coverage."""
    return {
        "value": ("value", unit, kind),
        "low": ("low", unit, kind),
        "high": ("high", unit, kind),
        "level": ("level", "share", "share"),
    }


#: Columns that many sheets share.
PEOPLE = {
    "n_respondents": ("n_respondents", "people", "count"),
    "n_accounts": ("n_accounts", "accounts", "count"),
}
ACCOUNTS = {"n_accounts": ("n_accounts", "accounts", "count")}
CAUTION = {"flag": ("caution", "", "caution")}
HOW = {"method": ("method", "", "method"), **CAUTION}
ACCOUNT = {"account_id": ("account_id",), "name": ("account",)}
