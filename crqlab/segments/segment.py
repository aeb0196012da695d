"""One segment, and which segment of a list the scores of an account lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.base.conditions import Condition, Rule, Scores, conditions, truth

#: A text in several languages: pairs of language and text.
Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: what leads to it, and what it is like.

    Attributes
    ----------
    name : str
    rule : Condition, Group or None
        None for the last of a list, which takes everything else.
    next : str or None
        The rung above; None for the top.
    weak : bool or None
        Whether its accounts are on the point of leaving; None where nobody said.
    label, meaning : tuple of (language, text)
        What readers call it, if not by its name, and what kind of account it is.
    colour : str
        ``#rrggbb``; empty where nobody said.
    expected : float or None
        Share of the accounts that it should hold, in (0, 1).
    """

    name: str
    rule: Rule | None
    next: str | None = None
    weak: bool | None = None
    label: Words = ()
    meaning: Words = ()
    colour: str = ""
    expected: float | None = None


def known(segments: tuple[Segment, ...], scores: Scores) -> dict[Condition, tuple]:
    """Return whether each condition surely holds, and whether it may, for every account."""
    every = dict.fromkeys(c for segment in segments for c in conditions(segment.rule))
    return {one: one.held(one.value(scores)) for one in every}


def placed(
    segments: tuple[Segment, ...],
    scores: Scores,
    held: Mapping[Condition, tuple[NDArray, NDArray]] | None = None,
) -> NDArray:
    """Return the place of each account's segment in the list; -1 where its scores leave it open."""
    held = known(segments, scores) if held is None else held
    size = next(iter(held.values()))[0].shape
    place = np.full(size, -2, dtype=np.int8)
    for k, segment in enumerate(segments):
        waiting = place == -2
        if segment.rule is None:
            place[waiting] = k
            continue
        yes, maybe = truth(segment.rule, held)
        place[waiting & maybe] = -1
        place[waiting & yes] = k
    return place
