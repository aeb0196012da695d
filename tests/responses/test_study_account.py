"""What a check tells: rows set aside, waves, matches with their likely cause, roles, faults."""

from __future__ import annotations

import pandas as pd
import pytest

from crqlab import DataError, responses
from crqlab.base.broken_cells import grouped_cases
from crqlab.responses.raw_files import Raw
from tests.responses.conftest import answers, study, texts, write_csv


def raw(**columns):
    n = len(next(iter(columns.values())))
    none = pd.Series([None] * n, dtype="str")
    base = dict.fromkeys(("client_id", "account_id", "contact_id", "role", "language"), none)
    rows = pd.DataFrame({"response_id": [f"R{i}" for i in range(n)], "wave": "2025",
                         "started": pd.Timestamp("2025-03-01"), **base, **columns})  # fmt: skip
    rows = rows.drop(columns=["status", "accounts"], errors="ignore")
    origins = pd.DataFrame({"response_id": rows["response_id"], "file": "a.csv", "row": 2,
                            "status": columns.get("status", "")})  # fmt: skip
    empty = pd.DataFrame({"account_id": [], "contact_id": []}, dtype="str")
    accounts = pd.DataFrame({"account_id": columns.get("accounts", []), "name": "Acme"})
    return Raw(rows, empty, accounts, empty, empty, origins, rows.iloc[:0], {}, "s")


def told(found, roles=()):
    return "\n".join(responses.account_of(found, roles))


def test_rows_set_aside_by_the_tool_are_counted_by_reason():
    found = raw(account_id=["A", "A", "A"], status=["preview", "", "unfinished"])
    assert "set aside by the survey tool's own marks: preview 1, unfinished 1;" in told(found)


@pytest.mark.parametrize(
    ("ids", "known", "cause"),
    [
        (["0015000000AbCdE"], ["0015000000AbCdEAAX"], "15 and 18 characters"),
        (["17"], ["0017"], "leading zeros were lost"),
        (["acme"], ["ACME"], "upper and lower case differ"),
        (["Acme"], ["A1"], "these are names, not ids"),
    ],
)
def test_what_does_not_match_is_shown_with_its_likely_cause(ids, known, cause):
    said = told(raw(account_id=ids * 2, accounts=known * 2))
    assert f"accounts: 0 of 2 responses match; not there: {ids[0]!r} (" in said
    assert cause in said


def test_ids_that_match_are_counted_without_a_word_more():
    said = told(raw(account_id=["A", "B", None], accounts=["A", "B", "C"]))
    assert "accounts: 2 of 2 responses match\n" in said + "\n"


def test_a_wave_that_spans_more_than_its_fieldwork_is_questioned():
    dates = pd.to_datetime(["2024-03-01", "2025-03-01"])
    said = told(raw(account_id=["A", "B"], started=dates))
    assert "wave 2025: answers run from 2024-03-01 to 2025-03-01; are these several" in said
    near = pd.to_datetime(["2025-03-01", "2025-05-01"])
    assert "several" not in told(raw(account_id=["A", "B"], started=near))


def test_roles_without_an_order_and_languages_are_listed():
    found = raw(account_id=["A"] * 3, role=["user", "Chef", "Chef"], language=["de", "en", "de"])
    said = told(found, ("user",))
    assert "roles without a place in roles > order (weight 1): Chef 2" in said
    assert "languages: de 2, en 1" in said


def test_files_clients_and_what_nobody_has_answered_for_are_counted(tmp_path):
    path = study(tmp_path, more="clients: clients.csv\naccounts: accounts.csv\noutcomes: deals.csv")
    book = (path.raw / "codebook.yaml").read_text(encoding="utf-8")
    book = book.replace("client: {id: C1, name: Client One}\n", "")
    (path.raw / "codebook.yaml").write_text(book, encoding="utf-8")
    table = answers().assign(client_id=["C1"] * 4 + ["C3"] * 2)
    write_csv(path.raw / "answers.csv", [list(table.columns), *texts(table)])
    (path.raw / "clients.csv").write_text("client_id,name\nC1,One\nC2,Two\n")
    (path.raw / "accounts.csv").write_text("client_id,account_id\nC1,0017\nC1,0018\nC1,018\n")
    (path.raw / "deals.csv").write_text(
        "client_id,account_id,due_on,outcome\nC1,0017,2025-05-01,renewed\nC1,18,2025-05-01,churned\n"
    )
    lines = responses.account_of(responses.read(path), ("executive", "user"))
    for line in (
        "answers.csv: 6 responses read",
        "clients: C1 4, C3 2",
        "clients: 1 with answers are not in the table of clients: 'C3'",
        "clients: 1 of the table have no answer: 'C2'",
        "accounts: 2 of 3 in the table have answers",
        "outcomes: 1 of 2 name an account that is known; not known: '18' (leading zeros were lost)",
        "languages: de 3, en 2, sv 1",
    ):
        assert line in lines, (line, lines)


def test_the_same_fault_of_a_column_is_one_line_with_its_values():
    many = ["Agree"] * 211 + ["Disagree"] * 90 + ["Yes"]
    cases = pd.DataFrame({"file": "a.csv", "row": range(2, 304), "column": "Q3", "value": many,
                          "rule": "is no answer", "fix": "list it under answers"})  # fmt: skip
    other = cases.iloc[:1].assign(column="Q4", row=7)
    found = grouped_cases(pd.concat([cases, other]))
    assert found.to_numpy().tolist() == [
        ["a.csv", "302 cells, first in row 2", "Q3", "'Agree' 211, 'Disagree' 90, 'Yes' 1",
         "is no answer", "list it under answers"],
        ["a.csv", "7", "Q4", "'Agree'", "is no answer", "list it under answers"],
    ]  # fmt: skip
    listing = DataError("No.", cases).listing()
    assert listing.splitlines() == [
        "a.csv, 302 cells, first in row 2, column Q3: found 'Agree' 211, 'Disagree' 90, 'Yes' 1; "
        "is no answer; list it under answers"
    ]
