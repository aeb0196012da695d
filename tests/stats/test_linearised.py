"""Means over accounts with Student's t: by hand, its laws, one test in two views."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp

from crqlab import EstimateError
from crqlab.stats.linearised import paired_difference, ratios

TOTALS, PEOPLE = np.array([11, 5.5, 12, 19, 4, 9.5]), np.array([2, 1, 3, 4, 1, 2.0])
EARLIER, BEFORE = np.array([10, 5, 14, 17, 5, 0.0]), np.array([2, 1, 3, 4, 1, 0.0])


def frame(*columns, names="abcdef"):
    return pd.DataFrame(dict(zip("xyz", columns, strict=False)), index=list(names))


def block(rows, name="C017"):
    return pd.Series([name] * len(rows))


def changed(level=0.95):
    num = pd.concat([frame(EARLIER), frame(TOTALS)])
    den = pd.concat([frame(BEFORE), frame(PEOPLE)])
    later = pd.Series(np.arange(12) >= 6)
    return paired_difference(num, den, block(num), later, level=level).iloc[0]


def by_hand(moves, shares, value, level=0.95):
    """Both ends and p from what each account moves, and its share of the weight."""
    variance = sum(move**2 / (1 - share) for move, share in zip(moves, shares, strict=True))
    freedom = 1 / sum(share**2 for share in shares) - 1
    half = t.isf((1 - level) / 2, freedom) * variance**0.5
    return value - half, value + half, 2 * t.sf(abs(value) / variance**0.5, freedom)


def test_a_mean_of_unequal_accounts_by_hand():
    mean = 61 / 13
    shares = [n / 13 for n in PEOPLE]
    moves = [
        share * (total / n - mean) for share, total, n in zip(shares, TOTALS, PEOPLE, strict=True)
    ]
    row = ratios(frame(TOTALS), frame(PEOPLE), block(TOTALS)).iloc[0]
    assert row["value"] == pytest.approx(mean)
    assert (row["low"], row["high"]) == pytest.approx(by_hand(moves, shares, mean)[:2])
    assert row["n_effective"] == pytest.approx(13**2 / (4 + 1 + 9 + 16 + 1 + 4))


def test_a_change_with_a_joiner_by_hand():
    now, then = 61 / 13, 51 / 11
    moves = [
        (total - n * now) / 13 - (past - m * then) / 11
        for total, n, past, m in zip(TOTALS, PEOPLE, EARLIER, BEFORE, strict=True)
    ]
    shares = [(n / 13 + m / 11) / 2 for n, m in zip(PEOPLE, BEFORE, strict=True)]
    row = changed()
    wanted = by_hand(moves, shares, now - then)
    assert (row["low"], row["high"], row["p"]) == pytest.approx(wanted)
    assert (row["later"], row["earlier"], row["n_clusters"], row["n_both"]) == (now, then, 6, 5)


def test_equal_accounts_are_the_t_test_of_a_textbook():
    y = np.array([4.0, 5.5, 6.0, 3.0])
    found = ratios(frame(y, names="abcd"), frame(np.ones(4), names="abcd"), block(y)).iloc[0]
    low, high = ttest_1samp(y, 0).confidence_interval(0.95)
    assert (found["low"], found["high"]) == pytest.approx((low, high))
    twice = [pd.concat([frame(v, names="abcd")] * 2) for v in (y, np.ones(4))]
    twice[0].iloc[4:] += np.array([[0.3], [0.1], [0.4], [0.6]])
    moved = paired_difference(*twice, block(range(8)), pd.Series(np.arange(8) > 3)).iloc[0]
    assert moved["p"] == pytest.approx(ttest_1samp([0.3, 0.1, 0.4, 0.6], 0).pvalue)


@given(st.integers(2, 7), st.integers(0, 10**6), st.sampled_from([0.8, 0.95]))
def test_the_interval_leaves_out_nothing_changed_exactly_where_p_is_small(n, seed, level):
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 5, (2 * n, 3)).astype(float)
    sums = people * rng.normal(5, 1, people.shape)
    names = [f"A{k}" for k in range(n)] * 2
    num, den = (pd.DataFrame(v, index=names) for v in (sums, people))
    later = pd.Series(np.arange(2 * n) >= n)
    rows = paired_difference(num, den, block(num), later, level=level)
    known = rows[rows["p"].notna()]
    apart = (known["low"] > 0) | (known["high"] < 0)
    assert (apart == (known["p"] < 1 - level)).all()
    assert rows["low"].isna().equals(rows["p"].isna())


@given(st.permutations(range(6)), st.floats(-5, 5), st.floats(0.1, 10))
def test_ignores_order_and_follows_the_scale(order, shift, scale):
    num, den = frame(TOTALS), frame(PEOPLE)
    here = ratios(num, den, block(num))
    mixed = ratios(num.iloc[order], den.iloc[order], block(num))
    pd.testing.assert_frame_equal(mixed, here, check_exact=True)
    moved = ratios(num * scale + shift * den, den, block(num))
    for end in ("value", "low", "high"):
        assert moved[end].to_numpy() == pytest.approx(here[end].to_numpy() * scale + shift)


def test_other_blocks_change_nothing():
    num = pd.concat([frame(TOTALS), frame(EARLIER)])
    den = pd.concat([frame(PEOPLE), frame(BEFORE)])
    both = ratios(num, den, pd.Series(["a"] * 6 + ["b"] * 6))
    alone = ratios(frame(TOTALS), frame(PEOPLE), block(TOTALS, "a"))
    pd.testing.assert_frame_equal(both.head(1), alone, check_exact=True)


@pytest.mark.parametrize(
    ("y", "n", "flag"),
    [
        ([5.0], [1], "one_account"),
        ([5.0, 5.0, 5.0], [1, 1, 1], "accounts_alike"),
        ([4.0, 5.0, 6.0], [1, 1, 1], '{"code": "few_accounts", "minimum": 6}'),
        ([0.0, 0.0, 0.0], [0, 0, 0], None),
    ],
)
def test_says_what_an_interval_cannot(y, n, flag):
    names = "abc"[: len(y)]
    num, den = frame(np.array(y), names=names), frame(np.array(n, float), names=names)
    found = ratios(num, den, block(num)).iloc[0]
    assert found["flag"] == (flag or "no_answers")
    assert np.isnan(found["low"]) == (flag is None or "few" not in flag)


def test_giants_that_carry_a_mean_are_said_and_equal_accounts_never():
    rng = np.random.default_rng(3)
    names = [f"A{k:02d}" for k in range(30)]
    y = pd.DataFrame({"x": rng.normal(5, 1, 30)}, index=names)
    people = pd.DataFrame({"x": [20.0] * 3 + [1.0] * 27}, index=names)
    found = ratios(y * people, people, block(y)).iloc[0]
    assert found["flag"] == "unequal_accounts"
    assert found["n_effective"] == pytest.approx(87**2 / (3 * 400 + 27))
    assert ratios(y, people * 0 + 1, block(y)).iloc[0]["flag"] == "ok"


@pytest.mark.parametrize("accounts", [3, 5, 12])
def test_covers_as_often_as_it_says_from_three_accounts_on(accounts):
    rng = np.random.default_rng(accounts)
    rows = 4000 * accounts
    people = 1.0 + rng.poisson(1.0, rows)
    y = rng.normal(5, 0.6, rows) + rng.normal(0, 1.2, rows) / np.sqrt(people)
    names = [f"A{k % accounts}" for k in range(rows)]
    num, den = (pd.DataFrame({"x": v}, index=names) for v in (people * y, people))
    found = ratios(num, den, pd.Series(np.arange(rows) // accounts))
    covered = ((found["low"] <= 5) & (found["high"] >= 5)).mean()
    assert 0.93 <= covered <= 0.975
    alone = t.isf(0.025, 1e9) * (found["high"] - found["low"]) / 2
    normal = alone / t.isf(0.025, found["n_effective"] - 1)
    assert (np.abs(found["value"] - 5) <= normal).mean() < covered


def test_refuses_an_account_twice():
    with pytest.raises(EstimateError, match="more than once"):
        ratios(frame(TOTALS, names="aabcde"), frame(PEOPLE, names="aabcde"), block(TOTALS))
