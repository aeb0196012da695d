"""Sections of stations 5 to 8 say what the tables say, rounded once, and stay short if empty."""

import pytest

from crqlab.page import gathered
from crqlab.page.assembly import view
from crqlab.page.scores import charts
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup
from tests.show import stationed

EVERY = "segments segment_reasons migration actions referrals lifts outlook next_wave".split()
DRAWN = ("mix", "losses")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


@pytest.mark.parametrize("name", EVERY)
def test_tables_can_be_heard_and_break_out_of_nothing(seen, name):
    assert_heard(getattr(gathered, name)(seen))


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_name_themselves_and_their_numbers(seen, name):
    assert_named(getattr(charts, name)(seen))


@pytest.mark.parametrize("name", EVERY)
def test_without_its_station_a_section_says_so_in_a_sentence_or_nothing(view_of, name):
    shown = getattr(gathered, name)(view_of())
    if name != "next_wave":
        assert soup(shown).table is None
    assert shown.sentence


def test_shares_intervals_and_thresholds_of_segments(stationed_view_of):
    seen = stationed_view_of()
    shown = gathered.segments(seen)
    assert row(shown, "Ambassador") == [
        "3",
        "25 % (5 to 65)",
        "1,000,000",
        "20 %",
        "90 % (83 to 95)",
    ]
    words = plain(shown)
    assert stationed.THRESHOLDS in words
    assert "3 of 12 accounts (25 %) are Ambassadors" in words.replace("\xa0", " ")
    assert "6 accounts are on the point of leaving" in words
    assert "3 climbed and 1 fell" in words


def test_the_worst_segment_is_told_first_and_small_accounts_tell_no_score(stationed_view_of):
    seen = stationed_view_of()
    lines = soup(gathered.segment_reasons(seen)).select("tbody tr")
    kinds = [line("td")[0].get_text() for line in lines]
    assert kinds == sorted(kinds, key=("Opponent", "Ambivalent", "Rational", "Ambassador").index)
    few = [line.get_text(" ") for line in lines if "withheld" in line.get_text()]
    assert len(few) == int(seen.segmented.accounts["withheld"].sum())
    assert not any("6.54" in said or "83" in said for said in few)


def test_moves_show_accounts_and_revenue_and_colour_both_ways(stationed_view_of):
    shown = gathered.migration(stationed_view_of())
    assert row(shown, "Rational")[:2] == ["3 (300)", "2 (200)"]
    cells = soup(shown).select("td[style]")
    assert len(cells) == 2  # one way up, one way down; staying, joining and silence have none


def test_the_outlook_stands_by_expected_loss_with_intervals_and_the_models_worth(stationed_view_of):
    seen = stationed_view_of()
    shown = gathered.outlook(seen)
    first = seen.prospect.accounts.iloc[0]
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
    said = gathered.outlook(view(stationed_study_of(), client="C017", wave="2024")).sentence
    assert "a later wave has been held" in said


def test_every_account_has_one_row_of_actions_with_owner_and_dates(stationed_view_of):
    seen = stationed_view_of()
    shown = gathered.actions(seen)
    accounts = [table for table in soup(shown)("table") if "Owner" in table.thead.get_text()]
    lines = [line for table in accounts for line in table.select("tbody tr")]
    assert len(lines) == 15
    assert "recover by\xa02025-06-01; recognise" in lines[0].get_text()
    assert "30 actions at 15 accounts" in shown.sentence
    assert "3 silent accounts to listen to" in shown.sentence
    assert lines[0]("td")[0].get_text().startswith(("Opponent", "Ambivalent"))


def test_promoters_stand_without_names(stationed_view_of, stationed_study_of):
    said = plain(gathered.referrals(stationed_view_of()))
    assert "may be asked" in said
    ids = stationed_study_of().read("referrals")["contact_id"]
    assert not [name for name in ids if f" {name} " in said]
