"""How programmes stand: rounds, targets, reach, steps; and what goes with answering."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab import participation
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import has
from crqlab.base.contracts.schema import check
from crqlab.base.errors import EstimateError
from crqlab.simulate import model, panel
from tests.participation.made import ACCOUNTS, CONTACTS, RESPONSES
from tests.scores.test_rolling import BOOK


@pytest.fixture(scope="module")
def drawn():
    return panel(clients=60, waves=(2023, 2024, 2025), seed=11, levers="drawn",
                 nonresponse="random")  # fmt: skip


@pytest.fixture(scope="module")
def found(drawn):
    return participation.levers(drawn.contacts, drawn.responses, drawn.accounts)


def test_levers_with_a_true_effect_are_found_and_no_others(found):
    rows = found.of("").table.set_index("lever")
    assert rows.loc["warmed_up", "verdict"] == "more"
    assert rows.loc["feedback_given", "verdict"] == "more"
    assert rows.loc["sent_by_head", "verdict"] == "no_clear"
    assert rows.loc["reminded", "verdict"] == "no_clear"
    assert has(rows.loc["reminded", "flag"], "reminders_follow_silence")
    for lever, name in (("warmed_up", "warmed_up"), ("feedback_given", "feedback_given")):
        times = model.LEVERS[name][1]
        ratio = rows.loc[lever, "share_without"] / rows.loc[lever, "share_with"]
        assert ratio == pytest.approx(times, abs=0.06)
    assert (rows["low"] < rows["value"]).all()


def test_odds_hold_what_the_shares_inside_clients_are(drawn):
    """With p and r p answering in each client's wave, odds are known; the interval holds them."""
    tables = drawn.contacts, drawn.responses, drawn.accounts
    told = participation.levers(*tables, level=0.99)
    row = told.of("").table.set_index("lever").loc["warmed_up"]
    asked = drawn.contacts[drawn.contacts["invited"]].groupby(["client_id", "wave"]).size()
    truth = drawn.true_clients.set_index(["client_id", "wave"])["completion"].reindex(asked.index)
    p, times = truth * (0.5 + 0.5 * 0.8), model.LEVERS["warmed_up"][1]
    odds = (p / (1 - p)) / (times * p / (1 - times * p))
    weight = asked * p * (1 - p)
    assert row["low"] < np.exp(np.average(np.log(odds), weights=weight)) < row["high"]


def test_where_nothing_is_true_few_clients_are_told_anything(drawn):
    rng = np.random.default_rng(1)
    mixed = drawn.contacts.assign(
        warmed_up=rng.permutation(drawn.contacts["warmed_up"]),
        feedback_given=rng.permutation(drawn.contacts["feedback_given"]),
    )
    table = participation.levers(mixed, drawn.responses, drawn.accounts).table
    told = table[table["client_id"] != ""].groupby("client_id")["verdict"]
    said = told.agg(lambda v: v.isin(["more", "less"]).any())
    assert len(said) >= 50
    assert said.mean() <= 0.1


def test_an_association_of_few_accounts_is_not_told(drawn):
    client = drawn.accounts["client_id"].iloc[0]
    ids = drawn.accounts.loc[drawn.accounts["client_id"] == client, "account_id"].iloc[:6]
    some = [t[t["account_id"].isin(ids)] for t in (drawn.contacts, drawn.responses, drawn.accounts)]
    table = participation.levers(*some).of(client).table
    assert len(table)
    assert (table["verdict"] == "unknown").all()
    assert all(has(flag, "too_few_clusters") for flag in table["flag"])


def test_a_target_is_met_missed_or_could_have_been_turned_by_chance():
    tables = CONTACTS, RESPONSES, ACCOUNTS
    rows = participation.programme(*tables, target=0.5).table.set_index("wave")
    assert rows.loc["2024", ["asked", "answered"]].tolist() == [4, 3]
    assert rows.loc["2024", "verdict"] == "nearly_met"
    assert rows.loc["2025", "verdict"] in ("nearly_missed", "nearly_met")
    assert rows["n_waves"].tolist() == [1, 2]
    assert rows["experience"].tolist() == ["first", "second"]
    assert has(rows.loc["2024", "flag"], "records_begin")
    none = participation.programme(*tables).table
    assert (none["verdict"] == "no_target").all()
    low = participation.programme(*tables, target=0.01).table.set_index("wave")
    assert low.loc["2024", "verdict"] == "met"
    with pytest.raises(EstimateError, match="target= is 35"):
        participation.programme(*tables, target=35)


def test_bounced_left_and_never_signed_off_are_counted():
    status = pd.Series(["bounced", "left", None, "active"] + [None] * 7, dtype="str")
    signed = pd.Series(pd.NaT, index=CONTACTS.index).mask(CONTACTS["wave"] == "2024", "2024-02-01")
    signed.iloc[0] = pd.NaT
    asked = CONTACTS.assign(status=status, signed_off_on=pd.to_datetime(signed))
    rows = participation.programme(asked, RESPONSES, ACCOUNTS).table.set_index("wave")
    assert rows.loc["2024", ["bounced", "left", "unsigned"]].tolist() == [1, 1, 1]
    assert rows.loc["2024", "value_reached"] == 0.5  # b1 of b1 and c1
    assert np.isnan(rows.loc["2025", "unsigned"])


def test_six_steps_say_what_was_done_of_how_many(drawn):
    told = participation.programme(drawn.contacts, drawn.responses, drawn.accounts)
    client = drawn.accounts["client_id"].iloc[0]
    steps = told.of(client, "2025").steps.set_index("step")
    assert steps["place"].tolist() == [1, 2, 3, 4, 5, 6]
    assert steps.loc["signed_off", "state"] == "done"
    assert steps.loc["warmed_up", "state"] == "partly"
    asked = drawn.contacts[
        (drawn.contacts["client_id"] == client) & (drawn.contacts["wave"] == "2025")
        & drawn.contacts["invited"]
    ]  # fmt: skip
    assert steps.loc["warmed_up", "done"] == (asked["warmed_up"] == "yes").sum()
    assert steps.loc["warmed_up", "of"] == len(asked)
    bare = participation.programme(CONTACTS, RESPONSES, ACCOUNTS).of("C1", "2025").steps
    states = bare.set_index("step")["state"]
    assert states["listed"] == "done"
    assert states["warmed_up"] == states["reminded"] == "not_recorded"


def test_first_and_mature_programmes_are_held_apart(drawn):
    told = participation.programme(drawn.contacts, drawn.responses, drawn.accounts).table
    last = told[(told["wave"] == "2025") & (told["experience"] == "mature")]
    assert (last["n_others"] >= 10).all()
    own, others = last["value"], last["others"]
    whole = own.mean()
    n = last["n_others"] + 1
    np.testing.assert_allclose(others, (whole * n - own) / (n - 1), atol=1e-9)
    assert (last["others_low"] < others).all()


def test_tables_keep_their_contracts(drawn, found):
    told = participation.programme(drawn.contacts, drawn.responses, drawn.accounts, target=0.4)
    for name, table in {"programme": told.table, "programme_steps": told.steps,
                        "levers": found.table}.items():  # fmt: skip
        check(table, contract(name), BOOK.instrument)
    bare = participation.levers(CONTACTS, RESPONSES, ACCOUNTS)
    assert bare.table.empty
    assert "No column of the contacts" in str(bare)


def test_the_demo_is_drawn_as_before():
    one, two = panel(clients=3, seed=5), panel(clients=3, seed=5, levers="drawn")
    assert "warmed_up" not in one.contacts
    pd.testing.assert_series_equal(one.contacts["name"], two.contacts["name"])
    assert len(two.responses) < len(one.responses)
