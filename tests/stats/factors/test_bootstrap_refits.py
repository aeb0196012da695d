"""Resampled fits: equal to fitting the resampled rows, whatever the order or the cores."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.factors import cfa
from crqlab.stats.factors.bootstrap_refits import _resamples, refits

MODEL = {"trust": ["a", "b", "c"], "solution": ["d", "e", "f"]}


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(7)
    accounts = np.repeat(np.arange(80), rng.integers(1, 6, 80))
    both = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], len(accounts))
    shared = rng.normal(0, 0.6, (80, 6))[accounts]
    items = both.repeat(3, axis=1) + shared + rng.normal(0, 0.7, (len(accounts), 6))
    return pd.DataFrame(items, columns=list("abcdef")), pd.Series(accounts).map("A{:02d}".format)


def test_a_resample_has_the_covariance_of_its_rows(survey):
    items, accounts = survey
    covariances, sizes, n = _resamples(items.to_numpy(), accounts, 3, 5)
    names = np.unique(accounts)
    assert n == len(names)
    for count, covariance, size in zip(
        next(resampled(n, 3, stream(5, "cfa"))), covariances, sizes, strict=True
    ):
        times = accounts.map(dict(zip(names, count.astype(int), strict=True)))
        rows = items.loc[items.index.repeat(times)]
        assert size == len(rows)
        np.testing.assert_allclose(covariance, rows.cov(ddof=0), atol=1e-12)


def test_intervals_hold_the_fit_and_agree_with_clustered_errors(survey):
    items, accounts = survey
    fit = cfa(items.assign(account=accounts), MODEL, cluster="account")
    found = refits(fit, items, accounts, draws=300, workers=2)
    table = found.table
    loadings = table[table["op"] == "=~"]
    assert found.failed <= 3
    assert ((loadings["low"] < loadings["std"]) & (loadings["std"] < loadings["high"])).all()
    width = (loadings["high"] - loadings["low"]) / (2 * 1.96)
    np.testing.assert_allclose(width, fit.loadings["std_se"], rtol=0.35)


def test_neither_order_nor_cores_change_a_number(survey):
    items, accounts = survey
    fit = cfa(items, MODEL)
    one = refits(fit, items, accounts, draws=45, workers=1).table
    back = refits(fit, items[::-1], accounts[::-1], draws=45, workers=2).table
    pd.testing.assert_frame_equal(one, back, rtol=1e-6)


def test_refuses_accounts_that_cannot_be_resampled(survey):
    items, accounts = survey
    fit = cfa(items, MODEL)
    with pytest.raises(EstimateError, match="one account per row"):
        refits(fit, items, accounts[:-1])
    with pytest.raises(EstimateError, match="names 1 account; resampling needs two"):
        refits(fit, items, pd.Series("A", index=accounts.index))
