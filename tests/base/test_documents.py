"""A codebook's faults are told by line, before anything else is read."""

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
        ("scale: [1, 7]", "scale: seven", 6, "valid dictionary"),
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
