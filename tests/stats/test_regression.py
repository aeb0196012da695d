"""Regressions of a yes or no against R, against their laws, and at their edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from crqlab import EstimateError
from crqlab.base.contracts.cautions import code, codes, has
from crqlab.stats import regression

FOLDER = Path(__file__).parents[1] / "reference/regression"
ROWS = pd.read_csv(FOLDER / "rows.csv")
REFERENCE = pd.read_csv(FOLDER / "logistic.csv")
NUMBERS = ["estimate", "se", "low", "high", "p"]
TWO = ROWS[["trust", "silent"]]


@pytest.fixture(scope="module")
def fits():
    outcome, account = ROWS["renewed"], ROWS["account"]
    return {
        "logit": regression.logit(outcome, TWO, cluster=account),
        "cloglog": regression.logit(outcome, TWO, cluster=account, link="cloglog"),
        "random": regression.random_intercept(outcome, TWO, account),
        "firth": regression.logit(ROWS["churned"], ROWS[["trust", "silent", "lapsed"]]),
    }


@pytest.mark.parametrize(
    ("case", "term", "quantity", "reference", "tolerance"),
    REFERENCE[["case", "term", "quantity", "reference", "tolerance"]].to_numpy(),
)
def test_agrees_with_r(fits, case, term, quantity, reference, tolerance):
    fit = fits[case]
    own = {"log_likelihood": fit.log_likelihood}
    if case == "random":
        own["sd"] = fit.sd.value
    found = own.get(quantity)
    if found is None:
        found = fit.table.set_index("term").loc[term, quantity]
    assert found == pytest.approx(reference, rel=tolerance, abs=tolerance)


def numbers(fit):
    return fit.table.set_index("term")[NUMBERS]


@settings(max_examples=20, deadline=None)
@given(shift=st.floats(-1000, 1000), scale=st.floats(0.001, 1000))
def test_slopes_follow_the_unit_and_ignore_the_zero_of_a_covariate(shift, scale):
    account = ROWS["account"]
    plain = regression.logit(ROWS["renewed"], TWO, cluster=account)
    moved = TWO.assign(trust=TWO["trust"] * scale + shift)
    there = regression.logit(ROWS["renewed"], moved, cluster=account)
    ends = ["estimate", "se", "low", "high"]
    slope = numbers(there).loc["trust", ends].to_numpy() * scale
    assert slope == pytest.approx(numbers(plain).loc["trust", ends].to_numpy(), rel=1e-5)
    assert there.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)
    assert there.predict(moved) == pytest.approx(plain.predict(TWO), rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), link=st.sampled_from(["logit", "cloglog"]))
def test_a_weight_of_two_is_the_row_twice(seed, link):
    times = np.random.default_rng(seed).integers(0, 4, size=len(ROWS))
    often = ROWS.loc[np.repeat(ROWS.index, times)]
    weighed = regression.logit(
        ROWS["renewed"], TWO, cluster=ROWS["account"], weights=times, link=link
    )
    repeated = regression.logit(
        often["renewed"], often[["trust", "silent"]], cluster=often["account"], link=link
    )
    assert numbers(weighed).to_numpy() == pytest.approx(numbers(repeated).to_numpy(), rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_and_the_names_of_clusters_do_not_matter(seed):
    mixed = ROWS.sample(frac=1, random_state=seed)
    names = mixed["account"].map(lambda number: f"account {997 * number % 1009}")
    there = regression.logit(mixed["renewed"], mixed[["trust", "silent"]], cluster=names)
    here = regression.logit(ROWS["renewed"], TWO, cluster=ROWS["account"])
    assert numbers(there).to_numpy() == pytest.approx(numbers(here).to_numpy(), rel=1e-7)
    there = regression.random_intercept(mixed["renewed"], mixed[["trust", "silent"]], names)
    here = regression.random_intercept(ROWS["renewed"], TWO, ROWS["account"])
    assert numbers(there).to_numpy() == pytest.approx(numbers(here).to_numpy(), rel=1e-5)


def test_equals_statsmodels():
    import statsmodels.api as sm

    theirs = sm.Logit(ROWS["renewed"], sm.add_constant(TWO)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": ROWS["account"]}
    )
    fit = regression.logit(ROWS["renewed"], TWO, cluster=ROWS["account"])
    assert fit.covariance.to_numpy() == pytest.approx(theirs.cov_params().to_numpy(), rel=1e-6)


def test_predicts_with_an_interval_by_the_delta_method(fits):
    fit, rows = (
        fits["logit"],
        pd.DataFrame({"silent": [1.0, 0], "trust": [3.0, 6]}, index=["a", "b"]),
    )
    told = fit.predict_interval(rows)
    X = np.array([[1, 3.0, 1], [1, 6.0, 0]])
    linear = X @ fit.coefficients.to_numpy()
    error = np.sqrt(np.diag(X @ fit.covariance.to_numpy() @ X.T))
    assert told["probability"].to_numpy() == pytest.approx(expit(linear))
    assert told["low"].to_numpy() == pytest.approx(expit(linear - 1.959964 * error), rel=1e-6)
    assert list(told.index) == ["a", "b"]


def test_a_group_unknown_is_averaged_over_groups(fits):
    fit = fits["random"]
    linear = np.array([[1, 5.0, 0]]) @ fit.coefficients.to_numpy()
    groups = np.random.default_rng(1).normal(size=400_000) * fit.sd.value
    assert fit.predict(pd.DataFrame({"trust": [5.0], "silent": [0.0]})) == pytest.approx(
        expit(linear + groups).mean(), abs=0.001
    )


def test_likelihood_ratio_is_twice_the_difference():
    richer = regression.logit(ROWS["renewed"], TWO)
    poorer = regression.logit(ROWS["renewed"], TWO[["trust"]])
    found = regression.likelihood_ratio(richer, poorer)
    gain = 2 * (richer.log_likelihood - poorer.log_likelihood)
    assert (found.chi_square, found.df, found.flag) == (pytest.approx(gain), 1, "ok")
    with pytest.raises(EstimateError, match="not nested"):
        regression.likelihood_ratio(poorer, richer)


def test_a_comparison_says_when_one_of_its_fits_was_penalised(fits):
    poorer = regression.logit(ROWS["churned"], TWO)
    assert regression.likelihood_ratio(fits["firth"], poorer).flag == "fit_penalised"
    many = regression.ordinal(ROWS["churned"], ROWS[["trust", "silent", "lapsed"]])
    few = regression.ordinal(ROWS["churned"], TWO)
    assert has(many.flag, "separated_by_terms_ridge")
    assert regression.likelihood_ratio(many, few).flag == "fit_penalised"


def test_separation_is_named_and_penalised(fits):
    fit = fits["firth"]
    assert {"code": "separated_by_terms_firth", "terms": "lapsed"} in codes(fit.flag)
    assert np.isfinite(fit.table[NUMBERS].to_numpy()).all()


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_complete_separation_has_a_finite_answer(link):
    rows = pd.DataFrame({"trust": np.arange(20.0)})
    fit = regression.logit(rows["trust"] > 9, rows, link=link, cluster=np.arange(20) // 2)
    assert {"code": "separated_by_terms_firth", "terms": "trust"} in codes(fit.flag)
    assert fit.table.loc[1, "estimate"] > 0
    assert np.isfinite(fit.table[NUMBERS].to_numpy()).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(6, 30))
def test_separation_is_found_where_a_programme_finds_it(seed, n):
    from scipy.optimize import linprog

    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, size=(n, 2)).astype(float)
    y = (rng.random(n) < expit(2 * X[:, 0] - 2)).astype(int)
    y[:2] = 0, 1
    rows = pd.DataFrame(X, columns=["a", "b"])
    fit = regression.logit(y, rows)
    kept = [name for name in ("a", "b") if name in fit.covariance.index]
    signed = np.column_stack([np.ones(n), rows[kept]]) * (2 * y - 1)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(n), bounds=(-1, 1))
    assert ("separated" in fit.flag) == (-found.fun > 1e-7)


def test_what_repeats_or_never_changes_is_left_out_by_name():
    rows = TWO.assign(both=TWO["trust"] - 2 * TWO["silent"], wave=2025)
    fit = regression.logit(ROWS["renewed"], rows)
    flags = fit.table.set_index("term")["flag"]
    assert flags["both"] == code("dropped_repeats", term="both", others="trust, silent")
    assert flags["wave"] == code("dropped_constant", term="wave")
    assert flags["trust"] == "ok"
    assert codes(fit.flag) == [*codes(flags["wave"]), *codes(flags["both"])]
    plain = regression.logit(ROWS["renewed"], TWO)
    assert fit.predict(rows) == pytest.approx(plain.predict(TWO))


def test_near_repetition_is_held_by_a_ridge():
    noise = np.random.default_rng(5).normal(size=len(ROWS)) / 100
    rows = TWO.assign(again=TWO["trust"] + noise)
    fit = regression.logit(ROWS["renewed"], rows)
    assert has(fit.flag, "collinear_ridge")
    assert has(fit.flag, "vif_high")
    slopes = numbers(fit)["estimate"]
    plain = regression.logit(ROWS["renewed"], TWO).coefficients
    assert slopes["trust"] + slopes["again"] == pytest.approx(plain["trust"], rel=0.05)
    assert 0 < slopes["again"] < slopes["trust"]


def test_few_events_and_few_clusters_are_told():
    few = ROWS.head(40)
    fit = regression.logit(few["renewed"], few[["trust", "silent"]], cluster=few["account"] % 5)
    events = int(min(few["renewed"].sum(), 40 - few["renewed"].sum()))
    assert codes(fit.flag) == [
        {"code": "few_events_per_variable", "minimum": 10, "events": events, "covariates": 2},
        {"code": "few_clusters", "minimum": 30, "n": 5},
    ]
    wide = (fit.table["high"] - fit.table["low"]) / fit.table["se"] / 2
    assert wide.to_numpy() == pytest.approx(np.full(3, 2.776445), rel=1e-6)
    alone = regression.logit(few["renewed"], few[["trust"]], cluster=np.zeros(40))
    assert has(alone.flag, "one_cluster")


def test_groups_alike_have_no_spread():
    rng = np.random.default_rng(3)
    outcome = np.tile([0, 1, 1, 0], 100)
    rows = pd.DataFrame({"trust": rng.normal(size=400)})
    fit = regression.random_intercept(outcome, rows, np.repeat(np.arange(100), 4))
    assert fit.sd.value < 1e-3
    assert fit.flag == "groups_alike"
    plain = regression.logit(outcome, rows)
    assert fit.table["estimate"].to_numpy() == pytest.approx(
        plain.table["estimate"].to_numpy(), abs=1e-4
    )


@pytest.mark.parametrize(
    ("outcome", "covariates", "words"),
    [
        ([1, 1, 1], {"x": [1.0, 2, 3]}, "same in all 3 rows"),
        ([0, 1, 2], {"x": [1.0, 2, 3]}, "1 values .* neither 0 nor 1"),
        ([0, 1], {"x": [1.0, 2, 3]}, "same rows"),
        ([0, 1, 0], {"x": [1.0, np.nan, 3]}, "1 in x"),
        ([0, 1, 0], {"x": ["a", "b", "c"]}, "no numbers in x"),
        ([0, 1, 0], {"(intercept)": [1.0, 2, 3]}, "the intercept is added"),
    ],
)
def test_says_what_is_wrong(outcome, covariates, words):
    with pytest.raises(EstimateError, match=words):
        regression.logit(outcome, pd.DataFrame(covariates))
