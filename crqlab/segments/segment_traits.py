"""What segments are like: their order from the best down, which are weak, how they are called."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crqlab.base.contracts import frames
from crqlab.segments.segment import Segment, Words

_OWN = "en"


@dataclass(frozen=True)
class SegmentTraits:
    """Answers what used to be known of segments by their names.

    Attributes
    ----------
    segments : tuple of Segment
        In the order in which their rules are tried.

    Examples
    --------
    >>> from crqlab.segments import starting
    >>> traits = starting().traits
    >>> traits.order, traits.top
    (('Ambassador', 'Rational', 'Ambivalent', 'Stalker', 'Opponent'), 'Ambassador')
    >>> traits.weak
    ('Ambivalent', 'Stalker', 'Opponent')
    >>> traits.label("Opponent", "sv"), traits.meaning("Opponent", "en")
    ('Motståndare', 'deeply dissatisfied')
    """

    segments: tuple[Segment, ...]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names from the best to the worst, by steps from the top.

        Of two segments as far from the top the later rule is the better one: rules are tried
        from what is wrong to what is well.
        """
        steps = {one.name: len(self._above(one.name)) for one in self.segments}
        names = [one.name for one in reversed(self.segments)]
        return tuple(sorted(names, key=steps.__getitem__))

    @cached_property
    def rung(self) -> dict[str, int]:
        """Place of each segment in `order`, 0 the best."""
        return {name: place for place, name in enumerate(self.order)}

    @cached_property
    def top(self) -> str:
        """The segment without a rung above it; of several the one that most lead to, if one does.

        Empty where there is no ladder at all.
        """
        tops = {one.name: 0 for one in self.segments if one.next is None}
        for one in self.segments:
            end = self._above(one.name)[-1:]
            if end and end[0] in tops:
                tops[end[0]] += 1
        best = [name for name, n in tops.items() if n == max(tops.values())]
        return best[0] if len(best) == 1 else ""

    @cached_property
    def weak(self) -> tuple[str, ...]:
        """Segments on the point of leaving, the best first."""
        weak = {one.name for one in self.segments if one.weak}
        return tuple(name for name in self.order if name in weak)

    @property
    def expected(self) -> dict[str, float]:
        """Shares of the accounts that segments should hold, where somebody said."""
        return {one.name: one.expected for one in self.segments if one.expected is not None}

    def label(self, name: str, language: str = _OWN) -> str:
        """Return what readers of a language call a segment."""
        return said(self._known[name].label, language) or name if name in self._known else name

    def meaning(self, name: str, language: str = _OWN) -> str:
        """Return what kind of account a segment holds, in English where nobody said it else."""
        return said(self._known[name].meaning, language, _OWN) if name in self._known else ""

    def colour(self, name: str) -> str:
        """Return the colour that somebody gave a segment; empty if nobody did."""
        return self._known[name].colour if name in self._known else ""

    def unsaid(self, languages: Iterable[str]) -> list[str]:
        """Say what is missing, segment by segment; nothing of it is guessed.

        Parameters
        ----------
        languages : iterable of str
            In which readers should learn what a segment means.
        """
        found = [] if self.top else ["no segment is the top: nobody is asked for a referral"]
        for one in self.segments:
            meant = [language for language, _ in one.meaning]
            lacks = [f"no meaning in {name}" for name in languages if name not in meant]
            lacks += ["no word on whether it is weak: not weak"] if one.weak is None else []
            lacks += [] if one.colour else ["no colour: grey"]
            found += [f"{one.name}: {', '.join(lacks)}"] if lacks else []
        ends = {self.top, self.segments[-1].name} - {""}
        if lacks := [one.name for one in self.segments
                     if one.name in ends and one.expected is None]:  # fmt: skip
            found.append(f"{', '.join(lacks)}: no expected share: no cuts from a mix")
        return found

    def table(self) -> pd.DataFrame:
        """Return table ``segment_traits``, in the order in which rules are tried."""
        rows = [
            {
                "segment": one.name,
                "place": place,
                "rung": self.rung[one.name] + 1,
                "next": one.next,
                "top": one.name == self.top,
                "weak": bool(one.weak),
                "expected": np.nan if one.expected is None else one.expected,
                "colour": one.colour or None,
                "label": packed(one.label),
                "meaning": packed(one.meaning),
            }
            for place, one in enumerate(self.segments, 1)
        ]
        return frames.from_records(rows, "segment_traits")

    @cached_property
    def _known(self) -> Mapping[str, Segment]:
        return {one.name: one for one in self.segments}

    def _above(self, name: str) -> tuple[str, ...]:
        """Rungs above a segment, the nearest first; a circle is gone round once."""
        found: list[str] = []
        up = self._known[name].next
        while up in self._known and up != name and up not in found:
            found.append(up)
            up = self._known[up].next
        return tuple(found)


def of_table(rows: pd.DataFrame) -> SegmentTraits:
    """Return what table ``segment_traits`` says; no segment from no rows.

    Examples
    --------
    >>> from crqlab.segments import starting
    >>> of_table(starting().traits.table()).order == starting().traits.order
    True
    """
    known = rows.sort_values("place").astype(object).where(rows.notna(), None)
    return SegmentTraits(
        tuple(
            Segment(
                row.segment,
                None,
                row.next,
                weak=bool(row.weak),
                label=unpacked(row.label),
                meaning=unpacked(row.meaning),
                colour=row.colour or "",
                expected=row.expected,
            )
            for row in known.itertuples(index=False)
        )
    )


def packed(words: Words) -> str | None:
    """Return a text in several languages as a cell of a table."""
    return json.dumps(dict(words), ensure_ascii=False) if words else None


def unpacked(cell: object) -> Words:
    """Return a text in several languages from a cell of a table."""
    return tuple(json.loads(cell).items()) if isinstance(cell, str) and cell else ()


def said(words: Words, *languages: str) -> str:
    """Return a text in the first of some languages that it is in; empty if in none."""
    known = dict(words)
    return next((known[language] for language in languages if language in known), "")
