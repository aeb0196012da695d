"""Pictures of participation: marks lie where the tables say, and words say the same."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from crqlab.page import participation as section
from crqlab.show import svg
from crqlab.show.colours import SOFT


def drawn(shown):
    return BeautifulSoup(shown.html, "html.parser").find_all("svg")


@pytest.mark.parametrize("name", ["completion_histogram", "score_bounds"])
def test_every_picture_can_be_heard_and_is_the_same_twice(asked_view_of, name):
    view = asked_view_of()
    shown = getattr(section, name)(view)
    pictures = drawn(shown)
    ids = [tag["id"] for picture in pictures for tag in picture.find_all(["title", "desc"])]
    assert len(ids) == len(set(ids)) == 2 * len(pictures) > 0
    assert all(p["aria-labelledby"].split() == [p.title["id"], p.desc["id"]] for p in pictures)
    assert getattr(section, name)(view).html == shown.html


def test_bars_count_the_other_clients_and_the_line_is_this_one(asked_view_of):
    view = asked_view_of()
    (picture,) = drawn(section.completion_histogram(view))
    counts = [int(t.get_text()) for t in picture.find_all("text") if t.get("font-size") == "11"]
    assert sum(counts) == view.participation.n_others == 12
    assert counts == view.participation.bands.query("n > 0")["n"].tolist()
    (dot,) = picture.find_all("circle")
    axis = svg.Axis(0, 100, 24, 466)
    bar = [line for line in picture.find_all("line") if line["stroke-width"] == "6"]
    ends = [float(line[x]) for line in bar for x in ("x1", "x2")]
    assert ends == pytest.approx([axis.at(22), axis.at(39)], abs=0.06)
    assert float(dot["cx"]) == pytest.approx(
        axis.at(100 * view.participation.share("contacts")["value"])
    )
    assert "30\xa0% of contacts answered (22 to 39\xa0%)" in picture.desc.get_text()


def test_published_bands_stay_where_there_are_too_few_other_clients(asked_view_of):
    view = asked_view_of(others=4)
    (picture,) = drawn(section.completion_histogram(view))
    assert view.participation.n_others == 0
    assert not [t for t in picture.find_all("text") if t.get("font-size") == "11"]
    assert "too few other clients" in section.completion_histogram(view).html
    assert "26 to 30" in section.completion_histogram(view).html


def test_views_of_a_score_lie_where_the_table_says(asked_view_of):
    view = asked_view_of()
    crq, nps = drawn(section.score_bounds(view))
    rows = view.participation.nonresponse.query("measure == 'crq'")
    known = rows[["value", "low", "high"]].to_numpy().ravel()
    axis = svg.Axis(*svg.around(known, 1, 7, least=2), 122, 320)
    dots = [float(circle["cx"]) for circle in crq.find_all("circle")]
    assert dots == pytest.approx([axis.at(value) for value in rows["value"]], abs=0.06)
    assert f"as answered {rows['value'].iloc[0]:.2f}" in crq.desc.get_text()
    assert nps.title.get_text() == "NPS and the silent"


def test_views_stand_below_each_other_beside_their_names(asked_view_of):
    crq, _ = drawn(section.score_bounds(asked_view_of()))
    heights = [float(circle["cy"]) for circle in crq.find_all("circle")]
    assert heights == [38, 62, 86, 110, 134, 158]
    names = [t for t in crq.find_all("text") if t["text-anchor"] == "end"]
    assert [float(name["y"]) - 4 for name in names] == heights


@pytest.mark.parametrize(("kept", "pictures"), [(("raw",), 0), (("raw", "weighted"), 1)])
def test_one_view_of_a_score_is_no_picture(asked_view_of, kept, pictures):
    view = asked_view_of(ltr=False)
    rows = view.participation.nonresponse
    rows = rows.assign(value=rows["value"].where(rows["view"].isin(kept)))
    changed = dataclasses.replace(view.participation, nonresponse=rows)
    shown = section.score_bounds(dataclasses.replace(view, participation=changed))
    assert len(drawn(shown)) == pictures


def test_counts_stand_over_the_middle_of_their_bars(asked_view_of):
    (picture,) = drawn(section.completion_histogram(asked_view_of()))
    bars = [box for box in picture.find_all("rect") if box["fill"] == SOFT]
    middles = [float(box["x"]) + float(box["width"]) / 2 for box in bars]
    counts = [t for t in picture.find_all("text") if t.get("font-size") == "11"]
    assert [float(t["x"]) for t in counts] == pytest.approx(middles, abs=0.11)
    assert len(bars) == 9


def test_without_the_station_there_is_no_picture(view_of):
    view = view_of(contacts=False)
    assert section.completion_histogram(view).html == section.score_bounds(view).html == ""
    assert len(drawn(section.score_bounds(view))) == 0


def test_a_questionnaire_without_ltr_has_one_picture(asked_view_of):
    assert len(drawn(section.score_bounds(asked_view_of(ltr=False)))) == 1
