"""The next wave's page begins with what was agreed: done, late, and what became of it."""

import shutil

import pandas as pd
import pytest

from crqlab import page, programme
from crqlab.base.study import Study
from crqlab.page import agreed
from crqlab.page.actions.export import crm_tasks
from crqlab.page.agreed.export import agreed_sheet
from crqlab.page.agreed.outcomes import acted_on, checked
from crqlab.page.packs.meeting import meetings
from crqlab.page.packs.portfolio import portfolio
from crqlab.page.packs.select import packs
from tests.page.reading import assert_heard, soup

COLUMNS = ("action_id", "account_id", "action", "kind", "party", "owner", "due_on", "status",
           "done_on", "measure", "target")  # fmt: skip


def lines(accounts, wave="2024"):
    """Seven actions of one wave: of both parties, in every state, and two initiatives."""
    a, b, c, d = accounts
    rows = [
        ("L1", a, "close_the_loop", "account", "us", "Eva", "2024-06-01", "done", "2024-05-01"),
        ("L2", b, "own:Send <drawings>", "account", "us", "Eva", "2024-06-01", "done",
         "2024-07-01"),
        ("L3", c, "own:Weekly call", "account", "customer", "Bo", "2024-09-01", "agreed", None),
        ("L4", d, "listen", "account", "us", "Eva", "2029-06-01", "agreed", None),
        ("L5", d, "recognise", "account", "us", "Eva", "2024-06-01", "proposed", None),
        ("I1", None, "own:Faster spare parts", "initiative", "us", "COO", None, "agreed", None,
         "crq", 1.5),
        ("I2", None, "own:One portal", "initiative", "us", "CIO", None, "dropped", None,
         "portal", 2.0),
    ]  # fmt: skip
    filled = [[*row, *[None] * (len(COLUMNS) - len(row))] for row in rows]
    found = pd.DataFrame(filled, columns=COLUMNS).assign(client_id="C017", wave=wave)
    return found.assign(due_on=pd.to_datetime(found["due_on"]),
                        done_on=pd.to_datetime(found["done_on"]))  # fmt: skip


@pytest.fixture(scope="module")
def study(stationed_study_of, tmp_path_factory):
    shown = stationed_study_of()
    root = tmp_path_factory.mktemp("agreed")
    shutil.copytree(shown.root, root, dirs_exist_ok=True)
    found = Study(shown.name, root=root)
    answers = found.read("responses")
    found.write("responses", answers.assign(started=pd.Timestamp("2025-03-01")))
    rows = page.view(found, client="C017", wave="2025").accounts
    heard = rows[rows["change"].notna() & ~rows["withheld"]]["account_id"].tolist()
    others = rows[~rows["account_id"].isin(heard)]["account_id"].tolist()
    ids = [heard[0], heard[1], heard[2], others[0]]
    programme.change(found, "agreed_actions", lambda _: lines(ids))
    return found


@pytest.fixture(scope="module")
def seen(study):
    return page.view(study, client="C017", wave="2025")


def test_without_anything_agreed_the_part_is_absent(stationed_view_of, study):
    assert agreed.last_time(stationed_view_of()).html == ""
    first = page.view(study, client="C017", wave="2024")  # agreed after it: not before it
    assert agreed.last_time(first).html == ""
    assert "What was agreed" not in page.decision.first_screen(first).html


def test_both_parties_are_told_with_what_is_done_and_late(seen):
    shown = agreed.last_time(seen)
    assert_heard(shown)
    said = soup(shown).select_one("p.lead").get_text()
    assert said.startswith(
        "We agreed to 5 actions after 2024: 2 done, 2 still to do, 1 dropped. "
        "Customers agreed to 1 action after 2024: 1 late. "
        "Something was done at 2 customers; their scores since: "
    )
    assert said.endswith("This is what happened, not what it came of.")
    assert "<drawings>" not in shown.html
    assert shown.html in page.decision.first_screen(seen).html
    states = [row.select("td")[4].get_text() for row in soup(shown).select("table")[-1].select(
        "tbody tr")]  # fmt: skip
    assert states == ["late", "to do", "to do", "done, after its day", "done", "dropped"]


def test_what_is_still_open_of_an_earlier_wave_is_told_with_its_wave(study):
    before = programme.ledger(study, "agreed_actions").table
    older = before[before["action_id"].isin(["L1", "L4"])].assign(wave="2023")
    older = older.assign(action_id="old-" + older["action_id"])
    programme.change(study, "agreed_actions", lambda t: pd.concat([t, older]))
    said = agreed.last_time(page.view(study, client="C017", wave="2025")).sentence
    assert said.startswith("We agreed to 6 actions after 2023 and 2024: 2 done, 3 still to do")
    programme.change(study, "agreed_actions", lambda _: before)


def test_no_word_of_cause_in_any_language(study, seen):
    for code in ("en", "sv"):
        shown = agreed.last_time(page.view(study, client="C017", wave="2025", language=code))
        said = soup(shown).get_text().lower()
        for word in ("because", "thanks to", "led to", "effect", "tack vare", "ledde", "effekt"):
            assert word not in said


def test_an_account_s_change_is_that_of_all_changes_or_too_early_to_say(seen):
    for one in acted_on(seen):
        row = seen.accounts.set_index("account_id").loc[one.account_id]
        assert (one.since, one.change) == (row["change_verdict"], row["change"])
    rows = page.claims(seen)
    mine = rows[rows["about"].str.startswith("account:")]
    assert len(mine) == 2
    assert set(mine["claim"]) <= {"rise", "fall", "no_clear_change"}
    promised = rows[rows["basis"] == "agreed_actions"]
    assert dict(zip(promised["claim"] + promised["unit"], promised["value"], strict=True)) == {
        "agreedus": 5, "doneus": 2, "lateus": 0, "agreedcustomer": 1, "donecustomer": 0,
        "latecustomer": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("target", "verdict"), [("low", "reached"), ("high", "missed"), ("value", "open")]
)
def test_a_target_is_reached_or_missed_only_where_the_whole_interval_is(study, target, verdict):
    crq = page.view(study, client="C017", wave="2025").measure("crq")
    number = crq[target] + {"low": -0.01, "high": 0.01, "value": 0}[target]

    def moved(table):
        return table.assign(target=table["target"].mask(table["action_id"] == "I1", number))

    programme.change(study, "agreed_actions", moved)
    again = page.view(study, client="C017", wave="2025")
    assert [one.verdict for one in checked(again)] == [verdict]
    rows = page.claims(again)
    mine = rows[rows["basis"] == "agreed_actions/I1"].iloc[0]
    assert (mine["claim"], mine["value"]) == (f"target_{verdict}", crq["value"])


def test_a_measure_that_the_survey_lacks_is_no_verdict(study):
    def other(table):
        return table.assign(measure=table["measure"].replace("crq", "deliveries on time"))

    before = programme.ledger(study, "agreed_actions").table
    programme.change(study, "agreed_actions", other)
    again = page.view(study, client="C017", wave="2025")
    assert [one.verdict for one in checked(again)] == ["unmeasured"]
    assert "this survey has no such number" in agreed.last_time(again).html
    programme.change(study, "agreed_actions", lambda _: before)


def test_workbook_and_crm_carry_them(seen):
    sheet = agreed_sheet(seen)
    assert len(sheet.rows) == 6
    assert sheet.rows["state"].tolist()[0] == "late"
    tasks = crm_tasks(seen).set_index("CRQ_Task_External_Id__c")
    assert tasks.loc["L3", "Status"] == "In Progress"
    assert tasks.loc["L3", "Subject"] == "Weekly call"
    assert "L1" not in tasks.index


def test_overdue_comes_first_in_a_pack_and_the_playbook_stays_off_the_table(study, seen):
    found = packs(study, seen, pd.Timestamp("2030-01-01"))
    late = sum(len(pack.overdue) for pack in found)
    assert late == 2  # that of 2024, and that of 2029
    pack = next(one for one in found if len(one.overdue))
    front = soup(portfolio(seen, pack))
    assert front.h2.get_text() == f"Overdue first: {len(pack.overdue)} promise" + (
        "s" if len(pack.overdue) > 1 else "")  # fmt: skip
    assert front.find("table") is front.h2.find_next("table")
    behind = soup(meetings(seen, pack))
    told = " ".join(one.get_text() for one in behind.select(".shared"))
    assert "What we agreed last time" in told
    assert "Weekly call" in told
    assert "recover" not in told
    assert packs(study, seen, pd.Timestamp("2024-01-01"))[0].overdue.empty
