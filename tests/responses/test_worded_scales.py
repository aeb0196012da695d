"""Answers in words: common scales are read in their order or asked about, never silently wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from re import _parser as parser  # the grammar of patterns is the standard library's

import pytest
import yaml

from crqlab import Study, responses
from crqlab.base.spreadsheets import cells
from crqlab.responses import worded_scales
from crqlab.responses.worded_items import fits
from tests.responses.known_answers import N, account, write_csv

_TOLD = yaml.safe_load(Path(__file__).with_name("survey_words.yaml").read_text(encoding="utf-8"))
SCALES = [*_TOLD["scales"].values(), *_TOLD["more_scales"]]
SURE = 0.8  # a draft asks about what is less sure


def read(words: Iterable[str], times: int = 40):
    return fits({"q": dict.fromkeys(words, times)}, {"q": "q"})["q"]


def in_order(words, whole) -> list[int]:
    return [whole.index(word) + 1 for word in words]


@pytest.mark.parametrize("words", SCALES, ids=" | ".join)
def test_a_common_scale_is_read_in_its_order(words):
    found = read(words)
    assert [found.points[word] for word in words] == in_order(words, words)
    assert found.size == len(words)


@pytest.mark.parametrize("lost", [[0], [-1], [0, 1], [-1, -2], [0, -1], [1], [2]], ids=str)
def test_words_that_nobody_chose_leave_a_right_reading_or_a_question(lost):
    silent = []
    for words in SCALES:
        gone = {place % len(words) for place in lost}
        kept = [word for place, word in enumerate(words) if place not in gone]
        found = read(kept, times=15)
        right = [found.points[word] for word in kept] == in_order(kept, words)
        if not (right and found.size == len(words)) and found.sure >= SURE:
            silent.append((words, found))
    assert not silent


@pytest.mark.parametrize("lost", [0, -1])
def test_most_scales_are_right_where_nobody_chose_one_end(lost):
    right = 0
    for words in SCALES:
        kept = words[1:] if lost == 0 else words[:-1]
        found = read(kept)
        right += [found.points[word] for word in kept] == in_order(kept, words)
    assert right >= 0.85 * len(SCALES)


def test_no_word_stands_at_two_points_of_one_list():
    for scale in worded_scales._scales():
        for place, pattern in enumerate(scale.points, start=1):
            for text in _written(parser.parse(pattern.pattern)):
                word = " ".join(text.split())
                assert worded_scales._placed([word], scale) == {word: place}, scale


def _written(tokens) -> list[str]:
    """Every text that a pattern of the list stands for; a free word is xyz."""
    found = [""]
    for kind, held in tokens:
        match str(kind):
            case "LITERAL":
                next_ = [chr(held)]
            case "SUBPATTERN":
                next_ = _written(held[-1])
            case "BRANCH":
                next_ = [text for branch in held[1] for text in _written(branch)]
            case "MAX_REPEAT":
                least, most, inner = held
                next_ = ["xyz" if least else ""] if most > 1 else ["", *_written(inner)]
            case "IN":
                next_ = [chr(value) for what, value in held if str(what) == "LITERAL"] or ["xyz"]
        found = [text + more for text in found for more in next_]
    return found


def test_answers_in_several_languages_are_one_scale():
    words = ["Strongly disagree", "Stimme nicht zu", "Neutral", "De acuerdo", "Instämmer helt"]
    found = read(words)
    assert [found.points[word] for word in words] == [1, 2, 3, 4, 5]
    assert found.size == 5


def test_questions_with_scales_of_their_own_do_not_stretch_each_other():
    seven = SCALES[0]
    five = [seven[0], seven[1], seven[3], seven[5], seven[6]]
    rows = {"a": dict.fromkeys(seven, 20), "b": dict.fromkeys(five, 20)}
    found = fits(rows, {"a": "first", "b": "second"})
    assert found["a"].size == 7
    assert [found["b"].points[word] for word in five] == [1, 2, 3, 4, 5]
    assert found["b"].sure < SURE


def test_words_of_no_known_scale_are_always_asked_about():
    found = read(["a bit happy", "most happy", "unhappy"])
    assert found.sure < SURE
    assert "order" in found.why


RECOMMENDS = "How likely are you to recommend us to a colleague?"


def drafted(folder, columns):
    """Draft a study of one file: ids, firms and some columns."""
    rows = [
        [f"x{n}", account(n), *row] for n, row in enumerate(zip(*columns.values(), strict=True))
    ]
    path = write_csv(folder / "answers.csv", [["id", "company", *columns], *rows])
    report = responses.drafted("s", folder / "home", [path], {})
    study = Study("s", root=folder / "home")
    book = study.codebook.instrument
    rows = responses.read(study).responses
    return report, book, rows


def numbers(step: int, top: int = 7) -> list[int]:
    return [1 + (n * step + n // 7) % top for n in range(N)]


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("0 - Not at all likely", "10 - Extremely likely"),
        ("Not at all likely - 0", "Extremely likely - 10"),
        ("Not at all likely", "Extremely likely"),
        ("0 (sehr unwahrscheinlich)", "10 (sehr wahrscheinlich)"),
    ],
)
def test_a_recommendation_with_labels_at_its_ends_is_read(low, high, tmp_path):
    given = [n % 11 for n in range(N)]
    told = [{0: low, 10: high}.get(value, value) for value in given]
    items = {f"q{n}": numbers(n) for n in (3, 4, 5)}
    report, _, rows = drafted(tmp_path, items | {RECOMMENDS: told})
    assert report.columns[RECOMMENDS]["as"] == "ltr"
    assert rows["ltr"].tolist() == given


@pytest.mark.parametrize("given", [[9, 10], [10, 10], [8, 9]])
def test_a_recommendation_with_few_different_answers_is_read_and_asked_about(given, tmp_path):
    told = [given[n % 2] for n in range(N)]
    report, _, rows = drafted(
        tmp_path, {f"q{n}": numbers(n) for n in (3, 4, 5)} | {RECOMMENDS: told}
    )
    assert rows["ltr"].tolist() == told
    assert any(point.startswith("instrument.recommend") for point in report.open)


def test_a_recommendation_in_words_is_no_item_and_asked_about(tmp_path):
    told = [
        ["Very unlikely", "Unlikely", "Neutral", "Likely", "Very likely"][n % 5] for n in range(N)
    ]
    report, book, rows = drafted(
        tmp_path, {f"q{n}": numbers(n) for n in (3, 4, 5)} | {RECOMMENDS: told}
    )
    assert list(book.items) == ["q3", "q4", "q5"]
    assert rows["ltr"].isna().all()
    assert any("recommending" in point for point in report.open)


def test_words_for_the_ends_of_numbers_are_read_and_asked_about(tmp_path):
    ends = {1: "Strongly disagree", 7: "Strongly agree"}
    given = {f"q{n}": numbers(n) for n in (3, 4)} | {"q5": numbers(5, 6)}
    told = {name: [ends.get(value, value) for value in row] for name, row in given.items()}
    report, book, rows = drafted(tmp_path, told)
    assert {name: rows[name].tolist() for name in given} == given
    assert {(book.bounds(name).low, book.bounds(name).high) for name in given} == {(1, 7)}
    assert len([point for point in report.open if "read as ends" in point]) == 3


def test_a_label_that_nobody_chose_in_one_item_turns_it_as_the_others(tmp_path):
    ends = {1: "1 - Very satisfied", 7: "7 - Very dissatisfied"}
    given = {f"q{n}": numbers(n) for n in (3, 4)} | {"q5": numbers(5, 6)}
    told = {name: [ends.get(value, value) for value in row] for name, row in given.items()}
    _, book, _ = drafted(tmp_path, told)
    assert [book.items[name].reversed for name in given] == [True] * 3


def test_an_item_with_two_different_answers_belongs_to_its_matrix(tmp_path):
    given = {"Q1_1": [4 + n % 2 for n in range(N)], "Q1_2": numbers(3), "Q1_3": numbers(4)}
    sex = {"Q9_1": [1 + n % 2 for n in range(N)]}
    report, book, rows = drafted(tmp_path, given | sex)
    assert list(book.items) == ["q1_1", "q1_2", "q1_3"]
    assert rows["q1_1"].tolist() == given["Q1_1"]
    assert report.columns["Q1_1"]["sure"] < SURE


def test_a_text_that_is_no_point_of_its_scale_is_asked_about(tmp_path):
    words = SCALES[1]
    told = {f"q{n}": [words[value - 1] for value in numbers(n, 5)] for n in (3, 4, 6)}
    told["q6"][4] = "it depends"
    report, book, _ = drafted(tmp_path, told)
    assert list(book.items) == ["q3", "q4", "q6"]
    asked = [point for point in report.open if point.startswith("instrument.items.q6")]
    assert "'it depends' 1 read as no answer; is it a point of the scale?" in asked[0]


def test_a_very_long_text_costs_no_time():
    began = time.monotonic()
    assert cells.labelled("x" * 40_000) is None
    assert time.monotonic() - began < 1
