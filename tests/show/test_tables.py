"""Numbers on the page are those of the tables, rounded once; nothing stands without n."""

import dataclasses

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.page import gathered
from crqlab.page.scores.charts import ends

EVERY = (
    "masthead headline participation constructs waves change_parts roll_ups agreement accounts "
    "silent heat_map comments rules excluded privacy"
).split()
SHAPES = {
    "plain": {},
    "three accounts": {"accounts": 3, "silent": 0},
    "four hundred accounts": {"accounts": 400, "most": 14, "silent": 90},
    "one wave": {"waves": ("2025",)},
    "no LTR": {"ltr": False},
    "no contacts": {"contacts": False},
    "no comments": {"comments": False},
    "1 to 5": {"scale": (1, 5)},
    "0 to 10": {"scale": (0, 10)},
}


def cells(shown, number=0):
    """Rows of a table as lists of text, the heading first."""
    table = BeautifulSoup(shown.html, "html.parser").find_all("table")[number]
    return [[c.get_text() for c in tr.find_all(["th", "td"])] for tr in table.find_all("tr")]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", EVERY)
def test_every_table_can_be_laid_out_for_every_kind_of_client(view_of, shape, name):
    shown = getattr(gathered, name)(view_of(**SHAPES[shape]))
    page = BeautifulSoup(shown.html, "html.parser")
    assert shown.sentence
    assert len(page.find_all("caption")) == len(page.find_all("table"))
    assert all(th.get("scope") for th in page.find_all("th"))
    assert all(table.caption.get_text().strip() for table in page.find_all("table"))
    assert "nan" not in page.get_text().lower().split()


def test_the_headline_says_value_interval_change_and_n(view_of):
    view = view_of()
    row = view.measure("crq")
    card = BeautifulSoup(gathered.headline(view).html, "html.parser").li.get_text(" ")
    assert f"{row['value']:.2f}" in card
    assert f"{row['low']:.2f} to {row['high']:.2f}" in card
    assert f"n = {row['n_respondents']} respondents, {row['n_accounts']} accounts" in card
    assert f"{abs(row['change']):.2f} since 2024" in card
    assert row["verdict"] in card


def test_mean_ltr_is_never_called_nps(view_of):
    cards = BeautifulSoup(gathered.headline(view_of()).html, "html.parser").find_all("li")
    names = [card.p.get_text() for card in cards]
    assert [name.split()[0] for name in names] == ["CRQ", "NPS", "Mean"]
    assert "NPS" not in cards[2].get_text()


def test_contact_and_account_response_are_both_said(view_of):
    asked = view_of().participation
    said = str(gathered.participation(view_of())).replace("\xa0", " ")
    assert f"{asked.contacts_answered} of {asked.contacts} contacts (" in said
    assert f"{asked.accounts_answered} of {asked.accounts} accounts (" in said


def test_account_rows_show_the_table_with_small_groups_withheld(view_of):
    view = view_of()
    head, *rows = cells(gathered.accounts(view))
    assert len(rows) == len(view.scored)
    at = {name: head.index(name) for name in ("CRQ, shrunken", "Plain mean", "NPS", "n", "Caution")}
    for shown, row in zip(rows, view.scored.itertuples(), strict=True):
        assert row.name in shown[0]
        assert shown[at["CRQ, shrunken"]] == f"{row.shrunken:.1f}"
        assert shown[at["n"]] == str(row.n)
        if row.n < 3:
            assert shown[at["Plain mean"]] == shown[at["NPS"]] == "–withheld"
            assert shown[at["Caution"]] == "withheld:\xa0n\xa0below\xa03"
        else:
            assert shown[at["Plain mean"]] == f"{row.crq:.1f}"
            assert shown[at["NPS"]].replace("−", "-") in (f"{row.nps:+.0f}", "0")


def test_accounts_stand_in_the_order_of_their_shrunken_score(view_of):
    scores = [float(row[1]) for row in cells(gathered.accounts(view_of()))[1:]]
    assert scores == sorted(scores, reverse=True)


def test_accounts_of_one_name_are_told_apart(view_of):
    view = view_of()
    twins = view.accounts.assign(name="Twin")
    rows = cells(gathered.accounts(dataclasses.replace(view, accounts=twins)))[1:]
    assert len({row[0].split(" ", 1)[1] for row in rows}) == len(rows)


def test_silent_accounts_are_named_and_never_scored(view_of):
    view = view_of()
    head, *rows = cells(gathered.silent(view))
    assert head == ["Account", "Status", "Account manager", "Revenue a year (EUR)",
                    "Contacts invited"]  # fmt: skip
    assert [row[1] for row in rows] == ["Silent", "Silent", "Not invited"]
    assert not {row[0] for row in rows} & set(view.scored["name"])


def test_the_heat_map_has_large_enough_accounts_only_and_no_colour_without_number(view_of):
    view = view_of()
    html = BeautifulSoup(gathered.heat_map(view).html, "html.parser")
    named = [th.get_text() for th in html.tbody.find_all("th")][1:]
    assert named == view.scored.loc[view.scored["n"] >= 3, "name"].tolist()
    coloured = [td for td in html.find_all("td") if td.get("style")]
    assert len(coloured) == 5 * (len(named) + 1)
    assert all(td.get_text() for td in coloured)


def test_constructs_show_value_interval_and_n(view_of):
    view = view_of()
    head, *rows = cells(gathered.constructs(view))
    for shown, name in zip(rows, ["trust", "commitment", "solution", "experience"], strict=False):
        row = view.measure(name)
        assert shown[2] == f"{row['value']:.2f}"
        assert shown[3] == f"{row['low']:.2f} to {row['high']:.2f}"
        assert shown[head.index("n")] == str(row["n_respondents"])


def test_the_change_is_split_into_its_parts(view_of):
    rows = cells(gathered.change_parts(view_of()))[1:]
    assert [row[1] for row in rows] == [
        "Whole change", "Accounts in both waves", "Accounts that joined", "Accounts that left",
    ]  # fmt: skip


def test_agreement_is_told_in_plain_words(view_of):
    said = str(gathered.agreement(view_of())).replace("\xa0", " ")
    assert "About 31 % of the differences between answers lie between accounts" in said
    assert "21 to 41 %" in said
    assert "reliability of 0.62" in said
    assert "strong agreement" in said


def test_comments_are_grouped_by_question_and_harmless(view_of):
    shown = gathered.comments(view_of())
    page = BeautifulSoup(shown.html, "html.parser")
    assert [h3.get_text() for h3 in page.find_all("h3")] == ["What is best?", "What is <worst>?"]
    quotes = [q.get_text() for q in page.find_all("q")]
    assert "<b>Bold</b> & <script>alert('x')</script>" in quotes
    assert '=HYPERLINK("[address removed]")' in quotes
    assert "abcgnp.exe" in quotes
    assert page.script is None
    assert "Price." not in quotes, "four people are fewer than five"


def test_rules_name_the_instrument_at_hand(view_of):
    said = str(gathered.rules(view_of(scale=(1, 5), ltr=False)))
    assert "answered from 1 to 5" in said
    assert "Trust and at least 2 of them" in said
    assert "LTR was not asked" in said


def test_exclusions_are_counted_with_their_rule(view_of):
    _, row = cells(gathered.excluded(view_of()))
    assert row == ["The same person or answers twice", "one response a contact", "1", "1"]


@pytest.mark.parametrize("scale", [(1, 7), (1, 5), (0, 10)])
def test_scores_live_on_the_instruments_own_scale(view_of, scale):
    view = view_of(scale=scale)
    assert ends(view, "crq") == scale
    assert f"{scale[0]} to {scale[1]} scale points" in gathered.constructs(view).html


def test_any_table_can_be_shown_for_exploration():
    rows = pd.DataFrame({"account_id": ["<a>"], "score": [5.238], "n": [1200], "ok": [True]})
    shown = gathered.plain(rows, caption="Scores of one account")
    assert cells(shown) == [["account id", "score", "n", "ok"], ["<a>", "5.24", "1,200", "True"]]
