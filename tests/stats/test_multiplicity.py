"""q values against R, and against the promise they make."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.stats.multiplicity import q_values

REFERENCE = pd.read_csv(Path(__file__).parents[1] / "reference/multiplicity/p_adjust.csv")
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_agrees_with_r():
    found = q_values(REFERENCE["p"])
    np.testing.assert_allclose(found, REFERENCE["together"], rtol=0, atol=1e-12)


def test_agrees_with_r_family_by_family():
    found = q_values(REFERENCE["p"], REFERENCE["family"])
    np.testing.assert_allclose(found, REFERENCE["apart"], rtol=0, atol=1e-12)


@given(SHARES, st.randoms(use_true_random=False))
def test_ignores_the_order_of_questions_and_the_names_of_families(p, chance):
    table = pd.DataFrame({"p": p, "family": [chance.choice("abc") for _ in p]})
    mixed = table.sample(frac=1, random_state=chance.randrange(1000))
    found = q_values(mixed["p"], mixed["family"].map({"a": "z", "b": "y", "c": "x"}))
    pd.testing.assert_series_equal(found.sort_index(), q_values(table["p"], table["family"]))


@given(SHARES)
def test_lies_between_p_and_bonferroni_and_keeps_the_order(p):
    q = q_values(pd.Series(p)).to_numpy()
    assert (q >= np.array(p) - 1e-15).all()
    assert (q <= np.minimum(np.array(p) * len(p), 1) + 1e-12).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-15).all()


def test_what_was_not_asked_costs_nothing():
    with_gaps = q_values(pd.Series([0.01, np.nan, 0.04, np.nan]))
    assert with_gaps.dropna().tolist() == q_values(pd.Series([0.01, 0.04])).tolist()
    assert with_gaps.isna().tolist() == [False, True, False, True]


def test_keeps_the_false_discovery_rate():
    rng = np.random.default_rng(7)
    p = rng.uniform(size=(4000, 20))
    p[:, :5] = rng.uniform(size=(4000, 5)) ** 6  # five of twenty are true
    raised = q_values(pd.Series(p.ravel()), pd.Series(np.repeat(range(4000), 20))) <= 0.05
    raised = raised.to_numpy().reshape(p.shape)
    share = raised[:, 5:].sum(axis=1) / np.maximum(raised.sum(axis=1), 1)
    assert share.mean() == pytest.approx(0.05 * 15 / 20, abs=4 * share.std() / np.sqrt(4000))


@pytest.mark.parametrize("p", [[0.5, 1.2], [-0.1]])
def test_refuses_what_is_no_p_value(p):
    with pytest.raises(EstimateError, match=r"outside 0 to 1.*not test statistics"):
        q_values(pd.Series(p))


def test_refuses_families_that_do_not_match():
    with pytest.raises(EstimateError, match="2 values and families= 1"):
        q_values(pd.Series([0.1, 0.2]), pd.Series(["a"]))
