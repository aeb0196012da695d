"""Whom to invite: all accounts, nobody within the rest, and the figures as sure as can be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from crqlab import participation
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import has
from crqlab.base.contracts.schema import check
from crqlab.base.errors import EstimateError
from crqlab.participation import foretold_widths
from crqlab.participation.account_choice import Open, Turns, chosen, least_number, told
from crqlab.scores import account_models, respondents, rolling
from crqlab.simulate import panel
from tests.scores.test_rolling import BOOK

RULES = participation.InvitationRules


@pytest.fixture(scope="module")
def quarters():
    """Draw two years of slices, and all that the plan asks for."""
    drawn = panel(clients=10, waves=(2023, 2024), slices=4, seed=4, nonresponse="random")
    people = respondents(drawn.responses, BOOK)
    tables = drawn.contacts, drawn.responses, drawn.accounts
    became = participation.dispositions(*tables).table
    return drawn, people, tables, became


def planned(quarters, rules=None, **changed):
    """Plan; tables of these names may be changed."""
    drawn, people, (contacts, responses, accounts), became = quarters
    contacts, became = changed.get("contacts", contacts), changed.get("became", became)
    plan = participation.plan(accounts, contacts, responses, people)
    given = contacts, responses, accounts, people, became, drawn.outcomes
    return participation.invitations(plan, *given, rules=rules)


@pytest.fixture(scope="module")
def found(quarters):
    return planned(quarters)


def test_every_account_of_today_is_in_the_plan_whenever_it_was_asked(quarters, found):
    drawn, *_ = quarters
    key = ["client_id", "account_id"]
    outcomes = drawn.outcomes[drawn.outcomes["outcome"] == "churned"]
    day = found.plan.table["starts"].min()
    gone = outcomes[outcomes["decided_on"].fillna(outcomes["due_on"]) < day]
    everybody = pd.MultiIndex.from_frame(drawn.accounts[key])
    lost = everybody.isin(pd.MultiIndex.from_frame(gone[key]))
    planned_ = pd.MultiIndex.from_frame(found.plan.table[key])
    assert lost.sum() > 20
    assert set(planned_) == set(everybody[~lost])
    waiting = quarters[3]["status"].eq("not_asked").sum()
    assert waiting > 300  # whom the plan used to forget
    asked = found.plan.table[found.plan.table["contacts"] > 0]
    assert len(asked) > 0.9 * len(found.plan.table)
    assert set(found.table.loc[found.table["flag"] == "account_lost", "quarter"]) == {0}


def test_nobody_is_invited_within_the_rest_and_everybody_once(found):
    asked = found.table[found.table["quarter"] > 0]
    assert (asked["ready_on"].isna() | (asked["ready_on"] <= asked["starts"])).all()
    assert not found.table.duplicated(["client_id", "contact_id"]).any()
    counts = asked.groupby(["client_id", "account_id"])["contact_id"].size()
    said = found.plan.table.set_index(["client_id", "account_id"])["contacts"]
    assert (said[said > 0] == counts.reindex(said[said > 0].index)).all()
    assert asked.groupby(["client_id", "account_id"])["quarter"].nunique().max() == 1


def test_who_bounced_or_left_is_never_invited_and_said_so(quarters):
    contacts = quarters[2][0]
    few = contacts["contact_id"].str.endswith("1")
    status = pd.Series(None, contacts.index, dtype="str").mask(few, "bounced")
    status = status.mask(contacts["contact_id"].str.endswith("2"), "left")
    table = planned(quarters, contacts=contacts.assign(status=status)).table
    alive = ~table["flag"].str.contains("account_lost")
    for ending, code in (("1", "invitation_bounced"), ("2", "left_the_account")):
        rows = table[table["contact_id"].str.endswith(ending) & alive]
        assert len(rows) > 50
        assert (rows["quarter"] == 0).all()
        assert all(has(flag, code) for flag in rows["flag"])
    assert (table["quarter"] > 0).sum() > 500


def test_who_was_asked_too_often_is_listed(quarters):
    contacts = quarters[2][0]
    person = contacts[contacts["invited"]].iloc[[0]]
    again = person.assign(wave="2023Q2", invited_on=person["invited_on"] + pd.DateOffset(months=3))
    more = pd.concat([contacts, again], ignore_index=True)
    table = planned(quarters, contacts=more).table
    often = table[[has(flag, "asked_too_often") for flag in table["flag"]]]
    assert often["contact_id"].tolist() == person["contact_id"].tolist()
    assert often["gap"].iloc[0] == pytest.approx(3, abs=0.1)


def test_a_fifth_fewer_costs_width_and_a_number_is_kept(quarters, found):
    wide = found.costs.pivot_table(
        index=["client_id", "measure"], columns="scenario", values=["half_width", "n_invitations"]
    )
    assert (wide["half_width"]["fifth_fewer"] >= wide["half_width"]["all"]).all()
    assert (wide["half_width"]["fifth_fewer"] > wide["half_width"]["all"]).mean() > 0.7
    assert (wide["n_invitations"]["fifth_fewer"] <= 0.8 * wide["n_invitations"]["all"]).all()
    some = planned(quarters, RULES(number=12)).table
    n = some[some["quarter"] > 0].groupby(["client_id", "quarter"]).size()
    assert n.max() <= 12
    assert n.groupby("quarter").size().min() == 10
    plan = planned(quarters, RULES(number=12)).plan.table
    assert any(has(flag, "invitations_used_up") for flag in plan["flag"])


def test_what_is_foretold_comes_true(quarters):
    """Widths foretold before a quarter are those that its own answers give."""
    drawn, people, tables, became = quarters
    models = account_models(people, drawn.responses, BOOK)
    state = rolling(people, drawn.responses, became, drawn.outcomes, models, BOOK, draws=400).table
    state = state[(state["wave"] == "2024Q4") & state["measure"].isin(["crq", "nps"])]
    earlier = [t[t["wave"] < "2024Q4"] for t in (people, drawn.responses)]
    known = foretold_widths.past(*earlier, None)
    now = became[(became["wave"] == "2024Q4")]
    lost = drawn.outcomes[drawn.outcomes["outcome"] == "churned"]
    out = pd.MultiIndex.from_frame(lost[["client_id", "account_id"]])
    heard = now["status"].isin(["answered", "silent"])
    rows = now[heard | ~pd.MultiIndex.from_frame(now[["client_id", "account_id"]]).isin(out)]
    rows = rows.sort_values(["client_id", "account_id"], ignore_index=True)
    asked = tables[0][(tables[0]["wave"] == "2024Q4") & tables[0]["invited"]].assign(quarter=0)
    rate = asked.groupby("client_id")["contact_id"].agg(
        lambda ids: ids.isin(drawn.responses.loc[drawn.responses["wave"] == "2024Q4", "contact_id"])
        .mean()
    )  # fmt: skip
    asked = asked[["client_id", "account_id", "contact_id", "role", "quarter"]]
    days = pd.DatetimeIndex(["2024-10-01"])
    told_ = foretold_widths.errors(known, rows, asked, days, rate, seed=1).droplevel("quarter")
    for measure in ("crq", "nps"):
        own = state[state["measure"] == measure].set_index("client_id")
        wide = 1.96 * 2 * told_[measure]
        ratio = (wide / (own["high"] - own["low"])).dropna()
        assert len(ratio) >= 9
        assert 0.88 < np.exp(np.log(ratio).mean()) < 1.12
        assert ratio.between(0.7, 1.4).all()


def open_(n, seed=1):
    rng = np.random.default_rng(seed)
    variance = rng.uniform(0.05, 0.3, (n, 1))
    return Open(variance, np.array([0.3]), np.array([0.7]), np.array([0.95]), 0.4)


def test_the_choice_leaves_as_little_open_as_any_other():
    them, rng = open_(12), np.random.default_rng(2)
    people = rng.integers(1, 5, 12)
    turns = Turns(people[:, None], people, np.ones(12, dtype=int))
    best = 0.0
    worth = told(them.variance, people, them)
    for size in range(1, 13):
        for some in combinations(range(12), size):
            if people[list(some)].sum() <= 12:
                best = max(best, worth[list(some)].sum())
    mine = chosen(them, turns, 12) == 0
    assert people[mine].sum() <= 12
    assert worth[mine].sum() >= 0.97 * best


def test_whose_turn_has_come_is_asked_before_who_would_tell_more():
    them = Open(np.array([[0.05], [0.3]]), np.array([0.3]), np.array([0.7]), np.array([0.9]), 0.4)
    people = np.array([[2, 2], [2, 2]])
    quarter = chosen(them, Turns(people, np.array([2, 2]), np.array([0, 3])), 2)
    assert quarter.tolist() == [0, 1]
    assert chosen(them, Turns(people, np.array([2, 2]), np.array([0, 0])), 2).tolist() == [1, 0]


def test_the_least_number_leaves_nobody_out_and_fewer_would():
    them, people = open_(30), np.random.default_rng(3).integers(1, 9, 30)
    turns = Turns(np.repeat(people[:, None], 4, axis=1), people, np.zeros(30, dtype=int))
    number = least_number(them, turns)
    assert (chosen(them, turns, number) >= 0).all()
    assert people.sum() / 4 <= number <= 1.25 * people.sum() / 4
    assert (chosen(them, turns, int(people.sum() / 4) - 1) < 0).any()


def test_a_yearly_programme_keeps_its_plan():
    drawn = panel(clients=12, waves=(2024, 2025), seed=4)
    people = respondents(drawn.responses, BOOK)
    plan = participation.plan(drawn.accounts, drawn.contacts, drawn.responses, people)
    became = participation.dispositions(drawn.contacts, drawn.responses, drawn.accounts).table
    given = drawn.contacts, drawn.responses, drawn.accounts, people, became, drawn.outcomes
    found = participation.invitations(plan, *given)
    pd.testing.assert_frame_equal(found.plan.table, plan.table)
    pd.testing.assert_frame_equal(found.plan.precision, plan.precision)
    asked = found.table[found.table["quarter"] > 0]
    slices = plan.table.set_index(["client_id", "account_id"])["slice"]
    mine = slices.reindex(pd.MultiIndex.from_frame(asked[["client_id", "account_id"]]))
    assert (asked["quarter"].to_numpy() == mine.to_numpy()).all()


def test_tables_keep_their_contracts_and_no_contacts_make_no_plan(quarters, found):
    plan = found.plan
    made = {"invitations": found.table, "invitation_costs": found.costs}
    for name, table in {**made, "wave_plan": plan.table, "precision": plan.precision}.items():
        check(table, contract(name), BOOK.instrument)
    none = planned(quarters, contacts=quarters[2][0].iloc[:0])
    assert none.table.empty
    assert "Nobody is known" in str(none)


@pytest.mark.parametrize("option", [{"number": 0}, {"rest": -1}, {"every_months": 0}])
def test_refuses_wishes_that_nobody_can_mean(option):
    with pytest.raises(EstimateError):
        RULES(**option)
