"""Account pages: accounts that stand out and no others, with what may be said of each."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.base.contracts.cautions import code
from crqlab.language import language
from crqlab.page.accounts import meeting_sheets as laid_out
from crqlab.page.accounts.meeting_points import talk
from crqlab.page.accounts.meetings import who_answered
from crqlab.page.accounts.select import MOST, meeting_sheets
from crqlab.participation.account_dispositions import UNASKED
from crqlab.segments import shipped, starting
from tests.page.reworded import elements, in_other_words, numbers
from tests.segments.made import instrument

ENGLISH = language("en")


def drawn(pages, spoken=ENGLISH):
    """Lay out the sheets as they stand on a page."""
    return laid_out(
        SimpleNamespace(
            meetings=pages,
            language=spoken,
            segments=SimpleNamespace(traits=starting().traits),
            actions=SimpleNamespace(playbook=shipped()),
            instrument=instrument(),
        )
    )


def made(asked_view_of, change=None, **shape):
    view = asked_view_of(**shape)
    return meeting_sheets(change(view) if change else view)


def segments(view, account, **facts):
    rows = pd.DataFrame(
        [{"account_id": account, "segment": "Opponent", "status": "settled", "p_word": "likely",
          "before": "Rational", "before_status": "settled",
          "reason": code("below", scores=["crq"], value=3.1, cut=3.8), **facts}]
    )  # fmt: skip
    seen = dataclasses.replace(view.segments, accounts=rows, traits=starting().traits)
    return dataclasses.replace(view, segments=seen)


def blocks(shown):
    found = BeautifulSoup(shown.html, "html.parser").find_all("details")
    return {block.bdi.get_text(): block.get_text(" ") for block in found}


def test_silent_accounts_have_a_page_and_it_asks_why(asked_view_of):
    pages = made(asked_view_of)
    silent = pages.accounts[pages.accounts["status"] == "silent"]
    assert len(silent) == 2
    said = blocks(drawn(pages))[silent["name"].iloc[0]]
    assert "Nobody of 1 contact asked answered." in said
    assert "Find out why nobody answered" in said
    assert "CRQ" not in said


def test_an_account_on_the_point_of_leaving_is_prepared_for(asked_view_of):
    pages = made(asked_view_of, lambda view: segments(view, "A005"))
    said = blocks(drawn(pages))["Account 5"]
    assert "Opponent (likely) · CRQ" in said
    assert "likely Opponent (Rational the wave before): CRQ 3.1 below 3.8." in said


def test_everybody_is_on_a_page_left_out_or_quiet(asked_view_of):
    for shape in ({}, {"accounts": 120, "silent": 60}, {"waves": ("2025",)}, {"ltr": False}):
        pages = made(asked_view_of, **shape)
        view = asked_view_of(**shape)
        counted = (~view.accounts["status"].isin(UNASKED)).sum()
        assert len(pages.accounts) <= MOST
        assert len(pages.accounts) + pages.n_left + pages.n_quiet == counted


def test_many_accounts_stay_a_small_page(asked_view_of):
    pages = made(asked_view_of, accounts=120, silent=60)
    assert pages.n_left > 0
    shown = drawn(pages)
    assert len(blocks(shown)) == MOST
    assert f"{pages.n_left} more accounts would have a page" in shown.html
    assert len(shown.html) < 120_000


def test_withheld_accounts_show_no_score(asked_view_of):
    small = asked_view_of().accounts.query("withheld and n > 0")["account_id"].iloc[0]
    pages = made(asked_view_of, lambda view: segments(view, small, reason=np.nan))
    row = pages.accounts.set_index("account_id").loc[small]
    assert row["roles"] == ()
    assert row[["value", "low", "high", "change", "change_low", "change_high"]].isna().all()
    assert not row["disagree"]
    assert row["weakest"] != row["weakest"]
    assert small not in set(pages.measures["account_id"])
    assert small not in set(pages.comments["account_id"])


def test_nobody_who_answered_is_named(asked_study_of, asked_view_of):
    html = drawn(made(asked_view_of)).html
    contacts = asked_study_of().read("contacts")["name"].dropna().unique()
    assert len(contacts)
    assert not any(name in html for name in contacts)


def test_names_and_words_cannot_break_out(asked_view_of):
    pages = made(asked_view_of, lambda view: segments(view, "A000"))
    page = BeautifulSoup(drawn(pages).html, "html.parser")
    assert page.find("i") is None
    assert page.find("script") is None
    assert "<i>Ünï & Söns</i>" in blocks(drawn(pages))


def test_comments_of_two_accounts_of_one_name_go_to_neither(asked_view_of):
    whole = made(asked_view_of)
    assert len(whole.comments)
    name = whole.comments["account"].iloc[0]

    def twice(view):
        rows = view.accounts.copy()
        rows.loc[rows["name"] != name, "name"] = name
        return dataclasses.replace(view, accounts=rows)

    assert made(asked_view_of, twice).comments.empty


def test_a_change_is_the_difference_of_two_independent_scores(asked_study_of, asked_view_of):
    pages = made(asked_view_of)
    row = pages.accounts.dropna(subset=["change"]).iloc[0]
    past = asked_study_of().read("account_scores", client="C017", wave="2024")
    was = past.set_index("account_id").loc[row["account_id"]]
    now = asked_study_of().read("account_scores", client="C017", wave="2025")
    own = now.set_index("account_id").loc[row["account_id"]]
    change = own["shrunken"] - was["shrunken"]
    assert row["change"] == round(change, 1) != change
    assert row["change_high"] == round(change + 0.4 * np.sqrt(2), 1)  # halves of 0.4


def test_nothing_outstanding_is_a_sentence(asked_view_of):
    pages = made(asked_view_of)
    none = dataclasses.replace(pages, accounts=pages.accounts.iloc[:0])
    assert "No account stands out" in str(drawn(none))


FELL = {"change": -0.9, "change_low": -1.5, "change_high": -0.3, "change_verdict": "lower"}
ROSE = {"change": 0.9, "change_low": 0.3, "change_high": 1.5, "change_verdict": "higher"}


def row(**facts):
    names = (
        "value low high mean change change_low change_high p_renew p_low p_high expected_loss "
        "expected_low expected_high focus focus_probability weakest weakest_gap segment was reason "
        "target lift lift_probability due_on why"
    ).split()
    plain = dict.fromkeys(names, np.nan) | {
        "status": "scored", "n": 5, "p_word": "likely", "disagree": False, "before": "2024",
        "was_status": np.nan, "chance": "", "change_verdict": "no_clear_change",
    }  # fmt: skip
    return next(pd.DataFrame([plain | facts]).itertuples())


ROLES = code("beside_average", term="role_gap", value=-1.2, average=0.1)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, []),
        ({"value": 4.0, "low": 3.5, "high": 4.6, "mean": 5.0}, ["below your other accounts"]),
        ({"value": 4.0, "low": 3.5, "high": 5.6, "mean": 5.0}, []),
        ({"value": 6.0, "low": 5.5, "high": 6.6, "mean": 5.0}, ["above your other accounts"]),
        (FELL, ["fell by 0.9 since 2024"]),
        (ROSE, ["rose by 0.9 since 2024"]),
        (ROSE | {"change_verdict": "no_clear_change"}, []),
        ({"change": 0.9}, []),
        ({"focus": "Caring", "focus_probability": 0.7}, ["Mend first: Caring"]),
        ({"focus": "Caring", "focus_probability": 0.4}, []),
        ({"weakest": "Service", "weakest_gap": -0.8}, ["Ask about Service: 0.8 below"]),
        ({"weakest": "Service", "weakest_gap": -0.2}, []),
        ({"disagree": True}, ["The 5 people who answered disagree"]),
        ({"segment": "Rational", "p_word": "leaning"}, ["The account leans to Rational."]),
        (
            {"segment": "Rational", "p_word": "unclear"},
            ["closest to Rational, which is unclear."],
        ),
        (
            {"segment": "Rational", "was_status": "silent"},
            ["likely Rational (Silent the wave before)."],
        ),
        (
            {"p_renew": 0.62, "p_low": 0.4, "p_high": 0.8, "why": ROLES},
            ["(40\xa0% to 80\xa0%). What weighs most: lead of senior roles −1.2, average 0.1."],
        ),
        (
            {"chance": "even"},
            ["the chance of renewal is even or better (50 to 80 %)."],
        ),
    ],
)
def test_a_meeting_is_about_what_the_intervals_allow(facts, said):
    found = talk(row(**facts), "EUR", ENGLISH)
    assert len(found) == len(said)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))


def test_a_meeting_is_about_the_same_in_swedish():
    said = talk(row(**FELL, disagree=True), "EUR", language("sv"))
    assert said == [
        "Deras värde sjönk med 0,9 sedan 2024 (−1,5 till −0,3): fråga vad som hänt.",
        "De 5 som svarat är oense: lyssna på dem en och en, ett medelvärde döljer det.",
    ]


def test_who_answered_is_said_with_roles_and_contacts_as_far_as_they_are_known():
    who = {"status": "scored", "answered": 4, "invited": 0, "roles": ()}
    said = [
        who_answered(SimpleNamespace(**who), ENGLISH),
        who_answered(SimpleNamespace(**who | {"invited": 6}), ENGLISH),
        who_answered(SimpleNamespace(**who | {"roles": (("buyer", 3), ("user", 1))}), ENGLISH),
        who_answered(
            SimpleNamespace(**who | {"answered": 1, "invited": 6, "roles": (("buyer", 1),)}),
            ENGLISH,
        ),
    ]
    assert said == [
        "4 people answered.",
        "4 people answered of 6 contacts asked.",
        "4 people answered: buyer 3, user 1.",
        "1 person answered of 6 contacts asked: buyer 1.",
    ]


def test_sheets_and_their_numbers_follow_from_no_word(asked_view_of):
    view = asked_view_of()
    plain, other = laid_out(view).html, laid_out(in_other_words(view)).html
    assert "Nobody of 1 contact asked answered" in plain
    assert "zz zz 1 zz zz zz" in other
    assert elements(other) == elements(plain)
    assert numbers(other) == numbers(plain)
