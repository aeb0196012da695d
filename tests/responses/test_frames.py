"""CRM exports: what fills what, and which spellings are understood."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from crqlab import responses
from crqlab.base.spreadsheets import cells
from tests.responses.conftest import answers, study, texts, write_csv


def lay_out(root, more, files, drop=(), entry="{file: answers.csv, wave: 2025}"):
    found = study(root, entry, more=more)
    table = answers().drop(columns=list(drop))
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    for name, rows in files.items():
        write_csv(found.raw / name, rows)
    return found


CONTACTS = [
    ["contact_id", "account_id", "role", "language", "invited", "invited_on"],
    ["p1", "0017", "End User", "EN", "Ja", "31.01.2025"],
    ["p2", "0017", "Executive", "sv_SE", "no", ""],
    ["p9", "0099", "Boss", "", "eingeladen", "2025-02-01"],
]
MORE = "contacts: {file: c.csv, dates: '%d.%m.%Y', words: {Eingeladen: 'yes'}}"


def test_contacts_fill_what_the_export_lacks(root):
    found = lay_out(root, MORE, {"c.csv": CONTACTS}, drop=["account_id", "role", "language"])
    raw = responses.read(found)
    rows = raw.responses.set_index("contact_id")
    assert rows.loc["p1", ["account_id", "role", "language"]].tolist() == ["0017", "user", "en"]
    assert rows.loc["p2", ["account_id", "role", "language"]].tolist() == [
        "0017",
        "executive",
        "sv-se",
    ]
    assert rows.loc["p3", "account_id"] == "respondent R_3"
    assert raw.notes == (
        "4 responses name no account and no known contact: each is its own account",
    )
    flags = responses.flags(raw, found.codebook).table
    assert set(flags.loc[flags["check"] == "not_in_frame", "response_id"]) == {
        "R_3",
        "004",
        "005",
        "é6",
    }


def test_the_export_s_own_account_and_role_stay(root):
    rows = responses.read(lay_out(root, MORE, {"c.csv": CONTACTS})).responses
    assert rows["role"].tolist()[:3] == ["executive", "user", "user"]
    assert rows["account_id"].tolist()[:3] == ["0017", "0017", "0018"]


def test_words_dates_and_roles_of_contacts_are_understood(root):
    contacts = responses.read(lay_out(root, MORE, {"c.csv": CONTACTS})).contacts
    assert contacts["invited"].tolist() == [True, False, True]
    assert contacts["role"].tolist() == ["user", "executive", "Boss"]
    assert contacts["invited_on"].tolist() == [
        pd.Timestamp("2025-01-31"),
        pd.NaT,
        pd.Timestamp("2025-02-01"),
    ]
    assert set(contacts["wave"]) == {"2025"}


def test_contacts_without_wave_belong_to_every_wave_of_their_client(root):
    book = "contacts: {file: c.csv}\nclients: {file: k.csv}"
    people = [["client_id", "contact_id", "account_id"], ["C1", "p1", "A"], ["C2", "p1", "B"]]
    people += [["C3", "p3", "C"]]
    files = {"c.csv": people, "k.csv": [["client_id", "name"], ["C1", "One"]]}
    found = lay_out(root, book, files, entry="{file: answers.csv}")
    table = answers().assign(
        client_id=["C1"] * 3 + ["C2"] * 3, wave=["2024", "2025", "2025", "2024", "2024", "2024"]
    )
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    raw = responses.read(found)
    spread = raw.contacts[["client_id", "wave"]].to_numpy().tolist()
    assert spread == [
        ["C1", "2024"],
        ["C1", "2025"],
        ["C2", "2024"],
        ["C3", "2024"],
        ["C3", "2025"],
    ]
    checked = responses.decide(raw, responses.flags(raw, found.codebook))
    responses.keep(found, raw, checked)
    assert found.read("clients")["name"].tolist() == ["One", "C2", "C3"]


def test_a_contact_of_two_clients_is_found_by_the_response_s_client(root):
    people = [["client_id", "contact_id", "account_id"], ["C1", "p1", "A"], ["C2", "p1", "B"]]
    found = lay_out(root, "contacts: {file: c.csv}", {"c.csv": people}, drop=["account_id"])
    rows = responses.read(found).responses  # the codebook's one client is C1
    assert rows.loc[0, "account_id"] == "A"


def test_accounts_come_from_a_workbook_too(root):
    found = lay_out(root, "accounts: {file: a.xlsx}", {})
    book = xlsxwriter.Workbook(found.raw / "a.xlsx", {"default_date_format": "dd/mm/yy"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["account_id", "name", "revenue", "renewal_on"])
    sheet.write_row(1, 0, [17, "Åström & Co", 1234567.5])
    sheet.write_datetime(1, 3, pd.Timestamp("2026-01-31").to_pydatetime())
    sheet.write_row(2, 0, ["0017", "Leading zeros"])
    book.close()
    accounts = responses.read(found).accounts
    assert accounts["account_id"].tolist() == ["17", "0017"]
    assert accounts.loc[0, "revenue"] == 1234567.5
    assert accounts.loc[0, "renewal_on"] == pd.Timestamp("2026-01-31")
    assert np.isnan(accounts.loc[1, "revenue"])


def test_outcomes_are_translated(root):
    more = "outcomes: {file: o.csv, words: {Closed Won: renewed}}"
    rows = [["account_id", "due_on", "outcome"], ["1", "2025-01-01", "closed won"]]
    rows += [["2", "2025-01-01T00:00:00Z", "CHURNED"]]
    outcomes = responses.read(lay_out(root, more, {"o.csv": rows})).outcomes
    assert outcomes["outcome"].tolist() == ["renewed", "churned"]
    assert outcomes["due_on"].tolist() == [pd.Timestamp("2025-01-01")] * 2


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("1234.5", None, 1234.5),
        ("1234,50", None, 1234.5),
        ("1 234 567,50", None, 1234567.5),
        ("1\u202f234\u202f567,50", ",", 1234567.5),
        ("1.234.567,50", ",", 1234567.5),
        ("1,234,567.50", ".", 1234567.5),
        ("1'234'567.50", ".", 1234567.5),
        ("€ 1.200", ",", 1200.0),
        ("1200 EUR", None, 1200.0),
        ("1,234", ",", 1.234),
        ("1,234", ".", 1234.0),
        ("1,234", None, None),
        ("1.234,50", ".", None),
        ("1,23,456", ".", None),
        ("$ 1200", None, None),
        ("1,2 M", ",", None),
        ("12k", None, None),
        ("inf", None, None),
    ],
)
def test_amounts(text, decimal, amount):
    read = cells.amounts(pd.Series([text], dtype="str"), decimal, "EUR")
    assert bool(read.broken[0]) == (amount is None)
    assert amount is None or read.found[0] == amount
