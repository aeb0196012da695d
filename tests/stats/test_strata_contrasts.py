"""Differences inside strata: a regression with a dummy for each stratum, and what chance raises."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from crqlab.stats.strata_contrasts import contrast_weights, stratified_difference


@pytest.fixture
def rows():
    rng = np.random.default_rng(6)
    n = 160
    rows = pd.DataFrame({
        "first": rng.random(n) < 0.3, "stratum": rng.integers(0, 8, n),
        "account": rng.integers(0, 60, n), "block": "C1",
    })  # fmt: skip
    own = rng.normal(0, 0.5, 60)[rows["account"]]
    return rows.assign(y=rows["stratum"] * 0.4 - 0.6 * rows["first"] + own + rng.normal(0, 0.5, n))


def test_the_difference_is_the_slope_beside_a_dummy_for_each_stratum(rows):
    found = stratified_difference(*(rows[n] for n in ("y", "first", "stratum", "account", "block")))
    fit = smf.ols("y ~ C(stratum) + first", rows.astype({"first": int})).fit(
        cov_type="cluster", cov_kwds={"groups": rows["account"]}
    )
    row = found.iloc[0]
    assert row["value"] == pytest.approx(fit.params["first"])
    half = (row["high"] - row["low"]) / 2
    assert half == pytest.approx(1.96 * fit.bse["first"], rel=0.15)  # freed of bias, and with t
    weights = contrast_weights(rows["first"], rows["stratum"], rows["block"])
    assert weights @ rows["y"] == pytest.approx(row["value"])


def test_blocks_are_apart_and_rows_may_come_in_any_order(rows):
    both = pd.concat([rows, rows.assign(block="C2", y=rows["y"] + rows["first"])])
    both["stratum"] = both["block"] + both["stratum"].astype(str)
    names = ["y", "first", "stratum", "account", "block"]
    found = stratified_difference(*(both[n] for n in names))
    again = stratified_difference(*(both.sample(frac=1, random_state=1)[n] for n in names))
    pd.testing.assert_frame_equal(found, again)
    assert found["value"].diff().iloc[1] == pytest.approx(1)


def test_strata_with_one_side_say_nothing_and_few_accounts_little():
    first, y = np.repeat([True, False], 10), np.arange(20.0)
    alone = stratified_difference(y, first, first, np.arange(20), ["C"] * 20).iloc[0]
    assert np.isnan(alone["value"])
    assert alone["flag"] == "no_answers"
    few = stratified_difference(y[5:], first[5:], ["s"] * 15, np.arange(15), ["C"] * 15).iloc[0]
    assert few["value"] == pytest.approx(7 - 14.5)
    assert np.isnan([few["low"], few["p"]]).all()
    assert few["flag"] == '{"code": "few_accounts", "minimum": 6}'


def test_chance_raises_no_oftener_than_promised_where_few_accounts_are_young():
    rng, parts = np.random.default_rng(7), []
    for number in range(800):
        own = rng.normal(0, 0.6, 40)
        for wave in range(3):
            young = (np.arange(40) % 21 == wave * 7) | (np.arange(40) % 21 == wave * 7 + 1)
            y = own + 0.3 * wave + rng.normal(0, 0.5, 40)
            parts.append(pd.DataFrame({"y": y, "first": ~young, "stratum": 3 * number + wave,
                                       "account": np.arange(40), "block": number}))  # fmt: skip
    rows = pd.concat(parts)
    found = stratified_difference(*(rows[n] for n in ("y", "first", "stratum", "account", "block")))
    assert found["n_other"].min() >= 6
    assert 0.03 < (found["p"] < 0.05).mean() < 0.067
