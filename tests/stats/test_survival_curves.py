"""Product-limit curves and concordance against R, by their laws, and at their edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import CrqError
from crqlab.base.contracts.cautions import code
from crqlab.stats.survival import c_index, cox, kaplan_meier
from tests.oracle import data, golden

FOLDER = Path(__file__).parents[1] / "reference/survival"
REFERENCE = pd.read_csv(FOLDER / "survival.csv").set_index("quantity")
D = pd.read_csv(FOLDER / "renewals.csv")
Z = 1.959963984540054
STUDENT = 2.093024054408263  # 19 degrees of freedom


def agree(found, name):
    reference, tolerance = REFERENCE.loc[name, ["reference", "tolerance"]]
    assert found == pytest.approx(reference, abs=tolerance)


def test_late_entry_agrees_with_survfit():
    at = kaplan_meier(D["time"], D["event"], entry=D["entry"]).at([5, 10])
    agree(at["survival"][0], "late survival 5")
    agree(at["survival"][1], "late survival 10")
    agree(at["low"][1], "late low 10")
    agree(at["high"][1], "late high 10")
    agree(at["n_risk"][1], "late risk 10")


def test_log_rank_agrees_with_survdiff():
    found = kaplan_meier(D["time"], D["event"], groups=D["tier"])
    agree(found.log_rank.chi2, "log-rank")
    assert found.log_rank.table["expected"].sum() == pytest.approx(D["event"].sum())
    assert "groups differ: p < 0.001" in str(found)


@pytest.mark.parametrize(("method", "name"), [("harrell", "n"), ("uno", "n/G2")])
def test_concordance_agrees_with_r(method, name):
    found = c_index(D["time"], D["event"], D["crq"], method=method)
    agree(found.value, f"{name} c")
    agree((found.high - found.value) / Z, f"{name} se")
    inside = c_index(D["time"], D["event"], D["crq"], method=method, cluster=D["account"])
    agree((inside.high - inside.value) / STUDENT, f"{name} clustered")


def oracle(case):
    spec = golden(case)["spec"]
    name = {"km_lung": "lung", "km_rats": "rats", "km_telco": "telco_churn"}[case]
    rows = data(name)
    rows = rows.assign(ev=(rows["status"] == 2) * 1) if case == "km_lung" else rows
    rows = rows[rows["tenure"] > 0] if case == "km_telco" else rows
    return rows, spec, golden(case)["values"]


@pytest.mark.parametrize("case", ["km_lung", "km_rats", "km_telco"])
def test_real_curves_agree_with_r(case):
    rows, spec, wanted = oracle(case)
    by = rows[spec["group"]].astype(str)
    parts = [(rows, wanted["overall"])]
    parts += [(rows[by == key], block) for key, block in wanted["by_group"].items()]
    for part, block in parts:
        time, event = part[spec["time"]], part[spec["event"]]
        for transform in ("plain", "log", "log-log"):
            found = kaplan_meier(time, event, transform=transform, until=spec["rmst_tau"])
            at, told = found.at(spec["times"]), block[transform]
            pairs = {"survival": "surv", "se": "se", "low": "lower", "high": "upper"}
            for ours, theirs in pairs.items():
                # R gives no bounds before the first event
                known = [value is not None for value in told[theirs]]
                values = [value for value in told[theirs] if value is not None]
                assert at.loc[known, ours].tolist() == pytest.approx(values, abs=1e-10)
            assert at["n_risk"].tolist() == told["n_risk"]
            assert at["events"].tolist() == told["n_event_cum"]
            for ours, theirs in (("median", "median"), ("median_low", "median_lower")):
                value = told["quantiles"][theirs]
                wanted_value = np.nan if value is None else value
                assert found.summary[ours][0] == pytest.approx(wanted_value, nan_ok=True)
        row = found.summary.iloc[0]
        assert [row["mean"], row["mean_se"]] == pytest.approx(
            [block["rmst"]["rmean"], block["rmst"]["se"]]
        )
    every = kaplan_meier(rows[spec["time"]], rows[spec["event"]], groups=by)
    assert every.log_rank.chi2 == pytest.approx(wanted["logrank"]["chisq"])
    assert every.log_rank.p == pytest.approx(wanted["logrank"]["p"])


@pytest.mark.parametrize("case", ["cox_lung", "cox_rats", "cox_telco"])
def test_real_concordance_agrees_with_r(case):
    wanted = golden(case)["values"]
    if case == "cox_lung":
        rows = data("lung").dropna(subset=["inst", "age", "ph.ecog"])
        rows["ev"] = (rows["status"] == 2) * 1
        time, event, terms = "time", "ev", ["age", "sex", "ph.ecog"]
    elif case == "cox_rats":
        rows = data("rats")
        rows["female"] = (rows["sex"] == "f") * 1
        time, event, terms = "time", "status", ["rx", "female"]
    else:
        rows = data("telco_churn")
        rows["m2m"] = (rows["Contract"] == "Month-to-month") * 1
        time, event, terms = "tenure", "Churn01", ["MonthlyCharges", "SeniorCitizen", "m2m"]
    slopes = [row["coef"] for row in wanted["efron"]["coef"]]
    score = (rows[terms].to_numpy(float) @ slopes).round(12)
    for method, name in (("harrell", "concordance_harrell"), ("uno", "concordance_uno_n_G2")):
        if name in wanted:
            found = c_index(rows[time], rows[event], score, method=method)
            assert found.value == pytest.approx(wanted[name]["c"], abs=1e-9)
            assert (found.high - found.value) / Z == pytest.approx(wanted[name]["se"], abs=1e-8)


HISTORIES = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 5)), min_size=2, max_size=30
)


@settings(max_examples=40)
@given(HISTORIES)
def test_concordance_counts_every_pair(rows):
    time, event, score = (np.array(part) for part in zip(*rows, strict=True))
    later = (time[None] > time[:, None]) | ((time[None] == time[:, None]) & ~event[None])
    pairs = later & event[:, None]
    right = (score[:, None] > score[None]) + (score[:, None] == score[None]) / 2
    found = c_index(time, event, score)
    plain = (right * pairs).sum() / pairs.sum() if pairs.any() else np.nan
    assert found.value == pytest.approx(plain, nan_ok=True)
    assert c_index(time, event, -score).value == pytest.approx(1 - plain, nan_ok=True)
    assert c_index(time[::-1], event[::-1], 3.0 ** score[::-1]).value == pytest.approx(
        plain, nan_ok=True
    )


@settings(max_examples=25)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_without_censoring_the_curve_counts_those_still_there(times):
    found = kaplan_meier(times, np.ones(len(times)))
    share = [np.mean(np.array(times) > when) for when in found.table["time"]]
    assert found.table["survival"].tolist() == pytest.approx(share, abs=1e-12)
    assert found.summary["mean"][0] == pytest.approx(np.mean(times))


@settings(max_examples=15)
@given(HISTORIES)
def test_row_order_changes_no_curve(rows):
    time, event, group = (np.array(part) for part in zip(*rows, strict=True))
    there = kaplan_meier(time, event, groups=group).table
    back = kaplan_meier(time[::-1], event[::-1], groups=group[::-1]).table
    pd.testing.assert_frame_equal(there, back)


def test_without_censoring_uno_is_harrell():
    time, ones = D["time"] + D.index / 100, np.ones(len(D))
    harrell, uno = (c_index(time, ones, D["ltr"], method=m) for m in ("harrell", "uno"))
    assert uno.value == pytest.approx(harrell.value)


def test_only_events_up_to_the_limit_count():
    limit = c_index(D["time"], D["event"], -D["crq"], until=6)
    cut = c_index(D["time"].clip(upper=6.5), D["event"] * (D["time"] <= 6), -D["crq"])
    assert limit.value == pytest.approx(cut.value)


def test_one_group_without_events_and_nobody_are_told():
    quiet = kaplan_meier([3, 5, 5], [0, 0, 0])
    assert quiet.table["survival"].tolist() == [1, 1]
    assert np.isnan(quiet.log_rank.p)
    assert str(quiet) == (
        "median time: all not reached (n = 3, 0 events) (Kaplan & Meier 1958); no events"
    )
    assert len(kaplan_meier([], []).table) == 0
    assert "no pairs" in str(c_index([3, 5], [0, 0], [1, 2]))
    assert "no pairs" in str(c_index([], [], []))


def test_bounds_are_shares_and_missing_where_nobody_is_left():
    table = kaplan_meier([1, 2, 3], [1, 1, 1], transform="plain").table
    assert table["low"].tolist()[:2] == [pytest.approx(0.1333, abs=1e-3), 0]
    assert table[["se", "low", "high"]].iloc[-1].isna().all()


def test_refuses_unknown_words():
    with pytest.raises(CrqError, match="'log', 'log-log' or 'plain'"):
        kaplan_meier([1], [1], transform="arcsin")
    with pytest.raises(CrqError, match="'harrell' or 'uno'"):
        c_index([1], [1], [1], method="gonen")


def test_a_better_score_has_the_better_concordance():
    fit = cox(D["time"], D["event"], D[["crq", "ltr"]])
    both = c_index(D["time"], D["event"], fit.linear_predictor(D), cluster=D["account"])
    assert both.value > 0.6
    assert (both.n, both.unit) == (20, "accounts")
    assert both.notes == (code("few_accounts", minimum=30),)
