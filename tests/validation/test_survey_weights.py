"""A small sample of what the page says of survey weights, and the page's own promise."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.validation import survey_weights

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def found():
    return survey_weights.covered(survey_weights.cases(survey_weights.QUICK))


@pytest.mark.slow
@pytest.mark.parametrize("quantity", survey_weights.QUANTITIES)
def test_weighted_intervals_cover_the_truth(found, quantity):
    row = found.loc[(quantity, "weighted")]
    assert 0.93 - 2.5 * row["error"] <= row["covered"] <= 0.97 + 2.5 * row["error"]
    assert row["bias"] == pytest.approx(0, abs=1.5 if "NPS" in quantity else 0.03)
    assert row["clients"] >= 150


@pytest.mark.slow
@pytest.mark.parametrize("quantity", survey_weights.QUANTITIES)
def test_unweighted_intervals_do_not(found, quantity):
    assert found.loc[(quantity, "unweighted"), "covered"] < 0.9


def test_the_world_is_drawn_with_the_truth_it_states():
    people, truth = survey_weights.drawn(clients=200, seed=1)
    later = people[people["wave"] == "2025"]
    mean = later.groupby("client_id").apply(lambda d: np.average(d["crq"], weights=d["weight"]))
    own = truth[truth["quantity"] == "client CRQ"].set_index("client_id")["truth"]
    gap = mean - own.reindex(mean.index)
    assert gap.mean() == pytest.approx(0, abs=4 * gap.std() / np.sqrt(len(gap)))
    assert people.groupby(["client_id", "wave"])["weight"].mean().to_numpy() == pytest.approx(1)


def test_the_page_holds_this_section_and_keeps_its_promise():
    text, full = PAGE.read_text(encoding="utf-8"), survey_weights.FULL
    assert f"{full.panels} panels of {full.clients} clients with 20 to 60 accounts" in text
    for quantity in survey_weights.QUANTITIES:
        share = re.search(rf"\| {quantity} \| weighted \| ([\d.]+)% \|", text)[1]
        assert 93 <= float(share) <= 97
