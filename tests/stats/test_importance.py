"""Weights of drivers: R's numbers, laws that every sharing-out keeps, edges, planted truth."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes, has
from crqlab.stats.importance import (
    correlated,
    lmg,
    relative_weights,
    resampled_moments,
    shapley,
    subset_r2,
)
from tests import oracle

HERE = Path(__file__).parents[1] / "reference" / "importance"
BOTH = pytest.mark.parametrize("weigh", [lmg, relative_weights])


def drawn(n=200, p=4, seed=1, accounts=None):
    """Correlated drivers of an outcome; ``accounts`` makes people of one account alike."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    y = x @ np.linspace(1, 0, p) + rng.normal(size=n)
    if accounts:
        x += 2 * np.repeat(rng.normal(size=(accounts, p)), n // accounts, axis=0)
        y = x @ np.linspace(1, 0, p) + 3 * np.repeat(rng.normal(size=accounts), n // accounts)
        y += rng.normal(size=n)
    names = [f"d{j}" for j in range(p)]
    return pd.DataFrame(x, columns=names), pd.Series(y, name="trust")


@pytest.fixture(scope="module")
def reference():
    answers = pd.read_csv(HERE / "answers.csv")
    found = pd.read_csv(HERE / "orders.csv").set_index(["quantity", "driver"])
    return answers.drop(columns="trust"), answers["trust"], found


@pytest.mark.parametrize("quantity", ["lmg", "johnson", "slope", "alone", "last", "vif"])
def test_agrees_with_regressions_in_every_order_in_r(reference, quantity):
    drivers, trust, expected = reference
    weigh = relative_weights if quantity == "johnson" else lmg
    table = weigh(drivers, trust, draws=0).table.set_index("driver")
    column = {"lmg": "weight", "johnson": "weight"}.get(quantity, quantity)
    for name, row in expected.loc[quantity].iterrows():
        assert table.loc[name, column] == pytest.approx(row["reference"], abs=row["tolerance"])


def test_agrees_with_r_on_the_whole(reference):
    drivers, trust, expected = reference
    found = lmg(drivers, trust, draws=0)
    assert found.r2 == pytest.approx(expected.loc[("r2", "all"), "reference"], abs=1e-10)
    index = expected.loc[("condition", "all"), "reference"]
    assert found.condition == pytest.approx(index, abs=1e-10)


@pytest.mark.parametrize("case", ["imp_attitude", "imp_b2b"])
def test_agrees_with_relaimpo_on_real_surveys(case):
    known = oracle.golden(case)
    table = oracle.data(Path(known["dataset"]).stem)
    asked, values = known["spec"], known["values"]
    close = {key: known["tolerance"][key] for key in ("rel", "abs")}
    by_order = lmg(table[asked["x"]], table[asked["y"]]).table.set_index("driver")
    johnson = relative_weights(table[asked["x"]], table[asked["y"]], draws=0)
    johnson = johnson.table.set_index("driver")["weight"]
    numbers = {
        "lmg": by_order["weight"],
        "lmg_relative": by_order["share"],
        "first": by_order["alone"],
        "last": by_order["last"],
        "vif": by_order["vif"],
        "coef": by_order["slope"],
        "johnson_relative_weights": johnson,
    }
    for name, column in numbers.items():
        for driver in asked["x"]:
            assert column[driver] == pytest.approx(values[name][driver], **close), (name, driver)


def test_intervals_lie_where_those_of_relaimpo_do():
    known = oracle.golden("imp_b2b")
    table, asked = oracle.data("customer_sat_b2b"), known["spec"]
    found = lmg(table[asked["x"]], table[asked["y"]], draws=1000).table.set_index("driver")
    theirs = known["values"]["lmg_boot_perc95"]
    for driver in asked["x"]:
        assert found.loc[driver, "low"] == pytest.approx(theirs["lower"][driver], abs=0.006)
        assert found.loc[driver, "high"] == pytest.approx(theirs["upper"][driver], abs=0.006)


@BOTH
@given(seed=st.integers(0, 10**6), p=st.integers(1, 6))
def test_weights_sum_to_r_squared_of_least_squares(weigh, seed, p):
    x, y = drawn(n=40, p=p, seed=seed)
    found = weigh(x, y, draws=0)
    design = np.column_stack([np.ones(len(x)), x])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    r2 = 1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum()
    assert found.table["weight"].sum() == pytest.approx(r2, abs=1e-10)
    assert found.r2 == pytest.approx(r2, abs=1e-10)
    assert (found.table["weight"] >= 0).all()


@BOTH
def test_of_unrelated_drivers_each_has_its_squared_correlation(weigh):
    x = pd.DataFrame(np.linalg.qr(np.random.default_rng(3).normal(size=(30, 4)))[0][:, 1:])
    x = x - x.mean()
    x = pd.DataFrame(np.linalg.qr(x)[0], columns=list("abc"))
    y = pd.Series(x @ [0.7, 0.5, 0.1] + np.random.default_rng(4).normal(0, 0.05, 30))
    found = weigh(x, y, draws=0).table
    np.testing.assert_allclose(found["weight"], found["correlation"] ** 2, atol=1e-12)
    np.testing.assert_allclose(found["weight"], found["last"], atol=1e-12)


@BOTH
@given(seed=st.integers(0, 10**6))
def test_units_and_order_of_columns_and_rows_do_not_matter(weigh, seed):
    x, y = drawn(n=50, seed=seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(50), rng.permutation(4)
    other = (x * rng.uniform(0.1, 9, 4) + rng.normal(0, 5, 4)).iloc[rows, columns]
    one = weigh(x, y, draws=0).table.set_index("driver")["weight"]
    two = weigh(other, 3 - 2 * y.iloc[rows], draws=0).table.set_index("driver")["weight"]
    np.testing.assert_allclose(two[one.index], one, atol=1e-9)


def test_subsets_are_those_of_every_regression():
    x, y = drawn(n=60, p=3)
    found = correlated(np.cov(np.column_stack([x, y]).T, bias=True)[None])
    r2 = subset_r2(found.R, found.r)[0]
    for code in range(1, 8):
        inside = [j for j in range(3) if code >> j & 1]
        expected = lmg(x.iloc[:, inside], y, draws=0).r2
        assert r2[code] == pytest.approx(expected, abs=1e-12)


def test_exact_weights_are_means_over_all_orders():
    x, y = drawn(n=60, p=4)
    found = correlated(np.cov(np.column_stack([x, y]).T, bias=True)[None])
    r2 = subset_r2(found.R, found.r)[0]
    gains = np.zeros(4)
    for order in permutations(range(4)):
        code = 0
        for j in order:
            gains[j] += (r2[code | 1 << j] - r2[code]) / 24
            code |= 1 << j
    np.testing.assert_allclose(shapley(found.R, found.r)[0], gains, atol=1e-12)


def test_sampled_orders_come_near_the_exact_weights_and_say_how_near():
    x, y = drawn(n=150, p=9)
    exact, sampled = lmg(x, y, draws=0), lmg(x, y, draws=0, most_exact=3, orders=2000)
    away = (sampled.table["weight"] - exact.table["weight"]).abs()
    assert exact.error == 0
    assert 0 < sampled.error < 0.01
    assert away.max() < 4 * sampled.error
    assert sampled.table["weight"].sum() == pytest.approx(exact.r2, abs=1e-10)
    assert "orders were sampled" in str(sampled)
    assert lmg(x, y, draws=0, most_exact=3, orders=20).error > 2 * sampled.error


def test_many_drivers_are_sampled_with_their_intervals():
    x, y = drawn(n=120, p=14)
    found = lmg(x, y, draws=50, orders=200)
    assert found.error > 0
    assert (found.table["low"] < found.table["high"]).all()


def test_whole_accounts_are_drawn_where_groups_are_given():
    x, y = drawn(n=400, p=3, accounts=40)
    account = pd.Series(np.repeat(np.arange(40), 10))
    alone, together = lmg(x, y, draws=400), lmg(x, y, groups=account, draws=400)
    assert together.n_groups == 40
    np.testing.assert_allclose(together.table["weight"], alone.table["weight"], atol=1e-12)
    width = [(one.table["high"] - one.table["low"]).mean() for one in (alone, together)]
    assert width[1] > 1.15 * width[0]


def test_draws_of_sums_are_draws_of_rows():
    rng = np.random.default_rng(5)
    values, groups = rng.normal(size=(12, 3)), np.repeat(np.arange(4), 3)
    found = resampled_moments(values, groups, draws=6, rng=np.random.default_rng(9))
    taken = np.random.default_rng(9).integers(4, size=(6, 4))
    for i, draw in enumerate(taken):
        rows = np.concatenate([values[groups == g] for g in draw])
        np.testing.assert_allclose(found.covariances[i + 1], np.cov(rows.T, bias=True), atol=1e-12)
        np.testing.assert_allclose(found.means[i + 1], rows.mean(axis=0), atol=1e-12)


def test_the_order_of_rows_changes_no_interval():
    x, y = drawn(n=60)
    account = pd.Series([f"A{i % 12:02d}" for i in range(60)])
    mixed = np.random.default_rng(2).permutation(60)
    one = lmg(x, y, groups=account, draws=50).table
    two = lmg(x.iloc[mixed], y.iloc[mixed], groups=account.iloc[mixed], draws=50).table
    numbers = one.columns.drop(["driver", "direction", "flag"])
    np.testing.assert_allclose(one[numbers], two[numbers], atol=1e-9)


def test_rows_with_gaps_are_left_out_and_counted():
    x, y = drawn(n=50)
    broken = x.copy()
    broken.iloc[:4, 0] = np.nan
    found = relative_weights(broken, y, draws=0)
    assert (found.n, found.n_left_out) == (46, 4)
    assert found.r2 == pytest.approx(relative_weights(x[4:], y[4:], draws=0).r2)
    assert "4 rows with gaps left out" in str(found)


@BOTH
def test_a_driver_twice_shares_its_weight_and_is_named(weigh):
    x, y = drawn(n=80, p=2)
    both = x.assign(again=x["d0"])
    found = weigh(both, y, draws=20).table.set_index("driver")
    assert found.loc["d0", "weight"] == pytest.approx(found.loc["again", "weight"], abs=1e-9)
    assert np.isinf(found.loc["again", "vif"])
    assert found.loc["d0", "last"] == pytest.approx(0, abs=1e-12)
    assert codes(found.loc["d0", "flag"])[0] == {"code": "moves_with", "driver": "again"}
    assert found["weight"].sum() == pytest.approx(weigh(x, y, draws=0).r2, abs=1e-9)


@BOTH
def test_a_driver_that_does_not_vary_weighs_nothing_and_says_so(weigh):
    x, y = drawn(n=80, p=2)
    found = weigh(x.assign(same=4.0), y, draws=20).table.set_index("driver")
    assert found.loc["same", "weight"] == pytest.approx(0, abs=1e-12)
    assert found.loc["same", "slope"] == 0
    assert has(found.loc["same", "flag"], "driver_constant")


def test_a_sign_that_turns_is_told():
    rng = np.random.default_rng(8)
    price = rng.normal(size=500)
    care = price + 0.5 * rng.normal(size=500)
    trust = pd.Series(2 * care - 1.2 * price + 0.3 * rng.normal(size=500))
    found = lmg(pd.DataFrame({"care": care, "price": price}), trust, draws=200).table
    row = found.set_index("driver").loc["price"]
    assert row["direction"] == "up"
    assert row["beta"] < 0
    assert row["slope_high"] < 0
    assert row["flag"] == "sign_turns"


def test_one_account_has_no_interval_and_few_are_flagged():
    x, y = drawn(n=60)
    alone = lmg(x, y, groups=pd.Series(["A"] * 60), draws=50)
    assert alone.table[["low", "high"]].isna().all().all()
    assert all(has(cell, "one_account") for cell in alone.table["flag"])
    assert "[interval open]" in str(alone)
    few = lmg(x, y, groups=pd.Series([f"A{i % 4}" for i in range(60)]), draws=50)
    few_accounts = {"code": "few_accounts", "minimum": 6}
    assert all(few_accounts in codes(cell) for cell in few.table["flag"])


def test_refuses_what_cannot_be_explained():
    x, y = drawn(n=50)
    with pytest.raises(EstimateError, match="5 of 5 rows are complete; 4 drivers need 6"):
        lmg(x[:5], y[:5])
    with pytest.raises(EstimateError, match="same in all complete rows"):
        lmg(x, y * 0)
    with pytest.raises(EstimateError, match="holds the outcome itself, as 'd1'"):
        relative_weights(x, x["d1"])
    with pytest.raises(EstimateError, match="columns of one table"):
        lmg(x, y[:40])
    with pytest.raises(EstimateError, match="level= is 95"):
        lmg(x, y, level=95)
