"""One segment, and which segment of a list the scores of an account lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.segments.conditions import Condition, Rule, Scores, conditions, truth


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, its rule (none for the last, everything else), the rung above."""

    name: str
    rule: Rule | None
    next: str | None = None


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
