"""A codebook is told on one screen, however long it is."""

from __future__ import annotations

import pytest
import yaml
from IPython.lib.pretty import pretty

from crqlab import Codebook
from crqlab.simulate.raw import CODEBOOK


@pytest.fixture(scope="module")
def document():
    return yaml.safe_load(CODEBOOK.read_text(encoding="utf-8"))


def fits(text):
    lines = text.split("\n")
    return len(lines) <= 40 and max(map(len, lines)) <= 100


def test_the_demo_codebook_fits_and_says_what_counts(document):
    book = Codebook.model_validate(document)
    text = str(book)
    assert fits(text)
    assert "24 items from 1 to 7, 0-10 recommendation, familiarity, 3 open" in text
    for name, one in book.instrument.constructs.items():
        assert f"{name}: {', '.join(one.items or one.parts)}" in text
    assert "scores of 3 people, words of 5, or more" in text
    assert text == pretty(book)


def test_a_codebook_of_hundreds_of_items_fits_and_says_that_more_is_there(document):
    items = [f"question_number_{place}" for place in range(300)]
    groups = {f"construct_{n}": items[10 * n : 10 * n + 10] for n in range(30)}
    long = {
        **document,
        "instrument": {
            "name": "long", "version": "1", "scale": [0, 100],
            "items": dict.fromkeys(items, "?"),
            "constructs": {n: {"label": n, "items": own} for n, own in groups.items()},
            "crq": {"constructs": list(groups), "at_least": 3},
        },
        "responses": {"files": [f"answers_{place}.csv" for place in range(50)]},
        "unconfirmed": [f"instrument.items.{item}" for item in items],
    }  # fmt: skip
    text = str(Codebook.model_validate(long))
    assert fits(text)
    assert "and 14 more" in text
    assert "answers_0.csv" in text
    assert "privacy" in text
    assert text.count(" …") > 3


def test_the_0_to_10_question_alone_has_no_line_of_constructs():
    book = Codebook.model_validate(
        {
            "title": "Alone",
            "instrument": {"name": "nps", "version": "2", "scale": [1, 7], "recommend": "Likely?"},
            "responses": {"files": ["a.csv"]},
        }
    )
    text = str(book)
    assert "nps, version 2: 0-10 recommendation\n" in text
    assert "items" not in text
    assert "constructs" not in text
