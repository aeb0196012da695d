"""Errors from influences and from slopes, against formulas known in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from crqlab.stats.delta import propagated
from crqlab.stats.influence import half_width, spread

VALUES = np.array([3.0, 5, 4, 6, 7, 2, 5, 6])
NUMBERS = st.floats(-3, 3).filter(lambda x: abs(x) > 0.05)


def test_the_error_of_a_mean_is_the_textbook_one():
    found = spread(VALUES - VALUES.mean(), np.arange(8))
    assert found == pytest.approx(VALUES.std(ddof=1) / np.sqrt(8))
    half = half_width(VALUES - VALUES.mean(), np.arange(8), 0.9)
    assert half == pytest.approx(t.isf(0.05, 7) * found)


def test_equal_accounts_have_the_error_of_the_mean_of_their_means():
    accounts = np.repeat(np.arange(4), 2)
    means = VALUES.reshape(4, 2).mean(axis=1)
    found = spread(VALUES - VALUES.mean(), accounts)
    assert found == pytest.approx(means.std(ddof=1) / 2)


def test_several_estimates_at_once_have_the_errors_of_each():
    influence = np.column_stack([VALUES - VALUES.mean(), VALUES**2 - (VALUES**2).mean()])
    accounts = np.array([0, 0, 1, 1, 1, 2, 3, 3])
    alone = [spread(column, accounts) for column in influence.T]
    assert spread(influence, accounts) == pytest.approx(alone)


@given(NUMBERS, NUMBERS, st.floats(-0.9, 0.9))
def test_the_delta_method_is_the_analytic_one(x, y, r):
    covariance = np.array([[0.04, 0.02 * r], [0.02 * r, 0.01]])
    value, error = propagated(
        lambda at: np.array([at[0] * at[1], np.exp(at[0]), 2 * at[0] - 3 * at[1]]),
        np.array([x, y]),
        covariance,
    )
    slopes = np.array([[y, x], [np.exp(x), 0], [2, -3]])
    assert value == pytest.approx([x * y, np.exp(x), 2 * x - 3 * y])
    wanted = np.sqrt(np.maximum(np.einsum("vi,ij,vj->v", slopes, covariance, slopes), 0))
    assert error == pytest.approx(wanted, rel=1e-6, abs=1e-9)
