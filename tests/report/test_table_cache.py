"""Rows that a batch hands to each report: the report's own, all of them, and no stale ones."""

import json
import os
import pickle
import shutil
import sys

import nbformat
import pandas as pd
import pytest

from crqlab.base.files import FINGERPRINTS
from crqlab.base.study import Study, fingerprint
from crqlab.page import table_handoff
from crqlab.page.assembly import view
from crqlab.report.batch import batches, table_cache
from crqlab.report.run.execution import execute
from crqlab.report.run.notebook_files import cleaned
from tests.report.executed import REPORT

CLIENT, WAVE = "C017", "2025"


@pytest.fixture
def given(tmp_path):
    """Hand content to this process, as a forked shell is handed it; afterwards nothing is left."""

    def give(content):
        path = tmp_path / "handed"
        path.write_bytes(content)
        table_handoff.receive(os.open(path, os.O_RDONLY))

    yield give
    table_handoff._FILE.clear()
    table_handoff._HELD.clear()


def apart(study, folder):
    """Return a copy of a study that other tests share."""
    shutil.copytree(study.root, folder / "apart")
    return Study(study.name, root=folder / "apart")


def same(one, other):
    """Whether two frozen views, or parts of them, say the same."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_dtype=False, check_column_type=False)
    elif hasattr(one, "__dataclass_fields__"):
        for name in one.__dataclass_fields__:
            same(getattr(one, name), getattr(other, name))
    else:
        assert str(one) == str(other)


def test_a_view_of_handed_rows_is_the_view_of_the_files_and_reads_none(
    stationed_study_of, given, monkeypatch
):
    study = stationed_study_of()
    read = view(study, client=CLIENT, wave=WAVE)
    given(table_cache.handout(study, CLIENT, WAVE))

    def refuse(self, table, **which):
        raise AssertionError(f"{table} was read")

    monkeypatch.setattr(Study, "read", refuse)
    same(view(study, client=CLIENT, wave=WAVE), read)


def test_no_row_of_another_client_is_handed(stationed_study_of):
    study = stationed_study_of()
    tables = pickle.loads(table_cache.handout(study, CLIENT, WAVE)).tables
    owners = {o for rows in tables.values() if "client_id" in rows for o in rows["client_id"]}
    assert owners <= {CLIENT, ""}
    assert len(tables[table_handoff.asked("responses", {"client": CLIENT})]) > 0


@pytest.mark.parametrize("changed", ["manifest.json", "codebook.yaml"])
def test_rows_of_another_state_of_the_study_are_not_taken(study_of, given, changed, tmp_path):
    study = apart(study_of(), tmp_path)
    given(table_cache.handout(study, CLIENT, WAVE))
    path = (study.raw if changed == "codebook.yaml" else study.processed) / changed
    path.write_bytes(path.read_bytes() + b"\n")
    assert table_handoff.rows(study, "responses", {"client": CLIENT, "wave": WAVE}) is None


def test_a_broken_table_is_left_to_the_report_to_tell_of(study_of, tmp_path):
    study = apart(study_of(), tmp_path)
    path = study.path("respondents")
    pd.read_parquet(path).assign(crq="high").to_parquet(path)
    assert table_cache.handout(study, CLIENT, WAVE) == b""


def test_a_study_of_one_wave_has_an_empty_table_of_changes_and_reports_all_the_same(
    study_of, tmp_path, given
):
    study = apart(study_of(), tmp_path)
    study.write("changes", study.read("changes").head(0))
    given(table_cache.handout(study, CLIENT, WAVE))
    assert table_handoff.rows(study, "changes", {"client": CLIENT}).empty


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_notebook_that_was_handed_rows_puts_out_what_one_that_reads_does(stationed_study_of):
    study = stationed_study_of()
    content = table_cache.handout(study, CLIENT, WAVE)
    made = [
        nbformat.writes(cleaned(execute(REPORT, {"client": CLIENT}, home=study.root, handed=rows)))
        for rows in (content, b"")
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize(("total", "many"), [(1, False), (batches.FEW + 1, True)])
def test_tables_are_read_for_all_only_where_many_reports_are_made(study_of, total, many):
    job = batches.Job(CLIENT, "Nordwind", WAVE, "C017_2025", {}, "")
    assert (
        json.loads(json.dumps(batches.asked(study_of(), batches.REPORTS, job, total)))["many"]
        is many
    )


def test_a_file_that_lies_as_it_lay_is_hashed_once_and_one_that_was_changed_again(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("crqlab.base.files._SETTLED", 0)
    path = tmp_path / "a.csv"
    path.write_text("one")
    first, before = fingerprint(path), path.stat()
    assert [digest for state, digest in FINGERPRINTS.items() if state[0] == str(path)] == [first]
    path.write_text("two")  # of the same length, and made to look as old
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert fingerprint(path) != first


def test_a_file_written_just_now_is_hashed_each_time(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("one")
    fingerprint(path)
    assert not [state for state in FINGERPRINTS if state[0] == str(path)]
