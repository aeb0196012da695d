"""Differences of groups: Welch's and Student's tests where accounts are people, and coverage."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as reference

from crqlab.stats.group_contrasts import group_difference


def _found(first, other, names=None):
    values = np.concatenate([first, other])
    names = np.arange(len(values)) if names is None else names
    sums = pd.DataFrame({"crq": values}, index=names)
    sides = np.repeat([True, False], [len(first), len(other)])
    return group_difference(sums, sums * 0 + 1, pd.Series(["C"] * len(values)), sides).iloc[0]


def test_accounts_apart_are_welchs_test():
    rng = np.random.default_rng(3)
    first, other = rng.normal(5, 1, 9), rng.normal(4, 2, 31)
    row, welch = _found(first, other), reference.ttest_ind(first, other, equal_var=False)
    assert row["value"] == pytest.approx(first.mean() - other.mean())
    assert row["p"] == pytest.approx(welch.pvalue)
    assert (row["low"], row["high"]) == pytest.approx(tuple(welch.confidence_interval()))


def test_accounts_on_both_sides_are_students_paired_test():
    rng = np.random.default_rng(4)
    first = rng.normal(5, 1, 12)
    other = 0.7 * first + rng.normal(0, 0.5, 12)
    row = _found(first, other, np.tile(np.arange(12), 2))
    pairs = reference.ttest_rel(first, other)
    assert (row["n_first"], row["n_other"], row["n_both"]) == (12, 12, 12)
    assert row["high"] - row["low"] == pytest.approx(
        np.diff(tuple(pairs.confidence_interval()))[0], rel=0.06
    )


@pytest.mark.parametrize("n", [1, 5])
def test_few_accounts_have_no_interval(n):
    row = _found(np.arange(float(n)), np.arange(30.0))
    assert row["value"] == pytest.approx((n - 1) / 2 - 14.5)
    assert np.isnan([row["low"], row["high"], row["p"]]).all()
    assert row["flag"] == '{"code": "few_accounts", "minimum": 6}'


def test_a_small_group_against_a_large_one_is_raised_by_chance_no_oftener_than_promised():
    rng, rounds, k, n = np.random.default_rng(5), 2000, 6, 46
    sizes = 1 + rng.poisson(2, (rounds, n))
    means = rng.normal(0, 0.6, (rounds, n)) + rng.normal(size=(rounds, n)) / np.sqrt(sizes)
    names, first = (np.tile(one, rounds) for one in (np.arange(n), np.arange(n) < k))
    people = pd.DataFrame({"crq": sizes.ravel().astype(float)}, index=names)
    sums = people.mul((means).ravel(), axis=0)
    found = group_difference(sums, people, pd.Series(np.repeat(np.arange(rounds), n)), first)
    assert (found["p"] < 0.05).mean() < 0.065  # with paired degrees of freedom .08
