"""Exploratory factors, rotations, parallel analysis and adequacy against R, laws and edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crqlab import CrqError, EstimateError
from crqlab.base.contracts.cautions import code
from crqlab.stats.factors.adequacy import bartlett, kmo
from crqlab.stats.factors.exploratory import efa
from crqlab.stats.factors.parallel_analysis import minimum_average_partial, parallel
from crqlab.stats.factors.rotation import ROTATIONS, oblimin, rotated, varimax
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[2] / "reference/exploratory"
REFERENCE = pd.read_csv(FOLDER / "psych.csv").set_index("quantity")
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
REAL = ["efa_b2b", "efa_bfi"]


def agree(found, names):
    wanted = REFERENCE.loc[names]
    assert list(found) == pytest.approx(wanted["reference"].tolist(), abs=wanted["tolerance"].max())


@pytest.mark.parametrize("method", ["ml", "minres"])
def test_uniquenesses_agree_with_r(method):
    found = efa(ANSWERS, 3, method=method)
    agree(1 - found.communalities, [f"{method} {item}" for item in ANSWERS])


def test_fit_agrees_with_factanal():
    fit = efa(ANSWERS, 3).fit
    agree([fit["chi2"], fit["df"], fit["p"]], ["chi2", "df", "p"])
    agree([fit["tli"]], ["tli"])
    assert fit["bic"] == pytest.approx(fit["chi2"] - fit["df"] * np.log(len(ANSWERS)))
    assert fit["rmsea_low"] <= fit["rmsea"] <= fit["rmsea_high"]


@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin"])
def test_rotated_loadings_agree_with_r(rotation):
    found = efa(ANSWERS, 3, rotation=rotation)
    for factor, column in found.loadings.items():
        agree(column, [f"{rotation} {item} {factor}" for item in ANSWERS])
    if rotation == "oblimin":
        phi = found.correlations.to_numpy()
        agree(phi[np.triu_indices(3, 1)], [f"oblimin phi {pair}" for pair in (12, 13, 23)])


def test_adequacy_agrees_with_psych():
    found, test = kmo(ANSWERS), bartlett(ANSWERS)
    agree([found.value, *found.table["msa"]], ["kmo", *(f"kmo {item}" for item in ANSWERS)])
    agree([test.chi2, test.df, test.p], ["bartlett", "bartlett df", "bartlett p"])
    assert str(test) == "Bartlett's chi-square {:.1f} on 66 degrees of freedom, {}".format(
        test.chi2, "p < .001, n = 400 respondents"
    )


def test_parallel_analysis_agrees_with_simulated_respondents_in_r():
    found = parallel(ANSWERS, draws=2000)
    ranks = range(1, 13)
    agree(found.table["eigenvalue"], [f"eigenvalue {rank}" for rank in ranks])
    agree(found.table["factor_eigenvalue"], [f"factor_eigenvalue {rank}" for rank in ranks])
    agree(found.table["chance"], [f"chance {rank}" for rank in ranks])
    agree(found.table["factor_chance"][1:6], [f"factor_chance {rank}" for rank in range(2, 7)])
    assert (found.components, found.factors) == (3, 3)
    assert (found.table["mean"] < found.table["chance"]).all()


def test_map_agrees_with_psych():
    table = minimum_average_partial(ANSWERS)
    agree(table["average"][1:9], [f"map {count}" for count in range(1, 9)])
    assert table.loc[table["least"], "components"].tolist() == [3]


@pytest.mark.parametrize("case_id", REAL)
def test_factors_of_real_answers_agree_with_psych(case_id):
    case = golden(case_id)
    answers = data(Path(case["dataset"]).stem)[case["spec"]["items"]]
    wanted, factors = case["values"], case["spec"]["n_factors"]
    near = case["tolerance"]
    for method in ("ml", "minres"):
        unique = 1 - efa(answers, factors, method=method).communalities
        assert unique.to_dict() == pytest.approx(wanted[f"{method}_uniqueness"], abs=1e-4)
    for rotation in ROTATIONS:
        name = "ml_unrotated" if rotation == "none" else f"ml_{rotation}"
        found = efa(answers, factors, rotation=rotation)
        assert found.loadings.to_numpy() == pytest.approx(np.array(wanted[name]["values"]), **near)
    assert found.fit["chi2"] == pytest.approx(wanted["ml_chisq"], abs=1e-3)
    assert found.fit["df"] == wanted["ml_df"]
    assert found.fit["tli"] == pytest.approx(wanted["ml_tli"], **near)
    assert found.fit["rmsea"] == pytest.approx(wanted["ml_rmsea"]["RMSEA"], **near)
    phi = np.array(wanted["ml_oblimin_phi"]["values"])[np.triu_indices(factors, 1)]
    mine = efa(answers, factors).correlations.to_numpy()[np.triu_indices(factors, 1)]
    assert sorted(np.abs(mine)) == pytest.approx(sorted(np.abs(phi)), abs=1e-3)
    share = efa(answers, 1, method="minres").variance["share"].item()
    assert share == pytest.approx(wanted["harman_single_factor_minres_share"], abs=1e-5)


@pytest.mark.parametrize("case_id", REAL)
def test_counts_of_real_answers_agree_with_psych(case_id):
    case = golden(case_id)
    answers = data(Path(case["dataset"]).stem)[case["spec"]["items"]]
    wanted, found = case["values"], parallel(answers)
    assert found.components == wanted["parallel"]["n_components"]
    assert found.factors == wanted["parallel"]["n_factors"]
    simulated = wanted["parallel"]["pc_sim_q95"]
    assert found.table["mean"][: len(simulated)].to_numpy() == pytest.approx(simulated, abs=0.01)
    measured, test = kmo(answers), bartlett(answers)
    assert measured.value == pytest.approx(wanted["kmo_overall"], abs=1e-8)
    items = measured.table.set_index("item")["msa"].to_dict()
    assert items == pytest.approx(wanted["kmo_items"], abs=1e-8)
    assert test.chi2 == pytest.approx(wanted["bartlett"]["chisq"], abs=1e-6)
    averages = minimum_average_partial(answers)
    count = len(wanted["map"])
    assert averages["average"][1 : 1 + count].to_numpy() == pytest.approx(wanted["map"])
    assert averages.loc[averages["least"], "components"].item() == wanted["map_n"]


@given(st.floats(0.1, 40), st.integers(-50, 50))
def test_the_unit_of_an_answer_changes_nothing(scale, shift):
    moved = ANSWERS.assign(q1=ANSWERS["q1"] * scale + shift)
    here, there = efa(ANSWERS, 3, rotation="promax"), efa(moved, 3, rotation="promax")
    pd.testing.assert_frame_equal(there.loadings, here.loadings, atol=1e-4)
    assert kmo(moved).value == pytest.approx(kmo(ANSWERS).value)


@given(st.permutations(list(ANSWERS)))
def test_the_order_of_items_changes_no_loading(items):
    here, there = efa(ANSWERS, 3), efa(ANSWERS[items], 3)
    pd.testing.assert_frame_equal(there.loadings.loc[list(ANSWERS)], here.loadings, atol=1e-4)


@pytest.mark.parametrize("rotation", list(ROTATIONS))
@given(loadings=st.integers(0, 10_000))
def test_a_rotation_keeps_what_the_factors_explain(rotation, loadings):
    start = np.random.default_rng(loadings).uniform(-0.7, 0.7, size=(8, 3))
    found = rotated(start, rotation)
    explained = found.loadings @ found.correlations @ found.loadings.T
    assert explained == pytest.approx(start @ start.T, abs=1e-8)
    assert np.diagonal(found.correlations) == pytest.approx(np.ones(3))
    weight = (found.loadings**2).sum(axis=0)
    assert (np.diff(weight) <= 0).all()
    assert (found.loadings.sum(axis=0) >= 0).all()


@given(st.integers(0, 10_000))
def test_varimax_and_oblimin_find_the_same_frame_from_any_other(seed):
    clean = np.zeros((9, 3))
    clean[np.arange(9), np.repeat(np.arange(3), 3)] = [0.8, 0.7, 0.6, 0.8, 0.7, 0.5, 0.7, 0.6, 0.4]
    frame = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    for rotation in ("varimax", "oblimin", "promax"):
        found = rotated(clean @ frame, rotation)
        assert found.converged
        assert found.loadings == pytest.approx(clean, abs=1e-5)
        assert found.correlations == pytest.approx(np.eye(3), abs=1e-5)


def test_a_saddle_does_not_hold_varimax():
    saddle = np.array([[0.6, 0.6], [0.5, 0.5], [0.4, -0.4], [0.6, -0.6]])
    assert np.abs(varimax(saddle).loadings).min(axis=1) == pytest.approx(np.zeros(4), abs=1e-9)


def test_oblimin_takes_the_lowest_of_its_starts():
    loadings = np.random.default_rng(3).uniform(-0.6, 0.8, size=(10, 4))

    def overlap(pattern):
        squares = pattern**2
        return ((squares.sum(axis=1, keepdims=True) - squares) * squares).sum()

    best = overlap(oblimin(loadings).loadings)
    for seed in range(20):
        frame = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]
        assert best <= overlap(loadings @ frame) + 1e-9


def test_one_factor_needs_no_rotation():
    found = efa(ANSWERS[["q1", "q2", "q3", "q4"]], 1)
    assert found.correlations.to_numpy().tolist() == [[1]]
    assert found.loadings["f1"].to_numpy() ** 2 == pytest.approx(found.communalities.to_numpy())
    assert str(found).startswith("1 factor explains")


def test_the_long_table_holds_every_loading():
    found = efa(ANSWERS, 3)
    wide = found.table.pivot_table(index="item", columns="factor", values="loading")
    pd.testing.assert_frame_equal(
        wide.loc[list(ANSWERS)], found.loadings, check_names=False, check_dtype=False
    )
    assert found.variance["cumulative"].iloc[-1] == pytest.approx(found.communalities.mean())


def test_a_saturated_model_fits_exactly():
    found = efa(ANSWERS[["q1", "q2", "q3"]], 1)
    assert found.fit["df"] == 0
    assert found.fit["chi2"] == pytest.approx(0, abs=1e-6)
    assert np.isnan(found.fit["p"])


def test_a_heywood_case_is_named():
    sigma = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    noise = np.random.default_rng(1).normal(size=(200, 3))
    noise -= noise.mean(axis=0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(noise.T @ noise / 200)).T
    answers = pd.DataFrame(white @ np.linalg.cholesky(sigma).T, columns=["a", "b", "c"])
    found = efa(answers, 1)
    assert found.flag == code("no_own_variance", items="a")
    assert str(found).endswith("no own variance (items a)")


def test_left_out_respondents_are_flagged_everywhere():
    gap = ANSWERS.astype(float)
    gap.loc[3, "q5"] = np.nan
    told = code("respondents_left_out", n=1, of=400)
    assert efa(gap, 3).flag == told
    assert (kmo(gap).notes, bartlett(gap).notes, parallel(gap).notes) == ((told,),) * 3
    assert set(minimum_average_partial(gap)["flag"]) == {told}


def test_an_item_that_only_repeats_a_difference_is_flagged_by_kmo():
    noise = np.random.default_rng(2).normal(size=400) / 10
    odd = ANSWERS["q1"] - ANSWERS["q2"] + noise
    table = kmo(ANSWERS.assign(odd=odd)).table.set_index("item")
    assert table.loc["odd", "flag"] == code("shares_too_little", minimum=0.5)
    assert table.loc["q9", "flag"] == "ok"


def test_chance_is_that_of_few_respondents_drawn_one_by_one():
    rng = np.random.default_rng(10)
    few = pd.DataFrame(rng.normal(size=(14, 5)))
    respondents = rng.normal(size=(20_000, 14, 5))
    respondents -= respondents.mean(axis=1, keepdims=True)
    respondents /= np.sqrt((respondents**2).sum(axis=1, keepdims=True))
    eigenvalues = np.linalg.eigvalsh(respondents.swapaxes(1, 2) @ respondents)[:, ::-1]
    table = parallel(few, draws=20_000).table
    assert table["mean"].to_numpy() == pytest.approx(eigenvalues.mean(axis=0), abs=0.01)
    wanted = np.quantile(eigenvalues, 0.95, axis=0)
    assert table["chance"].to_numpy() == pytest.approx(wanted, abs=0.03)


def test_parallel_analysis_repeats_with_its_seed_alone():
    here, again, other = parallel(ANSWERS), parallel(ANSWERS), parallel(ANSWERS, seed=5)
    pd.testing.assert_frame_equal(here.table, again.table, check_exact=True)
    assert (here.table["chance"] != other.table["chance"]).all()
    assert str(here).startswith("3 of 12 components and 3 common factors lie above the 95%")


def test_items_that_share_nothing_have_no_factor():
    rng = np.random.default_rng(8)
    found = parallel(pd.DataFrame(rng.normal(size=(300, 8))), quantile=0.999)
    assert (found.components, found.factors) == (0, 0)


FUNCTIONS = [lambda table: efa(table, 1), kmo, bartlett, parallel, minimum_average_partial]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (ANSWERS.assign(q1=4), "same answer to q1"),
        (ANSWERS.assign(q1=ANSWERS["q2"] * 2), r"q1, q2 correlate 1\.00"),
        (ANSWERS.head(10), "10 complete respondents for 12 items"),
        (ANSWERS.assign(q1="often"), "q1 holds answers such as 'often'"),
        (ANSWERS.assign(q1=np.nan), "0 respondents who answered all 12 items"),
        (ANSWERS[["q1"]], "400 respondents and 1 items"),
    ],
)
def test_refuses_answers_that_cannot_carry_factors(function, answers, words):
    with pytest.raises(EstimateError, match=words):
        function(answers)


@pytest.mark.parametrize("factors", [0, 4, 9])
def test_refuses_more_factors_than_correlations_carry(factors):
    with pytest.raises(EstimateError, match=f"factors= is {factors} for 6 items; .* 1 to 3"):
        efa(ANSWERS.iloc[:, :6], factors)


def test_refuses_unknown_words_and_no_shares():
    with pytest.raises(CrqError, match="rotation= is 'quartimax'"):
        efa(ANSWERS, 2, rotation="quartimax")
    with pytest.raises(CrqError, match="method= is 'pca'"):
        efa(ANSWERS, 2, method="pca")
    with pytest.raises(EstimateError, match="quantile= is 95"):
        parallel(ANSWERS, quantile=95)


TRUE = np.zeros((9, 3))
TRUE[np.arange(9), np.repeat(np.arange(3), 3)] = [0.8, 0.75, 0.7, 0.7, 0.65, 0.6, 0.6, 0.55, 0.5]
PHI = np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]])


def simulated(rng, n):
    sigma = TRUE @ PHI @ TRUE.T
    np.fill_diagonal(sigma, 1)
    return pd.DataFrame(rng.multivariate_normal(np.zeros(9), sigma, size=n))


@pytest.mark.slow
def test_known_loadings_come_back():
    found = efa(simulated(np.random.default_rng(6), 40_000), 3)
    assert found.loadings.to_numpy() == pytest.approx(TRUE, abs=0.03)
    assert found.correlations.to_numpy() == pytest.approx(PHI, abs=0.03)


@pytest.mark.slow
def test_chi_square_rejects_a_true_model_as_often_as_it_says():
    rng = np.random.default_rng(7)
    p = [efa(simulated(rng, 500), 3, rotation="none").fit["p"] for _ in range(400)]
    assert 0.025 <= np.mean(np.array(p) < 0.05) <= 0.08


@pytest.mark.slow
def test_parallel_analysis_finds_the_number_of_factors():
    rng = np.random.default_rng(9)
    counts = [parallel(simulated(rng, 500), draws=200).factors for _ in range(100)]
    assert np.mean(np.array(counts) == 3) >= 0.9
