"""Sections of stations 5 to 8 say what the tables say, rounded once, and stay short if empty."""

from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.page import gathered
from crqlab.page.assembly import view
from crqlab.page.scores import charts
from tests.show import stationed

EVERY = (
    "peers segments segment_reasons migration one_thing_to_fix levers account_levers actions "
    "referrals lifts outlook next_wave"
).split()
DRAWN = ("places", "mix", "lever_map", "losses")
SHAPES = {
    "plain": {},
    "many accounts": {"accounts": 45, "most": 14, "silent": 9},
    "one wave, few clients": {"waves": ("2025",), "clients": 3},
    "no LTR, five points": {"ltr": False, "scale": (1, 5)},
    "two people": {"accounts": 2, "most": 1},
}


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


def soup(shown):
    return BeautifulSoup(shown.html, "html.parser")


def plain(shown):
    return " ".join(soup(shown).get_text(" ").split())


def row(shown, name):
    """Cells of the first row whose heading begins with a name."""
    for line in soup(shown).select("tbody tr"):
        if line.th.get_text().startswith(name):
            return [cell.get_text().replace("\xa0", " ") for cell in line("td")]
    raise AssertionError(f"{name} has no row")


@pytest.mark.parametrize("name", EVERY)
def test_tables_can_be_heard_and_break_out_of_nothing(seen, name):
    page = soup(getattr(gathered, name)(seen))
    assert page.script is None
    assert page.find("i") is None  # an account is called <i>Ünï & Söns</i>
    for table in page("table"):
        assert table.caption.get_text(strip=True)
        assert all(head["scope"] == "col" for head in table.thead("th"))
        assert all(head["scope"] == "row" for head in table.tbody("th"))
        wide = {len(line(["td", "th"])) for line in table("tr")}
        assert len(wide) == 1
    for part in page("details"):
        assert part.summary.get_text(strip=True)
    assert "nan" not in page.get_text().lower().replace("finance", "")


@pytest.mark.parametrize("name", DRAWN)
def test_pictures_name_themselves_and_their_numbers(seen, name):
    shown = getattr(charts, name)(seen)
    for picture in soup(shown)("svg"):
        assert picture.title.get_text(strip=True)
        assert picture.desc.get_text(strip=True)
        assert "nan" not in str(picture)


@pytest.mark.parametrize("name", EVERY)
def test_without_its_station_a_section_says_so_in_a_sentence_or_nothing(view_of, name):
    shown = getattr(gathered, name)(view_of())
    if name != "next_wave":
        assert soup(shown).table is None
    assert shown.sentence


def test_a_place_stands_with_its_intervals_and_its_peers(stationed_view_of):
    shown = gathered.peers(stationed_view_of())
    places = ["70 % (40 to 90)", "8th (5 to 10)"]
    assert row(shown, "CRQ")[1:] == [*places, "+0.25 (−0.10 to +0.50)", "+10 (−20 to +30)"]
    words = plain(shown)
    assert "Peers: industry IT, n = 21 clients" in words
    assert "release 2025-06 (synthetic)" in words
    assert "0.25 points below the top decile" in words


def test_a_place_above_the_top_decile_is_called_above(stationed_view_of):
    seen = stationed_view_of()
    rows = seen.peers.table.assign(gap=-0.25, unique="yes")
    above = replace(seen, peers=replace(seen.peers, table=rows))
    said = plain(gathered.peers(above))
    assert "0.25 points above the lower edge of the top decile" in said
    assert "It is Unique" in said


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


def test_the_one_thing_stands_with_probability_evidence_and_n(stationed_view_of):
    said = plain(gathered.one_thing_to_fix(stationed_view_of())).replace("\xa0", " ")
    assert "Fix Solution first (probability 61 %)" in said
    assert "5.00 against 5.90 in the top decile" in said
    assert "one point more Solution goes with +0.37 Trust (+0.31 to +0.43)" in said


def test_an_unclear_thing_is_not_sold_as_clear(stationed_view_of):
    seen = stationed_view_of()
    unsure = replace(seen, levers=replace(seen.levers, focus=seen.levers.focus.assign(clear=False)))
    said = plain(gathered.one_thing_to_fix(unsure)).replace("\xa0", " ")
    assert "No single thing stands out" in said
    assert "before Experience (30 %)" in said


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


def test_labels_of_the_map_do_not_lie_on_each_other(stationed_view_of):
    seen = stationed_view_of()
    row = seen.levers.map.iloc[[0]]
    names = [f"Driver {n}" for n in range(5)]
    close = pd.concat(
        [row.assign(label=n, driver=n, gap=0.5 + i / 50) for i, n in enumerate(names)]
    )
    crowd = replace(seen, levers=replace(seen.levers, map=close))
    spots = [
        (float(text["x"]), float(text["y"]))
        for text in soup(charts.lever_map(crowd))("text")
        if text.get_text() in names
    ]
    assert len(spots) == 5
    apart = [
        abs(x1 - x2) > 55 or abs(y1 - y2) >= 13
        for i, (x1, y1) in enumerate(spots)
        for x2, y2 in spots[:i]
    ]
    assert all(apart)
