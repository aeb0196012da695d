"""NPS against published vectors, R, real surveys, its own laws and its edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from crqlab import EstimateError
from crqlab.stats.nps import adjusted, adjusted_wald, categories, counts, difference, nps, weighted
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/nps"
REFERENCE = pd.read_csv(FOLDER / "weighted_means.csv")
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
WAVES = st.lists(st.integers(0, 10), min_size=1, max_size=60).map(pd.Series)


def by_r(start):
    rows = REFERENCE[REFERENCE["quantity"].str.startswith(f"{start} ")]
    return rows["quantity"].str.split().str[-1], rows["reference"], rows["tolerance"]


@pytest.mark.parametrize(
    ("count", "raw", "middle", "low", "high"),
    [((12, 6, 2), 50.0, 43.5, 15.0, 71.9), ((1, 1, 1), 0.0, 0.0, -61.1, 61.1)],
)
def test_agrees_with_the_published_vectors(count, raw, middle, low, high):
    row = adjusted_wald(*count).iloc[0]
    found = row[["nps", "adjusted", "low", "high"]].tolist()
    assert found == pytest.approx([raw, middle, low, high], abs=0.05)
    assert adjusted(*count) == pytest.approx(middle, abs=0.05)


@pytest.mark.parametrize("count", [(12, 6, 2), (1, 1, 1), (30, 5, 40), (0, 0, 25), (7, 0, 0)])
def test_adjusted_wald_agrees_with_r(count):
    row = adjusted_wald(*count).iloc[0]
    for column, reference, tolerance in zip(*by_r("-".join(map(str, count))), strict=True):
        assert row[column] == pytest.approx(reference, abs=tolerance)


@pytest.mark.parametrize(
    ("name", "weights", "clusters", "unit"),
    [
        ("weighted", "weight", None, "respondents"),
        ("clustered", None, "account", "accounts"),
        ("both", "weight", "account", "accounts"),
    ],
)
def test_weighted_agrees_with_r(name, weights, clusters, unit):
    found = weighted(
        ANSWERS["ltr"],
        weights=None if weights is None else ANSWERS[weights],
        clusters=None if clusters is None else ANSWERS[clusters],
    )
    assert found.unit == unit
    for end, reference, tolerance in zip(*by_r(name), strict=True):
        assert getattr(found, end) == pytest.approx(reference, abs=tolerance)


def test_difference_agrees_with_r():
    first = ANSWERS["account"] < "A13"
    found = difference(ANSWERS.loc[first, "ltr"], ANSWERS.loc[~first, "ltr"])
    assert (found.n, found.notes) == (len(ANSWERS), ())
    for end, reference, tolerance in zip(*by_r("difference"), strict=True):
        assert getattr(found, end) == pytest.approx(reference, abs=tolerance)


def standard_error(estimate, quantile):
    return (estimate.high - estimate.low) / 2 / quantile / 100


def weights_and_clusters(case, table):
    spec = case["spec"]
    weights = None if spec["weights"] is None else table[spec["weights"]]
    return {
        "weighted": {"weights": weights},
        "weighted_clustered": {"weights": weights, "clusters": table[spec["cluster"]]},
        "unweighted_clustered": {"clusters": table[spec["cluster"]]},
    }


@pytest.mark.parametrize(
    ("case_id", "name"), [("nps_sfo2017", "sfo2017"), ("nps_testdata", "nps_testdata")]
)
def test_real_surveys_agree_with_r(case_id, name):
    case, table = golden(case_id), data(name)
    truth, close = case["values"], case["tolerance"]
    table = table[table[case["spec"]["x"]].notna()]
    ltr = table[case["spec"]["x"]]
    plain = nps(ltr)
    kinds = categories(ltr).value_counts()
    assert plain.n == truth["n"]
    assert plain.value / 100 == pytest.approx(truth["nps"], **close)
    for kind in ("promoter", "passive", "detractor"):
        assert kinds[kind] == truth[f"{kind}s"]
    for design, options in weights_and_clusters(case, table).items():
        if design in truth:
            reference = truth[design]
            found = weighted(ltr, **options)
            error = reference.get("se", reference.get("se_linearized"))
            assert found.value / 100 == pytest.approx(reference["nps"], **close)
            assert standard_error(found, t.ppf(0.975, found.n - 1)) == pytest.approx(error, **close)
            assert found.n == reference.get("n_clusters", truth["n"])
    regions = counts(ltr, table[case["spec"]["by"]])
    for region, reference in truth["by"].items():
        row = adjusted_wald(*regions.loc[region]).iloc[0]
        assert (row["n"], row["nps"] / 100) == (
            reference["n"],
            pytest.approx(reference["nps"], **close),
        )
    pair = truth["difference_two_largest"]
    region = table[case["spec"]["by"]]
    change = difference(ltr[region == pair["a"]], ltr[region == pair["b"]])
    z = change.value / 100 / standard_error(change, norm.ppf(0.975))
    assert change.value / 100 == pytest.approx(pair["diff"], **close)
    assert z == pytest.approx(pair["z"], **close)
    assert 2 * norm.sf(abs(z)) == pytest.approx(pair["p"], **close)


@given(WAVES)
def test_stays_on_the_scale_and_inside_its_interval_once_adjusted(ltr):
    found = nps(ltr)
    kinds = categories(ltr).value_counts()
    middle = adjusted(kinds["promoter"], kinds["passive"], kinds["detractor"])
    assert -100 <= found.low <= middle <= found.high <= 100
    assert found.value == pytest.approx(100 * (kinds["promoter"] - kinds["detractor"]) / len(ltr))


@given(WAVES)
def test_turning_promoters_into_detractors_turns_the_sign(ltr):
    turned = ltr.map(lambda answer: 0 if answer >= 9 else 10 if answer <= 6 else 7)
    found, mirrored = nps(ltr), nps(turned)
    assert mirrored.value == pytest.approx(-found.value)
    assert mirrored.low == pytest.approx(-found.high)


@given(WAVES, st.integers(2, 5))
def test_equal_weights_change_nothing(ltr, weight):
    plain, heavy = weighted(ltr), weighted(ltr, weights=ltr * 0 + weight)
    assert heavy.value == pytest.approx(plain.value, abs=1e-9)
    assert heavy.low == pytest.approx(plain.low, abs=1e-9, nan_ok=True)


@given(WAVES)
def test_answering_twice_makes_no_account_more_certain(ltr):
    account = pd.Series(range(len(ltr)))
    once = weighted(ltr, clusters=account)
    twice = weighted(pd.concat([ltr, ltr]), clusters=pd.concat([account, account]))
    assert twice.n == once.n
    assert twice.low == pytest.approx(once.low, abs=1e-9, nan_ok=True)


def test_categories_and_counts_leave_missing_answers_out():
    ltr = pd.Series([0, 6, 7, 8, 9, 10, None], index=list("abcdefg"))
    kinds = categories(ltr)
    assert kinds.iloc[:6].tolist() == ["detractor"] * 2 + ["passive"] * 2 + ["promoter"] * 2
    assert kinds.isna().tolist() == [False] * 6 + [True]
    assert kinds.max() == "promoter"
    assert kinds.index.equals(ltr.index)
    found = counts(ltr, pd.Series([*"xxxyyyz"]))
    assert found.to_numpy().tolist() == [[0, 1, 2], [2, 1, 0], [0, 0, 0]]


def test_an_account_without_answers_has_no_score():
    row = adjusted_wald([0, 3], [0, 1], [0, 0]).iloc[0]
    assert row["n"] == 0
    assert row[["nps", "adjusted", "low", "high"]].isna().all()


@pytest.mark.parametrize("odd", [11, -1, 99, 7.5])
@pytest.mark.parametrize("function", [nps, categories, weighted])
def test_refuses_what_is_not_an_answer(function, odd):
    with pytest.raises(EstimateError, match=rf"1 values .* \(such as {odd:g}\)"):
        function(pd.Series([9, 8, odd]))


def test_refuses_to_score_silence():
    silence = pd.Series([None, None], dtype=float)
    with pytest.raises(EstimateError, match="ltr= has no answers"):
        nps(silence)
    with pytest.raises(EstimateError, match="second= has no answers"):
        difference(pd.Series([9]), silence)
    with pytest.raises(EstimateError, match="no complete answers"):
        weighted(silence)


def test_refuses_weights_of_nothing_and_columns_of_other_tables():
    ltr = pd.Series([9, 8, 3])
    with pytest.raises(EstimateError, match="zero or less"):
        weighted(ltr, weights=pd.Series([1, 0, 2]))
    with pytest.raises(EstimateError, match="3 rows, weights= 2 and clusters= 3"):
        weighted(ltr, weights=pd.Series([1, 2]))
    with pytest.raises(EstimateError, match="negative or missing"):
        adjusted_wald(-1, 2, 3)


def test_one_account_has_no_spread():
    found = weighted(pd.Series([9, 3]), clusters=pd.Series(["a", "a"]))
    assert np.isnan([found.low, found.high]).all()
    assert found.notes == ("one of the accounts only: its spread is unknown",)


def test_says_when_a_difference_rests_on_too_little():
    few = difference(pd.Series([9, 9, 9]), pd.Series([9, 3, 8] * 10))
    assert len(few.notes) == 2
    assert "only 3 answers" in few.notes[0]


def test_counts_of_weights_stay_on_the_scale():
    rng = np.random.default_rng(1)
    whole = rng.lognormal(0, 1, 4000)
    for counted in ((whole, 0 * whole, 0 * whole), (0 * whole, 0 * whole, whole)):
        found = adjusted_wald(*counted)["nps"]
        assert found.abs().max() <= 100
        assert found.abs().min() == pytest.approx(100)
