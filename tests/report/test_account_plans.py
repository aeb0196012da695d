"""Plans of key accounts: what the client's page says of one, what was agreed, what comes next."""

import io
import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation

from crqlab import CrqError
from crqlab.page.assembly import view
from crqlab.page.plans.data import next_quarter
from crqlab.page.plans.select import Choice, chosen_accounts, plans
from crqlab.report import LeakError, export_plans
from crqlab.report.clearance import gate
from crqlab.report.clearance.erasure import _deleted
from crqlab.report.clearance.statement_ledger import read
from tests.report.test_manager_packs import laid

ON = pd.Timestamp("2025-06-01")
AGREED = (
    "action_id,client_id,account_id,wave,action,kind,party,owner,agreed_on,due_on,status,done_on,"
    "measure,target\n"
    "a1,C017,A008,2025,own:Visit the plant,account,us,Eva Lind,2025-04-01,2025-05-01,agreed,,,\n"
    "a2,C017,A008,2025,close_the_loop,account,customer,,2025-04-01,2025-09-01,agreed,,,\n"
    "a3,C017,A007,2025,own:Elsewhere,account,us,Eva Lind,2025-04-01,,agreed,,,\n"
    "a4,C017,,2025,own:Answer within a day,initiative,us,COO,2025-04-01,,agreed,,hours,24\n"
    "a5,C017,A008,2025,own:Never agreed,account,us,,,,proposed,,,\n"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    found = laid(tmp_path_factory.mktemp("plans"))
    (found.raw / "actions.csv").write_text(AGREED, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def seen(study):
    return view(study, client="C017", wave="2025")


@pytest.fixture(scope="module")
def written(study):
    return export_plans(study, "C017", "2025", Choice(("A008", "A000")), on=ON)


def page(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def rows(html, caption):
    found = next(t for t in html.select("table") if caption in t.caption.get_text())
    return [[cell.get_text(" ", strip=True) for cell in row.select("td, th")]
            for row in found.select("tbody tr")]  # fmt: skip


def test_each_account_has_a_page_and_slides_of_its_own(written):
    assert sorted(path.name for path in written) == [
        "A000.html", "A000.pptx", "A008.html", "A008.pptx"]  # fmt: skip
    assert {path.parent.name for path in written} == {"C017_2025_plans"}


def test_what_was_agreed_stands_on_it_with_what_became_of_it(written):
    html = page(next(path for path in written if path.name == "A008.html"))
    told = rows(html, "on record")
    assert (told[0][0], told[0][1], told[0][-1]) == ("Visit the plant", "We", "late")
    assert [row[-1] for row in told] == ["late", "going on", "going on"]
    assert told[2][0] == "Answer within a day"
    said = html.get_text()
    assert "Elsewhere" not in said
    assert "Never agreed" not in said


def test_history_is_what_each_wave_shows(study, seen):
    (plan,) = plans(study, seen, ["A008"], ON)
    assert plan.history["wave"].tolist() == ["2023", "2024", "2025"]
    for row in plan.history.itertuples():
        then = view(study, client="C017", wave=row.wave).accounts
        own = then[then["account_id"] == "A008"].iloc[0]
        assert (row.value, row.n) == (own["shrunken"], own["n"])
    assert plan.history["value"].notna().all()


def test_scores_of_too_few_people_are_in_no_plan(study, seen, written):
    (plan,) = plans(study, seen, ["A000"], ON)  # one person answers
    assert plan.history["value"].isna().all()
    assert plan.measures == []
    html = page(next(path for path in written if path.name == "A000.html"))
    assert all(row[2:4] == ["–", "–"] for row in rows(html, "page of each survey"))


def test_days_are_counted_to_the_renewal_and_the_next_quarter_named(study, seen):
    (plan,) = plans(study, seen, ["A008"], ON)
    due = seen.accounts.set_index("account_id")["due_on"]["A008"]
    assert plan.days_left == (due - ON).days if due == due else plan.days_left is None
    assert next_quarter(ON) == ("2025 Q3", pd.Timestamp("2025-09-30"))
    assert next_quarter(None) is None


def test_accounts_are_chosen_by_id_by_kind_and_by_number(study, seen):
    assert chosen_accounts(study, seen, Choice(("A003",))) == ["A003"]
    eva = chosen_accounts(study, seen, Choice(where={"manager": "eva lind"}))
    assert sorted(eva) == [f"A{place:03d}" for place in range(6)]
    assert chosen_accounts(study, seen, Choice(where={"manager": "Eva Lind"}, top=2)) == eva[:2]
    assert len(chosen_accounts(study, seen, Choice())) == 10
    with pytest.raises(CrqError, match="'A03'; use one of 16 names"):
        chosen_accounts(study, seen, Choice(("A03",)))
    with pytest.raises(CrqError, match="where is 'colour'"):
        chosen_accounts(study, seen, Choice(where={"colour": "red"}))
    with pytest.raises(CrqError, match="that is tier=Z"):
        chosen_accounts(study, seen, Choice(where={"tier": "Z"}))


def test_slides_can_be_edited_and_say_the_same(written):
    path = next(path for path in written if path.name == "A008.pptx")
    deck = Presentation(io.BytesIO(path.read_bytes()))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    cells = [[cell.text for cell in row.cells] for row in tables[1].rows]
    assert cells[1][0] == "Visit the plant"
    assert cells[1][-1] == "late"
    course = [[cell.text for cell in row.cells] for row in tables[0].rows]
    html = page(path.with_suffix(".html"))
    assert [row[0:4] for row in course[1:]] == [
        row[0:4] for row in rows(html, "page of each survey")]  # fmt: skip


def test_the_boards_review_has_every_account_once_in_both_languages(study):
    told = export_plans(study, "C017", "2025", Choice(top=3), board=True, language="sv", on=ON)
    assert [path.name for path in told] == ["board_sv.html", "board_sv.pptx"]
    html = page(told[0])
    heads = [head.get_text(strip=True) for head in html.select("section.sheet h2")]
    assert [head[:2] for head in heads] == ["1.", "2.", "3."]
    assert "nyckelkunder" in html.h1.get_text()
    assert len(Presentation(str(told[1])).slides) == 4
    assert not re.search(r"\b(going on|Not heard)\b", html.get_text())


def test_a_plan_that_holds_something_of_a_stranger_is_not_written(study, monkeypatch):
    def stopped(*_, **__):
        raise LeakError("strange", pd.DataFrame())

    monkeypatch.setattr(gate, "check", stopped)
    with pytest.raises(LeakError):
        export_plans(study, "C017", "2025", Choice(("A009",)), on=ON)
    assert not (study.reports / "C017_2025_plans" / "A009.html").exists()


def test_what_plans_tell_is_kept_for_later_files(study, written):
    (one,) = read(study, "C017")
    assert "C017_2025_plans/A008.html" in one.files


def test_unknown_kinds_are_refused(study):
    with pytest.raises(CrqError, match="to is 'docx'"):
        export_plans(study, "C017", "2025", kinds=["docx"])


def test_forgetting_deletes_plans(study, written):
    assert {path.name for path in _deleted(study, "C017")} >= {"A008.html", "A008.pptx"}
