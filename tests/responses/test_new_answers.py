"""``crqlab new``: what files do not tell is asked, or given as an option."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from crqlab import CrqError, Study, responses
from crqlab.cli import app
from crqlab.cli.confirm import asked as ask
from tests.responses.known_answers import N, account, write_csv, write_xlsx

HEAD = ["id", "haus", "q1", "q2", "q3", "w7"]
ROWS = [
    [f"x{n}", account(n), *(str(1 + (n * k + n // 7) % 7) for k in (3, 4, 5)), str(n % 11)]
    for n in range(N)
]


@pytest.fixture
def export(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRQLAB_HOME", str(tmp_path))
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return write_csv(tmp_path / "answers.csv", [HEAD, *ROWS])


def run(*words):
    return CliRunner().invoke(app, ["new", "acme", *map(str, words)])


def test_every_answer_is_an_option(export):
    given = ["--client", "Acme: Ltd", "--account", "haus", "--recommend", "w7", "--yes"]
    found = run("--export", export, *given, "--set", "currency=SEK", "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    paths = {point.partition(":")[0] for point in told["open"]}
    assert not paths & {"client", "responses.columns.account_id", "instrument.recommend"}
    study = Study("acme")
    assert study.codebook.client.name == "Acme: Ltd"
    assert study.codebook.currency == "SEK"
    rows = responses.read(study).responses
    assert rows["account_id"].tolist() == [account(n) for n in range(N)]
    assert rows["ltr"].tolist() == [n % 11 for n in range(N)]
    assert "client" not in study.codebook.unconfirmed


def test_without_a_terminal_nothing_is_asked(export):
    found = run("--export", export)
    assert found.exit_code == 0, found.output
    assert "OPEN: client: the name of the client" in found.stdout
    assert "client" in Study("acme").codebook.unconfirmed


def test_a_wrong_answer_lays_nothing_out(export):
    found = run("--export", export, "--set", "instrument.scale=[7, 1]", "--yes")
    assert found.exit_code != 0
    assert not (export.parent / "data" / "raw" / "acme").exists()
    assert run("--export", export, "--yes").exit_code == 0


def test_a_sheet_is_chosen_by_name(export, tmp_path):
    book = write_xlsx(tmp_path / "book.xlsx", [HEAD, *ROWS])
    found = run("--export", book, "--sheet", "Sheet9", "--yes")
    assert found.exit_code != 0
    assert "has no sheet 'Sheet9'" in found.output
    assert "Sheet1" in found.output
    assert run("--export", book, "--sheet", "book.xlsx=Sheet1", "--yes").exit_code == 0


def test_questions_are_asked_one_by_one_until_an_answer_can_be_read(export, monkeypatch):
    run("--export", export, "--yes")
    said = iter(["haus", "['", "Acme"])
    asked = []

    def prompt(question):
        asked.append(question.partition(":")[0])
        return next(said)

    monkeypatch.setattr(typer, "prompt", prompt)
    paths = ("responses.columns.account_id", "client")
    ask("acme", dict.fromkeys(paths, "what is it?"))
    assert asked == ["responses.columns.account_id", "client", "client"]
    study = Study("acme")
    assert study.codebook.client.name == "Acme"
    assert responses.read(study).responses["account_id"].iloc[0] == account(0)
    with pytest.raises(CrqError):
        responses.confirm(study, accept=["client"])
