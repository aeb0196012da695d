"""The sheet's groups beside all that the client's files tell: numbers that an attacker solves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.study import Study
from crqlab.page.client_view import ClientView
from crqlab.page.disclosure.audit import released
from crqlab.page.disclosure.cells import Answers
from crqlab.page.disclosure.puzzle import Finding, Puzzle
from crqlab.page.disclosure.statements import Statement
from crqlab.page.precision import NPS, NPS_GROUP, weighted_few
from crqlab.page.tables import table
from crqlab.stats.response_propensity import kish

TABLE = "head_office"
_EVERYBODY = "all"
Key = tuple[str, str, str]  # wave, dimension, group


def with_sheet(
    study: Study, client: str, puzzles: Sequence[Puzzle], rows: pd.DataFrame
) -> list[Puzzle]:
    """Return what a client's files tell together with the sheet.

    Parameters
    ----------
    study : Study
    client : str
    puzzles : sequence of Puzzle
        Of the client's view (`crqlab.page.disclosure.audit.released`).
    rows : DataFrame
        As `crqlab.page.head_office.select.head_office` returns them.
    """
    found = []
    for puzzle in puzzles:
        if puzzle.answers.measure == "nps":
            told = _told(study, client, puzzle.answers, rows)
            both = (*puzzle.told.statements, *told.values())
            puzzle = replace(puzzle, told=replace(puzzle.told, statements=both))
        found.append(puzzle)
    return found


def given_away(study: Study, view: ClientView, rows: pd.DataFrame) -> set[Key]:
    """Choose groups without which nobody's side is told by the sheet and the client's files.

    The smallest group that counts somebody of an open one goes first, then the next of that wave,
    until another side is possible for everybody who is withheld.

    Parameters
    ----------
    study : Study
    view : ClientView
    rows : DataFrame
        ``wave``, ``dimension``, ``group``, ``promoters``, ``detractors``, ``nps``, ``withheld``.
    """
    gone: set[Key] = set()
    puzzles = released(study, view.client_id, view.wave)
    alone = next((one for one in puzzles if one.answers.measure == "nps"), None)
    if alone is None:
        return gone
    told = _told(study, view.client_id, alone.answers, rows)
    own = alone.told.statements
    left, groups = dict(told), alone.groups
    while left:
        numbers = replace(alone.told, statements=(*own, *left.values()))
        puzzle = replace(alone, told=numbers, groups=groups)
        open_ = [one for one in puzzle.findings() if not one.protected]
        more = {key for one in open_ for key in _nearest(one, left)}
        if not more:
            return gone
        gone |= more
        left = {key: one for key, one in left.items() if key[:3] not in gone}
        groups = tuple(one.group for one in open_)
    return gone


def _nearest(open_: Finding, left: dict[tuple[str, ...], Statement]) -> set[Key]:
    """The smallest group of an open one's wave: one that counts its people, else any."""
    wave, people = open_.group.wave, open_.group.weights > 0
    here = {key: one.weights > 0 for key, one in left.items() if key[0] == wave}
    with_them = {key: counts for key, counts in here.items() if (counts & people).any()}
    sizes = {key: int(counts.sum()) for key, counts in (with_them or here).items()}
    return {min(sizes, key=lambda key: (sizes[key], key))[:3]} if sizes else set()


def _told(
    study: Study, client: str, answers: Answers, rows: pd.DataFrame
) -> dict[tuple[str, ...], Statement]:
    """The shown groups as sums of sides: exact, for promoters and detractors are counted."""
    groups = table(study, "breakdowns", client=client)
    own = groups.set_index(["wave", "response_id", "dimension"])["group"].to_dict()
    people = list(zip(answers.wave, answers.layout.rows["response_id"], strict=True))
    found: dict[tuple[str, ...], Statement] = {}
    shown = rows[(rows["dimension"] != _EVERYBODY) & ~rows["withheld"].to_numpy(bool)]
    for row in shown.itertuples():
        mine = [own.get((*one, row.dimension), "") == row.group for one in people]
        which = answers.of(row.wave) & np.array(mine, dtype=bool)
        if not which.any() or row.promoters != row.promoters:
            continue
        key = (row.wave, row.dimension, row.group)
        exact = which.astype(float)
        found[key] = _statement(key, "promoters", exact, float(exact @ answers.counted), None)
        weighted = answers.mean(which)
        if row.nps == row.nps and np.ptp(answers.survey[which]) > 0:
            few = pd.DataFrame({"n_respondents": [which.sum()],
                                "n_effective": [kish(answers.survey[which])]})  # fmt: skip
            places = NPS_GROUP if weighted_few(few)[0] else NPS
            value = float(weighted @ answers.counted)
            found[(*key, "nps")] = _statement(key, "nps", weighted, value, places)
    return found


def _statement(
    key: Key, column: str, weights: NDArray, value: float, places: int | None
) -> Statement:
    half = 0.0 if places is None else 0.5 * 10.0**-places
    written = value if places is None else round(value, places)
    ends = min(written - half, value), max(written + half, value)
    return Statement(TABLE, column, 0, "/".join(key), weights, *ends)
