"""Units, countries and products of answers: which column of which file says so."""

import pytest

from crqlab import DataError, responses
from tests.responses.conftest import answers, study, texts, write_csv

UNITS = ["North", "north ", "North", "South", None, "South"]
ACCOUNTS = [
    ["account_id", "name", "country", "Line"],
    ["0017", "One", "SE", "Pumps"],
    ["0018", "Two", "DE", ""],
    ["A-1", "Three", "", "Valves"],
]


def lay_out(root, more, entry="{file: answers.csv, wave: 2025}", **columns):
    found = study(root, entry, more=more)
    table = answers().assign(**columns)
    write_csv(found.raw / "answers.csv", [list(table.columns), *texts(table)])
    write_csv(found.raw / "a.csv", ACCOUNTS)
    return found


def groups(found, dimension):
    rows = responses.read(found).breakdowns
    rows = rows[rows["dimension"] == dimension]
    return dict(zip(rows["response_id"], rows["group"], strict=True))


def test_a_column_of_the_answers_is_the_unit_in_its_most_usual_spelling(root):
    found = lay_out(root, "unit: Division", Division=UNITS)
    assert groups(found, "unit") == {
        "001": "North", "002": "North", "R_3": "North", "004": "South", "é6": "South",
    }  # fmt: skip
    assert groups(found, "product") == {}


def test_a_column_of_the_accounts_is_the_product_of_their_answers(root):
    found = lay_out(root, "product: Line\naccounts: a.csv")
    assert groups(found, "product") == {
        "001": "Pumps", "002": "Pumps", "004": "Valves", "005": "Valves",
    }  # fmt: skip


def test_the_country_is_the_accounts_where_no_column_is_named(root):
    found = lay_out(root, "accounts: a.csv")
    assert groups(found, "country") == {"001": "SE", "002": "SE", "R_3": "DE"}


def test_answers_say_their_country_before_their_account_does(root):
    told = ["NO", None, None, None, None, "FI"]
    found = lay_out(root, "country: country\naccounts: a.csv", country=told)
    assert groups(found, "country") == {"001": "NO", "002": "SE", "R_3": "DE", "é6": "FI"}


def test_files_may_call_it_differently(root):
    found = lay_out(root, "unit: [Division, Sparte]", Sparte=UNITS)
    assert len(groups(found, "unit")) == 5


def test_a_column_that_no_file_has_is_told_with_its_likeness(root):
    found = lay_out(root, "unit: Divison", Division=UNITS)
    with pytest.raises(DataError, match=r"Divison.*did you mean 'Division'"):
        responses.read(found)


def test_items_called_like_a_dimension_stay_items(root):
    found = lay_out(root, "unit: Division", Division=UNITS, product=["1"] * 6)
    assert "product" not in set(responses.read(found).breakdowns["dimension"])


def test_one_firm_is_said_without_a_list_of_clients_and_with_one(root):
    assert study(root, more="clients: {same_firm: yes}").codebook.same_firm
    told = study(root, more="clients: {file: c.csv, same_firm: yes}").codebook
    assert told.same_firm
    assert told.clients.file == "c.csv"
    assert not study(root, more="clients: c.csv").codebook.same_firm
