"""From what people write in a thresholds file to rules, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from crqlab.base.conditions import BOUNDS, LIKELY, MADE, UPWARD, Condition, Group, Rule

GROUPS, MADE_OF = ("all", "any"), {"gap": "between", "least_of": "scores", "lowest_of": "among"}
Place = tuple[str | int, ...]


class Faults:
    """Faults found so far, each with its place in the file."""

    def __init__(self) -> None:
        self.found: list[InitErrorDetails] = []

    def add(self, place: Place, value: Any, rule: str) -> None:
        """Note one fault; ``rule`` says what is wrong and what was expected."""
        error = PydanticCustomError("thresholds", "{rule}", {"rule": rule})
        self.found.append(InitErrorDetails(type=error, loc=place, input=value))

    def raised(self) -> None:
        """Raise all of them, if there are any."""
        if self.found:
            raise ValidationError.from_exception_data("thresholds", self.found)


class Reader:
    """Reads conditions on the scores of one instrument, and on what else is known of accounts.

    ``made`` are words of every instrument; ``likely`` says between what cuts of words lie that are
    no levels on the answer scale.
    """

    def __init__(
        self,
        faults: Faults,
        constructs: Iterable[str],
        low: float,
        high: float,
        *,
        made: Iterable[str] = MADE,
        likely: Mapping[str, tuple[float, float]] = LIKELY,
    ) -> None:
        self.faults, self.low, self.high, self.likely = faults, low, high, likely
        self.known = tuple(dict.fromkeys((*made, *constructs)))

    def rule(self, how: str, parts: Any, place: Place) -> Rule | None:
        """Read the conditions under ``all:`` or ``any:``."""
        if not isinstance(parts, list) or not parts:
            self.faults.add(place, parts, f"{how} must be a list of conditions, '- crq: {{...}}'")
            return None
        read = [self.condition(part, (*place, i)) for i, part in enumerate(parts)]
        flat = tuple(part for several in read for part in several)
        return Group(how, flat) if flat else None

    def condition(self, given: Any, place: Place) -> list[Rule]:
        """Read one entry of a list: a group, or a score with its bounds."""
        if not isinstance(given, dict) or len(given) != 1:
            rule = "a condition is one 'score: {bound: cut}', as in '- crq: {below: 4.5}'"
            self.faults.add(place, given, rule)
            return []
        ((name, bounds),) = given.items()
        here = (*place, str(name))
        if name in GROUPS:
            group = self.rule(name, bounds, here)
            return [group] if group else []
        if not isinstance(bounds, dict):
            self.faults.add(here, bounds, f"{name} needs bounds, as in '{name}: {{below: 4.5}}'")
            return []
        if name in MADE_OF:
            return self._made_of(name, bounds, here)
        return self._bounded("score", self._scores([name], here), bounds, here)

    def _made_of(self, kind: str, given: dict, place: Place) -> list[Rule]:
        """Read a condition on several scores."""
        key = MADE_OF[kind]
        names = given.get(key)
        first = [given.get("score")] if kind == "lowest_of" else []
        wanted = f"{kind} needs '{key}: [solution, experience]'"
        if not isinstance(names, list) or len(names) < 2 - len(first) or None in first:
            more = " and 'score: value'" if first else ""
            self.faults.add(place, names, f"{wanted}{more}; found {names!r}")
            return []
        if kind == "gap" and len(names) != 2:
            self.faults.add((*place, key), names, "a gap lies between exactly two scores")
        scores = self._scores([*first, *names], place)
        rest = {k: v for k, v in given.items() if k not in (key, "score" if first else key)}
        if kind == "lowest_of":
            for stray in rest:
                self.faults.add((*place, str(stray)), rest[stray], f"{stray!r} is not known here")
            return [Condition(kind, scores, "below", 0.0)]
        return self._bounded(kind, scores, rest, place)

    def _scores(self, names: list, place: Place) -> tuple[str, ...]:
        for name in names:
            if name not in self.known:
                near = get_close_matches(str(name), self.known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                known = ", ".join(self.known)
                rule = f"unknown construct {name!r}{hint} (instrument > constructs has: {known})"
                self.faults.add(place, name, rule)
        return tuple(map(str, names))

    def _bounded(self, kind: str, scores: tuple, given: dict, place: Place) -> list[Rule]:
        """Read the bounds of one number: at most one from below and one from above."""
        for stray in (key for key in given if key not in BOUNDS):
            near = get_close_matches(str(stray), BOUNDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            rule = f"{stray!r} is no bound, use {', '.join(BOUNDS)}{hint}"
            self.faults.add((*place, str(stray)), given[stray], rule)
        found = [
            Condition(kind, scores, bound, float(cut))
            for bound, cut in given.items()
            if bound in BOUNDS and self._cut(kind, scores[0], cut, (*place, bound))
        ]
        if not given:
            self.faults.add(place, given, f"needs a bound: {', '.join(BOUNDS)}")
        self._fits(found, place)
        return list(found)

    def _cut(self, kind: str, name: str, cut: Any, place: Place) -> bool:
        if isinstance(cut, bool) or not isinstance(cut, int | float):
            self.faults.add(place, cut, f"a cut is a number, found {cut!r} ({type(cut).__name__})")
            return False
        low, high = self.likely.get(name, (self.low, self.high))
        low, high = (0.0, high - low) if kind == "gap" else (low, high)
        if not low <= cut <= high:
            rule = f"cut {cut} lies outside of the scale of {name}, {low:g} to {high:g}"
            self.faults.add(place, cut, rule)
        return low <= cut <= high

    def _fits(self, found: list[Condition], place: Place) -> None:
        """Two bounds must leave something between them, and must not say the same thing."""
        up = [one for one in found if one.bound in UPWARD]
        down = [one for one in found if one.bound not in UPWARD]
        for side in (up, down):
            if len(side) > 1:
                names = " and ".join(one.bound for one in side)
                self.faults.add(place, names, f"overlap: {names} bound the same side, keep one")
        if up and down and up[0].cut >= down[0].cut:
            words = f"{up[0].bound} {up[0].cut:g} and {down[0].bound} {down[0].cut:g}"
            self.faults.add(place, words, f"nothing lies between {words}")
