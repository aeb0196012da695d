"""A small sample of what the page says of non-response, and the page's own promise."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.validation import nonresponse

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def found():
    return nonresponse.recovered(nonresponse.QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["random", "modelled"])
def test_weighted_intervals_cover_the_truth_where_the_law_is_modelled(found, mechanism):
    row = found.loc[(mechanism, "weighted")]
    assert 0.93 - 2.5 * row["error"] <= row["covered"] <= 0.97 + 2.5 * row["error"]
    assert row["bias"] == pytest.approx(0, abs=0.06)
    assert row["clients"] > 100


@pytest.mark.slow
def test_weights_mend_what_goes_with_what_is_known_and_nothing_else(found):
    assert found.loc[("modelled", "raw"), "covered"] < 0.85
    assert found.loc[("unseen", "weighted"), "covered"] < 0.5
    assert found.loc[("unseen", "weighted"), "bias"] > 0.3
    assert found.loc[("unseen", "between the bounds"), "covered"] > 0.9


def test_the_panel_is_drawn_with_the_truth_it_states():
    drawn = nonresponse.panel("random", clients=200, seed=1)
    means = drawn.contacts.groupby("client_id")["crq"].mean()
    gap = means - drawn.truth
    assert gap.mean() == pytest.approx(0, abs=4 * gap.std() / np.sqrt(len(gap)))
    assert 0.3 < drawn.contacts["answers"].mean() < 0.6


def test_answering_follows_its_law():
    unseen = nonresponse.panel("unseen", clients=60, seed=2).contacts
    assert unseen.loc[unseen["answers"], "crq"].mean() > unseen["crq"].mean() + 0.2
    modelled = nonresponse.panel("modelled", clients=60, seed=2).contacts
    rates = modelled.groupby("role")["answers"].mean()
    assert rates["executive"] > rates["decision maker"] > rates["user"]


def test_the_page_holds_this_section_and_keeps_its_promise():
    text = PAGE.read_text(encoding="utf-8")
    full = nonresponse.FULL
    assert f"{full.panels} of {full.clients} clients with 20 to 60 accounts" in text
    for mechanism in ("random", "modelled"):
        share = re.search(rf"\| {mechanism} \| weighted \| ([\d.]+)% \|", text)[1]
        assert 93 <= float(share) <= 97
    assert "it cannot" in text
