"""Means of constructs and of LTR: which of them to give up so that the others tell of nobody.

A client's mean, the means of its accounts, and nothing else is told of a construct. So people fall
into blocks, those of each account that is told and all the others together, and whoever changes
places inside a block leaves every number as it is: how far a group can be moved is a sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.page.disclosure.cells import MEASURES as SOLVED
from crqlab.page.disclosure.cells import Answers, Cells
from crqlab.page.disclosure.protected_groups import Group, protected_groups
from crqlab.page.disclosure.puzzle import NEAR
from crqlab.page.disclosure.shown_numbers import ShownNumbers
from crqlab.page.disclosure.suppression_choice import ACCOUNTS, GivenUp
from crqlab.scores.rollups import scale_ends

MEASURES = "scores.measures"
SPLIT = "groups.table"  # a measure by role, unit, country or product


def construct_means(shown: ShownNumbers, cells: Cells, owner: dict[str, str]) -> Iterator[GivenUp]:
    """Choose means of one wave's constructs, and of LTR, without which nobody's is told.

    Parameters
    ----------
    shown : ShownNumbers
    cells : Cells
        With the answers of that wave.
    owner : mapping of account to account manager

    Yields
    ------
    GivenUp
        A mean of one account, of that measure alone; where that is not enough, the client's; and
        the means by role, unit, country or product that may not stand beside those that are left.
    """
    width = cells.codebook.privacy.protection
    for measure, groups, blocks in _measures(shown, cells, owner):
        for name, key in blocks.without(groups, width):
            yield GivenUp(measure, name, measure if name == ACCOUNTS else "value", key)
        for dimension, label in _labels(shown, blocks.answers):
            finer = blocks.parted(label)
            if all(finer.width(group) >= width - NEAR for group in groups):
                blocks = finer
            else:
                yield GivenUp(measure, SPLIT, "value", dimension)


def _labels(shown: ShownNumbers, answers: Answers) -> Iterator[tuple[str, NDArray]]:
    """What parts people by role, unit, country and product; those withheld are one group."""
    rows = shown.groups.table
    rows = rows[(rows["measure"] == answers.measure).to_numpy(bool)]
    for dimension, own in rows.groupby("dimension", sort=False):
        told = own["group"][~own["withheld"].to_numpy(bool)]
        label = answers.groups.get(dimension)
        if len(told) and label is not None:
            yield dimension, np.where(np.isin(label, told.tolist()), label, None)


def construct_ranges(
    shown: ShownNumbers, cells: Cells, owner: dict[str, str]
) -> Iterator[tuple[str, Group, float, float]]:
    """Return how far the mean of each group can be moved: measure, group, lowest and highest."""
    for measure, groups, blocks in _measures(shown, cells, owner):
        for group in groups:
            yield measure, group, *blocks.range(group)


def _measures(
    shown: ShownNumbers, cells: Cells, owner: dict[str, str]
) -> Iterator[tuple[str, list[Group], _Blocks]]:
    told = dict(zip(shown.scores.measures["measure"], shown.scores.measures["value"], strict=True))
    ends, same = scale_ends(cells.codebook.instrument), {}
    for measure in ends:
        if measure in SOLVED or not (measure in told or measure in shown.accounts):
            continue
        answers = cells.answers(measure, ends[measure])
        who = answers.there.tobytes()  # mostly the same people answered all
        if who not in same:
            least = cells.codebook.privacy.min_scores
            found = protected_groups(answers, owner, least)
            same[who] = [group for group in found if group.wave == shown.wave]
        if groups := same[who]:
            whole = told.get(measure, np.nan)
            blocks = _Blocks(answers, shown.wave, _means(shown.accounts, measure), whole == whole)
            yield measure, groups, blocks


def _means(accounts: pd.DataFrame, measure: str) -> list[str]:
    """Accounts whose mean of a measure is told."""
    if measure not in accounts:
        return []
    known = accounts[measure].notna().to_numpy(bool)
    return accounts["account_id"][known].tolist()


class _Blocks:
    """People of one wave, parted by the means that are told; ``whole``: the client's is, too."""

    def __init__(self, answers: Answers, wave: str, open_: list[str], whole: bool) -> None:
        self.answers, self.whole = answers, whole
        self.here = answers.of(wave)
        cells: dict[str, list[int]] = {}
        for cell in np.flatnonzero(self.here).tolist():
            cells.setdefault(answers.account[cell], []).append(cell)
        self.parts = {one: np.array(cells[one]) for one in open_ if one in cells}
        self.owner = np.full(len(self.here), None, dtype=object)
        for one, part in self.parts.items():
            self.owner[part] = one
        self.rest = np.flatnonzero(self.here & pd.isna(self.owner))

    def without(self, groups: list[Group], width: float) -> Iterator[tuple[str, str]]:
        """Give up means, the fewest people's first, until each group can be moved by so much."""
        for group in groups:
            while self.width(group) < width - NEAR:
                inside = [one for one in self._owners(group) if one is not None]
                order = inside or sorted(self.parts, key=lambda one: len(self.parts[one]))
                if order:
                    more = self.parts.pop(order[0])
                    self.owner[more], self.rest = None, np.concatenate([self.rest, more])
                    yield ACCOUNTS, order[0]
                elif self.whole:
                    self.whole = False
                    yield MEASURES, self.answers.measure
                else:
                    break

    def parted(self, label: NDArray) -> _Blocks:
        """Part every block further, as if what each part comes to were told.

        That is more than is told: whoever can be moved then can be moved.
        """
        finer, parts = copy(self), {}
        keys = list(zip(self.owner.tolist(), label.tolist(), strict=True))
        for cell in np.flatnonzero(self.here).tolist():
            parts.setdefault(keys[cell], []).append(cell)
        finer.parts = {key: np.array(cells) for key, cells in parts.items()}
        finer.owner = np.full(len(keys), None, dtype=object)
        for key, cells in finer.parts.items():
            finer.owner[cells] = [key] * len(cells)
        return finer

    def width(self, group: Group) -> float:
        """How far a group's mean can be moved."""
        least, most = self.range(group)
        return most - least

    def range(self, group: Group) -> tuple[float, float]:
        """Between which ends a group's mean can be moved, all that is told as it is."""
        found = []
        for one in self._owners(group):
            part = self.rest if one is None else self.parts[one]
            found.append(self._sums(group.weights, part, told=one is not None or self.whole))
        return sum(least for least, _ in found), sum(most for _, most in found)

    def _owners(self, group: Group) -> list[str | None]:
        """Accounts whose blocks a group's people are in; None for all the others' block."""
        return list(dict.fromkeys(self.owner[np.flatnonzero(group.weights)].tolist()))

    def _sums(self, weights: NDArray, part: NDArray, *, told: bool) -> tuple[float, float]:
        """The least and the greatest that a group's people of one block can add to its mean."""
        (low, high), own = self.answers.ends, weights[part] > 0
        count, value = self.answers.survey[part], self.answers.counted[part]
        mine, others = float(count[own].sum()), float(count[~own].sum())
        least, most = low * mine, high * mine
        if told:
            whole = float(count @ value)
            least, most = max(least, whole - high * others), min(most, whole - low * others)
        share = float(weights[part].sum()) / mine if mine > 0 else 0.0
        return share * least, share * most
