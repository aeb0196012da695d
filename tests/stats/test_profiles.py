"""Profiles of accounts: their spread against sums by hand, their guesses against Bayes."""

import numpy as np
import pytest

from crqlab import EstimateError
from crqlab.stats.profiles import Spread, drawn_profiles, spread

T = np.array([[0.5, 0.3], [0.3, 0.4]])
W = np.array([[1.0, 0.4], [0.4, 1.2]])


def test_spread_is_recovered_from_many_accounts_of_unequal_size():
    rng = np.random.default_rng(1)
    account = np.repeat(np.arange(4000), rng.integers(1, 6, 4000))
    own = rng.multivariate_normal([0, 0], T, 4000)[account]
    values = own + rng.multivariate_normal([0, 0], W, len(account))
    found = spread(values, account)
    np.testing.assert_allclose(found.between, T, atol=0.05)
    np.testing.assert_allclose(found.within, W, atol=0.05)
    assert found.flag == "ok"


def test_accounts_that_do_not_differ_have_no_negative_spread():
    rng = np.random.default_rng(2)
    found = spread(rng.normal(size=(60, 3)), np.repeat(np.arange(20), 3))
    assert np.linalg.eigvalsh(found.between).min() >= -1e-12


def test_one_voice_per_account_is_told():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(40, 2))
    found = spread(values, np.arange(40))
    assert found.flag == '{"code": "between_assumed", "percent": 30}'
    np.testing.assert_allclose(found.between + found.within, np.cov(values.T))
    with pytest.raises(EstimateError, match="has 1 rows"):
        spread(values[:1], np.array([0]))


def test_guesses_are_the_conditional_mean_and_draws_have_the_conditional_spread():
    centre, mean = np.array([5.0, 5.0]), np.array([[6.0, 4.0]])
    precision = np.linalg.inv(T) + 3 * np.linalg.inv(W)
    expected = np.linalg.solve(
        precision, np.linalg.solve(T, centre) + 3 * np.linalg.solve(W, mean[0])
    )
    normals = np.random.default_rng(4).normal(size=(40_000, 1, 2))
    guess, drawn = drawn_profiles(mean, np.array([3]), centre, Spread(T, W, "ok"), normals=normals)
    np.testing.assert_allclose(guess[0], expected, atol=1e-12)
    np.testing.assert_allclose(drawn[:, 0].mean(axis=0), expected, atol=0.02)
    np.testing.assert_allclose(np.cov(drawn[:, 0].T), np.linalg.inv(precision), atol=0.02)


def test_where_accounts_do_not_differ_everybody_is_the_client():
    none = Spread(np.zeros((2, 2)), W, "ok")
    guess, drawn = drawn_profiles(
        np.array([[7.0, 1.0]]),
        np.array([9]),
        np.array([5.0, 5.0]),
        none,
        normals=np.ones((3, 1, 2)),
    )
    assert guess.tolist() == [[5.0, 5.0]]
    assert (drawn == 5.0).all()
