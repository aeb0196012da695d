"""Alpha, omega and their relatives against R, real surveys, their own laws and their edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from crqlab import EstimateError
from crqlab.base.contracts.cautions import code, codes
from crqlab.stats.factors import cfa
from crqlab.stats.factors.proper import is_improper
from crqlab.stats.reliability import (
    account_reliability,
    alpha,
    alpha_if_dropped,
    average_r,
    guttman,
    omega,
    omega_hierarchical,
)
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/reliability"
REFERENCE = pd.read_csv(FOLDER / "psych.csv").set_index("quantity")
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
ITEMS, ACCOUNT = ANSWERS[["t1", "t2", "t3", "t4"]], ANSWERS["account"]
RATINGS = pd.DataFrame(
    {"j1": [9, 6, 8, 7, 10, 6], "j2": [2, 1, 4, 1, 5, 2], "j3": [5, 3, 6, 2, 6, 4]}
)


def agree(found, names):
    wanted = REFERENCE.loc[names]
    assert list(found) == pytest.approx(wanted["reference"].tolist(), abs=wanted["tolerance"].max())


def test_alpha_and_item_analysis_agree_with_psych():
    found = alpha(ITEMS)
    agree([found.value, found.low, found.high], ["alpha", "alpha low", "alpha high"])
    agree([average_r(ITEMS).value], ["average_r"])
    table = alpha_if_dropped(ITEMS).set_index("item")
    for column in ("item_rest_r", "alpha_if_dropped"):
        agree(table[column], [f"{column} {item}" for item in ITEMS])
    assert table.loc["t4", "flag"] == "alpha_higher_without"
    assert table["mean"].tolist() == pytest.approx(ITEMS.mean().tolist())


def test_lambdas_agree_with_psych():
    table = guttman(ITEMS).set_index("coefficient")
    agree(table["value"], ["lambda2", "lambda4", "lambda6"])
    agree(table["standardized"], [f"lambda{which} standardized" for which in (2, 4, 6)])


def error(found):
    """Standard error behind an interval of log(1 - value)."""
    half = np.log((1 - found.low) / (1 - found.high)) / 2
    return half * (1 - found.value) / t.isf((1 - found.level) / 2, found.n - 1)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_errors_by_account_agree_with_reweighted_accounts_in_r(level):
    found = alpha(ITEMS, accounts=ACCOUNT, level=level)
    agree([error(found)], ["alpha se by account"])
    assert (found.n, found.unit) == (ACCOUNT.nunique(), "accounts")
    for accounts, name in ((None, "average_r se"), (ACCOUNT, "average_r se by account")):
        found = average_r(ITEMS, accounts=accounts, level=level)
        half = (np.arctanh(found.high) - np.arctanh(found.low)) / 2
        student = t.isf((1 - level) / 2, found.n - 1)
        agree([half * (1 - found.value**2) / student], [name])


def test_omega_and_its_robust_errors_agree_with_lavaan():
    found, grouped = omega(ITEMS), omega(ITEMS, accounts=ACCOUNT)
    agree([found.value, grouped.value], ["omega", "omega"])
    n = len(ITEMS)  # lavaan leaves out n / (n - 1) where respondents are independent
    agree([error(found) * np.sqrt((n - 1) / n)], ["omega se"])
    agree([error(grouped)], ["omega se by account"])


def test_both_levels_agree_with_mean_squares_from_aov():
    table = account_reliability(ITEMS, ACCOUNT)
    agree(table["alpha"], ["within accounts", "between accounts", "account means"])
    agree(table["size"].unique(), ["size"])
    assert (table["low"] < table["alpha"]).all()
    assert (table["alpha"] < table["high"]).all()


@pytest.mark.parametrize(
    "case_id", ["rel_corp_qual", "rel_corp_loyal", "rel_b2b_customersat", "rel_hs9"]
)
def test_real_scales_agree_with_r(case_id):
    case = golden(case_id)
    wanted, items = case["values"], data(Path(case["dataset"]).stem)[case["spec"]["items"]]
    found = alpha(items)
    assert found.n == wanted["n"]
    assert found.value == pytest.approx(wanted["alpha_raw"], abs=1e-8)
    ends = wanted["feldt_ci95"]
    assert (found.low, found.high) == pytest.approx((ends["lower"], ends["upper"]), abs=1e-8)
    assert average_r(items).value == pytest.approx(wanted["average_r"], abs=1e-8)
    assert omega(items).value == pytest.approx(wanted["omega_one_factor_ml_unstd"], rel=1e-5)
    table = alpha_if_dropped(items).set_index("item")
    for column in ("item_rest_r", "alpha_if_dropped"):
        assert table[column].to_dict() == pytest.approx(wanted[column], abs=1e-8)
    lambdas = guttman(items).set_index("coefficient")["standardized"]
    assert lambdas["lambda2"] == pytest.approx(wanted["lambda2_guttman_on_cov"], abs=1e-8)
    assert lambdas["lambda6"] == pytest.approx(wanted["lambda6_smc"], abs=1e-8)
    most = wanted["lambda4_max_splithalf_on_cov"]
    if len(items.columns) % 2:  # psych tries only half of the splits of an odd number of items
        assert lambdas["lambda4"] >= most - 1e-8
    else:
        assert lambdas["lambda4"] == pytest.approx(most, abs=1e-8)


@pytest.mark.parametrize("name", ["corp", "satisfaction", "b2b", "hs"])
def test_the_share_of_a_real_second_order_factor_agrees_with_r(name):
    case = golden(f"second_order_{name}")
    answers = data(Path(case["dataset"]).stem)
    fit = cfa(answers, case["spec"]["items_by"], second_order="crq")
    found = omega_hierarchical(fit)
    wanted = case["values"]["omega_hierarchical_second_order_implied"]
    assert found.value == pytest.approx(wanted, rel=1e-4)
    assert found.notes == (() if fit.flag == "ok" else (fit.flag,))
    assert case["values"]["solution_check"]["admissible"] is (fit.flag == "ok")


@given(st.integers(-40, 40), st.floats(0.1, 50))
def test_shift_and_scale_of_all_answers_change_nothing(shift, scale):
    moved = ITEMS * scale + shift
    for function in (alpha, omega, average_r):
        here, there = function(ITEMS), function(moved)
        ends = (there.low, there.value, there.high)
        assert ends == pytest.approx((here.low, here.value, here.high), abs=1e-9)
    table = account_reliability(moved, ACCOUNT)[["alpha", "low", "high"]].to_numpy()
    wanted = account_reliability(ITEMS, ACCOUNT)[["alpha", "low", "high"]].to_numpy()
    assert table == pytest.approx(wanted, abs=1e-9)


@given(st.permutations(list(ITEMS)), st.permutations(range(len(ITEMS))))
def test_the_order_of_items_and_respondents_changes_nothing(items, rows):
    turned, accounts = ITEMS[items].iloc[rows], ACCOUNT.iloc[rows]
    for function in (alpha, omega, average_r):
        here = function(ITEMS, accounts=ACCOUNT)
        there = function(turned, accounts=accounts)
        ends = (there.low, there.value, there.high)
        assert ends == pytest.approx((here.low, here.value, here.high), abs=1e-9)
    table = account_reliability(turned, accounts)["low"].tolist()
    assert table == pytest.approx(account_reliability(ITEMS, ACCOUNT)["low"].tolist())


@given(
    st.lists(st.floats(0.3, 0.95), min_size=3, max_size=8).filter(lambda x: np.ptp(x) > 0.05),
    st.integers(0, 1000),
)
def test_omega_of_an_exact_one_factor_sample_is_the_formula_and_not_below_alpha(loadings, seed):
    loadings = np.array(loadings)
    sigma = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    noise = np.random.default_rng(seed).normal(size=(60, len(loadings)))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(noise.T @ noise / 60)).T
    items = pd.DataFrame(white @ np.linalg.cholesky(sigma).T)
    true = loadings.sum() ** 2
    assert omega(items).value == pytest.approx(true / (true + (1 - loadings**2).sum()), abs=1e-6)
    assert alpha(items).value <= omega(items).value + 1e-9


def test_spearman_brown_leads_from_average_r_to_standardised_alpha():
    r, standard = average_r(ITEMS).value, (ITEMS - ITEMS.mean()) / ITEMS.std()
    assert alpha(standard).value == pytest.approx(4 * r / (1 + 3 * r))


def test_lambda4_is_the_best_of_three_halves_of_four_items():
    total = ITEMS.sum(axis=1).var()
    halves = [["t1", "t2"], ["t1", "t3"], ["t1", "t4"]]
    splits = [
        4 * ITEMS[half].sum(axis=1).cov(ITEMS.drop(columns=half).sum(axis=1)) / total
        for half in halves
    ]
    assert guttman(ITEMS)["value"][1] == pytest.approx(max(splits))


def test_a_respondent_with_a_gap_is_left_out_and_counted():
    items = pd.concat([RATINGS, pd.DataFrame({"j1": [5], "j2": [None], "j3": [4]})])
    assert alpha(items).value == alpha(RATINGS).value
    assert alpha(items).notes == (code("respondents_left_out", n=1, of=7),)
    lost = alpha(RATINGS, accounts=pd.Series([*"aabbc", None]))
    assert lost.notes == (code("respondents_without_account", n=1, of=6),)
    assert lost.n == 3


def test_two_items_have_the_omega_of_equal_loadings():
    found = omega(ITEMS[["t1", "t2"]])
    assert found.value == alpha(ITEMS[["t1", "t2"]]).value
    assert found.notes == ("two_items_alpha",)
    table = alpha_if_dropped(ITEMS[["t1", "t2"]])
    assert table["alpha_if_dropped"].isna().all()
    assert set(table["flag"]) == {"nothing_to_drop"}


def test_a_constant_item_is_named():
    items = RATINGS.assign(j4=4)
    assert alpha(items).notes == (code("same_answer_from_all", items="j4"),)
    assert alpha_if_dropped(items)["flag"][3] == "item_constant"
    for function in (omega, average_r, guttman):
        with pytest.raises(EstimateError, match="same answer to j4"):
            function(items)


def test_items_that_repeat_each_other_are_perfect_for_alpha_and_refused_by_omega():
    twice = pd.DataFrame(dict.fromkeys("abc", ITEMS["t1"]))
    found = alpha(twice)
    assert (found.low, found.value, found.high) == pytest.approx((1, 1, 1))
    by_account = alpha(twice, accounts=ACCOUNT)
    assert (by_account.low, by_account.high) == pytest.approx((1, 1))
    assert average_r(twice).value == pytest.approx(1)
    with pytest.raises(EstimateError, match=r"a, b correlate 1\.00"):
        omega(twice)
    assert guttman(twice)["flag"].tolist() == ["ok", "ok", "items_repeat"]


def test_a_heywood_case_is_named():
    sigma = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    noise = np.random.default_rng(1).normal(size=(200, 3))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(noise.T @ noise / 200)).T
    items = pd.DataFrame(white @ np.linalg.cholesky(sigma).T, columns=["a", "b", "c"])
    (note,) = omega(items).notes
    assert is_improper(note)
    assert codes(note)[0]["item"] == "a"
    assert codes(note)[0]["value"] < 0


def test_an_unreversed_item_runs_against_the_others():
    table = alpha_if_dropped(RATINGS.assign(j3=-RATINGS["j3"])).set_index("item")
    assert table.loc["j3", "flag"] == "runs_against_others"


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (RATINGS[["j1"]], "6 respondents and 1 items; alpha needs two"),
        (RATINGS.head(1), "1 respondents and 3 items"),
        (RATINGS.assign(j3=[*"abcdef"]), "Item j3 holds answers such as 'a'"),
        (RATINGS.assign(j3=np.inf), "Item j3 holds infinite numbers"),
        (RATINGS.assign(j3=np.nan), "0 respondents who answered all 3 items.*j3 is missing"),
        (RATINGS[["j1", "j1"]], "j1 more than once"),
        (RATINGS * 0, "same sum score"),
        (RATINGS[["j1"]].assign(turned=-RATINGS["j1"]), "same sum score"),
        (RATINGS["j1"], "is a Series; expected a table"),
    ],
)
def test_refuses_what_cannot_carry_alpha(items, words):
    with pytest.raises(EstimateError, match=words):
        alpha(items)


@pytest.mark.parametrize(
    ("accounts", "words"),
    [
        (pd.Series(["a"] * 6), "one account for all 6"),
        (pd.Series(["a"] * 5), "accounts= has 5 rows and items= 6"),
    ],
)
def test_refuses_accounts_that_cannot_carry_an_interval(accounts, words):
    for function in (alpha, omega, average_r):
        with pytest.raises(EstimateError, match=words):
            function(RATINGS, accounts=accounts)
    with pytest.raises(EstimateError, match=words):
        account_reliability(RATINGS, accounts)


def test_refuses_a_level_that_is_no_share_and_fewer_respondents_than_items():
    with pytest.raises(EstimateError, match="level= is 95"):
        alpha(RATINGS, level=95)
    with pytest.raises(EstimateError, match="3 complete respondents for 3 items"):
        omega(RATINGS.head(3))


def test_accounts_of_one_person_have_no_inside():
    with pytest.raises(EstimateError, match="No account of 6 has two"):
        account_reliability(RATINGS, pd.Series(range(6)))


def test_accounts_that_do_not_differ_have_no_reliability_between_them():
    items = pd.DataFrame({"a": [1, 5, 2, 4, 1, 5], "b": [2, 5, 1, 4, 1, 4]})
    table = account_reliability(items, pd.Series([*"aabbcc"])).set_index("level")
    assert table.loc["between accounts", "flag"] == "accounts_differ_by_chance"
    assert table.loc["between accounts", ["alpha", "low", "high"]].isna().all()
    assert table.loc["within accounts", "alpha"] > 0.8


def test_few_accounts_earn_a_flag():
    table = account_reliability(ITEMS.head(60), ACCOUNT.head(60))
    assert table["flag"][0] == code("few_accounts", minimum=30)


def test_the_second_order_share_needs_a_second_order():
    wide = pd.concat([ITEMS, ITEMS.sample(frac=1, random_state=1, ignore_index=True)], axis=1)
    wide.columns = [f"q{number}" for number in range(8)]
    fit = cfa(wide, {"a": ["q0", "q1", "q2", "q3"], "b": ["q4", "q5", "q6", "q7"]})
    with pytest.raises(EstimateError, match="0 second-order factors and 1 groups"):
        omega_hierarchical(fit)


LOADINGS = np.array([0.9, 0.8, 0.6, 0.5])


def drawn(rng, accounts):
    """Answers with 30 % of the construct and 10 % of each item's own variance by account."""
    account = np.repeat(np.arange(accounts), 1 + rng.negative_binomial(1.5, 0.25, accounts))
    people = len(account)
    factor = np.sqrt(0.3) * rng.normal(size=(accounts, 1))[account]
    factor = factor + np.sqrt(0.7) * rng.normal(size=(people, 1))
    return pd.DataFrame(
        factor * LOADINGS + rng.normal(size=(people, 4)) * np.sqrt(1 - LOADINGS**2)
    ), pd.Series(account)


@pytest.mark.slow
def test_intervals_by_account_cover_the_truth():
    sigma = np.outer(LOADINGS, LOADINGS) + np.diag(1 - LOADINGS**2)
    truth = {
        alpha: 4 / 3 * (1 - 4 / sigma.sum()),
        omega: LOADINGS.sum() ** 2 / sigma.sum(),
        average_r: (sigma.sum() - 4) / 12,
    }
    rng = np.random.default_rng(11)
    samples = [drawn(rng, 100) for _ in range(500)]
    for function, value in truth.items():
        found = [function(items, accounts=accounts) for items, accounts in samples]
        assert 0.92 <= np.mean([one.low <= value <= one.high for one in found]) <= 0.975


@pytest.mark.slow
def test_intervals_at_both_levels_cover_the_truth():
    rng = np.random.default_rng(12)
    covered = np.zeros(2)
    within, between = 4 / 3 * (1 - 8 / 20), 4 / 3 * (1 - 4 * 0.7 / (16 * 0.6 + 4 * 0.1))
    for _ in range(500):
        account = np.repeat(np.arange(100), 1 + rng.negative_binomial(1.5, 0.25, 100))
        opinion = np.sqrt(0.6) * rng.normal(size=(100, 1)) + np.sqrt(0.1) * rng.normal(
            size=(100, 4)
        )
        person = rng.normal(size=(len(account), 1)) + rng.normal(size=(len(account), 4))
        table = account_reliability(pd.DataFrame(opinion[account] + person), pd.Series(account))
        covered += (
            (table["low"] <= [within, between, np.nan])
            & (table["high"] >= [within, between, np.nan])
        ).to_numpy()[:2]
    assert ((covered / 500 >= 0.91) & (covered / 500 <= 0.975)).all()
