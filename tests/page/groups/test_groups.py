"""Roles and units on a page: what is said of a gap, what is withheld, and in every language."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crqlab.base.contracts.frames import empty
from crqlab.language import language
from crqlab.page import claims
from crqlab.page.groups import breakdowns, role_constructs, roles
from crqlab.page.groups.data import Groups
from crqlab.page.groups.export import groups_sheet, role_gaps_sheet
from crqlab.page.suppression import PROTECTS

KEYS = {"client_id": "C017", "wave": "2025", "level": 0.95, "flag": "ok", "p": 0.5, "q": 0.5}
VALUES = {"crq": (5.1, 4.3), "nps": (30.0, np.nan), "trust": (5.5, 4.8)}


def groups(gap="no_clear_difference", apart="no_clear_difference", low=-0.2):
    """Two roles on three measures and two units on CRQ, one role withheld on NPS."""
    rows = [
        {"dimension": "role", "group": name, "measure": measure, "value": value, "low": value - 0.5,
         "high": value + 0.5, "n_respondents": n, "n_accounts": n - 1, "verdict": "unknown"}
        for measure, values in VALUES.items()
        for name, value, n in zip(("executive", "user"), values, (12, 30), strict=True)
    ]  # fmt: skip
    rows += [
        {"dimension": "unit", "group": name, "measure": "crq", "value": value, "low": value - 0.4,
         "high": value + 0.4, "difference": value - 5, "difference_low": value - 5.4,
         "difference_high": value - 4.6, "n_respondents": 20, "n_accounts": 9, "verdict": verdict}
        for name, value, verdict in (("North", 5.2, "no_clear_difference"), ("South", 4.2, apart))
    ]  # fmt: skip
    table = pd.DataFrame([{**KEYS, "withheld": False, **row} for row in rows])
    hidden = table["value"].isna()
    table = table.assign(flag=table["flag"].mask(hidden, PROTECTS), withheld=hidden)
    pair = {"measure": "crq", "role": "executive", "other": "user", "value": 0.8, "low": low,
            "high": 1.6, "n_accounts": 11, "n_respondents": 31, "verdict": gap}  # fmt: skip
    gaps = pd.DataFrame([{**KEYS, "withheld": False, **pair}])
    return Groups(table, gaps, 7, 40, "user")


@pytest.fixture
def seen(view_of):
    return lambda spoken="en", **said: dataclasses.replace(
        view_of(), groups=groups(**said), language=language(spoken)
    )


def test_a_clear_gap_is_said_with_its_interval_and_accounts(seen):
    said = roles(seen(gap="higher", low=0.1)).sentence
    assert "CRQ is 0.8 higher in the role of executive than of user" in said
    assert "(95\u00a0% interval +0.1 to +1.6; 11 customers heard from both)" in said
    assert "Of 40 customers, 7 were heard through the role of user alone, which misleads." in said
    swapped = seen(gap="lower")
    pair = swapped.groups.gaps.assign(value=-0.8, low=-1.6, high=-0.1)
    swapped = dataclasses.replace(swapped, groups=dataclasses.replace(swapped.groups, gaps=pair))
    assert "CRQ is 0.8 higher in the role of user than of executive" in roles(swapped).sentence
    assert "+0.1 to +1.6" in roles(swapped).sentence


def test_what_chance_may_do_is_too_early_to_say(seen):
    assert roles(seen()).sentence.startswith("Too early to say that roles see")
    none = seen()
    none = dataclasses.replace(none, groups=dataclasses.replace(
        none.groups, gaps=none.groups.gaps.assign(p=np.nan)))  # fmt: skip
    assert "no two of them were heard at enough customers" in roles(none).sentence


def test_swedish_says_the_same_numbers(seen):
    said = roles(seen("sv", gap="higher", low=0.1)).sentence
    assert "CRQ 0,8 högre i rollen företagsledning än i rollen användare" in said
    assert "+0,1 till +1,6; 11 kunder" in said


def test_a_withheld_number_is_nowhere_and_its_row_says_so(seen):
    page = BeautifulSoup(roles(seen()).html, "html.parser")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.find_all("tr")]
    user = next(row for row in rows if row[0] == "user")
    assert user[1:5] == ["4.3", "3.8 to 4.8", "–", "open"]
    assert "would tell what a smaller group said" in user[-1]


def test_a_unit_that_lies_off_the_others_is_named(seen):
    said = breakdowns(seen(apart="lower")).sentence
    assert "South lies −0.8 off all others in CRQ" in said
    assert "(95\u00a0% interval −1.2 to −0.4; n = 20, 9 customers)" in said
    assert "no difference is clear" in breakdowns(seen()).sentence


def test_constructs_by_role_stand_on_the_reviewers_page(seen):
    page = BeautifulSoup(role_constructs(seen()).html, "html.parser")
    assert "5.5 (5.0 to 6.0; n = 12)" in page.get_text()


def test_claims_say_what_the_page_says(seen):
    told = claims(seen(gap="higher", apart="lower")).set_index("claim")
    assert told.loc["role_gap", ["about", "against", "value", "n"]].tolist() == [
        "role:executive", "user", 0.8, 31]  # fmt: skip
    assert told.loc["group_apart", "about"] == "unit:South"
    assert told.loc["least_senior_alone", ["value", "n"]].tolist() == [7, 40]
    plain = set(claims(seen())["claim"])
    assert "no_role_gap" in plain
    assert not {"role_gap", "group_apart"} & plain


def test_sheets_hold_all_rows(seen):
    assert len(groups_sheet(seen()).rows) == 8
    assert role_gaps_sheet(seen()).rows["value"].tolist() == [0.8]


def test_nothing_is_shown_where_no_role_is_known(view_of):
    view = view_of()
    none = empty("group_scores").assign(withheld=False)
    bare = Groups(none, empty("role_gaps").assign(withheld=False), 0, 0, "")
    view = dataclasses.replace(view, groups=bare)
    assert not roles(view).html
    assert not breakdowns(view).html
    assert not role_constructs(view).html
