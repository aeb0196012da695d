"""Weights of the station: what was planted, apart by level, the same whatever stands beside."""

import numpy as np
import pandas as pd
import pytest

from crqlab import drivers
from crqlab.base.contracts import contract, schema
from crqlab.stats.importance import lmg
from tests.drivers.made import codebook, respondents

OPTIONS = {"draws": 60, "seed": 3}


@pytest.fixture(scope="module")
def people():
    return respondents(clients=3, accounts=40, waves=("2024", "2025"))


@pytest.fixture(scope="module")
def found(people):
    return drivers.weights(people, codebook(), **OPTIONS)


def test_finds_what_moves_trust(found):
    rows = found.of(outcome="trust").set_index("driver")
    assert rows["share"].idxmax() == "care"
    assert rows.loc["care", "share_low"] > rows.loc["value", "share_high"]
    assert rows["share"].sum() == pytest.approx(1)
    assert str(found).startswith("Moved most: Trust by Care")
    effect = found.effects.query("scope == 'panel' and outcome == 'trust' and level == 'all'")
    for row, planted in zip(effect.itertuples(), (0.6, 0.3, 0.0), strict=True):
        assert row.low - 0.05 <= planted <= row.high + 0.05


def test_a_client_is_what_the_plain_function_says_of_its_rows(found, people):
    own = people[(people["client_id"] == "C01") & (people["wave"] == "2025")]
    table = lmg(own[["care", "speed", "value"]], own["trust"], draws=0).table
    rows = found.of(client="C01", wave="2025", outcome="trust")
    np.testing.assert_allclose(rows["weight"], table["weight"], atol=1e-12)
    np.testing.assert_allclose(rows["last"], table["last"], atol=1e-12)
    assert rows["n"].tolist() == [160] * 3
    assert rows["n_accounts"].tolist() == [40] * 3


def test_levels_are_means_of_accounts_and_what_is_left_of_people(found, people):
    own = people[(people["client_id"] == "C01") & (people["wave"] == "2025")]
    names = ["care", "speed", "value", "trust"]
    means = own.groupby("account_id")[names].mean()
    between = lmg(means[names[:3]], means["trust"], draws=0).table["weight"]
    rows = found.of(client="C01", wave="2025", outcome="trust", level="between")
    np.testing.assert_allclose(rows["weight"], between, atol=1e-12)
    away = own[names] - own.groupby("account_id")[names].transform("mean")
    within = lmg(away[names[:3]], away["trust"], draws=0).table["weight"]
    rows = found.of(client="C01", wave="2025", outcome="trust", level="within")
    np.testing.assert_allclose(rows["weight"], within, atol=1e-12)


def test_the_panel_compares_accounts_of_one_client():
    people = respondents(clients=3, accounts=40)
    shift = people["client_id"].map({"C00": -2.0, "C01": 0.0, "C02": 2.0})
    moved = people.assign(value=people["value"] + shift, trust=people["trust"] + shift)
    one, two = (drivers.weights(rows, codebook(), **OPTIONS).of() for rows in (people, moved))
    numbers = one.select_dtypes("number").columns
    np.testing.assert_allclose(one[numbers], two[numbers], atol=1e-9)


def test_neither_row_order_nor_other_clients_change_a_client(found, people):
    mixed = people[people["client_id"] != "C00"].sample(frac=1, random_state=1)
    other = drivers.weights(mixed, codebook(), **OPTIONS)
    for level in ("all", "within", "between"):
        one, two = (w.of(client="C02", wave="2024", level=level) for w in (found, other))
        pd.testing.assert_frame_equal(one, two)


def test_tables_keep_their_contracts(found):
    asked = codebook().instrument
    for name, rows in (("driver_weights", found.table), ("driver_effects", found.effects)):
        schema.check(rows, contract(name), asked)


def test_few_answers_are_missing_numbers_with_a_reason():
    people = respondents(clients=2, accounts=2, each=2)
    found = drivers.weights(people, codebook(), **OPTIONS)
    rows = found.of(client="C00", wave="2025", outcome="trust")
    assert rows["weight"].isna().all()
    assert set(rows["flag"]) == {'{"code": "few_to_compare", "drivers": 3}'}
    assert set(rows["direction"]) == {"unknown"}


def test_an_outcome_that_does_not_vary_or_was_not_asked_leaves_the_others():
    people = respondents(accounts=20, ltr=False).assign(trust=7.0)
    found = drivers.weights(people, codebook(), **OPTIONS)
    assert set(found.of(outcome="trust")["flag"]) == {"outcome_constant"}
    assert found.of(outcome="ltr")["weight"].isna().all()
    assert str(found) == "Too few answers to tell what moves trust and the other outcomes"


def test_gaps_cost_an_outcome_its_own_rows_only():
    people = respondents(accounts=20)
    holes = people.assign(ltr=people["ltr"].where(people.index % 2 == 0))
    found = drivers.weights(holes, codebook(), **OPTIONS)
    assert found.of(outcome="trust")["n"].max() == len(people)
    assert found.of(outcome="ltr")["n"].max() == len(people) / 2


def test_more_drivers_than_can_be_taken_in_all_orders_are_sampled():
    rng = np.random.default_rng(4)
    names = [f"d{j:02d}" for j in range(14)]
    people = respondents(clients=1, accounts=30)
    people = people.assign(**{name: rng.normal(5, 1, len(people)) for name in names})
    people["trust"] = people[names[:7]].sum(axis=1) / 7 + rng.normal(0, 0.3, len(people))
    book = codebook(drivers=tuple(names), recommend=False)
    rows = drivers.weights(people, book, draws=20).of(outcome="trust")
    assert rows["weight"].sum() == pytest.approx(rows["r2"].iloc[0])
    assert rows["share"].head(7).min() > rows["share"].tail(7).max()
