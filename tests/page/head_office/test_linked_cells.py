"""Nothing withheld can be solved for: an attacker who has the sheet and the client's page."""

import itertools

import numpy as np
import pandas as pd
import pytest

from crqlab.page.head_office.linked_cells import withheld_groups
from crqlab.page.suppression import complemented

LEAST = 3


def drawn(seed):
    """Return people of a small client whose units, countries and products hang together."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(6, 40))
    account = draw.integers(0, max(2, n // 3), n)
    country = draw.integers(0, 4, account.max() + 1)[account]
    unit = np.where(draw.random(n) < 0.7, country % 3, draw.integers(0, 3, n))
    return pd.DataFrame({"account_id": account, "country": country, "unit": unit}).astype(str)


def page(people):
    """Return accounts whose number the page shows."""
    n = people["account_id"].value_counts()
    few = complemented(n, minimum=LEAST, whole=pd.Series("client", index=n.index))
    return set(n.index[~few])


def shown_and_hidden(people, hidden):
    accounts = page(people)
    shown, secret = [np.ones(len(people))], []
    for name in people:
        for group in people[name].unique():
            own = (people[name] == group).to_numpy(float)
            told = group in accounts if name == "account_id" else (name, group) not in hidden
            (shown if told else secret).append(own)
    own = [(people["account_id"] == one).to_numpy(float) for one in sorted(accounts)]
    on_page = np.array([np.ones(len(people)), *own])
    return np.array(shown), [one for one in secret if not told_by(on_page, one)]


def told_by(shown, secret):
    """Whether a number is a sum and difference of numbers that are shown."""
    rank = np.linalg.matrix_rank
    return rank(np.vstack([shown, secret])) == rank(shown)


@pytest.mark.parametrize("seed", range(60))
def test_no_withheld_number_is_solved_for(seed):
    people = drawn(seed)
    hidden = withheld_groups(people, page(people), minimum=LEAST)
    shown, secret = shown_and_hidden(people, hidden)
    assert not [one for one in secret if told_by(shown, one)]


@pytest.mark.parametrize("seed", range(60))
def test_no_two_numbers_differ_by_very_few_people(seed):
    people = drawn(seed)
    hidden = withheld_groups(people, page(people), minimum=LEAST)
    groups = [(people[name] == group).to_numpy() for name in ("country", "unit")
              for group in people[name].unique() if (name, group) not in hidden]  # fmt: skip
    for one, other in itertools.permutations([np.ones(len(people), dtype=bool), *groups], 2):
        if not (other & ~one).any():
            assert (one & ~other).sum() == 0 or (one & ~other).sum() >= LEAST


def test_some_of_these_attacks_succeed_where_only_small_groups_are_withheld():
    broken = 0
    for seed in range(60):
        people = drawn(seed)
        n = {name: people[name].value_counts() for name in ("country", "unit")}
        small = {(name, group) for name in n for group in n[name].index[n[name] < LEAST]}
        shown, secret = shown_and_hidden(people, small)
        broken += any(told_by(shown, one) for one in secret)
    assert broken > 20


def test_a_country_that_is_a_withheld_account_is_withheld():
    people = pd.DataFrame({"account_id": list("aaaabbbbccd"), "country": list("SSSSSSSSNNN")})
    hidden = withheld_groups(people, {"a", "b"}, minimum=LEAST)
    assert hidden == set()  # two withheld accounts of three people together
    people["country"] = list("SSSSSSSSNND")
    assert ("country", "N") in withheld_groups(people, {"a", "b"}, minimum=LEAST)


def test_a_country_that_tells_what_two_people_of_two_accounts_said_is_withheld():
    people = pd.DataFrame({"account_id": list("aaaaabcddddeeee"),
                           "country": list("FFFFFFFSSSSSSSS")})  # fmt: skip
    hidden = withheld_groups(people, {"a", "d", "e"}, minimum=LEAST)
    assert ("country", "F") in hidden
    assert ("country", "F") not in withheld_groups(people, {"d", "e"}, minimum=LEAST)


def test_large_groups_alone_are_all_shown():
    people = pd.DataFrame({"account_id": [str(i // 4) for i in range(40)],
                           "unit": ["N"] * 20 + ["S"] * 20})  # fmt: skip
    assert withheld_groups(people, page(people), minimum=LEAST) == set()
