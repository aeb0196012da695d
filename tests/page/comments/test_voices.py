"""A few comments of a question: one of each theme before a second, none that is withheld."""

from dataclasses import replace

import pandas as pd

from crqlab.page.comments import voices
from tests.page.reading import soup


def test_one_of_each_theme_comes_before_a_second(stationed_view_of):
    view = stationed_view_of(accounts=45, most=14, silent=9)
    found = view.themes
    question = found.questions["question"].iloc[0]
    row = found.quotes.iloc[:1] if len(found.quotes) else found.rest.iloc[:1].assign(theme=1)
    said = ((1, "first"), (1, "again"), (2, "other"), (3, "third"))
    quotes = [row.assign(question=question, theme=theme, words=words) for theme, words in said]
    own = found.questions[found.questions["question"] == question].assign(withheld=False, n=9)
    themes = replace(found, questions=own, quotes=pd.concat(quotes),
                     rest=found.rest.iloc[:0])  # fmt: skip
    shown = soup(voices(replace(view, themes=themes)))
    assert [one.get_text() for one in shown("q")] == ["first", "other", "third", "again"]
    assert "4 of 9 comments" in shown.get_text()
    hidden = replace(themes, questions=own.assign(withheld=True))
    assert not soup(voices(replace(view, themes=hidden)))("q")
