"""Several exports of one study: the same questions, waves told apart, ids that repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import pandas as pd

from crqlab.base.spreadsheets.cells import folded
from crqlab.responses.draft_points import points as points_of
from crqlab.responses.instrument_draft import WAVES_APART, ConstructDraft, Draft, ItemDraft

_WAVE_IN_NAME = re.compile(
    r"(?:19|20)\d{2}(?:[-_ ]?(?:q[1-4]|h[12]|0[1-9]|1[0-2])(?!\d))?"
    r"|(?<![a-z])(?:wave|welle|våg|round|w)[-_ ]?\d{1,2}(?!\d)",
    re.IGNORECASE,
)
Point = tuple[str, float, str]
#: The order of roles that a draft begins with, the most senior first.
ROLES = ("executive", "decision maker", "influencer", "user")
_ROLES_SHOWN = 8


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Drafts of all exports of a study.

    Attributes
    ----------
    drafts : tuple of Draft
        With the same names for the same questions.
    main : Draft
        The instrument of all: items, constructs and open questions of every export.
    asked : tuple of (path, sure, why)
        What a person is to confirm of all exports together.
    notes : tuple of str
        What was assumed and holds until somebody says otherwise.
    """

    drafts: tuple[Draft, ...]
    main: Draft
    asked: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()

    def points(self) -> list[Point]:
        """Return everything that a person is to confirm, each place once."""
        found: dict[tuple[str, str], Point] = {}
        for path, sure, why in [*self.asked, *(p for one in self.drafts for p in points_of(one))]:
            construct = path.removeprefix("instrument.constructs.")
            if construct == path or construct in self.main.constructs:
                found.setdefault((path, why), (path, sure, why))
        return list(found.values())


def series(drafts: Sequence[Draft]) -> Series:
    """Put the drafts of several exports together."""
    first = max(drafts, key=lambda one: len(one.items))
    if len(drafts) == 1:
        return Series((first,), first, notes=_roles(drafts))
    named = [one if one is first else _named_alike(one, first) for one in drafts]
    whole, asked = (
        _widened(first, named),
        [*_other_wordings(named, first), *_other_scales(named, first)],
    )
    for one in named:
        whole = _with_new(whole, one)
    apart, waves = _waves(named)
    numbered, ids = _numbered(apart)
    place = next(n for n, one in enumerate(drafts) if one is first)
    main = replace(whole, columns=numbered[place].columns, wave=numbered[place].wave)
    return Series(tuple(numbered), main, (*asked, *waves, *ids), _roles(drafts))


def _said(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def _named_alike(one: Draft, main: Draft) -> Draft:
    """Give items that are worded as one of the main export that one's name."""
    known = {_said(item.text): name for name, item in main.items.items() if item.text}
    new: dict[str, str] = {}
    for name, item in one.items.items():
        ours = known.get(_said(item.text), name) if item.text else name
        new[name] = name if ours in new.values() else ours
    items = {new[name]: item for name, item in one.items.items()}
    groups = {key: replace(own, items=tuple(new[name] for name in own.items))
              for key, own in one.constructs.items()}  # fmt: skip
    return replace(one, items=items, constructs=groups)


def _with_new(main: Draft, one: Draft) -> Draft:
    """Add what only another export asked: items with their constructs, and open questions."""
    new = {name: item for name, item in one.items.items() if name not in main.items}
    groups = dict(main.constructs)
    for key, own in one.constructs.items():
        added = tuple(name for name in own.items if name in new)
        if not added:
            continue
        told = own.concept and next((k for k, g in groups.items() if g.concept == own.concept), "")
        place = told or key
        held = groups.get(place, ConstructDraft(own.label, own.concept, (), own.sure, own.why))
        groups[place] = replace(held, items=(*held.items, *added))
    comments = {name: text for name, text in one.comments.items() if name not in main.items}
    items = {**main.items, **new}
    return replace(main, items=items, constructs=groups, comments={**comments, **main.comments})


def _other_wordings(drafts: Sequence[Draft], main: Draft) -> list[Point]:
    """Ask about columns of one name that two exports word differently."""
    found = []
    for one in drafts:
        for name, item in one.items.items():
            same = main.items.get(name)
            if same and same.text and item.text and _said(same.text) != _said(item.text):
                why = (
                    f"{item.header!r} is {same.text[:60]!r} in {main.grid.file} and "
                    f"{item.text[:60]!r} in {one.grid.file}: the same question?"
                )
                found.append((f"instrument.items.{name}", 0.3, why))
    return found


def _other_scales(drafts: Sequence[Draft], main: Draft) -> list[Point]:
    """Ask about questions that two exports answer on scales of their own."""
    found = []
    for one in drafts:
        unlike: dict[tuple[tuple[int, int], tuple[int, int]], list[str]] = {}
        for name, item in one.items.items():
            same = main.items.get(name)
            if same and not _alike(same, item):
                unlike.setdefault((item.scale, same.scale), []).append(name)
        for (own, usual), names in unlike.items():
            turned = " or turned round" if own == usual else ""
            why = (
                f"{', '.join(names)}: answered on {own[0]} to {own[1]} in {one.grid.file}, on "
                f"{usual[0]} to {usual[1]} in {main.grid.file}{turned}; if both are right, they are"
                " questions of their own: give them other names under columns of that file"
            )
            found.append(("instrument.scale", 0.2, why))
    return found


def _roles(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Tell of roles that the drafted order does not know: they weigh 1."""
    columns = [one.grid.text(one.columns["role"]) for one in drafts if "role" in one.columns]
    counts = pd.concat(columns).dropna().value_counts() if columns else pd.Series(dtype=int)
    strange = counts[~counts.index.map(folded).isin(ROLES)]
    if strange.empty:
        return ()
    said = ", ".join(f"{role!r} {n:,}" for role, n in strange.head(_ROLES_SHOWN).items())
    more = f" and {len(strange) - _ROLES_SHOWN} more" if len(strange) > _ROLES_SHOWN else ""
    why = f"{said}{more} have no place in the order, so they weigh 1: which are the most senior? "
    return (f"roles.order: {why}Name all from the top, as in [Owner, Buyer]",)


def _alike(one: ItemDraft, other: ItemDraft) -> bool:
    """Whether two scales are one: the same, or an end of it that nobody used in one of them."""
    (low, high), (first, last) = one.scale, other.scale
    unused = not (one.words or other.words) and abs(low - first) + abs(high - last) == 1
    return one.reversed == other.reversed and (one.scale == other.scale or unused)


def _widened(main: Draft, drafts: Sequence[Draft]) -> Draft:
    """Take the wider one of two scales that are one."""
    items = dict(main.items)
    for name, item in main.items.items():
        own = [one.items[name].scale for one in drafts
               if name in one.items and _alike(item, one.items[name])]  # fmt: skip
        scale = min(low for low, _ in own), max(high for _, high in own)
        items[name] = replace(item, scale=scale)
    return replace(main, items=items)


def _waves(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Point]]:
    """Tell waves of files apart that neither a column nor dates within a file tell."""
    told = [one for one in drafts if one.waves or "wave" in one.columns]
    if told or len({one.wave for one in drafts}) == len(drafts):
        return list(drafts), []
    if all(one.begun is not None for one in drafts):
        return _by_month(drafts), []
    names = [found[0] if (found := _WAVE_IN_NAME.search(PurePosixPath(one.grid.file).stem)) else ""
             for one in drafts]  # fmt: skip
    files = ", ".join(one.grid.file for one in drafts)
    if all(names) and len(set(names)) == len(names):
        why = f"waves {', '.join(names)} are told by the names of the files {files}"
        return [replace(one, wave=n) for one, n in zip(drafts, names, strict=True)], [
            ("responses.files", 0.7, why)
        ]
    waves = sorted({one.wave for one in drafts})
    why = f"nothing tells the waves of {files} apart: read as {', '.join(waves)}; correct wave:"
    return list(drafts), [("responses.files", 0.0, f"{why} in the files' entries")]


def _by_month(drafts: Sequence[Draft]) -> list[Draft]:
    """Files of one year whose fieldwork lies months apart are waves with their month's name."""
    begun = [(one, pd.Timestamp(one.begun)) for one in drafts]
    found = []
    for one, day in begun:
        twins = [other for two, other in begun if two is not one and two.wave == one.wave]
        apart = any(abs(day - other) > WAVES_APART for other in twins)
        found.append(replace(one, wave=f"{day:%Y-%m}") if apart else one)
    return found


def _numbered(drafts: list[Draft]) -> tuple[list[Draft], list[Point]]:
    """Ids that several files count anew are no ids of the study: rows are numbered then."""
    ids = [set(one.grid.text(one.columns["response_id"]).dropna())
           if "response_id" in one.columns else set() for one in drafts]  # fmt: skip
    again = [ids[n] & set().union(*ids[:n]) for n in range(1, len(ids))]
    if all(ids) and not any(again):
        return drafts, []
    if not any(ids):
        return drafts, []
    without = [replace(one, columns={k: v for k, v in one.columns.items() if k != "response_id"})
               for one in drafts]  # fmt: skip
    n = sum(map(len, again))
    why = (
        f"{n:,} ids of responses stand in several files, so rows are numbered by file; "
        if n
        else ("some files have no ids of responses, so rows are numbered by file; ")
    )
    return without, [
        ("responses.number_rows", 0.6, f"{why}does a later file repeat an earlier one?")
    ]
