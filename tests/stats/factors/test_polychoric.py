"""polychoric and polyserial against R, real surveys, laws, edges and simulated truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from crqlab.base.contracts.cautions import code, codes, has
from crqlab.base.errors import EstimateError
from crqlab.stats.factors.bivariate import cells, normal_cdf, normal_density
from crqlab.stats.factors.polychoric_correlations import polychoric, polychoric_matrix
from crqlab.stats.factors.thresholds import ranks
from crqlab.stats.factors.twostep import influence, pairs
from crqlab.stats.polyserial import polyserial
from tests import oracle

FOLDER = Path(__file__).parents[2] / "reference/polychoric"
ANSWERS = pd.read_csv(FOLDER / "answers.csv").dropna()
REFERENCE = pd.read_csv(FOLDER / "polycor.csv")
CUTS = np.array([-1.5, -1, -0.4, 0.2, 0.8, 1.6])


def drawn(n, rho, seed, cuts=CUTS):
    both = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=n)
    return pd.DataFrame(np.digitize(both, cuts), columns=["a", "b"]), both


@pytest.mark.parametrize(
    ("what", "a", "b", "tolerance", "reference"),
    REFERENCE[["what", "a", "b", "tolerance", "reference"]].to_numpy(),
)
def test_agrees_with_polycor(what, a, b, tolerance, reference):
    estimate = polyserial if a == "score" else polychoric
    assert estimate(ANSWERS[a], ANSWERS[b]).value == pytest.approx(reference, abs=tolerance)


@pytest.mark.parametrize("case", ["poly_corp", "poly_bfi"])
def test_agrees_with_polycor_on_a_real_survey(case):
    golden = oracle.golden(case)
    spec, values = golden["spec"], golden["values"]
    columns = spec["items"] + ([spec["continuous"]] if spec["continuous"] else [])
    data = oracle.data(Path(golden["dataset"]).stem)[columns].dropna()
    found = polychoric_matrix(data[spec["items"]])
    assert found.n == values["n"]
    np.testing.assert_allclose(
        found.table, values["polycor_twostep"]["values"], rtol=1e-3, atol=1e-4
    )
    np.testing.assert_allclose(
        found.thresholds["value"], list(values["lavaan_thresholds"].values()), atol=1e-10
    )
    for row in values.get("polyserial", []):
        value = polyserial(data[row["x"]], data[row["y"]]).value
        assert value == pytest.approx(row["rho_twostep"], rel=1e-3, abs=1e-4)


def test_distribution_agrees_with_quadrature():
    rng = np.random.default_rng(5)
    for h, k, rho in np.column_stack([2 * rng.normal(size=(20, 2)), rng.uniform(-1, 1, 20)]):
        reference = multivariate_normal.cdf(
            [h, k], cov=[[1, rho], [rho, 1]], abseps=1e-13, releps=1e-13, maxpts=10**6
        )
        assert normal_cdf(h, k, rho) == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("h", [-40.0, -1.0, -0.0, 0.0, 2.0, 40.0])
@pytest.mark.parametrize("rho", [-0.9999999, -0.5, 0.0, 0.7, 0.9999999])
def test_distribution_has_its_margins_and_its_symmetries(h, rho):
    assert normal_cdf(h, 40.0, rho) == pytest.approx(normal_cdf(h, 40.0, 0.0), abs=1e-15)
    assert normal_cdf(h, -40.0, rho) == pytest.approx(0, abs=1e-15)
    both = normal_cdf(h, 1.3, rho) + normal_cdf(h, -1.3, -rho)
    assert both == pytest.approx(normal_cdf(h, 40.0, 0.0), abs=1e-14)
    assert normal_cdf(h, 1.3, rho) == pytest.approx(normal_cdf(1.3, h, rho), abs=1e-15)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.95, 0.95))
def test_density_is_the_slope_of_the_distribution_in_rho(h, k, rho):
    step = 1e-6
    slope = (normal_cdf(h, k, rho + step) - normal_cdf(h, k, rho - step)) / (2 * step)
    assert normal_density(h, k, rho) == pytest.approx(slope, abs=1e-8)


def test_cells_fill_the_whole_table():
    edges = np.concatenate([[-40], CUTS, [40]])[None]
    probability, slope, bend = cells(edges, edges[:, [0, 2, 5, 7]], np.array([0.6]))
    assert probability.sum() == pytest.approx(1, abs=1e-14)
    assert slope.sum() == pytest.approx(0, abs=1e-14)
    assert bend.sum() == pytest.approx(0, abs=1e-14)


@given(st.floats(-0.95, 0.95))
def test_cells_know_their_derivatives(rho):
    edges, step = np.concatenate([[-40], CUTS, [40]])[None], 1e-5
    up, here, down = (cells(edges, edges, np.array([rho + d])) for d in (step, 0, -step))
    np.testing.assert_allclose(here[1], (up[0] - down[0]) / (2 * step), atol=1e-6)
    np.testing.assert_allclose(here[2], (up[1] - down[1]) / (2 * step), atol=1e-4)


def test_one_odd_respondent_counts_in_full_unless_a_least_probability_is_set():
    # lavaan 0.6-14 (cells below 1.5e-8 left out) gives 0.82017 for these answers
    both = np.random.default_rng(42).multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=250)
    items = pd.DataFrame(np.digitize(both, np.arange(-2, 2.1, 0.5)), columns=["a", "b"])
    items.iloc[0] = [0, 7]
    coded = ranks(items)
    assert pairs(coded).rho[0] == pytest.approx(0.79103, abs=1e-5)
    assert pairs(coded, least=1.5e-8).rho[0] == pytest.approx(0.82017, abs=1e-5)


def test_does_not_care_which_item_comes_first():
    assert polychoric(ANSWERS["tru_1"], ANSWERS["ser_1"]).value == pytest.approx(
        polychoric(ANSWERS["ser_1"], ANSWERS["tru_1"]).value, abs=1e-10
    )


@given(st.lists(st.integers(1, 20), min_size=6, max_size=6))
def test_knows_only_the_order_of_the_categories(gaps):
    label = pd.Series(np.cumsum([0, *gaps]) - 7, index=range(1, 8))
    moved = polychoric(ANSWERS["tru_1"].map(label), ANSWERS["com_2"])
    assert moved.value == polychoric(ANSWERS["tru_1"], ANSWERS["com_2"]).value


@pytest.mark.parametrize("estimate", [polychoric, polyserial])
def test_turning_an_item_round_turns_the_sign(estimate):
    first = "tru_1" if estimate is polychoric else "score"
    plain = estimate(ANSWERS[first], ANSWERS["com_2"])
    turned = estimate(ANSWERS[first], 6 - ANSWERS["com_2"])
    ends = turned.value, turned.low, turned.high
    assert ends == pytest.approx((-plain.value, -plain.high, -plain.low), abs=1e-8)


@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_polyserial_ignores_the_unit_of_the_score(shift, scale):
    moved = polyserial(ANSWERS["score"] * scale + shift, ANSWERS["tru_1"])
    plain = polyserial(ANSWERS["score"], ANSWERS["tru_1"])
    assert (moved.value, moved.low) == pytest.approx((plain.value, plain.low), abs=1e-6)


def test_ordered_categories_count_like_numbers():
    words = ["never", "seldom", "often", "always", "daily"]
    named = pd.Categorical.from_codes(ANSWERS["com_2"].astype(int) - 1, words, ordered=True)
    assert polychoric(pd.Series(named), ANSWERS["tru_1"]).value == pytest.approx(
        polychoric(ANSWERS["com_2"], ANSWERS["tru_1"]).value, abs=1e-12
    )


def test_a_category_that_nobody_chose_is_named():
    named = pd.Categorical.from_codes([0, 0, 1, 1, 3], list("abcd"), ordered=True)
    found = polychoric(pd.Series(named), pd.Series([1, 2, 1, 2, 2]))
    assert code("nobody_chose", categories="c", item="a") in found.notes


def test_the_matrix_holds_what_pairs_give():
    items = ANSWERS.drop(columns="score")
    found = polychoric_matrix(items)
    assert found.flag == "ok"
    assert found.n == len(ANSWERS)
    for a, b in [("tru_1", "tru_3"), ("sat_3", "ser_2"), ("ser_3", "com_1")]:
        assert found.table.loc[a, b] == pytest.approx(polychoric(items[a], items[b]).value, 1e-10)
    np.testing.assert_array_equal(found.table, found.table.T)
    np.testing.assert_array_equal(np.diag(found.table), 1.0)


def test_gaps_leave_respondents_out():
    gappy = ANSWERS["tru_1"].where(ANSWERS.index % 3 > 0)
    kept = gappy.notna()
    found = polychoric(gappy, ANSWERS["com_2"])
    assert found.n == kept.sum()
    assert found.value == polychoric(gappy[kept], ANSWERS["com_2"][kept]).value


@pytest.mark.parametrize("sign", [1, -1])
def test_items_that_never_contradict_correlate_at_the_bound(sign):
    item = ANSWERS["tru_1"]
    found = polychoric(item, sign * (item > 4))
    assert found.value == sign
    assert np.isnan([found.low, found.high]).all()
    assert found.notes == ("nobody_contradicts",)
    table = polychoric_matrix(pd.DataFrame({"a": item, "b": sign * item, "c": ANSWERS["com_2"]}))
    assert {"code": "pair_at_bound", "left": "a", "right": "b"} in codes(table.flag)
    assert has(table.flag, "correlations_not_positive_definite")


def test_an_interval_that_hangs_on_one_respondent_is_open():
    found = polychoric(pd.Series([1, 1, 2, 2, 2, 2]), pd.Series([1, 2, 1, 2, 2, 2]))
    assert 0 < found.value < 1
    assert found.notes == ("hangs_on_one_respondent",)
    assert np.isnan(found.low)


def test_an_empty_cell_of_a_two_by_two_table_puts_rho_at_its_bound():
    a = pd.Series([0] * 30 + [1] * 70)
    b = pd.Series([0] * 50 + [1] * 50)
    assert polychoric(a, b).value == 1
    assert polychoric(a, 1 - b).value == -1


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ([1, 1, 1], [1, 2, 3], "single answer 1 in 'a'"),
        (["x", "y", "x"], [1, 2, 3], "text or unordered categories in 'a'"),
        ([1, 2], [1, 2, 3], "a= has 2 rows and b= 3"),
        ([1, None, None], [1, 2, 3], "1 rows without a gap, of 3"),
        ([None, None, None], [1, 2, 3], "0 rows without a gap"),
        (range(60), [0, 1] * 30, "60 categories in 'a'.*polyserial"),
    ],
)
def test_refuses_what_has_no_polychoric_correlation(a, b, words):
    with pytest.raises(EstimateError, match=words):
        polychoric(pd.Series(a, dtype=None if isinstance(a[0], str) else float), pd.Series(b))


@pytest.mark.parametrize(
    ("score", "item", "words"),
    [
        ([1.0, 1.0, 1.0], [1, 2, 3], "same score for all"),
        ([1.0, 2.0, np.inf], [1, 2, 3], "infinite"),
        (["x", "y", "z"], [1, 2, 3], "text or categories"),
        ([1.0, 2.0, 3.0], [1, 1, 1], "single answer"),
        ([1.0, 2.0], [1, 2], "2 complete respondents"),
        ([1.0, 2.0], [1, 2, 3], "2 rows and ordinal= 3"),
    ],
)
def test_refuses_what_has_no_polyserial_correlation(score, item, words):
    with pytest.raises(EstimateError, match=words):
        polyserial(pd.Series(score), pd.Series(item))


def test_refuses_one_item_twice_and_one_item_alone():
    twice = pd.DataFrame([[1, 2], [2, 1]], columns=["a", "a"])
    with pytest.raises(EstimateError, match="'a' twice"):
        polychoric_matrix(twice)
    with pytest.raises(EstimateError, match="1 items"):
        polychoric_matrix(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(EstimateError, match="level= is 95"):
        polychoric(pd.Series([1, 2]), pd.Series([1, 2]), level=95)


def test_a_score_that_orders_the_answers_without_error_is_at_the_bound():
    score = pd.Series(norm.ppf((np.arange(60) + 0.5) / 60))
    found = polyserial(score, (score > 0).astype(int))
    assert found.value == 1
    assert np.isnan(found.low)
    assert found.notes == ("score_orders_answers",)


def test_influence_is_the_derivative_of_the_estimate():
    # the outer-product form is exact in the limit only, so a large sample and a loose bound
    items, _ = drawn(200_000, 0.5, 8, cuts=[-0.5, 0.7])
    coded = ranks(items)
    found = pairs(coded)
    table, _ = influence(coded, found)
    for a, b in [(0, 0), (0, 2), (1, 1)]:
        more = pd.concat([items, pd.DataFrame({"a": [a] * 500, "b": [b] * 500})])
        moved = (pairs(ranks(more)).rho[0] - found.rho[0]) * len(items) / 500
        assert table[0, a, b] == pytest.approx(moved, rel=0.05, abs=0.02)


@pytest.mark.validation
@pytest.mark.parametrize("rho", [-0.3, 0.8])
def test_polychoric_interval_covers_the_truth_as_often_as_it_says(rho):
    found = [polychoric(a["a"], a["b"]) for a, _ in (drawn(250, rho, s) for s in range(300))]
    assert np.mean([e.value for e in found]) == pytest.approx(rho, abs=0.01)
    covered = np.mean([e.low <= rho <= e.high for e in found])
    assert covered == pytest.approx(0.95, abs=0.03)


@pytest.mark.validation
@pytest.mark.parametrize("rho", [-0.3, 0.7])
def test_polyserial_interval_covers_the_truth_as_often_as_it_says(rho):
    draws = [drawn(250, rho, s) for s in range(300)]
    found = [polyserial(pd.Series(both[:, 0]), items["b"]) for items, both in draws]
    assert np.mean([e.value for e in found]) == pytest.approx(rho, abs=0.01)
    covered = np.mean([e.low <= rho <= e.high for e in found])
    assert covered == pytest.approx(0.95, abs=0.03)
