"""Effects agree with the law that churn was drawn from, whatever the model."""

import numpy as np
import pandas as pd
import pytest

from crqlab import renewal
from crqlab.base.contracts.cautions import code, codes
from tests.renewal import made


@pytest.fixture(scope="module")
def design():
    return made.designed(made.panel(clients=50, each=30, seed=11))


@pytest.fixture(scope="module")
def effects(design):
    return renewal.effects(design, models=("logit", "cloglog", "cox"))


@pytest.mark.slow
@pytest.mark.parametrize("term", ["trust", "commitment", "silent", "prior_churn", "tenure"])
def test_logit_recovers_the_law(effects, term):
    row = effects.of("logit").set_index("term").loc[term]
    assert row["estimate"] == pytest.approx(made.LAW[term], abs=3.5 * row["se"])
    assert row["se"] < 0.3


@pytest.mark.slow
def test_models_of_churn_have_the_other_sign(effects):
    for model in ("cloglog", "cox"):
        rows = effects.of(model).set_index("term")
        assert (rows.loc[["trust", "commitment"], "ratio"] < 1).all()
        assert (rows.loc[["silent", "prior_churn"], "ratio"] > 1).all()


@pytest.mark.slow
def test_a_ratio_is_told_with_what_it_means_at_the_average(effects):
    row = effects.of("logit").set_index("term").loc["commitment"]
    here, odds = row["at_average"], row["at_average"] / (1 - row["at_average"])
    assert row["with_step"] == pytest.approx(odds * row["ratio"] / (1 + odds * row["ratio"]))
    said = f"commitment +1: renewal odds x {row['ratio']:.2f} "
    assert said in str(effects)
    assert f"renewal {here:.0%} -> {row['with_step']:.0%}" in str(effects)
    steps = effects.of("logit").set_index("term")["step"]
    assert (steps["nps"], steps["trust"], steps["tenure"]) == (50, 1, pytest.approx(np.log(2)))


def test_few_events_shorten_the_model_and_say_so():
    tables = made.panel(clients=2, each=14, waves=(2024, 2025), seed=2)
    found = renewal.effects(made.designed(tables), models=("logit",))
    assert found.said == code("few_events_per_covariate", events=12, minimum=10)
    assert {"code": "few_clusters", "minimum": 30, "n": 28} in codes(found.table["flag"].iloc[0])
    assert str(found).endswith("12 churned (few events per covariate (events 12, minimum 10))")


@pytest.mark.parametrize("outcome", ["renewed", "churned"])
def test_a_study_with_one_outcome_only_says_so(outcome):
    tables = made.panel(clients=2, each=8, seed=2)
    tables["outcomes"] = tables["outcomes"].assign(outcome=outcome)
    design = made.designed(tables)
    assert renewal.effects(design).table.empty
    assert renewal.effects(design).said == code(f"all_{outcome}", n=43)
    assert renewal.mediation(design, draws=20).table.empty
    churned = 43 if outcome == "churned" else 0
    told = code("too_few_outcomes", n=43, churned=churned, minimum=10)
    assert renewal.compare_models(design, draws=20).said == told


def test_an_instrument_without_trust_or_commitment_works_with_crq():
    book = made.codebook(parts=("care",))
    tables = made.panel(clients=30, each=20, seed=5)
    scores = tables["account_scores"].rename(columns={"commitment": "care"})
    tables["account_scores"] = scores.drop(columns="trust")
    design = made.designed(tables, book)
    found = renewal.effects(design, models=("logit",)).table
    assert "crq" in found["term"].tolist()
    assert not {"trust", "commitment"} & set(found["term"])
    missing = [{"code": "concept_not_asked", "concept": name} for name in ("trust", "commitment")]
    assert codes(renewal.mediation(design, draws=20).said) == missing


def test_separation_is_named_and_finite():
    tables = made.panel(clients=12, each=20, silent=0, seed=6)
    lost = tables["outcomes"]["outcome"] == "churned"
    gone = set(tables["outcomes"].loc[lost, "account_id"])
    scores = tables["account_scores"]
    scores["trust"] = np.where(scores["account_id"].isin(gone), 2.0, 6.0)
    found = renewal.effects(made.designed(tables), models=("logit",)).table
    flags = found.set_index("term")["flag"]
    assert flags["trust"] == code("separated_by_terms_firth", terms="trust")
    assert flags["silent"] == code("dropped_constant", term="silent")
    assert np.isfinite(found.dropna(subset="estimate")["ratio"]).all()


@pytest.mark.slow
def test_mediation_finds_the_share_that_goes_through_commitment():
    tables = made.panel(clients=80, each=40, law={"trust": 0.3, "commitment": 0.5}, seed=7)
    found = renewal.mediation(made.designed(tables), draws=100)
    share = found.value("share mediated")
    assert share["low"] < 0.5 < share["high"]
    assert found.value("trust to commitment")["estimate"] == pytest.approx(made.PATH, abs=0.03)
    total = found.value("indirect")["estimate"] + found.value("direct")["estimate"]
    assert found.value("total")["estimate"] == pytest.approx(total)


def test_staying_falls_faster_where_scores_are_low():
    found = renewal.retention(made.designed(made.panel(clients=40, each=30, seed=8)))
    first = found.table.groupby("band").first()
    assert (first["years"] == 0).all()
    assert (first["staying"] == 1).all()
    last = found.table.groupby("band")["staying"].min()
    assert last["low"] < last["middle"] < last["high"]
    assert set(found.table["band"]) == {"low", "middle", "high", "silent"}
    rows = found.table[found.table["band"] == "high"]
    assert rows["n_at_risk"].is_monotonic_decreasing
    assert (rows["low"] <= rows["staying"]).all()
    assert "a year after the survey" in str(found)


def test_no_outcomes_give_no_curves_but_a_sentence():
    tables = made.panel(clients=2, each=5, seed=8)
    tables["outcomes"] = tables["outcomes"].iloc[:0]
    design = made.designed(tables)
    assert renewal.retention(design).said == "outcomes_unknown"
    assert str(design) == "Nothing can be said of renewals: outcomes unknown"
    assert isinstance(design.accounts, pd.DataFrame)
