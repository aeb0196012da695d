"""Confirmatory models: laws, truth, cautions and refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError, EstimateError
from crqlab.base.contracts.cautions import codes
from crqlab.stats.factors import cfa, refit
from crqlab.stats.factors.standard import standardised
from tests.stats.factors.surveys import ITEMS, LOADINGS, MODEL, PHI, gappy, survey

FIT = cfa(survey(), MODEL)


def test_recovers_the_truth_of_a_large_sample():
    fit = cfa(survey(40_000), MODEL)
    np.testing.assert_allclose(fit.loadings["estimate"], LOADINGS, atol=0.03)
    np.testing.assert_allclose(fit.latent, PHI, atol=0.04)
    np.testing.assert_allclose(fit.residuals["estimate"], 0.49, atol=0.03)
    assert fit.flag == "ok"


@given(st.permutations(range(9)), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_ignores_the_order_of_columns_and_rows(columns, random):
    rows = list(range(400))
    random.shuffle(rows)
    fit = cfa(survey().iloc[rows, list(columns)], MODEL)
    assert fit.fit["chi2"] == pytest.approx(FIT.fit["chi2"], abs=1e-8)
    np.testing.assert_allclose(fit.theta, FIT.theta, rtol=1e-7)


@given(
    scale=st.floats(1e-3, 1e3),
    shift=st.floats(-1e3, 1e3),
)
@settings(max_examples=10, deadline=None)
def test_fit_and_standardised_loadings_ignore_an_items_unit(scale, shift):
    fit = cfa(survey().assign(t2=lambda d: d["t2"] * scale + shift), MODEL)
    assert fit.fit["chi2"] == pytest.approx(FIT.fit["chi2"], abs=1e-5)
    np.testing.assert_allclose(fit.loadings["std"], FIT.loadings["std"], atol=1e-6)
    np.testing.assert_allclose(fit.loadings["std_se"], FIT.loadings["std_se"], atol=1e-6)


def test_three_constructs_and_their_second_order_factor_fit_alike():
    higher = cfa(survey(), MODEL, second_order="crq")
    assert higher.fit["chi2"] == pytest.approx(FIT.fit["chi2"], abs=1e-8)
    top = higher.loadings.query("order == 2")
    assert top["construct"].tolist() == ["crq"] * 3
    assert top["item"].tolist() == list(MODEL)
    correlations = FIT.covariances.set_index(["left", "right"])["std"]
    assert top["std"].iloc[0] * top["std"].iloc[1] == pytest.approx(
        correlations["trust", "value"], abs=1e-6
    )


def test_without_gaps_fiml_is_maximum_likelihood_with_means():
    fit = cfa(survey(), MODEL, missing="fiml")
    assert fit.fit["chi2"] == pytest.approx(FIT.fit["chi2"], abs=1e-7)
    np.testing.assert_allclose(fit.loadings["estimate"], FIT.loadings["estimate"], rtol=1e-7)
    np.testing.assert_allclose(fit.intercepts["estimate"], survey().mean(), rtol=1e-9)
    assert fit.fit["cfi_robust"] == pytest.approx(FIT.fit["cfi"], abs=1e-9)


def test_gaps_at_random_do_not_bias_and_cost_precision():
    whole, holed = survey(20_000), gappy(survey(20_000), 0.3)
    fit, full = cfa(holed, MODEL, missing="fiml"), cfa(whole, MODEL)
    np.testing.assert_allclose(fit.loadings["estimate"], LOADINGS, atol=0.06)
    free = full.loadings["se"] > 0
    assert (fit.loadings["se"][free] > full.loadings["se"][free]).all()


def test_every_respondent_twice_in_a_cluster_changes_nothing_but_the_count():
    once = survey(500)
    twice = pd.concat([once, once], ignore_index=True).assign(account=np.tile(np.arange(500), 2))
    single = cfa(once.assign(account=np.arange(500)), MODEL, cluster="account")
    double = cfa(twice, MODEL, cluster="account")
    np.testing.assert_allclose(double.loadings["se"], single.loadings["se"], rtol=1e-6)
    assert double.fit["chi2_scaled"] == pytest.approx(single.fit["chi2_scaled"], rel=1e-6)
    assert double.estimator == "mlr"


def test_shared_accounts_widen_the_errors_of_means():
    data = survey(900, accounts=60)
    clustered = cfa(data, MODEL, cluster="account")
    alone = cfa(data, MODEL, missing="fiml", estimator="mlr")
    assert (clustered.intercepts["se"] > 1.2 * alone.intercepts["se"]).all()
    np.testing.assert_allclose(clustered.theta, alone.theta, rtol=1e-6)


def test_normal_answers_need_no_scaling_and_heavy_tails_do():
    normal, heavy = survey(20_000), survey(20_000, heavy=True)
    for estimator in ("mlm", "mlr"):
        assert cfa(normal, MODEL, estimator=estimator).fit["scaling"] == pytest.approx(1, abs=0.03)
        plain, robust = cfa(heavy, MODEL), cfa(heavy, MODEL, estimator=estimator)
        assert robust.residuals["se"].mean() > 1.3 * plain.residuals["se"].mean()


def test_groups_have_their_own_parameters_and_add_their_chi_squares():
    data = survey(800).assign(country=["NL", "DE"] * 400)
    both = cfa(data, MODEL, group="country")
    parts = [cfa(data[data["country"] == c], MODEL) for c in ("NL", "DE")]
    assert both.fit["chi2"] == pytest.approx(sum(p.fit["chi2"] for p in parts), abs=1e-7)
    assert both.loadings["group"].unique().tolist() == ["NL", "DE"]
    second = both.loadings.query("group == 'DE'")["estimate"].to_numpy()
    np.testing.assert_allclose(second, parts[1].loadings["estimate"], rtol=1e-6)
    assert both.implied.loc["NL"].shape == (9, 9)


def test_modification_index_is_about_what_freeing_gains():
    data = survey(20_000)
    data["v2"] += 0.03 * data[MODEL["trust"]].sum(axis=1)
    fit = cfa(data, MODEL)
    first = fit.modification.iloc[0]
    assert {first["lhs"], first["rhs"]} == {"trust", "v2"}
    wider = cfa(data, MODEL | {"trust": [*MODEL["trust"], "v2"]})
    assert fit.fit["chi2"] - wider.fit["chi2"] == pytest.approx(first["mi"], rel=0.15)
    freed = wider.loadings.query("construct == 'trust' and item == 'v2'")["estimate"].item()
    assert freed == pytest.approx(first["epc"], rel=0.2)


def test_scores_follow_the_constructs_and_keep_the_rows():
    data = gappy(survey(3000), 0.1).set_axis(np.arange(3000) + 7)
    scores = cfa(data, MODEL, missing="fiml").factor_scores
    assert scores.index.equals(data.index)
    rng = np.random.default_rng(11)
    truth = rng.multivariate_normal(np.zeros(3), PHI, 3000)
    assert np.corrcoef(scores["trust"], truth[:, 0])[0, 1] > 0.85


def test_refit_agrees_with_a_fit_of_the_same_resample():
    draw = survey().sample(400, replace=True, random_state=5)
    theta = refit(FIT, np.cov(draw[ITEMS].T, bias=True), 400)
    again = cfa(draw, MODEL)
    np.testing.assert_allclose(theta, again.theta, rtol=1e-6)
    np.testing.assert_allclose(standardised(FIT.model, theta), again.parameters["std"], atol=1e-6)


def test_refit_refuses_another_number_of_items():
    with pytest.raises(EstimateError, match=r"shape \(8, 8\)"):
        refit(FIT, np.eye(8), 400)


def test_three_items_fit_exactly():
    fit = cfa(survey(), {"trust": MODEL["trust"]}, estimator="mlr")
    assert (fit.fit["df"], fit.fit["chi2"], fit.fit["cfi"], fit.fit["rmsea"]) == (0, 0.0, 1.0, 0.0)
    assert np.isnan(fit.fit["p"])
    assert "df 0, p not defined" in str(fit)


def test_a_single_item_is_its_construct():
    fit = cfa(survey(), {"trust": MODEL["trust"], "v1": ["v1"]})
    assert fit.loadings.query("construct == 'v1'")["std"].item() == pytest.approx(1)
    assert fit.residuals.query("item == 'v1'")["estimate"].item() == 0


def test_says_its_result_in_a_sentence():
    assert str(FIT).startswith("CFA (ml), 3 factors: chi-square ")
    assert str(FIT).endswith("n = 400 respondents")


def test_flags_a_negative_residual_with_its_item():
    rng = np.random.default_rng(4)
    r = np.array([[1, 0.9, 0.8], [0.9, 1, 0.3], [0.8, 0.3, 1]]) + 0.0
    r[1, 2] = r[2, 1] = 0.6
    raw = rng.normal(size=(300, 3))
    raw = (raw - raw.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    data = pd.DataFrame(raw @ np.linalg.cholesky(r).T, columns=["t1", "t2", "t3"])
    fit = cfa(data, {"trust": ["t1", "t2", "t3"]})
    assert codes(fit.flag)[0] == {
        "code": "negative_residual_variance", "item": "t1", "value": -0.199,
    }  # fmt: skip
    assert "negative residual variance (item t1, value -0.199)" in str(fit)


def test_flags_constructs_that_correlate_beyond_one():
    mixed = {"a": ["t1", "v1", "e1"], "b": ["t2", "v2", "e2"]}
    fit = cfa(survey(), mixed)
    (found,) = (one for one in codes(fit.flag) if one["code"] == "constructs_correlate_beyond_one")
    assert (found["left"], found["right"]) == ("a", "b")
    assert 1 < found["correlation"] < 2


def test_flags_a_second_order_factor_of_two_constructs():
    two = {name: MODEL[name] for name in ("trust", "value")}
    fit = cfa(survey(), two, second_order="crq")
    expected = {"code": "not_identified_few_indicators", "constructs": "crq", "minimum": 3}
    assert expected in codes(fit.flag)
    assert fit.loadings.query("order == 2")["se"].isna().any()


def test_flags_fewer_respondents_or_clusters_than_parameters():
    told = {"code": "fewer_respondents_than_parameters", "n": 18, "parameters": 21}
    assert told in codes(cfa(survey(18), MODEL).flag)
    few = survey(400, accounts=8)
    told = {"code": "fewer_clusters_than_parameters", "n": 8, "parameters": 30}
    assert told in codes(cfa(few, MODEL, cluster="account").flag)


SAME = survey().assign(t2=lambda d: 2 * d["t1"] + 1)


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (survey().assign(t1=3.0), {}, "'t1' has the same answer from everybody"),
        (survey().assign(t1="often"), {}, "'t1' holds .*, not numbers"),
        (survey().assign(t1=True), {}, "'t1' holds bool, not numbers"),
        (survey().assign(t1=np.inf), {}, "'t1' holds an infinite value"),
        (survey().drop(columns="t1"), {}, "no column 't1'"),
        (survey().head(9), {}, "9 usable rows for 9 items"),
        (survey().head(0), {}, "no row of 0"),
        (SAME, {}, "'t1' and 't2' say the same"),
        (gappy(SAME), {"missing": "fiml"}, "'t1' and 't2' say the same"),
        (
            survey().assign(t3=lambda d: d["t1"] + d["t2"]),
            {},
            "'t1', 't2' and 't3' are redundant",
        ),
        (survey().assign(a=1), {"cluster": "a"}, "1 cluster; standard errors by cluster need two"),
        (survey(), {"cluster": "a"}, "cluster= is 'a', but data= has no such column"),
        (survey().assign(g=1), {"group": "g"}, "comparing needs two"),
        (survey().assign(g=[1] * 395 + [2] * 5), {"group": "g"}, "in group '2'"),
        (survey(), {"estimator": "mlm", "missing": "fiml"}, "use estimator='mlr'"),
        (survey().to_numpy(), {}, "data= is ndarray; give a DataFrame"),
    ],
)
def test_refuses_data_that_cannot_carry_the_model(data, options, words):
    with pytest.raises(EstimateError, match=words):
        cfa(data, MODEL, **options)


def test_refuses_blocks_that_nobody_answered_together():
    data = survey()
    data.loc[:199, MODEL["trust"]] = np.nan
    data.loc[200:, MODEL["value"]] = np.nan
    with pytest.raises(EstimateError, match="no row of 400"):
        cfa(data, MODEL)
    with pytest.raises(EstimateError, match="'t1' and 'v1' are answered together by 0"):
        cfa(data, MODEL, missing="fiml")


def test_refuses_a_lone_construct_of_two_items():
    with pytest.raises(EstimateError, match="4 parameters for 3 variances and covariances"):
        cfa(survey(), {"trust": ["t1", "t2"]})


def test_refuses_words_it_does_not_know():
    with pytest.raises(CrqError, match="Did you mean 'mlr'"):
        cfa(survey(), MODEL, estimator="mlrr")
    with pytest.raises(CrqError, match="missing= is 'pairwise'"):
        cfa(survey(), MODEL, missing="pairwise")
    with pytest.raises(EstimateError, match="give a list of items"):
        cfa(survey(), {"trust": "t1"})


@pytest.mark.validation
def test_intervals_and_chi_square_keep_their_promise():
    covered, rejected, draws = [], 0, 400
    for seed in range(draws):
        fit = cfa(survey(300, seed=1000 + seed), MODEL)
        rows = fit.loadings[fit.loadings["se"] > 0]
        truth = LOADINGS[fit.loadings["se"] > 0]
        covered.append((rows["low"] <= truth) & (truth <= rows["high"]))
        rejected += fit.fit["p"] < 0.05
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)
    assert rejected / draws == pytest.approx(0.055, abs=0.03)
