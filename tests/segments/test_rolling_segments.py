"""Segments of all accounts, where each wave asks a slice of them."""

import numpy as np
import pandas as pd
import pytest

from crqlab import participation, renewal, scores, segments
from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.base.wave_entries import Wave
from crqlab.segments import mix
from crqlab.simulate import panel as drawn_panel
from crqlab.simulate.raw import CODEBOOK

SLICES = {f"{year}P{half}": Wave(slice=True) for year in (2024, 2025) for half in (1, 2)}
BOOK = yaml_documents.load(CODEBOOK, Codebook).model_copy(update={"waves": SLICES})
RULES = segments.starting()
KEYS = ["client_id", "wave", "account_id"]
LAST = "2025P2"


def sort(drawn, until="9"):
    """Sort the accounts of a panel, as its waves up to one tell them."""
    answers, asked = (t[t["wave"] <= until] for t in (drawn.responses, drawn.contacts))
    people = scores.respondents(answers, BOOK)
    became = participation.dispositions(asked, answers, drawn.accounts).table
    models = scores.account_models(people, answers, BOOK)
    current = scores.current_accounts(became, drawn.outcomes, answers, BOOK)
    told = scores.posterior(people, answers, models, BOOK, current=current)
    silent = participation.silent(asked, answers, drawn.accounts, people).table
    account_scores = scores.accounts(people, BOOK)
    found = segments.panel(
        account_scores, people, drawn.accounts, answers, drawn.outcomes, RULES, BOOK.instrument,
        silent=silent, modelled=(models, told), draws=100,
    )  # fmt: skip
    return found, current, became, account_scores


@pytest.fixture(scope="module")
def drawn():
    return drawn_panel(clients=12, waves=(2024, 2025), slices=2, seed=8)


@pytest.fixture(scope="module")
def found(drawn):
    return sort(drawn)


def test_all_current_accounts_have_a_state_and_silent_ones_none(found):
    panel, current, *_ = found
    rows = panel.table.merge(current, on=KEYS)
    assert len(rows) == len(current) == len(panel.table)
    waiting = panel.scored["waiting"].to_numpy()
    assert 0.35 < waiting.mean() < 0.65  # half of the accounts are asked in each half-year
    assert (rows["status"] == "silent").sum() == rows["silent"].sum()
    assert rows.loc[waiting, "segment"].notna().mean() > 0.7
    assert (panel.table.loc[waiting, "n"] == 0).all()
    flags = panel.table.loc[waiting & panel.table["segment"].notna(), "flag"]
    assert set(flags) == {"not_asked_now"}


def test_who_was_never_heard_has_no_segment_and_counts_in_the_mix(found):
    panel, *_ = found
    table = panel.table
    strangers = table["reason_then"] == "never_heard"
    assert strangers.sum() > 20
    assert (table.loc[strangers, "status_then"] == "unjudged").all()
    assert table.loc[strangers, ["segment_then", "p_then", "second_then"]].isna().all(axis=None)
    heard = panel.scored["n"].gt(0).groupby([table["client_id"], table["account_id"]])
    ever = heard.transform("any")
    assert not (table["reason"].eq("never_heard") & ever).any()
    counted = mix(panel).table.query("status == 'sorted'").groupby(["client_id", "wave"])["n"].sum()
    silent = table[table["status"] != "silent"].groupby(["client_id", "wave"]).size()
    assert counted.tolist() == silent.reindex(counted.index).tolist()


def test_states_of_accounts_not_asked_are_less_sure_and_come_true_as_often_as_told(found, drawn):
    panel, *_ = found
    truth = drawn.true_accounts.set_index(KEYS)["segment"]
    rows = panel.table[panel.table["segment_then"].notna() & (panel.table["wave"] > "2024P1")]
    true = truth.reindex(pd.MultiIndex.from_frame(rows[KEYS])).to_numpy()
    came, asked = (rows["segment_then"] == true).to_numpy(), (rows["n"] > 0).to_numpy()
    told = rows["p_then"].to_numpy()
    assert told[~asked].mean() < told[asked].mean() - 0.02
    assert (~asked).sum() > 300
    assert abs(told[~asked].mean() - came[~asked].mean()) < 0.06


def test_the_mix_of_a_wave_is_that_of_all_accounts(found, drawn):
    panel, *_ = found
    total = mix(panel).total.query("wave == @LAST and status == 'sorted'").set_index("segment")
    rows = panel.table[(panel.table["wave"] == LAST) & (panel.table["status"] != "silent")]
    truth = drawn.true_accounts.merge(rows[KEYS], on=KEYS)["segment"].value_counts(normalize=True)
    inside = total["low_then"].le(truth.reindex(total.index, fill_value=0)) & total["high_then"].ge(
        truth.reindex(total.index, fill_value=0)
    )
    assert inside.sum() >= 4
    assert total["n"].sum() == len(rows)


def test_later_answers_do_not_move_what_a_wave_knew(found, drawn):
    early, *_ = sort(drawn, until="2025P1")
    both = early.table.merge(found[0].table, on=KEYS, suffixes=("", "_whole"))
    kept = both[both["wave"] == "2025P1"]
    assert len(kept) > 200
    assert kept["segment_then"].fillna("").eq(kept["segment_then_whole"].fillna("")).all()
    assert np.allclose(kept["p_then"], kept["p_then_whole"], equal_nan=True)


def test_contracts_count_once_and_moves_are_of_all_accounts(found):
    panel, current, *_ = found
    went, _ = segments.migration(panel)
    last = went[(went["wave"] == LAST) & (went["from_wave"] == "2025P1")]
    now, before = (set(current.loc[current["wave"] == w, "account_id"]) for w in (LAST, "2025P1"))
    clients = set(last["client_id"])
    gone = sum(account[:3] in {client[1:] for client in clients} for account in before - now)
    assert 0 < gone < 0.2 * len(now)
    assert last.loc[last["status"] == "not_asked", "expected"].sum() == pytest.approx(gone)
    sorted_both = last.query("from_status == 'sorted' and status == 'sorted'")["expected"].sum()
    assert sorted_both > 0.6 * (panel.table["wave"] == LAST).sum()


def test_the_outlook_foretells_accounts_of_all_slices(found, drawn):
    *_, became, account_scores = found
    tables = (drawn.responses, drawn.contacts, drawn.accounts, account_scores, drawn.outcomes)
    design = renewal.design(*tables, BOOK)
    asked = renewal.outlook(design, drawn.accounts, draws=20)
    both = renewal.outlook(design, drawn.accounts, became, draws=20)
    assert set(asked.table["account_id"]) < set(both.table["account_id"])
    last = became[became["wave"] == LAST]
    waits = last.loc[last["status"] == "not_asked", ["client_id", "account_id"]]
    more = both.table.merge(waits, on=["client_id", "account_id"])
    assert len(more) > 0.7 * len(waits)
    assert set(more["wave"]) == {LAST}
    gone = drawn.outcomes[drawn.outcomes["outcome"] == "churned"]
    invited = drawn.contacts[drawn.contacts["invited"]]
    asked_on = invited.groupby("account_id")["invited_on"].max() + pd.Timedelta(days=28)
    after = gone["decided_on"] > gone["account_id"].map(asked_on)
    assert not set(gone.loc[after, "account_id"]) & set(both.table["account_id"])
    rest = both.table.merge(asked.table, on=["client_id", "account_id"], suffixes=("", "_asked"))
    assert np.corrcoef(rest["p_renew"], rest["p_renew_asked"])[0, 1] > 0.99


def test_a_yearly_programme_is_sorted_as_before():
    drawn = drawn_panel(clients=12, waves=(2024, 2025), seed=8)
    panel, current, became, _ = sort(drawn)
    assert current.empty
    assert not panel.scored["waiting"].any()
    assert set(became["status"]).isdisjoint({"not_asked"})
