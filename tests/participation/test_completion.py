"""Completion, its ranks, silence and voices: by hand, as laws, and where little is known."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError, participation
from crqlab.base.codebook import Codebook
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import code, codes, has, joined
from crqlab.base.contracts.schema import check
from crqlab.participation import Completion
from tests.participation.made import (
    ACCOUNTS,
    CONTACTS,
    RESPONDENTS,
    RESPONSES,
    accounts,
    contacts,
    panel,
    responses,
)
from tests.scores.made import codebook

BOOK: Codebook = codebook()


def completed(*tables, **options):
    return participation.completion(*(tables or (CONTACTS, RESPONSES, ACCOUNTS)), **options)


def cell(result, dimension, group, unit, wave="2025"):
    rows = result.table
    found = rows[
        (rows["wave"] == wave)
        & (rows["dimension"] == dimension)
        & (rows["group"] == group)
        & (rows["unit"] == unit)
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_counts_by_hand():
    result = completed(draws=50)
    assert cell(result, "all", "all", "contacts")[["asked", "answered"]].tolist() == [6, 3]
    assert cell(result, "all", "all", "accounts")[["asked", "answered"]].tolist() == [4, 2]
    assert cell(result, "all", "all", "revenue")[["asked", "answered"]].tolist() == [1000, 650]
    assert cell(result, "role", "user", "contacts")[["asked", "answered"]].tolist() == [3, 1]
    assert cell(result, "role", "user", "accounts")[["asked", "answered"]].tolist() == [3, 1]
    assert cell(result, "tier", "B", "revenue")["value"] == pytest.approx(50 / 400)
    assert cell(result, "account_manager", "Leo", "accounts")["value"] == 0.5
    assert str(result.of("C1", "2025")) == (
        "3 of 6 contacts (50 %) answered; they speak for 2 of 4 accounts (50 %) and 65 % of "
        "revenue (target 80 %)"
    )


def test_a_response_that_scores_leave_out_still_shows_that_the_contact_answered():
    left_out = RESPONSES.assign(included=False)
    pd.testing.assert_frame_equal(
        completed(CONTACTS, left_out, ACCOUNTS, draws=50).table, completed(draws=50).table
    )


def test_answers_of_people_not_asked_are_counted_as_far_as_scores_use_them():
    more = RESPONSES.iloc[[3, 3, 3]].assign(
        contact_id=["x", "a3", "y"], included=[True, True, False], response_id=["1", "2", "3"]
    )
    given = pd.concat([RESPONSES, more], ignore_index=True)
    result = completed(CONTACTS, given, ACCOUNTS, draws=20)
    assert cell(result, "all", "all", "contacts")["uninvited"] == 2  # a3 is known, but not asked
    assert cell(result, "all", "all", "contacts", wave="2024")["uninvited"] == 0
    assert cell(result, "all", "all", "contacts")["answered"] == 3
    assert result.table["uninvited"].notna().sum() == 2
    nameless = given.assign(
        contact_id=pd.Series(None, index=given.index, dtype="str"),
        account_id=given["account_id"].mask(given["contact_id"].isin(["x", "y"]), "E"),
    )
    result = completed(CONTACTS, nameless, ACCOUNTS, draws=20)
    assert cell(result, "all", "all", "contacts")["uninvited"] == 1


def test_the_published_example_prints_both_shares():
    rows = [("2025", f"A{i % 400}", f"p{i}", "user", True) for i in range(4500)]
    people = [400 * lap + account for lap in range(2) for account in range(272)][:540]
    given = [("2025", f"A{i % 400}", f"p{i}", 5.0, 9, True, 1) for i in people]
    facts = accounts([(f"A{i}", 1, "A", "Eva") for i in range(400)])
    result = completed(contacts(rows), responses(given), facts, draws=20)
    assert str(result).startswith(
        "540 of 4,500 contacts (12 %) answered; they speak for 272 of 400 accounts (68 %)"
    )
    row = cell(result, "all", "all", "accounts")
    assert row[["low", "high"]].tolist() == pytest.approx([0.63276, 0.72382], abs=1e-5)


def test_groups_of_a_dimension_add_up_to_the_whole():
    rows = completed(*panel()[:3], draws=20).table
    for unit in ("contacts", "revenue", "accounts"):
        sums = rows[rows["unit"] == unit].groupby(["client_id", "wave", "dimension"])
        sums = sums[["asked", "answered"]].sum().reset_index()
        for dimension in ("tier", "country", "industry", "account_manager"):
            part = sums[sums["dimension"] == dimension][["asked", "answered"]].to_numpy()
            whole = sums[sums["dimension"] == "all"][["asked", "answered"]].to_numpy()
            assert part == pytest.approx(whole)


def test_intervals_hold_the_value_and_stay_inside_the_scale():
    rows = completed(*panel()[:3], draws=200).table.dropna(subset=["low"])
    assert len(rows) > 50
    assert ((rows["low"] >= 0) & (rows["low"] <= rows["value"] + 1e-12)).all()
    assert ((rows["value"] - 1e-12 <= rows["high"]) & (rows["high"] <= 1)).all()


def test_neither_order_nor_other_clients_matter():
    tables = panel()[:3]
    whole = completed(*tables, draws=100)
    mixed = completed(*(t.sample(frac=1, random_state=2) for t in tables), draws=100)
    pd.testing.assert_frame_equal(mixed.table, whole.table)
    alone = completed(*(t[t["client_id"] == "C2"] for t in tables), draws=100)
    pd.testing.assert_frame_equal(alone.table, whole.of("C2", "2024").table.pipe(
        lambda first: pd.concat([first, whole.of("C2", "2025").table], ignore_index=True)
    ))  # fmt: skip


def test_small_cells_carry_a_flag():
    row = cell(completed(draws=50), "role", "boss", "contacts")
    few = [code("few_contacts", minimum=10), code("few_accounts", minimum=6)]
    assert row["flag"] == joined(few)
    assert has(cell(completed(draws=50), "tier", "A", "contacts")["flag"], "one_account")


def test_unknown_revenue_is_said_and_not_guessed():
    none = completed(CONTACTS, RESPONSES, ACCOUNTS.assign(revenue=np.nan), draws=50)
    row = cell(none, "all", "all", "revenue")
    assert np.isnan(row["value"])
    assert codes(row["flag"]) == [
        {"code": "revenue_unknown"}, {"code": "revenue_of_accounts_unknown", "n": 4}
    ]  # fmt: skip
    assert "revenue is not known" in str(none.of("C1", "2025"))
    some = ACCOUNTS.assign(revenue=ACCOUNTS["revenue"].where(ACCOUNTS["account_id"] != "B"))
    flag = cell(completed(CONTACTS, RESPONSES, some, draws=50), "all", "all", "revenue")["flag"]
    assert codes(flag)[-1] == {"code": "revenue_of_accounts_unknown", "n": 1}


def test_unknown_role_and_tier_are_a_group_of_their_own():
    blank = completed(CONTACTS.assign(role=None), RESPONSES, ACCOUNTS.assign(tier=None), draws=20)
    assert cell(blank, "role", "unknown", "contacts")["asked"] == 6
    assert cell(blank, "tier", "unknown", "accounts")["asked"] == 4


def test_without_a_list_of_contacts_nothing_is_claimed():
    result = completed(CONTACTS.iloc[:0], RESPONSES, ACCOUNTS)
    assert result.table["flag"].eq("asked_not_recorded").all()
    assert result.table["value"].isna().all()
    assert "Nobody recorded who was asked" in str(result)
    assert "Nobody recorded who was asked" in str(participation.completion_ranks(result))


def test_a_wave_without_contacts_is_kept_beside_one_that_has_them():
    result = completed(CONTACTS[CONTACTS["wave"] == "2025"], RESPONSES, ACCOUNTS, draws=20)
    row = cell(result, "all", "all", "contacts", wave="2024")
    assert (row["answered"], row["flag"]) == (3, "asked_not_recorded")


def test_answers_without_contact_ids_tell_accounts_only():
    nameless = RESPONSES.assign(contact_id=pd.Series(None, index=RESPONSES.index, dtype="str"))
    result = completed(CONTACTS, nameless, ACCOUNTS, draws=20)
    people = cell(result, "all", "all", "contacts")
    assert np.isnan(people["value"])
    assert people["flag"] == "no_contact_ids"
    assert cell(result, "all", "all", "accounts")["value"] == 0.5
    assert np.isnan(cell(result, "role", "boss", "accounts")["value"])
    assert participation.voices(CONTACTS, nameless, ACCOUNTS).table.empty


def test_a_contact_or_account_twice_is_refused():
    with pytest.raises(EstimateError, match=r"contacts= has 1 rows whose .* occur twice"):
        completed(pd.concat([CONTACTS, CONTACTS.iloc[:1]]), RESPONSES, ACCOUNTS)
    with pytest.raises(EstimateError, match="accounts= has 1 rows"):
        completed(CONTACTS, RESPONSES, pd.concat([ACCOUNTS, ACCOUNTS.iloc[:1]]))


@pytest.mark.parametrize("size", [3, 60])
def test_tables_keep_their_contracts(size):
    tables = panel(clients=2, accounts_each=size)
    asked = BOOK.instrument
    check(completed(*tables[:3], draws=20).table, contract("completion"), asked)
    check(participation.silent(*tables).table, contract("silent"), asked)
    check(participation.voices(*tables[:3]).table, contract("voices"), asked)
    check(participation.continuity(*tables[:3]).table, contract("continuity"), asked)


# ---- ranks of completion


def test_percentiles_count_the_other_clients_and_ties_by_half():
    tables = panel(clients=5)
    result = completed(*tables[:3], draws=20)
    values = pd.Series([0.2, 0.2, 0.4, 0.6, 0.8])
    rows = result.table
    keys = (rows["dimension"] == "all") & (rows["unit"] == "contacts") & (rows["wave"] == "2025")
    rows.loc[keys, "value"] = values.to_numpy()
    table = participation.completion_ranks(result).latest.set_index("client_id")
    assert table.loc[["C0", "C2", "C4"], "percentile"].tolist() == [0.125, 0.5, 1.0]
    assert table.loc["C4", "rank"] == 1
    few = code("few_clients", minimum=10)
    assert [codes(flag)[-1] for flag in table["flag"]] == codes(few) * 5


def test_published_figures_stand_beside_and_never_inside():
    result = participation.completion_ranks(completed(*panel(clients=3)[:3], draws=20))
    assert result.published["most_common"] == (0.26, 0.30)
    assert result.published["average_about"] == (0.35, 0.35)
    assert len(result.latest) == 3


def ranked(**waves):
    """Ranks of ten clients with 0, 10, ... 90 % in 2024 and those named in later waves."""
    rates = [(f"C{i}", "2024", i / 10) for i in range(10)]
    rates += [(client, wave[1:], value) for wave, some in waves.items()
              for client, value in some.items()]  # fmt: skip
    rows = pd.DataFrame(rates, columns=["client_id", "wave", "value"])
    rows = rows.assign(
        dimension="all", unit="contacts", asked=100.0, answered=100 * rows["value"],
        low=rows["value"] - 0.1, high=rows["value"] + 0.1, flag="ok",
    )  # fmt: skip
    return participation.completion_ranks(Completion(rows, 0.95))


def test_clients_count_with_their_last_wave_until_then_and_never_with_a_later_one():
    result = ranked(_2025={"C3": 0.95}, _2026={"C0": 0.55})
    table = result.table.set_index(["wave", "client_id"])
    assert table.loc[("2024", "C3"), ["percentile", "rank", "n_others"]].tolist() == [3 / 9, 7, 9]
    assert table.loc[("2025", "C3"), ["percentile", "rank", "last_wave"]].tolist() == [1, 1, "2025"]
    assert table.loc[("2025", "C4"), ["percentile", "last_wave"]].tolist() == [3 / 9, "2024"]
    assert table.loc[("2026", "C0"), ["percentile", "percentile_low"]].tolist() == [4 / 9, 3 / 9]
    assert table.loc[("2026", "C0"), "flag"] == "ok"
    assert len(result.latest) == 10


def test_bands_count_the_others_with_their_last_wave_until_then():
    found = ranked(_2025={"C3": 0.95}, _2026={"C0": 0.55}).bands
    assert found.groupby(["wave", "client_id"]).size().to_dict() == {
        **{("2024", f"C{i}"): 20 for i in range(10)}, ("2025", "C3"): 20, ("2026", "C0"): 20
    }  # fmt: skip
    one = found[(found["client_id"] == "C0") & (found["wave"] == "2026")]
    counted = one[one["n"] > 0].set_index(["low", "high"])["n"].to_dict()
    tens = {10, 20, 40, 50, 60, 70, 80, 90}  # C3 has left its 30 % behind, C0 is not counted
    assert counted == {(ten - 4, ten): 1 for ten in tens} | {(91, 95): 1}


def test_one_client_has_nobody_to_be_compared_with():
    result = participation.completion_ranks(completed(draws=20))
    assert np.isnan(result.table["percentile"].iloc[0])
    assert "no other client" in result.of("C1")


# ---- silence and voices


def test_silent_accounts_by_hand():
    table = participation.silent(CONTACTS, RESPONSES, ACCOUNTS, RESPONDENTS).of("C1", "2025").table
    assert table["account_id"].tolist() == ["B", "C"]
    b, c = (row for _, row in table.iterrows())
    assert (b["silent_since"], b["last_wave"], b["last_crq"], b["n_waves"]) == (
        "2025",
        "2024",
        3,
        1,
    )
    assert (c["silent_since"], c["n_waves"], c["flag"]) == ("2024", 2, "never_answered")
    assert b["revenue_share"] == 0.25
    assert b["rank"] == 1


def test_a_wave_without_asking_neither_breaks_nor_lengthens_a_silence():
    asked = contacts(
        [(wave, "A", "a", "user", True) for wave in ("2022", "2023", "2025")]
        + [(wave, "B", "b", "user", True) for wave in ("2022", "2024")]
    )
    given = responses([("2022", "A", "a", 5.0, 9, True, 1), ("2024", "B", "b", 5.0, 9, True, 1)])
    facts = accounts([("A", 1, "A", "Eva"), ("B", 2, "A", "Eva")])
    table = participation.silent(asked, given, facts, given).table
    last = table[table["wave"] == "2025"].iloc[0]
    assert (last["silent_since"], last["n_waves"], last["last_wave"]) == ("2023", 2, "2022")


def test_an_answer_that_scores_leave_out_breaks_the_silence():
    given = RESPONSES.assign(included=False)
    table = participation.silent(CONTACTS, given, ACCOUNTS, RESPONDENTS.iloc[:0]).table
    assert set(table["account_id"]) == {"B", "C"}
    assert table["last_crq"].isna().all()


def test_silence_has_no_segment_and_no_score_of_its_own():
    columns = set(contract("silent").columns)
    assert not columns & {"segment", "crq", "shrunken"}


def test_every_asked_account_is_either_silent_or_heard():
    tables = panel(completion=0.2)
    silent = participation.silent(*tables).table
    rows = completed(*tables[:3], draws=20).table
    whole = rows[(rows["dimension"] == "all") & (rows["unit"] == "accounts")]
    counts = silent.groupby(["client_id", "wave"]).size()
    left = whole.set_index(["client_id", "wave"])
    assert (left["asked"] - left["answered"]).to_dict() == counts.to_dict()


def test_voices_mark_who_is_not_heard():
    grid = participation.voices(CONTACTS, RESPONSES, ACCOUNTS).of("C1", "2025").grid
    assert grid.loc["A"].tolist() == ["1 of 1", "1 of 1"]
    assert grid.loc["B"].tolist() == ["?", "?"]
    assert grid.loc["C"].tolist() == ["? (not asked)", "?"]
    assert grid.loc["D"].tolist() == ["1 of 1", "? (not asked)"]
