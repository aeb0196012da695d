"""Questions that one person answers about several objects become one row for each object."""

from __future__ import annotations

import csv
import json

import pytest

from crqlab import DataError, Study, responses
from tests.responses.conftest import CODEBOOK
from tests.responses.known_answers import N, account, write_csv

OBJECTS = {"1": "Pumps", "2": "Valves", "3": "Spare parts"}
ITEMS = ["They keep what they promise", "Their solution solves our problem"]
RECOMMEND = "How likely are you to recommend us to a colleague?"


def answer(person: int, code: str, item: int) -> int:
    return 1 + (person * 3 + int(code) * 2 + item * 5 + person // 7) % 7


def rated(person: int) -> list[str]:
    """Everybody knows the first object, some the others."""
    return [code for code in OBJECTS if code == "1" or (person + int(code)) % 3]


def qualtrics_loop(folder, *, own_ltr: bool = False):
    """A loop & merge of three products, two items each, as Qualtrics writes it."""
    questions = [*(f"Q2_{n}" for n in (1, 2)), *(["Q3"] if own_ltr else [])]
    asked = {
        **{f"{c}_Q2_{n}": f"How far do you agree on {OBJECTS[c]}? - {ITEMS[n - 1]}"
           for c in OBJECTS for n in (1, 2)},
        **({f"{c}_Q3": f"{RECOMMEND} ({OBJECTS[c]})" for c in OBJECTS} if own_ltr else {}),
    }  # fmt: skip
    meta = [
        "StartDate",
        "EndDate",
        "Status",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "account_id",
    ]
    once = [] if own_ltr else ["Q9"]
    looped = [f"{code}_{question}" for code in OBJECTS for question in questions]
    names = [*meta, *looped, *once]
    wording = [*meta, *(asked[name] for name in looped), *([] if own_ltr else [RECOMMEND])]
    ids = [json.dumps({"ImportId": f"QID{n}"}) for n in range(len(names))]
    rows = []
    for person in range(N):
        day = f"2025-03-{1 + person % 28:02d} 09:00:00"
        row = [day, day, "IP Address", "True", day, f"R_{person:015d}", account(person)]
        for code in OBJECTS:
            known = code in rated(person)
            row += [str(answer(person, code, n)) if known else "" for n in (1, 2)]
            row += [str((person + int(code)) % 11) if known else ""] if own_ltr else []
        rows.append([*row, *([] if own_ltr else [str(person % 11)])])
    return write_csv(folder / "survey.csv", [names, wording, ids, *rows])


def drafted(folder, path):
    report = responses.drafted("s", folder / "home", [path], {})
    study = Study("s", root=folder / "home")
    return report, study, responses.read(study)


def test_a_qualtrics_loop_becomes_rows_and_is_told(tmp_path):
    report, study, raw = drafted(tmp_path, qualtrics_loop(tmp_path))
    expected = [(p, code) for p in range(N) for code in rated(p)]
    assert len(raw.responses) == len(expected) > 2 * N
    assert list(study.codebook.instrument.items) == ["q2_1", "q2_2"]
    for n, item in enumerate(("q2_1", "q2_2"), start=1):
        assert raw.responses[item].tolist() == [answer(p, code, n) for p, code in expected]
    assert raw.responses["account_id"].tolist() == [account(p) for p, _ in expected]
    assert raw.responses["response_id"].is_unique
    assert raw.breakdowns["group"].tolist() == [OBJECTS[code] for _, code in expected]
    told = report.as_json()
    assert told["loops"]["survey.csv"] == {
        "objects": list(OBJECTS.values()),
        "questions": ["Q2_1", "Q2_2"],
        "rows": len(expected),
    }
    assert told["rows"]["read"] == N
    assert told["columns"]["2_Q2_1"]["as"] == "item"
    assert told["columns"]["2_Q2_1"]["object"] == "Valves"
    assert any("one row each" in point for point in report.open)


def test_what_was_asked_once_counts_once(tmp_path):
    _, _, raw = drafted(tmp_path, qualtrics_loop(tmp_path))
    assert raw.responses["ltr"].dropna().tolist() == [p % 11 for p in range(N)]


def test_a_recommendation_within_the_loop_is_read_for_each_object(tmp_path):
    report, _, raw = drafted(tmp_path, qualtrics_loop(tmp_path, own_ltr=True))
    expected = [(p + int(code)) % 11 for p in range(N) for code in rated(p)]
    assert raw.responses["ltr"].tolist() == expected
    assert report.columns["3_Q3"]["as"] == "ltr"


def test_answers_of_one_person_about_several_objects_are_no_duplicates(tmp_path):
    _, study, raw = drafted(tmp_path, qualtrics_loop(tmp_path))
    table = responses.flags(raw, study.codebook).table
    assert not (table["check"] == "duplicate").any()


def bracketed(folder, wordings):
    head = ["id", "company", *(f"Q{q}[{n}]" for q in (2, 3) for n in (1, 2))]
    rows = [
        [f"x{p}", account(p), *(str(1 + (p * k + k + p // 7) % 7) for k in (3, 4, 5, 6))]
        for p in range(N)
    ]
    if wordings is None:
        return write_csv(folder / "answers.csv", [head, *rows])
    ids = [json.dumps({"ImportId": f"QID{n}"}) for n in range(len(head))]
    return write_csv(folder / "answers.csv", [head, ["", "", *wordings], ids, *rows])


def test_brackets_with_one_wording_for_all_objects_are_a_loop(tmp_path):
    asked = [f"{what} of {name}?" for what in ("The service", "The price") for name in "AB"]
    report, _, raw = drafted(tmp_path, bracketed(tmp_path, asked))
    assert len(raw.responses) == 2 * N
    assert report.loops["answers.csv"]["objects"] == ["A", "B"]


def test_brackets_of_a_matrix_stay_items(tmp_path):
    asked = ["They are honest", "They answer quickly", "We stay", "They solve our problem"]
    report, study, raw = drafted(tmp_path, bracketed(tmp_path, asked))
    assert len(raw.responses) == N
    assert len(study.codebook.instrument.items) == 4
    assert not report.loops


def test_brackets_without_wording_are_asked_about(tmp_path):
    report, _, raw = drafted(tmp_path, bracketed(tmp_path, None))
    assert len(raw.responses) == N
    assert any("about several objects" in point for point in report.open)


def test_a_loop_that_the_file_does_not_hold_is_refused(tmp_path):
    path = bracketed(tmp_path, None)
    study = Study("s", root=tmp_path / "home")
    study.raw.mkdir(parents=True)
    (study.raw / "answers.csv").write_bytes(path.read_bytes())
    loop = "{headers: '{object}_{question}', objects: {1: A, 2: B}, questions: [Q2]}"
    text = CODEBOOK.format(files=f"{{file: answers.csv, wave: 2025, loop: {loop}}}", more="")
    (study.raw / "codebook.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no column '1_Q2', which the codebook's loop names"):
        responses.read(study)


def test_the_export_itself_is_not_changed(tmp_path):
    path = qualtrics_loop(tmp_path)
    before = path.read_bytes()
    _, study, _ = drafted(tmp_path, path)
    assert (study.raw / path.name).read_bytes() == before == path.read_bytes()
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == N + 3
