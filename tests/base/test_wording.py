"""Wordings in several languages: said in the one that is asked for, else told as missing."""

import pickle
from pathlib import Path

import pytest

from crqlab import DataError
from crqlab.base.codebook import Codebook
from crqlab.base.yaml_documents import load

BOOK = """
title: A test
language: sv
instrument:
  name: mini
  version: "1"
  scale: [1, 7]
  items:
    tru_1: {{text: {text}}}
    tru_2: Acts fairly
  constructs: {{trust: {{label: Trust, items: [tru_1, tru_2]}}}}
  crq: {{constructs: [trust]}}
  recommend: {{en: Would you recommend us?, sv: Skulle du rekommendera oss?}}
  comments: {{best: {{en: The best?}}}}
responses: {{files: [a.csv]}}
"""


def book(folder: Path, text: str = "{en: Keeps its word, sv: Håller vad de lovar}") -> Codebook:
    path = folder / "codebook.yaml"
    path.write_text(BOOK.format(text=text), encoding="utf-8")
    return load(path, Codebook)


def test_the_study_s_own_language_comes_first(tmp_path):
    asked = book(tmp_path).instrument
    assert asked.items["tru_1"].text == "Håller vad de lovar"
    assert asked.recommend == "Skulle du rekommendera oss?"
    assert list(asked.items) == ["tru_1", "tru_2"]


def test_every_wording_is_said_in_a_language_that_has_it(tmp_path):
    asked = book(tmp_path).instrument.in_language("en")
    texts = [item.text for item in asked.items.values()]
    assert texts == ["Keeps its word", "Acts fairly"]
    assert asked.recommend == "Would you recommend us?"
    assert asked.in_language("sv").items["tru_1"].text == "Håller vad de lovar"


def test_what_is_not_worded_in_a_language_is_told(tmp_path):
    asked = book(tmp_path).instrument
    assert asked.unspoken("sv") == ["best"]
    assert asked.unspoken("de") == ["tru_1", "best", "ltr"]
    assert asked.in_language("sv").comments["best"] == "The best?"


def test_all_languages_survive_another_process(tmp_path):
    again = pickle.loads(pickle.dumps(book(tmp_path)))
    assert again.instrument.in_language("en").items["tru_1"].text == "Keeps its word"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{english: Keeps its word}", "'english' is no language; write en, sv, de"),
        ("{en: [a]}", "must hold one text for each language"),
        ("[a, b]", "must be text, or one text for each language"),
        ("{}", "must hold one text for each language"),
    ],
)
def test_what_is_no_wording_is_refused(text, said, tmp_path):
    with pytest.raises(DataError, match=said):
        book(tmp_path, text)
