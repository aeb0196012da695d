"""The funnel against metafor, against its own laws, and against the truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.stats.funnel import ALONE, TWO, against_rest

REFERENCE = pd.read_csv(Path(__file__).parents[1] / "reference/funnel/metafor.csv")
UNITS = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 2)), min_size=2, max_size=8)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("rest", "rest"), ("between", "between"), ("value", "deviation"), ("se", "se"), ("z", "z")],
)
def test_agrees_with_metafor(ours, theirs):
    found = against_rest(REFERENCE["value"], REFERENCE["variance"], REFERENCE["block"])
    np.testing.assert_allclose(found[ours], REFERENCE[theirs], rtol=0, atol=1e-9)


@given(UNITS, st.floats(-9, 9), st.floats(0.1, 9))
def test_ignores_where_the_scale_starts_and_how_wide_it_is(units, shift, scale):
    value, noise = np.array(units).T
    found, moved = against_rest(value, noise), against_rest(scale * value + shift, scale**2 * noise)
    np.testing.assert_allclose(moved["z"], found["z"], rtol=1e-6, atol=1e-6)


@given(UNITS, st.randoms(use_true_random=False))
def test_ignores_the_order_of_units_and_other_blocks(units, chance):
    value, noise = np.array(units).T
    order = chance.sample(range(len(units)), len(units))
    beside = against_rest(
        np.r_[value[order], 3.0, 4.0, 9.0],
        np.r_[noise[order], 1.0, 1.0, 1.0],
        ["mine"] * len(units) + ["other"] * 3,
    )
    found = against_rest(value, noise)
    np.testing.assert_allclose(beside["z"][: len(units)], found["z"].iloc[order], atol=1e-9)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 2)), min_size=3, max_size=8))
def test_nobody_widens_the_funnel_it_is_held_against(units):
    value, noise = np.array(units).T
    further = value.copy()
    further[0] += 100
    columns = ["rest", "between", "se", "lower", "upper"]
    before, after = against_rest(value, noise), against_rest(further, noise)
    np.testing.assert_allclose(before.loc[0, columns], after.loc[0, columns])


def test_limits_are_where_the_deviation_is_as_large_as_chance_allows():
    found = against_rest([5.0, 5.2, 6.4], [0.1, 0.2, 0.3], freedom=8, level=0.9)
    half = (found["upper"] - found["lower"]) / 2
    assert (half / found["se"]).tolist() == pytest.approx([1.859548] * 3)  # t table, 8 df, 5 %
    assert ((found["upper"] + found["lower"]) / 2).tolist() == pytest.approx(found["rest"].tolist())


def test_says_who_has_nobody_to_be_held_against():
    found = against_rest([1.0, 2.0, 3.0, np.nan], [1.0] * 4, ["alone", "two", "two", "two"])
    assert found["flag"].tolist() == [ALONE, TWO, TWO, ALONE]
    assert found["z"].isna().tolist() == [True, False, False, True]


@pytest.mark.parametrize("honest", [0.0, 0.5])
def test_is_right_about_honest_units_as_often_as_it_says(honest):
    rng = np.random.default_rng(11)
    noise = rng.uniform(0.02, 0.2, size=(3000, 20))
    value = rng.normal(size=noise.shape) * np.sqrt(noise + honest**2)
    block = np.repeat(np.arange(3000), 20)
    outside = np.abs(against_rest(value.ravel(), noise.ravel(), block)["z"]) > 1.96
    # honest differences are estimated from 19 units, which costs a little
    assert 0.035 < outside.mean() < 0.075


def test_refuses_a_unit_without_variance():
    with pytest.raises(EstimateError, match=r"1 values of zero or less.*Leave it out"):
        against_rest([1.0, 2.0], [0.0, 1.0])


def test_refuses_columns_that_do_not_match():
    with pytest.raises(EstimateError, match="one of each per unit"):
        against_rest([1.0, 2.0], [1.0])
