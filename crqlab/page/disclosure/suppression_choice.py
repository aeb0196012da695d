"""Which numbers to give up so that the others give nothing away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from crqlab.page.disclosure.puzzle import Finding, Puzzle
from crqlab.page.disclosure.statements import (
    GAPS,
    HEADLINE,
    ROLES,
    UNITS,
    UNWEIGHTED,
    YEARS,
    Statement,
)

ACCOUNTS = "accounts"
SIDES = (YEARS, UNITS, GAPS, ROLES)
_ALIKE = ("shrunken", "nps", "crq")  # numbers of an account that go together
#: What is given up first: what the fewest readers ask for, and what stands for fewest people.
_ORDER = (
    (YEARS, "value"),
    (UNITS, "difference"),
    (UNITS, "value"),
    (GAPS, "value"),
    (ROLES, "difference"),
    (ROLES, "value"),
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
    """Choose statements without which every group is protected; of earlier waves none.

    Numbers of roles and units make way for all others: these are chosen as if there were no such
    numbers, and only then as many of them as have to go.
    """
    statements = puzzle.told.statements
    own = frozenset(range(puzzle.earlier, len(statements)))
    sides = frozenset(place for place, one in enumerate(statements) if one.table in SIDES)
    first, _ = _gone(puzzle, _open(puzzle.findings(but=sides)), own - sides, sides)
    gone = first - sides
    if sides:
        gone, open_ = _gone(puzzle, _open(puzzle.findings(but=gone)), own & sides, gone)
        gone, _ = _gone(puzzle, open_, own, gone)
    return [statements[place] for place in sorted(gone)]


def _gone(
    puzzle: Puzzle, open_: list[Finding], own: frozenset[int], gone: frozenset[int]
) -> tuple[frozenset[int], list[Finding]]:
    """Give up more statements, of some, until no group is open; return those that still are."""
    statements = puzzle.told.statements
    while open_ and own - gone:
        left = own - gone
        named = [_cheapest(left.intersection(one.given_by), statements) for one in open_]
        more = frozenset().union(*named) or _cheapest(left, statements)
        gone |= more | (_along(more, statements) & own)
        some = replace(puzzle, groups=tuple(one.group for one in open_))
        open_ = _open(some.findings(but=gone))
    return gone, open_


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
    """All numbers of an account go together, and so do those of a role or unit."""
    keys = {(one.table, one.key) for one in map(statements.__getitem__, gone)
            if of_account(one) or one.table in SIDES}  # fmt: skip
    return frozenset(place for place, one in enumerate(statements) if (one.table, one.key) in keys)
