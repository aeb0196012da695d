"""Concentration by hand, as laws and at its edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.stats.concentration import concentration


def test_shares_are_squared_and_the_greatest_added():
    row = concentration([6, 3, 1], ["a"] * 3).loc["a"]
    assert row["hhi"] == pytest.approx(0.36 + 0.09 + 0.01)
    assert row[["top_1", "top_2", "top_3"]].tolist() == pytest.approx([0.6, 0.9, 1.0])


AMOUNTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20)


@given(AMOUNTS, st.floats(0.1, 100))
def test_unit_and_order_change_nothing(amounts, unit):
    one = concentration(amounts, ["a"] * len(amounts)).loc["a"].drop("total")
    other = concentration(np.array(amounts[::-1]) * unit, ["a"] * len(amounts)).loc["a"]
    assert other.drop("total").to_numpy() == pytest.approx(one.to_numpy())


@given(st.integers(1, 30))
def test_equal_holders_are_as_many_as_they_are(n):
    row = concentration([2.5] * n, ["a"] * n).loc["a"]
    assert row["effective"] == pytest.approx(n)
    assert row["top_3"] == pytest.approx(min(3 / n, 1))


@given(AMOUNTS, AMOUNTS)
def test_blocks_do_not_know_of_each_other(one, other):
    both = concentration([*other, *one], ["b"] * len(other) + ["a"] * len(one))
    alone = concentration(one, ["a"] * len(one))
    assert both.loc["a"].to_numpy(float) == pytest.approx(alone.loc["a"].to_numpy(float))


def test_nothing_is_not_concentrated_and_debts_are_refused():
    assert np.isnan(concentration([0, np.nan], ["a", "a"])["hhi"].iloc[0])
    with pytest.raises(EstimateError, match="0 or more"):
        concentration([-1.0], ["a"])
