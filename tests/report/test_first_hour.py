"""From nothing to a right page: one ``new``, one ``confirm``, one ``report``, no file by hand."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from crqlab import Study, responses
from crqlab.base.connections import address
from tests.report.first_hour import QUESTIONS, WAVES, answers, qualtrics, salesforce

CRM = {"accounts": "accounts.csv", "contacts": "contacts.csv", "outcomes": "opportunities.csv"}
CONFIRMED = [f"--accept=instrument.constructs.{name}"
             for name in ("trust", "commitment", "satisfaction")]  # fmt: skip


def crqlab(home, *words):
    """Run a command as a user does, in another folder than the project's."""
    run = [sys.executable, "-c", "from crqlab.cli import app; app()", *words]
    surroundings = {**os.environ, "CRQLAB_HOME": str(home), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(run, env=surroundings, capture_output=True, text=True, encoding="utf-8",
                          cwd=home, check=False)  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def laid_out(root, **how):
    """An empty project and a folder of exports with a blank and an umlaut in its name."""
    home, folder = root / "home", root / "Meine Übergabe"
    (home / "data" / "raw").mkdir(parents=True)
    folder.mkdir()
    for wave in WAVES:
        qualtrics(folder / f"survey_{wave}.csv", wave)
    salesforce(folder, **how)
    return home, folder


def counted(wave):
    """Answers that count, and what they come to."""
    rows = [
        row for row in answers(wave) if row["Finished"] == "True" and row["Status"] == "IP Address"
    ]
    ltr = [int(row["Q4"]) for row in rows]
    nps = 100 * (sum(v > 8 for v in ltr) - sum(v < 7 for v in ltr)) / len(rows)
    crq = sum(sum(int(row[q]) for q in QUESTIONS) / len(QUESTIONS) for row in rows) / len(rows)
    return len(rows), nps, crq


@pytest.mark.slow
def test_a_new_user_gets_to_a_right_page_in_three_commands(tmp_path):
    home, folder = laid_out(tmp_path)
    exports = [f"--export={folder / f'survey_{wave}.csv'}" for wave in WAVES]
    crm = [f"--{table}={folder / file}" for table, file in CRM.items()]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    made = crqlab(home, "new", "acme", *exports, *crm)
    assert made.returncode == 0, made.stderr
    assert "174 rows read, 168 count; set aside: preview 2, test 2, unfinished 2" in made.stdout
    assert "Q4_NPS_GROUP" in made.stdout
    early = crqlab(home, "report", "--study", "acme", "--client", "C1")
    assert early.returncode == 2
    assert "drafted and not confirmed" in early.stderr
    agreed = crqlab(home, "confirm", "acme", "--set", "client.name=Bolt & Söner", *CONFIRMED,
                    "--accept-sure", "0.85")  # fmt: skip
    assert agreed.stdout.strip() == "all is confirmed"
    done = crqlab(home, "report", "--study", "acme", "--client", "C1")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (home / "reports" / "acme" / "C1_2025.html").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    n, nps, crq = counted(2025)
    assert f"{crq:.2f}" in text
    assert f"{nps:.0f}".replace("-", "−") in text
    assert f"n = {n} people at 24 customers" in text
    assert "Bolt &amp; Söner" in text
    study = Study("acme", root=home)
    assert study.read("outcomes")["outcome"].value_counts().to_dict() == {
        "renewed": 40,
        "churned": 8,
    }
    scores = study.read("client_scores").query(
        "roll_up == 'respondents' and method != 'adjusted_wald'"
    )
    for wave in WAVES:
        n, nps, crq = counted(wave)
        found = scores[scores["wave"] == str(wave)].set_index("measure")
        assert found.loc["nps", "value"] == pytest.approx(nps)
        assert found.loc["crq", "value"] == pytest.approx(crq)
        assert found.loc["crq", "n_respondents"] == n
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "how", [{}, {"encoding": "utf-8-sig", "ending": "\n"}, {"encoding": "utf-16"}],
    ids=["Windows", "elsewhere", "Unicode text"],
)  # fmt: skip
def test_a_folder_is_sorted_by_what_its_files_hold_whatever_wrote_them(tmp_path, how):
    home, folder = laid_out(tmp_path, **how)
    made = crqlab(home, "new", "acme", "--from", str(folder))
    assert made.returncode == 0, made.stderr
    told = crqlab(home, "check", "acme").stdout
    assert "174 responses of 1 client in 2 waves from 2 files" in told
    for line in (
        "accounts: 174 of 174 responses match",
        "contacts: 174 of 174 responses match",
        "outcomes: 48 of 48 name an account that is known",
        "168 of 174 responses count",
    ):
        assert line in told, told
    names = responses.read(Study("acme", root=home)).accounts["name"]
    assert "Bäckström & Söner 0" in set(names)


def test_paths_of_windows_are_understood_in_a_codebook_and_in_addresses(tmp_path):
    home, folder = laid_out(tmp_path)
    assert crqlab(home, "new", "acme", "--from", str(folder)).returncode == 0
    raw = home / "data" / "raw" / "acme"
    (raw / "crm").mkdir()
    (raw / "accounts.csv").rename(raw / "crm" / "accounts.csv")
    for value, well in ((r"crm\accounts.csv", True), (r"C:\crm\accounts.csv", False),
                        (r"..\beta\accounts.csv", False), (r"\\server\x.csv", False)):  # fmt: skip
        set_ = crqlab(home, "confirm", "acme", "--set", f"accounts.file='{value}'")
        told = crqlab(home, "check", "acme")
        if well:
            assert "accounts: 174 of 174 responses match" in told.stdout, told.stderr
        else:
            assert "leaves the study's folder" in set_.stderr + told.stderr
    assert address("duckdb:///C:/crm/firms.duckdb").where == "C:/crm/firms.duckdb"
