"""One read-only query of a database, its rows as texts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from crqlab.base.connections.addresses import Address
from crqlab.base.errors import StudyError

_ENGINES = ("psycopg", "duckdb", "_duckdb", "sqlite3")
_PORTION = 10_000
MOST = 5_000_000  # rows
PATIENCE = 15  # seconds to be let in


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave.

    Attributes
    ----------
    names : tuple of str
        Columns, each once.
    rows : list of tuple of str or None
        Sorted: a database gives them in any order.
    """

    names: tuple[str, ...]
    rows: list[tuple[str | None, ...]]


def single_query(sql: str, scheme: str) -> str:
    """Return one SELECT or WITH statement, or refuse what else it is.

    Parameters
    ----------
    sql : str
    scheme : str
        ``postgres``, ``duckdb`` or ``sqlite``: whose SQL it is.

    Raises
    ------
    StudyError
        It cannot be read, is several statements, or would change, lock or copy anything.

    Examples
    --------
    >>> single_query("select id, name from firms; ", "postgres")
    'select id, name from firms'
    >>> single_query("delete from firms", "postgres")
    Traceback (most recent call last):
    crqlab.base.errors.StudyError: The query is no SELECT (it has DELETE); write one SELECT...
    """
    import sqlglot
    from sqlglot import exp

    fix = "write one SELECT or WITH statement that only reads"
    try:
        found = [one for one in sqlglot.parse(sql, read=scheme) if one is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as broken:
        said = str(broken).splitlines()[0].split(" Line")[0].rstrip(".")
        raise StudyError(f"The query cannot be read ({said}); {fix}.") from None
    if len(found) != 1:
        raise StudyError(f"The query is {len(found)} statements; {fix}.")
    changes = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Copy)
    reads = (exp.Select, exp.SetOperation, exp.Subquery)
    others = [one for one in found[0].find_all(*changes) if not isinstance(one, reads)]
    if others or not isinstance(found[0], reads):
        word = (others[0] if others else found[0]).key.upper()
        raise StudyError(f"The query is no SELECT (it has {word}); {fix}.")
    return sql.strip().rstrip(";").rstrip()


def answer(where: Address, sql: str, *, seconds: float = 300, most: int = MOST) -> Answer:
    """Ask one read-only query.

    Parameters
    ----------
    where : Address
    sql : str
        As `single_query` returns it.
    seconds : float
        Longest time of the query.
    most : int
        Most rows.

    Raises
    ------
    StudyError
        The database is not there, refuses, breaks off or takes too long; it gives no column, two
        of one name, or too many rows.
    """
    with _told(where.name), closing(_connection(where, seconds)) as connection:
        stop = getattr(connection, "interrupt", None) or connection.cancel
        clock = threading.Timer(seconds + 1, stop)  # what the server does not stop itself
        clock.start()
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            names = tuple(str(column[0]) for column in cursor.description or ())
            rows = list(_rows(cursor, where.name, most))
        finally:
            clock.cancel()
    _named_once(names, where.name)
    return Answer(names, sorted(rows, key=lambda row: [cell or "" for cell in row]))


def _connection(where: Address, seconds: float) -> Any:
    if where.scheme == "postgres":
        return _postgres(where, seconds)
    if not Path(where.where).is_file():
        raise StudyError(f"{where.name} is not there; three slashes precede an absolute path.")
    if where.scheme == "duckdb":
        import duckdb

        safe = {"enable_external_access": "false", "threads": "1"}
        return duckdb.connect(where.where, read_only=True, config=safe)
    import sqlite3

    place = Path(where.where).resolve().as_uri()
    return sqlite3.connect(f"{place}?mode=ro", uri=True, check_same_thread=False)


def _postgres(where: Address, seconds: float) -> Any:
    try:
        import psycopg
    except ImportError:
        raise StudyError(
            "PostgreSQL needs the package psycopg, which is not installed; install crqlab with "
            "its extra 'postgres'."
        ) from None
    options = f"-c default_transaction_read_only=on -c statement_timeout={int(seconds * 1000)}"
    connection = psycopg.connect(where.where, connect_timeout=PATIENCE, options=options)
    connection.read_only = True
    return connection


def _rows(cursor: Any, name: str, most: int) -> Iterator[tuple[str | None, ...]]:
    count = 0
    while portion := cursor.fetchmany(_PORTION):
        count += len(portion)
        if count > most:
            raise StudyError(f"{name} gives more than {most:,} rows; ask for fewer.")
        for row in portion:
            yield tuple(_text(cell) for cell in row)


def _named_once(names: tuple[str, ...], name: str) -> None:
    if not names:
        raise StudyError(f"{name} gives no columns; write a SELECT that names some.")
    if twice := sorted({one for one in names if names.count(one) > 1}):
        raise StudyError(f"{name} gives {twice[0]!r} twice; give each column a name with AS.")


def _text(cell: Any) -> str | None:
    """Word a cell as a person would have typed it; NaN is nothing.

    Examples
    --------
    >>> [_text(one) for one in (17, 17.0, 0.5, Decimal("1.50"), True, date(2025, 1, 31), None)]
    ['17', '17', '0.5', '1.50', 'true', '2025-01-31', None]
    """
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell).hex()
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else str(cell)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Say what an engine says in one line."""
    try:
        yield
    except Exception as lost:
        if type(lost).__module__.split(".")[0] not in _ENGINES:
            raise
        said = next((line for line in str(lost).splitlines() if line.strip()), type(lost).__name__)
        raise StudyError(
            f"{name} does not answer: {said.strip().rstrip('.!')}. Nothing was changed. Is the "
            "address right, is the server up, may you read there, and is the password in "
            "PGPASSWORD or .pgpass?"
        ) from None
