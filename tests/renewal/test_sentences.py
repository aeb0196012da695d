"""What is said of models and weights is made of their own numbers."""

from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest

from crqlab.base.contracts.cautions import codes
from crqlab.renewal import equal_weights, model_cards
from crqlab.renewal.model_comparison import ModelComparison
from crqlab.renewal.retention_curves import RetentionCurves

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
        ("upper", 0.9, 0.97, 0.94, 0.99, 40), ("upper", 2.0, 0.90, 0.8, 0.95, 21),
        ("middle", 0.4, 0.95, 0.9, 0.98, 50), ("middle", 1.3, 0.88, 0.81, 0.93, 30),
        ("lower", 1.0, 0.71, nan, nan, 33), ("lower", 2.0, 0.60, 0.5, 0.7, 12),
    ]  # fmt: skip
    columns = ["band", "years", "staying", "low", "high", "n_at_risk"]
    found = RetentionCurves(pd.DataFrame(rows, columns=columns), (4.5, 5.5), "ok", 0.95)
    assert str(found) == (
        "Still customers a year after the survey, by CRQ: upper 97% [94%, 99%], "
        "middle 88% [81%, 93%], lower 71% [interval open]; n = 123"
    )
