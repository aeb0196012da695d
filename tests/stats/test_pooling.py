"""Pooling over imputed sets against R's mice, against its laws, and at its edges."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.stats import pooling, regression
from tests import oracle

THEIRS = {
    "estimate": "est", "se": "se", "df": "df", "p": "p", "low": "lower", "high": "upper",
    "fmi": "fmi", "riv": "riv", "lambda": "lambda", "within": "ubar", "between": "b",
}  # fmt: skip


def sets(estimates, errors, term="trust"):
    return [
        pd.DataFrame({"estimate": [b], "se": [e]}, [term])
        for b, e in zip(estimates, errors, strict=True)
    ]


def test_agrees_with_mice_on_least_squares():
    import statsmodels.api as sm

    golden, rows = oracle.golden("pool_nhanes_lm"), oracle.data("pool_nhanes_lm")
    table = {f"age{kind}": rows["age"] == kind for kind in ("40-59", "60-99")}
    table = sm.add_constant(pd.DataFrame(table).astype(float).assign(bmi=rows["bmi"]))
    kinds = rows[golden["spec"]["imputation_column"]]
    fits = [sm.OLS(rows["chl"][kinds == k], table[kinds == k]).fit() for k in kinds.unique()]
    pooled = pooling.rubin(fits)
    reference, near = golden["values"]["pooled"], golden["tolerance"]
    for ours, theirs in THEIRS.items():
        column = [row[theirs] for row in reference]
        assert pooled.table[ours].to_numpy() == pytest.approx(column, **near)
    assert (pooled.complete_df, pooled.n_sets) == (21, 5)
    tables = [pd.DataFrame({"estimate": fit.params, "se": fit.bse}) for fit in fits]
    pd.testing.assert_frame_equal(pooling.rubin(tables, complete_df=21).table, pooled.table)


def test_by_hand():
    row = pooling.rubin(sets([1, 2, 3], [1, 1, 2]), complete_df=np.inf).table.iloc[0]
    assert (row["estimate"], row["within"], row["between"]) == (2, 2, 1)
    assert row["se"] ** 2 == pytest.approx(2 + 4 / 3)
    assert row["riv"] == pytest.approx(2 / 3)
    assert row["lambda"] == pytest.approx(0.4)
    assert row["df"] == pytest.approx(2 / 0.4**2)  # Rubin 1987, equation 3.1.6


def test_sets_that_agree_cost_nothing():
    row = pooling.rubin(sets([1] * 5, [0.5] * 5), complete_df=40).table.iloc[0]
    assert row["se"] == pytest.approx(0.5)
    assert row["df"] == pytest.approx(41 / 43 * 40, rel=1e-3)
    assert row["riv"] == row["lambda"] == 0


def test_intervals_cover_what_they_promise_with_half_the_answers_missing():
    """Normal answers, half of them imputed from a proper posterior: nominal 95 %."""
    rng, covered, runs = np.random.default_rng(5), 0, 400
    for _ in range(runs):
        seen = rng.normal(1, 1, 25)
        fits = []
        for _ in range(10):
            spread = seen.std(ddof=1) * np.sqrt(24 / rng.chisquare(24))
            centre = rng.normal(seen.mean(), spread / 5)
            whole = np.concatenate([seen, rng.normal(centre, spread, 25)])
            fits += sets([whole.mean()], [whole.std(ddof=1) / np.sqrt(50)])
        row = pooling.rubin(fits, complete_df=49).table.iloc[0]
        covered += row["low"] < 1 < row["high"]
    assert 0.92 < covered / runs < 0.98  # three errors of the share are 0.033


def test_takes_fits_of_this_package_and_the_degrees_that_they_tell():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"trust": rng.normal(size=300)})
    yes, account = rng.random(300) < 0.5, np.arange(300) // 6
    imputed = [rows + rng.normal(size=(300, 1)) / 10 for _ in range(4)]
    plain = pooling.rubin([regression.logit(yes, each) for each in imputed])
    assert plain.complete_df == 298
    grouped = pooling.rubin([regression.gee(yes, each, account) for each in imputed])
    assert grouped.complete_df == 49
    assert plain.table["term"].tolist() == ["(intercept)", "trust"]
    assert "4 imputed sets (Rubin 1987)" in str(plain)


def test_a_term_that_is_missing_in_a_set_says_so():
    table = pooling.rubin(sets([1, np.nan, 2], [1, np.nan, 1]), complete_df=9).table
    assert table["flag"].tolist() == ["term_missing_in_a_set"]
    assert table["estimate"].isna().all()


def test_refuses_what_cannot_be_pooled():
    with pytest.raises(EstimateError, match="holds 1 imputed sets"):
        pooling.rubin(sets([1], [1]))
    with pytest.raises(EstimateError, match="set 2 differs from the first in other, trust"):
        pooling.rubin([*sets([1], [1]), *sets([1], [1], "other")])
    with pytest.raises(EstimateError, match="tells no estimates"):
        pooling.rubin([1.0, 2.0])
    with pytest.raises(EstimateError, match="above 0"):
        pooling.rubin(sets([1, 2], [1, 1]), complete_df=0)
