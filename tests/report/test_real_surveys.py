"""Real surveys, by others, on other scales: from their export to a client's report."""

import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import Study
from crqlab.cli import app
from tests import oracle


def crqlab(*words, home):
    done = CliRunner().invoke(app, list(words), env={"CRQLAB_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done.output


def drafted(home, name):
    """What ``crqlab new`` makes of a survey's export."""
    export = oracle.folder() / "data" / f"{name}.csv"
    crqlab("new", name, "--export", str(export), home=home)
    return home / "data" / "raw" / name / "codebook.yaml", pd.read_csv(export)


def headline(study, roll_up="respondents"):
    scores = study.read("client_scores")
    rows = scores[scores["roll_up"] == roll_up].drop_duplicates("measure")
    return rows.set_index("measure")


def nps(ltr, weights):
    """Promoters less detractors, in points, of weighted answers from 0 to 10."""
    return 100 * np.average((ltr >= 9) * 1.0 - (ltr <= 6), weights=weights)


def page(study):
    return re.sub(r"\s+", " ", (study.reports / "C1_1.html").read_text())


@pytest.mark.slow
def test_an_airport_survey_on_five_points_with_codes_and_a_recommendation(tmp_path):
    codebook, own = drafted(tmp_path, "sfo2017_rawcodes")
    text = codebook.read_text(encoding="utf-8")
    text = text.replace(
        'response_id: "RESPNUM"', 'response_id: "RESPNUM"\n    account_id: "AIRLINE"'
    )
    codebook.write_text(text, encoding="utf-8")
    assert "responses count" in crqlab("check", "sfo2017_rawcodes", home=tmp_path)
    crqlab("report", "--draft", "--study", "sfo2017_rawcodes", "--client", "C1", home=tmp_path)
    study = Study("sfo2017_rawcodes", root=tmp_path)

    kept = own[study.read("responses")["included"].to_numpy()]
    rated = [c for c in own.columns if c.startswith("Q")]
    answers = kept[rated].apply(pd.to_numeric, errors="coerce")
    answers = answers.where(answers.isin(range(1, 6)))
    crq = answers.mean(axis=1)[answers.notna().mean(axis=1) >= 0.5]
    ltr = kept["NETPRO"].where(kept["NETPRO"].between(0, 10)).dropna()
    plain, weighted = headline(study, "unweighted"), headline(study)
    assert plain.loc["crq", "value"] == pytest.approx(crq.mean(), abs=1e-12)
    assert plain.loc["nps", "value"] == pytest.approx(nps(ltr, np.ones(len(ltr))))
    by_weight = np.average(crq, weights=kept.loc[crq.index, "WEIGHT"])
    assert weighted.loc["crq", "value"] == pytest.approx(by_weight, abs=1e-12)
    assert weighted.loc["nps", "value"] == pytest.approx(nps(ltr, kept.loc[ltr.index, "WEIGHT"]))
    assert weighted.loc["crq", "n_accounts"] == kept.loc[crq.index, "AIRLINE"].nunique()
    assert f"{by_weight:.2f}" in page(study)
    assert "1 to 5" in page(study)


@pytest.mark.slow
def test_a_bank_survey_on_eleven_points_without_accounts_or_recommendation(tmp_path):
    _, own = drafted(tmp_path, "satisfaction")
    crqlab("report", "--draft", "--study", "satisfaction", "--client", "C1", home=tmp_path)
    study = Study("satisfaction", root=tmp_path)

    kept = own[study.read("responses")["included"].to_numpy()]
    parts = ("imag", "expe", "qual", "val", "sat", "loy")
    means = [kept[[c for c in own.columns if c.startswith(p)]].mean(axis=1) for p in parts]
    crq = np.mean(means, axis=0)
    found = headline(study)
    assert found.loc["crq", "value"] == pytest.approx(crq.mean(), abs=1e-12)
    assert "nps" not in found.index
    assert f"{crq.mean():.2f}" in page(study)
    assert "0 to 10" in page(study)
    assert "made up by a computer" not in page(study)
