"""Years of a relationship: counted by hand, and honeymoons found as they were drawn."""

import numpy as np
import pandas as pd
import pytest

from crqlab import participation, scores, simulate
from crqlab.base.codebook import Codebook
from crqlab.base.contracts.frames import empty
from crqlab.base.yaml_documents import load
from crqlab.scores.relationship_years import LATER
from crqlab.simulate.raw import CODEBOOK
from crqlab.stats.strata_contrasts import contrast_weights

KEYS = ["client_id", "wave", "account_id"]
FALL = 0.8


def found_of(panel):
    book = load(CODEBOOK, Codebook)
    people = scores.respondents(panel.responses.assign(weight=np.nan), book)
    by_account = scores.accounts(people, book)
    held = participation.continuity(panel.contacts, panel.responses, panel.accounts)
    return scores.years(by_account, panel.accounts, panel.outcomes, panel.contacts, held.table,
                        book.instrument)  # fmt: skip


@pytest.fixture(scope="module")
def fallen():
    panel = simulate.panel(clients=200, honeymoon=FALL)
    return panel, found_of(panel)


def made():
    """Four accounts in two waves, asked on the first of March."""
    waves, ids = ["2024", "2025"], ["new", "old", "lost", "gone"]
    grid = pd.MultiIndex.from_product([["C1"], waves, ids], names=KEYS).to_frame(index=False)
    grid = grid[(grid["account_id"] != "new") | (grid["wave"] == "2025")]
    grid = grid[(grid["account_id"] != "gone") | (grid["wave"] == "2025")]
    return {
        "account_scores": grid.assign(crq=5.0, nps=0.0, mean_ltr=8.0),
        "accounts": pd.DataFrame({
            "client_id": "C1", "account_id": ids,
            "customer_since": pd.to_datetime(
                ["2024-09-01", "2015-03-02", "2022-01-01", "2022-09-01"]),
            "last_delivery": pd.to_datetime([None, "2023-02-01", None, None]),
        }),
        "outcomes": pd.DataFrame({
            "client_id": "C1", "account_id": ["old", "old", "lost"],
            "due_on": pd.to_datetime(["2024-06-01", "2025-06-01", "2023-06-01"]),
            "outcome": ["renewed", "renewed", "churned"],
        }),
        "contacts": grid.assign(invited=True, invited_on=pd.to_datetime(grid["wave"] + "-03-01")),
        "continuity": pd.DataFrame({
            "client_id": "C1", "wave": "2025", "account_id": ["old", "lost"], "value": [0.5, 0.4],
        }),
    }  # fmt: skip


def test_years_are_counted_from_each_day_that_is_known():
    tables = made()
    found = scores.years(*tables.values(), load(CODEBOOK, Codebook).instrument)
    rows = found.accounts.set_index(["account_id", "wave", "since"])
    assert rows.loc[("new", "2025", "customer_since"), "year"] == 1
    assert rows.loc[("old", "2025", "customer_since"), "year"] == 5
    assert rows.loc[("lost", "2024", "customer_since"), "year"] == 3
    assert rows.loc[("old", "2024", "last_delivery"), "year"] == 2
    assert rows.loc[("old", "2025", "last_renewal"), "years"] == pytest.approx(273 / 365.25)
    assert ("old", "2024", "last_renewal") not in rows.index  # of a later day
    assert ("lost", "2025", "last_renewal") not in rows.index  # which churned


def test_contact_is_kept_where_half_of_the_people_stayed():
    found = scores.years(*made().values(), load(CODEBOOK, Codebook).instrument)
    rows = found.accounts[found.accounts["since"] == "customer_since"]
    contact = rows.set_index(["account_id", "wave"])["contact"]
    assert contact.to_dict() == {
        ("old", "2024"): "unknown", ("lost", "2024"): "unknown", ("new", "2025"): "unknown",
        ("old", "2025"): "kept", ("lost", "2025"): "lost", ("gone", "2025"): "lost",
    }  # fmt: skip


def test_without_dates_there_is_nothing_to_tell():
    tables = made() | {"contacts": made()["contacts"].assign(invited_on=pd.NaT)}
    found = scores.years(*tables.values(), load(CODEBOOK, Codebook).instrument)
    assert found.table.empty
    assert str(found) == (
        "Too early to say whether scores fall after the first year: too few accounts"
    )


def test_a_honeymoon_is_found_where_contact_was_lost(fallen):
    gaps = fallen[1].of("", "2025").gaps.query("since == 'customer_since' and measure == 'crq'")
    gaps = gaps.set_index("contrast")
    assert gaps.loc["lost", "verdict"] == "lower"
    assert gaps.loc["kept_less_lost", "verdict"] == "higher"
    assert gaps.loc["lost", "low"] < -0.9 * FALL < gaps.loc["lost", "high"]
    assert abs(gaps.loc["kept", "value"]) < 0.35 * FALL  # some are kept by chance, though lost


def test_intervals_of_clients_hold_what_was_drawn(fallen):
    panel, found = fallen
    rows = found.accounts.query("since == 'customer_since'").merge(panel.true_accounts, on=KEYS)
    later = rows["year"].isin(LATER)
    rows = rows[later | (rows["year"] == 1)].reset_index(drop=True)
    weights = contrast_weights(rows["year"] > 1, rows["client_id"] + rows["wave"],
                               rows["client_id"])  # fmt: skip
    truth = (-0.95 * rows["fallen"] * weights).groupby(rows["client_id"]).sum()  # less the ceiling
    gaps = found.gaps.query("since == 'customer_since' and measure == 'crq' and wave == '2025'")
    gaps = gaps[(gaps["contrast"] == "all") & gaps["low"].notna() & (gaps["client_id"] != "")]
    gaps = gaps.set_index("client_id")
    truth = truth.reindex(gaps.index)
    held = (gaps["low"] <= truth) & (truth <= gaps["high"])
    held = held.loc[gaps.index]
    assert len(held) >= 50
    assert 0.9 <= held.mean() <= 0.99


def test_a_wave_knows_only_the_waves_up_to_it(fallen):
    tables = {**made(), "account_scores": made()["account_scores"].assign(crq=[4.0, 5, 6, 5, 4, 5])}
    asked = load(CODEBOOK, Codebook).instrument
    whole = scores.years(*tables.values(), asked)
    for name in ("account_scores", "contacts", "continuity"):
        tables[name] = tables[name][tables[name]["wave"] <= "2024"]
    then = whole.table[whole.table["wave"] <= "2024"].reset_index(drop=True)
    pd.testing.assert_frame_equal(scores.years(*tables.values(), asked).table, then)


def test_a_panel_of_no_accounts_has_empty_tables():
    none = empty("account_scores")
    found = scores.years(none.assign(mean_ltr=np.nan), *(empty(name) for name in (
        "accounts", "outcomes", "contacts", "continuity")),
        load(CODEBOOK, Codebook).instrument)  # fmt: skip
    assert found.gaps.empty
