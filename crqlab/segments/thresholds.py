"""Thresholds as data: an ordered list of segments with their rules, for one instrument."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import BeforeValidator, Field, PlainValidator, PrivateAttr, model_validator

from crqlab.base import yaml_documents
from crqlab.base.conditions import (
    LIKELY,
    MADE,
    Condition,
    Group,
    Place,
    Rule,
    conditions,
    moved,
    turned,
)
from crqlab.base.errors import CrqError
from crqlab.base.instrument import Instrument, Name, Scale, Strict
from crqlab.base.rule_syntax import MADE_OF
from crqlab.segments.segment import Segment
from crqlab.segments.segment_syntax import listed
from crqlab.segments.segment_traits import SegmentTraits

STARTING = Path(__file__).with_name("starting.yaml")
Text = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]


class For(Strict):
    """The instrument that thresholds are for; without a name, any that measures the same."""

    name: Text | None = None
    version: Text | None = None
    scale: Scale
    constructs: tuple[Name, ...] = ()


class Thresholds(Strict):
    """A versioned set of rules by which accounts become segments.

    Attributes
    ----------
    format : int
        2, or 1 for files that say nothing of segments but rules and rungs.
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
    crqlab starting rules 1.1: Opponent, Stalker, Ambivalent, Ambassador, Rational, with 11 cuts
    """

    format: Literal[1, 2] = 1
    name: str = Field(min_length=1)
    version: Annotated[Text, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    source: str = Field(min_length=1)
    instrument: For
    segments: Annotated[tuple[Segment, ...], PlainValidator(listed)]
    sha256: str = ""
    _constructs: dict[str, str] = PrivateAttr(default_factory=dict)

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

    @cached_property
    def traits(self) -> SegmentTraits:
        """Order, weakness, words and colours of the segments.

        A file of format 1 says none of these: where its names are those of the starting file, so
        are its traits; other segments are neutral.
        """
        if self.format == 2:
            return SegmentTraits(self.segments)
        own = {one.name: one for one in starting().segments}
        known = (own.get(one.name, one) for one in self.segments)
        lent = [
            replace(one, rule=mine.rule, next=mine.next)
            for one, mine in zip(known, self.segments, strict=True)
        ]
        return SegmentTraits(tuple(lent))

    def unsaid(self, languages: Iterable[str]) -> list[str]:
        """Say what the file leaves out, and what stands in its place."""
        found = self.traits.unsaid(languages)
        if self.format == 2:
            return found
        own = starting()
        lent = ", ".join(name for name in self.names if name in own.names)
        said = "format 1 says nothing of segments but rules and rungs"
        return [f"{said}; {lent}: as in {own.name} {own.version}" if lent else said, *found]

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
    def users(self) -> dict[Condition, tuple[str, ...]]:
        """Every cut once, by a condition that it belongs to, and the segments that use it."""
        found: dict[Place, tuple[Condition, list[str]]] = {}
        for segment in self.segments:
            for one in conditions(segment.rule):
                if one.place:
                    found.setdefault(one.place, (one, []))[1].append(segment.name)
        return {one: tuple(dict.fromkeys(names)) for one, names in found.values()}

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
        keys = ("format",) * (self.format > 1) + ("name", "version", "date", "source")
        head = {key: getattr(self, key) for key in keys}
        asked = self.instrument.model_dump(exclude_none=True)
        asked["scale"] = [self.instrument.scale.low, self.instrument.scale.high]
        asked["constructs"] = list(self.instrument.constructs)
        said = [_said(segment) for segment in self.segments]
        end = {"sha256": self.sha256} if self.sha256 else {}
        return {**head, "instrument": asked, "segments": said, **end}

    def moved(self, cuts: Mapping[tuple[str, float], float], **head: str) -> Thresholds:
        """Return the same rules with other cuts: {(score, old cut): new cut}, and a new head."""
        return self._with([moved(segment.rule, cuts) for segment in self.segments], head)

    def turned(self, cuts: Mapping[Place, float], **head: str) -> Thresholds:
        """Return the same rules with other cuts of any kind: {place of a condition: new cut}."""
        return self._with([turned(segment.rule, cuts) for segment in self.segments], head)

    def _with(self, rules: Sequence[Rule | None], head: Mapping[str, str]) -> Thresholds:
        told = {**self.document(), "sha256": "", **head}
        made = [replace(s, rule=rule) for s, rule in zip(self.segments, rules, strict=True)]
        return self._validated({**told, "segments": [_said(one) for one in made]})

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
        segments = [replace(s, rule=_stretched(s.rule, old.low, low, ratio)) for s in self.segments]
        return self._validated({**said, "segments": [_said(one) for one in segments]})

    def _validated(self, document: dict[str, Any]) -> Thresholds:
        """Other rules, for the instrument that these were fitted to."""
        made = Thresholds.model_validate(document)
        made._constructs = self._constructs
        return made

    def fitted(self, instrument: Instrument) -> Thresholds:
        """Return the same rules, with the scores of an instrument behind their words.

        A rule's word is a concept (`crqlab.base.concepts`) or a construct's name: concepts first
        in rules for any instrument, names first in rules for this one.

        Raises
        ------
        CrqError
            An instrument that these thresholds are not for.
        """
        self.refuse(instrument)
        made = self.model_copy()
        made._constructs = {
            name: found for name in self.scores if (found := self._construct(name, instrument))
        }
        return made

    def column(self, score: str) -> str:
        """Return the column of a rule's word in tables of the instrument fitted to."""
        return self._constructs.get(score, score)

    def worded(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table of that instrument with its scores under the words of the rules."""
        others = {word: own for word, own in self._constructs.items() if word != own}
        return table.assign(**{word: table[own] for word, own in others.items() if own in table})

    def _construct(self, name: str, own: Instrument) -> str | None:
        """The construct that a rule's word stands for; none for what every instrument has."""
        if name in MADE:
            return None
        called = name if name in own.constructs else None
        meant = own.construct_of(name)
        return (called or meant) if self.instrument.name else (meant or called)

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
        asked = {"crq"} | ({"uniqueness"} if own.uniqueness else set())
        asked |= set(LIKELY) if own.recommend is not None else set()
        if lacking := [
            name for name in self.scores if name not in asked and not self._construct(name, own)
        ]:
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

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> from crqlab.segments.thresholds import STARTING
    >>> print(crq.segments.read(STARTING))
    crqlab starting rules ...
    """
    return yaml_documents.load(path, Thresholds)


def starting() -> Thresholds:
    """Return the rules that crqlab proposes: a start, nothing of it is published.

    Examples
    --------
    >>> import crqlab as crq
    >>> print(crq.segments.starting())
    crqlab starting rules ...: Opponent...
    """
    return read(STARTING)


def _said(segment: Segment) -> dict[str, Any]:
    said: dict[str, Any] = {"name": segment.name}
    if segment.next:
        said["next"] = segment.next
    if segment.weak is not None:
        said["weak"] = "yes" if segment.weak else "no"
    for trait in ("label", "meaning"):
        if words := getattr(segment, trait):
            said[trait] = dict(words)
    if segment.colour:
        said["colour"] = segment.colour
    if segment.expected is not None:
        said["expected"] = segment.expected
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
