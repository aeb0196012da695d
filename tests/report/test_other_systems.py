"""What differs between systems: line ends, consoles, long paths, case of names, missing parts."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from crqlab import responses, simulate
from crqlab.base.study import Study
from crqlab.report.batch.batches import run_batch
from tests.report.test_batches import CLIENTS, laid_out, pages

POLISH = "\u0141\u00f3d\u017a \u2265 5"


def command(folder, *words, **environment):
    lines = f"from crqlab.cli import app; app({list(words)!r})"
    told = {**os.environ, "CRQLAB_HOME": str(folder), **environment}
    run = [sys.executable, "-c", lines]
    return subprocess.run(run, env=told, capture_output=True, check=False)


def test_raw_files_with_line_ends_of_windows_hold_the_same_answers(tmp_path):
    unix, windows = [
        Study("s", simulate.write(tmp_path / name, study="s", clients=3, waves=(2025,)).parents[2])
        for name in ("unix", "windows")
    ]
    for path in [*windows.raw.glob("*.csv"), windows.raw / "codebook.yaml"]:
        text = path.read_bytes().replace(b"\r\n", b"\n")
        path.write_bytes(text.replace(b"\n", b"\r\n"))
    read = [responses.read(study) for study in (unix, windows)]
    for name in ("responses", "contacts", "accounts", "outcomes"):
        one, other = (getattr(raw, name) for raw in read)
        assert len(one) > 0
        texts = {name: other[name].str.replace("\r\n", "\n") for name in other.select_dtypes("str")}
        pd.testing.assert_frame_equal(one, other.assign(**texts))  # but for ends within a comment


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_a_console_that_lacks_a_letter_shows_a_question_mark(tmp_path, encoding):
    shown = {e: said(tmp_path, e).stdout for e in (encoding, "utf-8")}
    assert shown["utf-8"].decode().strip() == POLISH
    assert shown[encoding].strip().endswith(b"d? ? 5")


def said(folder, encoding):
    lines = f"""
import typer
from crqlab.cli.guard import Guarded, say
app = typer.Typer(cls=Guarded)
app.command("one")(lambda: say({POLISH!r}))
app.command("other")(lambda: None)
app(["one"])
"""
    told = {**os.environ, "PYTHONIOENCODING": encoding}
    return subprocess.run([sys.executable, "-c", lines], env=told, capture_output=True, check=True)


@pytest.mark.parametrize("words", [["--help"], ["report", "--help"], ["benchmark", "--help"]])
def test_help_can_be_shown_on_any_console(tmp_path, words):
    found = command(tmp_path, *words, PYTHONIOENCODING="ascii")
    assert found.returncode == 0, found.stderr


def test_a_report_is_made_without_forking_and_without_what_windows_lacks(tmp_path, monkeypatch):
    monkeypatch.setenv("CRQLAB_FORK", "0")
    monkeypatch.setitem(sys.modules, "resource", None)
    study = laid_out(tmp_path)
    assert str(run_batch(study, CLIENTS[:1], jobs=1)).startswith("1 report: 1 made")


def test_a_folder_far_down_is_a_project_as_any(tmp_path):
    deep = tmp_path.joinpath(*["a folder of some length"] * 11)
    assert len(str(deep)) > 260
    try:
        deep.mkdir(parents=True)
        (deep / "90_report.ipynb").touch()
    except OSError:
        pytest.skip("long paths are switched off on this machine")
    study = laid_out(deep)
    assert str(run_batch(study, CLIENTS[:1], jobs=1)).startswith("1 report: 1 made")
    assert len(pages(study)) == 2


def test_names_that_differ_by_case_alone_never_share_a_file(tmp_path):
    study = laid_out(tmp_path)
    run_batch(study, CLIENTS[:2], jobs=1)
    made = [path.name for path in study.root.rglob("*") if path.is_file()]
    assert len({path.casefold() for path in made}) == len(set(made))
