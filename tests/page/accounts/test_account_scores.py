"""The accounts in tables and in one picture: numbers of the tables, small groups withheld."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from crqlab.language import language
from crqlab.page import accounts
from crqlab.show import svg
from tests.page.reading import SCORED as SHAPES
from tests.page.reading import cells
from tests.page.reworded import elements, in_other_words, numbers


def drawn(shown):
    return BeautifulSoup(shown.html, "html.parser").find_all("svg")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["account_scores", "heat_map"])
def test_every_table_can_be_laid_out_for_every_kind_of_client(view_of, shape, name):
    shown = getattr(accounts, name)(view_of(**SHAPES[shape]))
    page = BeautifulSoup(shown.html, "html.parser")
    assert shown.sentence
    assert len(page.find_all("caption")) == len(page.find_all("table"))
    assert all(th.get("scope") for th in page.find_all("th"))
    assert "nan" not in page.get_text().lower().split()


def test_the_picture_has_a_title_and_a_description_and_is_the_same_each_time(view_of):
    (picture,) = drawn(accounts.caterpillar(view_of()))
    ids = [tag["id"] for tag in picture.find_all(["title", "desc"])]
    assert picture["aria-labelledby"].split() == ids == [picture.title["id"], picture.desc["id"]]
    assert accounts.caterpillar(view_of()).html == accounts.caterpillar(view_of()).html


def test_account_rows_show_the_table_with_small_groups_withheld(view_of):
    view = view_of()
    head, *rows = cells(accounts.account_scores(view))
    assert len(rows) == len(view.scored)
    at = {name: head.index(name) for name in ("CRQ, shrunken", "Plain mean", "NPS", "n", "Caution")}
    for shown, row in zip(rows, view.scored.itertuples(), strict=True):
        assert row.name in shown[0]
        assert shown[at["n"]] == str(row.n)
        if row.n < 3:
            assert {shown[at[name]] for name in ("CRQ, shrunken", "Plain mean", "NPS")} == {
                "–withheld"
            }
            assert shown[0] == row.name, "no place among the others either"
            assert shown[at["Caution"]] == "withheld:\xa0n\xa0below\xa03"
        else:
            assert shown[at["CRQ, shrunken"]] == f"{row.shrunken:.1f}"
            assert shown[at["Plain mean"]] == f"{row.crq:.1f}"
            assert shown[at["NPS"]].replace("−", "-") in (f"{row.nps:+.0f}", "0")


def test_accounts_stand_in_the_order_of_their_shrunken_score(view_of):
    said = [row[1] for row in cells(accounts.account_scores(view_of()))[1:]]
    scores = [float(one) for one in said if one != "–withheld"]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 4
    assert said[len(scores) :] == ["–withheld"] * (len(said) - len(scores))
    last = view_of().scored["name"].tolist()[len(scores) :]
    assert last == sorted(last), "withheld scores do not stand in their order"


def test_accounts_of_one_name_are_told_apart(view_of):
    view = view_of()
    twins = view.accounts.assign(name="Twin")
    rows = cells(accounts.account_scores(dataclasses.replace(view, accounts=twins)))[1:]
    assert len({row[0].split(" ", 1)[1] for row in rows}) == len(rows)


def test_the_heat_map_has_large_enough_accounts_only_and_no_colour_without_number(view_of):
    view = view_of()
    html = BeautifulSoup(accounts.heat_map(view).html, "html.parser")
    named = [th.get_text() for th in html.tbody.find_all("th")][1:]
    assert named == view.scored.loc[view.scored["n"] >= 3, "name"].tolist()
    coloured = [td for td in html.find_all("td") if td.get("style")]
    assert len(coloured) == 5 * (len(named) + 1)
    assert all(td.get_text() for td in coloured)


def test_account_dots_lie_at_their_scores(view_of):
    view = view_of()
    rows = view.scored[view.scored["n"] >= 3]
    (picture,) = drawn(accounts.caterpillar(view))
    dots = [c for c in picture.find_all("circle") if c["fill"] != "#ffffff"]
    columns = ["shrunken", "shrunken_low", "shrunken_high", "crq"]
    axis = svg.Axis(*svg.around(rows[columns].to_numpy().ravel(), 1, 7, least=3), 175, 468)
    assert [float(dot["cx"]) for dot in dots] == pytest.approx(
        [axis.at(score) for score in rows["shrunken"]], abs=0.06
    )
    hollow = [c for c in picture.find_all("circle") if c["fill"] == "#ffffff"]
    assert len(hollow) == rows["crq"].notna().sum() == len(rows) < len(view.scored)


def test_many_accounts_become_one_sweep_without_names_on_each(view_of):
    view = view_of(accounts=400, most=14)
    (picture,) = drawn(accounts.caterpillar(view))
    assert len(picture.find_all("rect")) == (view.accounts["n"] >= 3).sum() == 342
    assert len(picture.find_all("text")) < 20
    assert float(picture["height"]) < 400


@pytest.mark.parametrize("name", ["account_scores", "heat_map", "caterpillar"])
def test_what_is_shown_and_withheld_follows_from_no_word(view_of, name):
    view = view_of()
    plain, other = (getattr(accounts, name)(one).html for one in (view, in_other_words(view)))
    assert elements(other) == elements(plain)
    assert numbers(other) == numbers(plain)
    assert "zz" in other


def test_accounts_are_listed_in_swedish_with_swedish_numbers(view_of):
    view = dataclasses.replace(view_of(), language=language("sv"))
    head, first, *_ = cells(accounts.account_scores(view))
    assert head[:4] == ["Kund", "CRQ, krympt", "Intervall", "Vanligt medel"]
    assert first[2] == accounts_span(view)


def accounts_span(view):
    row = view.scored.iloc[0]
    low, high = (f"{row[end]:.1f}".replace(".", ",") for end in ("shrunken_low", "shrunken_high"))
    return f"{low} till {high}"
