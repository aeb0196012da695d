"""The section of actions says what the playbook asks, of whom, and until when."""

from dataclasses import replace

import pandas as pd
import pytest

from crqlab.language import language
from crqlab.page import actions
from tests.page.reading import SHAPES, assert_heard, plain, soup
from tests.page.reworded import elements, in_other_words, numbers
from tests.page.segments.test_account_segments import CALLED, in_other_names

EVERY = ("action_plan", "referral_candidates", "account_lifts")


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def seen(stationed_view_of, request):
    return stationed_view_of(**request.param)


@pytest.mark.parametrize("name", EVERY)
def test_tables_can_be_heard(seen, name):
    assert_heard(getattr(actions, name)(seen))


@pytest.mark.parametrize("name", EVERY)
def test_without_its_station_a_section_says_so_in_a_sentence(view_of, name):
    shown = getattr(actions, name)(view_of())
    assert soup(shown).table is None
    assert shown.sentence


def lines_of(shown, head="Owner"):
    tables = [table for table in soup(shown)("table") if head in table.thead.get_text()]
    return [line for table in tables for line in table.select("tbody tr")]


def test_every_account_has_one_row_of_actions_with_owner_and_dates(stationed_view_of):
    shown = actions.action_plan(stationed_view_of())
    lines = lines_of(shown)
    assert len(lines) == 15
    told = [cell.get_text() for cell in lines[0]("td")]
    assert told[0].startswith(("Opponent", "Ambivalent"))
    assert told[1] == "recover by\xa02025-06-01; recognise"
    assert shown.sentence.rstrip() == (
        "30 actions at 15 accounts, for 1 account manager: 5 accounts to win back or leave well, "
        "1 weak account in doubt to hear more of, 3 silent accounts to listen to, 3 accounts to "
        "thank and to ask for a referral."
    )
    kinds = [line("td")[0].get_text().replace(" (not settled)", "") for line in lines]
    assert set(kinds[:6]) == {"Opponent", "Ambivalent"}
    assert kinds[6:9] == ["Silent"] * 3


def test_what_each_action_means_is_the_playbooks(stationed_view_of):
    rows = [[cell.get_text() for cell in line(["th", "td"])]
            for line in lines_of(actions.action_plan(stationed_view_of()), "How")]  # fmt: skip
    assert ["Silent", "recover", "Close the loop on the weaker of solution and treatment"] in rows
    assert ["Ambassador", "recognise", "Thank them and keep investing; never milk them"] in rows
    swedish = replace(stationed_view_of(), language=language("sv"))
    rows = [[cell.get_text() for cell in line(["th", "td"])]
            for line in lines_of(actions.action_plan(swedish), "Hur")]  # fmt: skip
    text = "Tacka dem och fortsätt satsa; mjölka dem aldrig"
    assert ["Ambassadör", "visa uppskattning", text] in rows


def with_actions(view, **parts):
    return replace(view, actions=replace(view.actions, **parts))


def test_another_owner_stands_in_words(stationed_view_of):
    view = stationed_view_of()
    rows = view.actions.actions
    assert rows["owner"].tolist() == rows["account_manager"].tolist()
    shown = actions.action_plan(with_actions(view, actions=rows.assign(owner="the board")))
    assert {line("td")[-1].get_text() for line in lines_of(shown)} == {"the board"}


@pytest.mark.parametrize(
    ("keep", "owner", "said"),
    [
        ([], "Eva", "No actions are proposed"),
        (["Rational"], None, "6 actions at 3 accounts."),
        (["Rational"], "Eva", "6 actions at 3 accounts, for 1 account manager."),
        (
            ["Opponent"],
            None,
            "6 actions at 3 accounts: 3 accounts to win back or leave well.",
        ),
        (
            ["Ambassador", "Rational"],
            "Eva",
            "12 actions at 6 accounts, for 1 account manager: 3 accounts to thank and to ask for "
            "a referral.",
        ),
    ],
)
def test_the_lead_counts_accounts_by_what_they_need(stationed_view_of, keep, owner, said):
    view = stationed_view_of()
    rows = view.actions.actions
    rows = rows[rows["segment"].isin(keep)].assign(account_manager=owner)
    assert actions.action_plan(with_actions(view, actions=rows)).sentence.startswith(said)


def test_what_is_lost_comes_first_then_revenue_then_the_date(stationed_view_of):
    view = stationed_view_of()
    rows = view.actions.actions.head(0)
    made = pd.DataFrame(
        {
            "account_id": list("abcdef"), "name": list("abcdef"), "action": "listen",
            "segment": ["Rational", "Opponent", None, "Opponent", "Stalker", "Ambassador"],
            "status": ["settled", "settled", "silent", "settled", "settled", "settled"],
            "revenue": [9.0, 1.0, 5.0, float("nan"), 2.0, 10.0], "owner": None,
            "account_manager": None, "due": pd.Timestamp("2025-06-01"),
        }
    )  # fmt: skip
    shown = actions.action_plan(with_actions(view, actions=pd.concat([rows, made])))
    assert [line.th.get_text() for line in lines_of(shown)] == list("ebdcfa")


def test_promoters_stand_without_names(stationed_view_of, stationed_study_of):
    shown = actions.referral_candidates(stationed_view_of())
    said = plain(shown)
    assert "Ambassador account" in said
    assert shown.sentence == "14 promoters at 2 Ambassador accounts may be asked."
    ids = stationed_study_of().read("referral_candidates")["contact_id"]
    assert not [name for name in ids if f" {name} " in said]


def test_nobody_to_ask_is_a_sentence(stationed_view_of):
    view = stationed_view_of()
    none = with_actions(view, referral_candidates=view.actions.referral_candidates.head(0))
    said = actions.referral_candidates(none).sentence
    assert said == "No Ambassador account has promoters that may be counted"


def test_lifts_say_what_would_take_an_account_one_segment_up(stationed_view_of):
    shown = actions.account_lifts(stationed_view_of())
    cells = [cell.get_text() for cell in soup(shown).select("tbody tr")[0](["td"])]
    assert cells == ["Rational", "Ambassador", "Experience by 1.2", "70\xa0%", "10\xa0%"]
    swedish = replace(stationed_view_of(), language=language("sv"))
    cells = [c.get_text() for c in soup(actions.account_lifts(swedish)).select("tbody tr")[0]("td")]
    assert cells == ["Rationell", "Ambassadör", "Upplevelse med 1,2", "70\xa0%", "10\xa0%"]


@pytest.mark.parametrize("name", EVERY)
def test_other_words_change_no_number_and_no_table(stationed_view_of, name):
    view = stationed_view_of()
    own, other = (getattr(actions, name)(seen) for seen in (view, in_other_words(view)))
    assert numbers(other.html) == numbers(own.html)
    assert elements(other.html) == elements(own.html)


@pytest.mark.parametrize("file", CALLED)
@pytest.mark.parametrize("name", EVERY)
def test_other_names_of_segments_change_no_number(stationed_view_of, name, file):
    view = stationed_view_of()
    named = in_other_names(view, file)
    names = CALLED[file]
    rows, lifts = view.actions.actions, view.actions.lifts
    named = with_actions(
        named,
        actions=rows.assign(segment=rows["segment"].map(lambda n: names.get(n, n))),
        lifts=lifts.assign(
            **{c: lifts[c].map(lambda n: names.get(n, n)) for c in ("segment", "target")}
        ),
    )
    own, other = getattr(actions, name)(view), getattr(actions, name)(named)
    assert numbers(other.html) == numbers(own.html)
    assert len(elements(other.html)) == len(elements(own.html))
    assert "Ambassador" not in plain(other)
