"""Confirmatory models against lavaan on real surveys that nobody here wrote."""

import numpy as np
import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code
from crqlab.stats.factors import cfa
from tests import oracle

ML = [
    "cfa_ml_hs",
    "cfa_ml_corp4",
    "cfa_ml_satisfaction5",
    "cfa_ml_satisf_improper6",
    "second_order_hs",
    "second_order_corp",
    "second_order_satisfaction",
    "second_order_b2b",
]
ROBUST = ["cfa_mlr_hs", "cfa_mlr_corp4", "cfa_mlr_satisfaction5", "cfa_mlm_hs"]
GAPS = ["cfa_fiml_bfi", "cfa_fiml_mlr_bfi"]
NAMES = {
    "chi2": "chisq",
    "df": "df",
    "p": "pvalue",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea_low": "rmsea.ci.lower",
    "rmsea_high": "rmsea.ci.upper",
    "srmr": "srmr",
    "aic": "aic",
    "bic": "bic",
    "npar": "npar",
    "nfi": "nfi",
    "rfi": "rfi",
    "ifi": "ifi",
    "rni": "rni",
    "pnfi": "pnfi",
    "p_close": "rmsea.pvalue",
    "p_not_close": "rmsea.notclose.pvalue",
    "bic_adjusted": "bic2",
    "baseline_chi2": "baseline.chisq",
    "baseline_p": "baseline.pvalue",
    "logl": "logl",
    "logl_unrestricted": "unrestricted.logl",
    "chi2_scaled": "chisq.scaled",
    "scaling": "chisq.scaling.factor",
    "p_scaled": "pvalue.scaled",
    "cfi_scaled": "cfi.scaled",
    "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled",
    "cfi_robust": "cfi.robust",
    "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
    "rmsea_robust_low": "rmsea.ci.lower.robust",
    "rmsea_robust_high": "rmsea.ci.upper.robust",
}
TOLERANCE = {"chi2": 1e-3, "chi2_scaled": 1e-3, "aic": 1e-2, "bic": 1e-2} | dict.fromkeys(
    ["bic_adjusted", "baseline_chi2", "logl", "logl_unrestricted"], 1e-2
)


def turned(data):
    return data.assign(
        **{f"{name}r": 7 - data[name] for name in ("A1", "C4", "C5") if name in data}
    )


@pytest.fixture(scope="module")
def fits():
    kept = {}

    def fit(case):
        if case not in kept:
            found = oracle.golden(case)
            spec = found["spec"]
            data = turned(oracle.data(found["dataset"].removeprefix("data/").removesuffix(".csv")))
            kept[case] = (
                found["values"],
                cfa(
                    data,
                    spec["items_by"],
                    estimator=spec["estimator"].lower(),
                    missing="fiml" if spec.get("missing") == "ml" else "listwise",
                    cluster=spec.get("cluster"),
                    second_order=spec.get("higher"),
                ),
            )
        return kept[case]

    return fit


CASES = [*ML, *ROBUST, "cfa_cluster_lq2002", *GAPS]


@pytest.mark.parametrize("case", CASES)
def test_fit_indices_agree_with_lavaan(fits, case):
    values, fit = fits(case)
    shared = [k for k, v in NAMES.items() if values["fit"].get(v) is not None]
    assert set(shared) >= {"chi2", "df", "cfi", "tli", "rmsea", "rmsea_low", "srmr", "aic"}
    for name in shared:
        wanted = values["fit"][NAMES[name]]
        assert fit.fit[name] == pytest.approx(wanted, abs=TOLERANCE.get(name, 1e-5)), name


@pytest.mark.parametrize("case", CASES)
def test_estimates_and_standard_errors_agree_with_lavaan(fits, case):
    values, fit = fits(case)
    on = ["lhs", "op", "rhs"]
    wanted = pd.DataFrame(values["parameters"]).rename(columns={"se": "wanted_se"})
    rows = wanted.merge(fit.parameters, on=on, how="left", validate="1:1")
    np.testing.assert_allclose(rows["estimate"], rows["est"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(rows["se"], rows["wanted_se"], rtol=1e-4, atol=1e-6)
    wanted = pd.DataFrame(values["standardized"]).rename(columns={"se": "wanted_se"})
    rows = wanted.merge(fit.parameters, on=on, how="left", validate="1:1")
    known = rows["est.std"].notna() & rows["wanted_se"].notna()
    np.testing.assert_allclose(rows["std"][known], rows["est.std"][known], atol=2e-5)
    np.testing.assert_allclose(rows["std_se"][known], rows["wanted_se"][known], atol=2e-5)


@pytest.mark.parametrize("case", ["cfa_ml_hs", "cfa_ml_corp4"])
def test_modification_indices_and_scores_agree_with_lavaan(fits, case):
    values, fit = fits(case)
    wanted = pd.DataFrame(values["modification_indices_top15"])
    rows = wanted.merge(fit.modification, on=["lhs", "op", "rhs"], how="left", suffixes=("_r", ""))
    np.testing.assert_allclose(rows["mi"], rows["mi_r"], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(rows["epc"], rows["epc_r"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(rows["epc_std"], rows["sepc.all"], rtol=1e-4, atol=1e-4)
    scores = values["factor_scores_regression_first10"]
    found = fit.factor_scores[scores["cols"]].to_numpy()[: len(scores["values"])]
    np.testing.assert_allclose(found, scores["values"], atol=1e-5)


@pytest.mark.parametrize("case", ML)
def test_flags_exactly_what_lavaan_finds_inadmissible(fits, case):
    values, fit = fits(case)
    assert (fit.flag == "ok") is values["solution_check"]["admissible"], fit.flag


def test_the_improper_six_factor_model_is_flagged_with_its_construct(fits):
    _, fit = fits("cfa_ml_satisf_improper6")
    assert fit.flag == code("construct_explained_by_others", construct="QUAL")
