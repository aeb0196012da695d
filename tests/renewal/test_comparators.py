"""A machine's penalty is chosen on later rows where they can tell, and said where they cannot."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from crqlab.base.contracts.cautions import code
from crqlab.renewal import comparators

N = 600
WHEN = np.arange(N)
ACCOUNTS = WHEN % 60


def made(seed, *, effect, since=0):
    """Two covariates of which one matters; before ``since`` nobody was lost."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(N, 2)), columns=["crq", "noise"])
    lost = rng.random(N) < expit(effect * X["crq"] - 0.5)
    return X, (lost & (since <= WHEN)).to_numpy()


def chosen(X, lost):
    """The flag, and how much chances differ between two rows: more with less of a penalty."""
    foretold, flag = comparators.penalised(WHEN, seed=1)(lost, X, ACCOUNTS)
    apart = pd.DataFrame({"crq": [-1.0, 1.0], "noise": 0.0})
    return flag, float(np.diff(foretold(apart))[0])


def test_a_strong_effect_asks_for_little_penalty_and_none_for_much():
    flag, strong = chosen(*made(3, effect=2.0))
    assert flag == "ok"
    assert strong == pytest.approx(0.7, abs=0.08)  # the law: expit(1.5) - expit(-2.5) = .74
    flag, nothing = chosen(*made(4, effect=0.0))
    assert flag == "ok"
    assert abs(nothing) < 0.03


def test_folds_without_anybody_lost_are_passed_over():
    flag, effect = chosen(*made(3, effect=2.0, since=N // 3 + 1))
    assert flag == "ok"  # the second step has rows to learn from
    assert effect > 0.3


def test_where_no_fold_can_tell_the_usual_penalty_is_taken_and_said():
    X, lost = made(3, effect=2.0, since=2 * N // 3 + 1)
    flag, effect = chosen(X, lost)
    assert flag == code("penalty_not_chosen", strength=0.03)
    assert effect > 0.1


def test_a_fold_of_which_everybody_was_lost_is_passed_over_too():
    X, lost = made(3, effect=2.0)
    flag, _ = chosen(X, lost | (WHEN < 2 * N // 3 + 1))
    assert flag == code("penalty_not_chosen", strength=0.03)


def test_a_share_of_many_rows_is_the_same_each_time():
    assert comparators._some(5, 1).tolist() == [0, 1, 2, 3, 4]
    many = comparators._some(comparators.LARGE + 1000, 1)
    assert len(set(many.tolist())) == comparators.LARGE
    assert (np.diff(many) > 0).all()
    assert (many == comparators._some(comparators.LARGE + 1000, 1)).all()


def test_trees_find_what_a_line_cannot():
    X, _ = made(5, effect=0.0)
    lost = (X["crq"].abs() > 0.8).to_numpy()
    foretold, flag = comparators.boosted(seed=1)(lost, X, ACCOUNTS)
    told = foretold(pd.DataFrame({"crq": [-1.5, 0.0, 1.5], "noise": 0.0}))
    assert flag == "ok"
    assert told[0] > 0.9
    assert told[1] < 0.1
    assert told[2] > 0.9
