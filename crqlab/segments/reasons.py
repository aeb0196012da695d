"""Why an account is in its segment, in words, for millions of accounts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crqlab.segments.conditions import Condition, Rule, Scores
from crqlab.segments.segment import Segment
from crqlab.segments.thresholds import Thresholds

LABELS = {"crq": "CRQ", "nps": "NPS", "mean_ltr": "mean LTR", "uniqueness": "uniqueness"}
WORDS = {"below": "below", "at_most": "at most", "above": "above", "at_least": "at least"}
TEXT, UNKNOWN = pa.large_string(), -(10**9)
NEAR = 0.1  # from here to the cut a second decimal is shown, cut short, never rounded past the cut


def reasons(
    thresholds: Thresholds,
    scores: Scores,
    place: NDArray,
    held: Mapping[Condition, tuple[NDArray, NDArray]],
    *,
    labels: Mapping[str, str] | None = None,
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
    labels : mapping, optional
        What a reader calls a score.

    Returns
    -------
    Series of str, one per account
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
    said = _Teller({name: s[rows] for name, s in scores.items()}, {**LABELS, **(labels or {})})
    pieces = []
    for start, end in zip(ends - sizes, ends, strict=True):
        one_of_them = rows[start]
        states = {one: tuple(bool(s[one_of_them]) for s in held[one]) for one in order}
        parts = _parts(thresholds, int(place[one_of_them]), states)
        pieces.append(said.join(parts, slice(start, end)))
    back = np.empty(len(rows), dtype=np.int64)
    back[rows] = np.arange(len(rows))
    text = pa.chunked_array(pieces, type=TEXT)
    return pd.Series(text.combine_chunks().take(pa.array(back)), dtype="str")


def _parts(thresholds: Thresholds, place: int, states: Mapping) -> list[Any]:
    """Words, and between them the numbers of accounts that all meet the same conditions."""
    if place < 0:
        open_ = [c for c in thresholds.conditions if states[c] == (False, True)]
        names = dict.fromkeys(name for one in open_ for name in one.scores)
        words = [*_listed([[("label", name)] for name in names]), " not answered"]
        return ["Open: ", *words, ", which decides"]
    segment = thresholds.segments[place]
    if segment.rule is None:
        return [f"{segment.name}: ", *_short_of(thresholds, segment, states)]
    met = _met(segment.rule, states)
    if all(one.upward for one in met):
        verb = " are enough" if len(met) > 1 else " is enough"
        return [f"{segment.name}: ", *_listed([[("named", one)] for one in met]), verb]
    return [f"{segment.name}: ", *_listed([_against(one) for one in met])]


def _short_of(thresholds: Thresholds, segment: Segment, states: Mapping) -> list[Any]:
    """What a segment without a rule has and lacks of the rung above it."""
    if segment.next is None or thresholds.segment(segment.next).rule is None:
        return ["meets no other rule"]
    rule = thresholds.segment(segment.next).rule
    met, lacks = _met(rule, states), _lacking(rule, states)
    enough = _listed([[("named", one)] for one in met])
    short = _listed([[("named", one)] for one in lacks])
    if not lacks:
        return ["meets no other rule"]
    if not met:
        verb = " are" if len(lacks) > 1 else " is"
        return [*short, f"{verb} not enough for {segment.next}"]
    first = " are enough, " if len(met) > 1 else " is enough, "
    return [*enough, first, *short, " are not" if len(lacks) > 1 else " is not"]


def _against(one: Condition) -> list[Any]:
    """A condition that was met, with its cut."""
    if one.kind == "gap":
        names = [("label", one.scores[0]), " and ", ("label", one.scores[1])]
        return [*names, " ", ("value", one), " apart"]
    if one.kind == "lowest_of":
        return [("label", one.scores[0]), " ", ("first", one), " the lowest"]
    return [("named", one), f" {WORDS[one.bound]} {one.cut:g}"]


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


def _listed(items: Sequence[list[Any]]) -> list[Any]:
    """Join with commas and a last "and"."""
    found: list[Any] = []
    for i, item in enumerate(items):
        found += ([] if i == 0 else [" and "] if i == len(items) - 1 else [", "]) + item
    return found


class _Teller:
    """Writes the numbers of many accounts, sorted by what is said of them; each number once."""

    def __init__(self, scores: Scores, labels: Mapping[str, str]) -> None:
        self.scores, self.labels = scores, labels
        self.written: dict[Any, pa.Array] = {}

    def join(self, parts: list[Any], rows: slice) -> pa.Array:
        """Return one text per row."""
        made = [self._part(part, rows) if isinstance(part, tuple) else [part] for part in parts]
        flat = [piece for several in made for piece in several]
        if all(isinstance(one, str) for one in flat):
            return pa.array(["".join(flat)] * (rows.stop - rows.start), type=TEXT)
        arrays = [pa.scalar(one, TEXT) if isinstance(one, str) else one for one in flat]
        return pc.binary_join_element_wise(*arrays, pa.scalar("", TEXT))

    def _part(self, part: tuple[str, Any], rows: slice) -> list[Any]:
        how, one = part
        if how == "label":
            return [self.label(one)]
        if how == "first":
            one = Condition("score", one.scores[:1], "below", np.nan)
        numbers = self._value(one)[rows]
        if how != "named":
            return [numbers]
        name = " and ".join(map(self.label, one.scores))
        return [f"the lower of {name} " if one.kind == "least_of" else f"{name} ", numbers]

    def label(self, name: str) -> str:
        """What a reader calls a score."""
        return self.labels.get(name, name.replace("_", " "))

    def _value(self, one: Condition) -> pa.Array:
        key = (one.kind, one.scores, str(one.cut))
        if key not in self.written:
            values = one.value(self.scores)
            if one.scores[0] == "nps":
                self.written[key] = _written(np.round(values), np.nan, _signed)
            else:
                self.written[key] = _written(values, one.cut, _plain)
        return self.written[key]


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−") if round(value) else "0"


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
    texts = ["?" if one == UNKNOWN else write(one / 100) for one in uniques]
    return pa.array(texts, type=TEXT).take(pa.array(codes))
