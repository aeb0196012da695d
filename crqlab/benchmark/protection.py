"""Which cells may be shown: enough clients, none too large, and nobody laid bare by subtraction."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from crqlab.base.standards import FEW_CLIENTS
from crqlab.benchmark.cells import Cells, pairs

OK, FEW, FEW_ACCOUNTS, LARGE, BARE = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Rules:
    """When a cell may be shown.

    Attributes
    ----------
    min_clients : int
        Fewest clients in a cell, and in what is left when shown cells are taken from one another.
    min_accounts : int
        Fewest accounts in a cell.
    max_share : float
        Largest share of a cell that one client may hold, in (0, 1].
    """

    min_clients: int = FEW_CLIENTS
    min_accounts: int = 30
    max_share: float = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Which clients are in which cell, as pairs.

    Attributes
    ----------
    cell, client : ndarray of int
        One element per pair.
    weight, rows : ndarray
        What the client weighs in the cell, and how many of its scores are there.
    accounts : ndarray
        How many accounts stand behind them.
    """

    cell: NDArray
    client: NDArray
    weight: NDArray
    rows: NDArray
    accounts: NDArray


def members(cells: Cells, known: NDArray, weight: NDArray, accounts: NDArray) -> Members:
    """Count who is in each cell with a known score.

    Parameters
    ----------
    cells : Cells
    known : ndarray of bool
        Scores that are there.
    weight, accounts : ndarray
        Of every score.
    """
    n_clients, parts = len(cells.clients), []
    of = cells.unit[known]
    each = [np.bincount(of, some[known], len(cells.client)) for some in (weight, accounts)]
    each.append(np.bincount(of, minlength=len(cells.client)).astype(float))
    for crossing in range(len(cells.of)):
        pair_of, key = pairs(cells, crossing)
        inside = pair_of >= 0
        sums = [np.bincount(pair_of[inside], some[inside], len(key)) for some in each]
        rows = sums.pop().astype(np.int64)
        some = rows > 0
        columns = (key // n_clients, key % n_clients, sums[0], rows, sums[1])
        parts.append([column[some] for column in columns])
    return Members(*[np.concatenate(column) for column in zip(*parts, strict=True)])


def verdicts(
    cells: Cells, who: Members, rules: Rules, *, memory: dict[Hashable, Any] | None = None
) -> NDArray:
    """Say of every cell whether it may be shown, and if not, why not.

    Parameters
    ----------
    cells : Cells
    who : Members
    rules : Rules
    memory : dict, optional
        What was found out already: one for all measures of the same cells and rules saves most
        of the work, as their scores are missing here and there but rarely of a client's all.

    Returns
    -------
    ndarray of int, one per cell
        ``OK``, ``FEW``, ``FEW_ACCOUNTS``, ``LARGE`` or ``BARE``.
    """
    n = len(cells.table)
    clients = np.bincount(who.cell, minlength=n)
    total = np.bincount(who.cell, who.weight, n)
    largest = np.zeros(n)
    np.maximum.at(largest, who.cell, who.weight)
    found = np.full(n, OK)
    found[largest > rules.max_share * total + 1e-12] = LARGE
    found[np.bincount(who.cell, who.accounts, n) < rules.min_accounts] = FEW_ACCOUNTS
    found[clients < rules.min_clients] = FEW
    memory = {} if memory is None else memory
    nests = _once(memory, "nests", (who.cell, who.client), lambda: _nests(cells, who))

    def solvable() -> NDArray:
        return _solvable(cells, found, clients, rules.min_clients)

    while (bare := _bare(found == OK, who, clients, nests, rules.min_clients)).size:
        found[bare] = BARE
    while (bare := _once(memory, "solvable", (found, clients), solvable)).size:
        found[bare] = BARE
        while (more := _bare(found == OK, who, clients, nests, rules.min_clients)).size:
            found[more] = BARE
    return found


def _once(memory: dict, what: str, arrays: tuple[NDArray, ...], work: Callable[[], Any]) -> Any:
    key = (what, *(some.tobytes() for some in arrays))
    if key not in memory:
        memory[key] = work()
    return memory[key]


def _nests(cells: Cells, who: Members) -> list[tuple[NDArray, NDArray, NDArray]]:
    """For each two crossings, one wider: the wider cell of each finer one, and pairs in both.

    Pairs of cell and client of the finer crossing come first, then the same client's pair in
    the wider cell.
    """
    width = len(cells.clients)
    key = who.cell * width + who.client
    order = np.argsort(key)
    found = []
    for (i, wide), (j, fine) in product(enumerate(cells.crossings), repeat=2):
        if set(wide) < set(fine):
            known = cells.of[j] >= 0
            parent = np.full(len(cells.table), -1)
            parent[cells.of[j][known]] = cells.of[i][known]
            pair = np.flatnonzero(parent[who.cell] >= 0)
            above = parent[who.cell[pair]] * width + who.client[pair]
            found.append((parent, pair, order[np.searchsorted(key, above, sorter=order)]))
    return found


def _bare(shown: NDArray, who: Members, clients: NDArray, nests: list, least: int) -> NDArray:
    """Shown cells to withhold, as what is left of a wider cell without them is too few clients.

    Two subtractions are tried on every wider cell: one finer cell, and all finer cells of a
    crossing that are shown.
    """
    n = len(shown)
    for parent, pair, there in nests:
        both = shown[who.cell[pair]] & shown[who.cell[there]]
        if not both.any():
            continue
        pair, there = pair[both], there[both]
        cell, wide = who.cell[pair], who.cell[there]
        left = (
            clients[wide] - np.bincount(cell[who.rows[pair] == who.rows[there]], minlength=n)[cell]
        )
        taken = np.bincount(there, who.rows[pair], len(who.cell))
        gone = np.bincount(who.cell[(taken > 0) & (taken >= who.rows)], minlength=n)
        rest = (clients - gone)[wide]
        bare = ((left > 0) & (left < least)) | ((rest > 0) & (rest < least))
        if bare.any():
            return _smallest(np.unique(cell[bare]), parent, clients)
    return np.array([], int)


def _smallest(candidates: NDArray, parent: NDArray, clients: NDArray) -> NDArray:
    """Of each wider cell the finer one with the fewest clients."""
    order = np.lexsort((candidates, clients[candidates], parent[candidates]))
    ranked = candidates[order]
    return ranked[np.unique(parent[ranked], return_index=True)[1]]


def _solvable(cells: Cells, found: NDArray, clients: NDArray, least: int) -> NDArray:
    """A shown cell to withhold, as sums and differences of shown cells make up a hidden one."""
    shown = np.flatnonzero(found == OK)
    hidden = np.flatnonzero((found != OK) & (clients > 0) & (clients < least))
    if not len(shown) or not len(hidden):
        return np.array([], int)
    design = _design(cells, len(found))
    known, target = design[shown], design[hidden]
    root, turn = np.linalg.eigh((known @ known.T).toarray())
    kept = root > 1e-9 * root[-1]
    inner = (target @ known.T).toarray() @ (turn[:, kept] / np.sqrt(root[kept]))
    miss = np.asarray(target.sum(axis=1)).ravel() - (inner**2).sum(axis=1)
    solved = np.flatnonzero(miss < 1e-6)
    if not len(solved):
        return np.array([], int)
    mix = turn[:, kept] @ (inner[solved[0]] / np.sqrt(root[kept]))
    used = shown[np.abs(mix) > 1e-6]
    return used[np.argmin(clients[used])][None]


def _design(cells: Cells, n: int) -> csr_array:
    """Which finest combinations make up each cell: ones, shape (cells, combinations)."""
    codes = np.concatenate([code[code >= 0] for code in cells.of])
    columns = np.concatenate([cells.atom[code >= 0] for code in cells.of])
    shape = (n, int(cells.atom.max()) + 1)
    there = pd.unique(codes.astype(np.int64) * shape[1] + columns)
    return csr_array((np.ones(len(there)), (there // shape[1], there % shape[1])), shape=shape)
