"""Shrunken scores: the formula, the laws, the coverage, the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.stats.components import random_intercept_reml
from crqlab.stats.shrinkage import shrunken

KNOWN = {"icc1": 0.3, "grand_mean": 5.0, "within_variance": 0.98}


def one(mean, n, **options):
    return shrunken(pd.Series([mean]), pd.Series([n]), **{**KNOWN, **options}).iloc[0]


def test_five_or_six_voices_make_a_mean_worth_seventy_percent():
    # published: at ICC(1) = .3 about 5-6 voices give ICC(2) = .7
    weights = shrunken(pd.Series([6.0, 6.0]), pd.Series([5, 6]), **KNOWN)["weight"]
    assert weights.tolist() == pytest.approx([5 / (5 + 7 / 3), 6 / (6 + 7 / 3)])
    assert weights[0] < 0.7 < weights[1]


def test_is_the_regression_of_the_true_score_on_the_mean():
    # normal theory by its matrix: true score and mean covary by the variance between accounts
    between, within, n, error = 0.42, 0.98, 4, 0.1
    covariance = np.array([[between, between], [between, between + within / n]])
    slope = covariance[0, 1] / covariance[1, 1]
    left = between - slope * covariance[0, 1] + (1 - slope) ** 2 * error**2
    row = one(6.2, n, grand_se=error)
    assert row["value"] == pytest.approx(5 + slope * 1.2)
    assert row["high"] - row["value"] == pytest.approx(1.959963984540054 * np.sqrt(left))


@given(st.floats(1, 7), st.integers(1, 50), st.floats(0.01, 0.9))
def test_lies_between_the_account_and_the_panel(mean, n, icc):
    row = one(mean, n, icc1=icc)
    assert min(mean, 5) - 1e-12 <= row["value"] <= max(mean, 5) + 1e-12
    assert row["low"] < row["value"] < row["high"]


@given(st.floats(1, 7), st.integers(1, 50))
def test_more_voices_pull_less_and_say_more(mean, n):
    few, many = one(mean, n), one(mean, n + 1)
    assert abs(many["value"] - mean) <= abs(few["value"] - mean)
    assert many["high"] - many["low"] < few["high"] - few["low"]


def test_doubt_about_the_variance_counts_as_published():
    # Datta & Lahiri (2000): g1 + g2 + 2 g3, g3 = (v/n)^2 / (tau^2 + v/n)^3 * Var(tau^2)
    between, voice = 0.42, 0.98 / 3
    g1 = between * voice / (between + voice)
    g3 = voice**2 / (between + voice) ** 3 * 0.2**2
    row = one(6.0, 3, between_se=0.2)
    assert row["high"] - row["value"] == pytest.approx(1.959963984540054 * np.sqrt(g1 + 2 * g3))


def test_every_doubt_widens_the_interval():
    sure = one(6.0, 3)
    for doubt in ({"grand_se": 0.2}, {"between_se": 0.2}, {"n_accounts": 8}):
        unsure = one(6.0, 3, **doubt)
        assert unsure["value"] == sure["value"]
        assert unsure["low"] < sure["low"] < sure["high"] < unsure["high"]


def test_accounts_that_do_not_differ_all_have_the_grand_mean():
    for icc in (0.0, -0.1):
        row = one(6.9, 3, icc1=icc, grand_se=0.1)
        assert (row["weight"], row["value"]) == (0, 5)
        assert row["high"] == pytest.approx(5 + 1.959963984540054 * 0.1)
        assert row["flag"] == "accounts do not differ: grand mean shown"
    assert one(6.9, 3, icc1=0, between_se=0.2)["high"] > 5


@pytest.mark.parametrize(("mean", "n"), [(np.nan, 0), (np.nan, np.nan), (5.5, 0)])
def test_a_silent_account_is_guessed_from_the_others(mean, n):
    row = one(mean, n, between_se=0.2)
    assert (row["weight"], row["value"]) == (0, 5)
    assert row["high"] == pytest.approx(5 + 1.959963984540054 * np.sqrt(0.42))
    assert row["flag"] == "no answer: grand mean shown"


def test_unknown_variance_is_no_score():
    row = one(6.0, 3, icc1=np.nan)
    assert np.isnan(row[["value", "low", "high"]].tolist()).all()
    assert row["flag"] == "variance between accounts unknown"


def test_each_account_may_have_its_own_block_and_keeps_its_name():
    means = pd.Series([6.0, 6.0], index=["a", "b"])
    both = shrunken(
        means, pd.Series([3, 3]), icc1=[0.1, 0.5], grand_mean=[4.0, 5.0], within_variance=[1, 2]
    )
    alone = one(6.0, 3, icc1=0.5, grand_mean=5.0, within_variance=2)
    assert both.index.tolist() == ["a", "b"]
    assert both.loc["b"].tolist() == alone.tolist()


def test_refuses_counts_and_variances_that_cannot_be():
    with pytest.raises(EstimateError, match=r"1 accounts and n= 2 counts"):
        shrunken(pd.Series([5.0]), pd.Series([1, 2]), **KNOWN)
    with pytest.raises(EstimateError, match="the least of them -1"):
        one(5.0, -1)
    with pytest.raises(EstimateError, match="never differed"):
        one(5.0, 2, icc1=1)
    with pytest.raises(EstimateError, match="never differed"):
        one(5.0, 2, within_variance=0)


@pytest.mark.slow
@pytest.mark.parametrize("accounts", [8, 15, 40])
def test_interval_covers_the_true_score_as_often_as_it_says(accounts):
    rng = np.random.default_rng(accounts)
    block = np.repeat(np.arange(600), accounts)
    n = 1 + rng.negative_binomial(1.2, 0.25, len(block))
    truth = 5 + rng.normal(0, np.sqrt(0.3), len(block))
    mean = truth + rng.normal(0, np.sqrt(0.7), len(block)) / np.sqrt(n)
    inside = 0.7 * rng.chisquare(np.maximum(n - 1, 1)) * (n > 1)
    fit = random_intercept_reml(n, n * mean, n * mean**2 + inside, block)
    fit = fit[fit["icc1"].notna()].rename(columns={"var_within": "within_variance"})
    known = np.isin(block, fit.index)
    options = fit.loc[
        block[known],
        ["icc1", "grand_mean", "within_variance", "grand_se", "between_se", "n_accounts"],
    ]
    found = shrunken(
        pd.Series(mean[known]),
        pd.Series(n[known]),
        **{name: column.to_numpy() for name, column in options.items()},
    )
    covered = (found["low"] <= truth[known]) & (truth[known] <= found["high"])
    assert 0.93 <= covered.mean() <= 0.97
