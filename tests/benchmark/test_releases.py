"""Releases: whole or absent, verified, never changed; what moved between two."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date

import pandas as pd
import pytest

from crqlab import StudyError, benchmark
from crqlab.benchmark import Rules
from crqlab.benchmark.release_files import FOLDER
from tests.benchmark.made import client_scores
from tests.scores.made import codebook

ASKED = codebook().instrument
DAY = date(2026, 1, 31)


def table(seed=1, clients=60, shift=0.0):
    scores = client_scores(clients=clients, seed=seed)
    moved = scores.table.assign(crq=scores.table["crq"] + shift)
    made = benchmark.Scores(moved, scores.measures, "client")
    return benchmark.deciles(made, rules=Rules(10, 1), by=[["wave"]], draws=60).table


def publish(root, name, rows=None, **more):
    options = {"as_of": DAY, "contributors": 60, "synthetic": True} | more
    return benchmark.publish(root, name, table() if rows is None else rows, ASKED, **options)


@pytest.fixture(scope="module")
def rows():
    return table()


def test_is_read_back_as_it_was_written(tmp_path, rows):
    thresholds = tmp_path / "t.yaml"
    thresholds.write_text("version: '1'\n")
    written = publish(tmp_path, "2026.1", rows, thresholds=thresholds)
    found = benchmark.release(tmp_path, "2026.1")
    assert found.digest == written.digest
    pd.testing.assert_frame_equal(found.table, rows, check_dtype=False)
    assert found.thresholds.read_text() == "version: '1'\n"
    assert found.facts["contributors"] == 60
    assert found.facts["waves"] == ["2024", "2025"]
    assert str(found) == (
        f"release 2026.1 ({found.digest[:8]}), as of 2026-01-31: synthetic data of 60 clients, "
        "made version 1"
    )
    assert benchmark.releases(tmp_path) == ["2026.1"]


def test_the_same_input_gives_the_same_hash(tmp_path, rows):
    one, other = publish(tmp_path / "a", "r", rows), publish(tmp_path / "b", "r", rows)
    assert one.digest == other.digest


def test_is_never_written_over(tmp_path, rows):
    publish(tmp_path, "2026.1", rows)
    with pytest.raises(StudyError, match="is there already, and releases never change"):
        publish(tmp_path, "2026.1", rows)


def test_its_files_cannot_be_written(tmp_path, rows):
    found = publish(tmp_path, "2026.1", rows)
    modes = {path.stat().st_mode & 0o222 for path in found.path.iterdir()}
    assert modes == {0}


@pytest.mark.parametrize("file", ["deciles.parquet", "instrument.json"])
def test_a_changed_byte_is_seen(tmp_path, rows, file):
    path = publish(tmp_path, "2026.1", rows).path / file
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(StudyError, match=rf"not what was published: {file} is .*Do not quote"):
        benchmark.release(tmp_path, "2026.1")


def test_a_missing_file_is_seen(tmp_path, rows):
    folder = publish(tmp_path, "2026.1", rows).path
    folder.chmod(0o755)
    (folder / "instrument.json").unlink()
    with pytest.raises(StudyError, match=r"instrument\.json is missing"):
        benchmark.release(tmp_path, "2026.1")


def test_facts_that_were_tampered_with_are_seen(tmp_path, rows):
    path = publish(tmp_path, "2026.1", rows).path / "release.json"
    path.chmod(0o644)
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"synthetic": False}))
    with pytest.raises(StudyError, match=r"not what was published: release\.json"):
        benchmark.release(tmp_path, "2026.1")


def test_an_unknown_release_says_which_there_are(tmp_path, rows):
    publish(tmp_path, "2026.1", rows)
    with pytest.raises(StudyError, match=r"there is: 2026\.1"):
        benchmark.release(tmp_path, "2026.2")


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a/b"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path, rows, name):
    with pytest.raises(StudyError, match="A release cannot be called"):
        publish(tmp_path, name, rows)


def test_nothing_to_show_is_not_published(tmp_path, rows):
    with pytest.raises(StudyError, match="would be empty"):
        publish(tmp_path, "2026.1", rows.iloc[:0])
    with pytest.raises(StudyError, match="no thresholds at"):
        publish(tmp_path, "2026.1", rows, thresholds=tmp_path / "none.yaml")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed otherwise on Windows")
def test_killing_the_writer_leaves_the_old_release_whole_and_no_new_one(tmp_path, rows):
    old = publish(tmp_path, "2026.1", rows)
    rows.to_parquet(tmp_path / "rows.parquet", index=False)
    script = """
        import os, sys, time
        from datetime import date
        from pathlib import Path
        import pandas as pd
        from crqlab import benchmark
        from tests.scores.made import codebook
        root = Path(sys.argv[1])
        os.fsync = lambda file: time.sleep(60)  # stands still with one file written
        benchmark.publish(root, "2026.2", pd.read_parquet(root / "rows.parquet"),
                          codebook().instrument, as_of=date(2026, 1, 31), contributors=60,
                          synthetic=True)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    with subprocess.Popen(command) as writer:
        deadline = time.monotonic() + 60
        while not list((tmp_path / FOLDER).glob(".draft-*/deciles.parquet")):
            assert writer.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        writer.send_signal(signal.SIGKILL)
    assert benchmark.releases(tmp_path) == ["2026.1"]
    assert benchmark.release(tmp_path, "2026.1").digest == old.digest
    assert list((tmp_path / FOLDER).glob(".draft-*"))
    publish(tmp_path, "2026.2", rows)
    assert benchmark.releases(tmp_path) == ["2026.1", "2026.2"]
    assert not list((tmp_path / FOLDER).glob(".draft-*"))


def test_comparing_says_what_moved_by_more_than_chance_and_why(tmp_path, rows):
    before = publish(tmp_path, "2026.1", rows)
    after = publish(tmp_path, "2026.2", table(shift=0.5, clients=60), contributors=64)
    shift = benchmark.compare(before, after)
    both = shift.table[(shift.table["measure"] == "crq") & (shift.table["why"] == "both")]
    assert both["change"].to_numpy() == pytest.approx(0.5)
    assert ((both["low"] < 0.5) & (both["high"] > 0.5)).all()
    still = shift.table[shift.table["measure"] == "nps"]
    assert still["change"].abs().max() < 1e-12
    assert shift.reasons == ("60 clients, then 64",)
    assert "the farthest by 0.50" in str(shift)
    assert shift.farthest(2)[0].startswith("crq, clients")


def test_the_same_numbers_under_another_name_are_called_that(tmp_path, rows):
    one, other = (publish(tmp_path, name, rows) for name in ("2026.1", "2026.2"))
    assert benchmark.compare(one, other).reasons == ("nothing but the name changed",)


def test_a_release_has_not_moved_from_itself(tmp_path, rows):
    one = publish(tmp_path, "2026.1", rows)
    shift = benchmark.compare(one, one)
    assert shift.reasons == ("it is the same release",)
    assert shift.table["change"].abs().max() == 0


def test_measures_are_those_of_one_concept_whatever_they_are_called(tmp_path, rows):
    publish(tmp_path, "2026.1", rows.replace({"measure": {"nps": "trust"}}))
    found = benchmark.release(tmp_path, "2026.1")
    assert set(found.spoken(ASKED).table["measure"]) == {"crq", "trust"}
    other = json.loads(ASKED.model_dump_json().replace('"trust"', '"q1"'))
    other["constructs"]["q1"]["concept"] = "trust"
    told = found.spoken(type(ASKED).model_validate(other)).table
    assert set(told["measure"]) == {"crq", "q1"}
    pd.testing.assert_frame_equal(
        told[told["measure"] == "q1"].drop(columns="measure"),
        found.table[found.table["measure"] == "trust"].drop(columns="measure"),
    )
    other["constructs"]["q1"]["concept"] = "image"
    assert set(found.spoken(type(ASKED).model_validate(other)).table["measure"]) == {"crq"}
