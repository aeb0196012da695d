"""Scores by raked weights: against weighted means, beside what they were, and where none can be."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError, scores
from crqlab.base.contracts.cautions import codes
from crqlab.stats import raked
from tests.scores import made

BOOK = made.codebook()
MARGINS = {"role": {"executive": 0.1, "manager": 0.2, "user": 0.7}}


@pytest.fixture(scope="module")
def people():
    rows = scores.respondents(made.responses(clients=2, accounts=25, seed=21), BOOK)
    return rows.assign(crq=np.where(rows["role"] == "executive", rows["crq"] + 1, rows["crq"]))


@pytest.fixture(scope="module")
def found(people):
    return scores.raked(people, MARGINS, BOOK)


def test_a_score_is_the_mean_by_raked_weights(people, found):
    own = people[(people["client_id"] == "C1") & (people["wave"] == "2025")]
    weights = raked(own, MARGINS, cap=5).weights
    there = own["crq"].notna()
    mean = np.average(own["crq"][there], weights=weights[there])
    row = found.table.set_index(["client_id", "wave", "measure"]).loc[("C1", "2025", "crq")]
    assert row["value"] == pytest.approx(mean)
    assert row["low"] < row["value"] < row["high"]
    assert row["unweighted"] == pytest.approx(own["crq"].mean())
    assert row["value"] < row["unweighted"] - 0.05  # executives are fewer in the population
    assert row["n_effective"] < row["n_respondents"]


def test_margins_are_met_in_every_clients_wave(found):
    assert np.abs(found.margins["after"] - found.margins["target"]).max() < 1e-9
    assert found.margins.groupby(["client_id", "wave"]).size().tolist() == [3] * 4
    assert "Raked to role: 4 of 4 clients' waves" in str(found)


def test_survey_weights_are_what_raking_begins_with(people):
    rng = np.random.default_rng(3)
    weight = pd.Series(rng.lognormal(0, 0.7, len(people)), people.index)
    mean = weight.groupby([people["client_id"], people["wave"]]).transform("mean")
    weighed = people.assign(weight=weight / mean)
    row = scores.raked(weighed, MARGINS, BOOK).table.iloc[0]
    plain = scores.raked(people, MARGINS, BOOK).table.iloc[0]
    assert row["unweighted"] == pytest.approx(plain["unweighted"])
    assert row["weighted"] != pytest.approx(row["unweighted"], abs=1e-3)
    assert row["value"] != pytest.approx(plain["value"], abs=1e-3)


def test_units_are_margins_too(people):
    units = people[["client_id", "wave", "response_id"]].assign(
        dimension="unit", group=np.resize(["North", "South", "South"], len(people))
    )
    found = scores.raked(people, {"unit": {"North": 0.5, "South": 0.5}}, BOOK, units)
    assert found.margins["after"].to_numpy() == pytest.approx(0.5)


def test_a_wave_without_people_of_a_category_is_not_raked_and_says_so(people):
    away = (people["client_id"] == "C0") & (people["wave"] == "2025")
    some = people[~(away & (people["role"] == "executive"))]
    rows = scores.raked(some, MARGINS, BOOK).table
    gone = (rows["client_id"] == "C0") & (rows["wave"] == "2025")
    assert rows.loc[gone, "value"].isna().all()
    assert rows.loc[~gone, "value"].notna().all()
    assert {one["code"] for one in codes(rows.loc[gone, "flag"].iloc[0])} == {"not_estimable"}
    nobody = scores.raked(people, {"role": {"executive": 0.5, "pope": 0.5}}, BOOK)
    assert "nothing is raked" in str(nobody)


def test_a_margin_of_no_column_is_an_error(people):
    with pytest.raises(EstimateError, match="'shoe'"):
        scores.raked(people, {"shoe": {"42": 1.0}}, BOOK)
