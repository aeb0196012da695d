"""Responses of a PostgreSQL server, copied once and summed up on this machine.

A server computes several sums of a score by finding the score again for each of them, row by row;
DuckDB, which is here anyway, does it a column at a time. So the server is asked for rows alone,
in its own format for copies, and only for waves that have changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crqlab.base.instrument import Instrument
from crqlab.base.temporary_folders import temporary_folder
from crqlab.benchmark.panel_source import Panel, panel, told
from crqlab.benchmark.queries import KEY

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

BLOCK = 4 << 20  # bytes of a copy that are read at once


@contextmanager
def rows_at_hand(source: Panel, waves: Sequence[str], asked: Instrument) -> Iterator[Panel]:
    """Give a panel whose responses of these waves are at hand, for as long as they are needed.

    Parameters
    ----------
    source : Panel
    waves : sequence of str
    asked : Instrument
        Its items are copied, with the columns that name, place and count a response.

    Yields
    ------
    Panel
        The same where it is no server's; else one of Parquet files in a folder that is this
        process's alone and goes at the end. A response without a wave is in it too.
    """
    every = source.tables["responses"]
    if every.get_backend().name != "postgres" or not waves:
        yield source
        return
    names = [*KEY, *asked.items, "ltr", "included", "weight", "response_id"]
    known = [wave for wave in waves if isinstance(wave, str)]
    some = every["wave"].isin(known) | every["wave"].isnull()
    wanted = every.filter(some).select(*[name for name in names if name in every.columns])
    with temporary_folder() as folder:
        with told(source.name):
            _copy(wanted, folder / "responses.parquet")
        with closing(panel(f"duckdb://{folder.as_posix()}")) as near:
            yield replace(near, name=source.name, reading=source.reading)


def _copy(wanted: ibis.Table, path: Path) -> None:
    import ibis
    from pyarrow import parquet

    kinds = {
        name: (ibis.dtype("string") if kind.is_string() else kind).to_pyarrow()
        for name, kind in wanted.schema().items()
    }
    sql = f"COPY ({ibis.to_sql(wanted)}) TO STDOUT (FORMAT csv)"
    connection = wanted.get_backend().con
    with (
        connection.cursor().copy(sql) as blocks,
        _read(blocks, kinds) as batches,
        parquet.ParquetWriter(path, batches.schema) as file,
    ):
        for batch in batches:
            file.write_batch(batch)
    connection.rollback()


def _read(blocks: Any, kinds: dict[str, pa.DataType]) -> Any:
    """Batches of Arrow from what a server sends as CSV."""
    from pyarrow import csv

    meant = csv.ConvertOptions(
        column_types=kinds,
        null_values=[""],
        true_values=["t"],
        false_values=["f"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,  # an empty text is a text
    )
    layout = csv.ReadOptions(column_names=list(kinds), block_size=BLOCK)
    quoted = csv.ParseOptions(newlines_in_values=True)
    return csv.open_csv(_Stream(blocks), layout, quoted, meant)


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
