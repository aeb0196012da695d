"""Response propensity against glm, weights and re-weighting as laws, by hand and at edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import EstimateError
from crqlab.stats.response_propensity import inverse, kish, propensity
from crqlab.stats.weighted_means import Asked, reweighted

FOLDER = Path(__file__).parents[1] / "reference/weighting"
REFERENCE = pd.read_csv(FOLDER / "propensity.csv").set_index("quantity")
PEOPLE = pd.read_csv(FOLDER / "people.csv")
X = PEOPLE[["user", "size"]].astype(float)
ANSWERED = PEOPLE["answered"].to_numpy(bool)


def fitted(**options):
    return propensity(X, ANSWERED, strata=PEOPLE["client"], **options)


def agrees(value, name):
    reference, tolerance = REFERENCE.loc[name, ["reference", "tolerance"]]
    assert value == pytest.approx(reference, abs=tolerance)


def test_fit_agrees_with_glm():
    fit = fitted(clusters=PEOPLE["account"])
    for name, slope in zip(X, fit.slopes, strict=True):
        agrees(slope, name)
    for client, level in fit.intercepts.items():
        agrees(level, client)
    for row in range(3):
        agrees(fit.fitted[row], f"fitted {row}")
    agrees(fit.auc, "auc")


@pytest.mark.parametrize(("kind", "clusters"), [("clustered", "account"), ("robust", None)])
def test_errors_agree_with_those_of_the_whole_model(kind, clusters):
    fit = fitted(clusters=None if clusters is None else PEOPLE[clusters])
    for name, error in zip(X, np.sqrt(np.diag(fit.covariance)), strict=True):
        agrees(error, f"{name} {kind} se")


def test_weights_agree_with_r():
    weight = inverse(fitted().fitted[ANSWERED], ANSWERED.mean(), cap=1.5)
    agrees(kish(weight), "kish")
    agrees(np.average(X["size"][ANSWERED], weights=weight), "weighted mean")


def test_expected_answers_are_the_observed_ones_in_every_client():
    fit = fitted(ridge=1.0)
    sums = pd.DataFrame({"p": fit.fitted, "y": ANSWERED}).groupby(PEOPLE["client"]).sum()
    assert sums["p"].to_numpy() == pytest.approx(sums["y"].to_numpy())


@given(st.floats(0.1, 50), st.floats(-5, 5))
def test_units_of_a_predictor_change_nothing_that_is_fitted(scale, shift):
    moved = propensity(
        X.assign(size=X["size"] * scale + shift), ANSWERED, strata=PEOPLE["client"], ridge=1.0
    )
    assert moved.fitted == pytest.approx(fitted(ridge=1.0).fitted, abs=1e-6)


def test_order_of_people_changes_nothing():
    turned = np.random.default_rng(1).permutation(len(X))
    fit = propensity(
        X.iloc[turned],
        ANSWERED[turned],
        strata=PEOPLE["client"].iloc[turned],
        clusters=PEOPLE["account"].iloc[turned],
    )
    whole = fitted(clusters=PEOPLE["account"])
    assert fit.fitted == pytest.approx(whole.fitted[turned])
    assert fit.covariance == pytest.approx(whole.covariance)


def test_a_client_where_all_or_none_answered_tells_nothing():
    more = pd.concat([X, pd.DataFrame({"user": [0.0, 1.0, 0.0], "size": [9.0, -9.0, 3.0]})])
    answered = [*ANSWERED, True, True, False]
    fit = propensity(more, answered, strata=[*PEOPLE["client"], "all", "all", "none"])
    assert fit.slopes == pytest.approx(fitted().slopes)
    assert fit.fitted[-3:].tolist() == [1, 1, 0]
    assert fit.n == len(X)


def test_a_perfect_predictor_is_refused_without_ridge_and_tamed_with_it():
    perfect = pd.DataFrame({"knows": ANSWERED.astype(float)})
    with pytest.raises(EstimateError, match="perfectly"):
        propensity(perfect, ANSWERED)
    assert propensity(perfect, ANSWERED, ridge=1.0).fitted[ANSWERED].min() < 1


@pytest.mark.parametrize(
    ("predictors", "answered", "words"),
    [
        (X.where(X["size"] > 0), ANSWERED, "empty cells"),
        (X, np.ones(len(X)), "same for everybody"),
    ],
)
def test_refuses_what_cannot_be_fitted(predictors, answered, words):
    with pytest.raises(EstimateError, match=words):
        propensity(predictors, answered)


def test_no_answer_stands_for_more_than_the_cap():
    assert inverse([1e-300, 0.5], 0.5, cap=3).tolist() == [3, 1]
    with pytest.raises(EstimateError, match="use 1 or more"):
        inverse([0.5], 0.5, cap=0.5)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20))
def test_unequal_weights_say_less(weights):
    assert 1 - 1e-9 <= kish(weights) <= len(weights) + 1e-9


# ---- re-weighting


def asked(seed=3, accounts=12, tilt=0.0):
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(accounts), rng.integers(1, 6, accounts))
    user = rng.integers(0, 2, len(account)).astype(float)
    answered = rng.random(len(account)) < np.where(user == 1, 0.4, 0.7)
    scores = np.where(answered, 5 - user * tilt + rng.normal(0, 0.5, len(account)), np.nan)
    late = answered & (rng.random(len(account)) < 0.5)
    return Asked(scores[:, None], answered, late, user[:, None], account)


def fit_of(one):
    return propensity(
        pd.DataFrame({"user": one.predictors[:, 0]}), one.answered, clusters=one.account
    )


def test_weighted_mean_is_that_of_the_strata_in_their_true_shares():
    one = asked(tilt=1.0)
    user, scores = one.predictors[:, 0], one.scores[:, 0]
    by_hand = sum(
        (user == kind).mean() * scores[one.answered & (user == kind)].mean() for kind in (0, 1)
    )
    found = reweighted(one, fit_of(one), key="C1", draws=50, cap=100)
    weighted = found[found["view"] == "weighted"].iloc[0]
    assert weighted["value"] == pytest.approx(by_hand, abs=1e-3)
    assert weighted["value"] < np.nanmean(scores)


def test_late_view_lets_the_silent_be_like_late_answers():
    one = asked()
    scores, rate = one.scores[:, 0], one.answered.mean()
    by_hand = rate * np.nanmean(scores) + (1 - rate) * scores[one.late].mean()
    found = reweighted(one, fit_of(one), key="C1", draws=50).set_index("view")
    assert found.loc["late", "value"] == pytest.approx(by_hand)


def test_draws_repeat_themselves_and_bracket_the_value():
    one = asked(tilt=1.0)
    first, again = (reweighted(one, fit_of(one), key="C1", draws=300) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert (first["low"] < first["value"]).all()
    assert (first["value"] < first["high"]).all()
    other = reweighted(one, fit_of(one), key="C2", draws=300)
    assert (other["value"] == first["value"]).all()
    assert (other["low"] != first["low"]).all()


def test_if_everybody_answered_all_views_are_the_mean():
    one = asked()
    whole = Asked(
        np.nan_to_num(one.scores, nan=4.0),
        np.ones(len(one.answered), dtype=bool),
        one.late,
        one.predictors,
        one.account,
    )
    found = reweighted(whole, fit_of(one), key="C1", draws=100)
    assert found["value"].to_numpy() == pytest.approx(whole.scores.mean())
    assert found["n_effective"].to_numpy() == pytest.approx(len(whole.scores))


def test_one_account_has_no_interval_and_nobody_is_refused():
    one = asked(accounts=12)
    alone = Asked(one.scores, one.answered, one.late, one.predictors, one.account * 0)
    assert reweighted(alone, fit_of(one), key="C1", draws=20)["low"].isna().all()
    none = Asked(one.scores, one.answered & False, one.late, one.predictors, one.account)
    with pytest.raises(EstimateError, match="no answer to weigh"):
        reweighted(none, fit_of(one), key="C1")
