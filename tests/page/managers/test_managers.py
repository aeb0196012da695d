"""Account managers: sums of their accounts, by name, never by score, never tied to pay."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.base.contracts.frames import empty
from crqlab.language import language
from crqlab.page.managers import manager_scores, select
from crqlab.participation.account_dispositions import UNASKED
from crqlab.segments import starting
from tests.page.reworded import elements, in_other_words, numbers


@pytest.fixture
def managers(asked_study_of):
    """Return the selection from the study of three managers."""
    return lambda view: select.managers(asked_study_of(managers=3), view)


@pytest.fixture
def drawn(managers):
    """Lay out a view whose managers are selected anew."""
    return lambda view: manager_scores(dataclasses.replace(view, managers=managers(view)))


def facts(view):
    return view.accounts[~view.accounts["status"].isin(UNASKED)]


def sorted_view(view):
    """The view with segments and an outlook made by hand."""
    ids = facts(view)["account_id"]
    turn = np.arange(len(ids)) % 3
    segments = pd.DataFrame(
        {"account_id": ids, "segment": np.array(["Rational", "Opponent", None], object)[turn]}
    )
    loss = pd.DataFrame({"account_id": ids, "expected_loss": 10.0, "expected_low": 4.0,
                         "expected_high": 30.0})  # fmt: skip
    return dataclasses.replace(
        view,
        segments=dataclasses.replace(view.segments, accounts=segments, traits=starting().traits),
        renewal=dataclasses.replace(view.renewal, accounts=loss.assign(chance="")),
    )


def losing(monkeypatch, view):
    """Let the station's table have the losses of a view made by hand."""
    known, loss = select.table, view.renewal.accounts.assign(client_id="C017", wave="2025")
    monkeypatch.setattr(
        select, "table", lambda study, name, **of: loss if name == "outlook" else known(
            study, name, **of))  # fmt: skip


def test_sums_are_those_of_the_managers_accounts(asked_view_of, asked_study_of, managers):
    view = asked_view_of(managers=3)
    exact = asked_study_of(managers=3).read("account_scores", client="C017", wave="2025")
    exact = exact.set_index("account_id")["shrunken"]
    made = managers(view).table
    for row in made.itertuples():
        own = facts(view)[facts(view)["manager"] == row.manager]
        assert row.n_accounts == len(own)
        assert row.n_silent == (own["status"] == "silent").sum()
        assert row.n_heard + row.n_silent == row.n_accounts
        assert row.revenue == pytest.approx(own["revenue"].sum())
        heard = own["revenue"][own["status"] != "silent"].sum()
        assert row.revenue_heard == pytest.approx(heard / row.revenue)
        scores = exact.reindex(own["account_id"]).dropna()
        assert row.value == pytest.approx(scores.mean())
        assert (row.low, row.high) == pytest.approx((row.value - 0.25, row.value + 0.35))
        assert row.n_scored == len(scores)
        assert row.n_people == own["n"].sum()


def test_order_is_the_alphabets_and_pay_is_warned_of(asked_view_of, drawn):
    view = asked_view_of(managers=3)
    shown = drawn(view)
    heads = [th.get_text() for th in BeautifulSoup(shown.html, "html.parser").select("tbody th")]
    assert heads == sorted(heads) == ["Manager 0", "Manager 1", "Manager 2"]
    assert "Do not tie pay to these numbers" in shown.html
    assert "Expected loss" not in shown.html
    assert "In a weak segment" not in shown.html


def test_segments_and_losses_stand_where_the_stations_were_run(
    asked_view_of, managers, drawn, monkeypatch
):
    view = sorted_view(asked_view_of(managers=3))
    losing(monkeypatch, view)
    made = managers(view).table
    assert made["at_risk"].sum() == (view.segments.accounts["segment"] == "Opponent").sum()
    assert made["n_sorted"].sum() == view.segments.accounts["segment"].notna().sum()
    assert made["expected_loss"].tolist() == (10.0 * made["n_accounts"]).tolist()
    assert (made["expected_low"] < made["expected_loss"]).all()
    html = drawn(view).html
    assert "In a weak segment" in html
    assert "Expected loss (EUR)" in html
    own = facts(view).index[facts(view)["manager"] == made["manager"][0]]
    for few, told in ((1, False), (2, True)):  # of one, the sum less the others tells its loss
        veiled = view.renewal.accounts.assign(expected_loss=10.0)
        ids = view.accounts["account_id"][own[:few]]
        veiled.loc[veiled["account_id"].isin(ids), "expected_loss"] = np.nan
        renewal = dataclasses.replace(view.renewal, accounts=veiled)
        sums = managers(dataclasses.replace(view, renewal=renewal)).table["expected_loss"]
        assert sums.notna().tolist() == [told, True, True]


def test_accounts_without_a_manager_come_last_and_are_not_lost(asked_view_of, managers, drawn):
    view = asked_view_of(managers=3)
    left = view.accounts.assign(manager=view.accounts["manager"].where(view.accounts.index > 1))
    made = managers(dataclasses.replace(view, accounts=left)).table
    assert made["manager"].isna().tolist() == [False, False, False, True]
    assert made["n_accounts"].sum() == len(facts(view))
    assert "none named" in drawn(dataclasses.replace(view, accounts=left)).html


def test_fewer_than_two_managers_is_a_sentence(view_of, drawn):
    said = drawn(view_of())
    assert "fewer than two are known" in str(said)
    assert "<table" not in said.html


def test_without_scores_or_revenue_the_rest_stands(asked_view_of, drawn, monkeypatch):
    view = asked_view_of(managers=3)
    monkeypatch.setattr(select, "table", lambda _, name, **__: empty(name))
    bare = view.accounts.assign(shrunken=np.nan, revenue=np.nan)
    shown = drawn(dataclasses.replace(view, accounts=bare))
    assert "no account has a score" in shown.html
    assert "Revenue" not in shown.html
    assert "nan" not in shown.html


def test_names_cannot_break_out(asked_view_of, drawn):
    view = asked_view_of(managers=3)
    evil = view.accounts.assign(manager=view.accounts["manager"].replace("Manager 1", "<b>x</b>"))
    assert "<b>" not in drawn(dataclasses.replace(view, accounts=evil)).html


def test_what_is_shown_follows_from_no_word(asked_view_of, drawn, monkeypatch):
    view = sorted_view(asked_view_of(managers=3))
    losing(monkeypatch, view)
    plain, other = drawn(view).html, drawn(in_other_words(view)).html
    assert elements(other) == elements(plain)
    assert numbers(other) == numbers(plain)


def test_managers_in_swedish(asked_view_of):
    view = dataclasses.replace(asked_view_of(managers=3), language=language("sv"))
    row = view.managers.table.iloc[0]
    shown = manager_scores(view)
    assert f"{row['low']:.1f} till {row['high']:.1f}".replace(".", ",") in shown.html
    assert "3 kundansvariga ansvarar för 14 kunder; 2 av dem har tysta kunder" in str(shown)
