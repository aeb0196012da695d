"""Cuts that a panel was drawn with are found again, with intervals that say how surely."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.segments import assign, derive, types
from crqlab.segments.churn_steps import steps
from crqlab.segments.latent_classes import rand
from tests.segments.made import CONSTRUCTS, RULES, respondents, scored

CUTS, CHURN = np.array([3.75, 4.5, 5.5]), np.array([0.45, 0.25, 0.12, 0.05])


def drawn(n, seed):
    """Scores, and who churned by steps at known cuts."""
    rng = np.random.default_rng(seed)
    score = np.clip(rng.normal(5.1, 0.9, n), 1, 7)
    churned = rng.random(n) < CHURN[np.searchsorted(CUTS, score, side="right")]
    return score, churned.astype(float)


def outcomes(n, seed):
    score, churned = drawn(n, seed)
    content = dict.fromkeys([*CONSTRUCTS, "crq", "uniqueness"], score)
    return pd.DataFrame(
        {
            "client_id": "C1",
            "account_id": [f"A{k:05d}" for k in range(n)],
            "wave": "2025",
            "nps": 40.0,
            "mean_ltr": 8.5,
            "renewed": 1 - churned,
            **content,
        }
    )


def test_steps_are_found_within_a_tenth_at_the_size_of_the_demo():
    found = [steps(*drawn(6000, seed), 3, ends=(1, 7)) for seed in range(3)]
    errors = np.array([one.cuts - CUTS for one in found])
    assert np.median(np.abs(errors)) < 0.1
    assert np.abs(errors.mean(axis=0)).max() < 0.1
    assert all(one.ordered and (one.low < one.high).all() for one in found)


def test_a_gradual_fall_is_called_gradual():
    rng = np.random.default_rng(8)
    score = rng.normal(5, 0.9, 6000).clip(1, 7)
    churned = (rng.random(6000) < 1 / (1 + np.exp(0.9 * (score - 2.6)))).astype(float)
    assert steps(score, churned, 3, ends=(1, 7)).gradual


def test_a_steep_step_is_not():
    found = steps(*drawn(6000, 2), 3, ends=(1, 7))
    assert found.related
    assert not found.gradual


def test_churn_that_has_nothing_to_do_with_the_score_is_not_told_to_fall():
    told = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        score = rng.normal(5, 0.9, 600).clip(1, 7)
        told.append(steps(score, (rng.random(600) < 0.15).astype(float), 3, ends=(1, 7)).related)
    assert np.mean(told) <= 0.09  # 5 % promised; 200 panels


def test_where_no_relation_is_shown_cuts_stay_and_say_so():
    rows = outcomes(3000, 4)
    chance = np.random.default_rng(5).random(len(rows)) < 0.2
    made = derive(rows.assign(renewed=1.0 - chance), RULES)
    assert set(made.table["flag"]) == {"churn_unrelated"}
    assert made.thresholds.cuts == RULES.cuts
    assert (made.table["cut"] != made.table["old"]).all()


def test_the_same_accounts_on_another_scale_give_the_same_steps():
    score, churned = drawn(2000, 5)
    one = steps(score, churned, 2, ends=(1, 7))
    ten = steps(score * 10, churned, 2, ends=(10, 70))
    np.testing.assert_allclose(ten.cuts, 10 * one.cuts, atol=1e-6)


def test_outcomes_move_the_cuts_of_the_rules_and_other_accounts_judge_them():
    found = derive(outcomes(6000, 1), RULES, version="2.0")
    assert found.thresholds.version == "2.0"
    np.testing.assert_allclose(found.table["cut"], CUTS, atol=0.2)
    assert found.table["segments"].tolist() == ["Opponent", "Stalker, Ambivalent", "Ambassador"]
    crq = [cut for score, cut in found.thresholds.cuts if score == "crq"]
    np.testing.assert_allclose(sorted(crq), found.table["cut"], atol=0.006)
    others = [one for one in found.thresholds.cuts if one[0] != "crq"]
    assert others == [one for one in RULES.cuts if one[0] != "crq"]
    assert found.judged["n"].sum() == 3000
    assert found.table["n"].iloc[0] == 3000
    assert ((found.judged["low"] <= CHURN) & (found.judged["high"] >= CHURN)).sum() >= 3


def test_outcomes_do_not_depend_on_the_order_of_accounts():
    rows = outcomes(2400, 3)
    first, mixed = (
        derive(r, RULES).table["cut"] for r in (rows, rows.sample(frac=1, random_state=1))
    )
    np.testing.assert_allclose(first, mixed)


@pytest.mark.slow
def test_a_mix_comes_out_as_wanted():
    accounts = scored(respondents(accounts=120, seed=6))
    found = derive(
        accounts, RULES, by="mix", draws=40, target={"Ambassador": 0.3, "Rational": 0.45}
    )
    last = accounts.drop_duplicates(["client_id", "account_id"], keep="last")
    share = assign(last, found.thresholds)["segment"].value_counts(normalize=True)
    assert share["Ambassador"] == pytest.approx(0.3, abs=0.02)
    assert share["Rational"] == pytest.approx(0.45, abs=0.02)
    assert (found.table["low"] <= found.table["cut"] + 0.006).all()
    assert (found.table["high"] >= found.table["cut"] - 0.006).all()


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (outcomes(100, 1), {}, "cannot place 3"),
        (outcomes(2000, 1).assign(renewed=1.0), {}, "0 of them churned"),
        (outcomes(2000, 1).drop(columns="renewed"), {}, "no column renewed"),
        (outcomes(30, 1), {"by": "mix"}, "a mix needs 50"),
        (outcomes(2000, 1), {"by": "mix", "target": {"Rational": 0.4}}, "one segment with a rule"),
    ],
)
def test_what_a_panel_cannot_carry_is_told(rows, options, said):
    with pytest.raises(EstimateError, match=said):
        derive(rows, RULES, **options)


@pytest.mark.slow
def test_types_that_are_there_are_found():
    rng = np.random.default_rng(2)
    kind = rng.integers(3, size=900)
    values = np.array([3.0, 5.0, 6.5])[kind][:, None] + rng.normal(0, 0.2, (900, 3))
    table = pd.DataFrame(values, columns=["a", "b", "c"])
    found = types(table, pd.Series(kind.astype(str)), ["a", "b", "c"])
    assert found.best == 3
    assert found.table.set_index("types").loc[3, "agreement"] == pytest.approx(1)
    assert "supports 3" in str(found)


@pytest.mark.slow
def test_one_cloud_is_one_type():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(size=(600, 3)), columns=["a", "b", "c"])
    found = types(table, pd.Series(rng.integers(5, size=600).astype(str)), ["a", "b", "c"])
    assert found.best == 1
    assert "does not support 5" in str(found)


def test_rand_agrees_with_scikit_learn():
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(1)
    one, other = rng.integers(4, size=200), rng.integers(3, size=200)
    assert rand(one, other) == pytest.approx(adjusted_rand_score(one, other))
