"""Every estimator, with gaps, accounts, groups and second order, against lavaan."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from crqlab.stats.factors import cfa

FOLDER = Path(__file__).parents[2] / "reference/factors"
WANTED = pd.read_csv(FOLDER / "lavaan.csv")
FIRST = {
    "trust": ["t1", "t2", "t3"],
    "value": ["v1", "v2", "v3"],
    "ease": ["e1", "e2", "e3", "e4"],
    "sat": ["s1", "s2"],
}
MODELS = {
    "plain": (FIRST, None),
    "cross": (FIRST | {"value": ["v1", "t2", "v2", "v3"]}, None),
    "second": (FIRST, "crq"),
    "part": (FIRST, {"crq": ["trust", "value", "ease"]}),
    "single": ({"trust": FIRST["trust"], "ease": FIRST["ease"], "s1x": ["s1"]}, None),
}
NAMES = {
    "chisq": "chi2",
    "pvalue": "p",
    "rmsea.ci.lower": "rmsea_low",
    "rmsea.ci.upper": "rmsea_high",
    "baseline.chisq": "baseline_chi2",
    "chisq.scaled": "chi2_scaled",
    "chisq.scaling.factor": "scaling",
    "cfi.scaled": "cfi_scaled",
    "baseline.chisq.scaling.factor": "baseline_scaling",
    "cfi.robust": "cfi_robust",
    "tli.robust": "tli_robust",
    "rmsea.robust": "rmsea_robust",
    "rmsea.ci.lower.robust": "rmsea_robust_low",
    "rmsea.ci.upper.robust": "rmsea_robust_high",
}


@cache
def fit(case):
    data = pd.read_csv(FOLDER / "answers.csv")
    words = case.split("_")
    model, second_order = MODELS[words[-1]]
    return cfa(
        data,
        model,
        estimator=next((w for w in words if w in ("mlm", "mlr")), "ml"),
        missing="fiml" if "fiml" in words else "listwise",
        group="country" if "group" in words else None,
        cluster="account" if "cluster" in words else None,
        second_order=second_order,
    )


def wanted(case, kind):
    """Reference rows of one kind (est, se, mi, …) with the parameter's four words apart."""
    rows = WANTED[(WANTED["case"] == case) & WANTED["quantity"].str.startswith(f"{kind} ")]
    words = rows["quantity"].str.split(" ", expand=True)
    words.columns = ["kind", "lhs", "op", "rhs", "group"]
    return words.assign(reference=rows["reference"], group=words["group"].astype(int) - 1)


def joined(case, kind, table):
    codes = dict(zip(fit(case).labels, range(9), strict=False))
    group = table["group"].map(codes) if "group" in table else 0
    return wanted(case, kind).merge(
        table.assign(group=group), on=["lhs", "op", "rhs", "group"], how="left", validate="1:1"
    )


@pytest.mark.parametrize("case", WANTED["case"].unique())
def test_fit_indices(case):
    rows = WANTED[(WANTED["case"] == case) & ~WANTED["quantity"].str.contains(" ")]
    assert len(rows) >= 12
    for row in rows.itertuples():
        found = fit(case).fit[NAMES.get(row.quantity, row.quantity)]
        # R's root finder places the ends of the RMSEA interval to four digits
        tolerance = 2e-5 if "ci" in row.quantity else 1e-6
        assert found == pytest.approx(row.reference, abs=tolerance, rel=1e-6), row.quantity


@pytest.mark.parametrize("case", WANTED["case"].unique())
@pytest.mark.parametrize(("kind", "column"), [("est", "estimate"), ("se", "se")])
def test_estimates_and_standard_errors(case, kind, column):
    rows = joined(case, kind, fit(case).parameters)
    assert len(rows) >= 8
    assert rows[column].to_numpy() == pytest.approx(
        rows["reference"].to_numpy(), rel=5e-5, abs=2e-6
    )


@pytest.mark.parametrize("case", ["ml_plain", "ml_second", "fiml_plain", "ml_group_plain"])
def test_modification_indices(case):
    for kind, column in (("mi", "mi"), ("epc", "epc")):
        rows = joined(case, kind, fit(case).modification)
        known = rows[rows[column].notna()]
        assert len(known) >= 6
        assert known[column].to_numpy() == pytest.approx(
            known["reference"].to_numpy(), rel=1e-4, abs=1e-5
        )


@pytest.mark.parametrize("case", ["ml_plain", "ml_second", "fiml_plain"])
def test_factor_scores(case):
    rows = WANTED[(WANTED["case"] == case) & WANTED["quantity"].str.startswith("score ")]
    scores = fit(case).factor_scores
    for row in rows.itertuples():
        _, place, construct = row.quantity.split(" ")
        found = scores[construct].iloc[int(place) - 1]
        assert found == pytest.approx(row.reference, abs=1e-5)
