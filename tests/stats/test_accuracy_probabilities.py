"""Brier, calibration, lift and decision curves against R, real data, laws and edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from crqlab import EstimateError
from crqlab.base.contracts.cautions import code
from crqlab.stats.accuracy import brier, calibration, lift, net_benefit
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/accuracy"
REFERENCE = pd.read_csv(FOLDER / "proc.csv").set_index("quantity")
CASES = pd.read_csv(FOLDER / "cases.csv")
Z = 1.959963984540054
STUDENT = 2.093024054408263  # 19 degrees of freedom


def agree(found, name):
    reference, tolerance = REFERENCE.loc[name, ["reference", "tolerance"]]
    assert found == pytest.approx(reference, abs=tolerance)


def test_calibration_agrees_with_glm():
    found = calibration(CASES["churned"], CASES["foretold"])
    agree(found.slope.value, "slope")
    agree((found.slope.high - found.slope.value) / Z, "slope se")
    agree(found.intercept.value, "intercept")
    agree(found.in_the_large.value, "large")
    agree((found.in_the_large.high - found.in_the_large.value) / Z, "large se")
    inside = calibration(CASES["churned"], CASES["foretold"], cluster=CASES["account"]).slope
    agree((inside.high - inside.value) / STUDENT, "slope clustered se")


def test_brier_agrees_with_r():
    found = brier(CASES["churned"], CASES["foretold"])
    agree(found.value, "brier")
    agree(found.high - found.value, "brier half")
    agree(brier(CASES["churned"], CASES["foretold"], scaled=True).value, "scaled")


def test_lift_and_net_benefit_agree_with_r():
    agree(lift(CASES["churned"], -CASES["crq"], draws=50).value, "lift")
    curve = net_benefit(CASES["churned"], CASES["foretold"], thresholds=[0.3])
    agree(curve["net_benefit"].iloc[0], "net benefit 0.3")


def telco():
    """The split of R's script: coefficients from odd rows, probabilities for even ones."""
    wanted = golden("logit_telco")["values"]["calibration_split"]
    rows = data("telco_churn").iloc[1::2]
    columns = [
        np.ones(len(rows)),
        rows["tenure"],
        rows["MonthlyCharges"],
        rows["SeniorCitizen"],
        rows["Contract"] == "Month-to-month",
    ]
    slopes = list(wanted["coef_train"].values())
    return rows["Churn01"], expit(np.column_stack(columns).astype(float) @ slopes), wanted


def test_real_data_agree_with_r():
    outcome, foretold, wanted = telco()
    found = calibration(outcome, foretold)
    pairs = {
        found.slope.value: "slope",
        (found.slope.high - found.slope.value) / Z: "slope_se",
        found.intercept.value: "intercept_with_slope",
        found.in_the_large.value: "intercept_in_the_large",
        (found.in_the_large.high - found.in_the_large.value) / Z: "intercept_in_the_large_se",
        found.ratio: "oe",
        brier(outcome, foretold).value: "brier",
        brier(outcome, foretold, scaled=True).value: "brier_scaled",
    }
    for value, name in pairs.items():
        assert value == pytest.approx(wanted[name], rel=1e-4, abs=1e-6)


def test_hosmer_and_lemeshow_agree_with_r():
    whole = golden("logit_telco")["values"]
    rows = data("telco_churn")
    columns = [
        rows["tenure"],
        rows["MonthlyCharges"],
        rows["SeniorCitizen"],
        rows["Contract"] == "Month-to-month",
    ]
    slopes = [row["est"] for row in whole["coef"]]
    foretold = expit(slopes[0] + np.column_stack(columns).astype(float) @ slopes[1:])
    found = calibration(rows["Churn01"], foretold)
    test = whole["hosmer_lemeshow"]
    assert found.df == test["df"]
    assert [found.chi2, found.p] == pytest.approx([test["chisq"], test["p"]], rel=1e-6)
    assert found.slope.value == pytest.approx(1, abs=1e-6)


ROWS = st.lists(st.tuples(st.booleans(), st.integers(1, 19), st.integers(1, 5)), min_size=8)


@settings(max_examples=30)
@given(ROWS)
def test_brier_turns_round_with_the_event_and_keeps_its_order(rows):
    y, p, _ = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    found = brier(y, p / 20)
    assert brier(1 - y, 1 - p / 20).value == pytest.approx(found.value)
    assert brier(y[::-1], p[::-1] / 20).low == pytest.approx(found.low)


@settings(max_examples=30)
@given(ROWS)
def test_lift_weights_are_copies(rows):
    y, score, times = (np.array(part) for part in zip(*rows, strict=True))
    weighed = lift(y, score, weights=times, share=0.3, draws=2)
    copied = lift(np.repeat(y, times), np.repeat(score, times), share=0.3, draws=2)
    assert weighed.value == pytest.approx(copied.value, nan_ok=True)


def test_lift_ignores_scores_that_say_nothing():
    assert lift([0, 1] * 20, [3] * 40, draws=20).value == pytest.approx(1)
    best = lift([1] * 4 + [0] * 36, range(40, 0, -1), draws=500)
    assert best.value == pytest.approx(10)
    assert best.low > 2


def test_the_table_holds_every_case_once():
    found = calibration(CASES["churned"], CASES["foretold"], groups=4).table
    assert found["n"].sum() == len(CASES)
    assert found["events"].sum() == CASES["churned"].sum()
    assert found["foretold"].is_monotonic_increasing
    assert found["observed"].between(found["low"], found["high"]).all()
    inside = calibration(CASES["churned"], CASES["foretold"], groups=4, cluster=CASES["account"])
    assert inside.table["observed"].tolist() == pytest.approx(found["observed"].tolist())


def test_the_curve_is_the_line_through_slope_and_intercept():
    found = calibration(CASES["churned"], CASES["foretold"])
    middle = found.curve.iloc[25]
    odds = np.log(middle["foretold"] / (1 - middle["foretold"]))
    line = expit(found.intercept.value + found.slope.value * odds)
    assert middle["value"] == pytest.approx(line)
    assert middle["low"] < line < middle["high"]


def test_acting_on_everybody_from_the_lowest_threshold_is_acting_on_all():
    curve = net_benefit(CASES["churned"], CASES["foretold"], thresholds=[0.01, 0.99])
    assert curve.loc[0, "net_benefit"] == pytest.approx(curve.loc[0, "act_on_all"])
    assert (curve.loc[1, "n_acted"], curve.loc[1, "net_benefit"]) == (0, 0)
    assert (curve["act_on_none"] == 0).all()


@pytest.mark.parametrize(
    ("outcome", "foretold", "told"),
    [
        ([1, 1, 1], [0.2, 0.5, 0.9], "one_outcome"),
        ([0, 1, 0, 1], [0.5] * 4, "probabilities_alike"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], "probabilities_separate_outcomes"),
        ([], [], "no_cases"),
    ],
)
def test_calibration_says_why_there_is_no_slope(outcome, foretold, told):
    found = calibration(outcome, foretold)
    assert np.isnan(found.slope.value)
    assert told in found.slope.notes
    assert len(found.curve) == 0


def test_probabilities_of_0_and_1_are_named():
    notes = calibration([0, 1, 0, 1, 1], [0, 1, 0.4, 0.3, 0.6]).notes
    assert code("probabilities_at_ends", n=2, edge="1e-06") in notes


def test_says_what_is_wrong_with_the_input():
    with pytest.raises(EstimateError, match="reaches 30; it must lie from 0 to 1"):
        brier([0, 1], [30, 0.5])
    with pytest.raises(EstimateError, match="groups= is 1"):
        calibration([0, 1], [0.2, 0.4], groups=1)
    with pytest.raises(EstimateError, match="share= is 10"):
        lift([0, 1], [1, 2], share=10)
    with pytest.raises(EstimateError, match="negative numbers"):
        lift([0, 1], [1, 2], weights=[1, -1])
    with pytest.raises(EstimateError, match="thresholds= holds 1"):
        net_benefit([0, 1], [0.1, 0.2], thresholds=[1])
