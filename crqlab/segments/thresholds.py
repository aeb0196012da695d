"""Thresholds as data: an ordered list of segments with their rules, for one instrument."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, PlainValidator, ValidationInfo, model_validator

from crqlab.base import yaml_documents
from crqlab.base.errors import CrqError
from crqlab.base.instrument import Instrument, Name, Scale, Strict
from crqlab.segments.conditions import (
    LIKELY,
    MADE,
    Condition,
    Group,
    Rule,
    Scores,
    conditions,
    moved,
    truth,
)
from crqlab.segments.rule_syntax import MADE_OF, Faults, Reader

STARTING = Path(__file__).with_name("starting.yaml")
MOST = 200_000  # points at which it is tried whether a segment can be reached
Text = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


class For(Strict):
    """The instrument that thresholds are for; without a name, any that measures the same."""

    name: Text | None = None
    version: Text | None = None
    scale: Scale
    constructs: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, its rule (none for the last, everything else), the rung above."""

    name: str
    rule: Rule | None
    next: str | None = None


def _segments(given: Any, info: ValidationInfo) -> tuple[Segment, ...]:
    """Read the list of segments; all faults at once."""
    faults = Faults()
    asked = info.data.get("instrument")
    if asked is None:
        return ()
    if not isinstance(given, list) or len(given) < 2:
        faults.add((), given, "segments must be a list of two segments or more, '- name: ...'")
        faults.raised()
    reader = Reader(faults, asked.constructs, asked.scale.low, asked.scale.high)
    read = [_segment(one, i, reader) for i, one in enumerate(given)]
    _listed(read, given, faults)
    faults.raised()
    never = _unreached(tuple(read), asked.scale.low, asked.scale.high)
    for place in never:
        rule = f"unreachable: rules above take every account that would be {read[place].name}"
        faults.add((place,), read[place].name, rule)
    faults.raised()
    return tuple(read)


def _segment(given: Any, place: int, reader: Reader) -> Segment:
    faults, known = reader.faults, ("name", "next", "all", "any", "otherwise")
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        faults.add((place,), given, "a segment needs 'name: ...' and a rule under 'all:' or 'any:'")
        return Segment("", None)
    for stray in (key for key in given if key not in known):
        rule = f"{stray!r} is not a key of a segment, use {', '.join(known)}"
        faults.add((place, str(stray)), given[stray], rule)
    rules = [key for key in known[2:] if key in given]
    if len(rules) != 1:
        faults.add((place,), given["name"], "needs one of all, any and otherwise, and only one")
    elif rules == ["otherwise"]:
        if given["otherwise"] is not True:
            faults.add((place, "otherwise"), given["otherwise"], "otherwise can only be true")
    else:
        rule = reader.rule(rules[0], given[rules[0]], (place, rules[0]))
        return Segment(given["name"], rule, given.get("next"))
    return Segment(given["name"], None, given.get("next"))


def _listed(read: list[Segment], given: list, faults: Faults) -> None:
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


class Thresholds(Strict):
    """A versioned set of rules by which accounts become segments.

    Attributes
    ----------
    name, version, date, source : str
        What it is called, which edition, when and by whom it was proposed.
    instrument : For
        Scale and constructs, and the instrument's name and version where it is for one only.
    segments : tuple of Segment
        Tried in this order; the last takes everything else.
    sha256 : str
        Of a published set, its `fingerprint`: a file that was changed later is refused.

    Examples
    --------
    >>> print(starting())
    crqlab starting rules 1.0: Opponent, Stalker, Ambivalent, Ambassador, Rational, with 11 cuts
    """

    name: str = Field(min_length=1)
    version: Annotated[Text, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    source: str = Field(min_length=1)
    instrument: For
    segments: Annotated[tuple[Segment, ...], PlainValidator(_segments)]
    sha256: str = ""

    @model_validator(mode="after")
    def _unchanged(self) -> Self:
        if self.sha256 and self.sha256 != self.fingerprint:
            raise ValueError(
                "sha256 does not belong to these rules: the file was changed after it was "
                "published; publish the change as a new version"
            )
        return self

    def __str__(self) -> str:
        names = ", ".join(self.names)
        return f"{self.name} {self.version}: {names}, with {len(self.conditions) - 1} cuts"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the segments in the order in which they are tried."""
        return tuple(segment.name for segment in self.segments)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition once, in the order of the file."""
        found = (one for segment in self.segments for one in conditions(segment.rule))
        return tuple(dict.fromkeys(found))

    @property
    def scores(self) -> tuple[str, ...]:
        """Every score that some rule looks at."""
        return tuple(dict.fromkeys(name for one in self.conditions for name in one.scores))

    @property
    def cuts(self) -> tuple[tuple[str, float], ...]:
        """Every movable cut once, with its score: levels on the answer scale."""
        found = ((one.scores[0], one.cut) for one in self.conditions if one.movable)
        return tuple(dict.fromkeys(found))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that the set says, whatever its file looks like."""
        said = self.document()
        said.pop("sha256", None)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def quoted(self) -> str:
        """How a report names the set."""
        return f"{self.name} {self.version} ({self.fingerprint[:12]})"

    def segment(self, name: str) -> Segment:
        """Return one segment."""
        return self.segments[self.names.index(name)]

    def document(self) -> dict[str, Any]:
        """Return the set the way a file says it."""
        head = {key: getattr(self, key) for key in ("name", "version", "date", "source")}
        asked = self.instrument.model_dump(exclude_none=True)
        asked["scale"] = [self.instrument.scale.low, self.instrument.scale.high]
        asked["constructs"] = list(self.instrument.constructs)
        said = [_said(segment) for segment in self.segments]
        end = {"sha256": self.sha256} if self.sha256 else {}
        return {**head, "instrument": asked, "segments": said, **end}

    def moved(self, cuts: Mapping[tuple[str, float], float], **head: str) -> Thresholds:
        """Return the same rules with other cuts: {(score, old cut): new cut}, and a new head."""
        told = {**self.document(), "sha256": "", **head}
        segments = [Segment(s.name, moved(s.rule, cuts), s.next) for s in self.segments]
        return Thresholds.model_validate({**told, "segments": [_said(one) for one in segments]})

    def rescaled(self, low: float, high: float, **head: str) -> Thresholds:
        """Return the rules for another answer scale, every cut at the same share of it.

        That answers shift in proportion to the scale is an assumption, and ``source`` says so.
        """
        old = self.instrument.scale
        ratio = (high - low) / (old.high - old.low)
        words = f"cuts carried over linearly from {old.low}-{old.high} to {low}-{high}"
        said = {
            **self.document(),
            "sha256": "",
            "version": f"{self.version}-{low}-{high}",
            "source": f"{self.source}; {words}, an assumption",
            **head,
        }
        said["instrument"] = {"scale": [low, high], "constructs": list(self.instrument.constructs)}
        segments = [
            Segment(s.name, _stretched(s.rule, old.low, low, ratio), s.next) for s in self.segments
        ]
        return Thresholds.model_validate({**said, "segments": [_said(one) for one in segments]})

    def unsuited(self, instrument: Instrument) -> str:
        """Return why this instrument cannot be sorted by these rules; empty where it can."""
        mine, own = self.instrument, instrument
        if (mine.name and mine.name != own.name) or (mine.version and mine.version != own.version):
            wanted = " ".join(part for part in (mine.name, mine.version) if part)
            return (
                f"they are for the instrument {wanted}, this one is {own.name} {own.version}; "
                "derive thresholds for it, or take a set that is for it"
            )
        if mine.scale != own.scale:
            return (
                f"they are for answers from {mine.scale.low} to {mine.scale.high}, this instrument "
                f"has {own.scale.low} to {own.scale.high}; derive thresholds for it, or carry them "
                "over with rescaled(), which is an assumption"
            )
        asked = {"crq", *own.constructs} | ({"uniqueness"} if own.uniqueness else set())
        asked |= set(LIKELY) if own.recommend is not None else set()
        if lacking := [name for name in self.scores if name not in asked]:
            return (
                f"their rules look at {', '.join(lacking)}, which this instrument does not "
                "measure; write thresholds without these, nothing is guessed in their place"
            )
        return ""

    def refuse(self, instrument: Instrument) -> None:
        """Refuse an instrument that these thresholds are not for."""
        if why := self.unsuited(instrument):
            raise CrqError(f"Thresholds {self.name} {self.version} do not fit: {why}.")


def read(path: Path) -> Thresholds:
    """Read a file of thresholds; every fault is named with its line.

    Raises
    ------
    StudyError
        No such file.
    DataError
        ``cases`` lists what is wrong with it, one row per fault, ``row`` being the line.
    """
    return yaml_documents.load(path, Thresholds)


def starting() -> Thresholds:
    """Return the rules that crqlab proposes: a start, nothing of it is published."""
    return read(STARTING)


def _said(segment: Segment) -> dict[str, Any]:
    said: dict[str, Any] = {"name": segment.name}
    if segment.next:
        said["next"] = segment.next
    if segment.rule is None:
        return {**said, "otherwise": True}
    return {**said, **_written(segment.rule)}


def _written(rule: Rule) -> dict[str, Any]:
    if isinstance(rule, Group):
        return {rule.how: [_written(part) for part in rule.parts]}
    if rule.kind == "score":
        return {rule.scores[0]: {rule.bound: rule.cut}}
    if rule.kind == "lowest_of":
        return {rule.kind: {"score": rule.scores[0], "among": list(rule.scores[1:])}}
    return {rule.kind: {MADE_OF[rule.kind]: list(rule.scores), rule.bound: rule.cut}}


def _stretched(rule: Rule | None, old: float, new: float, ratio: float) -> Rule | None:
    if rule is None:
        return None
    if isinstance(rule, Group):
        return Group(rule.how, tuple(_stretched(part, old, new, ratio) for part in rule.parts))
    if rule.kind == "gap":
        return Condition(rule.kind, rule.scores, rule.bound, rule.cut * ratio)
    if not rule.movable:
        return rule
    return Condition(rule.kind, rule.scores, rule.bound, new + (rule.cut - old) * ratio)


__all__ = ["MADE", "For", "Segment", "Thresholds", "known", "placed", "read", "starting"]
