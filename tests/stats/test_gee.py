"""Estimating equations against R's geepack, against their laws, and at their edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes, has
from crqlab.stats import regression
from tests import oracle

NUMBERS = ["estimate", "se", "naive_se", "low", "high", "p"]


def panel(n=150, size=6, seed=1, alpha=0.4):
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(n), size)
    rows = pd.DataFrame({"trust": rng.normal(5, 2, n * size), "silent": account % 2 * 1.0})
    shared = rng.normal(size=n)[account] * np.sqrt(alpha)
    noise = shared + rng.normal(size=n * size) * np.sqrt(1 - alpha)
    return 0.5 * rows["trust"] - rows["silent"] + noise, rows, account


def numbers(fit):
    return fit.table[NUMBERS].to_numpy()


@pytest.mark.parametrize("correlation", ["independence", "exchangeable"])
def test_agrees_with_geepack_on_real_answers(correlation):
    golden, rows = oracle.golden("gee_ohio"), oracle.data("ohio")
    reference, near = golden["values"][correlation], golden["tolerance"]
    fit = regression.gee(rows["resp"], rows[["age", "smoke"]], rows["id"], correlation=correlation)
    for ours, theirs in {"estimate": "est", "se": "robust_se", "wald": "wald", "p": "p"}.items():
        column = [row[theirs] for row in reference["coef"]]
        assert fit.table[ours].to_numpy() == pytest.approx(column, **near)
    assert fit.alpha == pytest.approx(reference["alpha"] or 0, **near)
    assert fit.scale == pytest.approx(reference["scale"], **near)


@pytest.mark.parametrize("seed", [1, 2])
def test_independence_is_a_logit_by_cluster_but_for_its_small_sample_factor(seed):
    outcome, rows, account = panel(seed=seed)
    yes = outcome > outcome.median()
    fit = regression.gee(yes, rows, account, correlation="independence")
    plain = regression.logit(yes, rows, cluster=account)
    factor = np.sqrt(150 / 149 * 899 / 897)
    assert fit.table["estimate"].to_numpy() == pytest.approx(plain.table["estimate"], rel=1e-6)
    assert factor * fit.table["se"].to_numpy() == pytest.approx(plain.table["se"], rel=1e-6)
    assert fit.predict(rows) == pytest.approx(plain.predict(rows), rel=1e-6)


def test_normal_independence_is_least_squares():
    outcome, rows, account = panel()
    fit = regression.gee(outcome, rows, account, family="gaussian", correlation="independence")
    X = np.column_stack([np.ones(900), rows])
    slopes, squares, *_ = np.linalg.lstsq(X, outcome.to_numpy(), rcond=None)
    naive = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * squares / 900)
    assert fit.table["estimate"].to_numpy() == pytest.approx(slopes)
    assert fit.table["naive_se"].to_numpy() == pytest.approx(naive)
    assert fit.scale == pytest.approx(squares.item() / 900)


def test_finds_the_correlation_that_was_put_in_and_both_errors_agree():
    outcome, rows, account = panel(2000, 5, alpha=0.4)
    fit = regression.gee(outcome, rows, account, family="gaussian")
    assert fit.alpha == pytest.approx(0.4, abs=0.035)  # its standard error is 0.011
    assert fit.scale == pytest.approx(1, abs=0.055)  # 0.018
    assert fit.table["estimate"].tolist() == pytest.approx([0, 0.5, -1], abs=0.07)
    assert fit.table["se"].to_numpy() == pytest.approx(fit.table["naive_se"], rel=0.05)


def test_counts_are_rates():
    rng = np.random.default_rng(2)
    account = np.repeat(np.arange(400), 5)
    rows = pd.DataFrame({"visits": rng.normal(size=2000)})
    rate = np.exp(0.2 + 0.6 * rows["visits"]) * rng.gamma(5, 0.2, 400)[account]
    fit = regression.gee(rng.poisson(rate), rows, account, family="poisson")
    assert fit.table["estimate"].tolist() == pytest.approx([0.2, 0.6], abs=0.08)
    assert fit.scale > 1.1
    assert fit.alpha > 0.05
    assert str(fit).startswith("clearest is visits (rate x 1.")


def test_naive_errors_of_counts_grow_with_the_scale():
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    rows, account = pd.DataFrame({"visits": rng.normal(size=600)}), np.arange(600) // 3
    counts = rng.negative_binomial(1, 0.4, 600)
    fit = regression.gee(counts, rows, account, family="poisson", correlation="independence")
    plain = sm.GLM(counts, sm.add_constant(rows), family=sm.families.Poisson()).fit()
    assert fit.scale > 1.5
    expected = plain.bse.to_numpy() * np.sqrt(fit.scale)
    assert fit.table["naive_se"].to_numpy() == pytest.approx(expected, rel=1e-5)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_rows_unit_and_names_of_clusters_do_not_matter(seed):
    outcome, rows, account = panel(60, 4)
    order = np.random.default_rng(seed).permutation(240)
    names = np.array([f"account {97 * a % 101}" for a in account])
    here = regression.gee(outcome > 2, rows, account)
    moved = rows.assign(trust=rows["trust"] * 100 - 3)
    there = regression.gee((outcome > 2).iloc[order], moved.iloc[order], names[order])
    slopes = [1, 2]
    scale = np.array([[100], [1]])
    ends = ["estimate", "se", "naive_se", "low", "high"]
    assert scale * there.table.loc[slopes, ends].to_numpy() == pytest.approx(
        here.table.loc[slopes, ends].to_numpy(), rel=1e-5
    )
    assert there.alpha == pytest.approx(here.alpha, abs=1e-6)


def test_clusters_of_unequal_size_and_of_one_are_allowed():
    outcome, rows, account = panel()
    kept = (np.arange(900) % 6) <= account % 6
    fit = regression.gee(outcome[kept] > 2, rows[kept], account[kept])
    assert fit.flag == "ok"
    assert fit.n == kept.sum()
    assert np.isfinite(numbers(fit)).all()


def test_says_what_is_doubtful_and_refuses_what_it_cannot_fit():
    outcome, rows, account = panel(12, 10)
    fit = regression.gee(outcome > 2, rows.assign(same=1.0), account)
    assert {"code": "few_clusters", "minimum": 30, "n": 12} in codes(fit.flag)
    assert has(fit.table.set_index("term").loc["same", "flag"], "dropped_constant")
    with pytest.raises(EstimateError, match="told apart by trust"):
        regression.gee(rows["trust"] > 5, rows, account)
    with pytest.raises(EstimateError, match="one cluster"):
        regression.gee(outcome > 2, rows, np.ones(120))
    with pytest.raises(EstimateError, match="below 0"):
        regression.gee(outcome - 100, rows, account, family="poisson")
    with pytest.raises(EstimateError, match="in all 120 rows"):
        regression.gee(np.ones(120), rows, account, family="gaussian")
    with pytest.raises(EstimateError, match="lacks silent"):
        fit.predict(rows[["trust"]])
    with pytest.raises(EstimateError, match="missing or infinite cells"):
        fit.predict(rows.assign(trust=np.nan))
