"""A picture's dots lie where the table says, and its words say the same."""

from dataclasses import replace
from itertools import pairwise
from math import nan

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.page.scores import charts
from tests.page.reading import scale, upright


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


def test_a_measure_that_was_not_asked_is_not_captioned(view_of):
    both, alone = charts.trend(view_of()), charts.trend(view_of(ltr=False))
    assert "CRQ and NPS, wave by wave" in both.html
    assert "CRQ, wave by wave" in alone.html
    assert "NPS" not in alone.html + alone.sentence


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


def with_scores(view, **parts):
    return replace(view, scores=replace(view.scores, **parts))


UNEVEN = {"value": [4.1, 5.3, 4.6], "low": [3.8, 4.2, 4.4], "high": [4.9, 5.7, 5.6]}


def test_dots_of_waves_lie_at_their_values_and_lines_reach_their_intervals(view_of):
    view = view_of()
    rows = view.scores.trend[view.scores.trend["measure"] == "crq"].assign(**UNEVEN)
    picture = drawn(charts.trend(with_scores(view, trend=rows)))[0]
    at, dots = upright(picture), picture("circle")
    assert [at(float(dot["cy"])) for dot in dots] == pytest.approx(UNEVEN["value"], abs=0.01)
    spans = [line for line in picture("line") if line["stroke-width"] == "3"]
    assert [at(float(line["y1"])) for line in spans] == pytest.approx(UNEVEN["low"], abs=0.01)
    assert [at(float(line["y2"])) for line in spans] == pytest.approx(UNEVEN["high"], abs=0.01)
    across = [float(dot["cx"]) for dot in dots]
    assert [float(line["x1"]) for line in spans] == [float(line["x2"]) for line in spans] == across
    steps = [high - low for low, high in pairwise(across)]
    assert steps == pytest.approx([250 / 3] * 2, abs=0.11)
    assert 50 < across[0] < across[-1] < 316  # between the ends of the grid
    names = {word.get_text(): word for word in picture("text")}
    assert [float(names[wave]["x"]) for wave in ("2023", "2024", "2025")] == across
    assert [float(names[told]["x"]) for told in ("4.10", "5.30", "4.60")] == across
    tops = [at(float(names[told]["y"]) + 8) for told in ("4.10", "5.30", "4.60")]
    assert tops == pytest.approx(UNEVEN["high"], abs=0.01)  # clear of the line
    way = [
        line for line in picture("line") if line["x1"] != line["x2"] and line["y1"] != line["y2"]
    ]
    ends = [(line["x1"], line["y1"], line["x2"], line["y2"]) for line in way]
    places = [(dot["cx"], dot["cy"]) for dot in dots]
    assert ends == [(*one, *two) for one, two in pairwise(places)]


def test_a_wave_without_interval_has_its_dot_and_its_number(view_of):
    view = view_of()
    rows = view.scores.trend[view.scores.trend["measure"] == "crq"]
    rows = rows.assign(value=[4.1, 5.3, nan], low=[3.8, nan, nan], high=[4.9, nan, nan])
    (picture,) = drawn(charts.trend(with_scores(view, trend=rows)))
    assert len(picture("circle")) == 2  # what is withheld has none
    assert len([line for line in picture("line") if line["stroke-width"] == "3"]) == 1
    dot = picture("circle")[1]
    told = next(word for word in picture("text") if word.get_text() == "5.30")
    assert float(told["y"]) == pytest.approx(float(dot["cy"]) - 8, abs=0.11)
    one = with_scores(view, trend=rows.assign(value=[4.1, nan, nan]))
    assert drawn(charts.trend(one)) == []


COUNTED = [1, 0, 2, 0, 0, 3, 4, 5, 6, 7, 11]


def test_each_answer_has_a_bar_of_its_kind_over_its_number(view_of):
    view = view_of()
    rows = view.scores.ltr.assign(n=COUNTED)
    (picture,) = drawn(charts.ltr(with_scores(view, ltr=rows)))
    bars = picture("rect")
    assert [float(bar["height"]) for bar in bars] == pytest.approx(
        [10 * n for n in COUNTED], abs=0.1
    )
    assert {float(bar["y"]) + float(bar["height"]) for bar in bars} == {150.0}
    inks = [bar["fill"] for bar in bars]
    assert [inks.index(ink) for ink in dict.fromkeys(inks)] == [0, 7, 9]  # 0-6, 7-8, 9-10
    under = [word for word in picture("text") if word["y"] == "167.0"]
    assert [word.get_text() for word in under] == [str(answer) for answer in range(11)]
    middles = [float(bar["x"]) + float(bar["width"]) / 2 for bar in bars]
    assert [float(word["x"]) for word in under] == pytest.approx(middles, abs=0.2)
    above = [word for word in picture("text") if word["font-size"] == "12"][::2]
    assert [word.get_text() for word in above] == [str(n) for n in COUNTED]
    assert [float(word["y"]) for word in above] == pytest.approx(
        [float(bar["y"]) - 5 for bar in bars], abs=0.11
    )
    lines = [line for line in picture("line") if line["stroke-width"] == "3"]
    for line, (first, last) in zip(lines, [(0, 6), (7, 8), (9, 10)], strict=True):
        assert float(line["x1"]) == pytest.approx(float(bars[first]["x"]), abs=0.11)
        end = float(bars[last]["x"]) + float(bars[last]["width"])
        assert float(line["x2"]) == pytest.approx(end, abs=0.2)
    shares = [
        word.get_text().replace("\xa0", " ") for word in picture("text") if word["y"] == "213.0"
    ]
    assert shares == ["10 (26 %)", "11 (28 %)", "18 (46 %)"]
    said = charts.ltr(with_scores(view, ltr=rows)).sentence.replace("\xa0", " ")
    assert said == (
        "Likely to recommend, 39 answers: Detractors 10 (26 %), Passives 11 (28 %), "
        "Promoters 18 (46 %)"
    )


def test_accounts_lie_where_both_their_means_are(view_of):
    view = view_of()
    rows = view.scored.dropna(subset=["solution", "experience"]).head(4)
    rows = rows.assign(solution=[6.2, 4.99, 3.4, 5.6], experience=[5.1, 6.0, 3.9, 4.89])
    view = replace(view, accounts=rows)
    (picture,) = drawn(charts.uniqueness(view))
    across, up = scale(charts.uniqueness(view)), upright(picture)
    dots = [(across(float(dot["cx"])), up(float(dot["cy"]))) for dot in picture("circle")]
    assert [x for x, _ in dots] == pytest.approx(rows["solution"].tolist(), abs=0.02)
    assert [y for _, y in dots] == pytest.approx(rows["experience"].tolist(), abs=0.02)
    down, flat = [line for line in picture("line") if line["stroke-width"] == "1.5"]
    assert across(float(down["x1"])) == pytest.approx(4.99, abs=0.02)
    assert down["x1"] == down["x2"]
    assert up(float(flat["y1"])) == pytest.approx(4.89, abs=0.02)
    assert flat["y1"] == flat["y2"]
    assert charts.uniqueness(view).sentence.startswith("1 of 4 accounts")  # on a mean is not above


def test_a_field_needs_three_accounts_and_numbers_up_to_forty(view_of):
    view = view_of()
    one = view.scored.dropna(subset=["solution", "experience"]).head(1)
    many = pd.concat([one] * 41, ignore_index=True)
    many = many.assign(
        solution=[3 + i / 12 for i in range(41)], experience=[6 - i / 12 for i in range(41)]
    )

    def shown(n):
        return charts.uniqueness(replace(view, accounts=many.head(n)))

    assert drawn(shown(2)) == []
    assert "3" in shown(2).sentence
    for n, numbers in ((3, 3), (40, 40), (41, 0)):
        (picture,) = drawn(shown(n))
        assert len(picture("circle")) == n
        assert len(picture("text", attrs={"font-size": "11"})) == numbers
