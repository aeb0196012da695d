"""Contacts that decide: how many left since an account was last asked."""

import pandas as pd
import pytest

from crqlab.base.contracts.frames import empty
from crqlab.participation import continuity

ROLES = ("executive", "buyer", "engineer", "user")
PEOPLE = {  # account: contact: role, waves asked
    "A": {"a1": ("executive", "12"), "a2": ("buyer", "1"), "a3": ("user", "1")},
    "B": {"b1": ("user", "12"), "b2": ("user", "2")},
    "C": {"c1": ("buyer", "1"), "c2": (None, "12")},
}


@pytest.fixture
def tables():
    rows = [
        {"client_id": "C1", "wave": wave, "account_id": account, "contact_id": contact,
         "role": role, "invited": True, "invited_on": pd.NaT}
        for account, people in PEOPLE.items()
        for contact, (role, waves) in people.items() for wave in waves
    ]  # fmt: skip
    accounts = empty("accounts").reindex(range(3)).assign(client_id="C1", account_id=list(PEOPLE))
    return pd.DataFrame(rows), _none(), accounts


def _none():
    columns = (
        "client_id",
        "wave",
        "response_id",
        "account_id",
        "contact_id",
        "included",
        "started",
    )
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})


def test_those_of_the_upper_half_of_roles_are_counted(tables):
    found = continuity(*tables, roles=ROLES)
    rows = found.table.set_index("account_id")
    assert rows["deciders"].to_dict() == {"A": 2, "B": 0, "C": 1}
    assert rows["deciders_left"].to_dict() == {"A": 1, "B": 0, "C": 1}
    assert str(found).endswith("of 3 that decide 2 (67%) were not asked again")


def test_without_an_order_of_roles_nobody_is_known_to_decide(tables):
    found = continuity(*tables)
    assert found.table[["deciders", "deciders_left"]].isna().all(axis=None)
    assert "decide" not in str(found)
