"""Themes on a page: right counts and means, nothing of small groups, nothing unescaped."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.base.codebook import Privacy
from crqlab.language import language
from crqlab.page.comments import html, open_answers
from crqlab.page.comments.select import themes
from tests.page.reworded import elements, numbers, reworded

ENGLISH = language("en")
SAID = ["High price", "Price too high again", "Late answers", "We get late answers", "Nothing new"]
ROLES = ["user", "buyer", None]


def drawn(made, spoken=ENGLISH):
    """Lay out the themes as they stand on a page."""
    return html.themes(SimpleNamespace(themes=made, language=spoken))


def people(n=45, accounts=12):
    i = np.arange(n)
    return pd.DataFrame(
        {
            "response_id": [f"r{k}" for k in i],
            "account_id": [f"a{k % accounts}" for k in i],
            "role": [ROLES[k % 3] for k in i],
            "language": "en",
            "best": [SAID[k % 5] if k % 5 != 4 else f"Odd{chr(97 + k // 5)}" for k in i],
            "worst": ["<script>x</script> & Eva Berg" if k < 6 else None for k in i],
            "few": ["Price" if k < 2 else None for k in i],
            "crq": 3.0 + (i % 5),
            "ltr": 8.0,
        }
    )


def found(rows, minimum=5, scores=3, instrument=None):
    asked = {"best": "What is best?", "worst": "What is <worst>?", "few": "Anything?"}

    class Asked:
        comments = asked

        @staticmethod
        def label(name):
            return {"crq": "CRQ"}.get(name, "Mean LTR")

    questions = open_answers.questions(rows, Asked, minimum=minimum)
    labels = pd.Series({a: f"Account {a}" for a in rows["account_id"].unique()})
    words = open_answers.cleared(rows, questions, labels, minimum=minimum, names=["Eva Berg"])
    limits = Privacy(min_scores=scores, min_comments=minimum)
    return themes(words, questions, rows, instrument=Asked, privacy=limits)


def test_counts_and_means_are_those_of_the_writers():
    rows = people()
    made = found(rows)
    price = made.table[made.table["phrases"].map(lambda said: "price" in " ".join(said))].iloc[0]
    writers = rows[rows["best"].str.contains("rice")]
    assert price["n"] == len(writers) == 18
    assert price["n_accounts"] == writers["account_id"].nunique()
    assert price["value"] == pytest.approx(writers["crq"].mean())
    assert price["low"] < price["value"] < price["high"]
    assert price["roles"] == (("buyer", 6), ("user", 6))
    assert price["others"] == 6


def test_every_comment_is_a_quote_a_rest_or_of_no_theme():
    made = found(people())
    asked = made.questions.set_index("question")
    sorted_ = made.table.groupby("question")["n"].sum()
    assert sorted_["best"] + asked.loc["best", "n_none"] == asked.loc["best", "n"] == 45
    assert (made.rest["question"] == "worst").all()
    assert len(made.rest) == 6
    assert asked.loc["worst", "flag"] == '{"code": "few_texts", "minimum": 24}'


def test_too_few_peoples_words_stay_away_and_names_are_taken_out():
    shown = drawn(found(people()))
    page = BeautifulSoup(shown.html, "html.parser")
    assert "Not shown: fewer than 5 people" in page.get_text()
    assert "Eva" not in page.get_text()
    assert "[name removed]" in page.get_text()
    assert page.find("script") is None
    assert "What is <worst>?" in [h.get_text() for h in page.find_all("h3")]


def test_a_mean_of_few_scores_or_of_all_but_few_is_withheld():
    rows = people()
    price = rows["best"].str.contains("rice")
    few = rows.assign(crq=rows["crq"].where(~price | (rows.index < 6)))
    kept = found(few, scores=5).table
    told = kept["phrases"].map(" ".join)
    assert kept.loc[told.str.contains("price"), "value"].isna().all()
    assert kept.loc[told.str.contains("late"), "value"].notna().all()
    most = rows.assign(crq=rows["crq"].where(price | (rows.index == 2)))
    assert found(most).table["value"].isna().all()
    assert "it would tell what fewer than" in drawn(found(most)).html


def test_roles_that_would_leave_a_few_others_are_folded_together():
    rows = people()
    rows["role"] = ["user"] * 42 + ["owner"] * 3
    table = found(rows).table
    for row in table.itertuples():
        assert row.others == 0 or row.others >= 5
        assert "owner" not in dict(row.roles)
        assert sum(n for _, n in row.roles) + row.others == row.n


def test_without_crq_the_mean_is_of_ltr_and_without_scores_none():
    rows = people().assign(crq=np.nan)
    assert set(found(rows).table["label"]) == {"Mean LTR"}
    assert "mean Mean LTR 8.0" in drawn(found(rows)).html
    none = found(rows.assign(ltr=np.nan))
    assert "Nobody who wrote this has a score" in drawn(none).html


def test_quotes_are_typical_and_said_once():
    made = found(people())
    once = made.quotes.groupby(["question", "theme"])["words"]
    assert (once.nunique() == once.size()).all()
    cards = BeautifulSoup(drawn(made).html, "html.parser").select("ul.themes > li")
    assert all(1 <= len(card.select("q")) <= 3 for card in cards)


def test_no_question_or_nobodys_words_is_a_sentence():
    rows = people(6).assign(best=None, worst=None, few=None)
    made = found(rows)
    assert made.table.empty
    assert "Not shown" in drawn(made).html
    empty = dataclasses.replace(made, questions=made.questions.iloc[:0])
    assert "no open questions" in str(drawn(empty))


def test_the_same_comments_in_another_order_are_the_same_page():
    rows = people()
    assert drawn(found(rows.sample(frac=1, random_state=1))).html == drawn(found(rows)).html


def test_themes_are_said_in_swedish_and_follow_from_no_word():
    made = found(people())
    plain, other = drawn(made).html, drawn(made, reworded()).html
    assert elements(other) == elements(plain)
    assert numbers(other) == numbers(plain)
    swedish = BeautifulSoup(drawn(made, language("sv")).html, "html.parser").get_text()
    assert "18 kommentarer från 12 kunder; per roll: buyer 6, user 6, övriga 6" in swedish
    assert "Visas inte: färre än 5 personer skrev något." in swedish
    assert "inte sorterade i teman: färre än 24 texter." in swedish


def test_a_hidden_mean_is_told_by_a_code():
    rows = people()
    most = rows.assign(crq=rows["crq"].where(rows["best"].str.contains("rice") | (rows.index == 2)))
    flags = set(found(most).table["flag"].dropna())
    assert flags == {'{"code": "would_tell_of_few", "minimum": 3}'}
