"""Comparing models finds what matters, and claims nothing where there is nothing."""

import numpy as np
import pandas as pd
import pytest

from crqlab import renewal
from crqlab.base.contracts.cautions import code, codes, has
from crqlab.base.errors import EstimateError
from crqlab.renewal import candidate_models
from crqlab.renewal.covariates import covariates
from crqlab.renewal.out_of_time_prediction import in_time, split
from tests.renewal import made

STRONG = {"commitment": 1.6, "trust": 0.4}


@pytest.fixture(scope="module")
def design():
    return made.designed(made.panel(clients=40, each=30, law=STRONG, seed=21))


@pytest.fixture(scope="module")
def found(design):
    return renewal.compare_models(design, draws=60, machines=False)


@pytest.mark.slow
def test_crq_adds_to_nps_where_churn_follows_commitment(found):
    assert found.claim == "adds"
    row = found.differences.iloc[0]
    assert (row["first"], row["second"]) == ("nps_and_crq", "nps")
    assert row["low"] > 0
    assert "CRQ adds to NPS" in str(found)


@pytest.mark.slow
def test_the_base_rate_knows_nothing_and_commitment_most(found):
    areas = found.table[found.table["measure"] == "auc"].set_index("candidate")["estimate"]
    assert areas["base_rate"] == 0.5
    assert areas["trust_and_commitment"] > areas["crq"] > areas["nps"] > areas["tenure"]


@pytest.mark.slow
def test_foretold_chances_can_be_taken_at_their_word(found):
    for name in ("nps", "crq", "trust_and_commitment", "everything"):
        slope = found.value(name, "calibration_slope")
        error = (slope["high"] - slope["low"]) / 4
        assert slope["estimate"] == pytest.approx(1, abs=3.5 * error)
        scaled = found.value(name, "brier_scaled")["estimate"]
        assert 0 < scaled < 1


@pytest.mark.slow
def test_both_intervals_of_auc_agree(found):
    for name in ("nps", "crq", "everything"):
        one, other = (found.value(name, m) for m in ("auc", "auc_resampled"))
        assert one["estimate"] == pytest.approx(other["estimate"])
        assert one["low"] == pytest.approx(other["low"], abs=0.02)


def test_learning_ends_before_testing_begins(design):
    decided = design.decided
    ((learnt, test),) = split(decided).rounds
    assert decided["decided"][learnt].max() < decided["decided"][test].min()
    assert not (learnt & test).any()


def test_too_little_time_is_told_and_accounts_are_foretold_in_turn():
    decided = made.designed(made.panel(clients=20, each=20, waves=(2024,), seed=2)).decided
    parted = split(decided, months=24)
    assert (parted.said, parted.flag) == (code("tested_in_turn", parts=5), "not_out_of_time")
    assert parted.foretold.all()
    for learnt, test in parted.rounds:
        both = set(decided["account_id"][learnt]) & set(decided["account_id"][test])
        assert not both


def test_too_few_churns_are_refused_in_words():
    decided = made.designed(made.panel(clients=1, each=5, waves=(2024,), seed=2)).decided
    with pytest.raises(EstimateError, match="a comparison needs 10 of") as refused:
        split(decided)
    n, churned = len(decided), int((decided["outcome"] == "churned").sum())
    assert churned < 10
    assert refused.value.caution == code("too_few_outcomes", n=n, churned=churned, minimum=10)


def test_a_leak_is_named():
    tables = made.panel(clients=30, each=20, silent=0.0, seed=3)
    gone = tables["outcomes"]["outcome"] == "churned"
    rows = tables["outcomes"][gone].assign(wave=lambda t: t["due_on"].dt.year.astype("str"))
    scores = tables["account_scores"]
    keys = pd.MultiIndex.from_frame(scores[["account_id", "wave"]])
    leaks = keys.isin(pd.MultiIndex.from_frame(rows[["account_id", "wave"]]))
    noise = np.random.default_rng(1).normal(0, 0.4, len(scores))
    scores["nps"] = np.where(leaks, -60, 40) + 60 * noise
    found = renewal.compare_models(made.designed(tables), draws=20, machines=False)
    flags = found.table.set_index(["candidate", "measure"])["flag"]
    assert has(flags["nps", "auc"], "leak")
    assert {"code": "leak", "above": 0.9} in codes(flags["nps", "brier"])
    assert not has(flags["tenure", "auc"], "leak")


def test_folds_in_time_never_learn_from_the_future_or_the_same_account():
    rng = np.random.default_rng(1)
    when, groups = rng.integers(0, 1000, 400), rng.integers(0, 80, 400)
    folds = list(in_time(when, groups))
    assert len(folds) == 4
    for learnt, test in folds:
        assert when[learnt].max() < when[test].min()
        assert not set(groups[learnt]) & set(groups[test])


def test_without_ltr_nps_does_not_compete(design):
    X = covariates(design.decided, design.constructs).X
    silent = candidate_models.candidates(X.assign(nps=0.0, mean_ltr=0.0), design.constructs)
    assert not {"nps", "mean_ltr", "nps_and_crq"} & set(silent)
    assert "crq" in silent


@pytest.mark.slow
def test_machines_compete_and_give_chances():
    design = made.designed(made.panel(clients=15, each=24, law=STRONG, seed=22))
    found = renewal.compare_models(design, draws=20)
    for name in ("everything_penalised", "everything_boosted"):
        assert found.chances[name].between(0, 1).all()
        assert found.value(name, "auc")["estimate"] > 0.6


@pytest.mark.slow
def test_where_churn_follows_nps_alone_crq_is_not_said_to_add():
    law = {"trust": 0.0, "commitment": 0.0, "nps": 0.012}
    found = renewal.compare_models(
        made.designed(made.panel(clients=30, each=25, law=law, seed=23)), draws=20, machines=False
    )
    assert found.value("nps", "auc")["low"] > 0.5
    assert found.claim == "not_shown"
