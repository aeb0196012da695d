"""A panel of a database's size in a PostgreSQL server of this machine: what each step takes.

    python -m tests.benchmark.server_size [--responses 1000000]

Starts a server on loopback in a folder of its own, fills it wave by wave, sums it up, asks again,
corrects one wave, asks again; beside DuckDB's time on the same rows as Parquet files. Ends with 1
where the sums of the two differ by more than 1e-9.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from crqlab import benchmark
from tests.bench import panel as bench
from tests.benchmark import engines
from tests.benchmark.equality import ASKED, NEAR, difference

BLOCK = 1 << 20
CORRECTED = (
    "UPDATE responses SET {item} = {item} % 7 + 1 WHERE wave = '2024' AND account_id = 'A00'"
)


def filled(address: str, folder: Path) -> None:
    """Copy Parquet files of waves into a table, each response with an id."""
    import duckdb
    import psycopg

    names = ["client_id", "wave", "account_id", *ASKED.items, "ltr", "response_id"]
    kinds = [
        f"{name} {'text' if name.endswith('_id') or name == 'wave' else 'smallint'}"
        for name in names
    ]
    with psycopg.connect(address.replace("postgres:", "postgresql:")) as server:
        server.execute(f"CREATE TABLE responses ({', '.join(kinds)})")
        for path in sorted((folder / "responses").glob("*.parquet")):
            csv = folder / "wave.csv"
            rows = f"SELECT *, wave || '-' || row_number() OVER () FROM '{path}'"
            duckdb.sql(f"COPY ({rows}) TO '{csv}' (HEADER false)")
            with (
                csv.open("rb") as file,
                server.cursor().copy("COPY responses FROM STDIN (FORMAT csv)") as copy,
            ):
                while block := file.read(BLOCK):
                    copy.write(block)
            csv.unlink()
        server.commit()
        server.autocommit = True
        server.execute("VACUUM ANALYZE responses")


def timed(what: str, work: Any) -> Any:
    """Do some work and say what it took."""
    start = time.perf_counter()
    found = work()
    print(f"{what:<52} {time.perf_counter() - start:8.1f} s  (load {os.getloadavg()[0]:.0f})")
    sys.stdout.flush()
    return found


def summed(address: str, before: benchmark.Cube | None = None) -> benchmark.Cube:
    """Open the panel, and sum it up where it has changed."""
    with closing(benchmark.panel(address)) as source:
        return benchmark.cube(source, ASKED, before=before)


def main(words: list[str]) -> int:
    """Fill, sum up, ask again, correct, ask again; 1 where the two engines differ."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmark.server_size")
    options.add_argument("--responses", type=int, default=1_000_000)
    asked = options.parse_args(words)
    bench.ACCOUNTS = min(max(asked.responses // 40_000, 1), 50)
    with tempfile.TemporaryDirectory() as place, engines.postgres({}) as address:
        folder = bench.write(Path(place), ASKED, asked.responses)
        timed("PostgreSQL: filled", lambda: filled(address, folder))
        near = timed("DuckDB, Parquet files: summed up", lambda: summed(f"duckdb://{folder}"))
        print(near.described())
        far = timed("PostgreSQL: summed up", lambda: summed(address))
        same = timed("PostgreSQL: unchanged is known", lambda: summed(address, far))
        corrected(address)
        after = timed("PostgreSQL: one wave corrected, by hashes", lambda: summed(address, far))
        largest, moved = difference(far.table, near.table)
        print(f"largest difference {largest:.1e}, cells moved {moved}; renewed {after.renewed}")
    return int(largest > NEAR or moved > 0 or same.renewed != () or after.renewed != ("2024",))


def corrected(address: str) -> None:
    """Change some answers of one wave."""
    import psycopg

    with psycopg.connect(address.replace("postgres:", "postgresql:")) as server:
        server.execute(CORRECTED.format(item=next(iter(ASKED.items))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
