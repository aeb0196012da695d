"""The state of all accounts, where each quarter asks a slice of them."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab.base import yaml_documents
from crqlab.base.codebook import Codebook
from crqlab.participation import dispositions
from crqlab.scores import account_models, respondents, rolling
from crqlab.simulate import Panel, panel
from crqlab.simulate.raw import CODEBOOK

BOOK = yaml_documents.load(CODEBOOK, Codebook)


def told(drawn: Panel, **changed: pd.DataFrame):
    """Return the rolling state of a panel, some of whose tables may be changed."""
    answers = changed.get("responses", drawn.responses)
    asked = changed.get("contacts", drawn.contacts)
    people = respondents(answers, BOOK)
    became = dispositions(asked, answers, drawn.accounts).table
    models = account_models(people, answers, BOOK)
    state = rolling(people, answers, became, drawn.outcomes, models, BOOK, draws=60)
    return state, became, models


@pytest.fixture(scope="module")
def quarters() -> Panel:
    return panel(clients=10, waves=(2023, 2024), slices=4, seed=4, nonresponse="random")


@pytest.fixture(scope="module")
def found(quarters: Panel):
    return told(quarters)


def test_all_accounts_count_and_few_of_them_were_heard(found) -> None:
    state, became, _ = found
    rows = state.table[(state.table["measure"] == "crq") & (state.table["wave"] == "2024Q4")]
    asked = became[became["wave"] == "2024Q4"].groupby("client_id")["status"]
    answered = asked.agg(lambda s: (s == "answered").sum())
    assert rows["n_heard"].tolist() == answered.reindex(rows["client_id"]).tolist()
    assert (rows["n_accounts"] >= 3 * rows["n_heard"]).all()
    assert (rows["n_recent"] > rows["n_heard"]).all()


def test_intervals_hold_the_truth_of_all_accounts(quarters, found) -> None:
    state, *_ = found
    truth = quarters.true_accounts.groupby(["client_id", "wave"])[["crq", "nps", "mean_ltr"]].mean()
    for measure in truth:
        rows = state.table[state.table["measure"] == measure]
        true = truth[measure].reindex(pd.MultiIndex.from_frame(rows[["client_id", "wave"]]))
        held = rows["low"].le(true.to_numpy()) & rows["high"].ge(true.to_numpy())
        assert len(rows) > 60
        assert 0.85 <= held.mean() <= 1.0


def test_a_change_is_that_of_the_same_quantity(quarters, found) -> None:
    state, *_ = found
    rows = state.changes[state.changes["measure"] == "crq"]
    back = rows.groupby(["client_id", "wave"])["from_wave"].agg(list)
    last = back.loc[(slice(None), "2024Q4")].map(tuple)
    assert last.mode().tolist() == [("2023Q4", "2024Q3")]  # others were silent in between, or new
    truth = quarters.true_accounts.groupby(["client_id", "wave"])["crq"].mean()
    ends = [
        truth.reindex(pd.MultiIndex.from_arrays([rows["client_id"], rows[wave]])).to_numpy()
        for wave in ("wave", "from_wave")
    ]
    step = ends[0] - ends[1]
    assert (rows["low"].le(step) & rows["high"].ge(step)).mean() >= 0.9
    assert abs((rows["value"] - step).mean()) < 0.05
    clear = rows["low"].gt(0) | rows["high"].lt(0)
    assert (clear == rows["p"].lt(0.05)).all()


def test_later_answers_do_not_move_an_earlier_state(quarters, found) -> None:
    state, *_ = found
    early = quarters.responses[quarters.responses["wave"] < "2024Q3"]
    asked = quarters.contacts[quarters.contacts["wave"] < "2024Q3"]
    again, *_ = told(quarters, responses=early, contacts=asked)
    kept = state.table[state.table["wave"] < "2024Q3"].reset_index(drop=True)
    both = again.table.merge(kept, on=["client_id", "wave", "measure"], suffixes=("", "_kept"))
    assert len(both) == len(again.table)
    assert (both["value"] == both["value_kept"]).all()


def test_what_was_lost_before_does_not_count(quarters, found) -> None:
    _, became, models = found
    people = respondents(quarters.responses, BOOK)
    waiting = became[(became["wave"] == "2024Q4") & (became["status"] == "not_asked")]
    lost = waiting.groupby("client_id").head(1)[["client_id", "account_id"]]
    none = quarters.outcomes.iloc[:0]
    gone = lost.assign(outcome="churned", due_on=pd.Timestamp("2024-08-01"), decided_on=pd.NaT)
    counts = []
    for outcomes in (none, pd.concat([none, gone.assign(revenue=1.0)])):
        table = rolling(people, quarters.responses, became, outcomes, models, BOOK, draws=8).table
        rows = table[(table["measure"] == "crq") & (table["wave"] == "2024Q4")]
        counts.append(rows.set_index("client_id")["n_accounts"])
    assert (counts[0] - counts[1]).reindex(lost["client_id"]).tolist() == [1] * len(lost)


def test_a_yearly_programme_has_no_rolling_state() -> None:
    state, *_ = told(panel(clients=12, waves=(2024, 2025), seed=4))
    assert state.table.empty
    assert state.changes.empty
    assert str(state).startswith("Every wave asks all accounts")


def test_plain_means_of_a_year_are_those_of_its_answers(quarters: Panel, found) -> None:
    state, *_ = found
    people = respondents(quarters.responses, BOOK)
    year = people[people["wave"].isin(["2024Q1", "2024Q2", "2024Q3", "2024Q4"])]
    year = year.sort_values("wave").drop_duplicates(["client_id", "contact_id"], keep="last")
    rows = state.table[state.table["wave"] == "2024Q4"].set_index(["client_id", "measure"])
    for measure in ("crq", "mean_ltr"):
        name = "ltr" if measure == "mean_ltr" else measure
        mean, n = (year.groupby("client_id")[name].agg(how) for how in ("mean", "count"))
        own = rows.xs(measure, level="measure").dropna(subset="year_mean")
        assert len(own) >= 8
        assert own["year_mean"].round(9).tolist() == mean.reindex(own.index).round(9).tolist()
        assert own["n_year"].tolist() == n.reindex(own.index).tolist()
        assert (own["year_low"] < own["year_mean"]).all()
        assert (own["year_least"] < own["n_year"]).all()
    known = rows.dropna(subset="year_mean")
    assert (known["year_mean"] != known["value"]).all()  # two quantities, named apart
