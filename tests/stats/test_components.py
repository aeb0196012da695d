"""Variance components against R, mixed models of real groups, and dense matrices."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from crqlab import EstimateError
from crqlab.stats.components import random_intercept_reml, sufficient, variance_components
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/agreement"
REFERENCE = pd.read_csv(FOLDER / "multilevel.csv").set_index("quantity")
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
TRUST, ACCOUNT = ANSWERS[["t1", "t2", "t3"]].mean(axis=1), ANSWERS["account"]
PARTS = ["n", "total", "squares"]


def columns(sums):
    return [sums[part] for part in PARTS]


def panel(blocks=6, accounts=12, seed=3):
    rng = np.random.default_rng(seed)
    block = np.repeat(np.arange(blocks), accounts)
    n = rng.integers(1, 8, len(block))
    mean = 5 + rng.normal(0, 0.6, len(block))
    total = n * mean
    return pd.DataFrame(
        {
            "n": n,
            "total": total,
            "squares": total * mean + rng.chisquare(n) * (n > 1),
            "block": block,
        }
    )


@pytest.mark.parametrize("quantity", ["icc1", "icc2", "msb", "msw"])
def test_anova_agrees_with_r(quantity):
    row, wanted = variance_components(*columns(sufficient(TRUST, ACCOUNT))).iloc[0], REFERENCE
    reference, tolerance = wanted.loc[quantity, ["reference", "tolerance"]]
    assert row[quantity] == pytest.approx(reference, abs=tolerance)


@pytest.mark.parametrize(
    "quantity", ["var_between", "var_within", "icc1", "grand_mean", "grand_se", "between_se"]
)
def test_reml_agrees_with_nlme(quantity):
    row = random_intercept_reml(*columns(sufficient(TRUST, ACCOUNT))).iloc[0]
    reference, tolerance = REFERENCE.loc[f"reml {quantity}", ["reference", "tolerance"]]
    assert row[quantity] == pytest.approx(reference, abs=tolerance)
    assert row["flag"] == "ok"


@pytest.mark.parametrize(("case_id", "name"), [("grp_bh1996", "bh1996"), ("grp_lq2002", "lq2002")])
def test_real_groups_agree_with_aov_and_lmer(case_id, name):
    case, table = golden(case_id), data(name)
    close = case["tolerance"]
    for variable, wanted in case["values"]["per_variable"].items():
        sums = sufficient(table[variable], table[case["spec"]["group"]])
        layout = variance_components(*columns(sums)).iloc[0]
        fit = random_intercept_reml(*columns(sums)).iloc[0]
        assert (layout["n"], layout["n_accounts"]) == (wanted["n"], wanted["n_groups"])
        for quantity in ("msb", "msw"):
            assert layout[quantity] == pytest.approx(wanted[quantity], rel=1e-9)
        assert layout["msb"] / layout["msw"] == pytest.approx(wanted["F"], rel=1e-9)
        for ours, theirs in {
            "var_between": "var_between",
            "var_within": "var_within",
            "icc1": "icc",
            "grand_mean": "intercept",
            "grand_se": "intercept_se",
        }.items():
            assert fit[ours] == pytest.approx(wanted["lmer_reml"][theirs], **close)
        k = layout["k"]
        assert fit["icc1"] == pytest.approx(wanted["icc1_mult_icc"], **close)
        assert k * fit["icc1"] / (1 + (k - 1) * fit["icc1"]) == pytest.approx(
            wanted["icc2_mult_icc"], **close
        )


def deviance(parameters, sums):
    """The restricted likelihood by dense matrices, as the textbook writes it."""
    within, between = np.exp(parameters[0]), parameters[1] ** 2
    variance = between + within / sums["n"].to_numpy()
    mean, ones = (sums["total"] / sums["n"]).to_numpy(), np.ones((len(sums), 1))
    inverse = np.linalg.inv(np.diag(variance))
    mass = ones.T @ inverse @ ones
    gap = mean - (ones.T @ inverse @ mean / mass[0]).item()
    inside = (sums["squares"] - sums["total"] * mean).sum()
    spare = sums["n"].sum() - len(sums)
    spread = gap @ inverse @ gap + inside / within
    return np.log(variance).sum() + spare * np.log(within) + np.log(mass.item()) + spread


def test_reml_is_where_a_search_of_the_textbook_likelihood_ends():
    sums = panel(blocks=1, accounts=25)
    found = random_intercept_reml(*columns(sums)).iloc[0]
    here = [np.log(found["var_within"]), np.sqrt(found["var_between"])]
    searched = minimize(deviance, [0.1, 0.5], args=(sums,), method="Nelder-Mead", tol=1e-12)
    assert here == pytest.approx(searched.x, abs=1e-5)
    assert deviance(here, sums) <= searched.fun + 1e-10


def test_equal_accounts_have_the_same_components_either_way():
    rng = np.random.default_rng(5)
    account = np.repeat(np.arange(20), 4)
    scores = rng.normal(0, 1, 20)[account] + rng.normal(0, 1, 80)
    sums = columns(sufficient(pd.Series(scores), pd.Series(account)))
    layout, fit = variance_components(*sums).iloc[0], random_intercept_reml(*sums).iloc[0]
    shared = ["var_between", "var_within", "icc1"]
    assert layout[shared].tolist() == pytest.approx(fit[shared].tolist(), rel=1e-9)


@pytest.mark.parametrize("function", [variance_components, random_intercept_reml])
def test_a_block_is_what_it_is_alone(function):
    table = panel()
    together = function(*columns(table), table["block"])
    for block, rows in table.groupby("block"):
        alone = function(*columns(rows)).iloc[0]
        assert together.loc[block].drop("flag").tolist() == pytest.approx(
            alone.drop("flag").tolist(), rel=1e-9
        )


@given(st.integers(-20, 20), st.floats(0.1, 20))
def test_reml_follows_the_scale(shift, scale):
    here = random_intercept_reml(*columns(sufficient(TRUST, ACCOUNT))).iloc[0]
    moved = random_intercept_reml(*columns(sufficient(TRUST * scale + shift, ACCOUNT))).iloc[0]
    assert moved["icc1"] == pytest.approx(here["icc1"], rel=1e-6)
    assert moved["grand_mean"] == pytest.approx(here["grand_mean"] * scale + shift, abs=1e-6)
    assert moved["between_se"] == pytest.approx(here["between_se"] * scale**2, rel=1e-5)


def test_accounts_that_differ_less_than_chance_have_no_variance_between_them():
    table = pd.DataFrame({"n": [2, 2, 2], "total": [8.0, 8.1, 8.0], "squares": [40.0, 40.0, 40.0]})
    fit = random_intercept_reml(*columns(table)).iloc[0]
    assert (fit["icc1"], fit["var_between"], fit["flag"]) == (0, 0, "no_variance_between")
    assert fit["between_se"] > 0
    layout = variance_components(*columns(table)).iloc[0]
    assert layout["icc1"] < 0
    assert layout["flag"] == "no_variance_between"


@pytest.mark.parametrize(
    ("n", "total", "squares", "flag"),
    [
        ([3], [15.0], [77.0], "fewer_than_two_accounts"),
        ([1, 1], [4.0, 6.0], [16.0, 36.0], "no_account_with_two_answers"),
        ([2, 2], [8.0, 8.0], [32.0, 32.0], "no_variance"),
    ],
)
@pytest.mark.parametrize("function", [variance_components, random_intercept_reml])
def test_says_why_there_is_nothing_to_find(function, n, total, squares, flag):
    row = function(n, total, squares).iloc[0]
    assert np.isnan(row["icc1"])
    assert row["flag"] == flag


def test_silent_accounts_and_blocks_do_not_count():
    sums = panel(blocks=2)
    silent = pd.concat([sums, pd.DataFrame({"n": [0], "total": [0], "squares": [0], "block": [9]})])
    found = variance_components(*columns(silent), silent["block"])
    assert found.loc[[0, 1]].equals(variance_components(*columns(sums), sums["block"]))
    assert found.loc[9, ["n_accounts", "flag"]].tolist() == [0, "fewer_than_two_accounts"]


def test_refuses_columns_of_different_tables():
    with pytest.raises(EstimateError, match="values= has 2 rows and groups= 3"):
        sufficient(pd.Series([1, 2]), pd.Series([*"abc"]))
    with pytest.raises(EstimateError, match="one element per account"):
        variance_components([1, 2], [3.0], [4.0])
    with pytest.raises(EstimateError, match="No account has an answer"):
        variance_components([0], [0.0], [0.0])


@pytest.mark.slow
def test_reml_recovers_the_simulated_truth():
    rng = np.random.default_rng(8)
    accounts, blocks = 40, 500
    block = np.repeat(np.arange(blocks), accounts)
    n = 1 + rng.negative_binomial(1.2, 0.25, len(block))
    mean = 5 + rng.normal(0, np.sqrt(0.3), len(block))
    mean += rng.normal(0, np.sqrt(0.7), len(block)) / np.sqrt(n)
    inside = 0.7 * rng.chisquare(np.maximum(n - 1, 1)) * (n > 1)
    fit = random_intercept_reml(n, n * mean, n * mean**2 + inside, block)
    assert fit["var_between"].mean() == pytest.approx(0.3, abs=0.02)
    assert fit["var_within"].mean() == pytest.approx(0.7, abs=0.02)
    assert fit["var_between"].std() == pytest.approx(fit["between_se"].mean(), rel=0.1)
    assert fit["grand_mean"].std() == pytest.approx(fit["grand_se"].mean(), rel=0.1)
