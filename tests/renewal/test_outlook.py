"""Revenue at risk: sums, intervals that hold both kinds of chance, and everybody in it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqlab import renewal
from crqlab.base.contracts.cautions import codes, has
from tests.renewal import made


@pytest.fixture(scope="module")
def tables():
    return made.panel(clients=25, each=20, seed=31)


@pytest.fixture(scope="module")
def design(tables):
    return made.designed(tables, as_of="2025-04-15")


@pytest.fixture(scope="module")
def found(tables, design):
    return renewal.outlook(design, tables["accounts"], draws=2000)


def test_every_account_of_the_last_wave_is_in_it_silent_or_not(found, design):
    last = design.accounts[design.accounts["wave"] == "2025"]
    assert set(found.table["account_id"]) == set(last["account_id"])
    assert found.table["silent"].sum() == last["silent"].sum() > 0
    told = found.table["flag"].map(lambda flag: has(flag, "silent_average_taken"))
    assert told.tolist() == found.table["silent"].tolist()


def test_losses_are_chance_times_revenue_and_add_up(found):
    rows = found.table
    assert rows["expected_loss"].tolist() == pytest.approx((1 - rows["p_renew"]) * rows["revenue"])
    sums = rows.groupby("client_id")["expected_loss"].sum()
    clients = found.at_risk[found.at_risk["scope"] == "client"].set_index("client_id")
    pd.testing.assert_series_equal(clients["expected_loss"], sums, check_names=False)
    panel = found.at_risk[found.at_risk["scope"] == "panel"].iloc[0]
    assert panel["expected_loss"] == pytest.approx(sums.sum())
    top = rows["expected_loss"].groupby(rows["client_id"]).agg(lambda loss: loss.nlargest(3).sum())
    assert clients["top_share"].tolist() == pytest.approx((top / sums).tolist())
    three = rows["expected_loss"].nlargest(3).sum()
    assert panel["top_share"] == pytest.approx(three / sums.sum())
    assert panel["n_accounts"] == len(rows)


def test_intervals_hold_outcomes_too(found):
    """A client's interval is at least as wide as chance alone would make it."""
    rows = found.table
    variance = rows["p_renew"] * (1 - rows["p_renew"]) * rows["revenue"] ** 2
    wide = 2 * 1.96 * np.sqrt(variance.groupby(rows["client_id"]).sum())
    clients = found.at_risk[found.at_risk["scope"] == "client"].set_index("client_id")
    ends = clients["loss_high"] - clients["loss_low"]
    assert (ends > 0.6 * wide).all()
    panel = found.at_risk[found.at_risk["scope"] == "panel"].iloc[0]
    both = panel["loss_high"] - panel["loss_low"]
    assert both > 2 * 1.96 * np.sqrt(variance.sum()) > 0
    assert panel["loss_low"] < panel["expected_loss"] < panel["loss_high"]


def test_accounts_stand_by_expected_loss_within_their_client(found):
    for _, rows in found.table.groupby("client_id"):
        assert rows["expected_loss"].is_monotonic_decreasing
    one = found.of("C0003")
    assert set(one.table["client_id"]) == {"C0003"}
    assert "C0003" in one.at_risk["client_id"].tolist()


def test_reasons_name_what_lowers_the_chance(found, design):
    rows = found.table.merge(design.accounts, on=["client_id", "wave", "account_id"])
    low = rows.sort_values("commitment").head(10)
    average = design.accounts.loc[design.accounts["wave"] == "2025", "commitment"].mean()
    for row in low.itertuples():
        (told,) = (one for one in codes(row.reason) if one["term"] == "commitment")
        assert told["code"] == "beside_average"
        assert told["value"] == pytest.approx(row.commitment)
        assert told["average"] == pytest.approx(average, abs=0.05)
    silent = {"code": "mark", "term": "silent"}
    assert all(silent in codes(reason) for reason in rows.loc[rows["silent_x"], "reason"])
    terms = [[one.get("term") for one in codes(reason)] for reason in found.table["reason"]]
    assert max(map(len, terms)) == 2
    assert "as_average" in set(found.table["reason"])


def test_the_same_seed_gives_the_same_sums(tables, design, found):
    again = renewal.outlook(design, tables["accounts"], draws=2000)
    pd.testing.assert_frame_equal(found.at_risk, again.at_risk)


def test_chances_are_those_that_come_true():
    """Over many accounts the share that churns next is the share that was foretold."""
    whole = made.panel(clients=80, each=50, seed=33)
    known = made.designed(whole, as_of="2025-04-01")
    found = renewal.outlook(known, whole["accounts"], draws=200)
    later = whole["outcomes"][whole["outcomes"]["due_on"] > "2025-04-01"]
    both = found.table.merge(later[["account_id", "outcome"]], on="account_id")
    lost = (both["outcome"] == "churned").mean()
    assert lost == pytest.approx(1 - both["p_renew"].mean(), abs=0.03)


def test_an_account_without_revenue_counts_as_nothing_and_says_so(tables, design, found):
    name = found.table["account_id"].iloc[0]
    blank = {
        part: rows.assign(revenue=rows["revenue"].where(rows["account_id"] != name))
        for part, rows in (("accounts", design.accounts), ("table", design.table))
    }
    again = renewal.outlook(replace(design, **blank), tables["accounts"], draws=50)
    row = again.table.set_index("account_id").loc[name]
    assert np.isnan(row["expected_loss"])
    assert has(row["flag"], "revenue_unknown")
    assert again.at_risk["revenue"].iloc[-1] < found.at_risk["revenue"].iloc[-1]


def test_nothing_decided_gives_no_outlook_but_a_sentence(tables):
    design = made.designed(tables, as_of="2021-01-01")
    found = renewal.outlook(design, tables["accounts"], draws=20)
    assert found.table.empty
    assert str(found).startswith("No outlook: ")
