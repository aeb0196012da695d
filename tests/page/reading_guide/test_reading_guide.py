"""The reading guide explains what the page holds, in its language, and nothing else."""

import pytest
from bs4 import BeautifulSoup

from crqlab.page import reading_guide
from tests.page.reading import SCORED as SHAPES
from tests.page.reworded import elements, in_other_words, numbers

ALWAYS = ["n", "interval", "no_clear_change", "heard", "withheld", "few"]


def codes(view):
    return [code for code, _ in reading_guide.entries(view)]


@pytest.mark.parametrize("shape", SHAPES)
def test_it_can_be_laid_out_for_every_kind_of_client(view_of, shape):
    view = view_of(**SHAPES[shape])
    shown = reading_guide.reading_guide(view)
    page = BeautifulSoup(shown.html, "html.parser")
    assert page.details.get("open") is None
    assert len(page.find_all("dt")) == len(page.find_all("dd")) == len(codes(view))
    other = reading_guide.reading_guide(in_other_words(view, "reading")).html
    assert elements(other) == elements(shown.html)
    assert numbers(other) == numbers(shown.html)


def test_what_the_page_does_not_show_is_not_explained(view_of):
    assert codes(view_of(ltr=False)) == ["crq", *ALWAYS]
    assert codes(view_of()) == ["crq", "nps", *ALWAYS]


def test_places_segments_and_money_are_explained_where_they_are_shown(stationed_view_of):
    shown = ["place", "segment", "not_settled", "at_risk"]
    told = codes(stationed_view_of())
    assert told == ["crq", "nps", *ALWAYS[:3], *shown, *ALWAYS[3:]]


def test_segments_are_called_what_the_thresholds_call_them(stationed_view_of):
    view = stationed_view_of()
    traits = view.segments.traits
    page = BeautifulSoup(reading_guide.reading_guide(view).html, "html.parser")
    said = {dt.get_text(): dt.find_next("dd").get_text() for dt in page.find_all("dt")}
    best = traits.order[0]
    assert f"{traits.label(best, 'en')}: {traits.meaning(best, 'en')}; " in said["Segment"]
    assert "a chance of 60\u00a0% or more" in said["Not settled"]
