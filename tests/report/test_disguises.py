"""Of the ways to hide another client's name all but a few, which are named, are caught."""

from pathlib import Path

import pandas as pd
import pytest

from crqlab.report import LeakError
from crqlab.report.clearance import gate
from tests.report.disguises import Others, disguises
from tests.report.more_disguises import more_disguises
from tests.report.neighbours import THEIRS, lay

OTHERS = Others(
    client=THEIRS["client name"],
    client_id=THEIRS["client id"],
    person="Filip Quintilian",
    manager=THEIRS["account manager"],
    account=THEIRS["account name"],
    account_id="0004711",
    words=THEIRS["words"],
)
MADE = disguises(OTHERS)
#: What passes, and the words of docs/security.md that say why.
PASS = {
    "text: account's id as a number": "four digits",
    "text: account's id as a float": "four digits",
    "file: notebook's number": "four digits",
    "file: sheet's number": "a sheet's number",
}
MORE = more_disguises(OTHERS)
MORE_PASS = {
    **dict.fromkeys(["ROT13", "base32", "base85", "decimal codes", "binary digits",
                     "codes in a script", "table in EBCDIC"], "no program undoes by itself"),
    **dict.fromkeys(["digits for letters", "signs for letters", "client's id with an O"],
                    "signs or digits for letters"),
    **dict.fromkeys(["a letter twice", "a letter too few", "two letters exchanged"], "slips"),
    **dict.fromkeys(["initial of the last word", "first letters", "a family name alone",
                     "three words"], "part of a name"),
    **dict.fromkeys(["a pipe", "a short cell first", "hidden letters between", "words backwards",
                     "parts in a script", "notebook's two strings"], "something else between"),
    **dict.fromkeys(["account's id with spaces", "account's id with a comma"], "four digits"),
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    found = lay(tmp_path_factory.mktemp("two"))
    accounts, contacts = found.read("accounts"), found.read("contacts")
    ids = accounts["account_id"].replace(THEIRS["account id"], OTHERS.account_id)
    more = accounts.tail(1).assign(account_id="BI-1", name="Bolmen Industri")
    found.write("accounts", pd.concat([accounts.assign(account_id=ids), more], ignore_index=True))
    names = contacts["name"].replace(THEIRS["contact name"], OTHERS.person)
    found.write("contacts", contacts.assign(name=names))
    return found


def stopped(study, name, content):
    try:
        gate.check({name: content}, study, "C017")
    except LeakError as found:
        return {"N-0815"} == set(found.finds["owner"])
    return False


@pytest.mark.parametrize("kind", MADE)
def test_a_disguise_is_caught_unless_it_is_named(study, kind):
    assert stopped(study, *MADE[kind]) is (kind not in PASS)


@pytest.mark.parametrize("kind", MORE)
def test_a_further_disguise_is_caught_unless_it_is_named(study, kind):
    assert stopped(study, *MORE[kind]) is (kind not in MORE_PASS)


def test_of_87_ways_at_least_80_are_caught_and_the_rest_is_said():
    assert len(MADE) == 87
    assert len(PASS) <= 7
    assert len(MORE_PASS) <= 0.17 * len(MORE)
    told = Path("docs/security.md").read_text(encoding="utf-8")
    assert all(why in told for why in (PASS | MORE_PASS).values())
    assert f"{len(MORE) - len(MORE_PASS)} of {len(MORE)}" in told


def test_a_column_of_ids_that_became_numbers_is_caught(study):
    accounts = study.read("accounts")
    theirs = accounts["client_id"] == THEIRS["client id"]
    ids = accounts["account_id"].mask(theirs, [f"000{3100 + 7 * i}" for i in range(len(accounts))])
    study.write("accounts", accounts.assign(account_id=ids))
    numbers = [int(i) for i in ids[theirs]]
    assert len(numbers) == 3
    table = "".join(f"<tr><td>{n}</td></tr>" for n in numbers).encode()
    assert stopped(study, "a.html", table)
    assert stopped(study, "a.csv", ("n\r\n" + "\r\n".join(map(str, numbers))).encode())
    gate.check({"a.html": table.replace(str(numbers[0]).encode(), b"7")}, study, "C017")
