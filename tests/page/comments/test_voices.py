"""Comments without themes: a few different ones, none that is withheld."""

from dataclasses import replace

import pandas as pd

from crqlab.page.comments import voices
from tests.page.reading import soup


def test_a_few_different_comments_stand_for_a_question_without_themes(view_of):
    view = view_of()
    row = view.themes.rest.iloc[:1].assign(question="best")
    rest = pd.concat([row.assign(words=words) for words in ["a", "a", "b", "c", "d", "e"]])
    shown = soup(voices(replace(view, themes=replace(view.themes, rest=rest))))
    assert [one.get_text() for one in shown("q")] == ["a", "b", "c", "d"]
    hidden = replace(view.themes, rest=rest, questions=view.themes.questions.assign(withheld=True))
    assert not soup(voices(replace(view, themes=hidden)))("q")
