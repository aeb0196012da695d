"""Cells of somebody else's panel, brought to one kind on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis


#: Names of clients, waves and accounts are text, also where a database keeps whole numbers.
NAMES = ("client_id", "wave", "account_id", "response_id")


def plain(table: ibis.Table) -> ibis.Table:
    """Bring names to text, and take NaN for what it means, a missing cell.

    PostgreSQL, Spark and Parquet files tell NaN from a missing cell; nobody who answers does.

    Parameters
    ----------
    table : ibis table

    Returns
    -------
    ibis table
        The same columns: `NAMES` that were whole numbers or UUIDs as text, fractional ones
        without NaN, exact decimals as doubles.
    """
    import ibis

    changed = {}
    for name, kind in table.schema().items():
        if name in NAMES and (kind.is_integer() or kind.is_uuid()):
            changed[name] = table[name].cast("string")
        elif kind.is_floating() or kind.is_decimal():
            number = table[name].cast("float64") if kind.is_decimal() else table[name]
            changed[name] = number.isnan().ifelse(ibis.null("float64"), number)
    return table.mutate(**changed) if changed else table
