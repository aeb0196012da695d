"""One measure of a client as an attacker has it, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.page.disclosure.cells import Answers
from crqlab.page.disclosure.protected_groups import Group
from crqlab.page.disclosure.statements import HEADLINE, Statement, Told
from crqlab.stats.feasible_ranges import bounded
from crqlab.stats.side_exchange import exchanges

NEAR = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What follows for one group.

    Attributes
    ----------
    measure : str
    group : Group
    low, high : float
        Range of its mean that agrees with every statement; at least so wide where protected.
    protected : bool
        Whether that is wide enough; of NPS, whether another side is possible.
    given_by : tuple of int
        Statements that give it away, by place.
    """

    measure: str
    group: Group
    low: float
    high: float
    protected: bool
    given_by: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Puzzle:
    """One measure of a client as an attacker has it: answers, what is told, who is protected.

    ``protection`` is in scale points, ``least`` the fewest people that may be shown; the first
    ``earlier`` statements stand in files of earlier waves and are told already.
    """

    answers: Answers
    told: Told
    groups: tuple[Group, ...]
    protection: float
    least: int
    earlier: int = 0

    def findings(self, *, but: frozenset[int] = frozenset(), whole: bool = False) -> list[Finding]:
        """Return what follows for every group.

        Parameters
        ----------
        but : frozenset of int
            Statements that are left out, by place.
        whole : bool
            Whether ranges are worked out that are wide enough anyhow.
        """
        kept = [place for place in range(len(self.told.statements)) if place not in but]
        if not self.groups:
            return []
        made = self._sides if self.answers.measure == "nps" else self._means
        return list(made([self.told.statements[place] for place in kept], kept, whole))

    def _means(
        self, statements: list[Statement], kept: list[int], whole: bool
    ) -> Iterator[Finding]:
        cells = len(self.answers.scores)
        found = bounded(
            *_stacked(statements, cells),
            ends=np.tile(self.answers.ends, (cells, 1)),
            targets=np.array([group.weights for group in self.groups]),
            world=np.where(self.answers.there, self.answers.scores, np.mean(self.answers.ends)),
            enough=np.inf if whole else self.protection,
        )
        enough = found.width >= self.protection - NEAR
        ends = zip(found.low, found.high, enough, found.tight, strict=True)
        for group, (low, high, fine, tight) in zip(self.groups, ends, strict=True):
            given = () if fine else tuple(kept[place] for place in tight)
            yield Finding("crq", group, float(low), float(high), bool(fine), given)

    def _sides(self, statements: list[Statement], kept: list[int], _: bool) -> Iterator[Finding]:
        """Only groups of one mind can be told; the others have more than one side anyhow."""
        sides, least, most = self.answers.scores, *self.answers.ends
        members = [np.flatnonzero(group.weights) for group in self.groups]
        alike = [len(set(sides[some].tolist())) == 1 for some in members]
        suspects = [some for some, one in zip(members, alike, strict=True) if one]
        rows = _stacked(statements, len(sides))
        found = iter(exchanges(*rows, sides, groups=suspects, pool=self.answers.wave))
        for group, some, one in zip(self.groups, members, alike, strict=True):
            exchange = next(found) if one else None
            if exchange is None:
                yield Finding("nps", group, least, most, protected=True, given_by=())
            elif exchange.people and not exchange.broken:
                ends = sides[list(exchange.people[:2])].tolist()
                yield Finding("nps", group, min(ends), max(ends), protected=True, given_by=())
            else:
                given = exchange.broken or self._headlines(statements, group.wave)
                places, side = tuple(kept[place] for place in given), float(sides[some[0]])
                yield Finding("nps", group, side, side, protected=False, given_by=places)

    def _headlines(self, statements: list[Statement], wave: str) -> list[int]:
        """Where everybody is of one side, the client's own number tells it."""
        named = f"{HEADLINE}.value/{wave}"
        return [place for place, one in enumerate(statements) if one.name == named]


def _stacked(statements: list[Statement], cells: int) -> tuple[NDArray, NDArray, NDArray]:
    rows = np.array([one.weights for one in statements]).reshape(-1, cells)
    low, high = (np.array([getattr(one, end) for one in statements]) for end in ("low", "high"))
    return rows, low, high
