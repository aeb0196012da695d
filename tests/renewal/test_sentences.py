"""What is said of models and weights is made of their own numbers."""

from dataclasses import replace
from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code, codes
from crqlab.renewal import candidate_models, equal_weights, model_cards
from crqlab.renewal.model_comparison import ModelComparison
from crqlab.renewal.retention_curves import RetentionCurves
from crqlab.renewal.revenue_at_risk import RenewalOutlook

MEASURED = pd.DataFrame(
    [
        ("everything", "auc", 0.67, 0.64, 0.70), ("everything", "brier_scaled", 0.05, nan, nan),
        ("crq", "auc", 0.66, 0.62, 0.69),
    ],
    columns=["candidate", "measure", "estimate", "low", "high"],
)  # fmt: skip


def test_a_card_tells_performance_with_its_ends_and_nothing_where_there_is_none():
    blank = [pd.DataFrame()] * 5
    compared = ModelComparison(MEASURED, *blank, "adds", "", 0.95, 1200, 90)
    lines = [codes(says)[0] for topic, says in model_cards._performance(compared)]
    told = {one["candidate"]: one for one in lines}
    assert (told["everything"]["auc"], told["everything"]["auc_low"]) == (0.67, 0.64)
    assert told["everything"]["auc_high"] == 0.70
    assert model_cards._number(nan) is None
    assert model_cards._number(0.0) == 0.0
    assert "nps" not in told


def weights(apart, gain):
    """Weights of three constructs, of which some lie apart from the equal one."""
    table = pd.DataFrame({"part": ["trust", "solution", "value"], "equal": 1 / 3})
    table = table.assign(low=0.2, high=0.5)
    table["low"] = table["low"].mask(table["part"].isin(apart), 0.4)
    fitted = SimpleNamespace(n=1234, out_of_time=gain)
    return equal_weights.Weighting(table, fitted, "ok")


def gained(low, high):
    return SimpleNamespace(first=0.652, second=0.641, value=0.011, low=low, high=high)


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        ([], "no construct weighs surely more or less than the others"),
        (["solution"], "surer than chance, solution weighs otherwise than the rest"),
        (
            ["trust", "value"],
            "surer than chance, trust, value weigh otherwise than the rest",
        ),
    ],
)
def test_who_weighs_otherwise_is_named(apart, said):
    assert str(weights(apart, None)) == (
        f"Fitted to 1,234 contracts, {said}; one period: no test out of time"
    )


@pytest.mark.parametrize("few", ["few_clusters", "few_events_per_variable"])
def test_nothing_weighs_surely_more_where_contracts_or_accounts_are_few(few):
    told = replace(weights(["trust"], None), flag=code(few, minimum=30, n=4))
    assert str(told) == (
        "Fitted to 1,234 contracts, which construct weighs more cannot be said "
        f"({few.replace('_', ' ')} (minimum 30, n 4)); one period: no test out of time"
    )
    left_out = replace(weights(["trust"], None), flag=code("cases_left_out", n=3))
    assert "surer than chance, trust weighs otherwise" in str(left_out)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.001, 0.021, "foretell better than equal ones"),
        (0.0, 0.021, "do not foretell clearly better than equal ones"),
        (-0.02, 0.0, "do not foretell clearly better than equal ones"),
        (-0.02, -0.001, "foretell worse than equal ones"),
    ],
)
def test_fitted_weights_foretell_better_where_the_whole_interval_says_so(low, high, verdict):
    assert str(weights([], gained(low, high))).endswith(
        f"out of time fitted weights {verdict}: AUC 0.652 against 0.641, difference +0.011 "
        f"[{low:+.3f}, {high:+.3f}]"
    )


def test_who_stayed_a_year_is_told_band_by_band_in_the_order_of_the_table():
    rows = [
        ("upper", 0.9, 0.97, 0.94, 0.99, 40, 1), ("upper", 2.0, 0.90, 0.8, 0.95, 21, 4),
        ("middle", 0.4, 0.95, 0.9, 0.98, 50, 2), ("middle", 1.3, 0.88, 0.81, 0.93, 30, 5),
        ("lower", 1.0, 0.71, nan, nan, 33, 8), ("lower", 2.0, 0.60, 0.5, 0.7, 12, 9),
        ("silent", 1.0, 1.0, 1.0, 1.0, 2, 0),  # nobody left, and so no error is known
    ]  # fmt: skip
    columns = ["band", "years", "staying", "low", "high", "n_at_risk", "n_churned"]
    found = RetentionCurves(pd.DataFrame(rows, columns=columns), (4.5, 5.5), "ok", 0.95)
    assert str(found) == (
        "Still customers a year after the survey, by CRQ: upper 97% [94%, 99%], "
        "middle 88% [81%, 93%], lower 71% [interval open], silent 100% [interval open]; n = 125"
    )


def test_an_outlook_is_told_of_the_panel_and_of_one_client_by_its_own_row():
    names = ["scope", "client_id", "share", "revenue", "expected_loss", "loss_low", "loss_high",
             "silent_loss", "n_silent", "n_accounts", "flag"]  # fmt: skip
    few = code("few_events_per_covariate", events=1, minimum=10)
    rows = [
        ("client", "C1", 0.2, 1e6, 2e5, 1e5, 3e5, 4e4, 3, 12, few),
        ("panel", "", 0.1, 9e6, 9e5, 7e5, 1.2e6, 1e5, 30, 120, "ok"),
    ]
    found = RenewalOutlook(pd.DataFrame({"client_id": ["C1"]}),
                           pd.DataFrame(rows, columns=names), "ok", 0.95)  # fmt: skip
    assert str(found) == (
        "10.0% of 9,000,000 a year may be lost at the next renewals: 900,000 [700,000, "
        "1,200,000], 100,000 of it with 30 silent accounts; n = 120 accounts"
    )
    assert str(found.of("C1")) == (
        "20.0% of 1,000,000 a year may be lost at the next renewals: 200,000 [100,000, "
        "300,000], 40,000 of it with 3 silent accounts; n = 12 accounts "
        "(few events per covariate (events 1, minimum 10))"
    )


@pytest.mark.parametrize(
    ("events", "kept", "said"),
    [
        (1000, None, "ok"),
        (20, ["crq", "silent"], "covariates_left_out"),
        (19, ["crq", "silent"], "few_events_per_covariate"),
    ],
)
def test_few_events_leave_two_covariates_and_say_so(events, kept, said):
    columns = ["tenure", "nps", "silent", "prior_churn", "crq", "mean_ltr"]
    X = pd.DataFrame(1.0, index=range(4), columns=columns).cumsum()
    X = X.assign(**{name: X[name] ** (place + 1) for place, name in enumerate(columns)})
    terms, flag = candidate_models.affordable(X, {}, events)
    assert (flag if flag == "ok" else codes(flag)[0]["code"]) == said
    if kept:
        assert list(terms) == kept
