"""Adjusted scores: raw as station 3 has it, bounds by hand, weights, early and late, edges."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError, participation
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import codes, has
from crqlab.base.contracts.schema import check
from crqlab.stats import linearised
from tests.participation.made import ACCOUNTS, CONTACTS, RESPONDENTS, RESPONSES, panel
from tests.scores.made import codebook

VIEWS = ["raw", "weighted", "late", "like the answered", "passives", "detractors"]
DRAWS = {"draws": 100}


@pytest.fixture(scope="module")
def tables():
    return panel(clients=6, accounts_each=15)


@pytest.fixture(scope="module")
def result(tables):
    return participation.adjusted(*tables, **DRAWS)


def values(result, measure, wave="2025", client="C1"):
    rows = result.of(client, wave).table
    return rows[rows["measure"] == measure].set_index("view")


def test_bounds_by_hand():
    rows = values(
        participation.adjusted(CONTACTS, RESPONSES, ACCOUNTS, RESPONDENTS, **DRAWS), "nps"
    )
    raw, asked = (100 + 0) / 2, 6
    assert rows.loc["raw", "value"] == raw
    assert rows.loc["like the answered", "value"] == raw
    assert rows.loc["passives", "value"] == pytest.approx(100 / asked)
    assert rows.loc["detractors", "value"] == pytest.approx((100 - 4 * 100) / asked)
    assert rows.loc["raw", ["n_respondents", "n_accounts"]].tolist() == [2, 4]


def test_silent_detractors_have_the_crq_of_those_who_answered(tables, result):
    contacts, _, _, people = tables
    unhappy = people[people["ltr"] <= 6].groupby(["client_id", "wave"]).size()
    client, wave = unhappy.idxmax()
    mine = people[(people["client_id"] == client) & (people["wave"] == wave)]
    asked = ((contacts["client_id"] == client) & (contacts["wave"] == wave)).sum()
    held = mine.loc[mine["ltr"] <= 6, "crq"].mean()
    by_hand = (mine["crq"].sum() + (asked - len(mine)) * held) / asked
    assert unhappy.max() >= 5
    found = values(result, "crq", wave, client).loc["detractors", "value"]
    assert found == pytest.approx(by_hand)


def test_too_few_detractors_borrow_from_all_clients_of_the_wave():
    small = participation.adjusted(*panel(clients=8, accounts_each=4, seed=3), **DRAWS).table
    flags = small[(small["view"] == "detractors") & (small["measure"] == "crq")]["flag"]
    assert any(has(flag, "detractors_of_all_clients") for flag in flags)


def test_raw_is_the_t_interval_of_everybody(tables, result):
    people = tables[3]
    sums = people.groupby(["client_id", "wave", "account_id"])["crq"].agg(["sum", "count"])
    blocks, ids = sums.index.droplevel(2), sums.index.get_level_values(2)
    parts = [sums[[c]].set_axis(["crq"], axis=1).set_axis(ids) for c in ("sum", "count")]
    found = linearised.ratios(*parts, blocks)
    raw = result.table[(result.table["view"] == "raw") & (result.table["measure"] == "crq")]
    for column in ("value", "low", "high"):
        assert raw[column].to_numpy() == pytest.approx(found[column].to_numpy())


def test_every_view_of_both_measures_stands_side_by_side(result):
    sizes = result.table.groupby(["client_id", "wave", "measure"])["view"].agg(list)
    assert len(sizes) == 6 * 2 * 2
    assert all(views == VIEWS for views in sizes)
    known = result.table.dropna(subset=["low"])
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()


def test_bounds_are_ordered_and_nps_stays_on_its_scale(result):
    wide = result.table[result.table["measure"] == "nps"].pivot_table(
        index=["client_id", "wave"], columns="view", values="value"
    )
    assert (wide["detractors"] <= wide["passives"] + 1e-9).all()
    assert (wide["detractors"] <= wide["like the answered"] + 1e-9).all()
    assert wide.abs().max(axis=None) <= 100


def test_weights_pull_the_score_towards_those_who_answer_less():
    contacts, responses, accounts, people = panel(clients=10, accounts_each=30, completion=0.4)
    tilted = people.assign(crq=people["crq"] + people["contact_id"].map(_boss(contacts)))
    rows = participation.adjusted(contacts, responses, accounts, tilted, **DRAWS).table
    wide = rows[rows["measure"] == "crq"].pivot_table(
        index=["client_id", "wave"], columns="view", values="value"
    )
    assert (wide["weighted"] < wide["raw"]).mean() > 0.8  # bosses answer more and score higher


def _boss(contacts):
    roles = contacts.drop_duplicates("contact_id").set_index("contact_id")["role"]
    return roles.eq("boss").astype(float)


def test_neither_order_nor_row_numbers_matter(tables, result):
    mixed = participation.adjusted(*(t.sample(frac=1, random_state=4) for t in tables), **DRAWS)
    pd.testing.assert_frame_equal(mixed.table, result.table)


def test_what_an_adjustment_cannot_do_is_said(result):
    assert "no weighting can tell" in result.limit
    assert result.limit in str(result.of("C1", "2025"))
    first = values(result, "crq", wave="2024").loc["weighted", "flag"]
    assert has(first, "no_earlier_scores")


def test_lower_scores_that_answer_less_are_named():
    contacts, responses, accounts, people = panel(clients=12, accounts_each=30, completion=0.6)
    unhappy = people[people["wave"] == "2024"].groupby("account_id")["crq"].mean() < 5
    quiet = responses["account_id"].map(unhappy).fillna(False).to_numpy(bool)
    rng = np.random.default_rng(2)
    kept = ~(quiet & (responses["wave"] == "2025") & (rng.random(len(responses)) < 0.6))
    ids = responses.loc[kept, "response_id"]
    people = people[people["response_id"].isin(ids)]
    rows = participation.adjusted(contacts, responses[kept], accounts, people, **DRAWS).table
    flags = rows[(rows["view"] == "weighted") & (rows["wave"] == "2025")]["flag"]
    assert len(flags) == 24
    assert all(has(flag, "lower_scores_answer_less") for flag in flags)


def test_without_contacts_only_the_raw_score_stands():
    rows = values(
        participation.adjusted(CONTACTS.iloc[:0], RESPONSES, ACCOUNTS, RESPONDENTS, **DRAWS), "crq"
    )
    assert rows.loc["raw", "value"] == 5.5
    assert rows["value"].notna().sum() == 1
    assert rows.loc["weighted", "flag"] == "asked_not_recorded"


def test_answers_of_people_not_asked_are_left_out_and_said():
    stray = RESPONSES.iloc[[5]].assign(contact_id="x", response_id="rx", crq=1.0)
    given = pd.concat([RESPONSES, stray])
    people = pd.concat([RESPONDENTS, stray[RESPONDENTS.columns]])
    rows = values(participation.adjusted(CONTACTS, given, ACCOUNTS, people, **DRAWS), "crq")
    assert rows.loc["raw", "value"] == 4.0
    assert rows.loc["like the answered", "value"] == 5.5
    assert {"code": "uninvited_left_out", "n": 1} in codes(rows.loc["like the answered", "flag"])


def test_an_instrument_without_ltr_has_no_nps():
    people = RESPONDENTS.assign(ltr=np.nan)
    table = participation.adjusted(CONTACTS, RESPONSES, ACCOUNTS, people, **DRAWS).table
    assert set(table["measure"]) == {"crq"}
    assert table.loc[table["view"] == "detractors", "value"].isna().all()


def test_if_everybody_answered_there_is_nothing_to_adjust():
    contacts, responses, accounts, people = panel(clients=2, accounts_each=10, completion=2.0)
    rows = participation.adjusted(contacts, responses, accounts, people, **DRAWS).table
    raw = rows[rows["view"] == "raw"].set_index(["client_id", "wave", "measure"])["value"]
    for view in VIEWS[3:]:
        same = rows[rows["view"] == view].set_index(["client_id", "wave", "measure"])["value"]
        assert same.to_numpy() == pytest.approx(raw.to_numpy())


def test_tables_keep_their_contracts(tables, result):
    asked = codebook().instrument
    check(result.table, contract("nonresponse"), asked)
    check(participation.propensities(*tables).table, contract("propensities"), asked)


@pytest.mark.parametrize("size", [3, 80])
def test_small_and_large_clients_both_come_through(size):
    rows = participation.adjusted(*panel(clients=2, accounts_each=size), **DRAWS).table
    assert rows.loc[rows["view"] == "raw", "value"].notna().all()
    if size == 3:
        raw = rows.loc[rows["view"] == "raw", "flag"]
        assert all(has(flag, "few_accounts") for flag in raw)


# ---- propensities and timing


def test_weights_have_mean_one_and_a_cap(tables):
    found = participation.propensities(*tables, cap=1.2)
    weights = found.table.groupby(["client_id", "wave"])["weight"]
    assert weights.mean().to_numpy() == pytest.approx(1)
    assert weights.max().max() < 1.2 / 0.9
    assert (found.table["weight"].notna() == found.table["scored"]).all()
    with pytest.raises(EstimateError, match="cap="):
        participation.propensities(*tables, cap=0.5)


def test_expected_answers_are_those_observed(tables):
    table = participation.propensities(*tables).table
    sums = table.groupby(["client_id", "wave"])[["propensity", "scored"]].sum()
    assert sums["propensity"].to_numpy() == pytest.approx(sums["scored"].to_numpy(float))


def test_nothing_is_learnt_from_the_answers_of_the_same_wave(tables):
    contacts, responses, accounts, people = tables
    now = people["wave"] == "2025"
    changed = people.assign(crq=people["crq"].where(~now, 8 - people["crq"]))
    one, other = (
        participation.propensities(contacts, responses, accounts, p).table
        for p in (people, changed)
    )
    pd.testing.assert_frame_equal(one, other)


def test_bosses_who_answer_more_have_higher_odds(tables):
    odds = participation.propensities(*panel(clients=20, accounts_each=30)).odds
    user = odds[(odds["predictor"] == "role: user") | (odds["predictor"] == "role: boss")]
    more = user["value"].where(user["predictor"] == "role: boss", 1 / user["value"])
    assert (more > 1.5).all()


def test_timing_splits_at_the_median_and_counts_both_halves():
    found = participation.timing(CONTACTS, RESPONSES, ACCOUNTS, RESPONDENTS, **DRAWS).table
    row = found[found["wave"] == "2024"].iloc[0]
    assert (row["late"], row["early"]) == (4.0, 4.5)
    assert (row["n_early"], row["n_late"]) == (2, 1)
    assert row["value"] == pytest.approx(-0.5)


def test_without_dates_early_and_late_are_not_told_apart():
    given = RESPONSES.assign(started=pd.Series(pd.NaT, index=RESPONSES.index))
    given["started"] = given["started"].astype("datetime64[ns]")
    found = participation.timing(CONTACTS, given, ACCOUNTS, RESPONDENTS)
    assert found.table.empty
    assert str(found) == (
        "No dates of answers of people who were asked: early and late cannot be told apart"
    )
