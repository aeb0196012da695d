"""Weights of CRQ's constructs fitted to renewals of panels with a known law."""

import pytest

from crqlab import EstimateError
from crqlab.base.contracts.cautions import codes
from crqlab.renewal import design, score_weights
from tests.renewal.made import LAW, codebook, panel


def fitted(draws=20, law=None, **options):
    tables, book = panel(law=law, **options), codebook()
    found = design(*(tables[name] for name in NAMES), book)
    return score_weights(found, tables["account_scores"], book, draws=draws), found


NAMES = ("responses", "contacts", "accounts", "account_scores", "outcomes")
STRONG = {**LAW, "trust": 0.4, "commitment": 1.2, "silent": 0.0}


def test_finds_the_weights_of_the_law_and_what_they_gain_out_of_time():
    found, plan = fitted(draws=4, clients=40, each=60, law=STRONG)
    weights = found.table.set_index("part")["weight"]
    assert set(weights.index) == set(codebook().instrument.crq.constructs)
    assert weights["trust"] == pytest.approx(0.25, abs=0.1)
    assert weights["commitment"] == pytest.approx(0.75, abs=0.1)
    assert weights["solution"] < 0.1
    assert found.out_of_time.low > 0
    assert found.periods["period"].tolist() == ["2023", "2024", "2025"]
    assert found.periods["n"].sum() < len(plan.decided)


def test_what_has_no_scores_is_left_out_and_counted():
    found, plan = fitted(draws=2, law=STRONG)
    silent = int(plan.decided["silent"].sum())
    assert {"code": "cases_left_out", "n": silent} in codes(found.flag)
    assert found.n == len(plan.decided) - silent


def test_without_outcomes_there_are_no_weights():
    tables, book = panel(clients=4, each=5), codebook()
    tables["outcomes"] = tables["outcomes"][:0]
    found = design(*(tables[name] for name in NAMES), book)
    with pytest.raises(EstimateError, match="0 decided contracts"):
        score_weights(found, tables["account_scores"], book)
