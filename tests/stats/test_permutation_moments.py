"""Moments of all shuffles against R's list of them, against real shuffles, and as laws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma, norm

from crqlab.stats.permutation_moments import close_pairs, dealt, rare, tail

FOLDER = Path(__file__).parents[1] / "reference/shuffling"
REFERENCE = pd.read_csv(FOLDER / "every_shuffle.csv").set_index("quantity")["reference"]
VALUES, UNITS, STRATA = [0, 3, 1, 0, 2, 5, 1], list("aabbabb"), [1, 1, 1, 1, 2, 2, 2]
CLOCK, DAYS, HELD = [0, 6, 13, 14, 30, 31, 39], [1, 1, 1, 2, 1, 2, 2], list("aaaabbb")


@pytest.mark.parametrize("moment", ["expected", "variance", "third"])
def test_sums_agree_with_every_shuffle(moment):
    found = dealt(VALUES, UNITS, STRATA).loc["a", moment]
    assert found == pytest.approx(REFERENCE[f"dealt {moment}"], abs=1e-9)


@pytest.mark.parametrize("moment", ["expected", "variance"])
def test_pairs_agree_with_every_shuffle(moment):
    found = close_pairs(CLOCK, DAYS, HELD, [1] * 7, within=10).loc["a", moment]
    assert found == pytest.approx(REFERENCE[f"pairs {moment}"], abs=1e-9)


@given(st.lists(st.integers(0, 9), min_size=4, max_size=20), st.randoms(use_true_random=False))
def test_what_one_hand_holds_the_others_lack(values, chance):
    units = [chance.choice("ab") for _ in values]
    found = dealt(values, units, [0] * len(values))
    assert found["total"].sum() == sum(values)
    assert found["expected"].sum() == pytest.approx(sum(values))
    if len(found) == 2:
        a, b = found["variance"]
        assert a == pytest.approx(b)
        assert found["third"].sum() == pytest.approx(0, abs=1e-9)


def test_a_stratum_of_one_hand_says_nothing():
    found = dealt([1, 5, 2, 2], list("aabb"), [1, 1, 2, 2])
    assert (found[["variance", "third", "alone"]] == 0).all().all()
    assert (found["total"] == found["expected"]).all()


def test_tail_is_normal_without_skewness_and_gamma_with_it():
    z = np.linspace(-3, 5, 9)
    np.testing.assert_allclose(tail(z, 0), norm.sf(z))
    np.testing.assert_allclose(tail(z, 1.0), gamma.sf(z * 2 + 4, 4))
    np.testing.assert_allclose(tail(z, -1.0), gamma.cdf(4 - z * 2, 4), atol=1e-12)
    np.testing.assert_allclose(tail(z, 0.001), norm.sf(z), rtol=0.03)


def test_tail_agrees_with_shuffles_of_a_skewed_sum():
    rng = np.random.default_rng(5)
    values = (rng.uniform(size=40) < 0.15) * rng.integers(1, 4, 40)
    row = dealt(values, ["a"] * 12 + ["b"] * 28, [0] * 40).loc["a"]
    sums = np.array([rng.permutation(values)[:12].sum() for _ in range(20_000)])
    for count in range(2, 9):
        z = (count - 0.5 - row["expected"]) / np.sqrt(row["variance"])
        found = float(tail(z, row["third"] / row["variance"] ** 1.5))
        assert found == pytest.approx((sums >= count).mean(), abs=0.03)


@given(st.permutations(range(7)), st.integers(-500, 500))
def test_pairs_ignore_row_order_names_and_the_hour_at_which_the_clock_starts(order, shift):
    found = close_pairs(CLOCK, DAYS, HELD, [1] * 7, within=10)
    moved = close_pairs(
        np.array(CLOCK)[order] + shift,
        np.array(DAYS)[order] + 100,
        np.where(np.array(HELD)[order] == "a", "z", "y"),
        ["block"] * 7,
        within=10,
    ).loc[["z", "y"]]
    np.testing.assert_allclose(found.to_numpy(float), moved.to_numpy(float))


def test_pairs_of_other_days_other_units_and_other_blocks_do_not_count():
    found = close_pairs([0, 1, 2, 0, 1], [1, 2, 1, 1, 1], list("aabcc"), [1, 1, 1, 2, 2], within=5)
    assert found["pairs"].to_dict() == {"a": 0, "b": 0, "c": 1}
    assert found["expected"].to_dict() == {"a": 0, "b": 0, "c": 1}


def test_a_gap_of_exactly_so_many_minutes_is_close():
    found = close_pairs([0, 600, 1201], [1, 1, 1], ["a"] * 3, [1] * 3, within=600)
    assert found.loc["a", "pairs"] == 1


def test_rare_counts_in_clumps_agree_with_shuffles():
    rng = np.random.default_rng(9)
    clock, days = rng.uniform(0, 600, 60), rng.integers(0, 6, 60)
    row = close_pairs(clock, days, ["a"] * 20 + ["b"] * 40, [0] * 60, within=10).loc["a"]
    same = np.triu(days[:20, None] == days[:20], 1)
    pairs = np.array(
        [
            (same & (np.abs(c[:, None] - c) <= 10)).sum()
            for c in (rng.permutation(clock)[:20] for _ in range(20_000))
        ]
    )
    assert row["expected"] == pytest.approx(pairs.mean(), rel=0.03)
    assert row["variance"] == pytest.approx(pairs.var(), rel=0.05)
    for count in range(1, 7):
        found = float(rare(count, row["expected"], row["variance"]))
        assert found == pytest.approx((pairs >= count).mean(), rel=0.25, abs=0.002)
