"""Station 8 against plain pandas. CRQLAB_BENCH_RESPONSES=1e7 asks for another size."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import crqlab.simulate
from crqlab import Codebook, benchmark
from crqlab.base import yaml_documents
from crqlab.base.instrument import Instrument
from tests.bench import panel
from tests.bench.cases import Bench

DRAWS = 2000


@contextmanager
def made() -> Iterator[tuple[Path, Instrument, int]]:
    """Draw a panel into a folder that is gone afterwards, by a process that is gone, too."""
    book = Path(crqlab.simulate.__file__).with_name("crq24.yaml")
    asked = yaml_documents.load(book, Codebook).instrument
    n = int(float(os.environ.get("CRQLAB_BENCH_RESPONSES", "1e6")))
    apart = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1, mp_context=apart) as drawing:
            drawing.submit(panel.write, Path(folder), asked, n).result()
        yield Path(folder), asked, n


def views(folder: Path, asked: Instrument) -> list[benchmark.Scores]:
    """Scores of clients and of accounts, from Parquet."""
    source = benchmark.panel(f"duckdb://{folder}")
    sums, clients = benchmark.cube(source, asked), source.frame("clients")
    accounts = benchmark.account_scores(sums, clients, source.frame("accounts"), least=1)
    source.close()
    return [benchmark.client_scores(sums, clients), accounts]


@contextmanager
def tables() -> Iterator[Bench]:
    with made() as (folder, asked, n):
        measures, scored = ["crq", "nps", *asked.constructs], []

        def plain():
            scored[:] = panel.plain_scores(folder, asked)
            for view in scored:
                panel.plain_cuts(view, measures)

        yield Bench(
            f"all decile tables of {n:,} responses, {DRAWS:,} draws",
            lambda: [benchmark.deciles(view) for view in views(folder, asked)],
            plain,
            "pandas: mean(axis=1), groupby, quantile; merge and quantile per draw, timed on one",
            repeated=lambda: [panel.plain_draw(view, measures, seed=1) for view in scored],
            times=DRAWS,
            plain_rounds=1,
        )


@contextmanager
def refreshing() -> Iterator[Bench]:
    with made() as (folder, asked, n):
        source = benchmark.panel(f"duckdb://{folder}")
        whole = benchmark.cube(source, asked)
        old = whole.seen["wave"] != whole.seen["wave"].max()
        rows = whole.table["wave"] != whole.seen["wave"].max()
        before = replace(whole, table=whole.table[rows], seen=whole.seen[old])
        yield Bench(
            f"sums of {n:,} responses after one new wave",
            lambda: benchmark.cube(source, asked, before=before),
            lambda: benchmark.cube(source, asked),
            "all waves summed up again, by the same query",
        )
        source.close()
