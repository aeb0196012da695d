"""An unchanged panel is known without a look at its responses; a changed one is never missed."""

import os
import time
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

from crqlab import benchmark
from crqlab.benchmark import account_cube, panel_state
from crqlab.benchmark.account_cube import read_cube, write_cube
from tests.benchmark import engines
from tests.scores.made import codebook, responses

ASKED = codebook().instrument


@pytest.fixture(scope="module")
def rows():
    return responses(clients=6, waves=("2024", "2025"), accounts=8, seed=4)


@pytest.fixture
def looks(monkeypatch):
    """How often responses were looked at."""
    found, look = [], account_cube.wave_marks
    monkeypatch.setattr(
        account_cube, "wave_marks", lambda *a, **k: found.append(1) or look(*a, **k)
    )
    return found


def aged(*paths):
    """As if written a minute ago: what was written just now is always looked at."""
    for path in paths:
        os.utime(path, (time.time() - 60,) * 2)


def test_files_that_lie_as_they_lay_are_not_read(rows, tmp_path, looks, monkeypatch):
    monkeypatch.setattr(panel_state, "_SETTLED", 0.0)
    path = tmp_path / "responses.parquet"
    rows.to_parquet(path, index=False)
    time.sleep(0.02)
    panel = benchmark.panel(f"duckdb://{tmp_path}")
    before = benchmark.cube(panel, ASKED)
    write_cube(before, tmp_path / "cube")
    kept = read_cube(tmp_path / "cube")
    assert kept.state == before.state != panel_state.UNKNOWN
    again = benchmark.cube(panel, ASKED, before=kept)
    assert len(looks) == 1
    assert again.renewed == ()
    pd.testing.assert_frame_equal(again.table, before.table, check_dtype=False)
    size, at = path.stat().st_size, path.stat().st_mtime_ns
    changed = rows.assign(t1=np.where(rows["wave"] == "2024", 8 - rows["t1"], rows["t1"]))
    changed.to_parquet(path, index=False)
    os.utime(path, ns=(at, at))  # a copy that keeps times
    time.sleep(0.02)
    assert path.stat().st_size - size in range(-99, 99)
    after = benchmark.cube(benchmark.panel(f"duckdb://{tmp_path}"), ASKED, before=kept)
    assert after.renewed == ("2024",)
    (tmp_path / "cube" / "2025.parquet").unlink()
    assert read_cube(tmp_path / "cube").state == panel_state.UNKNOWN


def test_what_was_written_just_now_is_looked_at(rows, tmp_path, looks):
    rows.to_parquet(tmp_path / "responses.parquet", index=False)
    panel = benchmark.panel(f"duckdb://{tmp_path}")
    before = benchmark.cube(panel, ASKED)
    assert before.state == panel_state.UNKNOWN
    assert benchmark.cube(panel, ASKED, before=before).renewed == ()
    assert len(looks) == 2


def test_a_duckdb_file_is_known_by_itself_and_by_what_waits_beside_it(rows, tmp_path, monkeypatch):
    import duckdb

    monkeypatch.setattr(panel_state, "_SETTLED", 0.0)
    place = tmp_path / "panel.duckdb"
    with duckdb.connect(place) as file:
        file.register("rows", rows)
        file.execute("CREATE TABLE responses AS SELECT * FROM rows")

    def state():
        with closing(benchmark.panel(f"duckdb://{place}")) as panel:
            return panel_state.panel_state(panel)

    before = state()
    assert state().shows_unchanged(before)
    time.sleep(0.02)
    with duckdb.connect(place) as file:
        file.execute("UPDATE responses SET t1 = 1 WHERE t1 = 2")
    time.sleep(0.02)
    assert not state().shows_unchanged(before)


@pytest.fixture
def server(rows):
    import psycopg

    with engines.postgres({"responses": rows}) as address:

        def told(*commands):
            with psycopg.connect(
                address.replace("postgres:", "postgresql:"), autocommit=True
            ) as to:
                for command in commands:
                    to.execute(command)

        yield address, told


def stands(address):
    with closing(benchmark.panel(address)) as panel:
        return panel_state.panel_state(panel)


def test_a_server_on_which_nothing_was_written_is_not_asked_for_rows(server, looks):
    address, told = server
    told("CHECKPOINT")
    with closing(benchmark.panel(address)) as panel:
        before = benchmark.cube(panel, ASKED)
    if not before.state.mark:
        pytest.skip("this PostgreSQL is older than 15")
    with closing(benchmark.panel(address)) as panel:
        after = benchmark.cube(panel, ASKED, before=before)
    assert after.renewed == ()
    assert len(looks) == 1


CHANGES = {
    "a cell": "UPDATE responses SET t1 = t1 + 1 WHERE wave = '2024' AND t1 < 7",
    "rows less": "DELETE FROM responses WHERE wave = '2024' AND t1 = 1",
    "names of columns": "ALTER TABLE responses RENAME t1 TO t0; "
    "ALTER TABLE responses RENAME t2 TO t1; ALTER TABLE responses RENAME t0 TO t2",
    "all rows anew": "CREATE TABLE other AS SELECT * FROM responses; TRUNCATE responses; "
    "INSERT INTO responses SELECT * FROM other",
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_on_a_server_is_missed_however_young(server, change):
    address, told = server
    before = stands(address)
    told(CHANGES[change])
    assert not stands(address).shows_unchanged(before)


def test_what_another_session_has_just_done_is_looked_for(server):
    """Its counters come late; that something was written is known at once."""
    import psycopg

    address, told = server
    told("CREATE TABLE beside (x int)")
    before = stands(address)
    with psycopg.connect(address.replace("postgres:", "postgresql:"), autocommit=True) as other:
        other.execute("INSERT INTO beside VALUES (1)")
        now = stands(address)
        assert not now.settled
        assert not now.shows_unchanged(before)
    end = time.monotonic() + 10
    while not (now := stands(address)).settled and time.monotonic() < end:
        time.sleep(0.1)
    assert now.position != before.position
    assert now.shows_unchanged(before)  # nobody is left who could have written to it


@pytest.mark.parametrize(
    "made",
    [
        "ALTER TABLE responses RENAME TO own; CREATE VIEW responses AS SELECT * FROM own",
        "ALTER TABLE responses ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE part () INHERITS (responses)",
        "ALTER SYSTEM SET track_counts = off; SELECT pg_reload_conf()",
    ],
)
def test_nothing_is_believed_of_tables_that_do_not_count(server, made):
    address, told = server
    told(*made.split("; "))
    time.sleep(0.2)
    assert stands(address) == panel_state.UNKNOWN
