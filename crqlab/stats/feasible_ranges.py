"""What can be concluded of numbers that are not told from numbers that are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from crqlab.base.errors import EstimateError

__all__ = ["FeasibleRanges", "bounded"]
__dir__ = __all__.copy

_SLACK = 1e-7  # of a statement, so that arithmetic alone contradicts nothing
_STEPS = 1e-9
_STILL = 1e-12  # of a move, below which it is arithmetic's
_NEAR_END = 1e-6  # of a cell's reach, where it counts as at its end
_RIDGE = 1e-6  # how dear it is to move a statement within its own width


@dataclass(frozen=True, slots=True, eq=False)
class FeasibleRanges:
    """Ranges of sums of unknown cells that agree with every statement.

    Attributes
    ----------
    low, high : ndarray, shape (targets,)
        In the units of the cells. Exact where ``solved``; else both ends can be reached and the
        range is at least that wide.
    solved : ndarray of bool, shape (targets,)
    tight : tuple of tuple of int
        For each solved target the statements that hold its range in.
    """

    low: NDArray
    high: NDArray
    solved: NDArray
    tight: tuple[tuple[int, ...], ...]

    @property
    def width(self) -> NDArray:
        """How far apart both ends are."""
        return self.high - self.low


def bounded(
    statements: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    ends: ArrayLike,
    targets: ArrayLike,
    world: ArrayLike | None = None,
    enough: float = np.inf,
) -> FeasibleRanges:
    """Bound sums of cells by what was told of other sums of the same cells.

    Parameters
    ----------
    statements : array, shape (statements, cells)
        What each statement counts of each cell.
    low, high : array, shape (statements,)
        Between which the statement's number lies, as far as it is written.
    ends : array, shape (cells, 2)
        The least and the greatest that each cell can be.
    targets : array, shape (targets, cells)
        The sums that are asked about.
    world : array, shape (cells,), optional
        What the cells are. With it a target that can be changed by ``enough`` while all
        statements stay true is passed over without a linear programme.
    enough : float
        Width from which on a range need not be known any better.

    Returns
    -------
    FeasibleRanges

    Raises
    ------
    EstimateError
        The statements contradict each other.

    References
    ----------
    Fischetti & Salazar (2001), Management Science 47, 1008-1027: the attacker's two problems.
    Huangfu & Hall (2018), Mathematical Programming Computation 10, 119-142: HiGHS.

    Examples
    --------
    Of three people, the mean 5.0 and the first one's 4 are told:

    >>> found = bounded([[1/3, 1/3, 1/3], [1, 0, 0]], [4.95, 4], [5.05, 4],
    ...                 ends=[[1, 7]] * 3, targets=[[0, 1, 0], [0, 1, 1]])
    >>> found.low.round(2).tolist(), found.high.round(2).tolist()
    ([3.85, 10.85], [7.0, 11.15])
    """
    problem = _Problem.of(statements, low, high, ends, targets, world).somewhere()
    least, most = problem.reached(enough)
    solved, tight = np.zeros(len(least), dtype=bool), [()] * len(least)
    for one in np.argsort(most - least, kind="stable"):
        if most[one] - least[one] >= enough:
            continue
        held: set[int] = set()
        for sign in (1.0, -1.0):
            if most[one] - least[one] >= enough:
                break
            cells, binding = problem.extreme(sign * problem.targets[one])
            held |= set(binding)
            found = problem.targets @ cells
            least, most = np.fmin(least, found), np.fmax(most, found)
        solved[one] = most[one] - least[one] < enough
        tight[one] = tuple(sorted(held))
    return FeasibleRanges(least, most, solved, tuple(tight))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Cells that no statement and no target tells apart are one; ``room`` has their ends."""

    rows: NDArray
    low: NDArray
    high: NDArray
    room: NDArray
    targets: NDArray
    world: NDArray | None

    @classmethod
    def of(
        cls,
        statements: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        ends: ArrayLike,
        targets: ArrayLike,
        world: ArrayLike | None,
    ) -> _Problem:
        box, sums = np.asarray(ends, dtype=float), np.atleast_2d(np.asarray(targets, dtype=float))
        rows = np.asarray(statements, dtype=float).reshape(-1, len(box))
        columns, member = np.unique(np.vstack([rows, sums]), axis=1, return_inverse=True)
        room = np.zeros((columns.shape[1], 2))
        np.add.at(room, member.ravel(), box)
        merged = None
        if world is not None:
            merged = np.bincount(member.ravel(), np.asarray(world, dtype=float), len(room))
        low, high = (np.asarray(end, dtype=float) for end in (low, high))
        return cls(columns[: len(rows)], low, high, room, columns[len(rows) :], merged)

    def somewhere(self) -> _Problem:
        """Return the same problem with a world in hand."""
        if self.world is not None:
            return self
        return replace(self, world=self.extreme(np.zeros(len(self.room)))[0])

    def reached(self, enough: float) -> tuple[NDArray, NDArray]:
        """Values of each target in worlds that differ from the given one, all statements true."""
        truth = self.targets @ self.world
        if not np.isfinite(enough):
            return truth, truth.copy()
        values = self._ends(self.world) @ self.targets.T
        return np.fmin(truth, values.min(axis=0)), np.fmax(truth, values.max(axis=0))

    def _ends(self, here: NDArray) -> NDArray:
        """Worlds as far as each target can be moved from one, up and down; ends by cells."""
        low, high = self.room.T
        reach = _NEAR_END * (high - low)
        at_high, at_low = here >= high - reach, here <= low + reach
        rows = self.rows / np.maximum(self.high - self.low, _STEPS)[:, None]
        free = rows[:, ~(at_high | at_low)]
        square = free @ free.T
        solved = _solved(square + _RIDGE * np.eye(len(square)), free)
        found = []
        for sign, blocked in ((1.0, at_high), (-1.0, at_low)):
            own = sign * self.targets * ~blocked  # what may move by itself; the others make good
            along = own.copy()
            along[:, ~(at_high | at_low)] -= (own @ rows.T) @ solved
            found.append(here + along * self._far(here, along)[:, None])
        return np.vstack(found)

    def _far(self, here: NDArray, along: NDArray) -> NDArray:
        """How far each direction can be followed until a cell or a statement is at its end."""
        now, slack = self.rows @ here, _SLACK * np.maximum(1.0, np.abs(self.high))
        most = np.full(len(along), np.inf)
        for move, place, (low, high) in (
            (along, here, self.room.T),
            (along @ self.rows.T, now, (self.low - slack, self.high + slack)),
        ):
            step = np.where(move > 0, np.maximum(high - place, 0), np.minimum(low - place, 0))
            moved = np.abs(move) > _STILL
            steps = np.divide(step, move, out=np.full(move.shape, np.inf), where=moved)
            most = np.minimum(most, steps.min(axis=1, initial=np.inf))
        return np.where(np.isfinite(most), most, 0.0)

    def extreme(self, towards: NDArray) -> tuple[NDArray, list[int]]:
        """The world in which a sum is least, and the statements that keep it from being less."""
        width = _SLACK * np.maximum(1.0, np.abs(self.high))
        sparse = csr_array(self.rows)
        found = linprog(
            towards,
            A_ub=vstack([sparse, -sparse]),
            b_ub=np.concatenate([self.high + width, width - self.low]),
            bounds=self.room,
            method="highs",
        )
        if found.x is None:
            raise EstimateError(
                "statements= contradict each other: no cells agree with all of them. "
                "Make them of one state of the data, each with the precision it is written with."
            )
        prices = np.abs(found.ineqlin.marginals).reshape(2, -1).sum(axis=0)
        return found.x, np.flatnonzero(prices > _STEPS).tolist()


def _solved(square: NDArray, free: NDArray) -> NDArray:
    """Solve for what makes good; two statements told exactly may say one thing of the free cells.

    Any answer will do: how far it is followed, statements decide.
    """
    try:
        return np.linalg.solve(square, free)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(square, free, rcond=None)[0]
