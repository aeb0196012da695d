"""Where the panel is: Parquet files queried in this process, or a database by its address."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqlab.base.codebook import Codebook
from crqlab.base.connections import address
from crqlab.base.contracts import TABLES
from crqlab.base.errors import StudyError, one_of
from crqlab.base.extras import install
from crqlab.base.results import Result
from crqlab.base.study import Study
from crqlab.benchmark.panel_cells import plain
from crqlab.benchmark.panel_contract import codes, decoded, held

if TYPE_CHECKING:
    import ibis

SCHEMES = ("duckdb", "postgres", "postgresql", "spark")
NEEDED = ("responses",)
OPTIONAL = ("clients", "accounts", "completion", "client_scores", "rolling_scores")
#: Where errors of the engines come from; they have no common root.
ENGINES = ("_duckdb", "duckdb", "psycopg", "py4j", "pyspark")
MEMORY = "400MB"
OUTSIDE = "held to the contracts"
#: Steps of DuckDB that are left out: one sums up ranges of clients apart, each from all rows;
#: the other believes the statistics of Parquet files, which pass over NaN, and never looks for it.
WITHOUT = ("partitioned_execution", "statistics_propagation")
_SPARK = {
    "ui.enabled": "false",
    "sql.shuffle.partitions": "4",
    "sql.session.timeZone": "UTC",
    "sql.legacy.parquet.nanosAsLong": "true",  # pandas writes times in a unit that Spark has not
}


@dataclass(frozen=True, slots=True, eq=False)
class Panel(Result):
    """The pooled tables of all clients and waves, wherever they live.

    Attributes
    ----------
    name : str
        How to call it in a sentence; never an address with a password.
    tables : mapping of name to ibis table
        ``responses``, and as far as they are there ``clients``, ``accounts``, ``completion``,
        ``client_scores``, ``rolling_scores`` with the columns of `crqlab.base.contracts`.
    files : tuple of Path
        Where the responses are Parquet files of this machine: these.
    database : Path, optional
        Where they are in a DuckDB file of this machine: this.
    reading : str
        How cells are read that no station of crqlab has written: they are held to the contracts,
        and the codebook's codes are put in their place. Empty for a study's own tables.
    """

    name: str
    tables: Mapping[str, ibis.Table]
    files: tuple[Path, ...] = ()
    reading: str = ""
    database: Path | None = None

    @property
    def table(self) -> pd.DataFrame:
        """``table`` and ``columns`` of each table; no rows are fetched."""
        columns = [", ".join(one.columns) for one in self.tables.values()]
        return pd.DataFrame({"table": list(self.tables), "columns": columns})

    def by(self, book: Codebook) -> Panel:
        """Read answers as a codebook says; a study's own tables are as it says already."""
        if not self.reading:
            return self
        meant = codes(book)
        tables = {**self.tables, "responses": decoded(self.tables["responses"], meant)}
        return replace(self, tables=tables, reading=f"{OUTSIDE} {json.dumps(meant)}")

    def close(self) -> None:
        """End the connection; a server is told, and a local engine gives back its memory."""
        self.tables["responses"].get_backend().disconnect()

    def frame(self, table: str) -> pd.DataFrame | None:
        """Fetch a small table, sorted by its key; None where the panel has none.

        Raises
        ------
        DataError
            Somebody else's table breaks the contract of that name.
        """
        if table not in self.tables:
            return None
        rows, key = self.tables[table], [n for n in TABLES[table].key if n in self.tables[table]]
        found = fetched(rows, key or rows.columns[:1])
        return held(found, table) if self.reading else found

    def __str__(self) -> str:
        return f"Panel {self.name} with {', '.join(self.tables)}"


def panel(source: Study | str) -> Panel:
    """Open a panel.

    Parameters
    ----------
    source : Study or str
        A study, whose tables are read where its stations wrote them; or an address:
        ``duckdb:///folder`` of Parquet files (``responses.parquet``, ``10_responses.parquet``
        or a folder ``responses`` of them) or ``duckdb:///file.duckdb``;
        ``postgres://user@host/database``; ``spark://local[2]/folder`` of Parquet files.

    Returns
    -------
    Panel

    Raises
    ------
    CrqError
        An address of another kind.
    StudyError
        An address of a server that can be read in two ways, as with an ``@`` in a password; no
        responses there, or what the address asks for is not installed.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> print(crq.benchmark.panel(study))
    Panel demo with responses, clients...
    """
    if isinstance(source, Study):
        with told(source.name):
            own = _files(_duckdb(), source.processed, source.name)
            return replace(own, reading="")
    scheme, _, rest = str(source).partition("://")  # spark://local[2] is no address to urlsplit
    one_of("panel=, an address before '://',", scheme, SCHEMES)
    if scheme.startswith("postgres"):
        there = address(str(source))  # says nothing of a password, however it is written
        with told(there.name):
            return _named(_postgres(there.where), there.name)
    host, slash, path = rest.partition("/")
    name = f"{scheme}://{host}{slash}{path}"
    with told(name):
        if scheme == "spark":
            return _files(_spark(host), Path(_local(slash + path)), name)
        return _from_duckdb(Path(_local(slash + path)), name)


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Tell what an engine says when it cannot read a panel, in one line without passwords."""
    try:
        yield
    except Exception as lost:
        if type(lost).__module__.split(".")[0] not in ENGINES:
            raise
        said = next((line for line in str(lost).splitlines() if line.strip()), type(lost).__name__)
        raise StudyError(
            f"Panel {name} cannot be read: {said.strip().rstrip('.!')}. Is the address right, is "
            "the server up, and are its files whole? Correct that and run this again."
        ) from None


def fetched(table: ibis.Table, order: list[str]) -> pd.DataFrame:
    """Fetch rows in an order that all engines share; text is text everywhere."""
    with told(f"({table.get_backend().name})"):
        rows = table.to_pyarrow().to_pandas(split_blocks=True, self_destruct=True)
    rows = rows.astype(dict.fromkeys(rows.select_dtypes(["object", "string"]), "str"))
    return in_order_of(rows, order)


def in_order_of(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Sort rows by their key, by the number of each name rather than by names."""
    codes = [pd.factorize(rows[name], sort=True)[0] for name in key]
    order = np.lexsort(codes[::-1])
    if (np.diff(order) == 1).all():
        return rows.reset_index(drop=True)
    return rows.take(order).reset_index(drop=True)


def _local(path: str) -> str:
    """``/C:/panel`` of an address is ``C:/panel`` on Windows."""
    return path[1:] if path[2:3] == ":" else path


def _from_duckdb(path: Path, name: str) -> Panel:
    if path.is_dir():
        return _files(_duckdb(), path, name)
    if path.is_file():
        return replace(_named(_duckdb(str(path), read_only=True), name), database=path)
    raise StudyError(
        f"Panel {name} is not there: expected a folder of Parquet files or a DuckDB file. "
        "Correct the address; three slashes precede an absolute path."
    )


def _duckdb(*where: str, **more: Any) -> Any:
    import ibis

    connection = ibis.duckdb.connect(*where, **more, memory_limit=MEMORY)
    connection.raw_sql("SET preserve_insertion_order = false")
    known = connection.raw_sql("SELECT name FROM duckdb_optimizers()").fetchall()
    skipped = [step for step in WITHOUT if (step,) in known]
    connection.raw_sql(f"SET disabled_optimizers = '{','.join(skipped)}'")
    return connection


def _postgres(address: str) -> Any:
    try:
        import ibis

        connection = ibis.connect(address.replace("postgresql://", "postgres://", 1))
    except ImportError as lacking:
        raise _lacking("postgres", lacking) from None
    connection.con.execute("SET jit = off")  # it would compile for longer than it saves
    connection.con.commit()
    return connection


def _spark(master: str) -> Any:
    try:
        import ibis
        from pyspark.sql import SparkSession
    except ImportError as lacking:
        raise _lacking("spark", lacking) from None
    master = master or "local[2]"
    session = SparkSession.builder.master(master).appName("crqlab")
    here = dict.fromkeys(["driver.host", "driver.bindAddress"], "127.0.0.1")
    for key, value in (_SPARK | (here if master.startswith("local") else {})).items():
        session = session.config(f"spark.{key}", value)
    return ibis.pyspark.connect(session.getOrCreate())


def _lacking(extra: str, error: ImportError) -> StudyError:
    why = str(error).strip().splitlines()[0].rstrip(".")
    return StudyError(
        f"This panel needs the extra {extra!r}, which is not whole here ({why}). "
        f"Run: {install(extra)}"
    )


def _files(connection: Any, folder: Path, name: str) -> Panel:
    """Tables of a folder: one file, the file of a station, or a folder of files."""
    paths = {table: _paths(folder, table) for table in (*NEEDED, *OPTIONAL)}
    found = {
        table: _parquet(connection, some, f"crqlab_{table}")
        for table, some in paths.items()
        if some
    }
    return Panel(name, _complete(found, name), tuple(paths["responses"]), OUTSIDE)


def _paths(folder: Path, table: str) -> list[Path]:
    number = TABLES[table].notebook[:2]
    single = [folder / f"{table}.parquet", folder / f"{number}_{table}.parquet"]
    there = [path for path in single if path.is_file()][:1]
    return there or sorted((folder / table).rglob("*.parquet"))


def _parquet(connection: Any, paths: list[Path], name: str) -> Any:
    if connection.name == "pyspark":
        session = connection._session
        session.read.parquet(*map(str, paths)).createOrReplaceTempView(name)
        return connection.table(name)
    return connection.read_parquet([str(path) for path in paths], table_name=name)


def _named(connection: Any, name: str) -> Panel:
    """Tables of a database, by the names they have in crqlab."""
    from ibis.common.exceptions import TableNotFound

    found = {}
    for table in (*NEEDED, *OPTIONAL):
        with contextlib.suppress(TableNotFound):
            found[table] = connection.table(table)
    return Panel(name, _complete(found, name), reading=OUTSIDE)


def _complete(found: dict[str, Any], name: str) -> dict[str, Any]:
    if lacking := [table for table in NEEDED if table not in found]:
        raise StudyError(
            f"Panel {name} has no table {lacking[0]!r}; it needs one row per response with the "
            "columns of crqlab's own table of that name. Run the stations first, or correct the "
            "address."
        )
    return {table: plain(rows) for table, rows in found.items()}
