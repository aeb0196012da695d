"""Exports of many clients: what holds is kept, what fails fails alone, each in its own process."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import CrqError, StudyError
from crqlab.cli import app
from crqlab.report.batch import ledger, lock
from crqlab.report.batch.batches import run_batch
from crqlab.report.batch.lock import alone
from crqlab.report.exports import export_batch
from crqlab.report.exports.export_batch import export_all
from tests.report.test_batches import laid_out

CLIENTS = [(client, "2025") for client in ("C017", "K1", "K2")]
NAMES = {"K1": "Kvarnby Verkstad", "K2": "=Sum & Sons"}


@pytest.fixture
def study(tmp_path):
    """Three clients with the same people under other ids."""
    study = laid_out(tmp_path)
    for name in study.manifest["tables"]:
        rows = study.read(name)
        copies = [_theirs(rows, client) for client in NAMES]
        study.write(name, pd.concat([rows, *copies], ignore_index=True))
    return study


def _theirs(rows, client):
    ids = {name: client + "-" + rows[name] for name in ("response_id", "contact_id")
           if name in rows and rows[name].notna().all()}  # fmt: skip
    named = {"name": NAMES[client]} if "industry" in rows and "account_id" not in rows else {}
    return rows.assign(client_id=client, **ids, **named)


def files(study):
    return {path.name: path.stat().st_mtime_ns for path in sorted(study.reports.glob("*_2025.*"))}


def statuses(outcome):
    return {step.job.client: step.status for step in outcome.steps}


def test_each_client_gets_its_files_and_a_rerun_keeps_them(study):
    heard = []
    first = export_all(study, CLIENTS, kinds=["xlsx", "csv"], jobs=2, heard=heard.append)
    assert str(first).startswith("3 exports: 3 made, 0 kept, 0 failed, in ")
    assert [(step.done, step.total) for step in heard] == [(1, 3), (2, 3), (3, 3)]
    before = files(study)
    assert len(before) == 6
    assert b"Account 1" in (study.reports / "K2_2025.csv").read_bytes()
    assert statuses(export_all(study, CLIENTS, kinds=["csv", "xlsx"])) == dict.fromkeys(
        ["C017", "K1", "K2"], "kept"
    )
    assert files(study) == before


def test_only_what_is_missing_or_touched_is_made_again(study):
    export_all(study, CLIENTS, kinds=["xlsx", "csv"], jobs=2)
    before = files(study)
    (study.reports / "K1_2025.csv").write_text("touched")
    again = export_all(study, CLIENTS, kinds=["xlsx", "csv"], jobs=2)
    assert statuses(again) == {"C017": "kept", "K1": "made", "K2": "kept"}
    changed = {name for name, when in files(study).items() if when != before[name]}
    assert changed == {"K1_2025.csv"}
    more = export_all(study, CLIENTS[:1], kinds=["pptx", "xlsx"])
    assert statuses(more) == {"C017": "made"}
    assert files(study)["C017_2025.xlsx"] == before["C017_2025.xlsx"]


def test_another_language_look_or_table_makes_them_again(study, tmp_path):
    def made(**options):
        return export_all(study, CLIENTS[:1], kinds=["xlsx"], **options).steps[0].status

    theme = tmp_path / "look.yaml"
    theme.write_text("accent: '#7a1f5c'")
    assert [made(), made(), made(language="sv"), made(), made(theme=theme)] == [
        "made", "kept", "made", "kept", "made"
    ]  # fmt: skip
    assert {"C017_2025.xlsx", "C017_2025_sv.xlsx"} <= {
        path.name for path in study.reports.iterdir()
    }
    assert made(theme=theme) == "kept"
    theme.write_text("accent: '#0b6e4f'")
    assert made(theme=theme) == "made"
    study.write("accounts", study.read("accounts").assign(tier="B"))
    assert made(theme=theme) == "made"


def test_a_pdf_is_made_again_when_its_page_is_another(study):
    page = study.reports / "C017_2025.html"
    page.parent.mkdir(parents=True)
    seen = []
    for said in ("one", "one", "two"):
        page.write_text(f'<html lang="en"><head></head><body><h1>{said}</h1></body></html>')
        seen.append(export_all(study, CLIENTS[:1], kinds=["pdf"]).steps[0].status)
    assert seen == ["made", "kept", "made"]


def test_what_fails_fails_alone_is_told_by_name_and_tried_again(study):
    found = export_all(study, [*CLIENTS, ("K9", "2025")], kinds=["csv"], jobs=2)
    assert statuses(found) == {"C017": "made", "K1": "made", "K2": "made", "K9": "failed"}
    assert str(found.failed[0]).startswith("K9 (K9), wave 2025: failed, client= is 'K9'")
    entry = json.loads((study.reports / "manifest/exports/K9_2025.csv.json").read_text())
    assert entry["status"] == "failed"
    assert entry["parameters"]["kind"] == "csv"
    assert not (study.reports / "K9_2025.csv").exists()
    again = export_all(study, [*CLIENTS, ("K9", "2025")], kinds=["csv"])
    assert statuses(again)["K9"] == "failed"
    assert list(statuses(again).values()).count("kept") == 3


def test_every_client_has_a_process_of_its_own(study, monkeypatch):
    work = export_batch.Work("call", "os:getpid", *[lambda *_: None] * 3, apart=True)
    monkeypatch.setattr(export_batch, "FILES", work)
    monkeypatch.setattr("crqlab.report.batch.batches.asked", lambda *_: {})
    found = export_all(study, CLIENTS, kinds=["csv"], jobs=1)
    assert len({step.seconds for step in found.steps}) == 3


def test_the_lists_of_pages_and_of_exports_do_not_mix(study):
    run_batch(study, CLIENTS[:1], jobs=1)
    export_all(study, CLIENTS[:1], kinds=["csv"])
    assert set(ledger.entries(study)) == {"C017_2025"}
    assert ledger.entry(study, "exports/C017_2025.csv")["status"] == "made"


def test_what_cannot_be_done_is_refused_before_anything_runs(study, tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.3)
    with pytest.raises(CrqError, match="to is 'doc'"):
        export_all(study, CLIENTS, kinds=["doc"])
    with pytest.raises(CrqError, match="language is 'xx'"):
        export_all(study, CLIENTS, kinds=["csv"], language="xx")
    with pytest.raises(StudyError, match=r"template none\.pptx is not there"):
        export_all(study, CLIENTS, kinds=["pptx"], template=tmp_path / "none.pptx")
    with pytest.raises(StudyError, match=r"none\.yaml is missing"):
        export_all(study, CLIENTS, kinds=["pptx"], theme=tmp_path / "none.yaml")
    with alone(study.reports), pytest.raises(StudyError, match="Another batch"):
        export_all(study, CLIENTS, kinds=["csv"])


@pytest.mark.parametrize("words", [[], ["--client", "C017", "--all"]])
def test_an_export_is_of_named_clients_or_of_all(study, words):
    home = {"CRQLAB_HOME": str(study.root)}
    found = CliRunner().invoke(app, ["export", "--study", "demo", *words], env=home)
    assert found.exit_code == 2
    assert "name clients, or take --all" in found.output


def test_the_command_tells_its_way_its_failures_and_its_end(study, monkeypatch):
    monkeypatch.setattr("crqlab.report.stations", lambda *arguments: [], raising=False)
    home = {"CRQLAB_HOME": str(study.root)}
    words = ["export", "--study", "demo", "--all", "--where", "industry=it", "--jobs", "2"]
    found = CliRunner().invoke(app, [*words, "--to", "csv,xlsx", "--language", "sv"], env=home)
    assert found.exit_code == 0, found.output
    assert "3/3  " in found.output
    assert "3 exports: 3 made, 0 kept, 0 failed" in found.output
    path = next(p for p in (study.root / "notebooks").glob("90_*"))
    book = json.loads(path.read_text())
    book["cells"][2]["source"] += "\nif client == 'K' + '1':\n    raise ValueError('no luck')"
    path.write_text(json.dumps(book))
    found = CliRunner().invoke(app, [*words, "--to", "pdf,csv"], env=home)
    assert found.exit_code == 1
    assert "3 reports: 2 made, 0 kept, 1 failed" in found.output
    assert "Kvarnby Verkstad (K1), wave 2025: failed, 90_report" in found.output
    assert "ValueError: no luck" in found.output
    assert "2 exports: 2 made, 0 kept, 0 failed" in found.output
    assert (study.reports / "K2_2025.pdf").is_file()
    assert not (study.reports / "K1_2025.pdf").exists()
    assert (study.reports / "index.html").is_file()
