"""Mediation against its laws and at its edges; the oracle and validation have the numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes
from crqlab.stats import mediation

FOLDER = Path(__file__).parents[1] / "reference/mediation"


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_agrees_with_effects_integrated_in_r(link):
    rows, reference = (pd.read_csv(FOLDER / name) for name in ("rows.csv", "plugin.csv"))
    fit = mediation.effects(
        rows["outcome"],
        rows["cause"],
        rows["mediator"],
        rows[["size"]],
        link=link,
        between=(0, 1),
        draws=2,
    ).table.set_index("effect")
    expected = reference[reference["link"] == link].set_index("effect")["reference"]
    values = fit.loc[expected.index, "estimate"].to_numpy()
    assert values == pytest.approx(expected.to_numpy(), rel=1e-4)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(7)
    account = np.repeat(np.arange(150), 4)
    trust = rng.normal(size=600)
    commitment = 0.7 * trust + 0.6 * rng.normal(size=600)
    renewed = (rng.random(600) < expit(1 + commitment)).astype(int)
    return pd.DataFrame(
        {"account": account, "trust": trust, "commitment": commitment, "renewed": renewed}
    )


def found(rows, **options):
    return mediation.effects(
        rows["renewed"],
        rows["trust"],
        rows["commitment"],
        accounts=rows["account"],
        **{"draws": 200} | options,
    )


def test_indirect_and_direct_add_up_and_make_the_share(rows):
    fit = found(rows).table.set_index("effect")["estimate"]
    assert fit["indirect"] + fit["direct"] == pytest.approx(fit["total"], rel=1e-9)
    assert fit["share mediated"] == pytest.approx(fit["indirect"] / fit["total"], rel=1e-9)


def test_full_mediation_is_seen(rows):
    fit = found(rows).table.set_index("effect")
    assert fit.loc["indirect", "low"] > 0
    assert fit.loc["direct", "low"] < 0 < fit.loc["direct", "high"]
    assert fit.loc["share mediated", "low"] < 1 < fit.loc["share mediated", "high"]


@pytest.mark.parametrize("link", ["logit", "cloglog", "probit"])
def test_unit_of_the_cause_follows_the_step(rows, link):
    plain = found(rows, link=link, draws=20).table["estimate"].to_numpy()
    moved = rows.assign(trust=rows["trust"] * 10 + 3)
    there = found(moved, link=link, step=10.0, draws=20).table["estimate"].to_numpy()
    assert there == pytest.approx(plain, rel=1e-6)


def test_a_repeated_run_gives_the_same_interval(rows):
    pd.testing.assert_frame_equal(found(rows).table, found(rows).table)


def test_few_events_are_held_by_a_ridge(rows):
    few = rows.head(60).assign(renewed=lambda table: (np.arange(60) < 4).astype(int))
    assert {"code": "few_events_ridge", "minimum": 10, "events": 4} in codes(found(few).flag)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"renewed": 1}, "both of them"),
        ({"trust": 1.0}, "no variance of its own"),
        ({"account": 1}, "two accounts or more"),
        ({"commitment": np.nan}, "600 cells are missing"),
    ],
)
def test_says_what_is_wrong(rows, change, words):
    with pytest.raises(EstimateError, match=words):
        found(rows.assign(**change))
