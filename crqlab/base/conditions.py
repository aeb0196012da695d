"""What a rule is made of: conditions on scores, all of which or any of which must hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

BOUNDS = {
    "below": np.less,
    "at_most": np.less_equal,
    "above": np.greater,
    "at_least": np.greater_equal,
}
UPWARD = ("above", "at_least")
LIKELY = {"nps": (-100.0, 100.0), "mean_ltr": (0.0, 10.0)}
MADE = ("crq", "uniqueness", *LIKELY)

Scores = Mapping[str, NDArray]
Place = tuple[str, tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Condition:
    """One number made of scores, and the cut on one side of which it must lie.

    Attributes
    ----------
    kind : str
        ``score`` (the score itself), ``gap`` (distance of two scores), ``least_of`` (the
        lowest of several) or ``lowest_of`` (the first minus the lowest of the others, which
        is below 0 where the first is lower than all of them).
    scores : tuple of str
        Scores of an account.
    bound : str
        One of `BOUNDS`.
    cut : float
        In the unit of the scores.
    """

    kind: str
    scores: tuple[str, ...]
    bound: str
    cut: float

    @property
    def upward(self) -> bool:
        """Whether more of the number meets the condition."""
        return self.bound in UPWARD

    @property
    def movable(self) -> bool:
        """Whether the cut is a level on the answer scale, which can be moved up and down."""
        return self.kind in ("score", "least_of") and self.scores[0] not in LIKELY

    @property
    def place(self) -> Place | None:
        """What tells its cut from others: kind, scores and number; none where it has no cut."""
        return None if self.kind == "lowest_of" else (self.kind, self.scores, self.cut)

    def range(self, low: float, high: float) -> tuple[float, float]:
        """Return between what its cut may lie, for answers from ``low`` to ``high``."""
        if self.kind == "gap":
            return 0.0, high - low
        return LIKELY.get(self.scores[0], (low, high))

    def value(self, scores: Scores) -> NDArray:
        """Return the number that is compared with the cut, one per account."""
        first, *others = (scores[name] for name in self.scores)
        if self.kind == "gap":
            return np.abs(first - others[0])
        if self.kind == "score":
            return first
        least = _least(others if self.kind == "lowest_of" else [first, *others])
        return first - least if self.kind == "lowest_of" else least

    def held(self, value: NDArray) -> tuple[NDArray, NDArray]:
        """Return whether the condition surely holds, and whether it may; unknown is a maybe."""
        yes = BOUNDS[self.bound](value, self.cut)
        return yes, yes | np.isnan(value)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, or any, must hold; conditions may be groups themselves."""

    how: str
    parts: tuple[Condition | Group, ...]


Rule = Condition | Group


def conditions(rule: Rule | None) -> Iterator[Condition]:
    """Yield the conditions of a rule, from top to bottom."""
    if isinstance(rule, Group):
        for part in rule.parts:
            yield from conditions(part)
    elif rule is not None:
        yield rule


def truth(rule: Rule, known: Mapping[Condition, tuple[NDArray, NDArray]]) -> tuple:
    """Return whether a rule surely holds, and whether it may, from that of its conditions."""
    if not isinstance(rule, Group):
        return known[rule]
    join = np.logical_and if rule.how == "all" else np.logical_or
    parts = [truth(part, known) for part in rule.parts]
    return join.reduce([yes for yes, _ in parts]), join.reduce([maybe for _, maybe in parts])


def slack(rule: Rule, scores: Scores) -> NDArray:
    """How far movable cuts can be raised (upward rule) or must be (downward) until it turns.

    Parameters
    ----------
    rule : Condition or Group
    scores : mapping of score to array

    Returns
    -------
    ndarray, one per account
        The common shift of all movable cuts up to which an upward rule holds, or from which
        on a downward rule holds as minus this number; infinite where no shift matters.
    """
    if isinstance(rule, Condition):
        value = rule.value(scores)
        if not rule.movable:
            return np.where(rule.held(value)[0], np.inf, -np.inf)
        return value - rule.cut if rule.upward else rule.cut - value
    join = np.minimum if rule.how == "all" else np.maximum
    return join.reduce([slack(part, scores) for part in rule.parts])


def moved(rule: Rule | None, cuts: Mapping[tuple[str, float], float]) -> Rule | None:
    """Return the rule with cuts of movable conditions exchanged: {(score, old cut): new cut}."""
    if isinstance(rule, Condition):
        if not rule.movable:
            return rule
        return replace(rule, cut=cuts.get((rule.scores[0], rule.cut), rule.cut))
    if rule is None:
        return None
    return Group(rule.how, tuple(moved(part, cuts) for part in rule.parts))


def turned(rule: Rule | None, cuts: Mapping[Place, float]) -> Rule | None:
    """Return the rule with cuts of any kind exchanged: {place of the old cut: new cut}.

    Examples
    --------
    >>> apart = Condition("gap", ("solution", "experience"), "at_least", 1.25)
    >>> turned(apart, {apart.place: 2.0}).cut
    2.0
    """
    if isinstance(rule, Condition):
        return replace(rule, cut=cuts.get(rule.place, rule.cut))
    if rule is None:
        return None
    return Group(rule.how, tuple(turned(part, cuts) for part in rule.parts))


def _least(values: list[NDArray]) -> NDArray:
    return np.minimum.reduce(values)
