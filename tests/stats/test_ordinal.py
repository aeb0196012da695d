"""Ordinal regressions against R, against statsmodels, against their laws, and at their edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError, EstimateError
from crqlab.base.contracts.cautions import codes, has
from crqlab.stats import regression
from crqlab.stats.regression.cumulative import LAWS
from tests import oracle

NUMBERS = ["estimate", "se", "low", "high", "p"]
LINKS = {"logit": "logit", "probit": "probit", "cloglog": "gumbel_l", "loglog": "gumbel_r"}


def answers(n=600, seed=1):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"trust": rng.normal(5, 2, n), "silent": rng.integers(0, 2, n) * 1.0})
    latent = 0.5 * rows["trust"] - 0.7 * rows["silent"] + rng.logistic(size=n)
    return np.digitize(latent, [0.5, 1.5, 2.5, 4]), rows, np.arange(n) // 4


def wine():
    rows = oracle.data("wine")
    table = {"tempwarm": rows["temp"] == "warm", "contactyes": rows["contact"] == "yes"}
    return rows["rating"], pd.DataFrame(table).astype(float), rows["judge"]


def sfo2017():
    rows = oracle.data("sfo2017").dropna(subset=["Q7ALL", "Q9ALL", "Q10SAFE"])
    return rows["Q7ALL"], rows[["Q9ALL", "Q10SAFE"]], None


def numbers(fit):
    return fit.table[NUMBERS].to_numpy()


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("case", [wine, sfo2017])
def test_agrees_with_clm_on_real_answers(case, link):
    golden = oracle.golden(f"ord_{case.__name__}")
    reference, near = golden["values"][link], golden["tolerance"]
    fit = regression.ordinal(*case()[:2], link=link)
    assert fit.table["term"].tolist() == [row["term"] for row in reference["coef"]]
    for ours, theirs in {"estimate": "est", "se": "se", "z": "z", "p": "p"}.items():
        column = [row[theirs] for row in reference["coef"]]
        assert fit.table[ours].to_numpy() == pytest.approx(column, **near)
    assert (fit.log_likelihood, fit.aic) == pytest.approx((reference["logLik"], reference["AIC"]))


def test_one_slope_at_all_thresholds_as_published_for_the_wine():
    # Christensen, Cumulative Link Models for Ordinal Regression with the R Package ordinal,
    # nominal_test(): to the digits printed there
    found = regression.proportional_odds(regression.ordinal(*wine()[:2]))
    assert found["chi_square"].round(4).tolist() == [3.1750, 0.5667]
    assert found["df"].tolist() == [3, 3]
    assert found["p"].round(4).tolist() == [0.3654, 0.9040]
    assert found["log_likelihood"].round(3).tolist() == [-84.904, -86.209]
    assert found["aic"].round(2).tolist() == [187.81, 190.42]


@pytest.mark.parametrize(
    ("dropped", "chi2", "p"), [("tempwarm", 26.928, 2.112e-07), ("contactyes", 11.043, 0.0008902)]
)
def test_what_a_covariate_gains_as_published_for_the_wine(dropped, chi2, p):
    # drop1(test="Chi") there, to the digits printed
    outcome, rows, _ = wine()
    richer, poorer = (regression.ordinal(outcome, x) for x in (rows, rows.drop(columns=dropped)))
    found = regression.likelihood_ratio(richer, poorer)
    assert (round(found.chi_square, 3), found.df, found.flag) == (chi2, 1, "ok")
    assert found.p == pytest.approx(p, rel=5e-4)
    with pytest.raises(EstimateError, match="not nested"):
        regression.likelihood_ratio(richer, regression.ordinal(-outcome, rows[["tempwarm"]]))
    fit = regression.gee(outcome > 3, rows, np.arange(len(rows)) // 2)
    with pytest.raises(EstimateError, match="no likelihood"):
        regression.likelihood_ratio(fit, fit)


@pytest.mark.parametrize("link", LINKS)
def test_equals_statsmodels(link):
    from scipy import stats
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    outcome, rows, _ = answers()
    fit = regression.ordinal(outcome, rows, link=link)
    law = LINKS[link] if link in ("logit", "probit") else getattr(stats, LINKS[link])
    theirs = OrderedModel(outcome, rows, distr=law).fit(method="bfgs", gtol=1e-8, disp=0)
    cuts = theirs.model.transform_threshold_params(theirs.params.to_numpy())[1:-1]
    assert fit.thresholds["estimate"].to_numpy() == pytest.approx(cuts, rel=1e-5)
    assert fit.slopes["estimate"].to_numpy() == pytest.approx(theirs.params[:2], rel=1e-5)
    assert fit.slopes["se"].to_numpy() == pytest.approx(theirs.bse[:2], rel=1e-4)
    assert fit.table["se"][0] == pytest.approx(theirs.bse.iloc[2], rel=1e-4)
    assert fit.log_likelihood == pytest.approx(theirs.llf, rel=1e-9)


@pytest.mark.parametrize("link", LAWS)
@pytest.mark.parametrize("x", [-30.0, -3.0, -0.4, 0.0, 0.7, 2.5, 5.0])
def test_each_law_agrees_with_itself(link, x):
    law, step = LAWS[link], 1e-5
    x = np.array([x])
    assert law.below(x) + law.above(x) == pytest.approx(1)
    rise = (law.below(x + step) - law.below(x - step)) / (2 * step)
    assert law.density(x) == pytest.approx(rise, rel=1e-5, abs=1e-9)
    turn = (law.density(x + step) - law.density(x - step)) / (2 * step)
    assert law.bend(x) == pytest.approx(turn, rel=1e-5, abs=1e-9)
    if abs(x) < 4:
        assert law.quantile(law.below(x)) == pytest.approx(x, abs=1e-6)


def test_two_categories_are_a_logistic_regression():
    outcome, rows, account = answers()
    ours = regression.ordinal(outcome > 2, rows, cluster=account)
    plain = regression.logit(outcome > 2, rows, cluster=account)
    sign = np.array([-1, 1, 1])
    estimate, se = plain.table["estimate"].to_numpy(), plain.table["se"].to_numpy()
    assert ours.table["estimate"].to_numpy() == pytest.approx(sign * estimate, rel=1e-6)
    assert ours.table["se"].to_numpy() == pytest.approx(se, rel=1e-6)
    assert ours.log_likelihood == pytest.approx(plain.log_likelihood)
    assert ours.predict(rows)[1].to_numpy() == pytest.approx(plain.predict(rows), rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), link=st.sampled_from(sorted(LAWS)))
def test_a_weight_of_two_is_the_row_twice(seed, link):
    outcome, rows, account = answers(200, seed)
    times = np.random.default_rng(seed).integers(0, 4, size=200)
    often = np.repeat(np.arange(200), times)
    weighed = regression.ordinal(outcome, rows, weights=times, cluster=account, link=link)
    repeated = regression.ordinal(
        outcome[often], rows.iloc[often], cluster=account[often], link=link
    )
    assert numbers(weighed) == pytest.approx(numbers(repeated), rel=1e-5, abs=1e-8)


@settings(max_examples=10, deadline=None)
@given(shift=st.floats(-1000, 1000), scale=st.floats(0.01, 100))
def test_slopes_follow_the_unit_and_ignore_the_zero_of_a_covariate(shift, scale):
    outcome, rows, _ = answers(300)
    plain = regression.ordinal(outcome, rows)
    moved = regression.ordinal(outcome, rows.assign(trust=rows["trust"] * scale + shift))
    ends = ["estimate", "se", "low", "high"]
    there = moved.slopes[ends].to_numpy()[0] * scale
    assert there == pytest.approx(plain.slopes[ends].to_numpy()[0], rel=1e-5)
    assert moved.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)


@pytest.mark.parametrize(("link", "mirror"), [("logit", "logit"), ("cloglog", "loglog")])
def test_categories_from_the_other_end_turn_the_slopes_round(link, mirror):
    outcome, rows, _ = answers()
    there = regression.ordinal(outcome, rows, link=link)
    back = regression.ordinal(-outcome, rows, link=mirror)
    slopes = back.slopes["estimate"].to_numpy()
    assert slopes == pytest.approx(-there.slopes["estimate"].to_numpy(), rel=1e-6)
    cuts = back.thresholds["estimate"].to_numpy()[::-1]
    assert cuts == pytest.approx(-there.thresholds["estimate"].to_numpy(), rel=1e-6)


def test_rows_twice_in_their_own_clusters_have_the_errors_of_rows_once():
    outcome, rows, _ = answers()
    alone = regression.ordinal(outcome, rows, cluster=np.arange(600))
    twice = np.tile(np.arange(600), 2)
    both = regression.ordinal(outcome[twice], rows.iloc[twice], cluster=twice)
    k = len(alone.table)
    factor = np.sqrt((1199 / (1200 - k)) / (599 / (600 - k)))
    assert both.table["se"].to_numpy() == pytest.approx(factor * alone.table["se"], rel=1e-6)


def test_finds_what_was_put_in():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"trust": rng.normal(size=40_000)})
    latent = 0.8 * rows["trust"] + rng.normal(size=40_000)
    fit = regression.ordinal(np.digitize(latent, [-1, 0, 1.5]), rows, link="probit")
    assert fit.table["estimate"].tolist() == pytest.approx([-1, 0, 1.5, 0.8], abs=0.03)
    expected = np.diff([0, *LAWS["probit"].below(np.array([-1.8, -0.8, 0.7])), 1])
    told = fit.predict(pd.DataFrame({"trust": [1.0]})).to_numpy()[0]
    assert told == pytest.approx(expected, abs=0.01)
    assert regression.proportional_odds(fit)["p"].item() > 0.01


def test_slopes_that_differ_between_thresholds_are_found():
    rng = np.random.default_rng(3)
    x = rng.normal(size=4000)
    low = rng.random(4000) < LAWS["logit"].below(-1 - 0.2 * x)
    high = rng.random(4000) < LAWS["logit"].below(-1 + 1.5 * x)
    fit = regression.ordinal(np.where(low, 0, np.where(high, 2, 1)), pd.DataFrame({"x": x}))
    assert regression.proportional_odds(fit)["p"].item() < 1e-6


def test_words_in_order_are_categories_and_unused_ones_are_left_out():
    outcome, rows, _ = answers()
    words = ["poor", "fair", "good", "fine", "best", "never"]
    named = pd.Categorical.from_codes(outcome, words, ordered=True)
    fit = regression.ordinal(named, rows)
    assert fit.categories == tuple(words[:5])
    assert fit.table["term"][0] == "poor|fair"
    assert numbers(fit) == pytest.approx(numbers(regression.ordinal(outcome, rows)))
    with pytest.raises(EstimateError, match="no order"):
        regression.ordinal(np.array(words)[outcome], rows)


def test_separated_categories_have_a_finite_answer():
    rows = pd.DataFrame({"trust": np.arange(60.0)})
    fit = regression.ordinal(np.arange(60) // 20, rows)
    assert {"code": "separated_by_terms_ridge", "terms": "trust"} in codes(fit.flag)
    assert np.isfinite(numbers(fit)).all()
    assert fit.slopes["estimate"].item() > 0


def test_what_cannot_enter_and_what_is_thin_is_said():
    outcome, rows, account = answers(100)
    outcome = np.where(np.arange(100) < 2, 9, outcome)
    wide = rows.assign(same=1.0, again=rows["trust"] * 2)
    fit = regression.ordinal(outcome, wide, cluster=account)
    flags = fit.slopes.set_index("term")["flag"]
    assert has(flags["same"], "dropped_constant")
    assert has(flags["again"], "dropped_repeats")
    thin = {"code": "few_answers_in_categories", "minimum": 5, "names": "9"}
    assert thin in codes(fit.flag)
    assert has(fit.flag, "few_clusters")


def test_refuses_what_it_cannot_fit():
    outcome, rows, _ = answers(50)
    with pytest.raises(EstimateError, match="same in all"):
        regression.ordinal(np.ones(50), rows)
    with pytest.raises(EstimateError, match="missing values"):
        regression.ordinal(pd.Series(outcome).where(outcome > 0), rows)
    with pytest.raises(EstimateError, match="same rows"):
        regression.ordinal(outcome[:-1], rows)
    with pytest.raises(CrqError, match="use 'logit'"):
        regression.ordinal(outcome, rows, link="cauchit")
    with pytest.raises(EstimateError, match="no log odds"):
        _ = regression.ordinal(outcome, rows, link="probit").ratios
    with pytest.raises(EstimateError, match="2 categories"):
        regression.proportional_odds(regression.ordinal(outcome > 1, rows))


def test_random_intercepts_agree_with_clmm():
    golden = oracle.golden("ord_wine")
    reference, near = golden["values"]["clmm_nagq10"], golden["tolerance"]
    fit = regression.ordinal_random_intercept(*wine(), nodes=10)
    assert fit.table["term"].tolist() == [row["term"] for row in reference["coef"]]
    for ours, theirs in {"estimate": "est", "se": "se"}.items():
        column = [row[theirs] for row in reference["coef"]]
        assert fit.table[ours].to_numpy() == pytest.approx(column, **near)
    assert fit.sd.value == pytest.approx(reference["sd"], **near)
    assert fit.log_likelihood == pytest.approx(reference["logLik"], **near)


def test_random_intercepts_of_two_categories_are_a_mixed_logistic_regression():
    outcome, rows, account = answers()
    ours = regression.ordinal_random_intercept(outcome > 2, rows, account, nodes=15)
    plain = regression.random_intercept(outcome > 2, rows, account, nodes=15)
    sign = np.array([-1, 1, 1])
    estimate = plain.table["estimate"].to_numpy()
    assert ours.table["estimate"].to_numpy() == pytest.approx(sign * estimate, rel=1e-5)
    assert ours.table["se"].to_numpy() == pytest.approx(plain.table["se"], rel=1e-4)
    assert ours.sd.value == pytest.approx(plain.sd.value, rel=1e-4)
    assert ours.groups["effect"].to_numpy() == pytest.approx(
        plain.groups["effect"].to_numpy(), abs=1e-4
    )
    assert ours.predict(rows)[1].to_numpy() == pytest.approx(plain.predict(rows), abs=1e-4)


@pytest.mark.parametrize("link", LAWS)
def test_random_intercepts_are_found_with_every_link(link):
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(200), 10)
    rows = pd.DataFrame({"trust": rng.normal(size=2000)})
    noise = LAWS[link].quantile(rng.random(2000))
    latent = 0.8 * rows["trust"] + 1.2 * rng.normal(size=200)[group] + noise
    fit = regression.ordinal_random_intercept(
        np.digitize(latent, [-1, 0, 1.5]), rows, group, link=link
    )
    low, high = (
        fit.table["estimate"] - 4 * fit.table["se"],
        fit.table["estimate"] + 4 * fit.table["se"],
    )
    assert ((low < [-1, 0, 1.5, 0.8]) & (high > [-1, 0, 1.5, 0.8])).all()
    assert fit.sd.value == pytest.approx(1.2, abs=0.25)
    told = fit.predict(rows)
    assert told.sum(axis=1).to_numpy() == pytest.approx(1)
    shares = np.bincount(np.digitize(latent, [-1, 0, 1.5])) / 2000
    assert told.mean().to_numpy() == pytest.approx(shares, abs=0.02)
    with pytest.raises(EstimateError, match="random intercepts"):
        regression.proportional_odds(fit)


def test_groups_that_are_alike_are_said_to_be():
    outcome, rows, _ = answers()
    group = np.empty(600, dtype=int)
    group[np.argsort(outcome, kind="stable")] = np.arange(600) % 150  # the same mix in each
    fit = regression.ordinal_random_intercept(outcome, rows, group)
    assert has(fit.flag, "groups_alike")
    plain = regression.ordinal(outcome, rows)
    assert numbers(fit) == pytest.approx(numbers(plain), rel=1e-3, abs=1e-5)
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood)
