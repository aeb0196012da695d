"""Which numbers to give up so that the others give nothing away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from crqlab.page.disclosure.puzzle import Finding, Puzzle
from crqlab.page.disclosure.statements import HEADLINE, UNWEIGHTED, Statement

ACCOUNTS = "accounts"
_ALIKE = ("shrunken", "nps", "crq")  # numbers of an account that go together
#: What is given up first: what the fewest readers ask for, and what stands for fewest people.
_ORDER = (
    ("participation.managers", "goodwill_share"),
    ("participation.nonresponse", "value"),
    *(("scores.roll_ups", "value", name) for name in ("confidence", "role", "senior")),
    ("scores.roll_ups", "value"),
    ("managers.table", "value"),
    ("participation.managers", "crq_without"),
    ("scores.parts", "value"),
    (ACCOUNTS, "change"),
    ("scores.parts", "value", "all"),
    ("scores.roll_ups", "value", UNWEIGHTED),
    *((ACCOUNTS, name) for name in _ALIKE),
    (HEADLINE, "value"),
)


class GivenUp(NamedTuple):
    """A number of one measure that a view does without, and where it stood."""

    measure: str
    table: str
    column: str
    key: str


def given_up(puzzle: Puzzle) -> list[Statement]:
    """Choose statements without which every group is protected; of earlier waves none."""
    gone: frozenset[int] = frozenset()
    statements = puzzle.told.statements
    own = frozenset(range(puzzle.earlier, len(statements)))
    open_ = _open(puzzle.findings())
    while open_ and gone < own:
        left = own - gone
        named = [_cheapest(left.intersection(one.given_by), statements) for one in open_]
        more = frozenset().union(*named) or _cheapest(left, statements)
        gone |= more | (_along(more, statements) & own)
        some = replace(puzzle, groups=tuple(one.group for one in open_))
        open_ = _open(some.findings(but=gone))
    return [statements[place] for place in sorted(gone)]


def _open(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if not one.protected]


def of_account(one: Statement | GivenUp) -> bool:
    """Whether it goes with all other numbers of an account."""
    return one.table == ACCOUNTS and one.column in _ALIKE


def _rank(one: Statement) -> int:
    kind = (one.table, one.column)
    return _ORDER.index((*kind, one.key) if (*kind, one.key) in _ORDER else kind)


def _cheapest(places: Iterable[int], statements: tuple[Statement, ...]) -> frozenset[int]:
    """Those of some statements that are given up first."""
    ranks = {place: _rank(statements[place]) for place in places}
    least = min(ranks.values(), default=0)
    return frozenset(place for place, rank in ranks.items() if rank == least)


def _along(gone: frozenset[int], statements: tuple[Statement, ...]) -> frozenset[int]:
    """All numbers of an account go together."""
    keys = {statements[place].key for place in gone if of_account(statements[place])}
    return frozenset(
        place for place, one in enumerate(statements) if one.table == ACCOUNTS and one.key in keys
    )
