"""A codebook drafted from a stranger's files holds the right numbers, and says what it took."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import pytest
import yaml
from typer.testing import CliRunner

from crqlab import Study, StudyError, responses
from crqlab.base.waves import begin, in_order
from crqlab.cli import app

STATEMENTS = [
    "keeps what it promises", "is honest with us", "we want to stay", "is easy to deal with",
]  # fmt: skip
AGREE = ["Strongly disagree", "Disagree", "Somewhat disagree", "Neither agree nor disagree",
         "Somewhat agree", "Agree", "Strongly agree"]  # fmt: skip
LTR = [0, 6, 7, 8, 9, 10] * 6  # of each six: 2 promoters, 2 detractors
PROSE = "they answer quickly and well, number {}"
DAYS = [f"{date(2025, 3, 1) + timedelta(days=i)}" for i in range(36)]


def rated(i, item, low=1, high=7):
    return low + (3 * i + 2 * item + i // 7) % (high - low + 1)


def table(ltr="Likelihood to recommend", answers=LTR, more=(), point=lambda v: v, heads=None):
    """Header and rows of a survey of 36 people."""
    heads = heads or [f"q{n}" for n in range(1, 5)]
    head = ["Respondent ID", "Account ID", "Date", *heads, ltr, "Comment",
            *(name for name, _ in more)]  # fmt: skip
    rows = [
        [f"R{i:02d}", f"A{i % 9}", DAYS[i], *(point(rated(i, n)) for n in range(4)), answers[i],
         PROSE.format(i), *(values[i] for _, values in more)]
        for i in range(36)
    ]  # fmt: skip
    return [head, *rows]


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def drafted(tmp_path, rows, name="a.csv", **tables):
    report = responses.drafted("s", tmp_path, [write(tmp_path / name, rows)], tables)
    return report, Study("s", root=tmp_path)


def kinds(report, kind):
    return [name for name, one in report.columns.items() if one["as"] == kind]


@pytest.mark.parametrize(
    ("header", "answers"),
    [
        ("NPS_Score", LTR),
        ("nps_score", LTR),
        ("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?", LTR),
        ("Hur troligt är det att ni rekommenderar oss?", LTR),
        ("Recommanderiez-vous notre entreprise ?", LTR),
        ("Q2", [6, 7, 8, 9, 10, 9] * 6),  # a neighbour groups it
        ("Recommend", ["0 - Not at all", 6, 7, 8, 9, "10 - Extremely likely"] * 6),
    ],
)
def test_the_question_of_recommending_is_known_by_words_names_and_neighbours(
    header, answers, tmp_path
):
    groups = [1 if str(a)[:1] in "06" else 3 for a in answers]
    report, study = drafted(tmp_path, table(header, answers, [(f"{header}_NPS_GROUP", groups)]))
    assert kinds(report, "ltr") == [header]
    assert f"{header}_NPS_GROUP" in report.left_out
    assert len(study.codebook.instrument.items) == 4
    assert {(i.scale or study.codebook.instrument.scale).high
            for i in study.codebook.instrument.items.values()} == {7}  # fmt: skip
    assert responses.read(study).responses["ltr"].notna().all()


def test_helper_columns_are_no_items(tmp_path):
    more = [
        ("NPS category", ["Promoter", "Passive", "Detractor"] * 12),
        ("NPS score", [100, 0, -100] * 12),
        ("Total score", [n % 7 + 1 for n in range(36)]),
        ("Tenure", [n % 9 for n in range(36)]),
        ("Number of employees", [n % 5 + 1 for n in range(36)]),
        ("Gender", [1, 2, 2] * 12),
    ]
    report, study = drafted(tmp_path, table(more=more))
    assert list(study.codebook.instrument.items) == ["q1", "q2", "q3", "q4"]
    assert set(report.left_out) == {name for name, _ in more}


def test_answers_in_words_become_points_of_the_whole_questions_scale(tmp_path):
    report, study = drafted(tmp_path, table(point=lambda v: AGREE[v - 1]))
    raw = responses.read(study).responses
    assert raw["q1"].tolist() == [rated(i, 0) for i in range(36)]
    assert study.codebook.instrument.scale.high == 7
    assert report.rows == {"read": 36, "count": 36, "set_aside": {}}


def test_no_answer_in_words_is_no_point_of_the_scale(tmp_path):
    rows = table(point=lambda v: AGREE[v - 1])
    rows[3][3], rows[4][4], rows[5][3] = "I don't know", "Not applicable", "weiß nicht"
    _, study = drafted(tmp_path, rows)
    raw = responses.read(study).responses
    assert raw[["q1", "q2"]].isna().sum().tolist() == [2, 1]


def test_zero_to_ten_coded_from_one_is_read_as_zero_to_ten(tmp_path):
    report, study = drafted(tmp_path, table(answers=[v + 1 for v in LTR]))
    assert responses.read(study).responses["ltr"].tolist() == LTR
    assert any(point.startswith("responses.recode.ltr") for point in report.open)


def test_headers_that_are_wordings_become_texts_names_and_constructs(tmp_path):
    heads = [f"How far do you agree? [This supplier {text}]" for text in STATEMENTS]
    report, study = drafted(tmp_path, table(heads=heads))
    asked = study.codebook.instrument
    assert [item.text for item in asked.items.values()] == [
        f"This supplier {text}" for text in STATEMENTS
    ]
    assert {c: list(one.items) for c, one in asked.constructs.items()} == {
        "trust": ["this_supplier_keeps_what_it", "this_supplier_is_honest_with_us"],
        "commitment": ["this_supplier_we_want_to_stay"],
        "experience": ["this_supplier_is_easy_to_deal"],
    }
    assert report.columns[heads[0]]["construct"] == "trust"


def test_items_without_words_are_asked_about_and_nothing_else_is(tmp_path):
    report, study = drafted(tmp_path, table())
    assert report.open == [
        "instrument.constructs.q: what do q1, q2, q3, q4 measure?",
        "client: the name of the client",
    ]
    assert study.codebook.instrument.constructs["q"].concept == "other"


def test_waves_are_cut_where_no_answer_lies_for_months(tmp_path):
    rows = table()
    for row in rows[1:19]:
        row[2] = row[2].replace("2025", "2024")
    report, study = drafted(tmp_path, rows)
    assert report.waves == {"2024": 18, "2025": 18}
    assert responses.read(study).responses["wave"].tolist() == ["2024"] * 18 + ["2025"] * 18


def test_waves_that_a_column_names_are_put_in_order_by_their_dates(tmp_path):
    rows = table(more=[("wave", ["spring"] * 18 + ["autumn"] * 18)])
    for row in rows[19:]:
        row[2] = row[2].replace("2025", "2026")
    try:
        report, study = drafted(tmp_path, rows)
        assert in_order(study.codebook.waves) == ["spring", "autumn"]
        assert report.waves == {"spring": 18, "autumn": 18}
        assert any("in the order of their dates" in line for line in report.open)
        rows = table(more=[("wave", ["2025"] * 18 + ["2026"] * 18)])
        for row in rows[19:]:
            row[2] = row[2].replace("2025", "2026")
        (tmp_path / "years").mkdir()
        assert drafted(tmp_path / "years", rows)[1].codebook.waves == {}  # their names will do
    finally:
        begin({})


def test_a_wave_without_an_end_ends_where_the_next_begins(tmp_path):
    rows = table()
    for row in rows[19:]:
        row[2] = row[2].replace("2025", "2026")
    _, study = drafted(tmp_path, rows)
    path = study.raw / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["waves"] = {"first": {"from": "2025-01-01"}, "again": {"from": "2026-01-01"}}
    path.write_text(yaml.safe_dump(book), encoding="utf-8")
    try:
        raw = responses.read(Study("s", root=tmp_path))
        assert raw.responses["wave"].tolist() == ["first"] * 18 + ["again"] * 18
        told = responses.account_of(raw)
        assert "waves: first 18, again 18" in told
        begin({"again": date(2026, 1, 1)})
        bare = "waves: the codebook gives days of others, and none of first: placed by name; "
        assert f"{bare}add from:" in responses.account_of(raw)
    finally:
        begin({})


def test_an_answer_outside_every_wave_is_refused(tmp_path):
    rows = table()
    _, study = drafted(tmp_path, rows)
    path = study.raw / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["waves"] = {"2025": {"from": "2025-03-02", "to": "2025-12-31"}}
    del book["responses"]["files"][0]["wave"]
    path.write_text(yaml.safe_dump(book), encoding="utf-8")
    with pytest.raises(Exception, match="lies in none of the waves of the codebook"):
        responses.read(Study("s", root=tmp_path))


def test_dates_in_the_forms_of_tools_are_read(tmp_path):
    rows = table()
    for row in rows[1:]:
        row[2] = f"{date.fromisoformat(row[2]):%d.%m.%Y} 09:00"
    _, study = drafted(tmp_path, rows)
    started = responses.read(study).responses["started"]
    assert f"{started.iloc[0]:%Y-%m-%d %H:%M}" == "2025-03-01 09:00"


CRM = [
    ["Account ID", "Account Name", "Billing Country", "Annual Revenue", "Account Owner",
     "Renewal Date"],
    *[[f"A{i}", f"Firm {i}", "Sweden", 1000 * (i + 1), "Ana", "2026-02-01"] for i in range(9)],
    ["Total", "", "", 45000, "", ""],
]  # fmt: skip
DEALS = [
    ["Account ID", "Close Date", "Stage", "Amount"],
    *[[f"A{i}", "2025-06-01", ["Closed Won", "Closed Lost"][i % 2], 500] for i in range(9)],
]


def test_files_of_a_folder_are_sorted_and_drafted_together(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    write(folder / "survey.csv", table())
    write(folder / "crm.csv", CRM)
    write(folder / "deals.csv", DEALS)
    exports, tables = responses.sorted_files(folder)
    assert [path.name for path in exports] == ["survey.csv"]
    assert {name: path.name for name, path in tables.items()} == {
        "accounts": "crm.csv", "outcomes": "deals.csv",
    }  # fmt: skip
    report = responses.drafted("s", tmp_path, exports, tables)
    raw = responses.read(Study("s", root=tmp_path))
    assert raw.accounts["revenue"].sum() == 45000
    assert raw.accounts["account_manager"].tolist() == ["Ana"] * 9
    assert raw.outcomes["outcome"].value_counts().to_dict() == {"renewed": 5, "churned": 4}
    assert report.matched == {"accounts": "36 of 36"}
    assert report.tables["accounts"]["columns"]["Annual Revenue"] == "revenue"


def test_two_exports_of_two_waves_are_one_study(tmp_path):
    first, second = table(), table()
    for row in first[1:]:
        row[0], row[2] = f"X{row[0]}", row[2].replace("2025", "2024")
    files = [write(tmp_path / "a.csv", first), write(tmp_path / "b.csv", second)]
    report = responses.drafted("s", tmp_path, files, {})
    assert report.waves == {"2024": 36, "2025": 36}
    assert report.files == ["a.csv", "b.csv"]


def test_the_command_prints_one_object_and_its_notes_apart(tmp_path):
    path = write(tmp_path / "a.csv", table())
    said = CliRunner().invoke(
        app, ["new", "s", "--export", str(path), "--json"], env={"CRQLAB_HOME": str(tmp_path)}
    )
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert found["columns"]["Likelihood to recommend"]["as"] == "ltr"
    assert found["columns"]["q1"] == {
        "as": "item", "sure": 0.8, "why": "whole numbers from 1 to 7", "construct": "q",
        "scale": [1, 7], "reversed": False,
    }  # fmt: skip
    assert found["rows"] == {"read": 36, "count": 36, "set_aside": {}}
    assert "is ready" in said.stderr


def test_a_folder_without_a_survey_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    write(tmp_path / "mine" / "crm.csv", CRM)
    with pytest.raises(StudyError, match="holds no survey export"):
        responses.sorted_files(tmp_path / "mine")
