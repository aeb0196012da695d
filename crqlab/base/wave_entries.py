"""What a codebook says of single waves: when each was held, and what it asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Self

import pandas as pd
from pydantic import Field, model_validator

from crqlab.base.instrument import Instrument, Strict
from crqlab.base.sources import Source, Text

#: Questions that are no items: a wave that lists items asked them wherever its files have them.
BESIDE = ("ltr", "familiarity")


class Wave(Strict):
    """One assessment round.

    Attributes
    ----------
    from_, to : date or None
        Days of its fieldwork; both count. Without ``to`` it ends where the next wave begins, and
        without ``from`` it begins where the one before ended.
    items : tuple of str or None
        Items that it asked; None is all of them. The others are missing by design. Questions
        beside the items (``ltr``, ``familiarity``, open ones) may be listed or not: they were
        asked where the files have them.
    slice : bool
        Whether it asked a slice of the accounts, others having to wait for their turn: so
        that a client's first wave is known for one, before any account was passed over.
    """

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    items: tuple[Text, ...] | None = Field(default=None, min_length=1)
    slice: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from {self.from_} lies after to {self.to}")
        return self


def starts(waves: Mapping[str, Wave]) -> dict[str, date]:
    """Return the day by which each wave has its place: ``from``, or ``to`` where that is missing.

    Examples
    --------
    >>> autumn = Wave.model_validate({"from": "2024-09-01", "to": "2024-10-31"})
    >>> starts({"autumn": autumn, "spring": Wave()})
    {'autumn': datetime.date(2024, 9, 1)}
    """
    days = {name: one.from_ or one.to for name, one in waves.items()}
    return {name: day for name, day in days.items() if day}


def spans(waves: Mapping[str, Wave]) -> dict[str, tuple[date, date]]:
    """Return the first and last day of each wave, in their order.

    Examples
    --------
    >>> held = {"b": {"from": "2025-01-01"}, "a": {"from": "2024-01-01"}}
    >>> days = spans({name: Wave.model_validate(one) for name, one in held.items()})
    >>> {name: str(last) for name, (_, last) in days.items()}
    {'a': '2024-12-31', 'b': '9999-12-31'}
    """
    days = starts(waves)
    dated, before, found = sorted(days, key=days.__getitem__), date.min, {}
    for name, after in zip(dated, [*dated[1:], ""], strict=False):
        one = waves[name]
        last = one.to or (days[after] - timedelta(1) if after else date.max)
        found[name] = (one.from_ or before, last)
        before = min(last, date.max - timedelta(1)) + timedelta(1)
    return found


def asked_in(waves: Mapping[str, Wave], wave: str, items: Iterable[str]) -> list[str]:
    """Return the items that a wave asked: all of them, unless the codebook lists some.

    Examples
    --------
    >>> pulse = {"2025Q2": Wave.model_validate({"items": ["t1", "ltr"]})}
    >>> asked_in(pulse, "2025Q2", ["t1", "s1"]), asked_in(pulse, "2025Q1", ["t1", "s1"])
    (['t1'], ['t1', 's1'])
    """
    listed = waves[wave].items if wave in waves else None
    return [item for item in items if listed is None or item in listed]


def by_design(waves: Mapping[str, Wave], rows: pd.Series, items: Iterable[str]) -> pd.DataFrame:
    """Tell which answers are missing because their wave did not ask.

    Parameters
    ----------
    waves : mapping of name to Wave
    rows : Series
        The wave of each response.
    items : iterable of str

    Returns
    -------
    DataFrame of bool, one row per response and one column per item

    Examples
    --------
    >>> pulse = {"b": Wave.model_validate({"items": ["t1"]})}
    >>> by_design(pulse, pd.Series(["a", "b"]), ["t1", "s1"])["s1"].tolist()
    [False, True]
    """
    items = list(items)
    asked = {wave: set(asked_in(waves, wave, items)) for wave in rows.dropna().unique()}
    gone = {i: rows.isin([wave for wave, has in asked.items() if i not in has]) for i in items}
    return pd.DataFrame(gone, index=rows.index, dtype=bool)


def unasked_scores(waves: Mapping[str, Wave], wave: str, asked: Instrument) -> list[str]:
    """Return the scores that a wave cannot tell, as it did not ask what they are made of.

    Constructs of which it asked no item, or too few; constructs a part of which it did not ask;
    CRQ and uniqueness, where one of their constructs was not asked whole.

    Examples
    --------
    >>> mini = Instrument.model_validate({"name": "mini", "version": "1", "scale": [1, 7],
    ...     "items": {"t1": "", "s1": ""}, "crq": {"constructs": ["trust", "sat"]},
    ...     "constructs": {"trust": {"label": "T", "items": ["t1"]},
    ...                    "sat": {"label": "S", "items": ["s1"]}}})
    >>> unasked_scores({"2": Wave.model_validate({"items": ["t1"]})}, "2", mini)
    ['sat', 'crq']
    """
    has = set(asked_in(waves, wave, asked.items))
    if has >= set(asked.items):
        return []
    share = {
        name: len(has & set(of.items)) / len(of.items)
        for name, of in asked.constructs.items()
        if of.items
    }
    share |= {n: min(share[p] for p in of.parts) for n, of in asked.constructs.items() if of.parts}
    gone = [
        name
        for name, of in asked.constructs.items()
        if share[name] < (asked.item_share if of.items else 1)
    ]
    for score, of in (("crq", asked.crq.constructs), ("uniqueness", asked.uniqueness)):
        gone += [score] if any(share[one] < 1 for one in of) else []
    return gone


def contradictions(
    waves: Mapping[str, Wave], asked: Instrument, files: Sequence[Source]
) -> list[str]:
    """Tell what cannot be true together: waves at one time, items unknown or asked and not asked.

    Examples
    --------
    >>> mini = Instrument.model_validate({"name": "mini", "version": "1", "scale": [1, 7],
    ...     "recommend": "Recommend?"})
    >>> pair = {"a": {"from": "2024-01-01", "to": "2024-03-31"}, "b": {"from": "2024-03-01"}}
    >>> contradictions({k: Wave.model_validate(v) for k, v in pair.items()}, mini, [])
    ['waves a (until 2024-03-31) and b (from 2024-03-01) overlap; correct from: and to:']
    """
    return [*_overlaps(waves), *_stray(waves, asked), *_asked_and_not(waves, files)]


def _overlaps(waves: Mapping[str, Wave]) -> Iterator[str]:
    days = starts(waves)
    dated = sorted(days, key=days.__getitem__)
    for one, two in pairwise(dated):
        if days[one] == days[two]:
            yield f"waves {one} and {two} both begin on {days[one]}; correct from: and to:"
        elif (end := waves[one].to) and end >= days[two] and waves[two].from_:
            yield (
                f"waves {one} (until {end}) and {two} (from {days[two]}) overlap; "
                "correct from: and to:"
            )


def _stray(waves: Mapping[str, Wave], asked: Instrument) -> Iterator[str]:
    known = {*asked.items, *asked.comments, *BESIDE}
    for name, one in waves.items():
        if stray := sorted(set(one.items or ()) - known):
            yield (
                f"waves > {name} > items names {stray}, which the instrument does not declare; "
                "use the names under instrument > items"
            )


def _asked_and_not(waves: Mapping[str, Wave], files: Sequence[Source]) -> Iterator[str]:
    """Items that a wave lists and a file of that wave is said not to have asked."""
    for source in files:
        one = waves.get(source.wave or "")
        if one and (both := sorted(set(one.items or ()) & set(source.not_asked))):
            yield (
                f"waves > {source.wave} > items lists {both}, and {source.file} says not_asked of "
                "the same; take them out of one of the two"
            )
