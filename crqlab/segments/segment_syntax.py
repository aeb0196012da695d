"""From what people write under ``segments:`` to segments that can be told apart."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from pydantic import ValidationInfo

from crqlab.base.conditions import LIKELY, conditions
from crqlab.base.rule_syntax import Faults, Reader
from crqlab.segments.segment import Segment, placed
from crqlab.segments.trait_syntax import TRAITS, laddered, traits_of

RULES = ("all", "any", "otherwise")
MOST = 200_000  # points at which it is tried whether a segment can be reached


def listed(given: Any, info: ValidationInfo) -> tuple[Segment, ...]:
    """Read the list of segments; all faults at once."""
    faults = Faults()
    asked = info.data.get("instrument")
    if asked is None:
        return ()
    if not isinstance(given, list) or len(given) < 2:
        faults.add((), given, "segments must be a list of two segments or more, '- name: ...'")
        faults.raised()
    reader = Reader(faults, asked.constructs, asked.scale.low, asked.scale.high)
    traits = TRAITS if info.data.get("format") == 2 else ()
    read = [_segment(one, i, reader, traits) for i, one in enumerate(given)]
    _agreeing(read, given, faults)
    if traits:
        laddered(read, faults)
    faults.raised()
    never = _unreached(tuple(read), asked.scale.low, asked.scale.high)
    for place in never:
        rule = f"unreachable: rules above take every account that would be {read[place].name}"
        faults.add((place,), read[place].name, rule)
    faults.raised()
    return tuple(read)


def _segment(given: Any, place: int, reader: Reader, traits: tuple[str, ...]) -> Segment:
    faults, known = reader.faults, ("name", "next", *traits, *RULES)
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        faults.add((place,), given, "a segment needs 'name: ...' and a rule under 'all:' or 'any:'")
        return Segment("", None)
    for stray in (key for key in given if key not in known):
        later = "; in front of all segments say 'format: 2'" if stray in TRAITS else ""
        rule = f"{stray!r} is not a key of a segment, use {', '.join(known)}{later}"
        faults.add((place, str(stray)), given[stray], rule)
    rule, rules = None, [key for key in RULES if key in given]
    if len(rules) != 1:
        faults.add((place,), given["name"], "needs one of all, any and otherwise, and only one")
    elif rules == ["otherwise"]:
        if given["otherwise"] is not True:
            faults.add((place, "otherwise"), given["otherwise"], "otherwise can only be true")
    else:
        rule = reader.rule(rules[0], given[rules[0]], (place, rules[0]))
    said = traits_of(given, place, faults) if traits else {}
    return Segment(given["name"], rule, given.get("next"), **said)


def _agreeing(read: list[Segment], given: list, faults: Faults) -> None:
    """Names once, rungs known, one catch-all and that at the end, no rule twice."""
    names, rules = [one.name for one in read], [one.rule for one in read]
    for place, one in enumerate(read):
        if one.name in names[:place]:
            faults.add((place, "name"), one.name, f"overlap: segment {one.name!r} comes twice")
        if one.rule is not None and one.rule in rules[:place]:
            twin = names[rules.index(one.rule)]
            faults.add((place,), one.name, f"overlap: {one.name} has the same rule as {twin}")
        if one.next is not None and (one.next not in names or one.next == one.name):
            rule = f"next names {one.next!r}, which is no other segment of this file"
            faults.add((place, "next"), one.next, rule)
    ends = [i for i, one in enumerate(given) if isinstance(one, dict) and "otherwise" in one]
    for place in ends:
        if place < len(read) - 1:
            rule = "overlap: otherwise takes every account, so segments below are never reached"
            faults.add((place, "otherwise"), names[place], f"{rule}; put it last")
    if not ends:
        rule = "gap: accounts that meet no rule have no segment; end with 'otherwise: true'"
        faults.add((len(read) - 1,), names[-1], rule)


def _unreached(segments: tuple[Segment, ...], low: float, high: float) -> list[int]:
    """Places of segments that no scores at all lead to, tried on both sides of every cut."""
    ends: dict[str, set[float]] = {}
    for one in (c for segment in segments for c in conditions(segment.rule)):
        for name in one.scores:
            least, most = LIKELY.get(name, (low, high))
            own = ends.setdefault(name, {least, most})
            step = 1e-6 * (most - least)
            cuts = [one.cut] if one.kind in ("score", "least_of") else []
            cuts += [least + one.cut, most - one.cut] if one.kind == "gap" else []
            cuts += [(least + most) / 2] if one.kind == "lowest_of" else []
            near = [c + d for c in cuts for d in (-step, 0, step)]
            own.update(c for c in near if least <= c <= most)
    points = [sorted(values) for values in ends.values()]
    if np.prod([len(p) for p in points], dtype=float) <= MOST:
        grid = np.array(list(product(*points))).reshape(-1, len(points)).T
    else:
        rng = np.random.default_rng(0)
        grid = np.array([rng.choice(p, MOST) for p in points])
    reached = np.unique(placed(segments, dict(zip(ends, grid, strict=True))))
    return [place for place in range(len(segments)) if place not in reached]
