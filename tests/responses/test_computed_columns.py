"""Columns that a survey tool added up are no answers; an item that merely goes with others is."""

import numpy as np
import pandas as pd
import pytest

from crqlab import responses
from tests.responses.conftest import write_csv


def asked(n=40, seed=3):
    rng = np.random.default_rng(seed)
    liked = rng.normal(0, 1, n)
    names = ["We trust them", "We want to stay with them", "We are satisfied"]
    answers = {
        name: np.clip(np.round(2.5 + 0.8 * liked + rng.normal(0, 0.6, n)), 1, 4).astype(int)
        for name in names
    }
    ltr = np.clip(np.round(7 + 2 * liked), 0, 10).astype(int)
    return pd.DataFrame({**answers, "How likely are you to recommend us?": ltr})


def roles(tmp_path, table):
    """What each column is, and why."""
    path = tmp_path / f"of_{len(table)}.csv"
    write_csv(path, [list(table.columns), *table.astype(str).to_numpy().tolist()])
    told = responses.drafted(path.stem, tmp_path, [path], {}).as_json()["columns"]
    return {name: (one["as"], one["why"]) for name, one in told.items()}


def test_sums_and_sums_of_sums_are_left_out_whatever_they_are_called(tmp_path):
    table = asked()
    items = list(table)[:3]
    table["T"] = table[items[0]] + table[items[1]]
    table["C"] = table[items[1]] + table[items[2]]
    table["Punkte"] = table[items].sum(axis=1)
    found = roles(tmp_path, table)
    assert [found[name][0] for name in items] == ["item"] * 3
    assert [found[name][0] for name in ("T", "C", "Punkte")] == ["ignored"] * 3
    assert (
        found["T"][1] == "in every row the sum or mean of We trust them, We want to stay with them"
    )


def test_a_sum_in_front_of_its_parts_is_found_and_its_parts_stay(tmp_path):
    table = asked()
    items = list(table)[:3]
    table.insert(0, "Punkte", table[items].sum(axis=1))
    found = roles(tmp_path, table)
    assert found["Punkte"][0] == "ignored"
    assert [found[name][0] for name in items] == ["item"] * 3


def test_one_row_off_or_few_rows_are_no_proof(tmp_path):
    table = asked()
    items = list(table)[:3]
    table["Punkte"] = table[items[0]] + table[items[1]]
    few = roles(tmp_path, table.head(13))
    table.loc[20, "Punkte"] -= 1
    assert few["Punkte"][0] == "item"
    assert roles(tmp_path, table)["Punkte"][0] == "item"


@pytest.mark.parametrize("header", ["Compte", "Cuenta", "Société", "Klant", "Unternehmen", "Konto"])
def test_accounts_are_known_by_their_header_in_other_languages(tmp_path, header):
    table = asked().assign(**{header: [f"K{n % 9}" for n in range(40)]})
    assert roles(tmp_path, table)[header][0] == "account_id"
