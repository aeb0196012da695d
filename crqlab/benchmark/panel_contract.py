"""Somebody else's panel, held to the contracts that a study's own tables keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.contracts.frames import typed
from crqlab.base.contracts.schema import Column, check
from crqlab.base.errors import DataError
from crqlab.base.instrument import Instrument, Scale

if TYPE_CHECKING:
    import ibis

FIRST, MOST = 3, 12  # cells that are named, and different values
LTR = Scale(low=0, high=10)
_ID = "response_id"
_USED = (_ID, "client_id", "wave", "account_id", "ltr", "included", "weight")
_FIX = "correct the panel, or say in the codebook what the code means (responses > missing, recode)"
_KINDS = {
    "text": ("is_string",),
    "number": ("is_numeric", "is_null"),
    "count": ("is_integer",),
    "yes": ("is_boolean",),
    "date": ("is_temporal", "is_null"),
}


def codes(book: Codebook) -> dict[str, dict[float, float | None]]:
    """Return what the codebook makes of an answer that is a number: a point, or none (missing).

    Examples
    --------
    >>> book = Codebook.model_validate({"title": "Made", "responses": {"files": ["a.csv"],
    ...     "missing": [99, 0], "recode": {"t": {8: 7}}}, "instrument": {"name": "m",
    ...     "version": "1", "scale": [1, 7], "items": {"t": "Keeps its word"},
    ...     "crq": {"constructs": ["trust"]},
    ...     "constructs": {"trust": {"label": "Trust", "items": ["t"]}}}})
    >>> codes(book)
    {'t': {99.0: None, 0.0: None, 8.0: 7.0}, 'ltr': {99.0: None}}
    """
    said, asked = book.responses, book.instrument
    found: dict[str, dict[float, float | None]] = {}
    for name in (*asked.items, "ltr"):
        item, scale = asked.items.get(name), asked.bounds(name) if name in asked.items else LTR
        own = [*said.missing_in.get(name, ()), *(item.missing if item else ())]
        points = {_number(key): float(point) for key, point in said.recode.get(name, {}).items()}
        shared = [code for code in map(_number, said.missing) if not _within(code, scale)]
        missing = dict.fromkeys([*shared, *map(_number, own)])
        both = {code: point for code, point in (missing | points).items() if code is not None}
        found |= {name: both} if both else {}
    return found


def _number(code: object) -> float | None:
    try:
        return float(str(code))
    except ValueError:
        return None


def _within(code: float | None, scale: Scale) -> bool:
    return code is not None and scale.low <= code <= scale.high


def decoded(responses: ibis.Table, meant: Mapping[str, Mapping[float, float | None]]) -> ibis.Table:
    """Put what codes stand for in their place; a code that means no answer leaves none."""
    import ibis

    changed = {}
    for name, points in meant.items():
        if name in responses.columns and responses[name].type().is_numeric():
            cell = responses[name]
            none = ibis.null("float64")
            cases = [(cell == code, none if to is None else to) for code, to in points.items()]
            changed[name] = ibis.cases(*cases, else_=cell.cast("float64"))
    return responses.mutate(**changed) if changed else responses


def hold_kinds(rows: ibis.Table, asked: Instrument, name: str) -> None:
    """Hold responses to the kinds of the contract: texts, numbers, yes and no; no cell is read.

    Raises
    ------
    DataError
        ``cases`` has one row per column of another kind.
    """
    known = _known(rows, asked)
    other = {n: rows[n].type() for n, c in known.items() if not _of_kind(rows[n].type(), c)}
    if other:
        kinds = [
            _case(n, "", _kind(kind), f"must be of kind {known[n].kind}")
            for n, kind in other.items()
        ]
        raise _broken(name, kinds, "")


def _known(rows: ibis.Table, asked: Instrument) -> dict[str, Column]:
    """Columns that enter a number; a database may keep dates as it likes."""
    columns, used = contract("responses").for_instrument(asked), {*asked.items, *_USED}
    return {n: c for n, c in columns.items() if n in used and n in rows.columns}


def hold(rows: ibis.Table, every: ibis.Table, asked: Instrument, name: str) -> None:
    """Hold responses to the contract of the study's own: gaps, scales, ids; kinds before.

    Parameters
    ----------
    rows, every : ibis table
        Responses whose cells are looked at, and all of the panel: an id stands for one of them.
    asked : Instrument
    name : str
        The panel's, for the message.

    Raises
    ------
    DataError
        ``cases`` has one row per column and fault: how many cells, which values, the first.
    """
    known = _known(rows, asked)
    off = {n: _off(rows[n], known[n]) for n in _suspects(rows, known)}
    many = _one(rows.aggregate(**{n: rows.count(where=of) for n, of in off.items()})) if off else {}
    cases = [_cells(rows.filter(off[n]), n, known[n], count) for n, count in many.items()]
    twice, repeated = _repeated(every)
    if cases or twice:
        cells = f"{sum(many.values()) + twice:,} cells of "
        raise _broken(name, [*cases, *repeated], cells)


def _broken(name: str, cases: list[dict[str, str]], cells: str) -> DataError:
    where = [case["column"] for case in cases]
    return DataError(
        f"Panel {name} breaks the contract of responses in {cells}{len(where)} "
        f"column{'s' if len(where) != 1 else ''} ({', '.join(where)}). They are listed below, the "
        "first by name; nothing was summed up.",
        pd.DataFrame(cases),
    )


def _kind(kind: Any) -> str:
    return "nothing but gaps" if kind.is_null() or kind.is_unknown() else str(kind)


def _case(column: str, row: str, value: str, rule: str) -> dict[str, str]:
    return {"file": "", "row": row, "column": column, "value": value, "rule": rule, "fix": _FIX}


def _of_kind(kind: Any, column: Column) -> bool:
    return any(getattr(kind, asks)() for asks in _KINDS[column.kind])


def _one(row: ibis.Table) -> dict[str, Any]:
    return row.to_pyarrow().to_pylist()[0]


def _suspects(rows: ibis.Table, known: Mapping[str, Column]) -> list[str]:
    """Columns with a broken cell, by their ends and gaps: far cheaper than a look at each cell."""
    asks = {"rows": rows.count()}
    for name, column in known.items():
        asks |= {} if column.gaps else {f"known {name}": rows[name].count()}
        asks |= {} if column.low is None else {f"low {name}": rows[name].min()}
        asks |= {} if column.high is None else {f"high {name}": rows[name].max()}
    told = _one(rows.aggregate(**asks))
    n, least, most = told["rows"], -math.inf, math.inf
    return [
        name
        for name, column in known.items()
        if told.get(f"known {name}", n) < n
        or _or(told.get(f"low {name}"), most) < _or(column.low, least)
        or _or(told.get(f"high {name}"), least) > _or(column.high, most)
    ]


def _or(number: float | None, otherwise: float) -> float:
    return otherwise if number is None else number


def _off(cell: Any, column: Column) -> Any:
    """Whether a cell breaks its contract, as an expression."""
    parts = [] if column.gaps else [cell.isnull()]  # noqa: PD003
    parts += [] if column.low is None else [cell < column.low]
    parts += [] if column.high is None else [cell > column.high]
    return reduce(or_, parts)


def _cells(bad: ibis.Table, name: str, column: Column, many: int) -> dict[str, str]:
    """Broken cells of a column: how many, the first of them, and what stands in them."""
    import ibis

    rule = "must not be empty"
    if column.low is not None:
        ends = f"in {column.low:g} to {column.high:g}" if column.high is not None else ""
        rule = f"must lie {ends or f'at {column.low:g} or above'}"
    key = [n for n in (_ID, "client_id", "wave", "account_id") if n in bad.columns]
    key = key[:1] if key[0] == _ID else key
    first = bad.select(*key).order_by(key).limit(FIRST).to_pyarrow().to_pylist()
    told = [" ".join(str(row[n]) for n in key) for row in first]
    values = bad.group_by(value=bad[name].cast("string")).aggregate(n=bad.count())
    rows = values.order_by([ibis.desc("n"), "value"]).limit(MOST).to_pyarrow().to_pylist()
    found = ", ".join(f"{_plain(row['value'])} ({row['n']:,})" for row in rows)
    return _case(name, f"{many:,} cells, first in {'; '.join(told)}", found, rule)


def _plain(value: str | None) -> str:
    return "nothing" if value is None else value.removesuffix(".0")


def _repeated(every: ibis.Table) -> tuple[int, list[dict[str, str]]]:
    """How many responses have the id of another, and which ids stand for several."""
    import ibis

    if _ID not in every.columns:
        return 0, []
    counts = every.aggregate(rows=every[_ID].count(), ids=every[_ID].nunique())
    about = _one(counts)
    if not (twice := about["rows"] - about["ids"]):
        return 0, []
    same = every.group_by(_ID).aggregate(n=every.count())
    same = same.filter(same["n"] > 1, same[_ID].notnull())  # noqa: PD004
    first = same.order_by([ibis.desc("n"), _ID]).limit(FIRST).to_pyarrow().to_pylist()
    found = ", ".join(f"{row[_ID]} ({row['n']:,})" for row in first)
    case = _case(_ID, f"{twice:,} cells", found, "repeats the id of another response")
    return twice, [case | {"fix": "give each response an id of its own, or take copies out"}]


def held(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Hold a small table of a panel to its contract, as far as it has the columns.

    Parameters
    ----------
    rows : DataFrame
    table : str
        One without columns of the instrument.

    Returns
    -------
    DataFrame
        The columns of the contract that are there; those that may be empty are there in any case.

    Raises
    ------
    DataError
        A cell breaks the contract, a key is there twice, or a column of the key is missing.
    """
    agreed = contract(table)
    columns = {
        name: column
        for name, column in agreed.columns.items()
        if name in rows or column.gaps or name in agreed.key
    }
    some = replace(agreed, columns=columns, measured=lambda _: {})
    if all(name in rows for name in agreed.key):
        rows = typed(rows.reindex(columns=list(columns)), columns)
    return check(rows[[name for name in columns if name in rows]], some, None)
