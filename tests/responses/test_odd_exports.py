"""Exports as strangers bring them are drafted right, or asked about: never wrong in silence."""

import pytest

from crqlab import DataError, Study, StudyError, responses
from tests.responses.known_answers import N, account, began, body, survey, write_csv
from tests.responses.odd_exports import ASKED, ODD, plainly

PEOPLE = ["id", "company", *(f"tru_{n}" for n in range(1, 7)), "nps"]


def read(folder, report=None):
    study = Study("s", root=folder / "home")
    raw = responses.read(study)
    kept = raw.responses[(raw.status() == "").to_numpy()].reset_index(drop=True)
    return study.codebook.instrument, kept, raw


def told(values):
    return [None if value != value else value for value in values]


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_export_holds_the_answers_that_were_given(kind, tmp_path):
    odd = ODD[kind](tmp_path)
    report = responses.drafted("s", tmp_path / "home", [odd.path], {})
    book, rows, _ = read(tmp_path)
    keyed = book.keyed(rows[list(book.items)].astype(float))
    assert [told(keyed[name]) for name in keyed] == [
        list(one) for one in zip(*odd.items, strict=True)
    ]
    assert told(rows["ltr"]) == odd.ltr
    assert rows["account_id"].tolist() == [account(n) for n in odd.kept]
    assert report.rows["count"] == len(odd.kept)
    asked = "\n".join(report.open)
    assert [word for word in odd.said if word not in asked] == []
    if odd.dated:
        days = rows["started"].dt.strftime("%Y-%m-%d").tolist()
        assert days == [f"{began(n):%Y-%m-%d}" for n in odd.kept]


def rows_of(asked=ASKED, *, ids="x{}", shift=0):
    return [[ids.format(n + 1), account(n), *body(asked, n), str((asked.ltr[n] + shift) % 11)]
            for n in range(N)]  # fmt: skip


def two(tmp_path, first, last, names=("s2024.csv", "s2025.csv")):
    files = [
        write_csv(tmp_path / name, rows) for name, rows in zip(names, (first, last), strict=True)
    ]
    return responses.drafted("s", tmp_path / "home", files, {})


def test_files_without_dates_are_waves_by_their_names_and_ids_that_begin_anew_are_none(tmp_path):
    found = two(tmp_path, [PEOPLE, *rows_of(ids="{}")], [PEOPLE, *rows_of(ids="{}", shift=1)])
    assert found.waves == {"2024": N, "2025": N}
    assert any(line.startswith("responses.number_rows: 42 ids") for line in found.open)
    assert any("told by the names of the files" in line for line in found.open)


def test_waves_that_nothing_tells_apart_are_asked_about(tmp_path):
    rows = [PEOPLE, *rows_of(ids="a{}")], [PEOPLE, *rows_of(ids="b{}", shift=1)]
    found = two(tmp_path, *rows, names=("first.csv", "last.csv"))
    assert found.waves == {"1": 2 * N}
    assert any(
        "nothing tells the waves of first.csv, last.csv apart" in line for line in found.open
    )


def test_a_scale_that_changed_between_waves_is_asked_about(tmp_path):
    asked = survey(points=5)
    found = two(tmp_path, [PEOPLE, *rows_of(ids="a{}")], [PEOPLE, *rows_of(asked, ids="b{}")])
    line = next(line for line in found.open if line.startswith("instrument.scale"))
    assert "answered on 1 to 5 in s2025.csv, on 1 to 7 in s2024.csv" in line


def test_what_one_wave_alone_asked_is_an_item_and_missing_in_the_other(tmp_path):
    less = [[*row[:2], *row[3:]] for row in [PEOPLE, *rows_of(ids="b{}")]]
    renamed = [[cell.replace("tru_6", "com_1") for cell in less[0]], *less[1:]]
    two(tmp_path, [PEOPLE, *rows_of(ids="a{}")], renamed)
    book, rows, _ = read(tmp_path)
    assert {*book.items} == {*(f"tru_{n}" for n in range(1, 7)), "com_1"}
    later = rows["wave"] == "2025"
    assert rows.loc[later, ["tru_1", "tru_6"]].isna().all(axis=None)
    assert rows.loc[later, "com_1"].tolist() == [row[5] for row in ASKED.items]
    assert rows.loc[~later, "com_1"].isna().all()


def test_a_code_that_two_waves_word_differently_is_asked_about(tmp_path):
    ids = ['{"ImportId": "QID1"}'] * len(PEOPLE)
    worded = [*PEOPLE[:2], "They keep their word", *PEOPLE[3:]]
    other = [*PEOPLE[:2], "They are fair to us", *PEOPLE[3:]]
    found = two(tmp_path, [PEOPLE, worded, ids, *rows_of(ids="a{}")],
                [PEOPLE, other, ids, *rows_of(ids="b{}")])  # fmt: skip
    line = next(line for line in found.open if line.startswith("instrument.items.tru_1"))
    assert "'They keep their word' in s2024.csv and 'They are fair to us' in s2025.csv" in line


def test_questions_about_objects_that_end_in_the_object_are_a_loop(tmp_path):
    head = ["id", "company", *(f"{q}_{o}" for o in (1, 2) for q in ("Q1", "Q2", "NPS")), "comment"]
    rows = [[f"x{n}", account(n), *map(str, ASKED.items[n][:2]), str(ASKED.ltr[n]),
             *map(str, ASKED.items[n][2:4]), str(ASKED.ltr[n]), f"number {n} says what it thinks"]
            for n in range(N)]  # fmt: skip
    path = write_csv(tmp_path / "a.csv", [head, *rows])
    found = responses.drafted("s", tmp_path / "home", [path], {})
    assert found.loops["a.csv"]["questions"] == ["Q1", "Q2", "NPS"]
    assert found.rows == {"read": N, "count": 2 * N, "set_aside": {}}
    assert any("answers of one person about several objects" in line for line in found.open)
    book, kept, _ = read(tmp_path)
    assert kept["ltr"].tolist() == [v for v in ASKED.ltr for _ in range(2)]
    assert len(book.comments) == 1


NAMES = [f"Firm {chr(65 + n)} AB" for n in range(9)]
SALES = [f"0015g00000AbC{n:02d}" for n in range(9)]


@pytest.mark.parametrize(
    ("survey_id", "crm_id", "why"),
    [
        (lambda k: NAMES[k].upper(), lambda k: f"A{k}", "are names"),
        (lambda k: SALES[k], lambda k: f"{SALES[k]}AAB", "15 or 18 characters"),
        (lambda k: f"000{k + 1}", lambda k: str(k + 1), "without their leading zeros"),
        (lambda k: f"acc{k}", lambda k: f"ACC{k}", "upper and lower case"),
    ],
    ids=["names", "salesforce", "zeros", "case"],
)
def test_ids_of_one_account_that_files_write_differently_are_one(survey_id, crm_id, why, tmp_path):
    rows = [[row[0], survey_id(n % 9), *row[2:]] for n, row in enumerate(rows_of())]
    path = write_csv(tmp_path / "a.csv", [PEOPLE, *rows])
    crm = [["Account ID", "Account Name", "Annual Revenue"]]
    crm += [[crm_id(k), NAMES[k], str(1000 + k)] for k in range(9)]
    deals = [
        ["Account Name", "Close Date", "Stage"],
        *([n, "2025-04-01", "Closed Won"] for n in NAMES),
    ]
    tables = {"accounts": write_csv(tmp_path / "accounts.csv", crm),
              "outcomes": write_csv(tmp_path / "deals.csv", deals)}  # fmt: skip
    found = responses.drafted("s", tmp_path / "home", [path], tables)
    _, kept, raw = read(tmp_path)
    assert kept["account_id"].tolist() == [crm_id(n % 9) for n in range(N)]
    assert raw.outcomes["account_id"].tolist() == [crm_id(k) for k in range(9)]
    assert found.matched["accounts"] == f"{N} of {N}"
    assert any(line.startswith("responses: 42 account ids") and why in line for line in found.open)


def test_a_name_that_two_accounts_have_links_nothing(tmp_path):
    path = write_csv(tmp_path / "a.csv", [PEOPLE, *([r[0], "Twin", *r[2:]] for r in rows_of())])
    crm = [["Account ID", "Account Name"], ["A1", "Twin"], ["A2", "Twin"]]
    accounts = write_csv(tmp_path / "accounts.csv", crm)
    found = responses.drafted("s", tmp_path / "home", [path], {"accounts": accounts})
    assert found.matched["accounts"] == f"0 of {N}"
    assert read(tmp_path)[1]["account_id"].eq("Twin").all()


def test_contacts_that_nobody_says_were_invited_are_asked_about(tmp_path):
    path = plainly(tmp_path)
    rows = [
        ["Contact ID", "Account ID", "Title"],
        *([f"P{n}", account(n), "CEO"] for n in range(9)),
    ]
    contacts = write_csv(tmp_path / "contacts.csv", rows)
    found = responses.drafted("s", tmp_path / "home", [path], {"contacts": contacts})
    line = next(line for line in found.open if line.startswith("contacts.columns.invited"))
    assert "all 9 count as invited, in every wave" in line


def test_roles_without_a_place_in_the_order_are_told_and_can_be_given(tmp_path):
    path = plainly(tmp_path, more={"Job title": lambda n: ("Buyer", "Owner", "user")[n % 3]})
    found = responses.drafted("s", tmp_path / "home", [path], {})
    line = next(line for line in found.open if line.startswith("roles.order"))
    assert "'Buyer' 14, 'Owner' 14 have no place" in line
    study = Study("s", root=tmp_path / "home")
    assert "roles.order" not in responses.unconfirmed(study)
    responses.confirm(study, values={"roles.order": "[Owner, Buyer, user]"})
    assert Study("s", root=tmp_path / "home").codebook.roles.order == ("Owner", "Buyer", "user")


def test_a_file_without_any_question_is_told_column_by_column(tmp_path):
    rows = [
        ["Order", "Note"],
        *([f"O{n}", f"as agreed on the phone with number {n}"] for n in range(9)),
    ]
    path = write_csv(tmp_path / "orders.csv", rows)
    with pytest.raises(StudyError) as refused:
        responses.drafted("s", tmp_path / "home", [path], {})
    assert "orders.csv: no question with a scale and no 0-10 question was found" in str(
        refused.value
    )
    assert "'Order': words that are no answer scale" in str(refused.value)
    assert not (tmp_path / "home").exists()


def test_a_value_that_the_codebook_refuses_is_told_as_of_the_codebook(tmp_path):
    path = plainly(tmp_path)
    with pytest.raises(DataError, match=r"^codebook.yaml, line \d+, privacy > min_scores"):
        responses.drafted("s", tmp_path / "home", [path], {}, values={"privacy.min_scores": "few"})
    assert not (tmp_path / "home" / "data").exists()
