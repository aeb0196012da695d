"""What a panel that nobody has checked may hold: refused or read alike on every engine."""

import datetime
from contextlib import closing
from decimal import Decimal
from itertools import count

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from crqlab import DataError, StudyError, benchmark
from tests.benchmark import engines
from tests.scores.made import codebook, responses

ASKED = codebook().instrument
ROWS = responses(clients=5, waves=("2024", "2025"), accounts=6, seed=6)
NTH = 25


def some(column, value):
    """A table in which every so many cells of a column hold a value."""
    cells = ROWS[column].astype(object)
    return table(**{column: cells.where(np.arange(len(ROWS)) % NTH != 0, value)})


def table(**changed):
    """The panel as an Arrow table; whole columns changed, NaN left as it is where asked for."""
    return pa.table(
        {
            name: changed[name] if isinstance(changed.get(name), pa.Array)
            else pa.array(changed.get(name, ROWS[name]), from_pandas=True)
            for name in ROWS
        }
    )  # fmt: skip


def every(column, make, kind=None):
    cells = [None if pd.isna(cell) else make(cell) for cell in ROWS[column]]
    return pa.array(cells, kind, from_pandas=False)


#: Refused, and for which column.
REFUSED = {
    "a code for no answer": (some("t1", 99.0), "t1"),
    "below the scale": (some("ltr", -1.0), "ltr"),
    "endless": (some("t2", float("inf")), "t2"),
    "endless below": (some("t2", float("-inf")), "t2"),
    "ids twice": (some("response_id", "R"), "response_id"),
    "no wave": (some("wave", None), "wave"),
    "words for numbers": (table(c1=every("c1", str)), "c1"),
    "bytes for names": (
        table(account_id=every("account_id", str.encode, pa.binary())),
        "account_id",
    ),
    "dates for waves": (
        table(wave=every("wave", lambda cell: datetime.date(int(cell), 1, 1))),
        "wave",
    ),
    "numbers for yes and no": (table(included=every("included", int, pa.int16())), "included"),
}  # fmt: skip
#: Read as the plain panel is.
READ = {
    "NaN for no answer": table(
        **{n: pa.array(ROWS[n].to_numpy(), from_pandas=False) for n in (*ASKED.items, "ltr")}
    ),
    "whole numbers": table(t1=every("t1", int, pa.int16()), ltr=every("ltr", int, pa.int64())),
    "small floats": table(t1=every("t1", float, pa.float32())),
    "decimals": table(
        t1=every("t1", lambda cell: Decimal(int(cell)), pa.decimal128(6, 2)),
        ltr=every("ltr", lambda cell: Decimal(int(cell)), pa.decimal128(12, 0)),
    ),
    "waves that are numbers": table(wave=every("wave", int, pa.int32())),
}


def assert_as_it_should_be(opened):
    """Every case on one engine; `opened` puts a table where the engine reads it."""

    def summed(rows):
        with closing(opened(rows)) as panel:
            return benchmark.cube(panel, ASKED)

    whole = summed(table()).table
    for what, rows in READ.items():
        pd.testing.assert_frame_equal(
            summed(rows).table, whole, check_dtype=False, rtol=1e-12, obj=what
        )
    for what, (rows, column) in REFUSED.items():
        with pytest.raises(DataError) as refused:
            summed(rows)
        assert column in refused.value.cases["column"].tolist(), what
        assert "\n" not in str(refused.value), what
    with pytest.raises(StudyError, match="has no response"):
        summed(table().slice(0, 0))
    capitals = table().rename_columns([name.upper() for name in ROWS])
    with pytest.raises(DataError, match="lack") as refused:
        summed(capitals)
    told = refused.value.cases.set_index("column").loc["t1"]
    assert told["rule"] == "is missing"
    assert told["value"] == "T1"
    assert "capitals" in told["fix"]


def test_in_parquet_files(tmp_path):
    numbers = count()

    def opened(rows):
        place = tmp_path / str(next(numbers))
        place.mkdir()
        parquet.write_table(rows, place / "responses.parquet")
        return benchmark.panel(f"duckdb://{place}")

    assert_as_it_should_be(opened)


def test_in_a_duckdb_file(tmp_path):
    import duckdb

    numbers = count()

    def opened(rows):
        place = tmp_path / f"{next(numbers)}.duckdb"
        with duckdb.connect(place) as file:
            file.register("given", rows)
            file.execute("CREATE TABLE responses AS SELECT * FROM given")
        return benchmark.panel(f"duckdb://{place}")

    assert_as_it_should_be(opened)


KINDS = {
    "double": "double precision",
    "float": "real",
    "string": "text",
    "large_string": "text",
    "bool": "boolean",
    "binary": "bytea",
    "int16": "smallint",
    "int32": "integer",
    "int64": "bigint",
    "date32[day]": "date",
    "timestamp[ns]": "timestamp",
    "decimal128(6, 2)": "numeric(6, 2)",
    "decimal128(12, 0)": "numeric",
}


def test_in_postgres():
    import psycopg

    with engines.postgres({}) as address:
        place = address.replace("postgres:", "postgresql:")

        def opened(rows):
            columns = ", ".join(f'"{field.name}" {KINDS[str(field.type)]}' for field in rows.schema)
            with psycopg.connect(place) as server:
                server.execute("DROP TABLE IF EXISTS responses")
                server.execute(f"CREATE TABLE responses ({columns})")
                with server.cursor().copy("COPY responses FROM STDIN") as copy:
                    for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                        copy.write_row(row)
            return benchmark.panel(address)

        assert_as_it_should_be(opened)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # pyspark 4.0 is older
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its sockets
def test_in_spark(tmp_path):
    numbers = count()

    with engines.spark(tmp_path) as address:

        def opened(rows):
            place = tmp_path / str(next(numbers))
            place.mkdir()
            parquet.write_table(rows, place / "responses.parquet")
            return benchmark.panel(address.rpartition(str(tmp_path))[0] + str(place))

        assert_as_it_should_be(opened)
