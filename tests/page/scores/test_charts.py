"""A picture's dots lie where the table says, and its words say the same."""

import pytest
from bs4 import BeautifulSoup

from crqlab.page.scores import charts


def drawn(shown):
    return BeautifulSoup(shown.html, "html.parser").find_all("svg")


@pytest.mark.parametrize("name", ["trend", "ltr", "uniqueness"])
def test_every_picture_has_a_title_a_description_and_ids_of_its_own(view_of, name):
    pictures = drawn(getattr(charts, name)(view_of()))
    ids = [tag["id"] for picture in pictures for tag in picture.find_all(["title", "desc"])]
    assert pictures
    assert len(ids) == len(set(ids)) == 2 * len(pictures)
    for picture in pictures:
        assert picture["role"] == "img"
        assert picture["aria-labelledby"].split() == [picture.title["id"], picture.desc["id"]]
        assert picture.desc.get_text()


@pytest.mark.parametrize("name", ["trend", "ltr", "uniqueness"])
def test_the_same_numbers_give_the_same_bytes(view_of, name):
    view = view_of()
    assert getattr(charts, name)(view).html == getattr(charts, name)(view).html


def test_the_trend_says_every_wave_with_its_interval(view_of):
    view = view_of()
    said = drawn(charts.trend(view))[0].desc.get_text()
    rows = view.scores.trend[view.scores.trend["measure"] == "crq"]
    assert list(rows["wave"]) == ["2023", "2024", "2025"]
    for row in rows.itertuples():
        assert f"{row.wave} {row.value:.2f} ({row.low:.2f} to {row.high:.2f})" in said


def test_answers_from_0_to_10_are_counted_as_given(view_of):
    view = view_of()
    (picture,) = drawn(charts.ltr(view))
    bars = [float(bar["height"]) for bar in picture.find_all("rect")]
    n = view.scores.ltr["n"].to_numpy()
    assert bars == pytest.approx(110 * n / n.max(), abs=0.06)
    promoters = n[9:].sum()
    assert f"Promoters {promoters} ({100 * promoters / n.sum():.0f}" in str(charts.ltr(view))


def test_only_accounts_with_enough_people_are_placed_by_uniqueness(view_of):
    view = view_of()
    (picture,) = drawn(charts.uniqueness(view))
    places = [int(t.get_text()) for t in picture.find_all("text") if t.get("font-size") == "11"]
    assert len(picture.find_all("circle")) == len(places)
    assert places == [i + 1 for i in view.scored.index[view.scored["n"] >= 3]]


def test_one_wave_has_no_trend_and_a_questionnaire_without_ltr_no_answers(view_of):
    view = view_of(waves=("2025",), ltr=False)
    assert drawn(charts.trend(view)) == []
    assert "first" in str(charts.trend(view))
    assert "does not ask" in str(charts.ltr(view))
