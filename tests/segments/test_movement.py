"""How many accounts climbed and fell: of those that are judged in both waves alone."""

import numpy as np
import pandas as pd
import pytest

from crqlab.segments import starting
from crqlab.segments.expected_moves import Moves, movement

RULES = starting()
NAMES = tuple(RULES.names)
RUNG = {name: place for place, name in enumerate(NAMES)}
K = len(NAMES)  # the number of a silent account; K + 1 of one that is not judged
UP = ("Opponent", "Ambassador")


def moves(pairs, known=True, draws=10):
    """Accounts of one client, each in one segment (or with one status) in all draws."""
    keys = pd.DataFrame({"client_id": "C1", "from_wave": "2024", "wave": "2025",
                         "account_id": [f"A{k}" for k in range(len(pairs))]})  # fmt: skip
    place = [[RUNG.get(one, one) for one in pair] for pair in pairs]
    before, now = (
        np.tile(np.array(side)[:, None], (1, draws)) for side in zip(*place, strict=True)
    )
    sure = np.broadcast_to(np.array(known), len(pairs)).copy()
    return Moves(keys, before, now, np.ones(len(pairs)), sure)


def told(found):
    rows = movement(found, RULES.traits, NAMES, 0.95).set_index("direction")
    return rows.loc[["climbed", "fell", "stayed"]]


@pytest.mark.parametrize("status", [K, K + 1])
@pytest.mark.parametrize("turned", [False, True])
def test_an_account_that_is_silent_or_unjudged_in_either_wave_has_not_moved(status, turned):
    without = ("Ambassador", status)
    pairs = [UP, UP[::-1], ("Rational", "Rational"), without[::-1] if turned else without]
    rows = told(moves(pairs))
    assert rows["n"].tolist() == [3, 3, 3]
    assert rows["value"].tolist() == [1, 1, 1]
    assert rows["surely"].tolist() == [1, 1, 1]


def test_nothing_is_sure_where_probabilities_are_not_known():
    rows = told(moves([UP, UP], known=[True, False]))
    assert rows["value"].tolist() == [2, 0, 0]
    assert rows["surely"].tolist() == [1, 0, 0]
    assert rows[["low", "high"]].to_numpy().tolist() == [[0, 2]] * 3
    known = told(moves([UP, UP]))
    assert known["surely"].tolist() == [2, 0, 0]
    assert known[["low", "high"]].to_numpy().tolist() == [[2, 2], [0, 0], [0, 0]]
    assert known["more_climbed"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(("nine", "sure"), [(9, 1), (8, 0)])
def test_a_move_is_sure_from_nine_draws_in_ten(nine, sure):
    found = moves([UP])
    found.now[:, nine:] = RUNG["Opponent"]
    rows = told(found)
    assert rows["surely"].tolist() == [sure, 0, 0]
    assert rows["value"].tolist() == pytest.approx([nine / 10, 0, 1 - nine / 10])
