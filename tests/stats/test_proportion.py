"""Wilson intervals against prop.test, in accounts against a second route, laws, coverage."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.stats.proportion import clustered, wilson

FOLDER = Path(__file__).parents[1] / "reference/proportion"
REFERENCE = pd.read_csv(FOLDER / "wilson.csv").set_index("quantity")
YES = np.array([3, 0, 2, 5, 1, 0, 4, 2, 1, 6])
N = np.array([4, 2, 6, 5, 3, 4, 9, 2, 1, 8])


@pytest.mark.parametrize("counts", ["272/400", "160/506", "3/3", "0/10", "1/7"])
@pytest.mark.parametrize("end", ["value", "low", "high"])
def test_wilson_agrees_with_prop_test(counts, end):
    reference, tolerance = REFERENCE.loc[f"{counts} {end}", ["reference", "tolerance"]]
    row = wilson(*(int(part) for part in counts.split("/"))).iloc[0]
    assert row[end] == pytest.approx(reference, abs=tolerance)


@pytest.mark.parametrize("level", [0.95, 0.8])
@pytest.mark.parametrize("column", ["value", "low", "high", "effective"])
def test_clusters_agree_with_the_roots_of_the_score_equation(level, column):
    name = f"clustered {level} {column}"
    reference, tolerance = REFERENCE.loc[name, ["reference", "tolerance"]]
    row = clustered(YES, N, ["a"] * 10, level=level).iloc[0]
    assert row[column] == pytest.approx(reference, abs=tolerance)


COUNTS = st.lists(
    st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=12,
)


@given(COUNTS)
def test_no_and_yes_mirror_each_other_and_stay_inside_the_scale(pairs):
    x, n = np.array(pairs, dtype=float).T
    groups = ["a"] * len(x)
    for yes, no in (
        (clustered(x, n, groups), clustered(n - x, n, groups)),
        (wilson(x, n), wilson(n - x, n)),
    ):
        assert yes["low"].to_numpy() == pytest.approx(1 - no["high"].to_numpy())
        assert (yes["low"] >= 0).all()
        assert (yes["low"] <= yes["value"] + 1e-12).all()
        assert (yes["high"] >= yes["value"] - 1e-12).all()
        assert (yes["high"] <= 1).all()


@given(COUNTS, st.randoms())
def test_groups_do_not_know_of_each_other_and_order_does_not_matter(pairs, chance):
    x, n = np.array(pairs, dtype=float).T
    alone = clustered(x, n, ["b"] * len(x)).loc["b"]
    rows = [*zip([*x, *YES], [*n, *N], ["b"] * len(x) + ["a"] * len(YES), strict=True)]
    chance.shuffle(rows)
    beside = clustered(*zip(*rows, strict=True)).loc["b"]
    assert beside.to_numpy(float) == pytest.approx(alone.to_numpy(float), nan_ok=True)


@given(COUNTS)
def test_people_of_accounts_never_say_more_than_independent_people(pairs):
    x, n = np.array(pairs, dtype=float).T
    row = clustered(x, n, ["a"] * len(x)).iloc[0]
    assert row["effective"] <= row["n"] + 1e-9
    alone = wilson(x.sum(), n.sum()).iloc[0]
    assert row["high"] - row["low"] >= alone["high"] - alone["low"] - 1e-12


def test_where_everybody_answered_each_account_is_one_voice():
    row = clustered([4, 3, 5], [4, 3, 5], ["a"] * 3).iloc[0]
    assert (row["effective"], row["high"]) == (3, 1)
    assert row["low"] < wilson(12, 12)["low"].iloc[0]


def test_one_account_has_a_share_but_no_interval_and_nobody_has_neither():
    one = clustered([2], [4], ["a"]).iloc[0]
    assert one["value"] == 0.5
    assert np.isnan(one[["low", "high"]].to_numpy(float)).all()
    assert wilson(0, 0).isna().all(axis=None)


@pytest.mark.parametrize("call", [lambda: wilson(3, 2), lambda: clustered([-1], [2], ["a"])])
def test_refuses_counts_that_are_none(call):
    with pytest.raises(EstimateError, match="counts from 0 to n"):
        call()


def test_refuses_columns_of_different_tables():
    with pytest.raises(EstimateError, match="columns of one table"):
        clustered([1, 2], [2, 2], ["a"])


@pytest.mark.slow
@pytest.mark.parametrize("accounts", [8, 30])
def test_intervals_cover_as_often_as_they_say(accounts):
    rng = np.random.default_rng(5)
    samples, share = 4000, 0.35
    n = 1 + rng.negative_binomial(2, 1 / 3, (samples, accounts))
    chance = rng.beta(share * 3, (1 - share) * 3, (samples, accounts))  # ICC of one quarter
    x = rng.binomial(n, chance)
    found = clustered(x.ravel(), n.ravel(), np.repeat(np.arange(samples), accounts))
    covered = ((found["low"] <= share) & (found["high"] >= share)).mean()
    naive = wilson(x.sum(axis=1), n.sum(axis=1))
    missed = ((naive["low"] <= share) & (naive["high"] >= share)).mean()
    assert covered == pytest.approx(0.95, abs=0.015)
    assert missed < 0.90
