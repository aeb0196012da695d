"""Which constructs are outcomes, which are drivers, and which may not explain which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crqlab.base.concepts import CONCEPTS
from crqlab.base.errors import one_of
from crqlab.base.instrument import Instrument
from crqlab.base.results import Result

LTR = "ltr"


@dataclass(frozen=True, slots=True, eq=False)
class Questions(Result):
    """What is explained by what.

    Attributes
    ----------
    drivers : tuple of str
        Constructs of performance, in the order of the instrument; parts stand for their whole.
    outcomes : dict of str to tuple of str
        Each outcome and the drivers that may explain it: none that shares an item with it.
    labels : dict of str to str
    left_out : DataFrame
        ``construct``, ``outcome`` (empty for all) and ``reason`` (a code).
    """

    drivers: tuple[str, ...]
    outcomes: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    left_out: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """``outcome``, ``driver`` and their labels, one row per pair that a model holds."""
        pairs = [(outcome, driver) for outcome, own in self.outcomes.items() for driver in own]
        found = pd.DataFrame(pairs, columns=["outcome", "driver"], dtype="str")
        labels = {f"{name}_label": found[name].map(self.labels) for name in found}
        return found.assign(**labels)

    def __str__(self) -> str:
        if not self.outcomes:
            return (
                f"No outcome with two drivers or more: {len(self.drivers)} drivers, outcomes "
                "looked for are trust, commitment, satisfaction and LTR. Name them with "
                "outcomes= and drivers="
            )
        outcomes, drivers = (
            ", ".join(self.labels[name] for name in part) for part in (self.outcomes, self.drivers)
        )
        return f"Explained: {outcomes}; by {drivers}"


def questions(
    instrument: Instrument, *, outcomes: Sequence[str] = (), drivers: Sequence[str] = ()
) -> Questions:
    """Take outcomes and drivers from an instrument.

    Parameters
    ----------
    instrument : Instrument
    outcomes : sequence of str
        Constructs, or ``ltr``; unless given, the instrument's constructs of kind ``outcome``
        (trust, commitment, satisfaction) and LTR.
    drivers : sequence of str
        Constructs; unless given, all others with items of their own but those of kind ``apart``.
        CRQ is never explained: it is made of its own drivers.

    Returns
    -------
    Questions
        Without outcomes where the instrument has none, or fewer than two drivers.

    Raises
    ------
    CrqError
        A name that the instrument does not have.

    Examples
    --------
    >>> mini = Instrument.model_validate({
    ...     "name": "mini", "version": "1", "scale": [1, 5],
    ...     "items": {"a": "", "b": "", "c": "", "d": ""},
    ...     "constructs": {"trust": {"label": "Trust", "items": ["a"]},
    ...                    "care": {"label": "Care", "items": ["b"]},
    ...                    "speed": {"label": "Speed", "items": ["c"]},
    ...                    "service": {"label": "Service", "parts": ["care", "speed"]}},
    ...     "crq": {"constructs": ["trust", "service"]}})
    >>> print(questions(mini))
    Explained: Trust; by Care, Speed
    """
    known = instrument.constructs
    for argument, given in (("outcomes=", outcomes), ("drivers=", drivers)):
        allowed = [*known, LTR] if argument == "outcomes=" else list(known)
        for name in given:
            one_of(argument, name, allowed)
    explained = tuple(dict.fromkeys(outcomes)) or _outcomes(instrument)
    reasons = []
    chosen = tuple(dict.fromkeys(drivers)) or _drivers(instrument, explained, reasons)
    pairs = {name: _allowed(instrument, name, chosen, reasons) for name in explained}
    labels = {name: instrument.label(name) for name in known} | {LTR: "LTR"}
    return Questions(
        drivers=chosen,
        outcomes={name: found for name, found in pairs.items() if len(found) > 1},
        labels=labels,
        left_out=pd.DataFrame(reasons, columns=["construct", "outcome", "reason"]),
    )


def _outcomes(asked: Instrument) -> tuple[str, ...]:
    found = [name for name in asked.constructs if asked.kind(name) == "outcome"]
    found.sort(key=lambda name: CONCEPTS.index(asked.concepts[name]))
    return (*found, *((LTR,) if asked.recommend else ()))


def _drivers(asked: Instrument, outcomes: tuple[str, ...], reasons: list) -> tuple[str, ...]:
    found = []
    for name, construct in asked.constructs.items():
        if name in outcomes:
            continue
        if construct.parts:
            reasons.append((name, "", "parts_stand_for_it"))
        elif asked.kind(name) == "apart":
            reasons.append((name, "", "neither_driver_nor_outcome"))
        else:
            found.append(name)
    return tuple(found)


def _allowed(
    asked: Instrument, outcome: str, drivers: tuple[str, ...], reasons: list
) -> tuple[str, ...]:
    """Drivers that share no item with the outcome, or with a driver before them."""
    taken, found = _items(asked, outcome), []
    for name in drivers:
        if name == outcome:
            reasons.append((name, outcome, "explains_itself"))
        elif taken & _items(asked, name):
            reasons.append((name, outcome, "shares_items"))
        else:
            taken |= _items(asked, name)
            found.append(name)
    return tuple(found)


def _items(asked: Instrument, name: str) -> set[str]:
    if name == LTR:
        return set()
    construct = asked.constructs[name]
    return {i for part in construct.parts or (name,) for i in asked.constructs[part].items}
