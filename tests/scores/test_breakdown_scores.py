"""NPS by unit, country and product: counted by hand, and everybody's as the client has it."""

import numpy as np
import pandas as pd
import pytest

from crqlab import scores
from tests.scores import made

KEYS = ["client_id", "wave", "response_id"]
COUNTS = ["promoters", "passives", "detractors"]


@pytest.fixture(scope="module")
def people():
    book = made.codebook()
    return scores.respondents(made.responses(), book)


@pytest.fixture(scope="module")
def sorted_(people):
    draw = np.random.default_rng(4)
    unit = draw.choice(np.array(["North", "South", None], dtype=object), len(people))
    some = people["client_id"] == "C1"
    rows = [people[KEYS].assign(dimension="unit", group=unit),
            people.loc[some, KEYS].assign(dimension="product", group="Pumps")]  # fmt: skip
    return pd.concat(rows).dropna(subset=["group"])


@pytest.fixture(scope="module")
def found(people, sorted_):
    return scores.breakdowns(people, sorted_)


def test_counts_are_those_of_the_answers(found, people, sorted_):
    mine = people.merge(sorted_[sorted_["dimension"] == "unit"], on=KEYS)
    for row in found[found["dimension"] == "unit"].dropna(subset=["group"]).itertuples():
        ltr = mine[(mine["client_id"] == row.client_id) & (mine["wave"] == row.wave)
                   & (mine["group"] == row.group)]["ltr"].dropna()  # fmt: skip
        assert (row.promoters, row.detractors) == ((ltr >= 9).sum(), (ltr <= 6).sum())
        assert row.nps == pytest.approx(100 * (row.promoters - row.detractors) / len(ltr))
        assert row.n_respondents == len(ltr)


def test_rows_of_a_dimension_add_up_to_everybody(found):
    for _, rows in found.groupby(["client_id", "wave"]):
        whole = rows[rows["dimension"] == "all"][[*COUNTS, "n_respondents"]].iloc[0]
        units = rows[rows["dimension"] == "unit"]
        assert units["group"].isna().sum() == 1
        assert units[[*COUNTS, "n_respondents"]].sum().tolist() == whole.tolist()


def test_everybody_is_the_clients_own_nps(found, people):
    own = scores.clients(people, None, made.codebook())
    own = own[(own["measure"] == "nps") & (own["roll_up"] == "respondents")
              & (own["method"] == "account_t")]  # fmt: skip
    mine = found[found["dimension"] == "all"]
    for ours, theirs in (("nps", "value"), ("nps_low", "low"), ("nps_high", "high")):
        np.testing.assert_allclose(mine[ours], own[theirs])


def test_only_waves_that_are_sorted_have_rows(found):
    assert set(found.loc[found["dimension"] == "product", "client_id"]) == {"C1"}


def test_one_account_has_the_interval_of_its_answers(people, sorted_):
    one = people[people["account_id"] == people["account_id"].iloc[0]]
    row = scores.breakdowns(one, sorted_).iloc[0]
    assert row["method"] == "adjusted_wald"
    assert row["flag"] == "answers_taken_as_independent"
    assert row["nps_low"] < row["nps_high"]


def test_nobody_asked_is_no_row(people, sorted_):
    assert scores.breakdowns(people.assign(ltr=np.nan), sorted_).empty
