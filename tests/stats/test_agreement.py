"""ICC and r_wg against R, real surveys, their own laws and their edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from crqlab import EstimateError
from crqlab.base.contracts.cautions import code
from crqlab.stats.agreement import icc1, icc2, rwg, rwg_j, sufficient, variance_components
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/agreement"
REFERENCE = pd.read_csv(FOLDER / "multilevel.csv").set_index("quantity")
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
ITEMS = ANSWERS[["t1", "t2", "t3"]]
TRUST, ACCOUNT = ITEMS.mean(axis=1), ANSWERS["account"]


@pytest.mark.parametrize("function", [icc1, icc2])
def test_icc_agrees_with_multilevel(function):
    found, wanted = function(TRUST, ACCOUNT), REFERENCE.loc[function.__name__]
    assert found.value == pytest.approx(wanted["reference"], abs=wanted["tolerance"])
    assert (found.n, found.unit) == (ACCOUNT.nunique(), "accounts")


@pytest.mark.parametrize(
    ("name", "table"),
    [("rwg", rwg(ITEMS["t1"], ACCOUNT, points=7)), ("rwg_j", rwg_j(ITEMS, ACCOUNT, points=7))],
)
def test_rwg_agrees_with_multilevel(name, table):
    wanted = REFERENCE.loc[[f"{name} {group}" for group in table["group"]]]
    assert len(table) == 30
    assert table[name].to_numpy() == pytest.approx(
        wanted["reference"].to_numpy(), abs=wanted["tolerance"].max(), nan_ok=True
    )
    assert (table["flag"] == "ok").tolist() == (wanted["reference"] > 0).tolist()


@pytest.mark.parametrize(("case_id", "name"), [("grp_bh1996", "bh1996"), ("grp_lq2002", "lq2002")])
def test_icc_of_real_groups_agrees_with_r(case_id, name):
    case, table = golden(case_id), data(name)
    for variable, wanted in case["values"]["per_variable"].items():
        values, groups = table[variable], table[case["spec"]["group"]]
        single, mean = (f(values, groups, draws=200) for f in (icc1, icc2))
        assert single.value == pytest.approx(wanted["icc1_aov"], rel=1e-9)
        assert mean.value == pytest.approx(wanted["icc2_aov"], rel=1e-9)
        assert single.n == wanted["n_groups"]
        assert single.low < single.value < single.high


def test_rwg_of_real_groups_agrees_with_r():
    case, table = golden("grp_lq2002"), data("lq2002")
    groups, items = table["COMPID"], table[case["spec"]["items"]]
    wanted = case["values"]["rwg_j"]
    found = rwg_j(items, groups, points=5).set_index("group")
    assert found["rwg_j"].mean() == pytest.approx(wanted["mean"], rel=1e-9)
    for row in wanted["table"]:
        company = found.loc[int(row["grpid"])]
        assert (company["n"], company["rwg_j"]) == (row["gsize"], pytest.approx(row["rwg.j"]))
    for variable, single in case["values"]["rwg_single"].items():
        found = rwg(table[variable], groups, points=5).set_index("group")
        assert found["rwg"].mean() == pytest.approx(single["mean"], rel=1e-9)
        assert found["rwg"].median() == pytest.approx(single["median"], rel=1e-9)
        for row in single["first10"]:
            assert found.loc[int(row["grpid"]), "rwg"] == pytest.approx(row["rwg"], rel=1e-9)


@given(st.integers(-50, 50), st.integers(1, 20))
def test_icc_ignores_where_the_scale_starts_and_how_wide_it_is(shift, scale):
    moved, here = (icc1(v, ACCOUNT, draws=50) for v in (TRUST * scale + shift, TRUST))
    assert (moved.value, moved.low) == pytest.approx((here.value, here.low))


@given(st.permutations(range(len(TRUST))))
def test_the_order_of_answers_changes_no_byte(order):
    assert icc1(TRUST.iloc[order], ACCOUNT.iloc[order], draws=50) == icc1(TRUST, ACCOUNT, draws=50)
    shuffled = rwg_j(ITEMS.iloc[order], ACCOUNT.iloc[order], points=7)
    pd.testing.assert_frame_equal(
        shuffled, rwg_j(ITEMS, ACCOUNT, points=7), check_exact=True, obj="rwg_j"
    )


def test_spearman_brown_leads_from_one_answer_to_the_mean():
    k, single = len(TRUST) / ACCOUNT.nunique(), icc1(TRUST, ACCOUNT)
    for end in ("value", "low", "high"):
        icc = getattr(single, end)
        assert getattr(icc2(TRUST, ACCOUNT), end) == pytest.approx(k * icc / (1 + (k - 1) * icc))


def test_the_interval_is_students_around_log_f():
    def half(level):
        found = icc2(TRUST, ACCOUNT, level=level)
        low, value, high = (-np.log(1 - end) for end in (found.low, found.value, found.high))
        assert high - value == pytest.approx(value - low)
        return high - value

    ratio = t.ppf(0.995, ACCOUNT.nunique() - 1) / t.ppf(0.9, ACCOUNT.nunique() - 1)
    assert half(0.99) / half(0.8) == pytest.approx(ratio)


def test_one_item_agrees_as_itself():
    single, several = rwg(ITEMS["t2"], ACCOUNT, points=7), rwg_j(ITEMS[["t2"]], ACCOUNT, points=7)
    assert several["rwg_j"].to_numpy() == pytest.approx(single["rwg"].to_numpy(), nan_ok=True)


def test_more_spread_than_chance_is_no_agreement():
    table = rwg(pd.Series([1, 7, 4, 4]), pd.Series([*"aabb"]), points=7)
    assert table["rwg"].tolist() == [0, 1]
    assert table["flag"].tolist() == ["more_spread_than_chance", "ok"]


def test_a_missing_cell_costs_its_item_not_its_respondent():
    items = pd.DataFrame({"t1": [6, 7, 5], "t2": [6, None, None], "t3": [5, 6, None]})
    row = rwg_j(items, pd.Series(["a"] * 3), points=7).iloc[0]
    share = 1 - np.mean([1.0, 0.5]) / 4  # variances of t1 and t3; t2 has one answer
    assert row["rwg_j"] == pytest.approx(2 * share / (2 * share + 1 - share))
    assert (row["n"], row["flag"]) == (3, "items_with_few_answers")


def test_an_account_without_any_answer_is_no_row_of_rwg():
    items = pd.DataFrame({"t1": [6.0, 7.0, None], "t2": [6.0, 5.0, None]})
    assert rwg_j(items, pd.Series([*"aab"]), points=7)["group"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("values", "groups", "words"),
    [
        ([1, 2, 3], "aaa", "3 answers from 1 accounts: fewer than two accounts"),
        ([1, 2, 3], "abc", "no account with two answers"),
        ([4, 4, 4, 4], "aabb", "no variance"),
        ([4, 4, 5, 5], "aabb", "no variance inside accounts"),
        ([None, None], "ab", "no answer with a group"),
    ],
)
def test_refuses_data_that_cannot_tell(values, groups, words):
    with pytest.raises(EstimateError, match=words):
        icc1(pd.Series(values, dtype=float), pd.Series([*groups]))


def test_refuses_a_scale_without_points():
    with pytest.raises(EstimateError, match="points= is 1"):
        rwg(pd.Series([1, 1]), pd.Series([*"aa"]), points=1)


def test_few_accounts_and_like_accounts_earn_a_note():
    values = pd.Series([3.0, 3.5, 4.5, 5.0, 6.0, 6.5])
    assert icc1(values, pd.Series([*"aabbcc"])).notes == (code("few_accounts", minimum=10),)
    assert icc1(values, pd.Series([*"abcbca"])).notes == ("no_variance_between",)


def test_accounts_exactly_alike_have_a_value_and_an_open_interval():
    found = icc1(pd.Series([3.0, 3.5, 4.5, 5.0, 6.0, 6.5]), pd.Series([*"abccba"]))
    assert found.value == -1
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.slow
@pytest.mark.parametrize(("accounts", "least"), [(15, 0.92), (40, 0.93)])
def test_interval_covers_the_truth_as_often_as_it_says(accounts, least):
    rng = np.random.default_rng(accounts)
    covered = 0
    for _ in range(400):
        size = 1 + rng.negative_binomial(1.2, 0.25, accounts)
        account = np.repeat(np.arange(accounts), size)
        score = rng.normal(0, np.sqrt(0.3), accounts)[account]
        score = score + rng.normal(0, np.sqrt(0.7), len(account))
        found = icc1(pd.Series(score), pd.Series(account), draws=400)
        covered += found.low <= 0.3 <= found.high
    assert least <= covered / 400 <= 0.98


def test_the_reliability_of_means_that_do_not_differ_has_no_bound_and_says_so():
    values, groups = pd.Series([4.0, 6.0] * 5), pd.Series(np.repeat(list("abcde"), 2))
    found = icc2(values, groups, draws=50)
    assert np.isnan(found.value)
    assert np.isnan(found.low)
    assert found.notes == ("no_variance_between",)
    sums = sufficient(values, groups)
    row = variance_components(sums["n"], sums["total"], sums["squares"]).iloc[0]
    assert np.isnan(row["icc2"])
    assert row["icc1"] == pytest.approx(-1.0)
    assert row["flag"] == "no_variance_between"


@pytest.mark.parametrize(
    ("answers", "low", "says"),
    [
        ([1, 7, 9], 1, "from 1 to 9, off 1 to 7"),
        ([0, 5, 6], 1, "from 0 to 6, off 1 to 7"),
        ([1, 5, 99], None, "from 1 to 99, off a scale of 7 points"),
    ],
)
def test_answers_off_the_scale_are_refused(answers, low, says):
    values, groups = pd.Series(answers, dtype=float), pd.Series(["a"] * 3)
    with pytest.raises(EstimateError, match=says):
        rwg(values, groups, points=7, low=low)
    with pytest.raises(EstimateError, match=says):
        rwg_j(values.to_frame("t1"), groups, points=7, low=low)


def test_answers_of_a_part_of_the_scale_are_on_it():
    values, groups = pd.Series([2.0, 3.0, 4.0, np.nan]), pd.Series(["a"] * 4)
    assert rwg(values, groups, points=7, low=1)["n"].tolist() == [3]
    assert rwg(values, groups, points=7)["rwg"].tolist() == [0.75]
