"""The contract of every table that one station hands to the next, collected by station.

Columns that depend on the instrument (items, constructs) are added to the fixed ones.
"""

from __future__ import annotations

from crqlab.base.contracts import (
    benchmark,
    comments,
    construct,
    drivers,
    participation,
    renewal,
    responses,
    scores,
    segments,
)
from crqlab.base.contracts.schema import Contract
from crqlab.base.errors import one_of

_STATIONS = (
    responses,
    participation,
    scores,
    construct,
    renewal,
    segments,
    drivers,
    benchmark,
    comments,
)
TABLES = {contract.name: contract for station in _STATIONS for contract in station.TABLES}


def contract(table: str) -> Contract:
    """Return the contract of a table, or say which tables there are."""
    one_of("table=", table, TABLES)
    return TABLES[table]
