"""A sample of `make fuzz`: no mutated file ends in a traceback, a wrong value or unclear words."""

from __future__ import annotations

import pytest

from crqlab.base.spreadsheets import cells
from crqlab.responses import sav
from tests.fuzz import judgement
from tests.fuzz.campaign import FAILURES, Tally
from tests.fuzz.inputs import MAKERS, made
from tests.validation.__main__ import replaced, section_of

SAMPLE = range(100_000, 100_003)


@pytest.mark.parametrize("reader", MAKERS)
def test_a_sample_of_mutated_files_is_read_or_refused(reader, tmp_path):
    tally = Tally(reader)
    for number in SAMPLE:
        tally.add(number, judgement.judged(reader, number, tmp_path / "home"))
    assert not tally.failed
    assert tally.counts.total() == len(SAMPLE)


def test_the_same_number_is_the_same_file(tmp_path):
    for reader in ("csv", "xlsx", "playbook.yaml"):
        assert made(reader, 7, tmp_path) == made(reader, 7, tmp_path)
        assert made(reader, 7, tmp_path) != made(reader, 8, tmp_path)


def test_a_wrong_value_is_found(tmp_path, monkeypatch):
    right = cells.number
    monkeypatch.setattr(cells, "number", lambda text: 4.0 if text == "5" else right(text))
    found = {judgement.judged("csv", n, tmp_path / "home").kind for n in range(12)}
    assert "silent" in found


def test_a_traceback_is_found(tmp_path, monkeypatch):
    def broken(column):
        raise KeyError("planted")

    monkeypatch.setattr(sav, "_texts", broken)
    found = [judgement.judged("sav", n, tmp_path / "home") for n in range(4)]
    assert {one.kind for one in found} & set(FAILURES) == {"traceback"}


def test_a_section_of_the_page_is_kept_and_replaced():
    page = "# Title\n\n## One\n\na\n\n## Fuzzing\n\nold\n\n## Two\n\nb\n"
    assert section_of(page, "## Fuzzing") == "## Fuzzing\n\nold\n"
    assert section_of(page, "## Three") == ""
    assert replaced(page, "## Fuzzing\n\nnew\n").split() == page.replace("old", "new").split()
