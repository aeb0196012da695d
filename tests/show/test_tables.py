"""Numbers on the page are those of the tables, rounded once; nothing stands without n."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.page import gathered, participation
from crqlab.page.scores.charts import ends

EVERY = ("constructs waves change_parts roll_ups agreement").split()
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


def test_contact_and_account_response_are_both_said(view_of):
    asked = view_of().participation.counts
    said = str(participation.completion(view_of())).replace("\xa0", " ")
    assert f"{asked.contacts_answered} of {asked.contacts} contacts (" in said
    assert f"{asked.accounts_answered} of {asked.accounts} accounts (" in said


def test_silent_accounts_are_named_and_never_scored(view_of):
    view = view_of()
    head, *rows = cells(participation.silent(view))
    assert head == ["Account", "Status", "Account manager", "Revenue a year (EUR)",
                    "Contacts invited"]  # fmt: skip
    assert [row[1] for row in rows] == ["Silent", "Silent", "Not invited"]
    assert not {row[0] for row in rows} & set(view.scored["name"])


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


@pytest.mark.parametrize("scale", [(1, 7), (1, 5), (0, 10)])
def test_scores_live_on_the_instruments_own_scale(view_of, scale):
    view = view_of(scale=scale)
    assert ends(view, "crq") == scale
    assert f"{scale[0]} to {scale[1]} scale points" in gathered.constructs(view).html


def test_any_table_can_be_shown_for_exploration():
    rows = pd.DataFrame({"account_id": ["<a>"], "score": [5.238], "n": [1200], "ok": [True]})
    shown = gathered.plain(rows, caption="Scores of one account")
    assert cells(shown) == [["account id", "score", "n", "ok"], ["<a>", "5.24", "1,200", "True"]]
