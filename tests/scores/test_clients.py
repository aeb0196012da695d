"""Client scores: every way of counting by hand, their laws, and their edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import DataError, scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.cautions import codes
from crqlab.base.contracts.schema import check
from tests.scores import made


def hand():
    """Two accounts, three people: 6 (executive, LTR 10), 4 and 2 (users, LTR 8 and 3)."""
    book = made.codebook()
    score = [6.0, 4.0, 2.0]
    rows = {
        "client_id": "C",
        "wave": "1",
        "response_id": ["a", "b", "c"],
        "account_id": ["A", "A", "B"],
        "contact_id": "p",
        "role": ["executive", "user", "user"],
        "seniority": [1.0, 3.0, 3.0],
        "confidence": [2.0, 6.0, np.nan],
        "n_items": 12,
        "ltr": [10.0, 8.0, 3.0],
    }
    scored = dict.fromkeys(["crq", "uniqueness", *book.instrument.constructs], score)
    pays = pd.DataFrame({"client_id": "C", "account_id": ["A", "B"], "revenue": [30.0, 10.0]})
    return pd.DataFrame(rows | scored), pays, book


@pytest.mark.parametrize(
    ("measure", "roll_up", "value", "n_respondents", "n_accounts"),
    [
        ("crq", "respondents", 4.0, 3, 2),
        ("crq", "accounts", (5 + 2) / 2, 3, 2),
        ("crq", "revenue", (30 * 5 + 10 * 2) / 40, 3, 2),
        ("crq", "role", (3 * 6 + 4 + 2) / 5, 3, 2),
        ("crq", "confidence", (2 * 6 + 6 * 4) / 8, 2, 1),
        ("crq", "senior", (6 + 2) / 2, 2, 2),
        ("nps", "respondents", 0.0, 3, 2),
        ("nps", "accounts", (50 - 100) / 2, 3, 2),
        ("nps", "revenue", (30 * 50 - 10 * 100) / 40, 3, 2),
        ("nps", "role", (3 * 100 - 100) / 5, 3, 2),
        ("mean_ltr", "respondents", 7.0, 3, 2),
        ("mean_ltr", "senior", (10 + 3) / 2, 2, 2),
        ("trust", "senior", 4.0, 2, 2),
    ],
)
def test_every_way_of_counting_by_hand(measure, roll_up, value, n_respondents, n_accounts):
    found = scores.clients(*hand())
    row = found[(found["measure"] == measure) & (found["roll_up"] == roll_up)].iloc[0]
    assert row["value"] == pytest.approx(value)
    assert (row["n_respondents"], row["n_accounts"]) == (n_respondents, n_accounts)


def test_the_senior_voice_is_the_senior_one_among_those_who_answered():
    rows, pays, book = hand()
    rows.loc[0, "ltr"] = np.nan
    found = scores.clients(rows, pays, book)
    senior = found[found["roll_up"] == "senior"].set_index("measure")["value"]
    assert senior["mean_ltr"] == (8 + 3) / 2
    assert senior["crq"] == 4.0


def test_says_of_how_many_a_weight_is_known():
    rows, pays, book = hand()
    found = scores.clients(rows, pays.assign(revenue=[30.0, np.nan]), book)
    flags = found[found["measure"] == "crq"].set_index("roll_up")["flag"]
    assert codes(flags["revenue"])[-1] == {"code": "revenue_known", "percent": 50}
    assert codes(flags["confidence"])[-1] == {"code": "familiarity_known", "percent": 66}
    assert not any(one["code"].endswith("_known") for one in codes(flags["respondents"]))


def test_nps_comes_with_both_intervals_and_says_which_takes_answers_as_independent():
    rows, pays, book = hand()
    found = scores.clients(rows, pays, book)
    both = found[(found["measure"] == "nps") & (found["roll_up"] == "respondents")]
    assert both["method"].tolist() == ["account_t", "adjusted_wald"]
    assert both["flag"].iloc[1] == "answers_taken_as_independent"
    assert both["low"].iloc[1] == pytest.approx(-61.1, abs=0.05)  # (1, 1, 1) of METHOD


@pytest.fixture(scope="module")
def panel():
    book, responses = made.codebook(), made.responses(clients=3)
    return scores.respondents(responses, book), made.revenues(responses), book


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_ignores_the_order_of_rows(panel, seed):
    respondents, accounts, book = panel
    mixed = respondents.sample(frac=1, random_state=seed)
    pays = accounts.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        scores.clients(mixed, pays, book),
        scores.clients(respondents, accounts, book),
        check_exact=True,
    )


def test_an_account_added_to_another_client_changes_nothing(panel):
    respondents, accounts, book = panel
    extra = respondents[respondents["client_id"] == "C0"].head(3)
    extra = extra.assign(client_id="C2", account_id="NEW", response_id=["x", "y", "z"])
    before = scores.clients(respondents, accounts, book)
    after = scores.clients(pd.concat([respondents, extra]), accounts, book)
    pd.testing.assert_frame_equal(
        *(t[t["client_id"] != "C2"].reset_index(drop=True) for t in (before, after)),
        check_exact=True,
    )
    mine = [
        t[(t["client_id"] == "C2") & (t["wave"] == "2024")]["value"].sum() for t in (before, after)
    ]
    assert mine[0] != mine[1]


def test_alone_a_client_gets_the_same_numbers(panel):
    respondents, accounts, book = panel
    alone = scores.clients(respondents[respondents["client_id"] == "C1"], accounts, book)
    among = scores.clients(respondents, accounts, book)
    among = among[among["client_id"] == "C1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_another_level_moves_the_ends_and_nothing_else(panel):
    first, second = (scores.clients(*panel, level=level) for level in (0.95, 0.9))
    ends = ["low", "high", "level"]
    pd.testing.assert_frame_equal(first.drop(columns=ends), second.drop(columns=ends))
    assert (first["low"] < second["low"]).mean() > 0.5


def test_equal_accounts_weigh_alike(panel):
    respondents, accounts, book = panel
    found = scores.clients(respondents, accounts.assign(revenue=7.0), book)
    found = found[found["method"] == "account_t"]
    wide = found.pivot_table("value", ["client_id", "wave", "measure"], "roll_up")
    np.testing.assert_allclose(wide["revenue"], wide["accounts"])


def test_intervals_stay_on_the_scale_and_hold_the_value(panel):
    found = scores.clients(*panel).dropna(subset=["low", "high"])
    ends = found["measure"].map({"nps": 100, "mean_ltr": 10}).fillna(7)
    assert (found["high"] <= ends).all()
    assert (found["low"] <= found["high"]).all()


def test_what_is_not_known_has_no_row(panel):
    respondents, _, _ = panel
    bare = respondents.assign(ltr=np.nan, confidence=np.nan, seniority=np.nan, role=None)
    found = scores.clients(bare, None, made.codebook(roles=False))
    assert set(found["roll_up"]) == {"respondents", "accounts"}
    assert not found["measure"].isin(["nps", "mean_ltr"]).any()


def test_a_client_without_any_crq_keeps_its_row(panel):
    respondents, accounts, book = panel
    silent = respondents.assign(crq=respondents["crq"].mask(respondents["client_id"] == "C1"))
    found = scores.clients(silent, accounts, book)
    crq = found[(found["client_id"] == "C1") & (found["measure"] == "crq")]
    assert crq["roll_up"].tolist() == ["respondents"] * 2
    assert crq["value"].isna().all()
    assert (crq["flag"] == "no_answers").all()


def test_one_account_has_a_score_without_interval():
    rows, pays, book = hand()
    found = scores.clients(rows[rows["account_id"] == "A"], pays, book)
    crq = found[(found["measure"] == "crq") & (found["roll_up"] == "respondents")].iloc[0]
    assert crq["value"] == 5.0
    assert crq[["low", "high"]].isna().all()
    assert crq["flag"] == "one_account"


def test_refuses_an_account_that_is_listed_twice():
    rows, pays, book = hand()
    with pytest.raises(DataError, match="lists 1 accounts more than once") as refused:
        scores.clients(rows, pd.concat([pays, pays.head(1)]), book)
    assert "'A'" in refused.value.listing()


def test_keeps_its_contract(panel):
    found = scores.clients(*panel)
    asked = panel[2].instrument
    assert len(check(found, contract("client_scores"), asked)) == 6 * (6 * 11 + 1)


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(20250101)
    book = made.codebook()
    clients, accounts = 400, 15
    size = 1 + rng.poisson(2, size=clients * accounts)
    account = np.repeat(np.arange(clients * accounts), size)
    n = len(account)
    truth = rng.normal(5, 0.45, size=clients)
    place = truth.repeat(accounts) + rng.normal(0, 0.6, size=clients * accounts)
    crq = place[account] + rng.normal(0, 0.9, size=n)
    rows = pd.DataFrame(
        {"client_id": [f"C{k:03d}" for k in account // accounts], "wave": "1", "role": "user"}
        | {"response_id": [f"r{k}" for k in range(n)], "contact_id": "p", "n_items": 12}
        | {"account_id": [f"A{k % accounts:02d}" for k in account], "seniority": 3.0}
        | {"confidence": 4.0, "ltr": np.nan}
        | dict.fromkeys(["uniqueness", *book.instrument.constructs], crq.clip(1, 7))
        | {"crq": crq}
    )
    found = scores.clients(rows, None, book)
    found = found[(found["measure"] == "crq") & (found["roll_up"] == "accounts")]
    covered = (found["low"] <= truth) & (truth <= found["high"])
    assert covered.mean() == pytest.approx(0.95, abs=0.025)
    own = scores.accounts(rows, book)
    inside = (own["shrunken_low"] <= place) & (place <= own["shrunken_high"])
    assert inside.mean() == pytest.approx(0.95, abs=0.015)
    raw = (own["low"] <= place) & (place <= own["high"])
    assert raw.mean() == pytest.approx(0.95, abs=0.015)
