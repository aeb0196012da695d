"""Missing-item rules by hand: what a respondent needs for a construct, CRQ and uniqueness."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab import EstimateError, scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import check
from tests.scores import made

FULL = dict.fromkeys(made.ITEMS, 5.0) | {"t3": 3.0}


def one(book=None, **answers):
    """Score one respondent who answered 5 (keyed) everywhere but here."""
    row = FULL | answers
    table = made.frame(
        {"client_id": "C", "wave": "1", "account_id": "A", "response_id": ["r"]}
        | {name: [value] for name, value in row.items()}
    )
    return scores.respondents(table, book or made.codebook()).iloc[0]


def test_reversed_items_are_turned_before_they_are_averaged():
    assert one(t1=7.0, t2=6.0, t3=2.0)["trust"] == pytest.approx((7 + 6 + 6) / 3)


def test_a_construct_needs_half_of_its_items():
    assert one(t1=None, t2=6.0)["trust"] == 5.5  # two of three
    assert np.isnan(one(t1=None, t2=None)["trust"])  # one of three
    assert one(c1=None, c2=7.0)["commitment"] == 7.0  # one of two is half


def test_the_share_of_items_is_the_codebook_s_to_set():
    strict = made.codebook(item_share=1.0)
    assert np.isnan(one(strict, t1=None)["trust"])
    lax = made.codebook(item_share=1 / 3)
    assert one(lax, t1=None, t2=None)["trust"] == 5.0


def test_a_construct_of_parts_is_the_mean_of_their_means_and_needs_half_of_them():
    both = one(r1=7.0, r2=7.0, k1=4.0, k2=None)
    assert both["service"] == (7 + 4) / 2
    assert one(r1=None, r2=None, k1=4.0)["service"] == 4.5
    assert np.isnan(one(r1=None, r2=None, k1=None, k2=None)["service"])


def test_crq_is_the_mean_of_construct_means_whatever_their_number_of_items():
    found = one(t1=7.0, t2=7.0, t3=1.0)
    assert found["crq"] == pytest.approx((7 + 5 * 4) / 5)


@pytest.mark.parametrize("lost", [("t1", "t2"), ("c1", "c2")])
def test_crq_needs_what_is_required(lost):
    assert np.isnan(one(**dict.fromkeys(lost))["crq"])


def test_crq_needs_at_least_so_many_constructs():
    service = dict.fromkeys(["r1", "r2", "k1", "k2"])
    assert one(**service, e1=None)["crq"] == 5.0  # three are left
    assert np.isnan(one(**service, e1=None, s1=None, s2=None)["crq"])  # two are left


def test_uniqueness_is_the_mean_of_its_constructs_and_needs_half_of_them():
    assert one(s1=6.0, s2=6.0)["uniqueness"] == 5.5
    assert one(e1=None, s1=6.0, s2=6.0)["uniqueness"] == 6.0
    assert np.isnan(one(e1=None, s1=None, s2=None)["uniqueness"])
    assert np.isnan(one(made.codebook(uniqueness=()))["uniqueness"])


def test_counts_closed_items_and_ranks_roles():
    table = made.frame(
        {"client_id": "C", "wave": "1", "account_id": "A", "response_id": ["r", "s", "t"]}
        | {"role": ["user", "executive", None], "familiarity": np.array([6.0, 2.0, np.nan])}
        | {name: [value] * 3 for name, value in FULL.items()}
    )
    table.loc[0, ["t1", "e1"]] = np.nan
    found = scores.respondents(table, made.codebook())
    assert found["n_items"].tolist() == [10, 12, 12]
    assert found["seniority"].tolist()[:2] == [3.0, 1.0]
    assert np.isnan(found["seniority"][2])
    assert found["confidence"].tolist()[:2] == [6.0, 2.0]


def test_excluded_responses_have_no_row():
    table = made.responses(clients=1)
    table.loc[table.index[::3], "included"] = False
    found = scores.respondents(table, made.codebook())
    assert set(found["response_id"]) == set(table.loc[table["included"], "response_id"])


def test_says_what_to_do_when_nothing_is_included():
    table = made.responses(clients=1).assign(included=False)
    with pytest.raises(EstimateError, match=r"None of \d+ responses is included.*decisions\.csv"):
        scores.respondents(table, made.codebook())


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_ignores_the_order_of_rows(chance):
    table = made.responses(clients=1, waves=("1",), accounts=3)
    order = list(range(len(table)))
    chance.shuffle(order)
    book = made.codebook()
    pd.testing.assert_frame_equal(
        scores.respondents(table.iloc[order], book), scores.respondents(table, book)
    )


@pytest.mark.parametrize("scale", [(1, 5), (0, 10), (1, 10)])
def test_other_scales_give_the_same_scores_in_their_own_points(scale):
    wide = (scale[1] - scale[0]) / 6
    table = made.responses(clients=1, waves=("1",))
    moved = table.copy()
    moved[made.ITEMS] = scale[0] + (table[made.ITEMS] - 1) * wide
    own = scores.respondents(moved, made.codebook(scale))
    seven = scores.respondents(table, made.codebook())
    expected = scale[0] + (seven["crq"] - 1) * wide
    np.testing.assert_allclose(own["crq"], expected)


def test_keeps_its_contract():
    book = made.codebook()
    found = scores.respondents(made.responses(), book)
    assert len(check(found, contract("respondents"), book.instrument)) == len(found) > 100
