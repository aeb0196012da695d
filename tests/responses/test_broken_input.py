"""Every kind of broken input earns its message, and nothing is written."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest

from crqlab import DataError, responses
from tests.responses.conftest import answers, study, texts, write_csv, write_xlsx

CONTACTS = "contacts: {file: contacts.csv}"
FRAME = [["contact_id", "account_id", "invited"], ["p1", "0017", "yes"], ["p2", "0017", "no"]]
ACCOUNTS = "accounts: {file: accounts.csv, decimal: ','}"
BOOKS = [["account_id", "revenue"], ["0017", "1.234.567,50"], ["0018", "12"]]
OUTCOMES = "outcomes: {file: outcomes.csv}"
DUE = [["account_id", "due_on", "outcome"], ["0017", "2025-12-31", "renewed"]]


def table(**changed):
    """The six answers with some cells exchanged: column=(row, value)."""
    found = answers().astype(object)
    for column, (row, value) in changed.items():
        found.loc[row, column] = value
    return found


def lines(found):
    return [list(found.columns), *texts(found)]


def csv_study(root, rows, *, more="", entry="{file: answers.csv, wave: 2025}", **options):
    found = study(root, entry, more=more)
    write_csv(found.raw / "answers.csv", rows, **options)
    return found


def bytes_study(root, content, entry="{file: answers.csv, wave: 2025}", file="answers.csv"):
    found = study(root, entry)
    (found.raw / file).write_bytes(content)
    return found


def frame_study(root, more, rows, file):
    found = csv_study(root, lines(answers()), more=more)
    write_csv(found.raw / file, rows)
    return found


def damaged_xlsx(root):
    found = study(root, "{file: a.xlsx, wave: 2025}")
    write_xlsx(found.raw / "a.xlsx", answers())
    content = (found.raw / "a.xlsx").read_bytes()
    (found.raw / "a.xlsx").write_bytes(content[: len(content) // 2])
    return found


def empty_zip(root):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    return bytes_study(root, content.getvalue(), "{file: a.xlsx, wave: 2025}", "a.xlsx")


def wrong_sheet(root):
    found = study(root, "{file: a.xlsx, wave: 2025, sheet: anwsers}")
    write_xlsx(found.raw / "a.xlsx", answers())
    return found


def damaged_sav(root):
    content = b"$FL2@(#) SPSS DATA FILE" + b"\0" * 300
    return bytes_study(root, content, "{file: a.sav, wave: 2025}", "a.sav")


def encrypted(root):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    return bytes_study(root, content, "{file: a.xlsx, wave: 2025}", "a.xlsx")


def ragged(root):
    rows = lines(answers())
    return csv_study(root, [*rows[:3], rows[3][:-4], *rows[4:]])


def unclosed(root):
    found = csv_study(root, lines(answers()))
    path = found.raw / "answers.csv"
    path.write_text(path.read_text(encoding="utf-8") + '007,"open', encoding="utf-8")
    return found


def same_id_in_two_files(root):
    found = study(root, "{file: a.csv, wave: 2024}", "{file: b.csv, wave: 2025}")
    for name in ("a.csv", "b.csv"):
        write_csv(found.raw / name, lines(answers().iloc[:1]))
    return found


def bad_bytes(root):
    found = csv_study(root, lines(answers()), entry="{file: answers.csv, wave: 1, encoding: utf-8}")
    path = found.raw / "answers.csv"
    path.write_bytes(path.read_bytes() + b"\n\xff\xfe")
    return found


def no_client(root):
    found = csv_study(root, lines(answers()))
    path = found.raw / "codebook.yaml"
    text = path.read_text(encoding="utf-8").replace("client: {id: C1, name: Client One}", "")
    path.write_text(text, encoding="utf-8")
    return found


TWICE = [[*row, row[8]] for row in lines(answers())]  # another answer
HTML = b"<html><body><table><tr><td>response_id</td></tr></table></body></html>"
CASES = {
    "missing file": (
        lambda r: study(r, "{file: anwsers.csv, wave: 2025}"),
        r"anwsers\.csv: is not in the study's folder; copy it into the study's folder",
    ),
    "misspelt file": (
        lambda r: csv_study(r, lines(answers()), entry="{file: anwsers.csv, wave: 2025}"),
        r"is not in the study's folder; did you mean 'answers\.csv'\?",
    ),
    "empty file": (lambda r: bytes_study(r, b""), "is an empty file; export it again"),
    "blank file": (lambda r: bytes_study(r, b"\n\n\n"), "is empty; a header and one row"),
    "header only": (
        lambda r: csv_study(r, lines(answers())[:1]),
        "has a header and no rows below it; export it again",
    ),
    "zero bytes": (lambda r: bytes_study(r, b"a\0b"), "is not text: it holds zero bytes"),
    "wrong encoding": (bad_bytes, r"row \d+: holds byte 0xff, which is not utf-8; save it as"),
    "unknown encoding": (
        lambda r: bytes_study(r, b"a,b\n1,2", "{file: answers.csv, encoding: utf8000}"),
        "unknown encoding 'utf8000' in the codebook; write utf-8, cp1252",
    ),
    "long delimiter": (
        lambda r: bytes_study(r, b"a,b\n1,2", '{file: answers.csv, delimiter: ";;"}'),
        "has the delimiter ';;' in the codebook; write one character",
    ),
    "workbook called csv": (
        lambda r: bytes_study(r, b"PK\3\4" + b"x" * 99),
        "is an Excel workbook, but a text file was expected; correct its format",
    ),
    "text called sav": (
        lambda r: bytes_study(r, b"a,b\n", "{file: a.sav, wave: 1}", "a.sav"),
        "is a text file, but an SPSS file was expected",
    ),
    "web page called xls": (
        lambda r: bytes_study(r, HTML, "{file: a.xls, wave: 1}", "a.xls"),
        r"is a web page \(HTML\), whatever its name says; open it in Excel",
    ),
    "encrypted workbook": (encrypted, "is encrypted with a password; save it in Excel without"),
    "damaged workbook": (damaged_xlsx, "is a damaged workbook .*; open it in Excel, repair it"),
    "no workbook": (empty_zip, "is a damaged workbook"),
    "no such sheet": (wrong_sheet, "has no sheet 'anwsers'; did you mean 'answers'"),
    "damaged sav": (damaged_sav, "is a damaged SPSS file .*; save it again in SPSS"),
    "ragged rows": (ragged, "row 4: has 9 cells where the header has 13; quote cells that hold"),
    "unclosed quote": (unclosed, "row 9: is broken CSV from here on .*; close every quote"),
    "wrong delimiter": (
        lambda r: csv_study(
            r, lines(answers()), entry='{file: answers.csv, wave: 1, delimiter: ";"}', delimiter="|"
        ),
        "was read as one column .*, but its header holds bars; correct delimiter: in",
    ),
    "none of the columns": (
        lambda r: bytes_study(r, b"a\tb\n1\t2\n"),
        "7 broken cells in .*column 'response_id': no column of this name; the file has: a, b",
    ),
    "no column": (
        lambda r: csv_study(r, lines(answers().rename(columns={"com_1": "com1"}))),
        "column 'com_1': no column of this name; did you mean 'com1'",
    ),
    "no ids": (
        lambda r: csv_study(r, lines(answers().drop(columns="response_id"))),
        r"column 'response_id': no column of this name; the file has: account_id, contact_id",
    ),
    "mapped column not there": (
        lambda r: csv_study(
            r, lines(answers()), entry="{file: answers.csv, wave: 1, columns: {role: Positon}}"
        ),
        r"column 'Positon': no column of this name \(for role\)",
    ),
    "two columns of one name": (
        lambda r: csv_study(r, [[*TWICE[0][:-1], "tru_1"], *TWICE[1:]]),
        "column 'tru_1': 2 columns of this name; which one holds tru_1 is not clear; say under",
    ),
    "words that are no answer": (
        lambda r: csv_study(r, lines(table(com_1=(1, "maybe")))),
        "row 3, column 'com_1': 'maybe' is no answer on the scale 1 to 7; list it under responses",
    ),
    "a number against its label": (
        lambda r: csv_study(r, lines(table(com_1=(1, "3 - Strongly agree")))),
        "'3 - Strongly agree' is no answer on the scale 1 to 7",
    ),
    "not a number": (
        lambda r: csv_study(r, lines(table(ltr=(1, "NaN")))),
        "column 'ltr': 'NaN' is no answer on the scale 0 to 10",
    ),
    "infinity": (
        lambda r: csv_study(r, lines(table(tru_2=(4, "inf")))),
        "row 7, column 'tru_2': 'inf' is no answer on the scale 1 to 7",
    ),
    "an empty id": (
        lambda r: csv_study(r, lines(table(response_id=(2, None)))),
        "row 4, column 'response_id': is empty; every response needs its id",
    ),
    "an id twice": (
        lambda r: csv_study(r, lines(table(response_id=(3, "001")))),
        r"row 6, column 'response_id': '001' the same response_id as in answers\.csv, row 2; keep",
    ),
    "an id in two files": (
        same_id_in_two_files,
        r"b\.csv, row 2, .*'001' the same response_id as in a\.csv, row 2",
    ),
    "a broken date": (
        lambda r: csv_study(r, lines(table(started=(0, "31/02/2025")))),
        "'31/02/2025' is no date that can be read; state their form",
    ),
    "a date beyond time": (
        lambda r: csv_study(r, lines(table(started=(0, "2999-12-31")))),
        "'2999-12-31' is no date",
    ),
    "no wave": (
        lambda r: csv_study(r, lines(answers()), entry="{file: answers.csv}"),
        "no wave is known for this file; add wave: to this file",
    ),
    "two waves in one": (
        lambda r: csv_study(r, lines(answers().assign(wave=[2025, 2024, *[2025] * 4]))),
        "row 3, column 'wave': '2024' is another wave than 2025",
    ),
    "no client": (no_client, "column 'client_id': no client is known for any response; name the"),
    "an unknown flipped group": (
        lambda r: csv_study(r, lines(answers()), more="  flipped: {language: [dee]}"),
        r"codebook\.yaml, column 'language': 'language: dee' no response .*did you mean 'de'",
    ),
    "a contact twice": (
        lambda r: frame_study(r, CONTACTS, [*FRAME, FRAME[1]], "contacts.csv"),
        r"contacts\.csv, row 4, column 'contact_id': 'p1' the same .* as in row 2; keep one",
    ),
    "neither yes nor no": (
        lambda r: frame_study(r, CONTACTS, [*FRAME, ["p3", "0017", "perhaps"]], "contacts.csv"),
        "row 4, column 'invited': 'perhaps' is neither yes nor no; write yes or no",
    ),
    "a contact without account": (
        lambda r: frame_study(r, CONTACTS, [*FRAME, ["p3", "", "yes"]], "contacts.csv"),
        "row 4, column 'account_id': is empty; every row of contacts needs it",
    ),
    "an account twice": (
        lambda r: frame_study(r, ACCOUNTS, [*BOOKS, BOOKS[1]], "accounts.csv"),
        r"'0017' the same client_id \+ account_id as in row 2; keep one row",
    ),
    "an amount in words": (
        lambda r: frame_study(r, ACCOUNTS, [*BOOKS, ["0019", "1,2 M"]], "accounts.csv"),
        "'1,2 M' is no amount of 0 or more that can be read for certain; '1,2 M' counts in "
        "thousands or millions: write amounts out in full",
    ),
    "a negative amount": (
        lambda r: frame_study(r, ACCOUNTS, [*BOOKS, ["0019", "-5"]], "accounts.csv"),
        "'-5' is no amount of 0 or more .* '-5' is less than nothing: leave it empty",
    ),
    "an amount of two meanings": (
        lambda r: frame_study(
            r, "accounts: {file: accounts.csv}", [BOOKS[0], ["1", "1,234"]], "accounts.csv"
        ),
        "'1,234' is no amount .* state decimal",
    ),
    "an unknown outcome": (
        lambda r: frame_study(r, OUTCOMES, [*DUE, ["0018", "2025-12-31", "lost"]], "outcomes.csv"),
        "'lost' is none of renewed, churned, open; translate it under words",
    ),
    "an outcome twice": (
        lambda r: frame_study(r, OUTCOMES, [*DUE, DUE[1]], "outcomes.csv"),
        r"the same client_id \+ account_id \+ due_on as in row 2",
    ),
    "an outcome without a day": (
        lambda r: frame_study(r, OUTCOMES, [*DUE, ["0018", "", "open"]], "outcomes.csv"),
        "row 3, column 'due_on': is empty; every row of outcomes needs it",
    ),
}


@pytest.mark.parametrize(("make", "message"), CASES.values(), ids=CASES)
def test_broken_input_is_refused_with_its_reason(make, message, tmp_path):
    broken = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataError) as caught:
        responses.read(broken)
    said = str(caught.value)
    assert re.search(message, said), said
    assert re.search("[Nn]othing was written", said)
    assert list(caught.value.cases.columns) == ["file", "row", "column", "value", "rule", "fix"]
    assert (caught.value.cases[["file", "rule", "fix"]] != "").all(axis=None)
    assert sorted(tmp_path.rglob("*")) == before


def test_all_files_are_looked_at_before_anything_is_said(tmp_path):
    found = study(
        tmp_path,
        "{file: a.csv, wave: 2024}",
        "{file: b.csv, wave: 2025}",
        "{file: c.csv, wave: 2026}",
        more=f"{CONTACTS}\n{OUTCOMES}",
    )
    write_csv(found.raw / "a.csv", lines(table(tru_1=(0, "what"), started=(5, "soon"))))
    write_csv(found.raw / "b.csv", lines(table(sat_1=(2, "?"))))
    write_csv(found.raw / "outcomes.csv", [*DUE, ["0018", "2025-12-31", "lost"]])
    with pytest.raises(DataError, match=r"in a\.csv, b\.csv, c\.csv, contacts\.csv") as caught:
        responses.read(found)
    cases = caught.value.cases
    broken = cases[cases["value"].isin(["what", "soon", "?", "lost"])]
    assert broken[["file", "row", "column"]].to_numpy().tolist() == [
        ["a.csv", 2, "tru_1"],
        ["a.csv", 8, "started"],
        ["b.csv", 4, "sat_1"],
        ["outcomes.csv", 3, "outcome"],
    ]
    assert (
        cases.loc[cases["file"].isin(["c.csv", "contacts.csv"]), "rule"].tolist()
        == ["is not in the study's folder"] * 2
    )


def test_the_column_is_called_as_in_the_file(tmp_path):
    entry = '{file: answers.csv, wave: 1, columns: {com_1: "Q 3"}}'
    broken = table(com_1=(0, "so so")).rename(columns={"com_1": "Q 3"})
    with pytest.raises(DataError) as caught:
        responses.read(csv_study(tmp_path, lines(broken), entry=entry))
    assert caught.value.cases["column"].tolist() == ["Q 3"]


def test_cases_are_many_and_quick(tmp_path):
    many = pd.concat([answers()] * 2000, ignore_index=True).astype(object)
    many["response_id"] = [f"r{n}" for n in range(len(many))]
    many["tru_2"] = "what"
    with pytest.raises(DataError, match="12000 broken cells") as caught:
        responses.read(csv_study(tmp_path, lines(many)))
    assert len(caught.value.cases) == 12000
