"""What an attacker can work out of a client's view about groups that are not to be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.disclosure.cells import MEASURES, Answers, Cells
from crqlab.page.disclosure.protected_groups import Group, protected_groups
from crqlab.page.disclosure.statements import HEADLINE, Statement, Told, told
from crqlab.page.tables import table
from crqlab.stats.feasible_ranges import bounded
from crqlab.stats.side_exchange import exchanges

_NEAR = 1e-6


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

    ``protection`` is in scale points, ``least`` the fewest people that may be shown.
    """

    answers: Answers
    told: Told
    groups: tuple[Group, ...]
    protection: float
    least: int

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
        enough = found.width >= self.protection - _NEAR
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


def puzzles(study: Study, seen: ClientView) -> list[Puzzle]:
    """Return both measures of a client's view as an attacker has them.

    Parameters
    ----------
    study : Study
    seen : ClientView
        Withheld, not rounded yet.
    """
    rows = table(study, "respondents", client=seen.client_id)
    rows = rows[rows["wave"].isin([seen.wave, seen.before]).to_numpy(bool)]
    cells = Cells.of(rows, table(study, "accounts", client=seen.client_id), study.codebook)
    if cells is None:
        return []
    privacy = study.codebook.privacy
    owner = dict(zip(seen.accounts["account_id"], seen.accounts["manager"], strict=True))
    made = []
    for measure in MEASURES:
        answers = cells.answers(measure)
        groups = tuple(protected_groups(answers, owner, privacy.min_scores))
        numbers = told(study, seen, cells, measure)
        made.append(Puzzle(answers, numbers, groups, privacy.protection, privacy.min_scores))
    return made


def audited(study: Study, seen: ClientView) -> pd.DataFrame:
    """Work out what a view tells of every group that is not to be told.

    Parameters
    ----------
    study : Study
    seen : ClientView
        Withheld, not rounded yet.

    Returns
    -------
    DataFrame, one row per measure and group
        ``measure``, ``kind``, ``wave``, ``key``, ``n``, ``low``, ``high`` (of its mean, in units
        of the measure), ``protected``, ``given_by`` (the statements that give it away, parted by
        blanks).
    """
    rows = []
    for puzzle in puzzles(study, seen):
        names = [one.name for one in puzzle.told.statements]
        for one in puzzle.findings(whole=True):
            group = one.group
            given = " ".join(names[place] for place in one.given_by)
            rows.append((one.measure, group.kind, group.wave, group.key, group.n,
                         one.low, one.high, one.protected, given))  # fmt: skip
    columns = "measure kind wave key n low high protected given_by".split()
    return pd.DataFrame(rows, columns=columns)
