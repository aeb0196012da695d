"""What changes will be seen: chances in words before anything is sent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab import participation
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import has
from crqlab.base.contracts.schema import check
from crqlab.participation.foretold_power import state_power
from crqlab.scores import respondents
from crqlab.simulate import panel
from tests.scores.test_rolling import BOOK

SCALE = BOOK.instrument.scale


def told(drawn, rules=None, **changed):
    """Return the plan of a panel, and what changes it will show."""
    contacts = changed.get("contacts", drawn.contacts)
    people = respondents(drawn.responses, BOOK)
    plan = participation.plan(drawn.accounts, contacts, drawn.responses, people)
    became = participation.dispositions(contacts, drawn.responses, drawn.accounts).table
    given = contacts, drawn.responses, drawn.accounts, people, became, drawn.outcomes
    asked = participation.invitations(plan, *given, rules=rules)
    return asked, participation.change_power(asked, people, SCALE)


@pytest.fixture(scope="module")
def yearly():
    return told(panel(clients=12, waves=(2024, 2025), seed=4))


@pytest.fixture(scope="module")
def slices():
    return told(panel(clients=10, waves=(2023, 2024), slices=4, seed=4, nonresponse="random"))


def test_a_census_is_told_in_the_test_of_its_answers(yearly):
    asked, found = yearly
    check(found.table, contract("change_power"), BOOK.instrument)
    check(found.voices, contract("account_voices"), BOOK.instrument)
    assert (found.table["method"] == "paired_account_t").all()
    assert found.table["change"].unique().tolist() == pytest.approx([0.3, 10.0])
    assert (found.table["power"] == found.table["power_all"]).all()
    n = asked.table[asked.table["quarter"] > 0].groupby("client_id")["account_id"].nunique()
    rows = found.table.drop_duplicates("client_id").set_index("client_id")
    assert (rows["n_accounts"] == n.reindex(rows.index)).all()
    seen = found.table["power"] >= 0.8
    assert (found.table.loc[seen, "more_accounts"] == 0).all()
    both = found.table.loc[~seen, "accounts_both"]
    assert both.notna().mean() > 0.9  # the others need a hundred times as many
    assert (both.fillna(np.inf) > found.table.loc[~seen, "n_accounts"]).all()
    assert "A change of 10 NPS points will be seen with probability 0." in str(found)


def test_slices_are_told_in_the_change_of_all_accounts_since_a_year_before(slices):
    _, found = slices
    check(found.table, contract("change_power"), BOOK.instrument)
    assert (found.table["method"] == "all_accounts").all()
    waves = found.table.drop_duplicates("client_id")["from_wave"]
    assert (waves == "2024Q1").sum() >= 8
    assert set(waves) <= {"2024Q1", "2024Q4"}  # nobody answered a year before
    assert (found.table["power_all"] >= found.table["power"] - 1e-9).all()
    assert (found.table["power_all"] > found.table["power"] + 0.02).any()


def test_voices_that_an_account_needs_follow_from_icc_and_completion(yearly):
    asked, found = yearly
    icc = asked.plan.expected.spread["crq"][1]
    rows = found.voices.set_index("client_id")
    assert (rows["voices"] == np.ceil(0.7 / 0.3 * (1 - icc) / icc)).all()
    client = rows.index[0]
    needed = 0.7 / 0.3 * (1 - icc) / icc / asked.plan.expected.completion[client]
    assert rows.loc[client, "contacts"] == np.ceil(needed)
    alive = asked.table[asked.table["flag"] != "account_lost"]
    sizes = alive[alive["client_id"] == client].groupby("account_id").size()
    assert rows.loc[client, "n_enough"] == (sizes >= needed).sum()


def test_few_accounts_are_told_with_assumed_persistence_and_nobody_with_nothing():
    few = panel(clients=1, waves=(2024, 2025), seed=9)
    ids = few.accounts["account_id"].iloc[:8]
    small = {
        name: getattr(few, name)[getattr(few, name)["account_id"].isin(ids)]
        for name in ("contacts", "responses", "accounts", "outcomes")
    }
    people = respondents(small["responses"], BOOK)
    tables = small["contacts"], small["responses"], small["accounts"]
    plan = participation.plan(small["accounts"], *tables[:2], people)
    became = participation.dispositions(*tables).table
    asked = participation.invitations(plan, *tables, people, became, small["outcomes"])
    found = participation.change_power(asked, people, SCALE)
    assert len(found.table) == 2
    assert all(has(flag, "persistence_assumed") for flag in found.table["flag"])
    nobody = participation.invitations(
        plan, tables[0].iloc[:0], *tables[1:], people, became, small["outcomes"]
    )
    none = participation.change_power(nobody, people, SCALE)
    assert none.table.empty
    assert "cannot be told" in str(none)


def test_the_law_of_a_state_is_that_of_simulated_posteriors():
    rng = np.random.default_rng(1)
    prior, error, change = 0.6, 0.8, 0.9  # of the change; of what is observed of it
    kept = prior**2 / (prior**2 + error**2)
    left = np.sqrt(prior**2 * (1 - kept))
    seen = np.abs(kept * (change + rng.normal(0, error, 200_000))) / left > 1.96
    assert state_power(left, kept, change, 0.95) == pytest.approx(seen.mean(), abs=0.005)


def test_of_returns_one_client(yearly):
    _, found = yearly
    client = found.voices["client_id"].iloc[3]
    pd.testing.assert_index_equal(
        pd.Index(found.of(client).table["client_id"].unique()), pd.Index([client]), exact=False
    )
