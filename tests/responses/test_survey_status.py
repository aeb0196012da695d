"""What a survey tool marks as no answer in earnest is read, flagged and left out."""

from __future__ import annotations

import pytest

from crqlab import responses
from crqlab.base.codebook import Responses
from crqlab.base.spreadsheets.grid import Grid, texts
from crqlab.responses.survey_status import statuses
from tests.responses.conftest import answers, study, write_qualtrics

ASKED = Responses.model_validate({"files": ["a.csv"]})


def grid(dialect, **columns):
    import numpy as np

    cells = texts(list(columns.values()))
    rows = np.arange(1, len(next(iter(columns.values()))) + 1)
    return Grid("a.csv", tuple(name.replace("_", " ") for name in columns), cells, rows,
                dialect=dialect)  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "columns", "why"),
    [
        ("qualtrics", {"Status": ["0", "1", "2", "8", "9", "4", "16", "17"]},
         ["", "preview", "test", "spam", "preview", "", "", "preview"]),
        ("qualtrics", {"Status": ["IP Address", "Survey Preview", "Spam", "Imported"]},
         ["", "preview", "spam", ""]),
        ("qualtrics", {"Finished": ["1", "0", "True", "False", ""]},
         ["", "unfinished", "", "unfinished", ""]),
        ("limesurvey", {"submitdate": ["2025-04-01 10:00:00", "", "N/A"]},
         ["", "unfinished", "unfinished"]),
        ("limesurvey", {"Date_submitted": ["2025-04-01 10:00:00", ""]}, ["", "unfinished"]),
        ("typeform", {"Response_Type": ["completed", "partial"]}, ["", "unfinished"]),
        ("alchemer", {"Status": ["Complete", "Partial", "Disqualified", "Deleted"]},
         ["", "unfinished", "disqualified", "disqualified"]),
        ("", {"Status": ["1", "0"]}, ["", ""]),
    ],
)  # fmt: skip
def test_each_tool_s_marks_are_known(dialect, columns, why):
    assert statuses(grid(dialect, **columns), ASKED).tolist() == why


def test_the_codebook_names_marks_of_tools_that_are_not_known():
    said = Responses.model_validate({"files": ["a"], "set_aside": {"Kind": {"Trial": "test"}}})
    assert statuses(grid("", Kind=["trial", "real"]), said).tolist() == ["test", ""]


def test_a_preview_is_flagged_left_out_and_no_yardstick_for_others(tmp_path):
    found = study(tmp_path, "{file: q.csv, format: qualtrics, wave: 2025}")
    table = answers().assign(Status="0")
    again = table.iloc[[0]].assign(response_id="R_preview0001", contact_id=None, Status="1")
    import pandas as pd

    write_qualtrics(found.raw / "q.csv", pd.concat([again, table]), {"tru_1": "Keeps its word"})
    raw = responses.read(found)
    flags = responses.flags(raw, found.codebook)
    told = flags.table[flags.table["response_id"] == "R_preview0001"]
    assert told[["check", "found"]].to_numpy().tolist() == [["test_answer", "preview"]]
    checked = responses.decide(raw, flags).responses.set_index("response_id")["included"]
    assert not checked["R_preview0001"]
    first = answers()["response_id"].iloc[0]
    assert first not in set(flags.table.loc[flags.table["check"] == "duplicate", "response_id"])
