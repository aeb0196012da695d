"""A wave that was mirrored as a whole: nothing of it is scored, and its page says so first."""

import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import Study, page
from crqlab.cli import app
from crqlab.page.accounts.overview import overview
from crqlab.report.batch.client_selection import chosen
from crqlab.simulate import write
from tests.show.fixture import Shape, lay_out

CLIENT, WAVE = "C003", "2025"
SCORED = ("respondents", "account_scores", "client_scores", "manager_scores", "agreement",
          "changes")  # fmt: skip


def left_out(study, check):
    """The same study, all answers of its latest wave set aside by one check."""
    for name in SCORED:
        rows = study.read(name)
        study.write(name, rows[rows["wave"] != WAVE])
    answers = study.read("responses")
    own = answers["wave"] == WAVE
    study.write("responses", answers.assign(included=answers["included"] & ~own))
    noted = answers.loc[own, ["client_id", "wave", "response_id"]].assign(
        check=check, column=None, found="no_answers", rule=check, excluded=True,
        decided_by="rule", reason=None,
    )  # fmt: skip
    study.write("quality", noted)
    return study, int(own.sum())


@pytest.fixture
def study(tmp_path):
    return lay_out(tmp_path, Shape(accounts=8))


@pytest.mark.parametrize(
    ("check", "why", "said"),
    [
        ("flipped", "mirrored", "answers on a mirrored scale were found in it, and all {n} "),
        ("test_answer", "set_aside", "all {n} answers were set aside."),
    ],
)
def test_a_wave_of_which_nothing_counts_says_so_before_anything_else(study, check, why, said):
    study, n = left_out(study, check)
    client = study.read("clients")["client_id"].iloc[0]
    assert chosen(study, [client], None) == [(client, WAVE)]
    view = page.view(study, client=client, wave=WAVE)
    claims = page.claims(view)
    assert claims.loc[0, ["claim", "unit", "n"]].tolist() == ["unscored", why, n]
    assert not claims["claim"].isin(["is", "rise", "fall"]).any()
    first = f"Nothing of this wave is scored: {said.format(n=n)}"
    assert page.summary.in_short(view).sentence.startswith(first)
    assert page.decision.first_screen(view).sentence.startswith(first)
    assert page.summary.masthead(view).sentence.startswith(first)
    rows = overview(view)
    assert (rows["answered"].sum(), rows["n"].sum()) == (n, 0)
    told = page.accounts.account_table(view).html
    assert all(f">{a} of {m}<" in told for a, m in rows[["answered", "invited"]].to_numpy() if m)
    swedish = page.view(study, client=client, wave=WAVE, language="sv")
    assert page.summary.in_short(swedish).sentence.startswith("Ingenting i denna mätomgång")
    before = page.view(study, client=client, wave="2024")
    assert not before.unscored
    assert page.claims(before).loc[0, "claim"] == "is"


def mirrored(root):
    """A panel of which one client's latest wave answered every item the wrong way round."""
    write(root, study="panel", clients=14, seed=5)
    study = Study("panel", root)
    path = study.raw / f"responses_{WAVE}.csv"
    rows = pd.read_csv(path, dtype=str)
    own = (rows["client"] == CLIENT).to_numpy()
    for item in (name for name in rows if re.fullmatch(r"Q[1-8]_\d", name)):
        value = pd.to_numeric(rows.loc[own, item], errors="coerce")
        turned = [str(int(8 - v)) if v in range(1, 8) else "" for v in value]
        rows.loc[own, item] = np.array(turned, dtype=object)
    rows.to_csv(path, index=False)
    return study


@pytest.mark.slow
def test_a_mirrored_wave_becomes_a_page_and_every_export(tmp_path):
    study = mirrored(tmp_path)

    def crqlab(*words):
        done = CliRunner().invoke(app, list(words), env={"CRQLAB_HOME": str(tmp_path)})
        assert done.exit_code == 0, done.output

    crqlab("report", "--study", "panel", "--client", CLIENT, "--reviewer")
    crqlab("report", "--study", "panel", "--client", CLIENT, "--language", "sv")
    crqlab("export", "--study", "panel", "--client", CLIENT)
    scores = study.read("client_scores")
    assert set(scores.loc[scores["client_id"] == CLIENT, "wave"]) == {"2023", "2024"}
    made = {path.suffix for path in study.reports.glob(f"{CLIENT}_{WAVE}.*")}
    assert made >= {".html", ".pdf", ".xlsx", ".pptx"}
    for name, first in (("", "Nothing of this wave is scored"), ("_sv", "Ingenting i denna")):
        text = (study.reports / f"{CLIENT}_{WAVE}{name}.html").read_text(encoding="utf-8")
        body = re.sub(r"<[^>]+>", " ", text[text.index('<header class="top"') :])
        assert " ".join(body.split()).startswith(first)
