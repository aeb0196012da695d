"""Parquet files: somebody's export, or the copy of a query that `crqlab fetch` keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from crqlab.base.faults import UnreadableError
from crqlab.base.sources import Source
from crqlab.base.spreadsheets.grid import EXPORT_AGAIN, Grid, grid
from crqlab.base.spreadsheets.workbook import cell_text

#: Key of a file's metadata under which stands how it was fetched.
FETCH = b"crqlab.fetch"


def read(path: Path, source: Source) -> Grid:
    """Read a Parquet file.

    Raises
    ------
    UnreadableError
        It is damaged, or the codebook's query is no longer the one that it is a copy of.
    """
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as broken:
        said = str(broken).splitlines()[0]
        raise UnreadableError(f"is a damaged Parquet file ({said})", EXPORT_AGAIN) from None
    told = facts(table.schema)
    if source.sql is not None and told.get("query") != source.sql.strip():
        fix = "run crqlab fetch with the study's name"
        raise UnreadableError("is the copy of another query than the codebook's", fix)
    columns = [_texts(column) for column in table.columns]
    cells = pa.table(columns, names=[str(place) for place in range(len(columns))])
    found = grid(source.file, table.column_names, [cells], np.arange(1, len(table) + 1))
    said = "fetched {time} from {from}: {rows:,} rows".format(**told) if told else ""
    return replace(found, fetched=said)


def facts(schema: pa.Schema) -> dict[str, Any]:
    """Return how a copy was fetched: ``query``, ``from``, ``time``, ``rows``; nothing of others."""
    return json.loads((schema.metadata or {}).get(FETCH, b"{}"))


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return column.cast(pa.large_string())
    cells = [None if cell is None else _text(cell) for cell in column.to_pylist()]
    return pa.chunked_array([pa.array(cells, pa.large_string())])


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell != cell:
        return ""
    return cell_text(cell) or str(cell)
