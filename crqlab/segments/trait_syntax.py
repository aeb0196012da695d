"""From what people write of a segment beside its rule to its traits (format 2 of thresholds)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from crqlab.base.rule_syntax import Faults
from crqlab.segments.segment import Segment, Words

TRAITS = ("weak", "label", "meaning", "colour", "expected")
#: What tables and the playbook call accounts, and no segment may be called.
RESERVED = ("silent", "open", "unjudged", "new", "not_asked", "weak", "top", "between")
_TRUTHS = {True: True, False: False, "yes": True, "no": False}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")


def traits_of(given: dict[str, Any], place: int, faults: Faults) -> dict[str, Any]:
    """Read the traits of one segment, every fault with its place."""
    if given["name"].lower() in RESERVED:
        rule = f"no segment can be called {given['name']!r}: tables use that word themselves"
        faults.add((place, "name"), given["name"], rule)
    if "weak" not in given:
        rule = "needs 'weak: yes' or 'weak: no': are its accounts on the point of leaving?"
        faults.add((place,), given["name"], rule)
    readers: dict[str, Callable[[Any], Any]] = {
        "weak": truth, "label": words, "meaning": words, "colour": _colour, "expected": _share,
    }  # fmt: skip
    found = {}
    for key in (key for key in TRAITS if key in given):
        try:
            found[key] = readers[key](given[key])
        except ValueError as wrong:
            faults.add((place, key), given[key], f"{key} {wrong}")
    return found


def laddered(read: list[Segment], faults: Faults) -> None:
    """From every segment ``next`` leads up to one and the same top; shares are parts of a whole."""
    tops = [place for place, one in enumerate(read) if one.next is None]
    for place in tops[1:]:
        rule = f"two tops: {read[tops[0]].name} and {read[place].name} have no 'next'; name the one"
        faults.add((place,), read[place].name, f"{rule} above the other")
    up = {one.name: one.next for one in read if isinstance(one.next, str)}
    for place, one in enumerate(read):
        name, seen = one.name, set()
        while name in up and name not in seen:
            seen.add(name)
            name = up[name]
        if name in seen:
            rule = f"next of {one.name} leads round in a circle; one segment has none, the top"
            faults.add((place, "next"), one.next, rule)
    whole = sum(one.expected for one in read if one.expected is not None)
    if whole > 1 + 1e-9:
        rule = f"expected shares add up to {whole:.0%}, more than all accounts"
        faults.add((len(read) - 1,), whole, rule)


def truth(given: Any) -> bool:
    """Read yes or no."""
    if not isinstance(given, bool | str) or given not in _TRUTHS:
        raise ValueError(f"is yes or no, found {given!r}")
    return _TRUTHS[given]


def words(given: Any) -> Words:
    """Read a text in several languages."""
    if not isinstance(given, dict) or not given:
        raise ValueError("is a text for each language, as in '{en: content, sv: nöjd}'")
    for language, text in given.items():
        if not _LANGUAGE.fullmatch(str(language)):
            raise ValueError(f"names {language!r}, which is no language such as en or sv")
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"has no text for {language}")
    return tuple((str(language), text) for language, text in given.items())


def _colour(given: Any) -> str:
    if not isinstance(given, str) or not _COLOUR.fullmatch(given):
        raise ValueError(f"is '#rrggbb' in quotes, found {given!r}")
    return given.lower()


def _share(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        raise ValueError(f"is a share between 0 and 1, found {given!r}")
    return float(given)
