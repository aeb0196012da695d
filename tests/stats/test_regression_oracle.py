"""Logistic regressions of real data against R's numbers for them."""

import numpy as np
import pytest

from crqlab.stats import regression
from tests import oracle


def contraception():
    rows = oracle.data("contraception")
    levels = ("1", "2", "3+")
    children = {f"factor(livch){kind}": rows["livch"].astype(str) == kind for kind in levels}
    table = rows[["age", "urban01"]].assign(**children).astype(float)
    return rows["use01"], table, rows["district"]


def sfo():
    rows = oracle.data("sfo2017")
    names = ["Q7ALL", "Q9ALL", "Q10SAFE"]
    rows = rows.dropna(subset=["NETPRO", *names, "AIRLINE_CODE"])
    return (rows["NETPRO"] >= 9).astype(int), rows[names].astype(float), rows["AIRLINE_CODE"]


def telco():
    rows = oracle.data("telco_churn")
    monthly = 'I(Contract == "Month-to-month")TRUE'
    table = rows[["tenure", "MonthlyCharges", "SeniorCitizen"]].astype(float)
    table[monthly] = (rows["Contract"] == "Month-to-month").astype(float)
    return rows["Churn01"], table, None


CASES = {"contraception": contraception, "sfo2017": sfo, "telco": telco}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return oracle.golden(f"logit_{request.param}"), *CASES[request.param]()


def near(golden, reference):
    kind = golden["tolerance"]
    return pytest.approx(np.asarray(reference, dtype=float), rel=kind["rel"], abs=kind["abs"])


def column(rows, name):
    return [row[name] for row in rows]


def test_estimates_and_wald_intervals(case):
    golden, outcome, covariates, _ = case
    values, fit = golden["values"], regression.logit(outcome, covariates)
    assert fit.table["term"].tolist()[1:] == column(values["coef"], "term")[1:]
    for ours, theirs in (("estimate", "est"), ("se", "se"), ("p", "p")):
        assert fit.table[ours].to_numpy() == near(golden, column(values["coef"], theirs))
    assert fit.table[["low", "high"]].to_numpy() == near(golden, values["wald_ci95"]["values"])
    assert fit.log_likelihood == near(golden, values["logLik"])
    assert fit.predict(covariates)[:10] == near(golden, values["fitted_first10"])
    assert (fit.n, fit.events, fit.flag) == (values["n"], values["events"], "ok")


def test_profile_intervals(case):
    golden, outcome, covariates, _ = case
    found = regression.profile(outcome, covariates)
    reference = golden["values"]["profile_ci95"]["values"]
    # confint() interpolates the profile by a spline, which carries its own small error
    assert found[["low", "high"]].to_numpy() == pytest.approx(np.array(reference), rel=5e-4)


def test_rows_as_their_own_clusters_give_hc1(case):
    golden, outcome, covariates, _ = case
    fit = regression.logit(outcome, covariates, cluster=np.arange(len(outcome)))
    assert fit.table["se"].to_numpy() == near(golden, column(golden["values"]["robust_HC1"], "se"))
    n, k = fit.n, len(fit.table)
    hc0 = fit.table["se"].to_numpy() * np.sqrt((n - k) / n)
    assert hc0 == near(golden, column(golden["values"]["robust_HC0"], "se"))


def test_errors_by_cluster(case):
    golden, outcome, covariates, cluster = case
    if cluster is None:
        pytest.skip("this data set has no clusters")
    fit = regression.logit(outcome, covariates, cluster=cluster)
    rows = golden["values"]["cluster_HC1_cadjust"]
    assert fit.table["se"].to_numpy() == near(golden, column(rows, "se"))
    assert fit.table["p"].to_numpy() == near(golden, column(rows, "p"))
    assert fit.n_clusters == golden["values"]["n_clusters"]


def test_likelihood_ratio_of_nested_fits(case):
    golden, outcome, covariates, _ = case
    reference = golden["values"]["lrt_vs_reduced"]
    fewer = covariates.iloc[:, : covariates.shape[1] - reference["df"]]
    found = regression.likelihood_ratio(
        regression.logit(outcome, covariates), regression.logit(outcome, fewer)
    )
    assert found.df == reference["df"]
    assert found.chi_square == near(golden, reference["chisq"])
    assert found.p == near(golden, reference["p"])


def test_random_intercept():
    golden = oracle.golden("glmer_contraception")
    fit = regression.random_intercept(*contraception())
    values = golden["values"]["nAGQ15"]
    for ours, theirs in (("estimate", "est"), ("se", "se")):
        assert fit.table[ours].to_numpy() == near(golden, column(values["fixef"], theirs))
    assert fit.sd.value == near(golden, values["sd_intercept"])
    assert fit.icc.value == near(golden, values["icc_latent"])
    assert fit.log_likelihood == near(golden, values["logLik"])
    effects = fit.groups.set_index("group")["effect"]
    first = [effects[int(name)] for name in values["ranef_first10"]]
    assert first == near(golden, list(values["ranef_first10"].values()))


def test_independence_of_a_gee_is_a_logit_by_cluster():
    golden, rows = oracle.golden("gee_ohio"), oracle.data("ohio")
    fit = regression.logit(rows["resp"], rows[["age", "smoke"]], cluster=rows["id"])
    reference = golden["values"]["independence"]["coef"]
    for ours, theirs in (("estimate", "est"), ("se", "robust_se")):
        assert fit.table[ours].to_numpy() == near(golden, column(reference, theirs))
