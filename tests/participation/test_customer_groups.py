"""Customers of several accounts, two account managers who leave, and the buying centre."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crqlab import participation
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import has
from crqlab.base.contracts.schema import check
from tests.participation.made import ACCOUNTS, CONTACTS, RESPONSES, accounts
from tests.scores.test_rolling import BOOK

SCORES = pd.DataFrame(
    [
        ("2025", "A", 4, 6.0, 5.9), ("2025", "B", 3, 4.0, 4.2), ("2025", "D", 2, 5.0, 5.0),
    ],
    columns=["wave", "account_id", "n", "crq", "shrunken"],
).assign(client_id="C1")  # fmt: skip
GROUPED = ACCOUNTS.assign(parent_id=["G", "G", "G", None])


@pytest.fixture
def groups():
    return participation.customer_groups(GROUPED, SCORES)


def test_accounts_are_rolled_up_and_the_greatest_customer_is_not_the_greatest_account(groups):
    rows = groups.table.set_index("customer")
    assert rows.index.tolist() == ["G", "D"]
    assert rows.loc["G", ["n_accounts", "n_heard", "n_respondents"]].tolist() == [3, 2, 7]
    assert rows.loc["G", "revenue_share"] == pytest.approx(0.95)  # 600 + 250 + 100 of 1000
    assert rows.loc["G", "crq"] == pytest.approx((4 * 6 + 3 * 4) / 7)
    assert has(rows.loc["G", "flag"], "quarter_of_revenue")
    one = groups.summary.iloc[0]
    assert (one["n_customers"], one["n_groups"]) == (2, 1)
    assert one["top_1"] == pytest.approx(0.95)
    assert one["account_top_1"] == pytest.approx(0.6)
    assert one["hhi"] == pytest.approx(0.95**2 + 0.05**2)
    assert one["effective"] == pytest.approx(1 / one["hhi"])


def test_a_content_division_is_named_beside_unheard_and_less_content_ones(groups):
    rows = groups.referrals.set_index("account_id")
    assert rows["from_account"].unique().tolist() == ["A"]
    assert rows["status"].to_dict() == {"B": "lower", "C": "unheard"}
    low = SCORES.assign(shrunken=[4.0, 4.2, 5.0])  # A below the mean, B above of two thin ones
    assert participation.customer_groups(GROUPED, low).referrals.empty
    thin = SCORES.assign(n=[2, 2, 2])
    assert participation.customer_groups(GROUPED, thin).referrals.empty


def test_without_parents_there_are_no_customers_to_tell():
    found = participation.customer_groups(ACCOUNTS, SCORES)
    assert found.table.empty
    assert "parent_id" in str(found)


def staff():
    """Ten accounts: Eva and Leo hold 75 of 100, Ida and Per the rest."""
    paid = {"Eva": [30, 10, 5], "Leo": [20, 10], "Ida": [10, 5], "Per": [5, 5]}
    rows = [(f"{who}{k}", money, "A", who) for who, own in paid.items()
            for k, money in enumerate(own)]  # fmt: skip
    return accounts(rows)


def test_two_sellers_who_took_three_quarters_are_the_first_pair():
    found = participation.manager_pairs(staff())
    assert len(found.table) == 6
    first = found.table.iloc[0]
    assert [first["first_manager"], first["second_manager"]] == ["Eva", "Leo"]
    assert first["revenue_share"] == pytest.approx(0.75)
    assert first["n_accounts"] == 5
    assert first["alone_share"] == pytest.approx(0.45)
    assert has(first["flag"], "half_of_revenue")
    assert "Eva and Leo hold 75% of revenue together, at 5 accounts" in str(found.of("C1"))


def test_the_fewest_accounts_bring_a_pair_down_to_half():
    spread = participation.manager_pairs(staff()).spread
    assert spread["account_id"].tolist() == ["Eva0"]  # 75 - 30 = 45 of 100
    assert spread["share_after"].iloc[-1] == pytest.approx(0.45)
    even = staff().assign(revenue=1.0)
    spread = participation.manager_pairs(even).spread
    assert len(spread) == 1  # Eva and one other: 5 of 9
    assert (spread["share_after"] <= 0.5).all()


def test_two_managers_alone_have_nobody_to_spread_to_and_one_has_no_pair():
    found = participation.manager_pairs(ACCOUNTS)
    assert len(found.table) == 1
    assert has(found.table["flag"].iloc[0], "no_third_manager")
    assert found.spread.empty
    one = participation.manager_pairs(ACCOUNTS.assign(account_manager="Eva"))
    assert one.table.empty
    assert "no pair can be told" in str(one)
    assert participation.manager_pairs(ACCOUNTS.assign(revenue=np.nan)).table.empty


def test_breadth_counts_roles_known_asked_and_heard():
    found = participation.buying_centre(CONTACTS, RESPONSES, ["boss", "user"])
    rows = found.of("C1", "2025").table.set_index("account_id")
    assert rows.loc["A", ["n_known", "n_asked", "n_heard"]].tolist() == [3, 2, 2]
    assert rows.loc["A", "breadth_heard"] == 1.0
    assert rows.loc["C", "breadth_known"] == 0.5
    assert rows["senior_known"].to_dict() == {"A": True, "B": True, "C": False, "D": True}
    assert rows["senior_heard"].to_dict() == {"A": True, "B": False, "C": False, "D": True}
    assert has(rows.loc["D", "flag"], "one_voice")
    assert has(rows.loc["C", "flag"], "nobody_senior_known")
    alike = CONTACTS.assign(role="user")
    assert participation.buying_centre(alike, RESPONSES, ["user"]).table.empty


def test_tables_keep_their_contracts(groups):
    pairs = participation.manager_pairs(staff())
    centre = participation.buying_centre(CONTACTS, RESPONSES, ["boss", "user"])
    made = {
        "customer_groups": groups.table,
        "customer_concentration": groups.summary,
        "division_referrals": groups.referrals,
        "manager_pairs": pairs.table,
        "accounts_to_spread": pairs.spread,
        "buying_centre": centre.table,
    }
    for name, table in made.items():
        check(table, contract(name), BOOK.instrument)
