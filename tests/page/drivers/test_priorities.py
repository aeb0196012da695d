"""What to fix first: each priority with its probability, evidence and n, clear or not."""

from dataclasses import replace

import pandas as pd
import pytest

from crqlab.page import drivers
from tests.page.reading import SHAPES, assert_heard, assert_named, plain, soup

EVERY = ("first_priority", "priorities", "account_priorities", "priority_map")


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


def test_an_unclear_thing_is_not_sold_as_clear(stationed_view_of):
    seen = stationed_view_of()
    unsure = replace(
        seen, drivers=replace(seen.drivers, client=seen.drivers.client.assign(clear=False))
    )
    said = plain(drivers.first_priority(unsure)).replace("\xa0", " ")
    assert "No single thing stands out" in said
    assert "before Experience (30 %)" in said


def test_labels_of_the_map_do_not_lie_on_each_other(stationed_view_of):
    seen = stationed_view_of()
    one = seen.drivers.map.iloc[[0]]
    names = [f"Driver {n}" for n in range(5)]
    close = pd.concat(
        [one.assign(label=n, driver=n, gap=0.5 + i / 50) for i, n in enumerate(names)]
    )
    crowd = replace(seen, drivers=replace(seen.drivers, map=close))
    spots = [
        (float(text["x"]), float(text["y"]))
        for text in soup(drivers.priority_map(crowd))("text")
        if text.get_text() in names
    ]
    assert len(spots) == 5
    apart = [
        abs(x1 - x2) > 55 or abs(y1 - y2) >= 13
        for i, (x1, y1) in enumerate(spots)
        for x2, y2 in spots[:i]
    ]
    assert all(apart)
