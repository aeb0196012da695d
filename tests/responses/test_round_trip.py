"""A law: what is written in any dialect of CSV is read back the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crqlab import responses
from crqlab.base.spreadsheets.delimited import DELIMITERS
from tests.responses.conftest import study, write_csv

LATIN = st.characters(codec="cp1252", exclude_categories=["Cc", "Cs", "Zs"])
ANY = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp"])
POINTS = st.one_of(st.none(), st.integers(1, 7), st.sampled_from([1.5, 4.25, 6.0]))


def texts(alphabet):
    return st.text(alphabet, max_size=12)


@st.composite
def exports(draw):
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    alphabet = LATIN if encoding == "cp1252" else ANY
    n = draw(st.integers(1, 6))
    column = st.lists(POINTS, min_size=n, max_size=n)
    items = {name: draw(column) for name in ("tru_1", "tru_2", "com_1", "sat_1")}
    best = draw(st.lists(texts(alphabet), min_size=n, max_size=n))
    accounts = draw(st.lists(texts(alphabet).filter(bool), min_size=n, max_size=n))
    ids = [f"{k:03d}" for k in range(n)]
    ltr = draw(st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=n, max_size=n))
    table = {"response_id": ids, "account_id": accounts, **items, "ltr": ltr, "best": best}
    return table, draw(st.sampled_from(sorted(DELIMITERS))), encoding


@given(exports())
def test_what_is_written_is_read_back(export):
    table, delimiter, encoding = export
    with tempfile.TemporaryDirectory() as folder:
        stated = f", encoding: {encoding}" if encoding == "cp1252" else ""
        found = study(Path(folder), f"{{file: answers.csv, wave: 1{stated}}}")
        body = [
            ["" if v is None else str(v) for v in row] for row in zip(*table.values(), strict=True)
        ]
        rows = [list(table), *body]
        write_csv(found.raw / "answers.csv", rows, delimiter=delimiter, encoding=encoding)
        read = responses.read(found).responses[list(table)]
    expected = pd.DataFrame(table)
    for name in ("account_id", "best"):
        clean = expected[name].astype("str").str.normalize("NFC").str.strip()
        expected[name] = clean.where(clean != "")
    numbers = ["tru_1", "tru_2", "com_1", "sat_1", "ltr"]
    expected[numbers] = expected[numbers].astype(float)
    own = ("respondent " + expected["response_id"]).astype("str")
    expected["account_id"] = expected["account_id"].fillna(own)
    expected["response_id"] = expected["response_id"].astype("str")
    pd.testing.assert_frame_equal(read, expected, check_exact=True)
