"""What to fix first: each priority with its probability, evidence and n, clear or not."""

from dataclasses import replace

import pandas as pd
import pytest

from crqlab.base.contracts.cautions import code, joined
from crqlab.language import language
from crqlab.page import drivers
from crqlab.page.drivers.select import outcomes
from crqlab.show import svg
from crqlab.show.colours import ACCENT, WARM
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, row, soup
from tests.page.reworded import elements, in_other_words, numbers

EVERY = ("first_priority", "priorities", "account_priorities", "driver_gaps")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


@pytest.mark.parametrize("name", EVERY)
def test_tables_can_be_heard_and_pictures_name_their_numbers(seen, name):
    shown = getattr(drivers, name)(seen)
    assert_heard(shown)
    assert_named(shown)


@pytest.mark.parametrize("name", EVERY)
def test_without_its_station_a_section_says_so_in_a_sentence(view_of, name):
    shown = getattr(drivers, name)(view_of())
    assert soup(shown).table is None
    assert shown.sentence


def test_the_one_thing_stands_with_probability_evidence_and_n(stationed_view_of):
    said = plain(drivers.first_priority(stationed_view_of())).replace("\xa0", " ")
    assert "Fix Solution first (probability 61 %)" in said
    assert "5.00 against 5.90 in the top decile" in said
    assert "one point more Solution goes with +0.37 Trust (+0.31 to +0.43)" in said


def test_the_evidence_is_the_largest_effect_of_that_driver(stationed_view_of):
    one = stationed_view_of().drivers.effects
    less = one.assign(outcome="commitment", outcome_label="Commitment", effect=0.21, low=0.01)
    else_ = one.assign(driver="experience", label="Experience", effect=0.9)
    view = shown_with(stationed_view_of(), effects=pd.concat([less, one, else_], ignore_index=True))
    said = plain(drivers.first_priority(view))
    assert "goes with +0.37 Trust" in said
    assert "Commitment" not in said.partition("Over all clients")[2].partition("held equal")[0]


def test_importance_is_told_for_the_outcomes_that_are_asked_for(stationed_view_of):
    view = stationed_view_of()
    assert "20 % of what moves trust and commitment;" in spaced(drivers.first_priority(view))
    for named, words in (
        (("trust",), "trust"),
        (("ltr",), "LTR"),
        (("trust", "Delight"), "trust and Delight"),
    ):
        said = spaced(drivers.first_priority(shown_with(view, outcomes=named)))
        assert f"20 % of what moves {words};" in said


def test_outcomes_are_found_by_their_concepts(study_of):
    asked = study_of().codebook.instrument
    told = asked.model_dump()
    told["constructs"]["trust"] |= {"concept": "satisfaction"}
    told["constructs"]["commitment"] |= {"concept": "image", "kind": "outcome"}
    other = type(asked).model_validate(told)
    assert outcomes(asked) == ("trust", "commitment")
    assert outcomes(other) == ("satisfaction", "Commitment")


def test_an_unclear_thing_is_not_sold_as_clear(stationed_view_of):
    seen = stationed_view_of()
    unsure = replace(
        seen, drivers=replace(seen.drivers, client=seen.drivers.client.assign(clear=False))
    )
    said = plain(drivers.first_priority(unsure)).replace("\xa0", " ")
    assert "No single thing stands out" in said
    assert "before Experience (30 %)" in said


def test_importance_and_performance_stand_with_their_intervals(stationed_view_of):
    shown = drivers.priorities(stationed_view_of())
    assert row(shown, "Solution") == [
        "20 %", "10 % to 50 %", "5.00", "4.80 to 5.40", "5.00", "5.90", "+0.90", "60 %"
    ]  # fmt: skip
    assert row(shown, "Experience") == [
        "30 %", "10 % to 50 %", "5.10", "4.80 to 5.40", "5.00", "5.90", "+0.80", "27 %"
    ]  # fmt: skip
    assert "n = 55 respondents, 12 accounts; gap to the top decile" in plain(shown)


def test_account_managers_stand_where_two_or_more_may_be_told(stationed_view_of):
    view = stationed_view_of()
    rows = pd.concat([view.drivers.managers.head(1)] * 3, ignore_index=True)
    rows = rows.assign(unit=["Ann", "Bo", "Cia"], withheld=[False, True, False], clear=True)
    heads = [th.get_text() for th in soup(
        drivers.priorities(shown_with(view, managers=rows))
    ).select("tbody th")]  # fmt: skip
    assert heads == ["Solution", "Experience", "Ann", "Cia"]
    one = shown_with(view, managers=rows.assign(withheld=[False, True, True]))
    assert "Ann" not in plain(drivers.priorities(one))


def test_gaps_are_drawn_as_bars_the_greatest_on_top(stationed_view_of):
    view = stationed_view_of()
    rows = view.drivers.map.assign(gap=[0.2, 0.9], gap_low=[0.1, 0.5], gap_high=[0.6, 1.2])
    page = soup(drivers.driver_gaps(shown_with(view, map=rows)))
    across = svg.Axis(0.0, 1.2, 150, 380)
    bars = page("rect")
    widths = [across.at(gap) - across.at(0) for gap in (0.9, 0.2)]
    assert [float(bar["width"]) for bar in bars] == pytest.approx(widths, abs=0.06)
    assert float(bars[0]["y"]) < float(bars[1]["y"])
    clear = shown_with(view, map=rows, client=view.drivers.client)
    named = clear.drivers.first["driver"] if clear.drivers.first["clear"] else None
    order = rows.sort_values("gap", ascending=False)["driver"]
    assert [bar["fill"] for bar in bars] == [WARM if one == named else ACCENT for one in order]


def test_a_client_without_enough_others_is_held_against_the_end_of_the_scale(stationed_view_of):
    found = stationed_view_of().drivers
    alone = {"reference": "scale_end", "flag": code("few_other_clients", minimum=10)}
    rows = found.map.assign(top=float("nan"), panel=float("nan"), **alone)
    view = shown_with(stationed_view_of(), map=rows, client=found.client.assign(**alone))
    said = plain(drivers.first_priority(view)).replace("\xa0", " ")
    assert "it scores 5.00 against 5.90 in the scale's end" in said
    gaps = plain(drivers.driver_gaps(view)).replace("\xa0", " ")
    assert "Solution: importance 20 %, +0.9 points to the end of the scale" in gaps
    cells = row(drivers.priorities(view), "Solution")
    assert cells[4:] == ["–", "–", "+0.90", "60 %", "fewer than 10 other clients"]


def test_each_account_has_its_first_priority_and_the_rest_are_counted(stationed_view_of):
    view = stationed_view_of(accounts=45, most=14, silent=9)
    rows = view.drivers.accounts
    shown = drivers.account_priorities(view)
    assert len(soup(shown).select("tbody tr")) == 15
    assert f"{len(rows) - 15} more accounts, less sure." in plain(shown)
    first = rows.sort_values(["clear", "probability"], ascending=False, kind="stable").iloc[0]
    assert row(shown, first["name"]) == [
        "Solution", "61 %", "Experience (30 %)", "5.0", "5.9", str(first["n"])
    ]  # fmt: skip
    assert "accounts with fewer than 3 answers are left out" in plain(shown)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_shown_and_withheld_follows_from_no_word(stationed_view_of, name):
    view = stationed_view_of()
    flags = joined([code("few_accounts", minimum=6), "no_gap"])
    view = shown_with(view, map=view.drivers.map.assign(flag=flags))
    one, other = (getattr(drivers, name)(v).html for v in (view, in_other_words(view)))
    assert numbers(other) == numbers(one)
    assert "zz" in other
    assert [tag for tag, _ in elements(other)] == [tag for tag, _ in elements(one)]


def test_priorities_in_swedish(stationed_view_of):
    view = replace(stationed_view_of(), language=language("sv"))
    said = plain(drivers.first_priority(view)).replace("\xa0", " ")
    assert "Åtgärda Lösning först (sannolikhet 61 %): värdet är 5,00 mot 5,90" in said
    assert "hör ett steg mer Lösning ihop med +0,37 Förtroende (+0,31 till +0,43)" in said
    assert row(drivers.priorities(view), "Lösning")[:4] == [
        "20 %", "10 % till 50 %", "5,00", "4,80 till 5,40"
    ]  # fmt: skip


def spaced(shown):
    return plain(shown).replace("\xa0", " ")


def shown_with(view, **parts):
    return replace(view, drivers=replace(view.drivers, **parts))
