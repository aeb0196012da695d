"""Sums that a PostgreSQL server finds by itself, each score of a response once.

A server puts nested queries into one another, and then finds a score again for each of the sums
that it enters, row by row. A query with an offset it leaves as it is, also where the offset is
none. So no response leaves the server.
"""

from __future__ import annotations

from io import RawIOBase
from typing import TYPE_CHECKING, Any

from crqlab.benchmark.panel_source import told

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

BLOCK = 4 << 20  # bytes of an answer that are read at once


def step_by_step(sql: str) -> str:
    """Return a query whose nested queries are computed one after the other.

    Parameters
    ----------
    sql : str
        In PostgreSQL's words.

    Examples
    --------
    >>> step_by_step("SELECT SUM(x) FROM (SELECT a + b AS x FROM rows) AS t")
    'SELECT SUM(x) FROM (SELECT a + b AS x FROM rows OFFSET 0) AS t'
    """
    import sqlglot
    from sqlglot import exp

    whole = sqlglot.parse_one(sql, read="postgres")
    for inner in whole.find_all(exp.Subquery, exp.CTE):
        if isinstance(inner.this, exp.Select):
            inner.this.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    return whole.sql("postgres")


def server_sums(query: ibis.Table, name: str) -> pa.Table:
    """Ask a PostgreSQL server for sums, and return them as it sends them.

    Parameters
    ----------
    query : ibis table
        With texts and numbers only.
    name : str
        The panel's, for a message.
    """
    import ibis

    kinds = {
        name: (ibis.dtype("string") if kind.is_string() else kind).to_pyarrow()
        for name, kind in query.schema().items()
    }
    sql = f"COPY ({step_by_step(str(ibis.to_sql(query)))}) TO STDOUT (FORMAT csv)"
    connection = query.get_backend().con
    with told(name), connection.cursor().copy(sql) as blocks:
        found = _read(blocks, kinds)
    connection.rollback()
    return found


def _read(blocks: Any, kinds: dict[str, pa.DataType]) -> pa.Table:
    """Arrow's table of what a server sends as CSV."""
    from pyarrow import csv

    meant = csv.ConvertOptions(
        column_types=kinds,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,  # an empty text is a text
    )
    layout = csv.ReadOptions(column_names=list(kinds), block_size=BLOCK)
    quoted = csv.ParseOptions(newlines_in_values=True)
    return csv.read_csv(_Stream(blocks), layout, quoted, meant)


class _Stream(RawIOBase):
    """What a copy sends, as a file that is read once."""

    def __init__(self, blocks: Any) -> None:
        self._blocks = iter(blocks)
        self._left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer at the end only."""
        parts, there = [self._left], len(self._left)
        while size < 0 or there < size:
            block = next(self._blocks, None)
            if block is None:
                break
            parts.append(bytes(block))
            there += len(block)
        whole = b"".join(parts)
        cut = len(whole) if size < 0 else size
        self._left = whole[cut:]
        return whole[:cut]
