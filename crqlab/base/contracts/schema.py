"""What a contract between two stations is, and how a table is held to it.

A contract is data, so that documentation, checks and error messages say the same
thing; `crqlab.base.contracts` lists them all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from crqlab.base.errors import DataError
from crqlab.base.instrument import Instrument

#: What pandas calls each kind of column.
KINDS = {
    "text": "str",
    "number": "float64",
    "count": "int64",
    "yes": "bool",
    "date": "datetime64[ns]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """What one column may hold.

    Attributes
    ----------
    kind : str
        ``text``, ``number``, ``count``, ``yes`` (true or false) or ``date``.
    says : str
        Meaning and unit.
    gaps : bool
        Whether cells may be empty.
    low, high : float or None
        Least and greatest number.
    options : tuple
        The only texts that are allowed; empty for any.
    later : bool
        Came after tables were handed over without it: a table that lacks it has it empty.
    """

    kind: str
    says: str
    gaps: bool = False
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: the notebook that makes it, its key, its columns.

    Attributes
    ----------
    name, notebook : str
        File name and the station that writes it.
    key : tuple of str
        No two rows agree in all of these.
    columns : mapping of name to Column
    measured : callable
        Columns that an instrument adds, in front of none of the fixed ones.
    """

    name: str
    notebook: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    measured: Callable[[Instrument], dict[str, Column]] = field(default=lambda _: {})

    def for_instrument(self, instrument: Instrument) -> dict[str, Column]:
        """Return all columns that the table has for this instrument, in order."""
        return {**self.columns, **self.measured(instrument)}


def check(table: pd.DataFrame, against: Contract, instrument: Instrument) -> pd.DataFrame:
    """Return ``table`` with its columns in order, or raise a DataError listing every broken cell.

    Parameters
    ----------
    table : DataFrame
        What a station read or is about to write.
    against : Contract
    instrument : Instrument
        Adds its items or constructs to the contract.

    Raises
    ------
    DataError
        ``cases`` has one row per broken cell or column.

    Examples
    --------
    >>> from crqlab.base.contracts import contract
    >>> crq = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 7], "items": {"tru_1": "Keeps its word"},
    ...     "constructs": {"trust": {"label": "Trust", "items": ["tru_1"]}},
    ...     "crq": {"constructs": ["trust"]}})
    >>> clients = pd.DataFrame({"client_id": ["a", "a"], "name": ["A", "A"],
    ...                         "industry": ["IT", None], "country": ["SE", "SE"]})
    >>> check(clients, contract("clients"), crq)
    Traceback (most recent call last):
    crqlab.base.errors.DataError: clients breaks its contract in 2 cells of 1 column (client_id)...
    """
    columns = against.for_instrument(instrument)
    with pd.option_context("mode.string_storage", "auto"):  # pandera knows texts of one kind
        pa = _pandera()
        try:
            texts = [n for n, kind in table.dtypes.items() if isinstance(kind, pd.StringDtype)]
            table = _completed(table.astype(dict.fromkeys(texts, "str")), columns)
            table = _kinds(table, columns)
            return _schema(against, columns).validate(table, lazy=True)[list(columns)]
        except pa.errors.SchemaErrors as broken:
            cases = _cases(broken.failure_cases, columns)
    where = sorted({str(c) for c in cases["column"] if c})
    raise DataError(
        f"{against.name} breaks its contract in {len(cases)} cells of {len(where)} "
        f"column{'s' if len(where) != 1 else ''} ({', '.join(where)}). "
        "They are listed below; correct the codebook or the export, not the table.",
        cases,
    )


def digest(against: Contract, instrument: Instrument) -> str:
    """Return one hash of all that `check` would hold a table to, as 64 hexadecimal digits."""
    parts = (against.key, against.for_instrument(instrument), _own_code())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def ordered(table: pd.DataFrame, against: Contract, instrument: Instrument) -> pd.DataFrame:
    """Return a table that is known to keep its contract as `check` would return it."""
    columns = against.for_instrument(instrument)
    table = _kinds(_completed(table, columns), columns)
    return table if list(table) == list(columns) else table[list(columns)]


@cache
def _own_code() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _completed(table: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Add columns that came later, empty."""
    lacking = [name for name, one in columns.items() if one.later and name not in table]
    return table.assign(**dict.fromkeys(lacking)) if lacking else table


def _kinds(table: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Give columns without a single value the kind that files do not keep for them."""
    kinds = dict(zip(table.columns, table.dtypes, strict=True))
    may = [
        name
        for name, column in columns.items()
        if name in kinds and kinds[name] != KINDS[column.kind] and (column.gaps or table.empty)
    ]
    if not may:
        return table
    void = table[may].isna().all()
    empty = {name: KINDS[columns[name].kind] for name in void.index[void]}
    return table.astype(empty) if empty else table


def _pandera() -> Any:
    """Import pandera, and with it pyspark where that is installed: it warns if left to itself."""
    os.environ.setdefault("PYARROW_IGNORE_TIMEZONE", "1")
    import pandera.pandas

    return pandera.pandas


def _schema(against: Contract, columns: Mapping[str, Column]) -> Any:
    pa = _pandera()

    def rules(column: Column) -> list[Any]:
        found = []
        if column.low is not None:
            found.append(pa.Check.ge(column.low))
        if column.high is not None:
            found.append(pa.Check.le(column.high))
        if column.options:
            found.append(pa.Check.isin(column.options))
        return found

    return pa.DataFrameSchema(
        {
            name: pa.Column(KINDS[c.kind], rules(c), nullable=c.gaps, coerce=c.kind == "date")
            for name, c in columns.items()
        },
        unique=list(against.key),
        name=against.name,
        strict=True,
    )


def _cases(failures: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Pandera's failures in the words of the contract."""
    whole = failures["column"].isna() | ~failures["column"].isin(list(columns))
    named = failures["column"].where(~whole, failures["failure_case"]).astype(str)
    rules = {
        "not_nullable": "must not be empty",
        "multiple_fields_uniqueness": "the same key twice",
        "column_in_schema": "is not part of this table",
        "column_in_dataframe": "is missing from this table",
    }
    texts = [
        rules.get(str(check), _rule(str(check), columns.get(name)))
        for check, name in zip(failures["check"], named, strict=True)
    ]
    return pd.DataFrame(
        {
            "file": "",
            "row": failures["index"],
            "column": named,
            "value": failures["failure_case"].astype(str),
            "rule": texts,
            "fix": "correct the codebook or the export",
        }
    ).reset_index(drop=True)


def _rule(broken: str, column: Column | None) -> str:
    if column is None:
        return broken
    if broken.startswith("dtype"):
        return f"must be of kind {column.kind}"
    if column.options:
        return f"must be one of {', '.join(column.options)}"
    if column.low is None or column.high is None:
        return (
            f"must be at most {column.high}"
            if column.low is None
            else (f"must be at least {column.low}")
        )
    return f"must lie in {column.low} to {column.high}"
