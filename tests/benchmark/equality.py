"""One panel on every engine of this machine, its rows in another order on each: how equal it is.

    python -m tests.benchmark.equality [--responses 200000] [--engines duckdb,postgres,spark]

Prints for each engine the seconds, the largest difference of any sum, score and cut from those of
DuckDB, and how many labels moved: deciles of clients and of accounts' positions. Ends with 1 where
a label moved, or a number by more than 1e-9.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crqlab import benchmark
from tests.bench import panel as bench
from tests.benchmark import engines
from tests.scores.made import codebook

ASKED = codebook().instrument
NEAR = 1e-9
DRAWS = 50


def drawn(folder: Path, responses: int) -> dict[str, pd.DataFrame]:
    """Draw the panel, and return its tables."""
    bench.write(folder, ASKED, responses)
    rows = pd.read_parquet(folder / "responses")
    keys = dict.fromkeys(("client_id", "wave", "account_id"), "str")
    tables = {n: pd.read_parquet(folder / f"{n}.parquet") for n in ("clients", "accounts")}
    return {"responses": rows.astype(keys).reset_index(drop=True), **tables}


@contextmanager
def address(engine: str, tables: dict[str, pd.DataFrame], seed: int) -> Iterator[str]:
    """Put the tables, shuffled, where an engine reads them, and give its address."""
    mixed = {name: rows.sample(frac=1, random_state=seed) for name, rows in tables.items()}
    if engine == "postgres":
        with engines.postgres(mixed) as there:
            yield there
        return
    with tempfile.TemporaryDirectory() as place:
        for name, rows in mixed.items():
            rows.to_parquet(Path(place) / f"{name}.parquet", index=False)
        if engine == "duckdb":
            yield f"duckdb://{place}"
        else:
            with engines.spark(Path(place)) as there:
                yield there


def measured(engine: str, tables: dict[str, pd.DataFrame], seed: int) -> dict[str, Any]:
    """Sum up, rank and place on one engine; all tables, and the seconds it took."""
    with address(engine, tables, seed) as there, closing(benchmark.panel(there)) as source:
        started = time.perf_counter()
        cube = benchmark.cube(source, ASKED)
        summed = time.perf_counter()
        kept = benchmark.cube(source, ASKED, before=cube)
        again = time.perf_counter()
        clients = source.frame("clients")
    if kept.renewed:
        sys.exit(f"{engine}: waves {kept.renewed} seemed to have changed, and had not")
    found = {"sums": cube.table}
    for name, units in ranked(cube, clients).items():
        found[f"scores of {name}"] = units.table
        found[f"cuts of {name}"] = benchmark.deciles(units, draws=DRAWS).table
        if name == "clients":
            found["places of clients"] = benchmark.position(units, draws=DRAWS).table
    return {"tables": found, "seconds": summed - started, "unchanged": again - summed}


def ranked(cube: benchmark.Cube, clients: pd.DataFrame) -> dict[str, benchmark.Scores]:
    """Return the scores of clients and of accounts that are ranked."""
    return {
        "clients": benchmark.client_scores(cube, clients),
        "accounts": benchmark.account_scores(cube, clients),
    }


def difference(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, int]:
    """Largest difference of two tables' numbers, beside their size, and how many labels moved."""
    if list(one) != list(other) or len(one) != len(other):
        return float("inf"), max(len(one), len(other))
    largest, moved = 0.0, 0
    for name in one:
        if one[name].dtype.kind == "f":
            a, b = one[name].to_numpy(), other[name].to_numpy()
            gaps = np.isnan(a) | np.isnan(b)
            moved += int((np.isnan(a) != np.isnan(b)).sum())
            apart = np.abs(a - b)[~gaps] / np.maximum(np.abs(b[~gaps]), 1.0)
            largest = max(largest, apart.max(initial=0.0))
        else:
            same = (one[name] == other[name]) | (one[name].isna() & other[name].isna())
            moved += int((~same.fillna(False).astype(bool)).sum())
    return largest, moved


def compared(engine: str, found: dict[str, Any], base: dict[str, Any]) -> bool:
    """Print a line for each table of an engine; whether all are as those of DuckDB."""
    times = f"sums in {found['seconds']:.1f} s, unchanged known in {found['unchanged']:.2f} s"
    print(f"\n{engine}: {times}, {found['seconds'] / base['seconds']:.1f} x DuckDB")
    well = True
    for name, table in found["tables"].items():
        largest, moved = difference(table, base["tables"][name])
        well &= largest <= NEAR and not moved
        size = f"{name:20} {len(table):9,} rows"
        print(f"  {size}: largest difference {largest:.1e}, labels moved {moved}", flush=True)
    return well


def main(words: list[str]) -> int:
    """Try the engines that are here, say which are not; 1 where one is not equal."""
    options = argparse.ArgumentParser(prog="make test-engines")
    options.add_argument("--responses", type=int, default=200_000)
    options.add_argument("--engines", default="duckdb,postgres,spark")
    asked = options.parse_args(words)
    # 500 clients in 20 waves; four answers of an account in a wave
    bench.ACCOUNTS = min(max(asked.responses // 40_000, 1), 50)
    with tempfile.TemporaryDirectory() as place:
        tables = drawn(Path(place), asked.responses)
    print(f"{len(tables['responses']):,} responses, {bench.CLIENTS} clients, {bench.WAVES} waves")
    base, well = measured("duckdb", tables, 0), True
    for seed, engine in enumerate(asked.engines.split(","), start=1):
        try:
            well &= compared(engine, measured(engine, tables, seed), base)
        except pytest.skip.Exception as lacking:
            print(f"\n{engine}: not tried, {lacking}")
    print("\nequal" if well else "\nNOT equal")
    return int(not well)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
