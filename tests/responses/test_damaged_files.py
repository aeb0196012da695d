"""A law: whatever happened to a file, the answer is a table of cases and never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyreadstat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crqlab import CrqError, responses
from tests.responses.conftest import answers, study, texts, write_csv, write_qualtrics, write_xlsx


def sav(path):
    text = ("best", "account_id", "contact_id", "role", "language", "started")
    pyreadstat.write_sav(answers().assign(**{c: answers()[c].fillna("") for c in text}), path)


def attempt(found):
    try:
        return responses.read(found), None
    except CrqError as refused:
        return None, refused


WRITERS = {
    "a.csv": lambda path: write_csv(path, [list(answers().columns), *texts(answers())]),
    "q.csv": lambda path: write_qualtrics(path, answers(), {"tru_1": "Keeps its word"}),
    "a.xlsx": lambda path: write_xlsx(path, answers()),
    "a.sav": sav,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_damaged_file_is_refused_or_read(name, tmp_path):
    WRITERS[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()

    @settings(max_examples=30)
    @given(st.integers(0, len(whole)), st.integers(0, 40), st.binary(max_size=12))
    @example(place=291, gone=6, put=bytes(6))  # an SPSS name that is no text
    def damage(place, gone, put):
        with tempfile.TemporaryDirectory() as folder:
            found = study(Path(folder), f"{{file: {name}, wave: 2025}}")
            (found.raw / name).write_bytes(whole[:place] + put + whole[place + gone :])
            raw, refused = attempt(found)
            if refused:
                assert "cannot be read" in str(refused)
                assert len(refused.cases)
            else:
                flags = responses.flags(raw, found.codebook)
                assert len(responses.decide(raw, flags).responses) == len(raw.responses)

    damage()


@given(st.text(max_size=40), st.binary(max_size=8))
def test_any_content_at_all_is_refused(text, more):
    with tempfile.TemporaryDirectory() as folder:
        found = study(Path(folder))
        (found.raw / "answers.csv").write_bytes(text.encode("utf-8", "replace") + more)
        with pytest.raises(CrqError, match="cannot be read"):
            responses.read(found)
