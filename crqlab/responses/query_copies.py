"""Copies of what queries give, so that runs read files and never a database."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crqlab.base.connections import Answer, address, answer, single_query
from crqlab.base.connections.copies import FRAMES
from crqlab.base.errors import StudyError
from crqlab.base.sources import Source
from crqlab.base.study import Study, replace
from crqlab.responses.parquet import FETCH, facts

SECONDS = 300.0  # longest time of one query


@dataclass(frozen=True, slots=True)
class Fetched:
    """One query that was asked.

    Attributes
    ----------
    file : str
        The copy, in the study's folder.
    rows : int
    origin : str
        The database, without user and password.
    changed : bool
        Whether the copy is another than before.
    """

    file: str
    rows: int
    origin: str
    changed: bool

    def __str__(self) -> str:
        how = "" if self.changed else "; as before, the copy is kept as it was"
        return f"{self.file}: {self.rows:,} rows from {self.origin}{how}"


def fetch(study: Study, *, seconds: float = SECONDS) -> list[Fetched]:
    """Ask every query of a study's codebook and keep a copy of what it gives.

    All are asked before the first copy is written. The copy before is kept beside as
    ``TABLE.before.parquet``; if nothing is new, the file stays as it is.

    Parameters
    ----------
    study : Study
    seconds : float
        Longest time of one query.

    Returns
    -------
    list of Fetched

    Raises
    ------
    StudyError
        The codebook has no query, one is no single SELECT, or a database does not answer; nothing
        is changed then.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.responses.fetch(study)
    Traceback (most recent call last):
    crqlab.base.errors.StudyError: Study 'demo' asks no database...
    """
    queries = list(_queries(study))
    if not queries:
        raise StudyError(
            f"Study {study.name!r} asks no database: nothing in its codebook has sql and from. "
            "Write as in accounts: {sql: 'select ...', from: 'postgres://host/database'}."
        )
    places = [address(source.from_) for source in queries]
    asked = [single_query(source.sql, place.scheme)
             for source, place in zip(queries, places, strict=True)]  # fmt: skip
    found = [answer(place, sql, seconds=seconds) for place, sql in zip(places, asked, strict=True)]
    for source, one in zip(queries, found, strict=True):
        if not one.rows:
            raise StudyError(f"The query of {source.file} gives no row; nothing was changed.")
    return [_kept(study, source, place.name, one)
            for source, place, one in zip(queries, places, found, strict=True)]  # fmt: skip


def _queries(study: Study) -> Iterator[Source]:
    book = study.codebook
    tables = (getattr(book, table) for table in FRAMES)
    yield from (one for one in (*book.responses.files, *tables) if one and one.sql is not None)


def _kept(study: Study, source: Source, origin: str, found: Answer) -> Fetched:
    columns = [pa.array(cells, pa.large_string()) for cells in zip(*found.rows, strict=True)]
    table = pa.table(columns, names=list(found.names))
    path, query = study.raw / source.file, source.sql.strip()
    if _same(path, table, query):
        return Fetched(source.file, len(table), origin, changed=False)
    if path.is_file():
        replace(path.with_suffix(".before.parquet"), path.read_bytes())
    now = datetime.now(UTC).isoformat(" ", "seconds")
    how = {"query": query, "from": origin, "time": now, "rows": len(table)}
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({FETCH: json.dumps(how)}), content)
    replace(path, content.getvalue())
    return Fetched(source.file, len(table), origin, changed=True)


def _same(path: Path, table: pa.Table, query: str) -> bool:
    """Whether the copy that is there is of the same query and holds the same rows."""
    try:
        before = pq.read_table(path)
    except (pa.ArrowException, OSError):
        return False
    return facts(before.schema).get("query") == query and before.equals(table)
