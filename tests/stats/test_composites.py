"""Weights fitted to an outcome, against what was put in and against equal ones."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from crqlab import EstimateError
from crqlab.base.contracts.cautions import has
from crqlab.stats import regression
from crqlab.stats.composites import fitted_weights

TRUTH = np.array([0.6, 0.3, 0.1])


def panel(n=1500, *, truth=TRUTH, seed=1, strength=2.0):
    """Two waves of accounts whose renewals follow a weighted score."""
    rng = np.random.default_rng(seed)
    account, wave = np.tile(np.arange(n // 2), 2), np.repeat([2023, 2024], n // 2)
    shared = rng.normal(size=(n, 1))
    parts = pd.DataFrame(5 + 0.6 * shared + rng.normal(size=(n, 3)), columns=list("tcs"))
    renewed = rng.random(n) < expit(1 + strength * (parts.to_numpy() - 5) @ truth)
    return renewed, parts, account, wave


def test_finds_the_weights_that_were_put_in():
    found = fitted_weights(*panel(12_000), draws=4)
    assert found.table["weight"].to_numpy() == pytest.approx(TRUTH, abs=0.04)
    assert found.table["weight"].sum() == pytest.approx(1)
    assert found.out_of_time.first > found.out_of_time.second
    assert found.out_of_time.low > 0


def test_intervals_cover_the_truth():
    inside = []
    for seed in range(25):
        table = fitted_weights(*panel(800, seed=seed), draws=60).table
        inside.append((table["low"] < TRUTH) & (table["high"] > TRUTH))
    assert np.mean(inside) > 0.85  # three errors of .95 in 25 draws of three weights, alike


def test_equal_truth_gains_nothing_out_of_time():
    gains = [
        fitted_weights(*panel(800, truth=np.full(3, 1 / 3), seed=seed), draws=2)
        for seed in range(16)
    ]
    assert np.mean([found.out_of_time.value for found in gains]) < 0.004
    assert np.mean([found.in_sample.value for found in gains]) > 0
    assert np.mean([found.out_of_time.low > 0 for found in gains]) < 0.2


def test_without_a_bound_in_the_way_the_slopes_are_those_of_a_logit():
    renewed, parts, account, _ = panel()
    slopes = regression.logit(renewed, parts).table["estimate"].to_numpy()[1:]
    found = fitted_weights(renewed, parts, account, draws=20)
    assert (slopes > 0).all()
    assert found.table["weight"].to_numpy() == pytest.approx(slopes / slopes.sum(), rel=1e-4)
    assert found.out_of_time is None
    assert len(found.periods) == 0


def test_a_part_that_falls_with_the_outcome_has_no_weight():
    renewed, parts, account, wave = panel()
    parts["s"] = -parts["t"] + np.random.default_rng(2).normal(size=len(parts))
    found = fitted_weights(renewed, parts, account, wave, draws=20)
    assert found.table.set_index("part").loc["s", "weight"] == pytest.approx(0, abs=1e-6)


def test_each_period_is_foretold_by_those_before_it_alone():
    renewed, parts, account, _ = panel()
    three = np.repeat([1, 2, 3], 500)
    found = fitted_weights(renewed, parts, account, three, draws=2)
    assert found.periods["period"].tolist() == [2, 3]
    first = fitted_weights(renewed[:500], parts[:500], account[:500], draws=2)
    row = found.periods.loc[0, list("tcs")].to_numpy(float)
    assert row == pytest.approx(first.table["weight"].to_numpy(), abs=1e-6)
    changed = renewed.copy()
    changed[1000:] = ~changed[1000:]
    again = fitted_weights(changed, parts, account, three, draws=2)
    pd.testing.assert_frame_equal(again.periods[list("tcs")], found.periods[list("tcs")])


def test_the_same_seed_and_any_order_give_the_same_weights():
    renewed, parts, account, wave = panel(600)
    here = fitted_weights(renewed, parts, account, wave, draws=30)
    order = np.random.default_rng(1).permutation(600)
    there = fitted_weights(renewed[order], parts.iloc[order], account[order], wave[order], draws=30)
    columns = ["weight", "low", "high"]
    assert there.table[columns].to_numpy() == pytest.approx(
        here.table[columns].to_numpy(), abs=1e-5
    )


def test_separated_outcomes_have_finite_weights():
    parts = pd.DataFrame({"a": np.arange(100.0), "b": np.tile([0.0, 1], 50)})
    found = fitted_weights(parts["a"] > 49, parts, np.arange(100), draws=20)
    assert np.isfinite(found.table["weight"]).all()
    assert found.in_sample.first == 1


def test_says_what_is_doubtful_and_refuses_what_it_cannot_weigh():
    renewed, parts, account, wave = panel(60)
    few = fitted_weights(renewed, parts, account % 7, wave, draws=20)
    assert has(few.flag, "few_clusters")
    assert has(few.flag, "few_events_per_variable")
    with pytest.raises(EstimateError, match="two or more"):
        fitted_weights(renewed, parts[["t"]], account)
    with pytest.raises(EstimateError, match="nothing to weigh"):
        fitted_weights(parts["t"] < 5, parts[["t"]].assign(u=parts["t"] * 2), account)
    with pytest.raises(EstimateError, match="both outcomes"):
        fitted_weights(np.ones(60), parts, account)
    with pytest.raises(EstimateError, match="name the wave"):
        fitted_weights(renewed, parts, account, wave[1:])
