"""The same answers, whoever wrote the file, become the identical table."""

from __future__ import annotations

import pandas as pd
import pyreadstat
import pytest

from crqlab import responses
from tests.responses.conftest import (
    answers,
    study,
    text,
    texts,
    write_csv,
    write_qualtrics,
    write_xlsx,
)

WORDING = {"tru_1": "Keeps its word", "tru_2": "Acts fairly", "com_1": "Again?", "ltr": "0-10"}
LIME = {
    "response_id": "id. Response ID",
    "account_id": "acc. Account",
    "contact_id": "token. Access code",
    "role": "role. Role",
    "language": "startlanguage. Start language",
    "started": "startdate. Date started",
    "seconds": "interviewtime. Total time",
    "tru_1": "G01Q01[SQ001]. Keeps its word",
    "tru_2": "G01Q01[SQ002]. Acts fairly [a. b.]",
    "com_1": "G01Q02[SQ001]. Again?",
    "sat_1": "G01Q03. Satisfied",
    "ltr": "G02Q01. Recommend?",
    "best": "G03Q01. Best?",
}
COLUMNS = {ours: theirs.split(". ")[0] for ours, theirs in LIME.items()}


def entry(
    file: str, format_: str = "", columns: dict[str, str] | None = None, more: str = ""
) -> str:
    form = f", format: {format_}" if format_ else ""
    named = ", ".join(f'{k}: "{v}"' for k, v in (columns or {}).items())
    return f"{{file: {file}, wave: 2025{form}, columns: {{{named}}}{more}}}"


def plain(root, *, delimiter=",", encoding="utf-8", decimal=".", more="", stated=False):
    named = f', delimiter: "{delimiter}", encoding: {encoding}' if stated else ""
    found = study(root, entry("answers.csv", more=named + more))
    rows = texts(answers().replace({4.5: text(4.5).replace(".", decimal)}))
    write_csv(
        found.raw / "answers.csv",
        [list(answers().columns), *rows],
        delimiter=delimiter,
        encoding=encoding,
    )
    return found


def worded(root):
    """Labels in place of numbers, in several ways."""
    table = answers().astype(object)
    table.loc[0, "tru_1"] = "Strongly  agree"
    table.loc[1, "tru_1"] = "no"
    table.loc[5, "tru_1"] = "7 - Strongly agree"
    table.loc[5, "tru_2"] = "Strongly agree (7)"
    table.loc[3, "tru_1"] = "N/A"
    table.loc[2, "com_1"] = "-99"
    table.loc[2, "sat_1"] = "6: very much"
    found = study(root)
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    return found


def qualtrics(root, rows=3, stated="qualtrics"):
    names = {"response_id": "ResponseId", "started": "StartDate", "language": "UserLanguage"}
    names |= {"seconds": "Duration (in seconds)", "contact_id": "ExternalReference"}
    names |= {"tru_1": "Q1_1", "best": "Q11"}
    found = study(root, entry("q.csv", stated, {"tru_1": "Q1_1", "best": "Q11"}))
    table = answers().rename(columns=names)
    table.insert(3, "Status", "IP Address")
    wording = {names.get(k, k): v for k, v in WORDING.items()}
    write_qualtrics(found.raw / "q.csv", table, wording, rows=rows)
    return found


def limesurvey(root):
    found = study(root, entry("l.csv", "limesurvey", COLUMNS))
    table = answers().astype(object)
    for item in ("tru_1", "tru_2", "com_1"):
        table[item] = [f"AO0{v:g}" if text(v) else "N/A" for v in table[item]]
    table["ltr"] = [f"A{v}" for v in table["ltr"]]
    table = table.rename(columns=LIME)
    write_csv(found.raw / "l.csv", [list(table.columns), *texts(table)])
    return found


def spss(root):
    found = study(root, entry("s.sav", columns={"tru_1": "Q1"}))
    table = answers().rename(columns={"tru_1": "Q1"})
    table["started"] = pd.to_datetime(table["started"])
    table["role"] = [1.0, 2.0, 3.0, None, 1.0, 3.0]
    table["Q1"] = table["Q1"].fillna(99)
    table["com_1"] = table["com_1"].fillna(8)
    text_ = {c: table[c].fillna("") for c in ("best",)}
    pyreadstat.write_sav(
        table.assign(**text_),
        found.raw / "s.sav",
        missing_ranges={"Q1": [{"lo": 90, "hi": 99}], "com_1": [8]},
        variable_value_labels={
            "role": {1: "Executive", 2: "End user", 3: "user"},
            "Q1": {1: "No", 7: "Strongly agree"},
        },
        column_labels=dict.fromkeys(["Q1"], "Keeps its word"),
    )
    return found


def excel(root):
    found = study(root, entry("x.xlsx", more=', sheet: "answers"'))
    table = answers()
    table["started"] = pd.to_datetime(table["started"])
    write_xlsx(found.raw / "x.xlsx", table)
    return found


WAYS = {
    "semicolons": lambda root: plain(root, delimiter=";", decimal=","),
    "tabs": lambda root: plain(root, delimiter="\t"),
    "bars": lambda root: plain(root, delimiter="|"),
    "a mark": lambda root: plain(root, encoding="utf-8-sig"),
    "UTF-16": lambda root: plain(root, delimiter="\t", encoding="utf-16"),
    "Windows-1252": lambda root: plain(root, encoding="cp1252", delimiter=";"),
    "all stated": lambda root: plain(root, encoding="cp1252", delimiter=";", stated=True),
    "words": worded,
    "Qualtrics, 3 rows": qualtrics,
    "Qualtrics, 2 rows": lambda root: qualtrics(root, rows=2),
    "Qualtrics, 1 row": lambda root: qualtrics(root, rows=1),
    "Qualtrics, not stated": lambda root: qualtrics(root, stated=""),
    "LimeSurvey": limesurvey,
    "SPSS": spss,
    "Excel": excel,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_format_gives_the_identical_table(way, tmp_path):
    expected = responses.read(plain(tmp_path / "plain")).responses
    found = responses.read(way(tmp_path / "other")).responses
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_what_the_table_says(tmp_path):
    rows = responses.read(plain(tmp_path)).responses.set_index("response_id")
    assert list(rows.index) == ["001", "002", "R_3", "004", "005", "é6"]
    assert rows.loc["001", "account_id"] == "0017"
    assert rows["role"].fillna("").tolist() == [
        "executive",
        "user",
        "user",
        "",
        "executive",
        "user",
    ]
    assert rows["language"].tolist() == ["de", "en", "en", "sv", "de", "de"]
    assert rows["tru_1"].isna().tolist() == [False, False, False, True, False, False]
    assert rows.loc["005", "sat_1"] == 4.5
    assert rows.loc["001", "started"] == pd.Timestamp("2025-03-01 09:12:31")
    assert rows.loc["R_3", "best"] == "Two\nlines"
    assert set(rows["wave"]) == {"2025"}
    assert set(rows["client_id"]) == {"C1"}


def test_ids_that_a_spreadsheet_made_numbers_are_text_again(tmp_path):
    found = study(tmp_path, "{file: x.xlsx, wave: 2025}")
    table = answers().assign(response_id=[17.0, 18.0, 19.0, 20.0, 21.0, 1e6])
    write_xlsx(found.raw / "x.xlsx", table)
    ids = responses.read(found).responses["response_id"]
    assert ids.tolist() == ["17", "18", "19", "20", "21", "1000000"]


def test_a_tool_s_wording_fills_what_the_codebook_leaves_out(tmp_path):
    found = qualtrics(tmp_path)
    path = found.raw / "codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("com_1: Choose again", 'com_1: ""'))
    assert responses.read(found).wording == {"com_1": "Again?"}


def test_names_in_both_unicode_forms_are_one(tmp_path):
    found = study(tmp_path)
    table = answers().assign(account_id=["A\u030astro\u0308m "] * 3 + ["\u00c5str\u00f6m"] * 3)
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    assert responses.read(found).responses["account_id"].unique().tolist() == ["Åström"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    origins = responses.read(plain(tmp_path)).origins
    assert origins["row"].tolist() == [2, 3, 4, 6, 7, 8]  # the third answer has two lines
    assert set(origins["file"]) == {"answers.csv"}


def test_a_study_may_mix_formats(tmp_path):
    found = study(tmp_path, "{file: a.csv, wave: 2024}", "{file: b.xlsx, wave: 2025}")
    table = answers()
    write_csv(found.raw / "a.csv", [list(table.columns), *texts(table)])
    write_xlsx(found.raw / "b.xlsx", table.assign(response_id=list("uvwxyz")))
    raw = responses.read(found)
    assert raw.responses["wave"].tolist() == ["2024"] * 6 + ["2025"] * 6
    assert str(raw) == "12 responses of 1 client in 2 waves from 2 files"


def test_blank_lines_and_empty_cells_beyond_the_header_are_forgiven(tmp_path):
    found = study(tmp_path)
    rows = [list(answers().columns), *([*row, "", ""] for row in texts(answers()))]
    write_csv(found.raw / "answers.csv", [*rows, [], [""] * 13])
    assert len(responses.read(found).responses) == 6
