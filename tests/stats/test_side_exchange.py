"""Other worlds with the same counts of sides, against every world counted through."""

import itertools

import numpy as np
import pytest

from crqlab.stats.side_exchange import exchanges

SIDES = (-100.0, 0.0, 100.0)


def drawn(seed):
    """Seven people, and scores by revenue and by account that are told to whole points."""
    rng = np.random.default_rng(seed)
    sides = rng.choice(SIDES, 7, p=[0.2, 0.3, 0.5])
    rows = rng.choice([1.0, 2.0, 3.0, 5.0], (int(rng.integers(1, 4)), 7))
    rows = rows / rows.sum(axis=1, keepdims=True)
    told = np.round(rows @ sides)
    half = rng.choice([0.5, 5.0])
    return sides, rows, told - half, told + half


def worlds_of(sides, rows, low, high):
    """All worlds with the same number of each side that every statement is true of."""
    found = set(itertools.permutations(sides))
    worlds = np.array(sorted(found))
    told = worlds @ rows.T
    return worlds[((told >= low - 1e-9) & (told <= high + 1e-9)).all(axis=1)]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_called_open_is_open_and_what_is_told_is_called_told(seed):
    sides, rows, low, high = drawn(seed)
    groups = [np.array([one]) for one in range(7)]
    worlds = worlds_of(sides, rows, low, high)
    found = exchanges(rows, low, high, sides, groups=groups, pool=np.zeros(7))
    for group, exchange in zip(groups, found, strict=True):
        possible = set(worlds[:, group[0]].tolist())
        if exchange.people and not exchange.broken:
            other = sides.copy()
            for one, two in zip(exchange.people[::2], exchange.people[1::2], strict=True):
                other[[one, two]] = other[[two, one]]
            assert other.tolist() in worlds.tolist()
            assert other[group[0]] != sides[group[0]]
        if len(possible) == 1:
            assert exchange.broken or not exchange.people


def test_most_of_what_is_open_is_found_open():
    n = found_open = 0
    for seed in range(200):
        sides, rows, low, high = drawn(seed)
        worlds = worlds_of(sides, rows, low, high)
        groups = [np.array([one]) for one in range(7)]
        found = exchanges(rows, low, high, sides, groups=groups, pool=np.zeros(7))
        for group, exchange in zip(groups, found, strict=True):
            if len(set(worlds[:, group[0]].tolist())) > 1:
                n += 1
                found_open += bool(exchange.people) and not exchange.broken
    assert n > 300
    assert found_open > 0.85 * n


def test_nobody_changes_with_another_pool_or_with_nobody():
    one = np.array([[0.5, 0.5, 0.0]])
    sides, group = [100.0, 100.0, -100.0], [np.array([0])]
    (found,) = exchanges(one, [-200], [200], sides, groups=group, pool=[0, 0, 1])
    assert found.people == ()
    (found,) = exchanges(one, [-200], [200], sides, groups=group, pool=[0, 0, 0])
    assert found.people == (0, 2)


def test_the_search_stops_after_its_nodes():
    rng = np.random.default_rng(4)
    sides = rng.choice(SIDES, 60)
    row = rng.uniform(size=(1, 60)) / 60
    now = float(row[0] @ sides)
    (few,) = exchanges(row, [now], [now], sides, groups=[np.array([0])], pool=np.zeros(60), nodes=9)
    assert few.broken == (0,)
    wide = [now - 1e-3], [now + 1e-3]
    (many,) = exchanges(row, *wide, sides, groups=[np.array([0])], pool=np.zeros(60))
    assert len(many.people) == 4
    assert many.broken == ()
