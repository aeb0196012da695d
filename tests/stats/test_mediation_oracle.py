"""Mediation in a real experiment against R's mediation package."""

import numpy as np
import pytest

from crqlab.stats import mediation
from tests import oracle


def found(case, **options):
    rows, golden = oracle.data("jobs"), oracle.golden(case)
    outcome = golden["spec"]["outcome_formula"].split(" ~ ")[0]
    names = ["econ_hard", "sex", "age"]
    rows = rows.dropna(subset=[outcome, "treat", "job_seek", *names])
    fit = mediation.effects(
        rows[outcome], rows["treat"], rows["job_seek"], rows[names].astype(float), **options
    )
    return fit, golden["values"]


def test_linear_effects():
    fit, values = found("med_jobs", link="identity", draws=400)
    exact, rows = values["exact_linear"], fit.table.set_index("effect")
    for ours, theirs in (("indirect", "ab"), ("direct", "direct"), ("total", "total")):
        assert rows.loc[ours, "estimate"] == pytest.approx(exact[theirs], rel=1e-6)
    # the bootstrap's ends and the delta method's are two roads to one place
    delta = values["lavaan_delta"][0]
    assert rows.loc["indirect", "low"] == pytest.approx(delta["ci.lower"], abs=0.006)
    assert rows.loc["indirect", "high"] == pytest.approx(delta["ci.upper"], abs=0.006)


def test_probabilities():
    fit, values = found("med_jobs_bin", link="probit", between=(0, 1), draws=400)
    rows = fit.table.set_index("effect")
    for ours, theirs in (
        ("indirect", "acme_avg"),
        ("direct", "ade_avg"),
        ("total", "total"),
    ):
        reference = values[theirs]
        value = reference if np.isscalar(reference) else reference["est"]
        # R's are means of 3000 draws of parameters, not effects at the estimates
        assert rows.loc[ours, "estimate"] == pytest.approx(value, rel=0.08)
    ends = rows.loc["total", ["low", "high"]].to_numpy(float)
    assert ends == pytest.approx(np.array(values["total"]["ci95"]), abs=0.01)
    ends = rows.loc["indirect", ["low", "high"]].to_numpy(float)
    # R draws parameters from a normal distribution; accounts drawn again keep the skew
    assert ends == pytest.approx(np.array(values["acme_control"]["ci95"]), abs=0.003)
