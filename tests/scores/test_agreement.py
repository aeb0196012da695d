"""Agreement by client and wave: against the functions of the floor below, laws and edges."""

import numpy as np
import pandas as pd
import pytest

from crqlab import EstimateError, scores
from crqlab.base.contracts import contract
from crqlab.base.contracts.schema import check
from crqlab.stats.agreement import rwg, rwg_j
from tests.scores import made

DRAWS = 60


@pytest.fixture(scope="module")
def panel():
    book, responses = made.codebook(), made.responses(clients=2)
    return scores.respondents(responses, book), responses, book


@pytest.fixture(scope="module")
def found(panel):
    return scores.agreement(*panel, draws=DRAWS)


def shared(found, measure):
    rows = found[(found["statistic"] == "rwg_j") & (found["measure"] == measure)]
    return rows.set_index(["client_id", "wave"])["value"]["C1", "2025"]


def mine(rows):
    return rows[(rows["client_id"] == "C1") & (rows["wave"] == "2025")].reset_index(drop=True)


def test_r_wg_of_a_construct_is_over_its_items(panel, found):
    rows = mine(panel[1])
    keyed = panel[2].instrument.keyed(rows[made.ITEMS])
    for construct, items in (
        ("trust", ["t1", "t2", "t3"]),
        ("service", ["r1", "r2", "k1", "k2"]),  # the items of its parts
    ):
        table = rwg_j(keyed[items], rows["account_id"], points=7)
        assert shared(found, construct) == pytest.approx(table["rwg_j"].mean())
    single = rwg(keyed["e1"], rows["account_id"], points=7)
    assert shared(found, "experience") == pytest.approx(single["rwg"].mean())


def test_r_wg_of_crq_is_over_construct_means(panel, found):
    rows = mine(panel[0])
    parts = rows.loc[rows["crq"].notna(), list(panel[2].instrument.crq.constructs)]
    table = rwg_j(parts, rows.loc[rows["crq"].notna(), "account_id"], points=7)
    assert shared(found, "crq") == pytest.approx(table["rwg_j"].mean())


def test_icc2_follows_from_icc1(found):
    wide = found.pivot_table("value", ["client_id", "wave", "measure"], "statistic")
    rows = found[found["statistic"] == "icc1"].set_index(["client_id", "wave", "measure"])
    k = rows["n_respondents"] / rows["n_accounts"]
    expected = k * wide["icc1"] / (1 + (k - 1) * wide["icc1"])
    np.testing.assert_allclose(wide["icc2"], expected.reindex(wide.index))


def test_ignores_the_order_of_rows_and_other_clients(panel, found):
    respondents, responses, book = panel
    mixed = scores.agreement(
        respondents.sample(frac=1, random_state=1),
        responses.sample(frac=1, random_state=2),
        book,
        draws=DRAWS,
    )
    pd.testing.assert_frame_equal(mixed, found, check_exact=True)
    alone = scores.agreement(
        respondents[respondents["client_id"] == "C1"], responses, book, draws=DRAWS
    )
    among = found[found["client_id"] == "C1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among, check_exact=True)


def test_lone_voices_neither_agree_nor_disagree(panel):
    respondents, responses, book = panel
    lone = respondents.drop_duplicates(["client_id", "wave", "account_id"])
    table = scores.agreement(lone, responses, book, draws=DRAWS)
    assert table["value"].isna().all()
    assert set(table["flag"]) == {"no_account_with_two_answers"}


def test_equal_answers_agree_fully_and_leave_nothing_to_share(panel):
    _, responses, book = panel
    same = responses.assign(**dict.fromkeys(made.ITEMS, 5.0) | {"t3": 3.0})
    table = scores.agreement(scores.respondents(same, book), same, book, draws=DRAWS)
    assert (table.loc[table["statistic"] == "rwg_j", "value"] == 1).all()
    assert table.loc[table["statistic"] != "rwg_j", "value"].isna().all()
    assert set(table.loc[table["statistic"] != "rwg_j", "flag"]) == {"no_variance"}


def test_refuses_responses_of_another_study(panel):
    respondents, responses, book = panel
    with pytest.raises(EstimateError, match=r"1 respondents, such as 'C0-2024-A00-0', are not"):
        scores.agreement(respondents, responses.drop(index=0), book)


def test_keeps_its_contract(panel, found):
    book = panel[2]
    assert len(check(found, contract("agreement"), book.instrument)) == 4 * 8 * 3
    assert found["low"].le(found["value"]).all()
    assert found["high"].ge(found["value"]).all()
