"""What somebody at a terminal sees: short answers, codes, never a traceback for bad input."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from crqlab.cli import app


def crqlab(*words, home=None):
    environment = {} if home is None else {"CRQLAB_HOME": str(home)}
    return CliRunner().invoke(app, list(words), env=environment, catch_exceptions=False)


def test_help_explains_each_command_in_one_line():
    found = crqlab("--help")
    assert found.exit_code == 0
    for command in ("demo", "new", "check", "run", "report", "simulate", "lab", "doctor"):
        assert f" {command} " in found.output


def test_a_study_that_is_not_there_ends_with_2_and_words(tmp_path):
    found = crqlab("check", "acme", home=tmp_path)
    assert found.exit_code == 2
    assert "Study 'acme' is not in data/raw" in found.output
    assert "crqlab new acme" in found.output
    assert "Traceback" not in found.output


def test_a_broken_codebook_is_shown_as_a_table(tmp_path):
    folder = tmp_path / "data" / "raw" / "acme"
    folder.mkdir(parents=True)
    (folder / "codebook.yaml").write_text("titel: x\n")
    found = crqlab("check", "acme", home=tmp_path)
    assert found.exit_code == 2
    for word in (
        "codebook.yaml",
        "what to do",
        "what is wrong",
        "titel",
        "instrument",
        "responses",
    ):
        assert word in found.output
    assert not (tmp_path / "data" / "processed").exists()


def test_a_setting_needs_a_name_and_a_value(tmp_path):
    found = crqlab("run", "acme", "--set", "level", home=tmp_path)
    assert found.exit_code == 2
    assert "'level' has no '='" in found.output


def test_importing_crqlab_loads_nothing_heavy():
    code = (
        "import crqlab, sys; print([m for m in ('pandas', 'numpy', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    code = "import sys, crqlab.cli; print([m for m in ('pandas', 'papermill') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_doctor_starts_a_kernel(tmp_path):
    found = crqlab("doctor", home=tmp_path)
    assert found.exit_code == 0, found.output
    assert "kernel: starts and imports crqlab" in found.output
