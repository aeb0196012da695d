"""Where the client stands among its peers: each place with its interval, its peers and its n."""

import re
from dataclasses import replace

import pytest

from crqlab.base.contracts.cautions import code, joined
from crqlab.language import language
from crqlab.page import benchmark
from crqlab.show import svg
from crqlab.show.colours import ACCENT, INK
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup
from tests.page.reworded import elements, in_other_words, numbers

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
    assert "Peers: industry IT, n = 21 firms" in words
    source = "release 2025-06 (0123abcd), as of 2025-06-30: synthetic data of 1,150 clients, CRQ-8"
    assert f"Source: {source} version 1." in words
    assert "0.25 points below the top decile" in words


def test_a_place_above_the_top_decile_is_called_above(stationed_view_of):
    seen = stationed_view_of()
    rows = seen.benchmark.table.assign(gap=-0.25, unique="yes", p_unique=0.87)
    above = replace(seen, benchmark=replace(seen.benchmark, table=rows))
    said = plain(benchmark.place_among_peers(above))
    assert "0.25 points above the lower edge of the top decile" in said
    assert "Against the whole panel you are Unique (probability 87 %)" in said


def test_measures_with_other_peers_than_most_are_named_and_cautions_stand_once(stationed_view_of):
    view = stationed_view_of()
    rows = view.benchmark.table
    nps, trust = (rows["measure"] == name for name in ("nps", "trust"))
    wide = joined([code("industry", value="IT"), code("wave", value="2025")])
    rows = rows.assign(
        peers=rows["peers"].mask(nps, wide).mask(trust, "country SE of long ago"),
        n_clients=rows["n_clients"].mask(nps, 1).mask(trust, 40),
        flag=rows["flag"].mask(nps | trust, "own_score_certain"),
    )
    said = plain(benchmark.place_among_peers(shown_with(view, table=rows)))
    assert (
        "Peers: industry IT, n = 21 firms; industry IT, wave 2025, n = 1 firm (NPS); "
        "country SE of long ago, n = 40 firms (Trust)."
    ) in said
    assert "NPS, Trust: the client's own score is taken as certain. Source: release" in said


def test_open_intervals_are_said_and_not_drawn(stationed_view_of):
    view = stationed_view_of()
    gone = ["percentile_low", "percentile_high", "decile_low", "decile_high", "change", "before"]
    rows = view.benchmark.table.assign(**dict.fromkeys(gone, float("nan")))
    shown = benchmark.place_among_peers(shown_with(view, table=rows))
    assert "CRQ is above that of 70 % of 21 other firms (open): 8th decile. You" in spaced(shown)
    assert row(shown, "CRQ")[1:] == ["70 % (open)", "8th (open)", "+0.25 (−0.10 to +0.50)"]
    drawn = soup(benchmark.percentiles(shown_with(view, table=rows)))
    assert len(drawn("circle")) == len(rows.head(14))
    assert not [line for line in drawn("line") if line["stroke-width"] == "7"]


def test_the_picture_draws_places_intervals_and_the_wave_before(stationed_view_of):
    view = stationed_view_of()
    rows = view.benchmark.table.head(3).assign(before=[0.6, float("nan"), 0.1])
    page = soup(benchmark.percentiles(shown_with(view, table=rows)))
    across = svg.Axis(0, 100, 172, 462)
    dots = [(float(dot["cx"]), float(dot["cy"]), dot["fill"]) for dot in page("circle")]
    assert dots == [
        (pytest.approx(across.at(60), abs=0.06), 31, "#ffffff"),
        (pytest.approx(across.at(70), abs=0.06), 31, INK),
        (pytest.approx(across.at(70), abs=0.06), 57, INK),
        (pytest.approx(across.at(10), abs=0.06), 83, "#ffffff"),
        (pytest.approx(across.at(70), abs=0.06), 83, ACCENT),
    ]
    bars = [line for line in page("line") if line["stroke-width"] == "7"]
    ends = [(float(bar["x1"]), float(bar["x2"])) for bar in bars]
    assert ends == [pytest.approx((across.at(40), across.at(90)), abs=0.06)] * 3
    (middle,) = [line for line in page("line") if line["stroke-width"] == "2"]
    assert float(middle["x1"]) == float(middle["x2"]) == pytest.approx(across.at(50), abs=0.06)
    assert page("rect")[0]["x"] == f"{across.at(90):.1f}"


def test_why_there_is_no_place_is_said(stationed_view_of, view_of):
    nobody = spaced(benchmark.place_among_peers(view_of()))
    assert "no benchmark has been made of the panel, or no release is named" in nobody
    view = stationed_view_of()
    few = view.benchmark.table.assign(percentile=float("nan"))
    said = spaced(benchmark.place_among_peers(shown_with(view, table=few)))
    assert "too few firms were asked the same questions, or too few people here" in said


def test_shares_of_answers_are_per_cent_and_their_gap_too(stationed_view_of):
    view = stationed_view_of()
    one = view.benchmark.table.iloc[[0]]
    share = one.assign(measure="completion", label="Completion", value=0.31, gap=0.08)
    share = share.assign(gap_low=-0.02, gap_high=0.2)
    shown = benchmark.place_among_peers(shown_with(view, table=share))
    cells = row(shown, "Completion")
    assert [cells[0], cells[3]] == ["31 %", "+8 (−2 to +20)"]


@pytest.mark.parametrize("name", EVERY)
def test_what_is_shown_and_withheld_follows_from_no_word(stationed_view_of, name):
    view = stationed_view_of()
    view = shown_with(view, table=view.benchmark.table.assign(flag="own_score_certain"))
    one, other = (getattr(benchmark, name)(v).html for v in (view, in_other_words(view)))
    assert elements(other) == elements(one)
    assert "zz" in other
    ordinals = re.compile(r"(?<=\d)(?:st|nd|rd|th)")
    assert numbers(other) == numbers(ordinals.sub("zz", one))


def test_a_place_in_swedish(stationed_view_of):
    view = replace(stationed_view_of(), language=language("sv"))
    said = spaced(benchmark.place_among_peers(view))
    assert "CRQ är högre än hos 70 % av 21 andra företag (40 % till 90 %)" in said
    assert "8:e decilen, 5:e till 10:e. Ni ligger 0,25 skalsteg under" in said
    assert "Unika, hela panelens översta decil med Lösning och Upplevelse" in said
    assert "Jämförbara företag: bransch IT, n = 21 företag." in said
    assert "Källa: utgåva 2025-06 (0123abcd), per 2025-06-30: syntetiska data om 1 150 upp" in said


def shown_with(view, **parts):
    return replace(view, benchmark=replace(view.benchmark, **parts))


def spaced(shown):
    return plain(shown).replace("\xa0", " ")
