"""What is said of segments: their names, why an account is in one, what would lift it to another.

Tables hold codes (`crqlab.segments.reasons`, `crqlab.segments.score_lifts`); the thresholds hold
what segments are called, the codebook what constructs are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from crqlab.base.contracts.cautions import codes
from crqlab.language.lexicon import Language
from crqlab.segments.segment_traits import SegmentTraits

_SIDES = ("below", "at_most", "above", "at_least", "lowest")


class SegmentWords:
    """Says what tables of segments hold.

    Parameters
    ----------
    spoken : Language
    traits : SegmentTraits, optional
        What segments are called; without it, by their names.
    labels : mapping, optional
        What readers call a construct.

    Examples
    --------
    >>> from crqlab.language import language
    >>> english, swedish = SegmentWords(language("en")), SegmentWords(language("sv"))
    >>> cell = '''[{"code": "enough", "scores": ["crq"], "value": 5.9},
    ...     {"code": "lacking", "scores": ["nps"], "next": "Ambassador", "value": -20}]'''
    >>> english.reason(cell), swedish.reason(cell)
    ('CRQ 5.9 is enough, NPS −20 is not', 'CRQ 5,9 räcker, NPS −20 räcker inte')
    >>> english.lift('{"code": "raise", "scores": ["solution", "experience"], "by": 0.3}')
    'Solution and Experience by 0.3 each'
    >>> english.name("Ambassador"), swedish.name(None, "silent")
    ('Ambassador', 'Tyst')
    """

    def __init__(
        self,
        spoken: Language,
        traits: SegmentTraits | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.spoken, self.traits = spoken, traits or SegmentTraits(())
        self.labels = labels or {}

    def name(self, segment: object, status: str = "sorted") -> str:
        """Return what a reader calls a segment; without one, the status."""
        if isinstance(segment, str):
            return self.traits.label(segment, self.spoken.code)
        return self.spoken.say(f"segments.{status}")

    def names(
        self, rows: pd.DataFrame, segment: str = "segment", status: str = "status"
    ) -> list[str]:
        """Return one name a row, from two columns."""
        pairs = zip(rows[segment].tolist(), rows[status].tolist(), strict=True)
        return [self.name(*pair) for pair in pairs]

    def meaning(self, segment: object, status: str = "sorted") -> str:
        """Return what kind of account a segment holds, or what a status means."""
        if isinstance(segment, str):
            return self.traits.meaning(segment, self.spoken.code)
        return self.spoken.say(f"segments.{status}_means")

    def status(self, status: str) -> str:
        """Say whether a segment is settled, or why there is none."""
        return self.spoken.say(f"segments.status_{status}")

    def likely(self, word: object) -> str:
        """Say how likely a segment is; a word of the catalogue, empty without a segment."""
        return self.spoken.say(f"segments.p_{word}") if isinstance(word, str) else ""

    def reason(self, cell: str | None) -> str:
        """Say why an account is in its segment; a number that is withheld is not there."""
        facts, say = codes(cell), self.spoken.say
        met = [self._named(one) for one in facts if one["code"] == "enough"]
        lacks = [self._named(one) for one in facts if one["code"] == "lacking"]
        what = self.spoken.listed(met or lacks) if met or lacks else ""
        if met and lacks:
            other = self.spoken.listed(lacks)
            return say("segments.enough_but", what=what, n=len(met), other=other, m=len(lacks))
        if met:
            return say("segments.enough", what=what, n=len(met))
        if lacks:
            up = next(one["next"] for one in facts if one["code"] == "lacking")
            return say("segments.not_enough", what=what, n=len(lacks), segment=self.name(up))
        return self.spoken.listed([self._fact(one) for one in facts]) if facts else ""

    def lift(self, cell: str | None) -> str:
        """Say what would take an account one rung up."""
        return ", ".join(self._change(one) for one in codes(cell))

    def _fact(self, one: Mapping[str, Any]) -> str:
        """Say a score and on which side of which cut it is, or why there is no segment."""
        say, code = self.spoken.say, one["code"]
        if code == "apart":
            first, other = map(self._score, one["scores"])
            return say("segments.apart", one=first, other=other, value=self._number(one))
        if code in _SIDES:
            names = one["scores"][:1] if code == "lowest" else one["scores"]
            cut = {"cut": self._cut(one["cut"])} if code != "lowest" else {}
            return say(f"segments.{code}", named=self._named({**one, "scores": names}), **cut)
        if code == "scores_beyond":
            return say("segments.scores_beyond", segment=self.name(one["segment"]))
        if code == "not_answered":
            return say("segments.not_answered", what=self._listed(one["scores"]))
        return say(f"segments.{code}", **{k: v for k, v in one.items() if k != "code"})

    def _named(self, one: Mapping[str, Any]) -> str:
        """Say a score with its number, if that may be told."""
        names = self._listed(one["scores"])
        if one.get("kind") == "least_of":
            names = self.spoken.say("segments.lower_of", scores=names)
        if "value" not in one:
            return names
        return self.spoken.say("segments.named", score=names, value=self._number(one))

    def _number(self, one: Mapping[str, Any]) -> str:
        """Write a number as the reason has it: rounded away from its cut already."""
        value = one["value"]
        if value is None:
            return "?"
        if "nps" in one["scores"]:
            return self.spoken.number(value, 0, signed=True)
        return self.spoken.number(value, 2 if round(value * 100) % 10 else 1)

    def _cut(self, value: float) -> str:
        """Write a cut with the digits that it has."""
        return self.spoken.number(value, len(f"{value:g}".partition(".")[2]))

    def _change(self, one: Mapping[str, Any]) -> str:
        say, by = self.spoken.say, self.spoken.number(one["by"], 1)
        if one["code"] == "raise_recommendation":
            return say("segments.raise_recommendation", by=by)
        if one["code"] != "raise":
            return say(f"segments.{one['code']}", by=by)
        names = [self._label(name) for name in one["scores"]]
        code = "segments.raise_each" if len(names) > 1 else "segments.raise"
        return say(code, what=self.spoken.listed(names), by=by)

    def _listed(self, names: Iterable[str]) -> str:
        return self.spoken.listed([self._score(name) for name in names])

    def _score(self, name: str) -> str:
        """What a reader calls a score inside a sentence."""
        label = self._label(name)
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]

    def _label(self, name: str) -> str:
        if name in self.labels:
            return self.spoken.term(self.labels[name])
        known = f"term.{name}"
        plain = name.replace("_", " ")
        return self.spoken.say(known) if known in self.spoken else plain[:1].upper() + plain[1:]
