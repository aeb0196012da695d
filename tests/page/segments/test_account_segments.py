"""The section of segments says what the tables say, whatever segments are called."""

import itertools
from dataclasses import replace

import pandas as pd
import pytest

from crqlab.language import language
from crqlab.page import segments
from crqlab.segments import read
from tests.page.reading import SHAPES, assert_heard, assert_named, beside, plain, row, scale, soup
from tests.page.reworded import elements, in_other_words, numbers
from tests.segments.test_traits import FILES
from tests.show import stationed

EVERY = ("segment_shares", "segment_migration", "account_segments", "segment_mix")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


@pytest.mark.parametrize("name", EVERY)
def test_tables_can_be_heard_and_pictures_name_their_numbers(seen, name):
    shown = getattr(segments, name)(seen)
    assert_heard(shown)
    assert_named(shown)


@pytest.mark.parametrize("name", EVERY)
def test_without_its_station_a_section_says_so_in_a_sentence(view_of, name):
    shown = getattr(segments, name)(view_of())
    assert soup(shown).table is None
    assert shown.sentence


def test_shares_intervals_and_thresholds_of_segments(stationed_view_of):
    shown = segments.segment_shares(stationed_view_of())
    assert row(shown, "Ambassador") == [
        "3",
        "25 % (5 to 65)",
        "1,000,000",
        "20 %",
        "90 % (83 to 95)",
    ]
    assert row(shown, "Silent") == ["3", "–", "1,000,000", "20 %", "–"]
    assert stationed.THRESHOLDS in plain(shown)
    assert shown.sentence.replace("\xa0", " ") == (
        "3 of 12 accounts (25 %) are in the segment Ambassador and hold 20 % of the revenue. "
        "6 accounts are in a weak segment, with 60 % of the revenue. "
        "Since 2024 3 (1 to 5) climbed and 1 (0 to 3) fell, of 6 accounts with a segment in both "
        "waves."
    )
    assert "Caution: fewer than 30 accounts." in plain(shown)
    assert "sees the client as unique and recommends it" in plain(shown)


def shares_of(view, **cells):
    rows = view.segments.shares
    return replace(view, segments=replace(view.segments, shares=rows.assign(**cells)))


def test_the_lead_says_what_is_known(stationed_view_of):
    view = stationed_view_of(waves=("2025",))
    rows = view.segments.shares
    poor = shares_of(view, revenue_share=float("nan"))
    assert segments.segment_shares(poor).sentence.replace("\xa0", " ") == (
        "3 of 12 accounts (25 %) are in the segment Ambassador. 6 accounts are in a weak segment."
    )
    none = shares_of(view, n=rows["n"].where(~rows["segment"].isin(stationed.SEGMENTS), 0))
    assert segments.segment_shares(none).sentence == (
        "No account is in the segment Ambassador. No account that answered is in a weak segment."
    )
    one = shares_of(view, n=rows["n"].where(rows["segment"].ne("Ambassador"), 1), share=0.1)
    said = segments.segment_shares(one).sentence
    assert "1 of 10 accounts (10\xa0%) is in the segment Ambassador and holds 20\xa0%" in said


def test_the_picture_holds_accounts_and_revenue_by_segment(stationed_view_of):
    shown = segments.segment_mix(stationed_view_of())
    assert shown.sentence.replace("\xa0", " ") == (
        "Accounts: Ambassador 20 %, Rational 20 %, Ambivalent 20 %, Opponent 20 %, Silent 20 %. "
        "Revenue: Ambassador 20 %, Rational 20 %, Ambivalent 20 %, Opponent 20 %, Silent 20 %"
    )
    fills = [bar["fill"] for bar in soup(shown).svg("rect")]
    five = ["#1f5582", "#86b9de", "#fbd9ae", "#a84300", "#c3ccd5"]
    assert fills == [fill for fill in five for _ in range(2)]
    assert soup(shown).svg("path") == []


#: Different in every row and at both ends, the best segment first, silent accounts last.
UNEVEN = {
    "n": [6, 4, 3, 0, 5, 2],
    "share": [0.33, 0.22, 0.17, 0.0, 0.28, float("nan")],
    "low": [0.14, 0.07, 0.04, 0.0, 0.11, float("nan")],
    "high": [0.57, 0.46, 0.41, 0.18, 0.52, float("nan")],
    "asked_share": [0.30, 0.20, 0.15, 0.0, 0.25, 0.10],
    "revenue_share": [0.10, 0.40, 0.05, 0.0, 0.32, 0.13],
}


def test_bars_end_at_their_shares_and_lines_at_the_ends_of_their_intervals(stationed_view_of):
    shown = segments.segment_bars(shares_of(stationed_view_of(), **UNEVEN))
    picture, at = soup(shown).svg, scale(shown)
    bars = picture("rect")
    assert [at(float(bar["x"])) for bar in bars] == pytest.approx([0] * 5, abs=0.04)
    ends = [at(float(bar["x"]) + float(bar["width"])) for bar in bars]
    assert ends == pytest.approx([33, 22, 17, 0, 28], abs=0.04)
    lines = [line for line in picture("line") if line["stroke-width"] == "2"]
    spans = [(at(float(line["x1"])), at(float(line["x2"]))) for line in lines]
    for span, told in zip(spans, [(14, 57), (7, 46), (4, 41), (0, 18), (11, 52)], strict=True):
        assert span == pytest.approx(told, abs=0.04)
    assert [beside(picture, line) for line in lines] == [beside(picture, b) for b in bars]
    published = [line for line in picture("line") if line["stroke-width"] == "3"]
    assert [at(float(line["x1"])) for line in published] == pytest.approx([33, 50], abs=0.04)
    assert [beside(picture, line) for line in published] == [
        ["Ambassador", "33\xa0%"], ["Rational", "22\xa0%"]
    ]  # fmt: skip
    assert max(float(line["x2"]) for line in lines) == 400  # the widest end fills the picture
    assert "Share of 18 customers in each segment; lines are 95 % intervals" in plain(shown)


def test_both_bars_of_a_segment_are_as_long_as_their_shares(stationed_view_of):
    shown = segments.segment_mix(shares_of(stationed_view_of(), **UNEVEN))
    picture = soup(shown).svg
    bars = picture("rect")
    lengths = [float(bar["width"]) for bar in bars]
    told = [0.30, 0.10, 0.20, 0.40, 0.15, 0.05, 0.25, 0.32, 0.10, 0.13]
    assert lengths == pytest.approx([235 * share / 0.40 for share in told], abs=0.06)
    written = [beside(picture, bar)[-1] for bar in bars]
    assert written == [f"{share:.0%}".replace("%", "\xa0%") for share in told]
    rows = [float(bar["y"]) for bar in bars]
    assert all(low + 11 < high for low, high in itertools.pairwise(rows))  # none hides another
    names = [beside(picture, bar, reach=20)[0] for bar in bars[::2]]
    assert names == ["Ambassador", "Rational", "Ambivalent", "Opponent", "Silent"]


def test_nobody_asked_is_no_picture(stationed_view_of):
    none = shares_of(stationed_view_of(), n=0)
    assert segments.segment_mix(none).html == ""
    one = shares_of(stationed_view_of(), n=[1, 0, 0, 0, 0, 0])
    assert len(soup(segments.segment_mix(one)).svg("rect")) == 2


@pytest.mark.parametrize(("low", "told"), [(0.0, False), (0.04, True)])
def test_a_move_is_told_when_its_whole_interval_lies_above_nobody(stationed_view_of, low, told):
    view = stationed_view_of()
    rows = view.segments.movement.assign(low=[low, 0.0, 1.0])
    moved = replace(view, segments=replace(view.segments, movement=rows))
    said = segments.segment_shares(moved).sentence
    assert ("climbed and" in said) is told


def test_without_revenue_one_bar_a_segment_is_drawn(stationed_view_of):
    view = stationed_view_of()
    both = soup(segments.segment_mix(view)).svg
    poor = shares_of(view, revenue=0.0, revenue_share=float("nan"))
    shown = segments.segment_mix(poor)
    assert len(soup(shown).svg("rect")) == len(both("rect")) - 5
    assert "their revenue is not known" in plain(shown)


def test_the_worst_segment_is_told_first_and_small_accounts_tell_no_score(stationed_view_of):
    seen = stationed_view_of()
    shown = segments.account_segments(seen)
    lines = soup(shown).select("tbody tr")
    kinds = [line("td")[0].get_text() for line in lines]
    assert kinds == ["Opponent"] * 3 + ["Ambivalent"] * 3 + ["Rational"] * 3 + ["Ambassador"] * 3
    few = [line.get_text(" ") for line in lines if "withheld" in line.get_text()]
    assert len(few) == int(seen.segments.accounts["withheld"].sum())
    assert not any("6.54" in said or "83" in said for said in few)
    many = [line("td")[-1].get_text() for line in lines if "withheld" not in line.get_text()]
    assert set(many) == {"CRQ 6.54 and mean LTR 9.87 are enough, NPS +87 is not"}
    settled = int((seen.segments.accounts["status"] == "settled").sum())
    assert shown.sentence == f"{settled} of 12 segments are settled"
    chances = [line("td")[3].get_text() for line in lines]
    held = seen.segments.accounts.query("n > 0").sort_values("segment")["withheld"].sum()
    assert sorted(chances) == ["83\xa0%"] * (12 - held) + ["likely"] * held


def test_where_an_account_comes_from_stands_beside_it(stationed_view_of):
    view = stationed_view_of()
    rows = view.segments.accounts
    before = ["Rational", None, None] + [None] * (len(rows) - 3)
    status = ["settled", "silent", "unjudged"] + [None] * (len(rows) - 3)
    was = replace(view.segments, accounts=rows.assign(before=before, before_status=status))
    shown = segments.account_segments(replace(view, segments=was))
    told = {line.th.get_text(): line("td")[1].get_text() for line in soup(shown).select("tbody tr")}
    assert [told[name] for name in rows["name"].head(4)] == ["Rational", "Silent", "–", "–"]


def test_moves_show_accounts_and_revenue_and_colour_both_ways(stationed_view_of):
    shown = segments.segment_migration(stationed_view_of())
    assert row(shown, "Ambassador") == ["–", "1 (100)", "–"]
    assert row(shown, "Rational") == ["3 (300)", "2 (200)", "–"]
    assert row(shown, "Silent") == ["–", "–", "4 (400)"]
    assert row(shown, "new") == ["–", "5 (500)", "–"]
    cells = soup(shown).select("td[style]")
    assert len(cells) == 2  # staying, joining and silence have no colour
    shades = {cell.get_text(): cell["style"][11:18] for cell in cells}
    assert shades == {"3 (300)": "#cfe3f2", "1 (100)": "#fbd9ae"}


@pytest.mark.parametrize("name", EVERY)
def test_other_words_change_no_number_and_no_table(stationed_view_of, name):
    view = stationed_view_of()
    own, other = (getattr(segments, name)(seen) for seen in (view, in_other_words(view)))
    assert numbers(other.html) == numbers(own.html)
    assert elements(other.html) == elements(own.html)


@pytest.mark.parametrize("name", EVERY)
def test_swedish_says_the_same_numbers(stationed_view_of, name):
    view = stationed_view_of()
    swedish = replace(view, language=language("sv"))
    said = plain(getattr(segments, name)(swedish))
    for word in ("Ambassador", "Rational", "Silent", "account", "segment of", "climbed"):
        assert word not in said
    assert len(numbers(getattr(segments, name)(swedish).html)) > 0


def test_swedish_names_and_meanings_come_from_the_thresholds(stationed_view_of):
    view = replace(stationed_view_of(), language=language("sv"))
    shown = segments.segment_shares(view)
    assert row(shown, "Ambassadör")[:2] == ["3", "25 % (5 till 65)"]
    assert "ser er som unika och rekommenderar er" in plain(shown)
    assert shown.sentence.startswith("3 av 12 kunder (25\xa0%) är i segmentet Ambassadör och står")
    why = soup(segments.account_segments(view)).select("tbody tr")
    assert "CRQ 6,54 och medel-LTR 9,87 räcker, NPS +87 räcker inte" in {
        line("td")[-1].get_text() for line in why
    }


#: Names of the starting rules, and what other files call the segment with the same rule.
CALLED = {
    "renamed": {"Ambassador": "Friend", "Rational": "Sober", "Ambivalent": "Torn",
                "Stalker": "Shopper", "Opponent": "Gegner"},
    "renamed_top": {"Ambassador": "Partner"},
}  # fmt: skip


def in_other_names(view, file):
    """The view of a study whose thresholds have other names."""
    names, own = CALLED[file], view.segments
    columns = {
        "accounts": ["segment", "before"],
        "shares": ["segment"],
        "migration": ["from_segment", "segment"],
        "renewal": ["segment"],
    }
    tables = {
        part: getattr(own, part).assign(
            **{c: getattr(own, part)[c].map(lambda n: names.get(n, n)) for c in named}
        )
        for part, named in columns.items()
    }
    traits = read(FILES / f"{file}.yaml").traits
    return replace(view, segments=replace(own, traits=traits, **tables))


@pytest.mark.parametrize("file", CALLED)
@pytest.mark.parametrize("name", EVERY)
def test_other_names_of_segments_change_no_number_and_no_colour(stationed_view_of, name, file):
    view = stationed_view_of()
    own, other = (getattr(segments, name)(v) for v in (view, in_other_names(view, file)))
    assert numbers(other.html) == numbers(own.html)
    assert [part[0] for part in elements(other.html)] == [part[0] for part in elements(own.html)]
    fills = [[tag.get("fill") for tag in soup(shown)(["path", "rect"])] for shown in (own, other)]
    assert fills[0] == fills[1]
    assert "Ambassador" not in plain(other)


def test_thresholds_without_traits_leave_greys_and_no_lead(stationed_view_of):
    view = stationed_view_of()
    bare = [replace(one, weak=None, label=(), meaning=(), colour="", next=None)
            for one in view.segments.traits.segments]  # fmt: skip
    traits = type(view.segments.traits)(tuple(bare))
    plainly = replace(view, segments=replace(view.segments, traits=traits))
    shown = segments.segment_shares(plainly)
    assert shown.sentence.startswith("No account that answered is in a weak segment.")
    fills = [bar["fill"] for bar in soup(segments.segment_mix(plainly)).svg("rect")][::2]
    assert set(fills) <= {"#52606d", "#9aa5b1", "#7b8794", "#3e4c59", "#cbd2d9", "#c3ccd5"}
    assert pd.Series(fills).is_unique
