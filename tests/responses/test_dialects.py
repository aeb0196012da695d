"""How each survey tool shapes its exports: header rows, names, marks; from files made here."""

from __future__ import annotations

import csv

import pytest

from crqlab import Study, responses
from crqlab.base.faults import Faults
from crqlab.base.sources import Source
from crqlab.responses.dialects import known_columns
from crqlab.responses.file_formats import load
from tests.responses.test_drafts import DAYS, LTR, PROSE, STATEMENTS, rated

PEOPLE = range(36)
ASK = "How likely are you to recommend us to a colleague?"
OPEN = "What should we change first?"


def answers(i):
    return [*(rated(i, n) for n in range(4)), LTR[i], PROSE.format(i)]


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


QUALTRICS = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Finished",
             "RecordedDate", "ResponseId", "UserLanguage"]  # fmt: skip
CODES = ["Q1_1", "Q1_2", "Q1_3", "Q1_4", "Q2", "Q3"]
WORDED = [*(f"How far do you agree? - We {text}" for text in STATEMENTS), ASK, OPEN]


def session(i):
    return [f"{DAYS[i]} 09:00:00", f"{DAYS[i]} 09:05:00", "0", "203.0.113.1", "100", "1",
            f"{DAYS[i]} 09:05:01", f"R_{i:015d}", "EN"]  # fmt: skip


def qualtrics(marks):
    labels = ["Start Date", "End Date", "Response Type", "IP Address", "Progress", "Finished",
              "Recorded Date", "Response ID", "User Language"]  # fmt: skip
    head = [[*QUALTRICS, *CODES, "AccountID"], [*labels, *WORDED, "AccountID"]]
    if marks:
        head.append([marks.format(n) for n in range(len(head[0]))])
    return [*head, *([*session(i), *answers(i), f"A{i % 9}"] for i in PEOPLE)]


def legacy():
    names = ["ResponseID", "ResponseSet", "StartDate", "EndDate", "Finished"]
    head = [["V1", "V2", "V3", "V4", "V5", *CODES], [*names, *WORDED]]
    rows = [[f"R_{i:015d}", "Default", f"{DAYS[i]} 09:00:00", f"{DAYS[i]} 09:05:00", "1",
             *answers(i)] for i in PEOPLE]  # fmt: skip
    return [*head, *rows]


def surveymonkey():
    head = ["Respondent ID", "Collector ID", "Start Date", "Custom Data 1",
            "How far do you agree?", "", "", "", ASK, OPEN]  # fmt: skip
    below = ["", "", "", "", *(f"We {text}" for text in STATEMENTS), "", "Open-Ended Response"]
    rows = [[1180 + i, 4, f"{DAYS[i][5:7]}/{DAYS[i][8:]}/2025 09:00:12 AM", f"A{i % 9}",
             *answers(i)] for i in PEOPLE]  # fmt: skip
    return [head, below, *rows]


def limesurvey():
    head = ["Response ID", "Date submitted", "Last page", "Start language", "Date started",
            *(f"How far do you agree? [We {text}]" for text in STATEMENTS), ASK, OPEN,
            "{TOKEN:ATTRIBUTE_1}"]  # fmt: skip
    rows = [[i + 1, f"{DAYS[i]} 10:00:00", 3, "en", f"{DAYS[i]} 10:00:00", *answers(i),
             f"A{i % 9}"] for i in PEOPLE]  # fmt: skip
    return [head, *rows]


def googleforms():
    head = ["Timestamp", "Company", *(f"How far do you agree? [We {t}]" for t in STATEMENTS),
            ASK, OPEN]  # fmt: skip
    rows = [[f"{DAYS[i].replace('-', '/')} 9:00:12 AM GMT+1", f"Firm {i % 9}", *answers(i)]
            for i in PEOPLE]  # fmt: skip
    return [head, *rows]


def msforms():
    head = ["ID", "Start time", "Completion time", "Email", "Name", "Company",
            *(f"We {text}" for text in STATEMENTS), ASK, OPEN]  # fmt: skip
    rows = [[i + 1, f"{DAYS[i][5:7]}/{DAYS[i][8:]}/2025 9:00:12", "", "anonymous", "",
             f"Firm {i % 9}", *answers(i)] for i in PEOPLE]  # fmt: skip
    return [head, *rows]


def alchemer():
    head = ["Response ID", "Time Started", "Date Submitted", "Status", "Legacy Comments",
            *(f"We {text}:How far do you agree?" for text in STATEMENTS), f"{ASK}:NPS", OPEN,
            "New Hidden Value: account"]  # fmt: skip
    rows = [[i + 1, f"Mar {i % 28 + 1}, 2025 9:00:00 am", f"Mar {i % 28 + 1}, 2025 9:05:00 am",
             "Complete", "", *answers(i), f"A{i % 9}"] for i in PEOPLE]  # fmt: skip
    return [head, *rows]


def typeform():
    head = ["#", *(f"Rate: We {text}" for text in STATEMENTS), ASK, OPEN, "company",
            "Response Type", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]  # fmt: skip
    rows = [[f"t{i}", *answers(i), f"A{i % 9}", "completed", f"{DAYS[i]} 09:00:00",
             f"{DAYS[i]} 09:05:00", f"n{i}"] for i in PEOPLE]  # fmt: skip
    return [head, *rows]


EXPORTS = {
    "qualtrics": (qualtrics('{{"ImportId": "QID{}"}}'), "qualtrics"),
    "qualtrics of 2016": (qualtrics("{{'ImportId': 'QID{}'}}"), "qualtrics"),
    "qualtrics, two rows": (qualtrics(""), "qualtrics"),
    "qualtrics, legacy": (legacy(), "qualtrics"),
    "surveymonkey": (surveymonkey(), "surveymonkey"),
    "limesurvey, full text": (limesurvey(), "limesurvey"),
    "google forms": (googleforms(), "googleforms"),
    "microsoft forms": (msforms(), "msforms"),
    "alchemer": (alchemer(), "alchemer"),
    "typeform": (typeform(), "typeform"),
}


@pytest.mark.parametrize(("rows", "tool"), EXPORTS.values(), ids=EXPORTS)
def test_an_export_is_known_and_drafted_with_the_right_numbers(rows, tool, tmp_path):
    path = written(tmp_path / "a.csv", rows)
    grid = load(tmp_path, Source(file="a.csv"), Faults())
    assert grid.dialect == tool
    assert len(grid) == 36
    report = responses.drafted("s", tmp_path, [path], {})
    assert report.rows == {"read": 36, "count": 36, "set_aside": {}}
    study = Study("s", root=tmp_path)
    raw = responses.read(study).responses
    items = list(study.codebook.instrument.items)
    assert [item.text for item in study.codebook.instrument.items.values()] == [
        f"We {text}" for text in STATEMENTS
    ]
    expected = [[float(value) for value in answers(i)[:4]] for i in PEOPLE]
    assert raw[items].to_numpy().tolist() == expected
    assert raw["ltr"].tolist() == LTR
    assert list(study.codebook.instrument.comments.values()) == [OPEN]
    assert raw["started"].notna().all()
    accounts = 36 if rows[0][0] == "V1" else 9
    assert raw["account_id"].nunique() == accounts


def test_a_sub_question_that_comes_twice_gets_names_of_its_own(tmp_path):
    head = ["Respondent ID", "Collector ID", "Rate", "", ASK]
    rows = [head, ["", "", "Price", "Price", ""], ["1", "2", "3", "4", "9"]]
    written(tmp_path / "a.csv", rows)
    grid = load(tmp_path, Source(file="a.csv"), Faults())
    assert grid.names[2:] == ("Rate - Price (3)", "Rate - Price (4)", ASK)
    assert known_columns(grid) == {"response_id": "Respondent ID"}
