"""The list of a study's reports: what is current, what is not, what could not be made."""

import base64
import hashlib
import re

import pytest
from typer.testing import CliRunner

from crqlab import CrqError
from crqlab.cli import app
from crqlab.language import language, languages
from crqlab.report.batch import ledger
from crqlab.report.batch.batches import run_batch
from crqlab.report.batch.index import index
from tests.page.reworded import left_english
from tests.report.many import listed
from tests.report.test_batches import laid_out

FAIL = "if client == 'K1':\n    raise ValueError('<b>no</b> scores')"


def test_the_list_says_what_is_current_and_what_could_not_be_made(tmp_path):
    study = laid_out(tmp_path, FAIL)
    run_batch(study, [("C017", "2025"), ("K1", "2025")], jobs=2)
    page = index(study).read_text()
    assert "<td>current</td>" in page
    assert "1 report could not be made" in page
    assert "&lt;b&gt;no&lt;/b&gt; scores" in page
    with (study.raw / "codebook.yaml").open("a") as book:
        book.write("# a remark\n")
    again = index(study).read_text()
    assert "<td>older than its inputs</td>" in again
    assert "<td>current</td>" not in again


def test_the_page_runs_its_own_script_and_no_other(tmp_path):
    study = laid_out(tmp_path)
    (study.reports / "index_by_crq.html").parent.mkdir(parents=True, exist_ok=True)
    (study.reports / "index_by_crq.html").write_text("sorted elsewhere, by an earlier version")
    page = index(study).read_text()
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.partition("<title>")[0]
    assert [path.name for path in study.reports.glob("index*")] == ["index.html"]


def test_the_list_says_what_is_new_in_this_run_and_counts_by_status(tmp_path):
    study = laid_out(tmp_path)
    run_batch(study, [("C017", "2025")], jobs=1)
    assert "current 1" in index(study).read_text()
    page = index(study, new=["C017_2025"]).read_text()
    assert "<td>new in this run</td>" in page
    assert "new in this run 1" in page


def test_the_list_speaks_the_codebooks_language_or_the_one_asked_for(tmp_path):
    study = laid_out(tmp_path, FAIL)
    run_batch(study, [("C017", "2025"), ("K1", "2025")], jobs=2)
    page = index(study, language="sv").read_text()
    assert '<html lang="sv">' in page
    assert "<td>aktuell</td>" in page
    assert "1 rapport kunde inte göras" in page
    assert '<option value="">valfri status</option><option>aktuell</option>' in page
    assert "<b>2</b> av 2 rapporter visas" in page
    assert '<html lang="en">' in index(study).read_text()
    with pytest.raises(CrqError, match="language is 'xx'"):
        index(study, language="xx")


@pytest.mark.parametrize("words", [[], ["--client", "C017", "--all"]])
def test_a_report_is_of_named_clients_or_of_all(tmp_path, words):
    laid_out(tmp_path)
    home = {"CRQLAB_HOME": str(tmp_path)}
    found = CliRunner().invoke(app, ["report", "--study", "demo", *words], env=home)
    assert found.exit_code == 2
    assert "name clients, or take --all" in found.output


def test_a_batch_from_the_command_line_tells_its_way_and_its_failures(tmp_path, monkeypatch):
    study = laid_out(tmp_path, "if client == 'C017':\n    raise ValueError('no luck')")
    monkeypatch.setattr("crqlab.report.stations", lambda *arguments: [], raising=False)
    words = ["report", "--study", "demo", "--all", "--where", "industry=it", "--jobs", "1"]
    found = CliRunner().invoke(app, words, env={"CRQLAB_HOME": str(tmp_path)})
    assert found.exit_code == 1
    assert "1/1  Nordwind & Co (C017), wave 2025: failed" in found.output
    assert "1 report: 0 made, 0 kept, 1 failed" in found.output
    assert "ValueError: no luck" in found.output
    assert (study.reports / "index.html").is_file()


@pytest.mark.parametrize("name", sorted({*languages()} - {"en"}))
def test_no_text_of_the_list_stays_english(tmp_path, name):
    study = listed(tmp_path, clients=60)
    for station in ("10_responses", "50_renewal", "80_benchmark"):
        (study.reports / f"{station}.html").write_text("<h1>A station</h1>", encoding="utf-8")
    page = index(study, language=name, new=["C030_2025"]).read_text("utf-8")
    assert left_english(page, language(name)) == []
    english = index(study, new=["C030_2025"]).read_text("utf-8")
    assert "older than its inputs" in left_english(english, language(name))
    assert len(left_english(english, language(name))) > 10


def test_the_list_has_a_row_for_each_language_with_its_files(tmp_path):
    study = laid_out(tmp_path)
    run_batch(study, [("C017", "2025")], jobs=1)
    run_batch(study, [("C017", "2025")], jobs=1, parameters={"language": "sv"})
    for file in ("C017_2025.pdf", "C017_2025_sv.xlsx", "C017_2025-note.csv",
                 "C017_2025_tasks.csv", "C017_2025_headoffice.csv"):  # fmt: skip
        (study.reports / file).write_bytes(b"")
    (study.reports / "C017_2025_by").mkdir()
    for spoken, tail in (("en", ""), ("sv", "_sv")):
        file = f"C017_2025_by/Eva-Lind{tail}.html"
        (study.reports / file).write_bytes(b"")
        told = {"manager": "Eva Lind", "language": spoken}
        ledger.made(study, f"exports/{file}", inputs="", parameters=told, seconds=0.0)
    (study.reports / "reviewer").mkdir()
    (study.reports / "reviewer" / "C017_2025.html").write_bytes(b"")
    page = index(study).read_text()
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)[1:]
    assert [re.findall(r'href="([^"]+)"', row) for row in rows] == [
        ["C017_2025.html", "C017_2025.pdf", "C017_2025_tasks.csv", "C017_2025_headoffice.csv",
         "reviewer/C017_2025.html", "C017_2025_by/Eva-Lind.html"],
        ["C017_2025_sv.html", "C017_2025_sv.xlsx", "C017_2025_by/Eva-Lind_sv.html"],
    ]  # fmt: skip
    assert ">Eva Lind</a>" in rows[0]
    assert "Eva-Lind.html" not in rows[1]
    assert "firm_headoffice.csv" not in page
    (study.reports / "firm_headoffice.csv").write_bytes(b"")
    (study.reports / "10_responses.html").write_text('<html lang="en">', encoding="utf-8")
    again = index(study, language="sv").read_text(encoding="utf-8")
    assert 'href="firm_headoffice.csv"' in again
    assert 'href="10_responses.html" hreflang="en"' in again
    assert ">en</bdi></td>" in rows[0]
    assert ">sv</bdi></td>" in rows[1]
