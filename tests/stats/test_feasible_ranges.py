"""Bounds of what is not told: laws, and every world of small clients counted through."""

import itertools

import numpy as np
import pytest

from crqlab.base.errors import EstimateError
from crqlab.stats.feasible_ranges import bounded

SIDES = np.arange(1.0, 8.0)  # answers of one person


def drawn(seed):
    """A small client: answers of people, and statements that are true of them."""
    rng = np.random.default_rng(seed)
    people, told = int(rng.integers(3, 6)), int(rng.integers(1, 5))
    world = rng.integers(1, 8, people).astype(float)
    rows = rng.integers(0, 3, (told, people)).astype(float)
    half = rng.choice([0.5, 1.0, 2.0], told)
    middle = rows @ world + rng.uniform(-1, 1, told) * half
    return world, rows, middle - half, middle + half


@pytest.mark.parametrize("seed", range(40))
def test_every_world_that_agrees_lies_inside_and_the_ends_are_reached(seed):
    world, rows, low, high = drawn(seed)
    people = len(world)
    targets = np.vstack([np.eye(people), np.ones(people)])
    found = bounded(rows, low, high, ends=[[1, 7]] * people, targets=targets)
    worlds = np.array(list(itertools.product(SIDES, repeat=people)))
    agree = worlds[((worlds @ rows.T >= low - 1e-9) & (worlds @ rows.T <= high + 1e-9)).all(axis=1)]
    told = agree @ targets.T
    assert (told >= found.low - 1e-5).all()
    assert (told <= found.high + 1e-5).all()
    for target, least, most in zip(targets, found.low, found.high, strict=True):
        for end in (least, most):  # raises where no world reaches it
            more = [*low, end - 1e-4], [*high, end + 1e-4]
            bounded([*rows, target], *more, ends=[[1, 7]] * people, targets=[target])


@pytest.mark.parametrize("seed", range(40))
def test_a_world_in_hand_changes_no_range_that_is_narrow(seed):
    world, rows, low, high = drawn(seed)
    ends, targets = [[1, 7]] * len(world), np.eye(len(world))
    exact = bounded(rows, low, high, ends=ends, targets=targets)
    quick = bounded(rows, low, high, ends=ends, targets=targets, world=world, enough=1.0)
    assert (quick.low >= exact.low - 1e-5).all()
    assert (quick.high <= exact.high + 1e-5).all()
    assert ((quick.width < 1.0) == (exact.width < 1.0)).all()
    assert quick.solved[exact.width < 1.0 - 1e-6].all()
    assert quick.width[quick.solved] == pytest.approx(exact.width[quick.solved], abs=1e-5)


def test_the_statements_that_give_it_away_are_named():
    rows = [[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]]
    found = bounded(rows, [15, 10, 1], [15, 10, 7], ends=[[1, 7]] * 4,
                    targets=[[0, 0, 1, 0]])  # fmt: skip
    assert (found.low[0], found.high[0]) == pytest.approx((5, 5), abs=1e-5)
    assert found.tight == ((0, 1),)


def test_people_whom_nothing_tells_apart_cost_no_more_than_one():
    n = 30_000
    found = bounded([np.ones(n)], [4 * n], [4 * n], ends=[[1, 7]] * n, targets=[np.ones(n)])
    assert found.low[0] == pytest.approx(4 * n, rel=1e-6)


def test_statements_that_contradict_each_other_are_refused():
    with pytest.raises(EstimateError, match="contradict each other"):
        bounded([[1, 1], [1, 1]], [2, 9], [3, 10], ends=[[1, 7]] * 2, targets=[[1, 0]])


def test_two_exact_statements_of_the_same_free_cells_are_solved_all_the_same():
    """As where NPS is told exactly with survey weights and without: only passives are free."""
    world = np.array([100.0, 0.0, -100.0])
    rows = np.array([[0.5, 0.3, 0.2], [1 / 3, 1 / 3, 1 / 3]])
    told = rows @ world
    found = bounded(rows, told, told, ends=[[-100, 100]] * 3, targets=np.eye(3), world=world,
                    enough=50.0)  # fmt: skip
    free = np.linalg.svd(rows)[2][-1]  # the only move that leaves both as they are
    steps = np.linspace(-400, 400, 800_001)[:, None]
    worlds = world + steps * free
    worlds = worlds[(np.abs(worlds) <= 100 + 1e-9).all(axis=1)]
    low, high = worlds.min(axis=0), worlds.max(axis=0)
    assert found.solved.all()
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)
