"""Actions where order, counts and privacy decide: slides, tasks of a CRM, lists at their ends."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import code
from crqlab.page import actions
from crqlab.page.actions import export
from crqlab.page.assembly import view
from tests.page.reading import soup
from tests.show import stationed
from tests.show.fixture import Shape, lay_out


def with_actions(seen, **parts):
    return replace(seen, actions=replace(seen.actions, **parts))


def made(seen, **columns):
    """Nine accounts, one action each, by other columns."""
    n = len(next(iter(columns.values())))
    plain = {
        "account_id": [f"K{i}" for i in range(n)], "name": [f"Kund {i}" for i in range(n)],
        "action": "listen", "segment": "Rational", "status": "settled", "revenue": 1.0,
        "owner": None, "account_manager": None, "due": pd.Timestamp("2025-06-01"),
    }  # fmt: skip
    rows = seen.actions.actions.head(0)
    return with_actions(seen, actions=pd.concat([rows, pd.DataFrame({**plain, **columns})]))


def seen_with(folder, table, **columns):
    """A client of the small study with other columns in one table of station 6."""
    study = stationed.add(lay_out(folder, Shape()), Shape())
    study.write(table, study.read(table).assign(**columns))
    return view(study, client="C017", wave="2025")


DAYS = pd.to_datetime(
    ["2025-09-01", "2025-08-01", "2025-07-01", "2025-06-03", "2025-06-02", "2025-06-01", None,
     "2025-05-01", "2025-05-02"]
)  # fmt: skip
KINDS = ["Opponent", "Rational", "Ambivalent", None, "Rational", "Opponent", "Opponent",
         "Ambassador", "Ambassador"]  # fmt: skip


def test_a_slide_counts_customers_by_action_and_its_notes_have_the_weak_first(stationed_view_of):
    acts = ["listen"] * 5 + ["close_the_loop"] * 3 + ["listen"]
    seen = made(stationed_view_of(), segment=KINDS, due=DAYS, action=acts,
                status=["settled" if kind else "silent" for kind in KINDS],
                owner=["Eva", None] + ["the board"] * 7)  # fmt: skip
    slide = export.actions_slide(seen)
    body = slide.body
    assert body.labels == [seen.actions.playbook.name(one) for one in ("listen", "close_the_loop")]
    assert asdict(body)["values"] == [6, 3]
    assert body.marked == (1,)  # whose first is due on 1 May
    assert slide.message == "9 actions at 9 customers are proposed, the first due by 2025-05-01"
    behind, *turns = slide.notes.split("\n")
    assert behind == slide.foot
    told = [(line.split(" · ")[0], line.split(" · ")[-2:]) for line in turns]
    assert told == [
        ("Kund 5", ["the board", "2025-06-01"]),
        ("Kund 2", ["the board", "2025-07-01"]),
        ("Kund 0", ["Eva", "2025-09-01"]),
        ("Kund 6", told[3][1]),
        ("Kund 7", ["the board", "2025-05-01"]),
        ("Kund 8", ["the board", "2025-05-02"]),
        ("Kund 4", ["the board", "2025-06-02"]),
    ]
    assert told[3][1][-1] == "the board"  # and no day
    undated = export.actions_slide(made(stationed_view_of(), due=[pd.NaT] * 2, name=["a", "b"]))
    assert undated.message == "2 actions at 2 customers are proposed"
    assert undated.body.marked == (0,)
    assert export.actions_slide(made(stationed_view_of(), due=[])) is None


def test_a_crm_gets_one_task_for_each_action_urgent_where_accounts_may_leave(stationed_view_of):
    seen = made(stationed_view_of(), segment=["Opponent", "Rational"], owner=["Eva Lind", None],
                due=[pd.Timestamp("2025-06-01"), pd.NaT])  # fmt: skip
    tasks = export.crm_tasks(seen)
    assert tasks["CRQ_Task_External_Id__c"].tolist() == [
        "C017-2025-K0-listen", "C017-2025-K1-listen"
    ]  # fmt: skip
    assert tasks["Priority"].tolist() == ["High", "Normal"]
    assert set(tasks["Status"]) == {"Not Started"}
    assert tasks["ActivityDate"].tolist()[0] == "2025-06-01"
    assert tasks["ActivityDate"].isna().tolist() == [False, True]
    assert tasks["Account_External_Id__c"].tolist() == ["K0", "K1"]


def rows_of(shown):
    return [len(table.select("tbody tr")) for table in soup(shown)("table")]


def test_from_the_sixteenth_account_on_actions_are_folded(stationed_view_of):
    fifteen = made(stationed_view_of(), revenue=np.arange(15.0))
    assert rows_of(actions.action_plan(fifteen)) == [15, 1]
    sixteen = made(stationed_view_of(), revenue=np.arange(16.0))
    assert rows_of(actions.action_plan(sixteen)) == [15, 1, 1]
    first = [line.th.get_text() for line in soup(actions.action_plan(sixteen)).select("tbody tr")]
    assert first[:3] == ["Kund 15", "Kund 14", "Kund 13"]
    assert first[15] == "Kund 0"


def test_among_equal_revenue_the_earliest_date_comes_first_and_none_last(stationed_view_of):
    seen = made(stationed_view_of(), due=DAYS[:7])
    shown = [line.th.get_text() for line in soup(actions.action_plan(seen)).select("tbody tr")]
    assert shown[:7] == [f"Kund {place}" for place in (5, 4, 3, 2, 1, 0, 6)]


def test_actions_stand_by_date_then_by_what_is_paid(tmp_path):
    seen = seen_with(tmp_path, "actions", due=pd.Timestamp("2025-06-01"))
    paid = seen.actions.actions["revenue"].dropna()
    assert paid.is_monotonic_decreasing
    assert paid.iloc[0] == 1e6


def test_what_lifts_an_account_by_recommendation_tells_its_nps_and_so_may_be_withheld(tmp_path):
    few = ["A000", "A001", "A009", "A010"]  # one or two people answered
    seen = seen_with(tmp_path, "lifts")
    assert not seen.actions.lifts["account_id"].isin(few).any()
    asked = code("raise_recommendation", by=9.0)
    seen = seen_with(tmp_path / "b", "lifts", change=asked)
    known = seen.accounts.loc[seen.accounts["nps"].notna(), "account_id"]
    assert sorted(seen.actions.lifts["account_id"]) == sorted(set(known) - set(few))


def test_promoters_are_counted_the_most_first_and_equals_by_revenue(tmp_path):
    study = stationed.add(lay_out(tmp_path, Shape()), Shape())
    rows = study.read("referral_candidates").head(1)
    people = [("A003", "P1"), ("A003", "P2"), ("A004", "P3"), ("A004", "P4"),
              ("A005", "P5"), ("A000", "P6")]  # fmt: skip
    rows = pd.concat([rows] * len(people), ignore_index=True).assign(
        account_id=[account for account, _ in people], contact_id=[person for _, person in people]
    )
    study.write("referral_candidates", rows)
    seen = view(study, client="C017", wave="2025")
    found = seen.actions.referral_candidates
    assert found["account_id"].tolist() == ["A003", "A004", "A005"]
    assert found["promoters"].tolist() == [2, 2, 1]
    assert found["n"].tolist() == [4, 5, 6]
    assert actions.referral_candidates(seen).sentence == (
        "5 promoters at 3 Ambassador accounts may be asked."
    )


def test_fifteen_referrals_and_lifts_are_listed_and_the_rest_counted(stationed_view_of):
    seen = stationed_view_of()
    one, lift = seen.actions.referral_candidates.head(1), seen.actions.lifts.head(1)
    many = pd.concat([one] * 17, ignore_index=True)
    shown = actions.referral_candidates(with_actions(seen, referral_candidates=many))
    assert rows_of(shown) == [15]
    assert "2 more" in soup(shown).get_text()
    few = actions.referral_candidates(with_actions(seen, referral_candidates=many.head(15)))
    assert rows_of(few) == [15]
    assert " more" not in soup(few).get_text()
    sizes = np.arange(17, 0, -1) / 10
    lifts = pd.concat([lift] * 17, ignore_index=True).assign(
        size=sizes, name=[f"{size:.1f}" for size in sizes]
    )
    lines = soup(actions.account_lifts(with_actions(seen, lifts=lifts))).select("tbody tr")
    assert [line.th.get_text() for line in lines] == [f"{k / 10:.1f}" for k in range(1, 16)]
