"""Quantiles against R, plain and weighted; their laws, their edges and their intervals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from crqlab import EstimateError
from crqlab.stats.quantile_cuts import interval_shares, quantiles, type7_of
from tests import oracle

FOLDER = Path(__file__).parents[1] / "reference/quantiles"
VALUES = pd.read_csv(FOLDER / "values.csv")
REFERENCE = pd.read_csv(FOLDER / "cuts.csv")
some = st.lists(st.floats(-50, 50), min_size=2, max_size=30)
inner = st.floats(0.01, 0.99)


def cut(values, share, **more):
    return float(quantiles(values, [share], level=0.95, **more)["cut"].iloc[0])


@pytest.mark.parametrize(
    "row", list(REFERENCE.itertuples()), ids=lambda r: f"{r.quantity}-{r.share}"
)
def test_agrees_with_r(row):
    values, weights = VALUES["value"], None
    if row.quantity == "weighted":
        weights = VALUES["weight"]
    if row.quantity == "repeated":
        values = np.repeat(values, np.resize([1, 2, 3], len(values)))
    assert cut(values, row.share, weights=weights) == pytest.approx(
        row.reference, abs=row.tolerance
    )


def test_many_groups_at_once_are_cut_as_each_by_itself():
    rng = np.random.default_rng(3)
    n = np.array([1, 2, 7, 30])
    rows = np.full((4, 30), np.nan)
    for row, size in enumerate(n):
        rows[row, :size] = np.sort(rng.normal(size=size))
    share = np.array([0.0, 0.25, 0.9, 1.0])
    row = np.arange(4)[:, None]
    found = type7_of(lambda rank: rows[row, rank.astype(int)], n[:, None], share, first=0)
    counted = type7_of(lambda rank: rows[row, rank.astype(int) - 1], n[:, None], share)
    expected = [np.quantile(rows[i, :size], share) for i, size in enumerate(n)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)
    np.testing.assert_allclose(counted, expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("case", ["quant_bh1996", "quant_lq2002", "quantw_sfo2017"])
def test_agrees_with_r_on_real_surveys(case):
    golden = oracle.golden(case)
    spec, values = golden["spec"], golden["values"]
    rows = oracle.data(spec["x"] and case.split("_")[1]).dropna(subset=[spec["x"]])
    x, shares = rows[spec["x"]], spec["probs"]
    assert len(x) == values["n"]
    found = quantiles(x, shares, level=0.95)["cut"]
    np.testing.assert_allclose(found, values["unweighted"]["type7"], rtol=1e-10, atol=1e-9)
    if spec["weights"]:
        weighted = quantiles(x, shares, level=0.95, weights=rows[spec["weights"]])["cut"]
        np.testing.assert_allclose(weighted, values["hmisc"]["quantile"]["normwt"], atol=1e-10)
        np.testing.assert_allclose(weighted, values["svyquantile"]["hf7"], atol=1e-10)


def test_agrees_with_r_inside_the_groups_of_a_real_survey():
    golden = oracle.golden("quantw_sfo2017")
    spec, rows = golden["spec"], oracle.data("sfo2017")
    groups = dict(tuple(rows.dropna(subset=[spec["x"]]).groupby(spec["by"])))
    for name, values in golden["values"]["by"].items():
        found = quantiles(groups[name][spec["x"]], spec["probs"], level=0.95)["cut"]
        np.testing.assert_allclose(found, values["type7"], atol=1e-10)


@given(some, inner)
def test_is_numpys_linear_quantile(values, share):
    assert cut(values, share) == pytest.approx(np.quantile(values, share), abs=1e-6)


@given(some, inner, st.floats(0.1, 9))
def test_weights_matter_by_their_proportions_only(values, share, factor):
    weights = np.arange(1, len(values) + 1)
    assert cut(values, share, weights=weights) == cut(values, share, weights=weights * factor)


@given(some, inner)
def test_a_value_without_weight_is_not_there(values, share):
    weights = np.r_[np.ones(len(values)), 0.0]
    assert cut([*values, 99.0], share, weights=weights) == cut(values, share)


@given(some, inner, st.integers(-9, 9), st.integers(1, 9))
def test_moves_and_stretches_with_the_values(values, share, shift, scale):
    moved = quantiles(np.array(values) * scale + shift, [share], level=0.9)
    plain = quantiles(values, [share], level=0.9)
    for column in ("cut", "low", "high"):
        expected = plain[column].iloc[0] * scale + shift
        assert moved[column].iloc[0] == pytest.approx(expected, abs=1e-6, nan_ok=True)


@given(st.integers(5, 400), inner)
def test_ends_enclose_the_quantile_at_least_as_often_as_the_ranks_inside_them(n, share):
    # an exact binomial route: P(x_(i) <= q < x_(j)) = P(i <= Bin(n, share) < j)
    low, high = (
        end[0] * (n + 1) for end in interval_shares(np.array([share]), np.array([n]), level=0.95)
    )
    inside = binom.cdf(np.floor(high) - 1, n, share) - binom.cdf(np.ceil(low) - 1, n, share)
    around = binom.cdf(np.ceil(high) - 1, n, share) - binom.cdf(np.floor(low) - 1, n, share)
    assert inside <= 0.95 + 1e-9
    assert around >= 0.95 - 1e-9


def test_intervals_cover_the_true_decile_as_often_as_they_say():
    rng = np.random.default_rng(20250101)
    truth = np.array([np.quantile(np.random.default_rng(0).exponential(size=10**6), 0.9)])
    hit = [
        low <= truth[0] <= high
        for low, high in (
            quantiles(rng.exponential(size=60), [0.9], level=0.95)[["low", "high"]].to_numpy()[0]
            for _ in range(400)
        )
    ]
    assert 0.92 <= np.mean(hit) <= 0.98


def test_an_end_that_few_values_cannot_place_is_open_and_flagged():
    row = quantiles(range(8), [0.9], level=0.95).iloc[0]
    assert np.isnan(row["high"])
    assert row["low"] < row["cut"]
    assert row["flag"] == "few_beyond_the_cut"


def test_missing_values_are_left_out_with_their_weights():
    found = quantiles([1.0, None, 3.0], [0.5], level=0.95, weights=[1, 50, 1]).iloc[0]
    assert (found["cut"], found["n"]) == (2.0, 2)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"values": [], "shares": [0.5]}, "none of them known"),
        ({"values": [1.0], "shares": [50]}, r"must lie in \[0, 1\]"),
        ({"values": [1.0], "shares": [0.5], "weights": [-1]}, "negative"),
        ({"values": [1.0], "shares": [0.5], "weights": [1, 2]}, "one weight a value"),
        ({"values": [1.0], "shares": [0.5], "level": 95}, "Use 0.95"),
    ],
)
def test_refuses_what_cannot_be(arguments, match):
    with pytest.raises(EstimateError, match=match):
        quantiles(**{"level": 0.95, **arguments})
