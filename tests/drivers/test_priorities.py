"""The one thing to fix: planted where it is planted, no clear thing where there is none."""

import numpy as np
import pandas as pd
import pytest

from crqlab import drivers
from crqlab.drivers.empirical_bayes import PANEL, borrowed
from crqlab.drivers.priority import chances, firsts
from crqlab.stats import linearised
from tests.drivers.made import account_table, codebook, respondents

OPTIONS = {"draws": 80, "seed": 5}


def panel(poor, clients=13):
    """Return a panel in which the first client does one driver badly."""
    people = respondents(clients=clients, accounts=12, seed=2)
    first = people["client_id"] == "C00"
    return people.assign(**{poor: people[poor] - 1.2 * first})


def prioritised(people, accounts=True):
    found = drivers.weights(people, codebook(), **OPTIONS)
    table = account_table(people) if accounts else None
    return drivers.priorities(found, people, codebook(), table, seed=5)


@pytest.fixture(scope="module")
def found():
    return prioritised(panel("care"))


def test_the_planted_thing_is_named_with_its_evidence(found):
    row = found.of("client", client="C00").iloc[0]
    assert (row["driver"], bool(row["clear"]), row["reference"]) == ("care", True, "top_decile")
    assert row["probability"] > 0.9
    assert row["gap"] == pytest.approx(row["target"] - row["performance"])
    assert row["n_accounts"] == 12
    rows = found.table[found.table["client_id"] == "C00"].set_index("driver")
    assert rows["probability"].sum() == pytest.approx(1)
    assert rows.loc["care", "gap_low"] > 0
    assert rows.loc["care", "pressure"] == pytest.approx(
        rows.loc["care", "importance"] * rows.loc["care", "gap"]
    )


def test_a_mean_has_one_interval_wherever_it_stands():
    people = panel("care")
    found = prioritised(people).table
    cells = people.groupby(["client_id", "account_id"])["care"].agg(["sum", "size"]).reset_index()
    own = linearised.ratios(
        cells[["sum"]].set_index(cells["account_id"]),
        cells[["size"]].set_index(cells["account_id"]).set_axis(["sum"], axis=1),
        cells["client_id"],
    ).set_index("block")
    rows = found[found["driver"] == "care"].set_index("client_id")
    ends = rows[["performance_low", "performance_high"]].to_numpy()
    assert ends == pytest.approx(own.loc[rows.index, ["low", "high"]].to_numpy())


def test_importance_says_how_many_complete_answers_it_rests_on():
    people = panel("care")
    people.loc[people.index[:7], "care"] = np.nan
    rows = prioritised(people).table.set_index(["client_id", "driver"])
    complete = people["care"].notna()
    mine = complete & (people["client_id"] == "C00")
    assert (rows["n_panel"] == complete.sum()).all()
    assert (rows.loc["C00", "n_own"] == mine.sum()).all()
    assert mine.sum() == (people["client_id"] == "C00").sum() - 7


def test_a_driver_that_does_not_matter_is_not_the_one():
    row = prioritised(panel("value")).of("client", client="C00").iloc[0]
    assert row["driver"] != "value"


def test_clients_are_held_against_the_others_of_their_wave(found):
    people = panel("care")
    means = people.groupby("client_id")[["crq", "care"]].mean()
    rows = found.table[found.table["driver"] == "care"].set_index("client_id")
    for client in ("C00", "C05", means["crq"].idxmax()):
        others = means.drop(client)
        assert rows.loc[client, "panel"] == pytest.approx(others["care"].mean())
        best = others.nlargest(2, "crq")["care"].mean()
        assert rows.loc[client, "top"] == pytest.approx(best)
        assert rows.loc[client, "performance"] == pytest.approx(means.loc[client, "care"])


def test_with_few_other_clients_the_scale_is_the_reference():
    rows = prioritised(respondents(clients=3, accounts=12)).table
    assert set(rows["reference"]) == {"scale_end"}
    assert rows[["panel", "top"]].isna().all().all()
    np.testing.assert_allclose(rows["gap"], 7 - rows["performance"])
    assert set(rows["flag"]) == {'{"code": "few_other_clients", "minimum": 10}'}


def test_managers_and_accounts_are_asked_the_same(found):
    managers, accounts = (
        found.of("account_manager", client="C00"),
        found.of("account", client="C00"),
    )
    assert managers["unit"].tolist() == ["M0", "M1", "M2"]
    assert managers["n_accounts"].tolist() == [4, 4, 4]
    assert managers["n"].sum() == 48
    assert len(accounts) == 12
    assert (accounts["driver"] == "care").mean() > 0.6
    both = accounts["probability"] + accounts["runner_up_probability"]
    assert (both <= 1 + 1e-12).all()
    assert (accounts["probability"] >= accounts["runner_up_probability"]).all()


def test_an_account_manager_is_called_clear_by_the_rule_of_clients(found):
    assert found.of("account_manager", client="C00")["probability"].min() > 0.6
    assert not found.of("account_manager", client="C00")["clear"].any()  # four accounts each
    people = respondents(clients=13, accounts=24, seed=2)
    people["care"] -= 1.2 * (people["client_id"] == "C00")
    eight = prioritised(people).of("account_manager")
    poor = eight["client_id"] == "C00"
    assert set(eight["n_accounts"]) == {8}
    assert eight.loc[poor, "clear"].all()
    assert eight.loc[~poor, "clear"].mean() < 0.5


def test_few_voices_draw_an_account_to_its_client():
    people = panel("care")
    lone = people[~((people["account_id"] == "A0000") & (people.index % 4 > 0))]
    lone = lone.assign(care=lone["care"].where(lone["account_id"] != "A0000", 1.0))
    found = prioritised(lone)
    row = found.of("account", client="C00").set_index("unit").loc["A0000"]
    client = found.table.query("client_id == 'C00'").set_index("driver")["performance"]
    assert row["flag"] == '{"code": "few_answers", "minimum": 3}'
    assert row["n"] == 1
    assert row["driver"] == "care"
    assert 1 < row["performance"] < client["care"]


def test_one_account_has_no_probability():
    people = respondents(clients=1, accounts=1, each=30)
    found = prioritised(people, accounts=False)
    row = found.of("client").iloc[0]
    assert np.isnan(row["probability"])
    assert not row["clear"]
    assert found.of("account_manager").empty


def test_nothing_is_put_first_where_nothing_is_known_to_move():
    people = respondents(clients=1, accounts=2, each=2)
    found = prioritised(people)
    assert found.table.empty
    assert found.focus.empty
    assert str(found).startswith("Nothing can be put first")
    assert drivers.largest(found.table).empty


def test_where_everything_is_above_the_reference_it_says_so():
    people = panel("care")
    best = people["client_id"] == "C00"
    for name in ("care", "speed", "value", "crq"):
        people[name] = people[name].where(~best, 6.9)
    row = prioritised(people).of("client", client="C00").iloc[0]
    assert not row["clear"]
    assert row["flag"] == "no_gap"


def test_importance_is_borrowed_as_far_as_own_answers_cannot_tell():
    rng = np.random.default_rng(6)
    panel_shares = 0.25 + 0.001 * rng.normal(size=(50, 4))

    def client(middle, sd):
        return np.array(middle) + sd * rng.normal(size=(50, 4)) * np.r_[0, np.ones(49)][:, None]

    apart = {PANEL: panel_shares}
    for i in range(6):
        middle = [0.45, 0.15, 0.2, 0.2] if i % 2 else [0.05, 0.35, 0.3, 0.3]
        apart[(f"C{i}", "1")] = client(middle, 0.02)
    answers = dict.fromkeys(apart, 200)
    own = borrowed(apart, answers)[("C1", "1")]
    assert own[1] > 0.9
    assert own[0][0][0] == pytest.approx(0.45, abs=0.03)
    few = borrowed(apart, answers | {("C1", "1"): 5})[("C1", "1")]
    assert few[1] < own[1]
    assert 0.25 < few[0][0][0] < own[0][0][0]
    np.testing.assert_allclose(few[0].sum(axis=1), 1)


def test_chances_are_shares_of_draws_and_ties_go_to_the_greater_pressure():
    pressure = np.array([[[0.2, 0.1, 0.0]], [[0.1, 0.3, 0.0]]])
    chance = chances(pressure)
    assert chance.tolist() == [[0.5, 0.5, 0.0]]
    first, second = firsts(chance, np.array([[0.15, 0.2, 0.0]]))
    assert (first.item(), second.item()) == (1, 0)


def test_results_do_not_depend_on_row_order(found):
    mixed = panel("care").sample(frac=1, random_state=3)
    other = prioritised(mixed)
    pd.testing.assert_frame_equal(found.table, other.table)
    columns = ["kind", "unit", "driver", "probability", "gap"]
    one = found.focus[found.focus["kind"] != "account_manager"][columns]
    two = other.focus[other.focus["kind"] != "account_manager"][columns]
    pd.testing.assert_frame_equal(one, two)
