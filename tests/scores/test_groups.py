"""Roles, units and countries side by side: by hand, and gaps inside accounts."""

import numpy as np
import pytest
from scipy import stats as reference

from crqlab import scores
from crqlab.base.contracts.cautions import has
from crqlab.base.contracts.frames import empty
from tests.scores import made

BLOCK = ["client_id", "wave"]
ROLES = ["executive", "manager", "user"]


@pytest.fixture(scope="module")
def people():
    return scores.respondents(made.responses(accounts=24), made.codebook())


@pytest.fixture(scope="module")
def units(people):
    draw = np.random.default_rng(4)
    unit = draw.choice(np.array(["North", "South", None], dtype=object), len(people))
    rows = people[[*BLOCK, "response_id"]].assign(dimension="unit", group=unit)
    return rows[rows["client_id"] != "C2"].dropna(subset=["group"])


@pytest.fixture(scope="module")
def found(people, units):
    return scores.groups(people, units, made.codebook())


def test_a_group_is_the_mean_of_its_answers(found, people, units):
    sorted_ = people.merge(units[["response_id", "group"]], on="response_id")
    rows = found.table[found.table["measure"] == "trust"].set_index([*BLOCK, "dimension", "group"])
    for role in ROLES:
        mine = people[(people["client_id"] == "C1") & (people["wave"] == "2025")
                      & (people["role"] == role)]["trust"].dropna()  # fmt: skip
        row = rows.loc[("C1", "2025", "role", role)]
        assert row["value"] == pytest.approx(mine.mean())
        assert row["n_respondents"] == len(mine)
    mine = sorted_[(sorted_["client_id"] == "C0") & (sorted_["wave"] == "2024")]
    north = mine.loc[mine["group"] == "North", "trust"].dropna()
    assert rows.loc[("C0", "2024", "unit", "North"), "value"] == pytest.approx(north.mean())


def test_a_difference_is_that_to_all_others_of_the_dimension(found, people):
    mine = people[(people["client_id"] == "C1") & (people["wave"] == "2025")]
    user = mine["role"] == "user"
    row = found.of("C1", "2025").table.query("group == 'user' and measure == 'crq'").iloc[0]
    away = mine.loc[user, "crq"].mean() - mine.loc[~user, "crq"].mean()
    assert row["difference"] == pytest.approx(away)
    assert row["difference_low"] < away < row["difference_high"]


def test_rows_of_a_dimension_add_up_to_everybody(found, people):
    rows = found.table[found.table["measure"] == "crq"]
    n = rows.groupby([*BLOCK, "dimension"])["n_respondents"].sum()
    everybody = people[people["crq"].notna()].groupby(BLOCK).size()
    for (client, wave, _), some in n.items():
        assert some == everybody[(client, wave)]
    assert rows["group"].isna().sum() == 4  # answers without a unit: two clients, two waves
    assert "C2" not in set(rows.loc[rows["dimension"] == "unit", "client_id"])


def test_roles_come_in_the_order_of_the_codebook(found):
    rows = found.of("C0", "2024").table
    rows = rows[(rows["dimension"] == "role") & (rows["measure"] == "crq")]
    assert rows["group"].tolist() == ROLES


def test_a_gap_is_students_paired_test_over_accounts(found, people):
    mine = people[(people["client_id"] == "C1") & (people["wave"] == "2025")]
    means = mine.pivot_table(index="account_id", columns="role", values="crq")
    both = means[["executive", "user"]].dropna()
    row = found.of("C1", "2025").gaps.query(
        "role == 'executive' and other == 'user' and measure == 'crq'"
    )
    pairs = reference.ttest_rel(both["executive"], both["user"])
    assert row[["value", "p"]].iloc[0].tolist() == pytest.approx(
        [(both["executive"] - both["user"]).mean(), pairs.pvalue]
    )
    ends = tuple(pairs.confidence_interval())
    assert row[["low", "high"]].iloc[0].tolist() == pytest.approx(list(ends))
    assert row["n_accounts"].iloc[0] == len(both)
    asked = mine[mine["account_id"].isin(both.index) & mine["role"].isin(["executive", "user"])]
    assert row["n_respondents"].iloc[0] == asked["crq"].notna().sum()


def test_a_gap_leaves_out_what_sets_accounts_apart(people):
    lifted = people.assign(
        crq=people["crq"] + people.groupby("account_id")["crq"].transform("mean") * 3
    )
    one, other = (
        scores.groups(some, empty("breakdowns"), made.codebook()).gaps for some in (people, lifted)
    )
    np.testing.assert_allclose(one["value"], other["value"], atol=1e-9)


def test_the_panel_has_all_accounts_of_all_clients(found):
    gaps = found.gaps.query("measure == 'crq' and wave == '2025'")
    n = gaps.groupby(gaps["client_id"] == "")["n_accounts"].sum()
    assert n[True] == n[False]


def test_users_alone_are_told_to_mislead(people, units):
    some = people.copy()
    lone = some[some["client_id"] == "C0"].groupby(BLOCK)["account_id"].transform("min")
    here = (some["account_id"] == lone.reindex(some.index)) & (some["client_id"] == "C0")
    some.loc[here, ["role", "seniority"]] = ["user", 3]
    rows = scores.accounts(some, made.codebook()).query("client_id == 'C0' and wave == '2025'")
    told = [has(flag, "least_senior_alone") for flag in rows["flag"]]
    roles = some[(some["client_id"] == "C0") & (some["wave"] == "2025")].groupby("account_id")
    truth = roles["role"].agg(lambda one: set(one) == {"user"})
    assert told == truth.reindex(rows["account_id"]).tolist()
    assert told[0]
    assert not all(told)

    everybody = people["client_id"] == "C1"
    some.loc[everybody, ["role", "seniority"]] = ["user", 3]
    table = scores.groups(some, units, made.codebook()).table
    table = table[table["dimension"] == "role"]
    flagged = table["flag"].map(lambda flag: has(flag, "least_senior_alone"))
    assert set(table.loc[flagged, "client_id"]) == {"C1"}
    assert flagged[table["client_id"] == "C1"].all()


def test_nobody_is_least_senior_where_roles_have_no_order(people):
    rows = scores.accounts(people.assign(role="user", seniority=np.nan), made.codebook(roles=False))
    assert not rows["flag"].map(lambda flag: has(flag, "least_senior_alone")).any()


def test_no_respondents_have_no_groups(people):
    found = scores.groups(people.iloc[:0], empty("breakdowns"), made.codebook())
    assert found.table.empty
    assert str(found) == (
        "No two roles were heard in the same accounts: whether they differ is not known"
    )
