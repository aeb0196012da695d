"""Themes: planted ones are found, arithmetic is scikit-learn's, nothing hangs on order or luck."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crqlab.base.contracts.cautions import codes
from crqlab.stats.phrases import phrases, told
from crqlab.stats.topics import _factorised, topics

PRICE = ["The price is too high.", "High price for little", "Price went up, high price again"]
SPEED = ["Answers come late", "Late answers, every time", "We wait: answers come late"]
PEOPLE = ["Friendly people at the desk", "The people are friendly", "Friendly people!"]
PLANTED = pd.Series(PRICE * 10 + SPEED * 7 + PEOPLE * 4)


def test_planted_themes_are_found_and_named():
    found = topics(PLANTED)
    assert found.table["n"].tolist()[:3] == [30, 21, 12]
    sides = [set(found.texts["theme"][a:b]) for a, b in ((0, 30), (30, 51), (51, 63))]
    assert sides == [{1}, {2}, {3}]
    keys = [" ".join(words) for words in found.table["phrases"]]
    assert all(word in key for word, key in zip(("price", "late", "friendly"), keys, strict=False))


@pytest.mark.slow
def test_weights_are_those_of_scikit_learn():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    said = pd.Series(["alpha beta alpha", "beta gamma", "gamma gamma delta", "alpha delta", "beta"])
    found = phrases(said)
    theirs = text.TfidfVectorizer(vocabulary=found.names, norm="l2", ngram_range=(1, 3))
    assert set(found.names) == {"alpha", "beta", "gamma", "delta"}
    assert found.weights == pytest.approx(theirs.fit_transform(said).toarray(), abs=1e-12)


def test_the_factorisation_is_as_near_as_that_of_scikit_learn():
    decomposition = pytest.importorskip("sklearn.decomposition")
    weights = phrases(PLANTED).weights + np.random.default_rng(1).uniform(0, 0.2, (63, 1))
    left, right = _factorised(weights, 3)
    model = decomposition.NMF(3, init="nndsvd", max_iter=1000, tol=1e-8)
    model.fit(weights)
    assert np.linalg.norm(weights - left @ right) == pytest.approx(
        model.reconstruction_err_, rel=1e-3
    )
    assert left.min() >= 0
    assert right.min() >= 0


@settings(max_examples=10)
@given(st.permutations(range(len(PLANTED))))
def test_the_order_of_texts_changes_nothing(order):
    one, other = topics(PLANTED), topics(PLANTED.iloc[list(order)])
    pd.testing.assert_frame_equal(one.table, other.table)
    moved = one.texts["theme"].to_numpy()[list(order)]
    assert moved.tolist() == other.texts["theme"].tolist()


@pytest.mark.parametrize(("n", "themes"), [(24, 2), (60, 3), (400, 6)])
def test_one_theme_is_looked_for_in_twenty_texts(n, themes):
    words = [f"alpha{chr(97 + i % 12)} beta{chr(97 + i % 12)}" for i in range(n)]
    assert len(topics(pd.Series(words), least=1).table) <= themes


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "fewer than 24 texts"),
        (["price"] * 23, "fewer than 24 texts"),
        ([f"{chr(97 + i)}{chr(98 + i)}x" for i in range(24)], "hardly a phrase"),
        (["the and of"] * 30, "hardly a phrase"),
        (["123 456"] * 30, "hardly a phrase"),
    ],
)
def test_where_there_are_no_themes_the_reason_is_said(words, why):
    found = topics(pd.Series(words, dtype=object))
    assert found.table.empty
    assert found.texts["theme"].eq(0).all()
    assert len(found.texts) == len(words)
    (flag,) = codes(found.flag)
    assert flag in ({"code": "few_texts", "minimum": 24}, {"code": "hardly_a_phrase"})
    assert why in str(found)


def test_a_small_theme_is_dissolved_and_its_texts_are_not_lost():
    words = pd.Series(["High price"] * 30 + ["Parking lot is muddy"] * 3)
    found = topics(words, least=5)
    assert (found.table["n"] >= 5).all()
    assert len(found.texts) == 33
    assert "parking" not in " ".join(map(" ".join, found.table["phrases"]))
    assert found.texts["theme"].tail(3).eq(0).all()
    assert topics(words, least=3).texts["theme"].tail(3).gt(0).all()


def test_themes_and_counts_belong_together():
    found = topics(PLANTED)
    counted = found.texts["theme"].value_counts()
    assert counted.reindex(found.table["theme"]).tolist() == found.table["n"].tolist()
    assert found.table["share"].tolist() == pytest.approx((found.table["n"] / 63).tolist())


def test_phrases_end_with_clauses_and_do_not_hold_what_was_taken_out():
    said = pd.Series(["Good price. Late answers, [name removed] knows"] * 2)
    names = phrases(said).names
    assert "good price" in names
    assert not {"price late", "price late answers", "name", "removed"} & set(names)


@pytest.mark.parametrize(
    ("language", "stopped"), [("en", "the"), ("sv", "och"), (None, "och"), (None, "the")]
)
def test_stop_words_go_by_the_language(language, stopped):
    words = pd.Series([f"price {stopped} speed", f"{stopped} speed"])
    assert stopped not in phrases(words, languages=pd.Series([language] * 2)).names


def test_a_stop_word_of_one_language_is_a_word_of_another():
    words, sv = pd.Series(["under men", "men under"]), pd.Series(["en", "en"])
    assert "men" in phrases(words, languages=sv).names
    assert "men" not in phrases(words, languages=pd.Series(["sv"] * 2)).names


def test_in_other_languages_the_frequent_words_tell_nothing():
    words = pd.Series([f"der {w} und" for w in ["preis", "service", "preis", "leute"] * 10])
    found = phrases(words, languages=pd.Series(["de"] * 40), least=2)
    assert "der" not in found.names
    assert "und" not in found.names
    rare = pd.Series([f"der wort{chr(97 + i % 20)} und" for i in range(40)])
    names = phrases(rare, languages=pd.Series(["de-AT"] * 40)).names
    assert len(names) == 20


def test_a_longer_phrase_stands_for_its_parts_only_where_it_is_as_common():
    names = ["price", "price rise", "speed"]
    weights = np.array([3.0, 1.0, 2.0])
    assert told(names, weights, np.array([4, 3, 2]), most=3) == [1, 2]
    assert told(names, weights, np.array([40, 3, 2]), most=3) == [0, 2]
    assert told(names, np.zeros(3), np.array([4, 3, 2]), most=3) == []


@pytest.mark.parametrize("odd", ["", " ", "\n", "😀😀", "a" * 5000, "'’-'", "[", "ممتاز جدا"])
def test_odd_texts_pass(odd):
    assert len(topics(pd.Series([odd, *PLANTED])).texts) == 64
