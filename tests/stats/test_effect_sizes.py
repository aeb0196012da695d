"""Effect sizes against their definitions, their coverage, and at their edges."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nct

from crqlab import EstimateError
from crqlab.stats.effect_sizes import cliffs_delta, cramers_v, hedges_g, omega_squared


def test_hedges_g_by_hand_and_its_interval_inverts_the_noncentral_t():
    rng = np.random.default_rng(1)
    one, two = rng.normal(0.5, 1, 20), rng.normal(0, 1, 30)
    found = hedges_g(one, two)
    pooled = np.sqrt((19 * one.var(ddof=1) + 29 * two.var(ddof=1)) / 48)
    d = (one.mean() - two.mean()) / pooled
    bias = 1 - 3 / (4 * 48 - 1)
    assert found.value == pytest.approx(bias * d, rel=1e-4)
    scale, t = np.sqrt(20 * 30 / 50), d * np.sqrt(20 * 30 / 50)
    for end, share in ((found.low, 0.975), (found.high, 0.025)):
        assert nct.cdf(t, 48, end / (found.value / d) * scale) == pytest.approx(share, abs=1e-6)
    assert hedges_g(two, one).value == pytest.approx(-found.value)
    assert hedges_g(one * 7 + 3, two * 7 + 3).low == pytest.approx(found.low)


def test_intervals_cover_what_is_true():
    rng, inside = np.random.default_rng(2), np.zeros(3)
    apart = 0.6
    for _ in range(300):
        one, two, three = rng.normal(apart, 1, 15), rng.normal(0, 1, 25), rng.normal(0, 1, 20)
        g = hedges_g(one, two)
        inside[0] += g.low < apart < g.high
        values = np.concatenate([one, two, three])
        groups = np.repeat([1, 2, 3], [15, 25, 20])
        share = omega_squared(values, groups)
        mean = 15 * apart / 60
        truth = (15 * (apart - mean) ** 2 + 45 * mean**2) / 60
        inside[1] += share.low <= truth / (truth + 1) <= share.high
        table = pd.DataFrame(rng.multinomial(150, [0.3, 0.15, 0.2, 0.35]).reshape(2, 2))
        p = np.array([[0.3, 0.15], [0.2, 0.35]])
        expected = np.outer(p.sum(axis=1), p.sum(axis=0))
        v = cramers_v(table)
        inside[2] += v.low < np.sqrt(((p - expected) ** 2 / expected).sum()) < v.high
    assert (inside / 300 > 0.912).all()  # three errors of .95 in 300 are .038
    assert (inside / 300 < 0.99).all()


def test_unbiased_where_nothing_differs():
    rng = np.random.default_rng(3)
    values = [
        (omega_squared(y, g).value, cramers_v(pd.crosstab(g, rng.integers(0, 3, 60))).value)
        for y, g in ((rng.normal(size=60), rng.integers(0, 4, 60)) for _ in range(300))
    ]
    omega, v = np.mean(values, axis=0)
    assert omega == pytest.approx(0, abs=0.008)
    assert v < 0.08  # plain V would be .22 on average


def test_cliffs_delta_counts_pairs_and_accounts_widen_it():
    rng = np.random.default_rng(4)
    one, two = rng.integers(3, 8, 40), rng.integers(1, 8, 60)
    found = cliffs_delta(one, two)
    pairs = np.sign(one[:, None] - two)
    assert found.value == pytest.approx(pairs.mean())
    assert cliffs_delta(two, one).value == pytest.approx(-found.value)
    twice = cliffs_delta(
        one.repeat(4),
        two.repeat(4),
        accounts=(np.arange(40).repeat(4), 100 + np.arange(60).repeat(4)),
    )
    alone = cliffs_delta(one.repeat(4), two.repeat(4))
    assert twice.value == pytest.approx(found.value)
    assert twice.high - twice.low > 1.5 * (alone.high - alone.low)


def test_complete_association_and_none():
    assert cramers_v(pd.DataFrame([[50, 0], [0, 50]])).value == pytest.approx(1, abs=0.01)
    none = cramers_v(pd.DataFrame([[25, 25], [25, 25]]))
    assert (none.value, none.low) == (0, 0)
    assert np.isnan(none.high)  # chance alone would have shown more: no bound is known
    assert none.notes == ("groups_alike",)
    less = omega_squared([1, 2, 3, 4] * 5, np.arange(20) // 4)
    assert less.low == less.value < 0
    assert np.isnan(less.high)
    assert omega_squared([1, 1, 2, 2], list("aabb")).value == 1


def test_refuses_what_has_no_effect_size():
    with pytest.raises(EstimateError, match="second= holds 1"):
        hedges_g([1, 2, 3], [1, np.nan])
    with pytest.raises(EstimateError, match="do not vary"):
        hedges_g([1, 1], [2, 2])
    with pytest.raises(EstimateError, match="no score"):
        cliffs_delta([], [1, 2])
    with pytest.raises(EstimateError, match="two of both"):
        cramers_v(pd.DataFrame([[3, 4], [0, 0]]))
    with pytest.raises(EstimateError, match="below 0"):
        cramers_v(pd.DataFrame([[3, -4], [1, 1]]))
    with pytest.raises(EstimateError, match="in 1 groups"):
        omega_squared([1, 2, 3], list("aaa"))
