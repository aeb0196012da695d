"""wlsmv against lavaan, real surveys, laws, edges and simulated truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crqlab.base.contracts.cautions import has, plain
from crqlab.base.errors import EstimateError
from crqlab.stats.factors.cfa_fit import cfa
from crqlab.stats.factors.ordinal import ordinal_moments
from crqlab.stats.factors.wlsmv import wlsmv
from tests import oracle

FOLDER = Path(__file__).parents[2] / "reference/polychoric"
ANSWERS = pd.read_csv(FOLDER / "answers.csv")
REFERENCE = pd.read_csv(FOLDER / "lavaan.csv")
FIRST = {name: [f"{name}_{i}" for i in (1, 2, 3)] for name in ("tru", "com", "sat", "ser")}
TRUST = {"tru": FIRST["tru"], "com": FIRST["com"]}
CASES = {
    "correlated": (FIRST, None),
    "second_order": (FIRST, "crq"),
    "one_factor": ({"all": [item for of in FIRST.values() for item in of]}, None),
    "two_items": ({"tru": ["tru_1", "tru_2"], "ser": ["ser_1", "ser_2"]}, None),
    "empty_cell": ({"two": ["two_1", "two_2", "two_3", "two_4"]}, None),
}
GOLDEN = {
    "chi2": "chisq",
    "df": "df",
    "p": "pvalue",
    "chi2_scaled": "chisq.scaled",
    "p_scaled": "pvalue.scaled",
    "scaling": "chisq.scaling.factor",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_low": "rmsea.ci.lower",
    "rmsea_high": "rmsea.ci.upper",
    "cfi_scaled": "cfi.scaled",
    "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "rmsea_scaled_low": "rmsea.ci.lower.scaled",
    "rmsea_scaled_high": "rmsea.ci.upper.scaled",
    "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
    "rmsea_robust_low": "rmsea.ci.lower.robust",
    "rmsea_robust_high": "rmsea.ci.upper.robust",
    "srmr": "srmr",
    "npar": "npar",
    "baseline_chi2": "baseline.chisq",
    "baseline_chi2_scaled": "baseline.chisq.scaled",
    "baseline_scaling": "baseline.chisq.scaling.factor",
}


def two_categories(answers):
    cut = {
        "two_1": ("tru_1", 7),
        "two_2": ("tru_2", 3),
        "two_3": ("com_1", 5),
        "two_4": ("com_2", 3),
    }
    return pd.DataFrame(
        {new: (answers[old] >= at).where(answers[old].notna()) for new, (old, at) in cut.items()}
    ).astype(float)


@pytest.fixture(scope="module")
def fits():
    data = ANSWERS.join(two_categories(ANSWERS))
    return {
        case: cfa(data, model, estimator="wlsmv", second_order=top)
        for case, (model, top) in CASES.items()
    }


def numbers(fit):
    """Numbers of a fit by part and key, in lavaan's words."""
    table, cuts, gains = fit.parameters, fit.thresholds, fit.modification
    key = table["lhs"] + " " + table["op"] + " " + table["rhs"]
    cut = cuts["item"] + " | t" + cuts["threshold"].astype(str)
    gain = gains["lhs"] + " " + gains["op"] + " " + gains["rhs"]
    return {
        "fit": dict(fit.fit),
        "estimate": dict(zip(key, table["estimate"], strict=True))
        | dict(zip(cut, cuts["value"], strict=True)),
        "se": dict(zip(key, table["se"], strict=True)) | dict(zip(cut, cuts["se"], strict=True)),
        "std": dict(zip(key, table["std"], strict=True)),
        "std_se": dict(zip(key, table["std_se"], strict=True)),
        "mi": dict(zip(gain, gains["mi"], strict=True)),
    }


@pytest.mark.parametrize("part", ["fit", "estimate", "se", "std", "std_se", "mi"])
@pytest.mark.parametrize("case", list(CASES))
def test_agrees_with_lavaan(fits, case, part):
    rows = REFERENCE[(REFERENCE["case"] == case) & (REFERENCE["part"] == part)]
    found = numbers(fits[case])[part]
    assert len(rows) or (case, part) == ("two_items", "mi")
    for key, reference, tolerance in rows[["key", "reference", "tolerance"]].to_numpy():
        assert found[key] == pytest.approx(reference, rel=tolerance, abs=tolerance / 10), key


@pytest.mark.parametrize("case", ["cfa_wlsmv_corp", "cfa_wlsmv_bfi"])
def test_agrees_with_lavaan_on_a_real_survey(case):
    golden = oracle.golden(case)
    values = golden["values"]
    data = oracle.data(Path(golden["dataset"]).stem)
    if golden["spec"]["recode"]:
        data = data.assign(**{f"{name}r": 7 - data[name] for name in ("A1", "C4", "C5")})
    fit = cfa(data, golden["spec"]["items_by"], estimator="wlsmv")
    close = {"rtol": 1e-4, "atol": 1e-5}  # ten times what the golden file allows
    for name, key in GOLDEN.items():
        np.testing.assert_allclose(fit.fit[name], values["fit"][key], err_msg=name, **close)
    found = numbers(fit)
    for row in values["parameters"]:
        key = f"{row['lhs']} {row['op']} {row['rhs']}"
        if key in found["estimate"] and row["se"]:
            both = found["estimate"][key], found["se"][key]
            np.testing.assert_allclose(both, (row["est"], row["se"]), err_msg=key, **close)
    for row in values["standardized"]:
        key = f"{row['lhs']} {row['op']} {row['rhs']}"
        if row["op"] == "=~":
            both = found["std"][key], found["std_se"][key]
            np.testing.assert_allclose(both, (row["est.std"], row["se"]), err_msg=key, **close)
    np.testing.assert_allclose(fit.polychoric, values["polychoric"]["values"], **close)


def test_thresholds_and_correlations_give_the_moments(fits):
    fit = fits["correlated"]
    rebuilt = fit.implied.to_numpy()
    loading = pd.crosstab(
        fit.loadings["item"], fit.loadings["construct"], fit.loadings["estimate"], aggfunc="sum"
    ).fillna(0)
    loading = loading.loc[list(fit.implied), list(fit.latent)].to_numpy()
    common = loading @ fit.latent.to_numpy() @ loading.T
    np.testing.assert_allclose(common + np.diag(fit.residuals["estimate"]), rebuilt)
    np.testing.assert_allclose(np.diag(rebuilt), 1)
    np.testing.assert_allclose(fit.residuals["r2"], fit.loadings["std"] ** 2)


def test_many_respondents_are_taken_by_the_chunk():
    # every answer 50 times over: estimates stay, squared errors shrink by the factor
    complete = ANSWERS.dropna()
    many = pd.concat([complete] * 50, ignore_index=True)
    one, fifty = wlsmv(complete, TRUST), wlsmv(many, TRUST)
    n = len(complete)
    np.testing.assert_allclose(fifty.theta, one.theta, atol=1e-8)
    np.testing.assert_allclose(fifty.vcov * (50 * n - 1), one.vcov * (n - 1), rtol=1e-7)


def test_knows_only_the_order_of_the_categories():
    stretched = ANSWERS.assign(tru_1=ANSWERS["tru_1"] ** 3, com_2=ANSWERS["com_2"] * 10 - 4)
    assert wlsmv(stretched, TRUST).fit == wlsmv(ANSWERS, TRUST).fit


def test_turning_an_item_round_turns_its_loading_and_nothing_else():
    plain, turned = (wlsmv(data, TRUST) for data in (ANSWERS, ANSWERS.assign(com_2=-ANSWERS.com_2)))
    sign = np.where(plain.loadings["item"] == "com_2", -1, 1)
    np.testing.assert_allclose(turned.loadings["std"], sign * plain.loadings["std"], atol=1e-7)
    np.testing.assert_allclose(turned.loadings["se"], plain.loadings["se"], atol=1e-7)
    assert turned.fit["chi2_scaled"] == pytest.approx(plain.fit["chi2_scaled"], abs=1e-6)


def test_does_not_care_about_the_order_of_respondents_items_and_constructs():
    mixed = ANSWERS.sample(frac=1, random_state=1)
    model = {"com": FIRST["com"][::-1], "tru": [FIRST["tru"][i] for i in (1, 0, 2)]}
    one, two = wlsmv(ANSWERS, TRUST), wlsmv(mixed, model)
    for name in ("chi2_scaled", "cfi_robust", "rmsea_scaled", "srmr"):
        assert two.fit[name] == pytest.approx(one.fit[name], abs=1e-6)
    std = [fit.loadings.set_index("item")["std"] for fit in (one, two)]
    np.testing.assert_allclose(std[0].sort_index(), std[1].sort_index(), atol=1e-7)


def test_a_construct_with_one_item_is_the_variable_behind_it():
    fit = wlsmv(ANSWERS, {"tru": FIRST["tru"], "ltr": ["ser_1"]})
    alone = fit.covariances.set_index(["left", "right"])["estimate"]
    assert alone["ltr", "ltr"] == 1
    assert fit.fit["df"] == 2
    assert fit.flag == "ok"


def test_three_items_fit_perfectly():
    fit = wlsmv(ANSWERS, {"tru": FIRST["tru"]})
    assert fit.fit["df"] == 0
    assert fit.fit["chi2"] == pytest.approx(0, abs=1e-8)
    assert np.isnan(fit.fit["p_scaled"])
    assert (fit.fit["cfi_robust"], fit.fit["rmsea_robust"]) == (1, 0)
    assert "p not defined" in str(fit)


def test_a_heywood_case_names_its_item():
    rng = np.random.default_rng(3)
    common = rng.normal(size=(200, 1))
    behind = np.hstack([common, common, 0.2 * common]) * [1, 0.9, 1]
    behind += rng.normal(size=(200, 3)) * [0.1, 0.5, 1]
    behind[:, 2] = 0.5 * behind[:, 2] + 0.5 * (behind[:, 1] - common[:, 0])
    table = pd.DataFrame(np.digitize(behind, [-1, 0, 1]), columns=list("abc"))
    fit = wlsmv(table, {"f": list("abc")})
    assert has(fit.flag, "negative_residual_variance")
    assert fit.residuals["estimate"].min() < 0
    assert str(fit).endswith(plain(fit.flag))


def test_correlations_that_are_not_positive_definite_are_flagged():
    few = ANSWERS.dropna().head(30)
    fit = wlsmv(few, FIRST)
    assert has(fit.flag, "correlations_not_positive_definite")
    assert np.isnan(fit.fit["cfi_robust"])
    assert np.isfinite(fit.fit["chi2_scaled"])


@pytest.mark.parametrize(
    ("change", "model", "words"),
    [
        ({"tru_1": 4}, TRUST, "single answer 4 in 'tru_1'"),
        ({"tru_1": "x"}, TRUST, "text or unordered categories in 'tru_1'"),
        ({"tru_1": np.nan}, TRUST, "0 rows without a gap"),
        ({"tru_2": ANSWERS["tru_1"]}, TRUST, "'tru_1' and 'tru_2' correlate perfectly"),
        ({"tru_2": -ANSWERS["tru_1"]}, TRUST, r"perfectly \(polychoric correlation -1\)"),
        ({}, {"tru": ["tru_1", "tru_9"]}, "no column 'tru_9'"),
        ({}, {"tru": ["tru_1", "tru_2"]}, "2 free parameters for 1 correlations"),
        ({}, {"tru": ["tru_1", "tru_1"]}, "'tru_1' twice"),
        ({}, {}, "no construct"),
    ],
)
def test_refuses_what_cannot_be_fitted(change, model, words):
    with pytest.raises(EstimateError, match=words):
        cfa(ANSWERS.assign(**change), model, estimator="wlsmv")


def test_refuses_a_model_that_the_correlations_do_not_determine():
    with pytest.raises(EstimateError, match="cannot be determined"):
        cfa(ANSWERS, TRUST, estimator="wlsmv", second_order="crq")


def test_refuses_groups_gaps_and_factor_scores():
    for option in ({"group": "ser_1"}, {"cluster": "ser_1"}, {"missing": "fiml"}):
        with pytest.raises(EstimateError, match="complete rows of one group"):
            cfa(ANSWERS, TRUST, estimator="wlsmv", **option)
    with pytest.raises(EstimateError, match="no factor scores"):
        wlsmv(ANSWERS, TRUST).factor_scores  # noqa: B018
    with pytest.raises(EstimateError, match="1 items"):
        ordinal_moments(ANSWERS[["tru_1"]])


@pytest.mark.validation
def test_recovers_the_truth_with_honest_errors_and_rejects_as_often_as_it_says():
    truth = np.array([0.8, 0.7, 0.6, 0.85, 0.75, 0.65, 0.7])
    model = {"f": list("abcd"), "g": list("efg")}
    inside, rejected, found = [], [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        factors = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=400)
        behind = factors[:, [0, 0, 0, 0, 1, 1, 1]] * truth
        behind += rng.normal(size=behind.shape) * np.sqrt(1 - truth**2)
        answers = np.digitize(behind, [-1.4, -0.9, -0.3, 0.3, 1.0])
        fit = wlsmv(pd.DataFrame(answers, columns=list("abcdefg")), model)
        off = fit.loadings["std"] - truth
        found.append(off)
        inside.append(np.abs(off) < 1.96 * fit.loadings["std_se"])
        rejected.append(fit.fit["p_scaled"] < 0.05)
    np.testing.assert_allclose(np.mean(found, axis=0), 0, atol=0.01)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.04)
