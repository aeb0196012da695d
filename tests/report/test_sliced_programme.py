"""Twelve clients in slices and pulses, from raw files to reports and exports in two languages."""

import re

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from crqlab import Study, simulate
from crqlab.cli import app
from tests.report.workbooks import tables

pytestmark = pytest.mark.slow
PULSE = "2025Q4"
REFUSED = "would together tell what is"


def crqlab(*words, home):
    done = CliRunner().invoke(app, list(words), env={"CRQLAB_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done.output


def said(path):
    html = re.sub(r"<(style|svg).*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    simulate.write(home, study="p", clients=12, waves=(2025,), slices=2, pulses=1, seed=5)
    told = (
        CliRunner()
        .invoke(app, ["report", "--study", "p", "--all"], env={"CRQLAB_HOME": str(home)})
        .output
    )
    assert "12 reports: " in told, told
    refused = {line.partition("(")[2][:4] for line in told.splitlines() if REFUSED in line}
    found = Study("p", root=home)
    rows = found.read("dispositions")
    heard = rows[(rows["wave"] == PULSE) & (rows["status"] == "answered")]
    counts = heard["client_id"].value_counts()
    client = counts.index[~counts.index.isin(refused)][0]
    crqlab("report", "--study", "p", "--client", client, "--language", "sv", home=home)
    crqlab("report", "--study", "p", "--client", client, "--reviewer", home=home)
    for language in ("en", "sv"):
        words = ("--study", "p", "--client", client, "--language", language)
        crqlab("export", *words, home=home)
    return found, client, refused


def test_every_client_has_its_page_of_its_last_wave(study):
    found, _, refused = study
    pages = list(found.reports.glob("C*_*.html"))
    heard = found.read("responses")["client_id"].unique()
    assert {page.name[:4] for page in pages} == set(heard) - refused
    assert len(refused) <= 1  # a wave of few people who all say one thing is not for telling


def test_the_page_tells_what_was_not_asked_and_how_many_were(study):
    found, client, _ = study
    english, swedish = (said(found.reports / f"{client}_{PULSE}{end}.html") for end in ("", "_sv"))
    assert "this wave did not ask it" in english
    assert "den här mätomgången frågade inte efter det" in swedish
    whole = said(found.reports / "reviewer" / f"{client}_{PULSE}.html")
    told = re.search(r"Not asked in this wave: ([^.]*)\.", whole)[1]
    assert "Solution" in told
    assert "Trust" not in told
    pattern = r"(\d+) of these (\d+) accounts were asked in this wave; the others are told by"
    n, of = map(int, re.search(pattern, whole).groups())
    rows = found.read("segments", client=client, wave=PULSE)
    assert of == len(rows)
    became = found.read("dispositions", client=client, wave=PULSE).set_index("account_id")["status"]
    assert n == became.reindex(rows["account_id"]).isin(["answered", "silent"]).sum()
    assert 0 < n < of
    state = found.read("rolling_scores", client=client, wave=PULSE).set_index("measure").loc["crq"]
    assert f"All {state['n_accounts']} customers, also those not asked now:" in english


def test_tables_of_a_pulse_hold_no_score_that_it_did_not_ask(study):
    found, client, _ = study
    brief = [name for name, one in found.codebook.waves.items() if one.items]
    for table in ("respondents", "account_scores"):
        rows = found.read(table)
        mine = rows["wave"].isin(brief)
        assert mine.any()
        assert rows.loc[mine, ["crq", "solution", "uniqueness"]].isna().all(axis=None)
        assert rows.loc[mine, "trust"].notna().mean() > 0.9
        assert rows.loc[~mine, "crq"].notna().mean() > 0.8
    told = found.read("account_posterior", client=client, wave=PULSE)
    assert told["crq_then"].notna().all()
    full = found.read("account_posterior", client=client, wave="2025Q3")
    heard = [part.loc[part["n"] > 0, "crq_sd_then"].mean() for part in (told, full)]
    assert heard[0] > heard[1]  # CRQ of a pulse is told through other scores, wider


def test_a_place_among_peers_is_that_of_all_accounts(study):
    found, client, _ = study
    places = found.read("positions", client=client, wave=PULSE).set_index("measure")
    state = found.read("rolling_scores", client=client, wave=PULSE).set_index("measure")
    both = places.index.intersection(state.index)
    assert {"crq", "nps", "mean_ltr"} <= set(both)
    assert places.loc[both, "value"].round(6).tolist() == state.loc[both, "value"].round(6).tolist()


@pytest.mark.parametrize(("end", "name", "way", "model", "plain"), [
    ("", "All accounts", "Way to count", "all accounts, by the account model",
     "plain mean of the last year's answers"),
    ("_sv", "Alla kunder", "Sätt att räkna", "alla kunder, enligt kundmodellen",
     "rakt medelvärde av det senaste årets svar"),
])  # fmt: skip
def test_the_workbook_names_the_two_figures_of_all_accounts_apart(
    study, end, name, way, model, plain
):
    found, client, _ = study
    file = found.reports / f"{client}_{PULSE}{end}.xlsx"
    rows = pd.DataFrame(tables(CalamineWorkbook.from_path(str(file)))[name])
    told = rows.groupby(way).size()
    assert told[model] == len(found.read("rolling_scores", client=client, wave=PULSE))
    assert 0 < told[plain] <= told[model]
    made = {path.suffix for path in found.reports.glob(f"{client}_{PULSE}{end}.*")}
    assert made >= {".html", ".pdf", ".xlsx", ".pptx", ".csv"}
