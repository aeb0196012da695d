"""Why an account is in its segment, as codes with numbers, for millions of accounts at once.

A reason is a cell of codes (`crqlab.base.contracts.cautions`), one for each score that decided:
``enough`` (what a segment asks for is there), ``lacking`` (what the rung above asks for, ``next``,
is not), ``below``, ``at_most``, ``above``, ``at_least`` (on which side of which cut), ``apart``
(two scores), ``lowest`` (of several); or why there is no segment: ``not_answered``, ``no_answers``;
or ``no_other_rule``. Each has ``scores`` and the ``value`` as it may be shown: it never rounds to
the other side of its cut. What they say in a reader's language: `crqlab.language.segment_reasons`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crqlab.base.conditions import Condition, Rule, Scores
from crqlab.segments.segment import Segment
from crqlab.segments.thresholds import Thresholds

NO_ANSWERS, NEVER_HEARD = "no_answers", "never_heard"
TEXT, UNKNOWN = pa.large_string(), -(10**9)
NEAR = 0.1  # from here to the cut a second decimal is shown, cut short, never rounded past the cut
_HOLE = "\0"  # where the number of an account stands in the JSON of many


def reasons(
    thresholds: Thresholds,
    scores: Scores,
    place: NDArray,
    held: Mapping[Condition, tuple[NDArray, NDArray]],
) -> pd.Series:
    """Say for every account which of its scores put it where it is.

    Parameters
    ----------
    thresholds : Thresholds
    scores : mapping of score to array
    place : ndarray of int
        Place of each account's segment, -1 where it is open.
    held : mapping
        Of each condition, whether it surely holds and whether it may (`thresholds.known`).

    Returns
    -------
    Series of str, one per account
        Cells of codes.
    """
    order = thresholds.conditions
    pattern = place.astype(np.int64) + 1
    for one in order:
        yes, maybe = held[one]
        pattern = pattern * 3 + np.where(yes, 2, np.where(maybe, 1, 0))
    codes, uniques = pd.factorize(pattern)
    rows = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=len(uniques))
    ends = np.cumsum(sizes)
    writer = _Writer({name: s[rows] for name, s in scores.items()})
    pieces = []
    for start, end in zip(ends - sizes, ends, strict=True):
        one_of_them = rows[start]
        states = {one: tuple(bool(s[one_of_them]) for s in held[one]) for one in order}
        facts = _facts(thresholds, int(place[one_of_them]), states)
        for code, _ in facts:
            if "scores" in code:
                code["scores"] = [thresholds.column(name) for name in code["scores"]]
        pieces.append(writer.cells(facts, slice(start, end)))
    back = np.empty(len(rows), dtype=np.int64)
    back[rows] = np.arange(len(rows))
    text = pa.chunked_array(pieces, type=TEXT)
    return pd.Series(text.combine_chunks().take(pa.array(back)), dtype="str")


#: A code, and the condition whose number goes with it.
Fact = tuple[dict[str, Any], Condition | None]


def _facts(thresholds: Thresholds, place: int, states: Mapping) -> list[Fact]:
    """What is to be said of accounts that all meet the same conditions."""
    if place < 0:
        open_ = [c for c in thresholds.conditions if states[c] == (False, True)]
        names = dict.fromkeys(name for one in open_ for name in one.scores)
        return [({"code": "not_answered", "scores": list(names)}, None)]
    segment = thresholds.segments[place]
    if segment.rule is None:
        return _short_of(thresholds, segment, states)
    met = _met(segment.rule, states)
    if all(one.upward for one in met):
        return [_named("enough", one) for one in met]
    return [_against(one) for one in met]


def _short_of(thresholds: Thresholds, segment: Segment, states: Mapping) -> list[Fact]:
    """What a segment without a rule has and lacks of the rung above it."""
    rule = None if segment.next is None else thresholds.segment(segment.next).rule
    lacks = [] if rule is None else _lacking(rule, states)
    if not lacks:
        return [({"code": "no_other_rule"}, None)]
    met = [_named("enough", one) for one in _met(rule, states)]
    return met + [_named("lacking", one, next=segment.next) for one in lacks]


def _named(code: str, one: Condition, **more: str) -> Fact:
    """A score with its number."""
    kind = {} if one.kind == "score" else {"kind": one.kind}
    return {"code": code, **kind, "scores": list(one.scores), **more, "value": _HOLE}, one


def _against(one: Condition) -> Fact:
    """A condition that was met, with its cut."""
    if one.kind == "gap":
        return {"code": "apart", "scores": list(one.scores), "value": _HOLE, **_cut(one)}, one
    if one.kind == "lowest_of":
        first = Condition("score", one.scores[:1], "below", np.nan)
        return {"code": "lowest", "scores": list(one.scores), "value": _HOLE}, first
    said, _ = _named(one.bound, one)
    return {**said, **_cut(one)}, one


def _cut(one: Condition) -> dict[str, float]:
    return {"cut": int(one.cut) if one.cut == int(one.cut) else one.cut}


def _met(rule: Rule, states: Mapping) -> list[Condition]:
    """Conditions that made a rule hold, or would have."""
    if isinstance(rule, Condition):
        return [rule] if states[rule][0] else []
    found = [_met(part, states) for part in rule.parts]
    whole = [m for m, part in zip(found, rule.parts, strict=True) if _holds(part, states)]
    return [one for met in (whole if rule.how == "any" else found) for one in met]


def _lacking(rule: Rule, states: Mapping) -> list[Condition]:
    if _holds(rule, states):
        return []
    if isinstance(rule, Condition):
        return [rule]
    return [one for part in rule.parts for one in _lacking(part, states)]


def _holds(rule: Rule, states: Mapping) -> bool:
    if isinstance(rule, Condition):
        return states[rule][0]
    join = all if rule.how == "all" else any
    return join(_holds(part, states) for part in rule.parts)


class _Writer:
    """Writes the numbers of many accounts, sorted by what is said of them; each number once."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.written: dict[Any, pa.Array] = {}

    def cells(self, facts: list[Fact], rows: slice) -> pa.Array:
        """Return one cell of codes per row."""
        coded = [one for one, _ in facts]
        told = coded[0]["code"] if len(coded) == 1 and len(coded[0]) == 1 else ""
        whole = told or json.dumps(coded[0] if len(coded) == 1 else coded, ensure_ascii=False)
        fixed = whole.split(json.dumps(_HOLE))
        if len(fixed) == 1:
            return pa.array(fixed * (rows.stop - rows.start), type=TEXT)
        numbers = [self._value(of)[rows] for _, of in facts if of is not None]
        parts: list[Any] = [pa.scalar(fixed[0], TEXT)]
        for number, after in zip(numbers, fixed[1:], strict=True):
            parts += [number, pa.scalar(after, TEXT)]
        return pc.binary_join_element_wise(*parts, pa.scalar("", TEXT))

    def _value(self, one: Condition) -> pa.Array:
        key = (one.kind, one.scores, str(one.cut))
        if key not in self.written:
            values = one.value(self.scores)
            if one.scores[0] == "nps":
                self.written[key] = _written(np.round(values), np.nan, _whole)
            else:
                self.written[key] = _written(values, one.cut, _plain)
        return self.written[key]


def _whole(value: float) -> str:
    return str(round(value))


def _plain(value: float) -> str:
    """One decimal, or two where the second is not 0."""
    return f"{value:.2f}" if round(value * 100) % 10 else f"{value:.1f}"


def _written(values: NDArray, cut: float, write: Callable[[float], str]) -> pa.Array:
    """Write numbers so that each stays on its own side of the cut."""
    fine = np.abs(values - cut) < NEAR
    hundredths = np.where(values < cut, np.floor(values * 100), np.ceil(values * 100 - 1e-7))
    shown = np.where(fine, hundredths, np.round(values, 1) * 100)
    shown = np.round(np.where(np.isnan(values), UNKNOWN, shown)).astype(np.int64)
    codes, uniques = pd.factorize(shown)
    texts = ["null" if one == UNKNOWN else write(one / 100) for one in uniques]
    return pa.array(texts, type=TEXT).take(pa.array(codes))
