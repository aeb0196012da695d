"""Concentration, continuity, the plan, and what is kept: by hand, as laws, at their edges."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError, participation
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import has
from crqlab.base.contracts.schema import check
from tests.participation.made import ACCOUNTS, CONTACTS, RESPONDENTS, RESPONSES, contacts, panel
from tests.scores.made import codebook

ASKED = codebook().instrument


def scored(people):
    """Scores of accounts as plain means, which is what shrinking would start from."""
    table = people.groupby(["client_id", "wave", "account_id"], as_index=False).agg(
        n=("crq", "count"), crq=("crq", "mean")
    )
    return table.assign(shrunken=table["crq"])


def hung(people=RESPONDENTS, accounts=ACCOUNTS):
    return participation.concentration(accounts, people, scored(people), ASKED)


def test_concentration_by_hand():
    table = hung().of("C1", "2025").table
    managers = table[table["holder"] == "account_manager"].set_index("name")
    assert managers["revenue"].to_dict() == {"Eva": 600, "Leo": 50}
    assert managers.loc["Eva", "revenue_share"] == pytest.approx(600 / 650)
    good = {"Eva": 600 * 5 / 6, "Leo": 50 * 4 / 6}  # revenue x (score - 1) / 6
    assert managers.loc["Eva", "goodwill_share"] == pytest.approx(good["Eva"] / sum(good.values()))
    assert managers.loc["Eva", "crq_without"] == 5.0
    assert managers.loc["Eva", "flag"] == "quarter_of_revenue"


def test_a_sole_voice_holds_the_whole_account_and_leaves_it_silent():
    table = hung().of("C1", "2024").table
    people = table[table["holder"] == "contact"].set_index("name")
    assert people.loc["b1", ["n_silenced", "revenue"]].tolist() == [1, 250]
    assert people.loc["a1", ["n_silenced", "revenue"]].tolist() == [0, 0]
    assert people.loc["a1", "goodwill_share"] / people.loc["a2", "goodwill_share"] == pytest.approx(
        5 / 3
    )
    assert people.loc["b1", "crq_without"] == 5.0


def test_shares_add_up_to_the_whole_and_summary_agrees():
    _, _, accounts, people = panel()
    found = hung(people, accounts)
    sums = found.table.groupby(["client_id", "wave", "holder"])[["revenue_share", "goodwill_share"]]
    managers = sums.sum().xs("account_manager", level="holder")
    assert managers.to_numpy() == pytest.approx(1)
    assert sums.sum().xs("contact", level="holder")["goodwill_share"].to_numpy() == pytest.approx(1)
    top = found.table[found.table["holder"] == "account_manager"]
    top = top.groupby(["client_id", "wave"])["revenue_share"].max()
    summary = found.summary[found.summary["holder"] == "account_manager"]
    assert summary["top_1"].to_numpy() == pytest.approx(top.to_numpy())


def test_the_summary_counts_equal_holders_and_sole_voices_by_hand():
    summary = hung().summary.set_index(["wave", "holder"])
    managers = summary.loc[("2025", "account_manager")]
    assert managers["effective"] == pytest.approx(650**2 / (600**2 + 50**2))
    assert managers[["holders", "n_silenced"]].tolist() == [2, 0]
    assert np.isnan(managers["silenced_share"])
    people = summary.loc[("2024", "contact")]
    assert people["n_silenced"] == 1
    assert people["silenced_share"] == pytest.approx(250 / 850)
    assert summary.loc[("2025", "contact"), ["n_silenced", "silenced_share"]].tolist() == [2, 1.0]
    nobody = hung(accounts=ACCOUNTS.assign(account_manager=None)).summary
    assert set(nobody["holder"]) == {"contact"}


def test_without_revenue_accounts_count_alike():
    found = hung(accounts=ACCOUNTS.assign(revenue=np.nan)).of("C1", "2025").table
    managers = found[found["holder"] == "account_manager"].set_index("name")
    assert managers["revenue_share"].isna().all()
    assert managers.loc["Eva", "goodwill_share"] == pytest.approx(5 / 9)
    assert managers["flag"].eq("accounts_count_alike").all()


def test_a_missing_account_manager_is_named_as_such():
    found = hung(accounts=ACCOUNTS.assign(account_manager=None))
    assert "account_manager_unknown" in set(found.table["flag"])
    assert "not known" in str(found.of("C1", "2025"))


# ---- continuity


def test_continuity_by_hand():
    found = participation.continuity(CONTACTS, RESPONSES, ACCOUNTS)
    rows = found.table.set_index("account_id")
    assert rows.loc["A", ["before", "now", "stayed", "answered_both"]].tolist() == [2, 2, 2, 2]
    assert rows.loc["C", "flag"] == "no_contact_stayed"
    assert rows.loc["B", "flag"] == "nobody_heard_twice"
    assert "D" not in rows.index
    (one,) = found.summary.to_dict("records")
    assert (one["value"], one["n"], one["n_accounts"], one["n_none_stayed"]) == (3 / 4, 4, 3, 1)
    assert 0 < one["low"] < 3 / 4 < one["high"] <= 1


def test_a_single_wave_has_no_continuity():
    one = participation.continuity(CONTACTS[CONTACTS["wave"] == "2024"], RESPONSES, ACCOUNTS)
    assert one.table.empty
    assert "not known" in str(one)


# ---- the plan


def planned(tables, **options):
    asked, given, accounts, people = tables
    return participation.plan(accounts, asked, given, people, **options)


@pytest.mark.parametrize("slices", [1, 3, 4])
@pytest.mark.parametrize("size", [3, 40, 400])
def test_every_account_is_asked_once_in_quarters_of_like_size(size, slices):
    tables = panel(clients=2, accounts_each=size)
    table = planned(tables, slices=slices, start="2026-01-01").table
    assert sorted(table["account_id"]) == sorted(tables[2]["account_id"])
    counts = table.groupby("client_id")["slice"].value_counts()
    assert counts.max() - counts.min() <= 1


def test_quarters_hold_like_shares_of_each_tier():
    table = planned(panel(clients=1, accounts_each=200), start="2026-01-01").table
    counts = table.groupby(["tier", "slice"]).size()
    spread = counts.groupby(level="tier").agg(lambda n: n.max() - n.min())
    assert spread.max() <= 4


def test_nobody_is_asked_before_having_rested():
    tables = panel(clients=3, accounts_each=30)
    asked = tables[0]
    rng = np.random.default_rng(8)
    days = pd.to_timedelta(rng.integers(0, 300, len(asked)), unit="D")
    asked = asked.assign(invited_on=(asked["invited_on"] + days).astype("datetime64[ns]"))
    found = planned((asked, *tables[1:]), rest=6, start="2026-01-01").table
    last = asked.groupby(["client_id", "account_id", "contact_id"])["invited_on"].max()
    rows = last.reset_index().merge(found[["client_id", "account_id", "starts"]])
    free = (rows["invited_on"] + pd.DateOffset(months=6) <= rows["starts"]).groupby(
        [rows["client_id"], rows["account_id"]]
    )
    counts = found.set_index(["client_id", "account_id"])
    assert counts["contacts"].to_dict() == free.sum().to_dict()
    assert (counts["contacts"] + counts["resting"]).to_dict() == free.size().to_dict()
    assert (counts["resting"] > 0).any()


def test_a_longer_rest_never_asks_earlier_or_more():
    tables = panel(clients=2, accounts_each=20)
    short, long = (planned(tables, rest=months, start="2025-04-01").table for months in (0, 9))
    assert long["contacts"].sum() <= short["contacts"].sum()
    assert (short["resting"] == 0).all()
    assert long["slice"].min() >= 4  # asked in March 2025, so free from December


def test_the_same_tables_always_give_the_same_plan():
    tables = panel(clients=3)
    mixed = tuple(t.sample(frac=1, random_state=5) for t in tables)
    pd.testing.assert_frame_equal(planned(mixed).table, planned(tables).table)


def test_accounts_that_left_are_not_planned_for_and_new_ones_are():
    gone = contacts([("2024", "A", "a", "user", True), ("2025", "B", "b", "user", True)])
    found = participation.plan(ACCOUNTS, gone, RESPONSES, RESPONDENTS).table
    assert found["account_id"].tolist() == ["B", "C", "D"]
    assert found.set_index("account_id").loc["C", "flag"] == "no_contact_known"


def test_precision_sums_up_who_rests_by_quarter():
    asked, *others = panel(clients=2, accounts_each=20)
    late = asked.index % 3 == 0
    asked = asked.assign(invited_on=asked["invited_on"].mask(late, pd.Timestamp("2025-06-01")))
    found = planned((asked, *others), start="2025-07-01", rest=6)
    rows = found.precision[found.precision["measure"] == "crq"].set_index(["client_id", "slice"])
    by = found.table.groupby(["client_id", "slice"])["resting"].sum()
    assert by.sum() > 0
    assert rows["resting"].drop(0, level="slice").to_dict() == by.to_dict()
    assert rows["resting"].xs(0, level="slice").tolist() == by.groupby("client_id").sum().tolist()
    assert rows["starts"].xs(0, level="slice").isna().all()
    assert rows.loc[("C0", 2), "starts"] == pd.Timestamp("2025-10-01")


def test_precision_is_best_over_the_whole_year_and_needs_accounts():
    found = planned(panel(clients=4, accounts_each=60), completion=0.4)
    wide = found.precision.pivot_table(
        index=["client_id", "measure"], columns="slice", values="half_width"
    )
    assert wide[0].notna().all()
    assert (wide[[s for s in wide if s]].min(axis=1) > wide[0]).all()
    few = planned(panel(clients=1, accounts_each=3), completion=0.2).precision
    assert any(has(flag, "too_few_accounts_to_expect") for flag in few["flag"])
    assert found.expected.completion.eq(0.4).all()


def test_expectation_comes_from_the_last_wave_or_is_called_assumed():
    found = planned(panel(clients=8, accounts_each=40)).expected
    assert found.spread["crq"][0] == pytest.approx(np.hypot(0.6, 0.82), abs=0.08)
    assert found.assumed == ()
    nobody = planned((CONTACTS.iloc[:0], RESPONSES, ACCOUNTS, RESPONDENTS)).expected
    assert nobody.average == 0.35
    assert "completion" in nobody.assumed
    assert "assumed, not estimated" in str(nobody)


def test_without_dates_there_is_a_plan_without_days():
    undated = CONTACTS.assign(invited_on=pd.Series(pd.NaT, index=CONTACTS.index))
    undated["invited_on"] = undated["invited_on"].astype("datetime64[ns]")
    table = participation.plan(ACCOUNTS, undated, RESPONSES, RESPONDENTS).table
    assert table["starts"].isna().all()
    assert all(has(flag, "no_dates") for flag in table["flag"])
    check(table, contract("wave_plan"), ASKED)


@pytest.mark.parametrize("option", [{"slices": 5}, {"rest": -1}, {"completion": 1.5}])
def test_refuses_options_out_of_their_range(option):
    with pytest.raises(EstimateError):
        planned(panel(clients=1), **option)


def test_tables_keep_their_contracts():
    found = planned(panel())
    check(found.table, contract("wave_plan"), ASKED)
    check(found.precision, contract("precision"), ASKED)
    check(hung().table, contract("concentration"), ASKED)
