"""Which scores belong together: cells by industry, country, wave and tier, and their parents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import one_of
from crqlab.benchmark.ranked_units import GROUPS, Scores

#: What a cell gives up first when it is too small: its parent lacks it.
FIRST_TO_GO = ("country", "tier", "industry", "wave")
ALL = "all"
MOST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Every cell of every crossing, and who is in it.

    Attributes
    ----------
    table : DataFrame, one row per cell
        ``by`` (as in ``industry × wave``), ``industry``, ``country``, ``wave``, ``tier``
        (``all`` where the cell does not tell them apart), ``parent`` (row, -1 for none).
    crossings : tuple of tuple of str
        From the widest to the finest.
    unit : ndarray of int
        The unit of every score: scores alike in client and in all groups are one unit, and so
        are in the same cells. There are far fewer units of accounts than accounts.
    of : tuple of ndarray
        For each crossing the cell of every unit, -1 where a group is not known.
    atom : ndarray of int
        The finest combination of groups of every unit.
    client : ndarray of int
        The client of every unit.
    clients : Index
        Their names.
    """

    table: pd.DataFrame
    crossings: tuple[tuple[str, ...], ...]
    unit: NDArray
    of: tuple[NDArray, ...]
    atom: NDArray
    client: NDArray
    clients: pd.Index

    def cell(self, crossing: int) -> NDArray:
        """Return the cell of every score in a crossing, -1 where a group is not known."""
        return self.of[crossing][self.unit]


def cells(scores: Scores, by: Sequence[Sequence[str]] | None = None) -> Cells:
    """Lay out cells.

    Parameters
    ----------
    scores : Scores
    by : sequence of sequences of str, optional
        Crossings of ``industry``, ``country``, ``wave`` and ``tier``; those that their parents
        need are added. By default all of up to three of what the scores tell.

    Returns
    -------
    Cells
    """
    groups = [name for name in GROUPS if name in scores.table and scores.table[name].notna().any()]
    crossings = _crossings(groups, by)
    codes = {name: _code(scores.table[name]) for name in groups}
    client, clients = _code(scores.table["client_id"])
    unit, first, atom = _units(client, codes)
    codes = {name: (code[first], labels) for name, (code, labels) in codes.items()}
    tables, of, start = [], [], 0
    for at, names in enumerate(crossings):
        code, labels = _crossed(names, codes, len(first))
        of.append(np.where(code >= 0, code + start, -1).astype(np.int32))
        shown = {name: labels.get(name, np.full(len(labels["size"]), ALL)) for name in GROUPS}
        tables.append(pd.DataFrame({"crossing": at, "by": " × ".join(names) or ALL, **shown}))
        start += len(labels["size"])
    table = pd.concat(tables, ignore_index=True)
    parent = _parents(crossings, of, len(table))
    return Cells(
        table.assign(parent=parent), crossings, unit, tuple(of), atom, client[first],
        pd.Index(clients),
    )  # fmt: skip


def _crossings(groups: list[str], by: Sequence[Sequence[str]] | None) -> tuple:
    if by is None:
        some = [c for size in range(MOST + 1) for c in combinations(groups, size)]
        return tuple(c for c in some if "tier" not in c or len(c) < MOST)
    wanted: set[tuple[str, ...]] = {()}
    for names in by:
        for name in names:
            one_of("by=", name, GROUPS)
        left = tuple(name for name in groups if name in names)
        while left:
            wanted.add(left)
            left = parent_of(left)
    return tuple(sorted(wanted, key=lambda c: (len(c), [GROUPS.index(name) for name in c])))


def parent_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the crossing that steps in for one that is too small.

    Examples
    --------
    >>> parent_of(("industry", "country", "wave"))
    ('industry', 'wave')
    """
    gone = next(name for name in FIRST_TO_GO if name in names)
    return tuple(name for name in names if name != gone)


def _code(values: pd.Series) -> tuple[NDArray, NDArray]:
    code, names = pd.factorize(values, sort=True)
    return code.astype(np.int64), np.asarray(names, dtype=object)


def _crossed(names: tuple[str, ...], codes: dict, n: int) -> tuple[NDArray, dict[str, NDArray]]:
    """Number the combinations that occur, from 0, and what each is called."""
    key, known = np.zeros(n, np.int64), np.ones(n, bool)
    for name in names:
        key = key * len(codes[name][1]) + np.maximum(codes[name][0], 0)
        known &= codes[name][0] >= 0
    seen, first = np.unique(key[known], return_index=True)
    code = np.where(known, np.searchsorted(seen, key), -1)
    at = np.flatnonzero(known)[first]
    labels = {name: codes[name][1][codes[name][0][at]] for name in names}
    return code, {**labels, "size": seen}


def _units(client: NDArray, codes: dict) -> tuple[NDArray, NDArray, NDArray]:
    """Number units; return every score's, the first score of each, and each one's atom."""
    atom = np.zeros(len(client), np.int64)
    for code, names in codes.values():
        atom = atom * (len(names) + 1) + code + 1
    unit = pd.factorize(atom * (client.max(initial=0) + 1) + client)[0].astype(np.int32)
    first = np.zeros(unit.max(initial=-1) + 1, np.int64)
    first[unit[::-1]] = np.arange(len(unit))[::-1]
    return unit, first, pd.factorize(atom[first])[0]


def pairs(cells: Cells, crossing: int) -> tuple[NDArray, NDArray]:
    """Number the pairs of cell and client of a crossing.

    Returns
    -------
    tuple of ndarray
        The pair of every unit, -1 outside; ``cell * clients + client`` of every pair, rising.
    """
    code, width = cells.of[crossing], len(cells.clients)
    inside = code >= 0
    first = code[inside].min(initial=len(cells.table))
    key = (code - first).astype(np.int64) * width + cells.client
    there = np.zeros(key.max(initial=-1) + 1, bool)
    there[key[inside]] = True
    number = np.cumsum(there) - 1
    pair = np.where(inside, number.take(key, mode="clip"), -1) if inside.any() else code
    return pair, np.flatnonzero(there) + int(first) * width


def _parents(crossings: tuple, of: list[NDArray], n: int) -> NDArray:
    parent = np.full(n, -1)
    for names, code in zip(crossings, of, strict=True):
        if names:
            above = of[crossings.index(parent_of(names))]
            known = code >= 0
            parent[code[known]] = above[known]
    return parent
