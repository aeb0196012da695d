"""Comments question by question: enough people's words, and none that could break out."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from crqlab.language import language
from crqlab.page.comments import verbatims
from tests.page.reading import SCORED as SHAPES
from tests.page.reworded import elements, in_other_words, numbers


@pytest.mark.parametrize("shape", SHAPES)
def test_comments_can_be_laid_out_for_every_kind_of_client(view_of, shape):
    shown = verbatims(view_of(**SHAPES[shape]))
    assert shown.sentence
    assert "nan" not in BeautifulSoup(shown.html, "html.parser").get_text().lower().split()


def test_comments_are_grouped_by_question_and_harmless(view_of):
    shown = verbatims(view_of())
    page = BeautifulSoup(shown.html, "html.parser")
    assert [h3.get_text() for h3 in page.find_all("h3")] == ["What is best?", "What is <worst>?"]
    quotes = [q.get_text() for q in page.find_all("q")]
    assert "<b>Bold</b> & <script>alert('x')</script>" in quotes
    assert '=HYPERLINK("[address removed]")' in quotes
    assert "abcgnp.exe" in quotes
    assert page.script is None
    assert "Price." not in quotes, "four people are fewer than five"


def test_comments_are_said_in_swedish_and_follow_from_no_word(view_of):
    view = view_of()
    plain, other = verbatims(view).html, verbatims(in_other_words(view)).html
    assert elements(other) == elements(plain)
    assert numbers(other) == numbers(plain)
    swedish = verbatims(dataclasses.replace(view, language=language("sv"))).html
    assert "Visas inte: 3 personer skrev något, färre än 5." in swedish
