"""What an extra lacks is told as it is, with a command that works on this machine."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError

import pytest

from crqlab.base import extras

HERE = {"ibis-framework": "12.0.0", "pandas": "3.1.1"}
ASKS = {
    "crqlab": [
        "pandas>=3.1",
        'ibis-framework[postgres]>=12; extra == "postgres"',
        'ibis-framework[pyspark]>=12; extra == "spark"',
    ],
    "ibis-framework": ['psycopg<4,>=3.2; extra == "postgres"', 'pyspark<4.1; extra == "pyspark"'],
}


@pytest.fixture
def machine(monkeypatch):
    """A machine with ibis, without its drivers."""

    def version(name):
        if name not in here:
            raise PackageNotFoundError(name)
        return here[name]

    here = dict(HERE)
    monkeypatch.setattr(extras, "version", version)
    monkeypatch.setattr(extras, "requires", ASKS.get)
    return here


def test_what_an_extra_asks_for_in_turn_is_lacking_too(machine):
    assert extras.lacking() == []
    assert extras.lacking("postgres") == ["psycopg<4,>=3.2"]
    assert extras.lacking("spark") == ["pyspark<4.1"]
    machine["pyspark"] = "4.0.1"
    assert extras.advice("spark") == ""
    machine["pyspark"] = "4.2.0"
    assert extras.lacking("spark") == ["pyspark<4.1"]
    machine["pandas"] = "2.2"
    assert extras.lacking() == ["pandas>=3.1"]


def test_psycopg_without_its_library_is_not_whole(machine, monkeypatch):
    machine["psycopg"] = "3.3.9"
    monkeypatch.setattr(extras, "_stops", lambda name: name == "psycopg")
    assert extras.lacking("postgres") == ["psycopg[binary]"]


def test_the_command_starts_the_python_that_runs(machine):
    words = extras.install("postgres")
    assert words == f'{sys.executable} -m pip install "psycopg<4,>=3.2"'
    python = words.split(" -m ")[0]
    done = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.usefixtures("machine")
def test_doctor_tells_the_same(machine):
    packages = import_module("crqlab.cli.doctor")._packages  # crqlab.cli.doctor is the command
    lines = [str(finding) for finding in packages()]
    lacks = [line for line in lines if line.startswith("absent")]
    assert any("extra 'postgres': lacks psycopg<4,>=3.2; run: " in line for line in lacks)
    assert any("extra 'spark': lacks pyspark<4.1; run: " in line for line in lacks)
    assert not any("crqlab[" in line for line in lines)
