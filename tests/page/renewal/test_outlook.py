"""The renewal outlook: what may be lost, with whom, why, and how far the model can be trusted."""

import pytest

from crqlab.page import renewal
from crqlab.page.assembly import view
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


def test_tables_can_be_heard_and_pictures_name_their_numbers(seen):
    assert_heard(renewal.outlook(seen))
    assert_named(renewal.expected_losses(seen))


def test_without_its_station_the_section_says_so_in_a_sentence(view_of):
    shown = renewal.outlook(view_of())
    assert soup(shown).table is None
    assert "There is no renewal outlook" in shown.sentence


def test_the_outlook_stands_by_expected_loss_with_intervals_and_the_models_worth(stationed_view_of):
    seen = stationed_view_of()
    shown = renewal.outlook(seen)
    first = seen.renewal.accounts.iloc[0]
    cells = row(shown, first["name"])
    assert cells[1:5] == ["90 % (80 to 95)", "1,000", "100 (50 to 200)", "2026-03-01"]
    said = plain(shown).replace("\xa0", " ")
    assert "300,000 EUR (10 %) is expected to be lost" in said
    assert "95 % interval 100,000 EUR to 700,000 EUR" in said
    assert "AUC 0.68, 0.66 to 0.70" in said
    assert "n = 3,784 accounts" in said
    assert "50,000 EUR of it lies with 3 silent accounts" in said
    assert "7,770,000" not in said


def test_a_later_wave_is_named_as_the_reason_for_no_outlook(stationed_study_of):
    said = renewal.outlook(view(stationed_study_of(), client="C017", wave="2024")).sentence
    assert "a later wave has been held" in said
