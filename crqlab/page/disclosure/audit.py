"""What an attacker can work out of a client's view about groups that are not to be told."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

import pandas as pd

from crqlab.base.study import Study
from crqlab.base.study_key import key
from crqlab.base.waves import in_order
from crqlab.page import table_handoff
from crqlab.page.client_view import ClientView
from crqlab.page.disclosure.cells import MEASURES, Cells
from crqlab.page.disclosure.construct_means import construct_means, construct_ranges
from crqlab.page.disclosure.protected_groups import protected_groups
from crqlab.page.disclosure.puzzle import NEAR, Puzzle
from crqlab.page.disclosure.shown_numbers import ShownNumbers, of_view, of_wave
from crqlab.page.disclosure.statements import Statement, Told, told
from crqlab.page.disclosure.suppression_choice import GivenUp, given_up
from crqlab.page.tables import read_once, table
from crqlab.scores.rollups import scale_ends


def puzzles(study: Study, seen: ClientView) -> list[Puzzle]:
    """Return both measures of a client's view as an attacker has them.

    Parameters
    ----------
    study : Study
    seen : ClientView
        Withheld, not rounded yet.

    Returns
    -------
    list of Puzzle
        With what the client's files of all earlier waves tell, as these tables make them.
    """
    shown = of_view(study, seen)
    return _puzzles(study, shown, _cells(study, shown))


def released(study: Study, client: str, wave: str) -> list[Puzzle]:
    """Return what the files of one client and wave tell, without making its view.

    Parameters
    ----------
    study : Study
    client, wave : str

    Returns
    -------
    list of Puzzle
        As `puzzles` of the client's view, from which all has gone that had to.
    """
    return list(_solved(study, client, wave, lambda: of_wave(study, client, wave)).released)


def doomed(
    study: Study, client: str, wave: str, shown: Callable[[], ShownNumbers] | None = None
) -> tuple[GivenUp, ...]:
    """Return the numbers that a view has to do without, handed over or worked out.

    Parameters
    ----------
    study : Study
    client, wave : str
    shown : function, optional
        Returns the view's numbers, where they have been made.
    """
    handed = table_handoff.given_up(study, client, wave)
    if handed is not None:
        return tuple(GivenUp(*one) for one in handed)
    made = shown or (lambda: of_wave(study, client, wave))
    return _solved(study, client, wave, made).given_up


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """What a view does without, and what its files tell then."""

    released: tuple[Puzzle, ...]
    given_up: tuple[GivenUp, ...]

    @classmethod
    def of(cls, study: Study, shown: ShownNumbers) -> _Solved:
        cells = _cells(study, shown)
        made = _puzzles(study, shown, cells)
        gone = [given_up(puzzle) for puzzle in made]
        left = tuple(_without(*each) for each in zip(made, gone, strict=True))
        names = [
            GivenUp(puzzle.answers.measure, one.table, one.column, one.key)
            for puzzle, some in zip(made, gone, strict=True)
            for one in some
        ]
        means = construct_means(shown, cells, _owners(shown)) if cells is not None else ()
        return cls(left, (*names, *means))


#: The view that was solved last, so that its page, its files and their clearance share one answer.
_LAST: dict[Hashable, _Solved] = {}


def _solved(study: Study, client: str, wave: str, shown: Callable[[], ShownNumbers]) -> _Solved:
    held = key(study) if study.codebook.privacy.pseudonyms else b""
    which = (study, client, wave, table_handoff.state(study), held)
    if which not in _LAST:
        with read_once():
            found = _Solved.of(study, shown())
        _LAST.clear()
        _LAST[which] = found
    return _LAST[which]


def _puzzles(study: Study, now: ShownNumbers, cells: Cells | None) -> list[Puzzle]:
    if cells is None:
        return []
    past = _until(study, now)[:-1]
    shown = [*(of_wave(study, now.client_id, wave) for wave in past), now]
    return [_puzzle(study, shown, cells, measure) for measure in MEASURES]


def _cells(study: Study, now: ShownNumbers) -> Cells | None:
    """Lay out the answers of a wave and those before it."""
    rows = table(study, "respondents", client=now.client_id)
    rows = rows[rows["wave"].isin(_until(study, now)).to_numpy(bool)]
    accounts, sorted_ = (table(study, name, client=now.client_id)
                         for name in ("accounts", "breakdowns"))  # fmt: skip
    return Cells.of(rows, accounts, study.codebook, sorted_)


def _until(study: Study, now: ShownNumbers) -> list[str]:
    waves = table(study, "respondents", client=now.client_id)["wave"].unique()
    order = in_order([*waves, now.wave])
    return order[: order.index(now.wave) + 1]


def _owners(shown: ShownNumbers) -> dict[str, str]:
    rows = shown.accounts
    return dict(zip(rows["account_id"], rows["manager"], strict=True))


def _without(puzzle: Puzzle, gone: list[Statement]) -> Puzzle:
    left = tuple(one for one in puzzle.told.statements if one not in gone)
    return replace(puzzle, told=replace(puzzle.told, statements=left))


def _puzzle(study: Study, shown: list[ShownNumbers], cells: Cells, measure: str) -> Puzzle:
    """Tell wave by wave what that wave's files tell, less what they gave up."""
    privacy = study.codebook.privacy
    answers = cells.answers(measure, scale_ends(study.codebook.instrument)[measure])
    groups = protected_groups(answers, _owners(shown[-1]), privacy.min_scores)
    known: tuple[Statement, ...] = ()
    puzzle = Puzzle(answers, Told((), ()), (), privacy.protection, privacy.min_scores)
    for one in shown:
        own = told(study, one, answers)
        until = [group for group in groups if group.wave in one.until]
        numbers = replace(own, statements=(*known, *own.statements))
        puzzle = replace(puzzle, told=numbers, groups=tuple(until), earlier=len(known))
        if one is not shown[-1]:
            known = _without(puzzle, given_up(puzzle)).told.statements
    return puzzle


def audited(study: Study, seen: ClientView) -> pd.DataFrame:
    """Work out what a view tells of every group that is not to be told.

    Parameters
    ----------
    study : Study
    seen : ClientView
        Withheld, not rounded yet.

    Returns
    -------
    DataFrame, one row per measure and group
        ``measure``, ``kind``, ``wave``, ``key``, ``n``, ``low``, ``high`` (of its mean, in units
        of the measure), ``protected``, ``given_by`` (the statements that give it away, parted by
        blanks).
    """
    rows = []
    for puzzle in puzzles(study, seen):
        names = [one.name for one in puzzle.told.statements]
        for one in puzzle.findings(whole=True):
            group = one.group
            given = " ".join(names[place] for place in one.given_by)
            rows.append((one.measure, group.kind, group.wave, group.key, group.n,
                         one.low, one.high, one.protected, given))  # fmt: skip
    shown = of_view(study, seen)
    if (cells := _cells(study, shown)) is not None:
        least = study.codebook.privacy.protection
        for measure, group, low, high in construct_ranges(shown, cells, _owners(shown)):
            wide = high - low >= least - NEAR
            rows.append((measure, group.kind, group.wave, group.key, group.n, low, high, wide, ""))
    columns = "measure kind wave key n low high protected given_by".split()
    return pd.DataFrame(rows, columns=columns)
