"""ICCs of many blocks against those of one block at a time."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.stats.agreement import icc1, icc2
from crqlab.stats.icc import iccs


def answers(accounts=12, seed=1):
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(accounts), 1 + rng.poisson(2, size=accounts))
    return account, 5 + rng.normal(0, 0.8, size=accounts)[account] + rng.normal(size=len(account))


def sums(account, *columns):
    names = [f"A{k:02d}" for k in range(account.max() + 1)]
    parts = []
    for power in (0, 1, 2):
        added = [np.bincount(account, weights=(c - np.median(c)) ** power) for c in columns]
        parts.append(pd.DataFrame(np.column_stack(added), index=names))
    return parts


@pytest.mark.parametrize(("name", "single"), [("icc1", icc1), ("icc2", icc2)])
def test_agrees_with_one_block_at_a_time(name, single):
    account, values = answers()
    table = iccs(*sums(account, values), pd.Index(["icc"] * 12), draws=200)
    wanted = single(pd.Series(values), pd.Series(account), draws=200)
    found = table.loc[0, [name, f"{name}_low", f"{name}_high"]].to_numpy(float)
    np.testing.assert_allclose(found, [wanted.value, wanted.low, wanted.high], rtol=1e-9)


def test_blocks_and_measures_do_not_touch_each_other():
    (one, x), (two, y) = answers(seed=1), answers(seed=2)
    parts = [pd.concat(pair) for pair in zip(sums(one, x, x**2), sums(two, y, y**2), strict=True)]
    both = iccs(*parts, pd.Index(["b"] * 12 + ["a"] * 12), draws=100)
    assert both[["block", "measure"]].to_numpy().tolist() == [
        ["a", 0],
        ["a", 1],
        ["b", 0],
        ["b", 1],
    ]
    alone = iccs(*sums(one, x**2), pd.Index(["b"] * 12), draws=100)
    columns = ["icc1", "icc1_low", "icc2_high"]
    np.testing.assert_allclose(
        both.loc[3, columns].to_numpy(float), alone.loc[0, columns].to_numpy(float), rtol=1e-9
    )


def test_ignores_the_order_of_accounts():
    account, values = answers()
    parts = sums(account, values)
    turned = [part.iloc[::-1] for part in parts]
    blocks = pd.Index(["b"] * 12)
    pd.testing.assert_frame_equal(
        iccs(*turned, blocks, draws=50), iccs(*parts, blocks, draws=50), check_exact=True
    )


def test_says_what_a_block_cannot_carry():
    ones = pd.DataFrame(np.ones((2, 1)), index=["x", "y"])
    table = iccs(ones, ones, ones, pd.Index(["a", "b"]), draws=10)
    assert table["icc1"].isna().all()
    assert set(table["flag"]) == {"fewer_than_two_accounts"}
    assert table[["icc1_low", "icc1_high", "icc2_low"]].isna().all(axis=None)


def test_refuses_tables_that_do_not_match():
    ones = pd.DataFrame(np.ones((2, 1)))
    with pytest.raises(EstimateError, match="same accounts and measures"):
        iccs(ones, ones, ones.head(1), pd.Index(["a", "a"]))


def test_a_measure_that_nobody_answered_is_unknown_and_says_so():
    none = pd.DataFrame(np.zeros((2, 1)), columns=["crq"])
    found = iccs(none, none, none, pd.Index(["a", "a"]))
    assert found["flag"].tolist() == ["no_answers"]
    assert found["n"].tolist() == [0]
    assert found[["icc1", "icc2", "icc1_low", "icc2_high"]].isna().all(axis=None)
