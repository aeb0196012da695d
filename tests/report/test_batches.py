"""Many reports at once: what fails fails alone, what holds is kept, what is cut short is redone."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import nbformat
import pytest

from crqlab import CrqError, StudyError
from crqlab.cli.client_reports import pages as made_pages
from crqlab.report.batch import ledger, lock
from crqlab.report.batch.batches import run_batch
from crqlab.report.batch.client_selection import everybody
from crqlab.report.batch.lock import alone
from tests.show.fixture import Shape, lay_out

TOLD = """study = "demo"  # folder under data/raw
client = "K0"  # the client's id
wave = "2025"  # the assessment round"""
TRACE = """from crqlab.report.batch import ledger
ledger.Path(crq.Study(study).root / f"made-{client}").open("a").write(".")"""
CLIENTS = [(f"K{i}", "2025") for i in range(4)]


def laid_out(root, *sources):
    """A study whose report is a notebook of a few lines that leaves a trace each time it runs."""
    study = lay_out(root, Shape(accounts=2, waves=("2025",)))
    cells = [nbformat.v4.new_markdown_cell("# How is it going?\n**Reads** nothing.")]
    for source in (TOLD, "import crqlab as crq", TRACE, "print(client, wave)", *sources):
        cells.append(nbformat.v4.new_code_cell(source))
    cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "notebooks" / "90_report.ipynb")
    return study


def times(study):
    """How often the notebook of each client ran."""
    return {p.name[5:]: len(p.read_text()) for p in sorted(study.root.glob("made-*"))}


def pages(study):
    return {p.name: p.read_bytes() for p in sorted(study.reports.glob("K*"))}


def test_each_report_is_made_once_and_kept_while_it_holds(tmp_path):
    study, heard = laid_out(tmp_path), []
    first = run_batch(study, CLIENTS, jobs=2, heard=heard.append)
    assert str(first).startswith("4 reports: 4 made, 0 kept, 0 failed, in ")
    assert [(step.done, step.total) for step in heard] == [(i, 4) for i in (1, 2, 3, 4)]
    assert heard[-1].left == 0
    before = pages(study)
    assert "K2 2025" in before["K2_2025.html"].decode()
    again = run_batch(study, CLIENTS, jobs=2)
    assert {step.status for step in again.steps} == {"kept"}
    assert pages(study) == before
    assert times(study) == dict.fromkeys(["K0", "K1", "K2", "K3"], 1)


def test_a_page_that_was_touched_and_a_new_client_are_made_and_no_more(tmp_path):
    study = laid_out(tmp_path)
    run_batch(study, CLIENTS[:3], jobs=2)
    (study.reports / "K1_2025.html").write_text("touched")
    found = run_batch(study, CLIENTS, jobs=2)
    assert {step.job.client: step.status for step in found.steps} == {
        "K0": "kept", "K1": "made", "K2": "kept", "K3": "made"
    }  # fmt: skip


def test_what_fails_fails_alone_is_told_by_name_and_tried_again(tmp_path):
    study = laid_out(tmp_path, "if client in ('K1', 'C0' + '17'):\n    1 / 0")
    found = run_batch(study, [*CLIENTS, ("C017", "2025")], jobs=2)
    assert [step.job.client for step in found.failed] == ["C017", "K1"]
    assert str(found.failed[0]).startswith("Nordwind & Co (C017), wave 2025: failed, 90_report")
    assert "ZeroDivisionError" in found.failed[0].error
    assert len(pages(study)) == 2 * 3
    noted = ledger.entry(study, "K1_2025")
    assert noted["status"] == "failed"
    assert noted["parameters"]["client"] == "K1"
    again = run_batch(study, CLIENTS, jobs=2)
    assert {step.job.client for step in again.steps if step.status != "kept"} == {"K1"}


def test_a_report_that_kills_its_process_or_takes_too_long_fails_alone(tmp_path):
    taken = "from crqlab.report.batch import batches\n"
    kill = f"{taken}if client == 'K1':\n    batches.os.kill(batches.os.getpid(), 9)"
    wait = f"{taken}if client == 'K2':\n    batches.time.sleep(60)"
    study = laid_out(tmp_path, kill, wait)
    start = time.monotonic()
    found = run_batch(study, CLIENTS, jobs=2, seconds=4)
    told = {step.job.client: step.error for step in found.failed}
    assert "lost its kernel" in told["K1"]
    assert "longer than 4 s" in told["K2"]
    assert time.monotonic() - start < 30
    assert {name[:2] for name in pages(study)} == {"K0", "K3"}


def test_the_limit_of_time_holds_for_one_client_as_for_many(tmp_path, capsys):
    taken = "from crqlab.report.batch import batches\n"
    study = laid_out(tmp_path, f"{taken}if client == 'K2':\n    batches.time.sleep(60)")
    start, work = time.monotonic(), {"jobs": None, "seconds": 3, "cluster": None}
    assert made_pages(study, [("K2", "2025")], {}, work) == 1
    assert time.monotonic() - start < 30
    told = capsys.readouterr()
    assert "1 report: 0 made, 0 kept, 1 failed" in told.out
    assert "it took longer than 3 s and was stopped" in told.err
    assert made_pages(study, [("K1", "2025")], {}, work) == 0
    assert "K1_2025.html" in capsys.readouterr().out
    assert set(pages(study)) == {"K1_2025.html", "K1_2025.ipynb"}


def test_a_parameter_that_the_report_does_not_know_is_refused_before_anything_runs(tmp_path):
    study = laid_out(tmp_path)
    with pytest.raises(CrqError, match="'clint'"):
        run_batch(study, CLIENTS, parameters={"clint": 1})
    assert times(study) == {}


def test_two_batches_of_a_study_do_not_run_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.3)
    study = laid_out(tmp_path)
    with alone(study.reports), pytest.raises(StudyError, match="Another batch"):
        run_batch(study, CLIENTS)
    (study.reports / ".K1.html.1.part").write_text("left by a killed batch")
    with alone(study.reports):
        assert not list(study.reports.glob(".*.part"))


def test_who_comes_second_waits_for_a_short_batch(tmp_path):
    study, order = laid_out(tmp_path), []

    def second():
        with alone(study.reports):
            order.append("second")

    with alone(study.reports):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.5)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


def test_a_damaged_entry_counts_as_none(tmp_path):
    study = laid_out(tmp_path)
    run_batch(study, CLIENTS[:1])
    (study.reports / "manifest" / "K0_2025.json").write_text("{")
    assert ledger.entries(study) == {}
    assert run_batch(study, CLIENTS[:1]).steps[0].status == "made"


def test_everybody_has_scores_and_is_of_the_kind(tmp_path):
    study = lay_out(tmp_path, Shape(accounts=2, waves=("2025",)))
    assert everybody(study) == everybody(study, {"industry": "it"}) == ["C017"]
    with pytest.raises(CrqError, match="industry='banking'"):
        everybody(study, {"industry": "banking"})
    with pytest.raises(CrqError, match="where is 'colour'"):
        everybody(study, {"colour": "red"})


# ---- kill -9 at random moments

BATCH = """
    import sys
    from pathlib import Path
    from crqlab import Study
    from crqlab.report.batch.batches import run_batch
    print("begins", flush=True)
    clients = [(f"K{i}", "2025") for i in range(int(sys.argv[2]))]
    outcome = run_batch(Study("demo", root=Path(sys.argv[1])), clients, jobs=2)
    raise SystemExit(bool(outcome.failed))
"""


def killed_until_done(study, reports, kills, rng):
    """Start the batch, kill it at random moments, and at last let it end."""
    words = [sys.executable, "-c", textwrap.dedent(BATCH), str(study.root), str(reports)]
    for _ in range(kills):
        before = kept(study)
        with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(rng.uniform(0.0, 0.2 * reports))
            process.send_signal(signal.SIGKILL)
        after = kept(study)
        assert before.items() <= after.items()  # nothing lost, nothing made a second time
        for name in after:
            assert ledger.holds(study, name, ledger.entry(study, name)["inputs"])
    assert subprocess.run(words, check=False).returncode == 0


def kept(study):
    """What is noted as made: when its page was written, by name."""
    return {
        name: (study.reports / f"{name}.html").stat().st_mtime_ns for name in ledger.entries(study)
    }


def whole(study, reports):
    names = {f"K{i}_2025" for i in range(reports)}
    assert set(ledger.entries(study)) == names
    assert {p.stem for p in study.reports.glob("K*.html")} == names
    assert {p.stem for p in study.reports.glob("K*.ipynb")} == names
    for path in study.reports.glob("K*.ipynb"):
        assert json.loads(path.read_text())["nbformat"] == 4
    assert not [p for p in study.reports.rglob("*.part") if not p.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal")
def test_a_batch_killed_at_random_moments_loses_nothing_and_repeats_nothing(tmp_path):
    study = laid_out(tmp_path)
    killed_until_done(study, 4, 3, random.Random(20250101))
    whole(study, 4)


@pytest.mark.validation
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal")
def test_fifty_kills(tmp_path):
    rng = random.Random(7)
    for round_ in range(10):
        study = laid_out(tmp_path / str(round_))
        killed_until_done(study, 12, 5, rng)
        whole(study, 12)
