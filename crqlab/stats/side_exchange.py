"""Whether promoters and detractors can change places without any published number changing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Exchange", "exchanges"]
__dir__ = __all__.copy

#: Worlds that are tried for one group; what is still open then counts as given away.
NODES = 200_000
_NEAR = 1e-9
_AT_ONCE = 256  # exchanges


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who changes sides with whom, in pairs, and the statements that this makes untrue.

    Without ``broken`` it is another world that agrees with every statement; without ``people``
    there is nobody to change with: everybody is of one side.
    """

    people: tuple[int, ...]
    broken: tuple[int, ...]


def exchanges(
    weights: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    sides: ArrayLike,
    *,
    groups: Sequence[NDArray],
    pool: ArrayLike,
    nodes: int = NODES,
) -> list[Exchange]:
    """Look for another world for groups of one mind: one in which a member is of another one.

    Two people change sides with each other, and where that does not do, another two as well, so
    that all counts of sides stay what they are; a world counts if every statement is still true.

    Parameters
    ----------
    weights : array, shape (statements, people)
        What each statement counts of each person's points.
    low, high : array, shape (statements,)
        Between which its number lies, as far as it is written.
    sides : array, shape (people,)
        Points of each person, as -100, 0 and 100; missing where nothing was answered.
    groups : sequence of ndarray of int
        People who are all of one side, each group by itself.
    pool : array, shape (people,)
        Sides are changed inside a pool alone: within it their counts are told.
    nodes : int
        Worlds tried for each group; a count, so that the answer does not depend on the machine.

    Returns
    -------
    list of Exchange
        One for each group; where no other world was found, the one that breaks least.

    References
    ----------
    Martello & Toth (1990), Knapsack Problems, chapter 4: subset sums, which an attacker solves.

    Examples
    --------
    Of three people two are promoters and one is a detractor, by a count. Counted by revenue,
    2, 2 and 1, the score is told to 1: then the third is known.

    >>> for found in exchanges([[0.4, 0.4, 0.2]], [19], [21], [100, -100, 100],
    ...                        groups=[np.array([1]), np.array([2])], pool=[0, 0, 0]):
    ...     print(found)
    Exchange(people=(1, 0), broken=())
    Exchange(people=(2, 1), broken=(0,))
    """
    search = _Search(weights, low, high, sides, pool)
    return [search.of(np.asarray(group), nodes) for group in groups]


class _Search:
    def __init__(
        self, weights: ArrayLike, low: ArrayLike, high: ArrayLike, sides: ArrayLike, pool: ArrayLike
    ) -> None:
        self.sides, self.pool = np.asarray(sides, dtype=float), np.asarray(pool)
        self.weights = np.asarray(weights, dtype=float).reshape(-1, len(self.sides))
        now = self.weights @ np.nan_to_num(self.sides)
        self.down = np.minimum(np.asarray(low, dtype=float) - now, 0) - _NEAR
        self.up = np.maximum(np.asarray(high, dtype=float) - now, 0) + _NEAR
        self.told = np.count_nonzero(self.weights, axis=0)  # fewest first: least is moved
        self._every: NDArray | None = None
        self._then = np.zeros((len(self.weights), 0))
        self._order: dict[int, tuple[NDArray, NDArray]] = {}

    def of(self, group: NDArray, nodes: int) -> Exchange:
        """Return the first exchange that leaves every statement true, or the nearest."""
        pairs = self._pairs(group)
        pairs = pairs[np.isin(pairs, group).sum(axis=1) == 1]
        pairs = pairs[np.argsort(self.told[pairs[:, 1]], kind="stable")][:nodes]
        moved = []
        for start in range(0, len(pairs), _AT_ONCE):
            some = pairs[start : start + _AT_ONCE]
            moves = self._moves(some)
            good = self._true(moves).all(axis=0)
            if good.any():
                return Exchange(tuple(some[np.argmax(good)].tolist()), ())
            moved.append(moves)
        if not moved:
            return Exchange((), ())
        moves = np.hstack(moved)
        best = np.argsort(self._excess(moves), kind="stable")
        more = self._second(pairs, moves, best, nodes - len(pairs))
        if more is not None:
            return Exchange(more, ())
        broken = np.flatnonzero(~self._true(moves[:, best[:1]])[:, 0])
        return Exchange(tuple(pairs[best[0]].tolist()), tuple(broken.tolist()))

    def _second(
        self, firsts: NDArray, moves: NDArray, best: NDArray, nodes: int
    ) -> tuple[int, ...] | None:
        """Let another two change sides, so that the first two are made good."""
        more, then = self.every(nodes)
        for one in best[: nodes // max(len(more), 1)]:
            first, move = firsts[one], moves[:, one]
            over = np.maximum(move - self.up, self.down - move)
            rows = np.argsort(-over, kind="stable")  # what is broken most rules out most
            place = self._within(rows[0], move[rows[0]])
            for row in rows[1:]:
                if not len(place):
                    break
                found = then[row, place] + move[row]
                place = place[(found >= self.down[row]) & (found <= self.up[row])]
            place = place[~np.isin(more[place], first).any(axis=1)]
            if len(place):
                return (*first.tolist(), *more[place.min()].tolist())
        return None

    def _within(self, row: int, moved: float) -> NDArray:
        """Return the exchanges that keep one statement true when it was moved before."""
        if row not in self._order:
            order = np.argsort(self._then[row], kind="stable")
            self._order[row] = order, self._then[row, order]
        order, sums = self._order[row]
        first = np.searchsorted(sums, self.down[row] - moved, "left")
        end = np.searchsorted(sums, self.up[row] - moved, "right")
        return order[first:end]

    def every(self, nodes: int) -> tuple[NDArray, NDArray]:
        """All exchanges, and how far they move each statement; none where they are too many."""
        if self._every is None:
            pairs = self._pairs(np.arange(len(self.sides)))
            pairs = pairs[pairs[:, 0] < pairs[:, 1]]
            self._every = pairs[: len(pairs) if len(pairs) <= nodes else 0]
            self._then = self._moves(self._every)
        return self._every, self._then

    def _pairs(self, some: NDArray) -> NDArray:
        """Who can change with whom: one of some people, another of the pool on another side."""
        sides, pool = self.sides[some][:, None], self.pool[some][:, None]
        known = np.isfinite(sides) & np.isfinite(self.sides)
        one, other = np.nonzero(known & (sides != self.sides) & (pool == self.pool))
        return np.column_stack([some[one], other])

    def _moves(self, pairs: NDArray) -> NDArray:
        """How far each exchange moves each statement; shape (statements, pairs)."""
        one, other = pairs.T
        gap = self.sides[other] - self.sides[one]
        return (self.weights[:, one] - self.weights[:, other]) * gap

    def _true(self, moves: NDArray) -> NDArray:
        return (moves >= self.down[:, None]) & (moves <= self.up[:, None])

    def _excess(self, moves: NDArray) -> NDArray:
        """By how much an exchange breaks statements, in their own widths."""
        width = self.up - self.down
        over = np.maximum(moves - self.up[:, None], self.down[:, None] - moves)
        return (np.maximum(over, 0) / width[:, None]).sum(axis=0)
