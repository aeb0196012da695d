"""Account managers' packs: what is due, a sheet for each account, nothing of colleagues."""

import re
import shutil
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from typer.testing import CliRunner

from crqlab import CrqError
from crqlab.cli import app
from crqlab.page.assembly import view
from crqlab.page.packs.meeting import meetings
from crqlab.page.packs.portfolio import portfolio
from crqlab.page.packs.select import packs
from crqlab.participation.account_dispositions import UNASKED
from crqlab.report import LeakError, export_packs
from crqlab.report.clearance import colleagues
from crqlab.report.clearance.file_texts import Seen, texts
from crqlab.report.run.manager_packs import pack_name
from tests.report.executed import REPORT
from tests.show.fixture import Shape, lay_out
from tests.show.stationed import add

ON = pd.Timestamp("2025-06-01")
OWNERS = {"Eva Lind": range(6), "Örjan Å": range(6, 13)}  # the rest belongs to nobody


def laid(root, owners=OWNERS):
    """Write a study whose accounts several people look after; names tell whose they are."""
    study = lay_out(root, Shape(accounts=14))
    shutil.copy(REPORT, root / "notebooks" / REPORT.name)
    (study.raw / "responses.csv").write_text("id\n1\n", encoding="utf-8")
    add(study, Shape(accounts=14))
    accounts = study.read("accounts")
    owner = pd.Series(None, index=accounts.index, dtype=object)
    for name, places in owners.items():
        owner[owner.index.isin(places)] = name
    named = [f"Quarry {word}" for word in WORDS[: len(accounts)]]
    study.write("accounts", accounts.assign(account_manager=owner, name=named))
    return study


WORDS = ("alder birch cedar dogwood elm fir gorse hazel ivy juniper kapok larch maple nutmeg oak "
         "poplar quince").split()  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return laid(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def seen(study):
    return view(study, client="C017", wave="2025")


@pytest.fixture(scope="module")
def found(study, seen):
    return {pack.manager: pack for pack in packs(study, seen, ON)}


@pytest.fixture(scope="module")
def written(study):
    return export_packs(study, "C017", "2025", on=ON)


def words(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_every_account_is_in_one_pack_and_nobodys_come_last(found, seen):
    assert list(found) == ["Eva Lind", "Örjan Å", None]
    ids = [one for pack in found.values() for one in pack.rows["account_id"]]
    asked = seen.accounts[~seen.accounts["status"].isin(UNASKED)]
    assert sorted(ids) == sorted(asked["account_id"])
    assert len(found["Eva Lind"].rows) == 6


def test_due_dates_are_counted_from_the_day(found):
    pack = found["Eva Lind"]
    due = pack.rows["due_on"]
    for days in (90, 180):
        expected = ((due >= ON) & (due <= ON + pd.Timedelta(days=days))).sum()
        assert len(pack.due(days)) == expected
    assert len(pack.passed) == (due < ON).sum()
    assert replace(pack, on=None).due(90).empty
    assert replace(pack, on=None).passed.empty


def test_an_account_without_outlook_is_due_as_the_clients_list_says(tmp_path):
    study = laid(tmp_path)
    accounts = study.read("accounts")
    study.write("accounts", accounts.assign(renewal_on=pd.Timestamp("2025-07-01")))
    study.write("outlook", study.read("outlook").head(0))
    mine = packs(study, view(study, client="C017", wave="2025"), ON)[0]
    assert len(mine.due(90)) == len(mine.rows) == 6


def test_a_portfolio_says_how_many_are_silent_paid_and_due(found, seen):
    pack = found["Eva Lind"]
    said = words(portfolio(seen, pack).html)
    assert "Your customers, Eva Lind" in said
    silent = int((pack.rows["status"] == "silent").sum())
    assert f"6 customers; people at {6 - silent} of them answered." in said
    assert f"Asked, but silent {silent}" in said
    assert f"Due within 90 days {len(pack.due(90))}" in said
    assert "counted from 2025-06-01" in said
    for name in pack.rows["name"]:
        assert name in said


def test_too_few_and_too_many_accounts_are_said(found, seen):
    pack = found["Eva Lind"]
    few, many = "totals mean little", "more than one person can meet"
    said = words(portfolio(seen, pack).html)
    assert few not in said
    assert many not in said
    assert few in words(portfolio(seen, replace(pack, rows=pack.rows.head(4))).html)
    rows = pd.concat([pack.rows] * 9, ignore_index=True)
    assert many in words(portfolio(seen, replace(pack, rows=rows)).html)
    assert many not in words(portfolio(seen, replace(pack, rows=rows.head(50))).html)


def test_accounts_of_nobody_are_to_be_given_an_owner(found, seen):
    said = words(portfolio(seen, found[None]).html)
    assert "Customers without an account manager" in said
    assert "give each of them an owner" in said


def shared(html, place):
    """The half of a sheet that may lie on the customer's table."""
    sheet = html.split(f'id="account-{place}"')[1].split("</section>")[0]
    return words(sheet.split('<div class="shared">')[1])


def test_the_customers_half_holds_its_own_means_and_nothing_private(found, seen):
    pack, accounts = found["Örjan Å"], seen.accounts.set_index("account_id")
    html = str(meetings(seen, pack).html)
    told = 0
    for place, row in enumerate(pack.meetings.accounts.itertuples(), start=1):
        said = shared(html, place)
        mean = accounts.loc[row.account_id, "trust"]
        if mean == mean:
            told += 1
            assert f"Trust {mean:.1f}" in said
        for private in ("EUR", "renewal", row.segment, "chance of", "Proposed"):
            assert str(private) not in said
        assert said.count("We ") >= 3
        assert said.count("You ") >= 3
    assert told >= 2


def test_scores_of_very_few_people_are_on_no_sheet(found, seen):
    pack = found["Eva Lind"]
    html = str(meetings(seen, pack).html)
    few = [place for place, n in enumerate(pack.meetings.accounts["n"], start=1) if 0 < n < 3]
    assert few
    for place in few:
        said = shared(html, place)
        assert "No scores are shown" in said
        assert "Trust" not in said


def test_each_manager_has_a_page_and_a_pdf_that_tell_of_own_accounts_alone(written, found):
    names = [path.name for path in written]
    assert names[:2] == ["Eva-Lind.html", "Eva-Lind.pdf"]
    assert names[-2:] == ["unassigned.html", "unassigned.pdf"]
    assert written[0].parent.name == "C017_2025_by"
    others = found["Örjan Å"].rows["name"]
    page = written[0].read_text(encoding="utf-8")
    pieces = texts("Eva-Lind.pdf", written[1].read_bytes(), Seen())
    printed = " ".join(piece.said for piece in pieces)
    for text in (page, printed):
        assert found["Eva Lind"].rows["name"].iloc[0] in text
        assert not [name for name in others if name in text]


def test_packs_in_swedish_stand_beside_the_english_ones(study, written):
    swedish = export_packs(study, "C017", "2025", language="sv", on=ON)
    assert swedish[0].name == "Eva-Lind_sv.html"
    page = swedish[0].read_text(encoding="utf-8")
    assert '<html lang="sv">' in page
    assert "Dina kunder, Eva Lind" in words(page)
    assert all(path.is_file() for path in written)


def test_packs_of_managers_that_are_gone_are_removed(tmp_path):
    study = laid(tmp_path)
    before = export_packs(study, "C017", "2025", on=ON)
    other = export_packs(study, "C017", "2025", on=ON, language="sv")
    accounts = study.read("accounts")
    study.write("accounts", accounts.assign(account_manager="Nils Ny"))
    after = export_packs(study, "C017", "2025", on=ON)
    assert {path.name for path in after} == {"Nils-Ny.html", "Nils-Ny.pdf"}
    assert not [path for path in before if path.is_file()]
    assert all(path.is_file() for path in other)


@pytest.mark.parametrize("what", ["Quarry hazel", "A007"])
def test_a_colleagues_account_stops_the_pack(study, what):
    page = f"<p>Look at {what} too.</p>".encode()
    with pytest.raises(LeakError, match="colleague"):
        colleagues.check({"Eva-Lind.html": page}, study, "C017", "Eva Lind")
    colleagues.check({"x.html": page}, study, "C017", "Örjan Å")


def test_a_contact_of_a_colleagues_account_stops_the_pack(study):
    contacts = study.read("contacts", client="C017")
    theirs = contacts[contacts["account_id"] == "A008"].iloc[0]["contact_id"]
    mine = contacts[contacts["account_id"] == "A003"].iloc[0]["contact_id"]
    check = lambda said: colleagues.check({"x.html": said.encode()}, study, "C017", "Eva Lind")  # noqa: E731
    check(f"<p>Ask {mine}.</p>")
    with pytest.raises(LeakError):
        check(f"<p>Ask {theirs}.</p>")


def test_nothing_is_written_where_one_pack_would_tell(study, monkeypatch, tmp_path):
    own = laid(tmp_path)
    actions = own.read("actions")
    shown = view(own, client="C017", wave="2025").accounts  # of others the owner is not told
    first = shown["account_id"][~shown["withheld"]].iloc[0]
    wrong = actions.assign(owner=actions["owner"].mask(actions["account_id"] == first,
                                                       "Quarry hazel"))  # fmt: skip
    assert first in set(actions["account_id"])
    own.write("actions", wrong)
    with pytest.raises(LeakError, match="quarry hazel"):
        export_packs(own, "C017", "2025", on=ON)
    assert not list((own.reports / "C017_2025_by").glob("*"))


def test_names_of_files_are_safe_and_apart():
    names = ["Eva Lind", "Eva-Lind", "EVA LIND", "Eva  Lind", "../../x", "Con", "Unassigned",
             "<b>", "Åsa Öst", "Asa Ost", "张伟", "x" * 300]  # fmt: skip
    made = [pack_name(name) for name in names]
    assert len({one.casefold() for one in made}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9-]{1,60}", one) for one in made)
    assert not {one.casefold() for one in made} & {"con", "unassigned"}
    assert pack_name("Åsa Öst").startswith("Asa-Ost-")


def test_without_account_managers_there_are_no_packs(tmp_path):
    study = laid(tmp_path, owners={})
    with pytest.raises(CrqError, match="account_manager"):
        export_packs(study, "C017", "2025")


def test_the_command_refuses_other_ways_to_part_accounts():
    told = ["report", "--study", "demo", "--client", "C017"]
    found = CliRunner().invoke(app, [*told, "--by", "region"])
    assert found.exit_code
    assert "account_manager" in found.output
    assert CliRunner().invoke(app, [*told, "--on", "2025-01-01"]).exit_code
