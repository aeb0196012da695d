"""AUC, its difference and its intervals against pROC, real data, laws and edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError, EstimateError
from crqlab.base.contracts.cautions import code
from crqlab.stats.accuracy import auc, auc_difference, roc
from crqlab.stats.accuracy.resampled_accounts import ranking, weighted_auc
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/accuracy"
REFERENCE = pd.read_csv(FOLDER / "proc.csv").set_index("quantity")
CASES = pd.read_csv(FOLDER / "cases.csv")
Z = 1.959963984540054


def agree(found, name):
    reference, tolerance = REFERENCE.loc[name, ["reference", "tolerance"]]
    assert found == pytest.approx(reference, abs=tolerance)


@pytest.mark.parametrize("end", ["value", "low", "high"])
def test_auc_agrees_with_proc(end):
    agree(getattr(auc(CASES["churned"], -CASES["crq"]), end), f"auc {end}")


@pytest.mark.parametrize("end", ["low", "high", "p"])
def test_difference_agrees_with_proc(end):
    found = auc_difference(CASES["churned"], -CASES["crq"], -CASES["ltr"])
    agree(getattr(found, end), f"difference {end}")
    assert found.value == pytest.approx(found.first - found.second)


def test_clustered_error_agrees_with_its_double_sums():
    found = auc(CASES["churned"], -CASES["crq"], cluster=CASES["account"])
    student = 2.093024054408263  # 19 degrees of freedom
    agree((found.value - found.low) / student, "clustered se")
    assert (found.n, found.unit) == (20, "accounts")


@pytest.mark.parametrize("case", ["roc_asah", "roc_telco"])
def test_real_data_agree_with_proc(case):
    spec, wanted = golden(case)["spec"], golden(case)["values"]
    rows = data("asah" if case == "roc_asah" else "telco_churn")
    rows = rows if "tenure" not in rows else rows.assign(negtenure=-rows["tenure"])
    outcome = rows[spec["response"]]
    for name, values in wanted["per"].items():
        found = auc(outcome, rows[name])
        assert [found.value, found.low, found.high] == pytest.approx(
            [values["auc"], *values["delong_ci95"]], abs=1e-10
        )
        curve = roc(outcome, rows[name])
        best = curve.loc[(curve["sensitivity"] + curve["specificity"]).idxmax()]
        for part in ("threshold", "sensitivity", "specificity", "ppv", "npv", "accuracy"):
            assert best[part] == pytest.approx(values["youden"][0][part], abs=1e-9)
    for pair in wanted["delong_pairs"]:
        found = auc_difference(outcome, rows[pair["a"]], rows[pair["b"]])
        assert [found.low, found.high] == pytest.approx(pair["ci95_diff"], abs=1e-10)
        assert found.p == pytest.approx(pair["p"], rel=1e-6)


OUTCOMES = st.lists(st.tuples(st.booleans(), st.integers(-6, 6), st.integers(-6, 6)), min_size=6)


def both(rows):
    happened = [row[0] for row in rows]
    return any(happened) and not all(happened)


@settings(max_examples=30)
@given(OUTCOMES.filter(both))
def test_only_the_order_of_scores_counts(rows):
    y, a, b = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    plain = auc(y, a)
    assert auc(y, np.exp(a) + 7).value == pytest.approx(plain.value)
    assert auc(y, -a).value == pytest.approx(1 - plain.value)
    assert auc(y[::-1], a[::-1]).value == pytest.approx(plain.value)
    there, back = auc_difference(y, a, b), auc_difference(y, b, a)
    assert there.value == pytest.approx(-back.value, abs=1e-12)
    assert there.low == pytest.approx(-back.high, nan_ok=True)
    assert there.p == pytest.approx(back.p, nan_ok=True)


@settings(max_examples=30)
@given(OUTCOMES.filter(both))
def test_every_pair_is_counted(rows):
    y, a, _ = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    above, below = a[y == 1][:, None], a[y == 0][None]
    assert auc(y, a).value == pytest.approx(((above > below) + (above == below) / 2).mean())


@settings(max_examples=30)
@given(OUTCOMES.filter(both), st.integers(0, 2**31))
def test_a_weight_is_as_good_as_a_copy(rows, seed):
    y, a, _ = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    times = np.random.default_rng(seed).integers(1, 4, len(y))
    ones, zeros = ranking(y, a, np.arange(len(y)))
    found = weighted_auc(times[None] @ ones, times[None] @ zeros)
    assert found[0] == pytest.approx(auc(np.repeat(y, times), np.repeat(a, times)).value)


def test_accounts_of_one_case_give_delongs_error():
    y, a = CASES["churned"], CASES["crq"]
    alone, own = auc(y, a), auc(y, a, cluster=np.arange(len(y)))
    student = 1.990450210230129  # 79 degrees of freedom
    assert (own.high - own.value) / student == pytest.approx((alone.high - alone.value) / Z)


def test_bootstrap_of_accounts_lies_near_the_formula():
    y, account = CASES["churned"], CASES["account"]
    plain = auc_difference(y, -CASES["crq"], -CASES["ltr"], cluster=account)
    drawn = auc_difference(
        y, -CASES["crq"], -CASES["ltr"], cluster=account, interval="bootstrap", draws=1000
    )
    assert drawn.value == plain.value
    assert drawn.low == pytest.approx(plain.low, abs=0.04)
    assert drawn.high == pytest.approx(plain.high, abs=0.04)
    assert drawn.p == pytest.approx(plain.p, abs=0.05)
    order = np.random.default_rng(1).permutation(len(y))
    mixed = auc(
        y.iloc[order], -CASES["crq"].iloc[order], cluster=account.iloc[order], interval="bootstrap"
    )
    straight = auc(y, -CASES["crq"], cluster=account, interval="bootstrap")
    assert (mixed.low, mixed.high) == pytest.approx((straight.low, straight.high), abs=1e-12)


def test_one_outcome_is_flagged_instead_of_refused():
    found = auc([1, 1, 1], [1, 2, 3])
    assert np.isnan(found.value)
    assert found.notes == ("one_outcome",)
    assert np.isnan(auc_difference([0, 0], [1, 2], [2, 1]).p)
    assert len(roc([0, 0], [1, 2])) == 0
    assert auc([], []).notes == ("no_cases",)


def test_perfect_and_equal_scores_have_no_interval():
    perfect = auc([0, 0, 1, 1], [1, 2, 3, 4])
    assert perfect.value == 1
    assert np.isnan(perfect.low)
    assert perfect.notes[-1] == "score_separates_outcomes"
    same = auc_difference([0, 1, 0, 1], [1, 2, 3, 4], [10, 20, 30, 40])
    assert same.value == 0
    assert same.notes[-1] == "scores_order_alike"


def test_what_is_missing_is_counted():
    found = auc([0, 1, None, 1, 0], [1, 2, 3, np.nan, 2])
    assert (found.n, found.notes[0]) == (3, code("cases_without", n=2, lacking="outcome, score"))


@pytest.mark.parametrize(
    ("outcome", "score", "message"),
    [
        ([0, 2], [1, 2], "outcome= holds 2; it must be 1"),
        ([0, 1], [1, 2, 3], "score= has 3"),
        ([0, 1], ["a", "b"], "score= holds text"),
    ],
)
def test_says_what_is_wrong_with_the_input(outcome, score, message):
    with pytest.raises(EstimateError, match=message):
        auc(outcome, score)


def test_refuses_unknown_intervals_and_curves_of_one_point():
    with pytest.raises(CrqError, match="'delong' or 'bootstrap'"):
        auc([0, 1], [1, 2], interval="wald")
    with pytest.raises(EstimateError, match="its two ends"):
        roc([0, 1], [1, 2], points=1)
    assert roc([0, 1] * 50, range(100), points=10)["threshold"].iloc[[0, -1]].tolist() == [
        -np.inf,
        np.inf,
    ]
