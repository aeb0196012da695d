"""Where the client stands among its peers: each place with its interval, its peers and its n."""

from dataclasses import replace

import pytest

from crqlab.page import benchmark
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup

EVERY = ("place_among_peers", "percentiles")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


@pytest.mark.parametrize("name", EVERY)
def test_tables_can_be_heard_and_pictures_name_their_numbers(seen, name):
    shown = getattr(benchmark, name)(seen)
    assert_heard(shown)
    assert_named(shown)


@pytest.mark.parametrize("name", EVERY)
def test_without_its_station_a_section_says_so_in_a_sentence(view_of, name):
    shown = getattr(benchmark, name)(view_of())
    assert soup(shown).table is None
    assert shown.sentence


def test_a_place_stands_with_its_intervals_and_its_peers(stationed_view_of):
    shown = benchmark.place_among_peers(stationed_view_of())
    places = ["70 % (40 to 90)", "8th (5 to 10)"]
    assert row(shown, "CRQ")[1:] == [*places, "+0.25 (−0.10 to +0.50)", "+10 (−20 to +30)"]
    words = plain(shown)
    assert "Peers: industry IT, n = 21 clients" in words
    source = "release 2025-06 (0123abcd), as of 2025-06-30: synthetic data of 1,150 clients, CRQ-8"
    assert f"Source: {source} version 1." in words
    assert "0.25 points below the top decile" in words


def test_a_place_above_the_top_decile_is_called_above(stationed_view_of):
    seen = stationed_view_of()
    rows = seen.benchmark.table.assign(gap=-0.25, unique="yes")
    above = replace(seen, benchmark=replace(seen.benchmark, table=rows))
    said = plain(benchmark.place_among_peers(above))
    assert "0.25 points above the lower edge of the top decile" in said
    assert "It is Unique" in said
