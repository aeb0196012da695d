"""Themes by role: counted by hand, against all other roles, and silent where nothing differs."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as reference

from crqlab.comments import role_themes, shipped
from crqlab.comments.coded_comments import Coded

KEYS = {"client_id": "C1", "wave": "2025", "question": "best", "by": "words"}


def coded(share=(0.8, 0.2), people=60):
    """One comment of each person, one person an account; two roles, two themes."""
    rng = np.random.default_rng(9)
    role = np.repeat(["executive", "user"], people)
    price = rng.random(2 * people) < np.repeat(share, people)
    rows = [
        {**KEYS, "account_id": f"A{i}", "response_id": f"R{i}",
         "theme": "price" if one else "people"}
        for i, one in enumerate(price)
    ]  # fmt: skip
    respondents = pd.DataFrame({"response_id": [f"R{i}" for i in range(2 * people)], "role": role})
    return (
        Coded(pd.DataFrame(rows), pd.DataFrame(), shipped()),
        respondents,
        price.reshape(2, people),
    )


def test_a_role_is_held_against_all_others():
    told, respondents, price = coded()
    rows = role_themes(told, respondents).table
    row = rows.set_index(["client_id", "role", "theme"]).loc[("C1", "executive", "price")]
    welch = reference.ttest_ind(*price.astype(float), equal_var=False)
    assert row["value"] == pytest.approx(price[0].mean())
    assert row["difference"] == pytest.approx(price[0].mean() - price[1].mean())
    assert row["p"] == pytest.approx(welch.pvalue)
    assert row[["n", "n_comments", "n_accounts"]].tolist() == [price[0].sum(), 60, 60]
    assert row["verdict"] == "higher"
    assert "executive writes of price" in str(role_themes(told, respondents))


def test_the_panel_has_all_clients_and_chance_is_no_difference():
    told, respondents, _ = coded((0.5, 0.5))
    both = pd.concat([told.table, told.table.assign(
        client_id="C2", response_id=told.table["response_id"] + "x")])  # fmt: skip
    more = respondents.assign(response_id=respondents["response_id"] + "x")
    found = role_themes(Coded(both, both, shipped()), pd.concat([respondents, more]))
    n = found.table.groupby("client_id")["n"].sum()
    assert n[""] == n["C1"] + n["C2"] == 240
    assert set(found.table["verdict"]) == {"no_clear_difference"}
    assert str(found).startswith("Too early to say")


def test_few_accounts_are_not_judged_and_unknown_roles_are_no_part():
    told, respondents, _ = coded(people=5)
    rows = role_themes(told, respondents).table
    assert set(rows["verdict"]) == {"unknown"}
    none = role_themes(told, respondents.assign(role=None))
    assert none.table.empty
    assert str(none) == "Nobody whose role is known wrote anything"
