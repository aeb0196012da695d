"""How the numbers are made: rules, exclusions and what is kept back, in every language."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from crqlab.language import language
from crqlab.page import method
from crqlab.report import card
from tests.page.reading import SCORED as SHAPES
from tests.page.reading import cells
from tests.page.reworded import elements, in_other_words, numbers


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["rules", "privacy", "excluded"])
def test_it_can_be_laid_out_for_every_kind_of_client(view_of, shape, name):
    view = view_of(**SHAPES[shape])
    shown = getattr(method, name)(view)
    assert shown.sentence
    assert "nan" not in BeautifulSoup(shown.html, "html.parser").get_text().lower().split()
    other = getattr(method, name)(in_other_words(view, "rules")).html
    assert elements(other) == elements(shown.html)
    assert numbers(other) == numbers(shown.html)


def test_rules_name_the_instrument_at_hand(view_of):
    said = str(method.rules(view_of(scale=(1, 5), ltr=False)))
    assert "answered from 1 to 5" in said
    assert "Trust and at least 2 of them" in said
    assert "LTR was not asked" in said


def test_exclusions_are_counted_with_their_rule(view_of):
    _, row = cells(method.excluded(view_of()))
    rule = "one response per contact, and no two alike to the last answer and comment"
    assert row == ["The same person or answers twice", rule, "1", "1"]


def test_rules_in_words_of_one_construct_and_of_several(view_of):
    view = view_of()
    asked = view.instrument
    made = {}
    for names, required, least in ((["trust"], [], 1), (["trust"], ["trust"], 1),
                                   (["trust", "solution"], [], 2)):  # fmt: skip
        crq = asked.crq.model_copy(
            update={"constructs": names, "required": required, "at_least": least}
        )
        told = replace(view, instrument=asked.model_copy(update={"crq": crq}))
        made[len(names), len(required)] = str(method.rules(told))
    assert "CRQ is the score of Trust. A customer" in made[1, 0]
    assert "CRQ is the score of Trust; a respondent needs Trust." in made[1, 1]
    assert (
        "CRQ is the equal-weight mean of Trust, Solution; a respondent needs at least 2 of them."
        in made[2, 0]
    )


def test_rules_and_privacy_in_swedish(view_of):
    view = replace(view_of(), language=language("sv"))
    assert "en svarande behöver Förtroende och minst 2 av dem." in str(method.rules(view))
    assert "Där färre än 3 personer står bakom en siffra" in str(method.privacy(view))
    assert "av 51 svar utelämnade ur värdena" in str(method.excluded(view))


def test_a_run_card_names_files_and_tables_alike_in_every_language(study_of, view_of):
    table = card(study_of(), client="C017", wave="2025").table
    shown = [
        cells(method.run_card(replace(view_of(), language=language(code)), table))
        for code in ("en", "sv")
    ]
    assert shown[0][0] == ["Name", "Kind", "Value"]
    assert shown[1][0] == ["Namn", "Slag", "Värde"]
    assert shown[0][1:] == shown[1][1:]
    assert len(shown[0]) == len(table) + 1
