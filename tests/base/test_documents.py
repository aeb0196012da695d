"""A codebook's faults are told by line, before anything else is read."""

import time

import pytest

from crqlab import Codebook, DataError, StudyError
from crqlab.base.yaml_documents import load

GOOD = """\
title: A test
language: "no"
instrument:
  name: mini
  version: "1"
  scale: [1, 7]
  items:
    tru_1: Keeps its word
    tru_2: {text: Lies, reversed: true}
  constructs:
    trust: {label: Trust, items: [tru_1, tru_2]}
  crq: {constructs: [trust]}
responses:
  files: [answers.csv]
client: {id: C1, country: NO}
"""


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "codebook.yaml"
    path.write_bytes(text.encode(encoding))
    return load(path, Codebook)


def test_reads_a_good_codebook(tmp_path):
    book = read(tmp_path, "\ufeff" + GOOD)
    assert book.instrument.items["tru_2"].reversed
    assert book.responses.files[0].file == "answers.csv"


def test_norway_is_not_false(tmp_path):
    assert read(tmp_path, GOOD).client.country == "NO"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title: A test", "titel: A test", 1, "not a key that is known"),
        ("title: A test", "synthetic: false", 1, "required and missing"),
        ("    tru_1: Keeps", "    tru_2: Keeps", 9, "the same key twice"),
        ("scale: [1, 7]", "scale: [7, 1]", 6, "runs from low to high"),
        ("scale: [1, 7]", "scale: seven", 6, "must be 'key: value' lines"),
        ("items: [tru_1, tru_2]", "items: [tru_1, tru_9]", 3, "tru_9"),
        ("{constructs: [trust]}", "{constructs: [thrust]}", 3, "thrust"),
        ("{constructs: [trust]}", "{constructs: [trust], at_least: 2}", 12, "at_least is 2 of 1"),
        ("[tru_1, tru_2]}", "[tru_1], parts: [trust]}", 11, "either items or parts"),
        ("[answers.csv]", "[../answers.csv]", 14, "leaves the study's folder"),
        ("[answers.csv]", "[C:/answers.csv]", 14, "leaves the study's folder"),
        ("[answers.csv]", "[a.csv, a.csv]", 13, "twice"),
        ("    tru_1: Keeps", "    Tru 1: Keeps", 8, "pattern"),
        ("    tru_1: Keeps", "    crq: Keeps", 3, "kept for crqlab"),
        ("name: mini", "  name: mini", 5, "not YAML"),
        ("[answers.csv]", "[answers.csv]\n  columns: {tru_7: Q7}", 1, "tru_7"),
    ],
)
def test_a_fault_is_named_by_its_line(tmp_path, old, new, line, words):
    assert GOOD.count(old) == 1
    with pytest.raises(DataError, match=f"line {line}\\b") as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert words in " ".join(caught.value.cases["rule"])
    assert caught.value.cases["fix"].all()


def test_a_file_that_is_no_text_or_not_there(tmp_path):
    with pytest.raises(DataError, match="not UTF-8"):
        read(tmp_path, GOOD.replace("A test", "Ä test"), encoding="latin-1")
    with pytest.raises(DataError, match="key: value"):
        read(tmp_path, "- a\n- b\n")
    with pytest.raises(StudyError, match="missing"):
        load(tmp_path / "none.yaml", Codebook)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("title: A\x07test\n", 1, "control character U+0007"),
        ("title: A\nlanguage: e\x00n\n", 2, "control character U+0000"),
        ("title: A\n? [a, b]\n: c\n", 2, "a list, a mapping or nothing as a key"),
        ("title: A\ninstrument: {? {a: b} : c}\n", 2, "a list, a mapping or nothing as a key"),
        ("title: !!python/object/apply:os.system [ls]\n", 1, "not YAML: could not determine"),
        ("title: A\ninstrument: {~: c}\n", 2, "a list, a mapping or nothing as a key"),
        ("title: !!int x\n", 1, "not YAML"),
        (f"title: {'9' * 5000}\n", 1, "not YAML"),
        ("title: &a [*a]\n", 1, "60 levels, once aliases are read"),
        ("title: " + "[" * 5000 + "\n", 2, "not YAML"),
        ("title: *nothing\n", 1, "undefined alias"),
    ],
)
def test_what_no_person_means_is_refused_by_its_line(tmp_path, text, line, words):
    with pytest.raises(DataError, match=f"codebook.yaml, line {line}\\b") as caught:
        read(tmp_path, text)
    assert words in caught.value.cases["rule"].iloc[0]
    assert caught.value.cases["fix"].all()


def bomb(levels):
    """Each level lists the one before nine times."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize("text", [bomb(9), "\n".join([bomb(8), "x: {<<: [*a7]}"]), "x" * (5 << 20)])
def test_a_bomb_ends_within_a_second(tmp_path, text):
    start = time.process_time()
    with pytest.raises(DataError, match=r"codebook\.yaml, line"):
        read(tmp_path, text)
    assert time.process_time() - start < 2


def test_aliases_that_stand_for_little_are_read(tmp_path):
    text = GOOD.replace("scale: [1, 7]", "scale: &s [1, 7]").replace(
        "text: Lies,", "text: Lies, scale: *s,"
    )
    assert read(tmp_path, text).instrument.bounds("tru_2").high == 7


def test_messages_are_in_the_words_of_who_edits_the_file(tmp_path):
    broken = GOOD.replace("title: A test", "title: [A]\nsynthetic: perhaps\nwaves: {w: {from: x}}")
    broken = broken.replace("[answers.csv]", "{a: b}").replace(
        "C1, country", "C1, name: {}, country"
    )
    with pytest.raises(DataError) as caught:
        read(tmp_path, broken)
    told = dict(zip(caught.value.cases["column"], caught.value.cases["rule"], strict=True))
    assert told["title"] == "must be text"
    assert told["synthetic"] == "must be true or false"
    assert told["waves > w > from"] == "must be a day, as in 2025-01-31"
    assert told["responses > files"] == "must be a list"
    assert told["client > name"] == "must be text"
