"""A new file judged together with all earlier ones that may have been handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from crqlab.base.errors import ReportError
from crqlab.base.study import Study
from crqlab.page.disclosure.audit import released
from crqlab.page.disclosure.puzzle import Puzzle
from crqlab.page.head_office.released_groups import TABLE, with_sheet
from crqlab.report.clearance.provenance import state
from crqlab.report.clearance.statement_ledger import Release, digests, held, keep, read, release
from crqlab.stats.feasible_ranges import bounded

_NEAR = 1e-6
_SIDE = 100.0  # points from one side to the next
_NAMED = 6  # statements of a message


class DisclosureError(ReportError):
    """What is withheld could be worked out of a new file and those before it."""


@dataclass(frozen=True, slots=True)
class Known:
    """People of whom something could be worked out, and from which numbers of which files."""

    measure: str
    kind: str
    wave: str
    key: str
    given_by: tuple[str, ...]

    def __str__(self) -> str:
        more = len(self.given_by) - _NAMED
        told = ", ".join(self.given_by[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"{self.measure.upper()} of {self.kind} {self.key}, wave {self.wave}, from {told}"


def cleared(
    study: Study,
    client: str,
    wave: str,
    files: Iterable[str],
    *,
    sheet: pd.DataFrame | None = None,
) -> None:
    """Refuse files that would give away what is withheld; else keep what they tell.

    Parameters
    ----------
    study : Study
    client, wave : str
    files : iterable of str
        Names of the files that are about to be written.
    sheet : DataFrame, optional
        Rows of the head-office sheet (`crqlab.page.head_office.select`), where it is among them.

    Raises
    ------
    DisclosureError
        Something that is withheld could be worked out; names the numbers that tell it.
    StudyError
        What earlier files told cannot be read.
    """
    with held(study, client):
        _judged(study, client, wave, tuple(files), sheet)


def _judged(
    study: Study, client: str, wave: str, files: tuple[str, ...], sheet: pd.DataFrame | None
) -> None:
    releases, inputs = read(study, client), state(study)
    states = (one for one in releases if (one.wave, one.inputs) == (wave, inputs))
    here = next(states, None)
    if here and not here.superseded:
        files = tuple(dict.fromkeys([*here.files, *files]))
        if sheet is None or here.tells(TABLE):
            if files != here.files:
                keep(study, client, [replace(o, files=files) if o is here else o for o in releases])
            return
    made = released(study, client, wave)
    if sheet is not None:
        made = with_sheet(study, client, made, sheet)
    new = replace(release(wave, inputs, made), files=files)
    left = [one for one in releases if one is not here]
    if found := known(made, new, [one for one in left if not one.superseded]):
        raise DisclosureError(_refusal(client, found))
    keep(study, client, [*left, new])


def supersede(study: Study, client: str) -> list[Release]:
    """Take back all files of a client that another state of the study made, and return them.

    Parameters
    ----------
    study : Study
    client : str

    Returns
    -------
    list of Release
        What new files are not judged together with any more.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> crq.report.supersede(study, "C001")  # nothing of this client has left the house
    []
    """
    with held(study, client):
        releases, inputs = read(study, client), state(study)
        back = [one for one in releases if one.inputs != inputs and not one.superseded]
        if back:
            new = [replace(o, superseded=o.superseded or o in back) for o in releases]
            keep(study, client, new)
    return back


def _refusal(client: str, found: Sequence[Known]) -> str:
    said = "; ".join(str(one) for one in found[:3])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return (
        f"The new files of client {client} and those before them would together tell what is "
        f"withheld: {said}{more}. Of each, what can be worked out must leave the range that "
        "privacy > protection asks for, and more than one side of NPS. If the earlier files were "
        "never handed out, or are taken back, say so with --supersede; else keep to the earlier "
        "files until more people have answered."
    )


def known(made: Sequence[Puzzle], new: Release, earlier: Sequence[Release]) -> list[Known]:
    """Return of whom something can be worked out of a new release and of earlier ones together.

    Parameters
    ----------
    made : sequence of Puzzle
        What the new release was made of.
    new : Release
    earlier : sequence of Release
        Those that may have been handed out.
    """
    found = []
    for puzzle in made:
        if not earlier:
            names = [f"{one.name} of {new.what}" for one in puzzle.told.statements]
            open_ = [one for one in puzzle.findings() if not one.protected]
            found += [
                Known(one.measure, one.group.kind, one.group.wave, one.group.key,
                      tuple(names[place] for place in one.given_by))
                for one in open_
            ]  # fmt: skip
        else:
            found += _Union(puzzle, [new, *earlier]).known()
    return found


class _Union:
    """One measure of all releases together: a cell for every answer that any of them counts."""

    def __init__(self, puzzle: Puzzle, releases: Sequence[Release]) -> None:
        self.puzzle, self.releases, self.names = puzzle, releases, digests(puzzle)
        measure = puzzle.answers.measure
        self.told = [
            (one, release) for release in releases for one in release.told if one.measure == measure
        ]

    @cached_property
    def cells(self) -> dict[str, int]:
        """Places of all answers: those of today first."""
        there = self.puzzle.answers.there
        found = {name: place for place, name in enumerate(
            name for name, known in zip(self.names, there, strict=True) if known)}  # fmt: skip
        for one, told in self.told:
            for cell in one.cells:
                found.setdefault(told.cells[cell], len(found))
        return found

    def known(self) -> list[Known]:
        """Return the groups whose range is too narrow."""
        groups = list(self._groups())
        if not groups:
            return []
        rows = np.zeros((len(self.told), len(self.cells)))
        for row, (one, told) in zip(rows, self.told, strict=True):
            row[[self.cells[told.cells[cell]] for cell in one.cells]] = one.weights
        answers = self.puzzle.answers
        targets = np.zeros((len(groups), len(self.cells)))
        for row, (_, _, _, members) in zip(targets, groups, strict=True):
            row[members] = 1.0
        n = targets.sum(axis=1, keepdims=True)
        of_sides = answers.measure == "nps"
        world = answers.scores[answers.there]
        found = bounded(
            rows,
            [one.low for one, _ in self.told],
            [one.high for one, _ in self.told],
            ends=np.tile(answers.ends, (len(self.cells), 1)),
            targets=targets if of_sides else targets / n,
            world=world if len(world) == len(self.cells) else None,
            enough=_SIDE if of_sides else self.puzzle.protection,
        )
        least = _SIDE if of_sides else self.puzzle.protection
        names = [f"{one.name} of {told.what}" for one, told in self.told]
        return [
            Known(answers.measure, kind, wave, key, tuple(names[place] for place in tight))
            for (kind, wave, key, _), width, tight in zip(
                groups, found.width, found.tight, strict=True
            )
            if width < least - _NEAR
        ]

    def _groups(self) -> Iterator[tuple[str, str, str, list[int]]]:
        """Small groups, and people by whom two releases differ."""
        answers = self.puzzle.answers
        for group in self.puzzle.groups:
            cells = [self.names[cell] for cell in np.flatnonzero(group.weights)]
            yield group.kind, group.wave, group.key, [self.cells[name] for name in cells]
        today = {name for name, known in zip(self.names, answers.there, strict=True) if known}
        for told in (one for one in self.releases[1:] if not one.of_alerts):
            before = set(told.cells)
            yield from self._came(before)
            gone = sorted(self.cells[name] for name in before - today if name in self.cells)
            if told.wave in set(answers.wave) and 0 < len(gone) < self.puzzle.least:
                yield "people who are gone", told.wave, told.what, gone

    def _came(self, before: set[str]) -> Iterator[tuple[str, str, str, list[int]]]:
        """New answers of a wave of which a release told something, all and by account."""
        answers = self.puzzle.answers
        for wave in dict.fromkeys(answers.wave.tolist()):
            here = np.flatnonzero(answers.of(wave))
            old = [cell for cell in here if self.names[cell] in before]
            new = [cell for cell in here if self.names[cell] not in before]
            if not old:
                continue
            parts = {"all": new}
            for cell in new:
                parts.setdefault(str(answers.account[cell]), []).append(cell)
            for key, some in parts.items():
                if 0 < len(some) < self.puzzle.least:
                    places = [self.cells[self.names[cell]] for cell in some]
                    yield "people who came, account", wave, key, places
