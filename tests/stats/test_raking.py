"""Raked weights against what they promise, and at their edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes, has
from crqlab.stats.raking import raked

TARGETS = {"role": {"user": 0.7, "head": 0.3}, "land": {"s": 0.2, "f": 0.3, "n": 0.5}}


def sample(n=500, seed=1):
    rng = np.random.default_rng(seed)
    role = rng.choice(["user", "head"], n, p=[0.4, 0.6])
    land = [
        rng.choice(list("sfn"), p=[0.5, 0.3, 0.2] if r == "user" else [0.2, 0.3, 0.5]) for r in role
    ]
    return pd.DataFrame({"role": role, "land": land})


def shares(rows, weights, name):
    return weights.groupby(rows[name]).sum() / weights.sum()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95), st.floats(0.1, 50))
def test_margins_are_met_whatever_weights_begin_with(seed, share, scale):
    rows, rng = sample(300, seed), np.random.default_rng(seed)
    targets = TARGETS | {"role": {"user": share, "head": 1 - share}}
    found = raked(rows, targets, weights=rng.uniform(0.5, 2, 300) * scale)
    assert found.weights.mean() == pytest.approx(1)
    for name, of in targets.items():
        assert shares(rows, found.weights, name)[list(of)].tolist() == pytest.approx(
            list(of.values())
        )
    assert 1 <= found.effective_n <= 300
    assert found.design_effect == pytest.approx(300 / found.effective_n)


def test_what_goes_with_what_is_kept():
    """Odds ratios of the sample stay: no nearer sample has these margins."""
    rows = sample()
    found = raked(rows, TARGETS)
    cells = [
        pd.crosstab(rows["role"], rows["land"]),
        pd.crosstab(rows["role"], rows["land"], found.weights, aggfunc="sum"),
    ]
    odds = [
        (c.loc["user", "s"] * c.loc["head", "n"]) / (c.loc["user", "n"] * c.loc["head", "s"])
        for c in cells
    ]
    assert odds[1] == pytest.approx(odds[0])


def test_one_margin_is_post_stratification():
    rows = sample()
    found = raked(rows, {"land": {"s": 2, "f": 3, "n": 5}})
    counts = rows["land"].value_counts(normalize=True)
    expected = rows["land"].map(pd.Series({"s": 0.2, "f": 0.3, "n": 0.5}) / counts)
    assert found.weights.tolist() == pytest.approx(expected.tolist())


def test_a_biased_sample_is_put_right():
    rng = np.random.default_rng(2)
    people = pd.DataFrame({"role": rng.choice(["user", "head"], 200_000, p=[0.7, 0.3])})
    people["land"] = rng.choice(list("sfn"), 200_000, p=[0.2, 0.3, 0.5])
    score = 5 + (people["role"] == "head") + 2 * (people["land"] == "s") + rng.normal(size=200_000)
    chance = 0.01 * np.where(people["role"] == "head", 3, 1) * np.where(people["land"] == "s", 2, 1)
    took = rng.random(200_000) < chance
    found = raked(people[took], TARGETS)
    plain, weighed = score[took].mean(), np.average(score[took], weights=found.weights)
    assert abs(weighed - score.mean()) < 0.06 < abs(plain - score.mean())


def test_a_cap_holds_and_what_it_costs_is_told():
    rows = sample(200)
    targets = {"role": {"user": 0.97, "head": 0.03}}
    held = raked(rows, targets, cap=2)
    assert held.weights.max() <= 2
    assert held.weights.min() >= 0.5
    assert has(held.flag, "margins_not_met")
    assert codes(held.flag)[0]["most"] > 0.01
    free = raked(rows, targets)
    assert held.effective_n > free.effective_n
    assert (free.flag, raked(rows, TARGETS, cap=50).flag) == ("ok", "ok")


def test_rows_without_a_category_get_no_weight():
    rows = sample(100)
    rows.loc[3, "land"] = None
    found = raked(rows, TARGETS)
    assert np.isnan(found.weights[3])
    assert {"code": "respondents_left_out", "n": 1, "of": 100} in codes(found.flag)
    assert found.table["n"].sum() == 2 * 99


def test_refuses_what_cannot_be_met():
    rows = sample(50)
    with pytest.raises(EstimateError, match="'d', of which there is no row"):
        raked(rows, {"land": {"s": 1, "f": 1, "n": 1, "d": 1}})
    with pytest.raises(EstimateError, match="no share of 'n'"):
        raked(rows, {"land": {"s": 1, "f": 1}})
    with pytest.raises(EstimateError, match="no column 'age'"):
        raked(rows, {"age": {"old": 1}})
    with pytest.raises(EstimateError, match="above 1"):
        raked(rows, TARGETS, cap=0.5)
    with pytest.raises(EstimateError, match="one per row"):
        raked(rows, TARGETS, weights=[1, 2])
