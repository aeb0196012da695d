"""Sections of stations 5 to 8 say what the tables say, rounded once, and stay short if empty."""

import pytest

from crqlab.page import gathered
from crqlab.page.scores import charts
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup
from tests.show import stationed

EVERY = "segments segment_reasons migration actions referrals lifts next_wave".split()
DRAWN = ("mix",)


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
    assert len(few) == int(seen.segments.accounts["withheld"].sum())
    assert not any("6.54" in said or "83" in said for said in few)


def test_moves_show_accounts_and_revenue_and_colour_both_ways(stationed_view_of):
    shown = gathered.migration(stationed_view_of())
    assert row(shown, "Rational")[:2] == ["3 (300)", "2 (200)"]
    cells = soup(shown).select("td[style]")
    assert len(cells) == 2  # one way up, one way down; staying, joining and silence have none


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
