"""Cox regression against R and statsmodels, by its laws, and at its edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError, EstimateError
from crqlab.base.contracts.cautions import code, has
from crqlab.stats.survival import cox
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/survival"
REFERENCE = pd.read_csv(FOLDER / "survival.csv").set_index("quantity")
D = pd.read_csv(FOLDER / "renewals.csv")
TERMS = ["crq", "ltr"]


def agree(found, name):
    reference, tolerance = REFERENCE.loc[name, ["reference", "tolerance"]]
    assert found == pytest.approx(reference, abs=tolerance)


def renewals(**options):
    return cox(D["time"], D["event"], D[TERMS], entry=D["entry"], **options)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_late_entry_ties_and_accounts_agree_with_coxph(ties):
    fit = renewals(ties=ties)
    robust = renewals(ties=ties, cluster=D["account"])
    for at, term in enumerate(TERMS):
        agree(fit.table["estimate"][at], f"{ties} {term} estimate")
        agree(fit.table["se"][at], f"{ties} {term} se")
        agree(robust.table["se"][at], f"{ties} {term} robust")
    agree(fit.log_likelihood, f"{ties} log_likelihood")
    agree(fit.log_likelihood_null, f"{ties} log_likelihood_null")
    assert fit.baseline["hazard"].iloc[-1] == pytest.approx(
        REFERENCE.loc[f"{ties} hazard", "reference"], rel=1e-7
    )


@pytest.mark.parametrize("transform", ["km", "identity", "rank"])
def test_proportional_hazards_agree_with_zph(transform):
    found = renewals(transform=transform).zph.set_index("term")["chi2"]
    for term in [*TERMS, "all"]:
        agree(found[term], f"efron {transform} {term}")


def test_survival_of_one_case_agrees_with_survfit():
    for ties in ("efron", "breslow"):
        fit = renewals(ties=ties)
        found = fit.survival(pd.DataFrame({"crq": [4.0], "ltr": [6.0]}), [8]).iloc[0]
        agree(found["survival"], f"{ties} survival")
        agree(found["se"], f"{ties} survival se")


def oracle(case):
    if case == "cox_lung":
        rows = data("lung")
        rows["ev"] = (rows["status"] == 2).astype(int)
        names = ["time", "ev", ["age", "sex", "ph.ecog"], "inst"]
    elif case == "cox_rats":
        rows = data("rats")
        rows["female"] = (rows["sex"] == "f").astype(int)
        names = ["time", "status", ["rx", "female"], "litter"]
    else:
        rows = data("telco_churn")
        rows["m2m"] = (rows["Contract"] == "Month-to-month").astype(int)
        names = ["tenure", "Churn01", ["MonthlyCharges", "SeniorCitizen", "m2m"], None]
    time, event, terms, cluster = names
    known = rows.dropna(subset=[time, event, *terms, *([cluster] if cluster else [])])
    labels = None if cluster is None else known[cluster]
    return known[time], known[event], known[terms], labels


@pytest.mark.parametrize("case", ["cox_lung", "cox_rats", "cox_telco"])
def test_real_data_agree_with_r(case):
    wanted = golden(case)["values"]
    time, event, X, labels = oracle(case)
    for ties in ("efron", "breslow"):
        fit, block = cox(time, event, X, ties=ties), wanted[ties]
        rows = pd.DataFrame(block["coef"])
        assert fit.table["estimate"].tolist() == pytest.approx(rows["coef"].tolist(), rel=1e-7)
        assert fit.table["se"].tolist() == pytest.approx(rows["se(coef)"].tolist(), rel=1e-7)
        assert fit.log_likelihood == pytest.approx(block["loglik"], rel=1e-9)
        assert fit.tests["chi2"][0] == pytest.approx(block["lr"]["test"], rel=1e-7)
        assert fit.tests["chi2"][1] == pytest.approx(block["wald"]["test"], abs=0.006)
        assert fit.tests["chi2"][2] == pytest.approx(block["score"]["test"], rel=1e-7)
    if labels is not None:
        robust = cox(time, event, X, cluster=labels).table
        rows = pd.DataFrame(wanted["efron_cluster_robust"]["coef"])
        assert robust["se"].tolist() == pytest.approx(rows["robust se"].tolist(), rel=1e-7)
        assert robust["p"].tolist() == pytest.approx(rows["Pr(>|z|)"].tolist(), rel=1e-5)
    own = cox(time, event, X, cluster=np.arange(len(time))).table
    rows = pd.DataFrame(wanted["efron_robust_lin_wei"])
    assert own["se"].tolist() == pytest.approx(rows["robust se"].tolist(), rel=1e-7)


@pytest.mark.parametrize("case", ["cox_lung", "cox_rats", "cox_telco"])
def test_real_tests_of_proportionality_and_curves_agree_with_r(case):
    wanted = golden(case)["values"]
    time, event, X, _ = oracle(case)
    clocks = ["km", "identity", "rank", *(["log"] if time.min() > 0 else [])]
    for transform in clocks:
        rows = pd.DataFrame(wanted[f"zph_{transform}"])
        fit = cox(time, event, X, transform=transform)
        assert fit.zph["chi2"].tolist() == pytest.approx(rows["chisq"].tolist(), rel=1e-6)
        assert fit.zph["p"].tolist() == pytest.approx(rows["p"].tolist(), rel=1e-5)
    one, first = wanted["predict_row1"], X.iloc[:1]
    found = fit.survival(first, one["times"])
    for ours, theirs in (("survival", "surv"), ("se", "se"), ("low", "lower_log")):
        assert found[ours].tolist() == pytest.approx(one[theirs], rel=1e-6)
    assert fit.linear_predictor(first).iloc[0] == pytest.approx(one["lp"], rel=1e-6)
    hazard = wanted["basehaz_uncentered"]
    at = np.searchsorted(fit.baseline["time"], hazard["times"], side="right") - 1
    assert fit.baseline["hazard"].iloc[at].tolist() == pytest.approx(hazard["cumhaz"], rel=1e-6)


def test_agrees_with_statsmodels_where_that_is_right():
    from statsmodels.duration.hazard_regression import PHReg

    # its late entry counts who enters at the very time of an event, unlike R and unlike ours
    theirs = PHReg(D["time"], D[TERMS], status=D["event"], ties="efron").fit()
    ours = cox(D["time"], D["event"], D[TERMS])
    assert ours.table["estimate"].tolist() == pytest.approx(list(theirs.params), abs=1e-6)
    assert ours.table["se"].tolist() == pytest.approx(list(theirs.bse), abs=1e-6)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-8)


CASES = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.integers(-3, 3)), min_size=12, max_size=40
)


def split(rows):
    time, event, x = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    return time, event, pd.DataFrame({"x": x})


@pytest.mark.slow
@settings(max_examples=12)
@given(CASES, st.integers(0, 2**31))
def test_row_order_and_unit_change_nothing(rows, seed):
    time, event, X = split(rows)
    order = np.random.default_rng(seed).permutation(len(time))
    plain, mixed = cox(time, event, X), cox(time[order], event[order], X.iloc[order])
    scaled = cox(time * 7, event, X * 10 + 3)
    for name, factor in (("estimate", 10), ("se", 10), ("p", 1)):
        value = plain.table[name][0]
        assert mixed.table[name][0] == pytest.approx(value, abs=1e-7, nan_ok=True)
        assert scaled.table[name][0] * factor == pytest.approx(value, abs=1e-6, nan_ok=True)


@settings(max_examples=8)
@given(CASES)
def test_without_ties_both_ways_to_break_them_are_one(rows):
    _, event, X = split(rows)
    time = np.arange(len(X))
    efron, breslow = cox(time, event, X), cox(time, event, X, ties="breslow")
    columns = ["estimate", "se"]
    pd.testing.assert_frame_equal(efron.table[columns], breslow.table[columns])


def test_watching_in_two_pieces_is_watching_once():
    cut = D["time"] > 6
    early = D.assign(time=D["time"].clip(upper=6), event=D["event"].where(~cut, 0))
    late = D[cut].assign(entry=np.maximum(D["entry"], 6))
    both = pd.concat([early[early["entry"] < early["time"]], late])
    pieces = cox(both["time"], both["event"], both[TERMS], entry=both["entry"])
    pd.testing.assert_series_equal(pieces.table["estimate"], renewals().table["estimate"])
    assert pieces.log_likelihood == pytest.approx(renewals().log_likelihood)


def test_an_infinite_effect_becomes_a_ridge_with_a_flag():
    X = pd.DataFrame({"lost": [1.0] * 15 + [0] * 45, "crq": np.tile([3.0, 4, 5, 4, 2], 12)})
    event = np.repeat([1, 0], [15, 45])
    fit = cox(np.tile(np.arange(1, 13), 5), event, X)
    assert [has(flag, "no_finite_estimate_ridge") for flag in fit.table["flag"]] == [True, True]
    assert np.isfinite(fit.table[["estimate", "se"]]).all().all()
    assert fit.table["estimate"][0] > 1
    assert "ridge" in str(fit)


def test_collinear_and_constant_terms_are_left_out_with_a_flag():
    X = D[TERMS].assign(twice=2 * D["crq"] + 1, same=3.0)
    fit = cox(D["time"], D["event"], X, entry=D["entry"])
    assert fit.table["flag"].tolist()[2:] == [
        "term_follows_from_others",
        "term_constant",
    ]
    assert fit.table["estimate"][:2].tolist() == pytest.approx(
        renewals().table["estimate"].tolist()
    )
    assert fit.table["estimate"][2:].isna().all()
    assert fit.linear_predictor(X).tolist() == pytest.approx(
        renewals().linear_predictor(D).tolist()
    )


def test_few_events_none_and_few_accounts_are_told():
    few = cox(D["time"], D["event"].where(D.index < 12, 0), D[TERMS])
    assert few.table["flag"].tolist() == [code("few_events_per_term", minimum=10)] * 2
    none = cox(D["time"], D["event"] * 0, D[TERMS])
    assert none.table["flag"].tolist() == ["no_events"] * 2
    assert none.table["estimate"].isna().all()
    assert none.events == 0
    assert "few accounts (minimum 30)" in str(renewals(cluster=D["account"]))
    assert renewals(cluster=D["account"]).n_clusters == 20


@pytest.mark.parametrize(
    ("time", "event", "crq", "flag"),
    [
        ([1], [1], [4.0], "term_constant"),
        ([], [], [], "no_events"),
        ([1, 2, 3, 4], [0, 0, 0, 1], [1.0, 2, 5, 1], "no_finite_estimate_ridge"),
    ],
)
def test_next_to_no_cases_are_told_instead_of_refused(time, event, crq, flag):
    fit = cox(time, event, pd.DataFrame({"crq": crq}))
    assert has(fit.table["flag"][0], flag)
    assert fit.n == len(time)


def test_incomplete_cases_are_counted():
    gaps = D[TERMS].mask(D["account"] == 19)
    fit = cox(D["time"], D["event"], gaps, entry=D["entry"])
    assert (fit.n, fit.notes) == (76, (code("cases_left_out", n=4),))


def test_says_what_is_wrong_with_the_input():
    X = D[TERMS]
    with pytest.raises(EstimateError, match="80 cases have entry= at or after time="):
        cox(D["time"], D["event"], X, entry=D["time"])
    with pytest.raises(EstimateError, match="event= holds 2"):
        cox(D["time"], D["event"] + 1, X)
    with pytest.raises(EstimateError, match="no columns"):
        cox(D["time"], D["event"], X[[]])
    with pytest.raises(EstimateError, match="tier holds text"):
        cox(D["time"], D["event"], D[["tier"]])
    with pytest.raises(EstimateError, match="event has 79"):
        cox(D["time"], D["event"][1:], X)
    with pytest.raises(CrqError, match="'efron' or 'breslow'"):
        cox(D["time"], D["event"], X, ties="exact")
    with pytest.raises(EstimateError, match="logarithm does not exist"):
        cox(D["time"] - D["time"].min(), [1] * 80, X, transform="log")
    with pytest.raises(EstimateError, match="lacks ltr"):
        renewals().linear_predictor(D[["crq"]])
