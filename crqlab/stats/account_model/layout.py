"""Accounts in batches of one shape, and those of one pattern together.

Accounts with the same number of waves make a batch; so do, apart from them, those of which
somebody left a score out. Two accounts of a batch have one pattern if as many people answered
the same scores in the same waves, equally far apart: what their answers tell, and how surely,
is then the same function of what was answered, and is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from crqlab.stats.account_model.answers import Answers

LAG = 0.02  # years: waves whose distance differs by less have one pattern


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """People of a batch who answered equally often: one row each.

    Attributes
    ----------
    account : ndarray of int
        Row of the account in the batch.
    rows, place : ndarray of int, shape (people, times answered)
        Their rows of the answers, and the place of each wave among the account's.
    time : ndarray of float, same shape
        Years.
    kind, first : ndarray of int
        Number of each person, equal where the same scores were answered equally far apart, and
        a person of each number.
    chosen, pattern : ndarray of int
        People of the first account of each pattern, and that pattern.
    to_cells : csr_matrix, shape (cells of the batch, rows)
        Sums rows to cells.
    """

    account: NDArray
    rows: NDArray
    place: NDArray
    time: NDArray
    kind: NDArray
    first: NDArray
    chosen: NDArray
    pattern: NDArray
    to_cells: sparse.csr_matrix


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Accounts with the same number of waves.

    Attributes
    ----------
    whole : bool
        Whether everybody answered every score.
    cells, place : ndarray of int, shape (accounts, waves)
        Cells in the order of time, and the place of each one's wave among the client's.
    client : ndarray of int, shape (accounts,)
    time : ndarray of float, shape (accounts, waves)
    pattern : ndarray of int, shape (accounts,)
    first : ndarray of int, one per pattern
        An account of the pattern.
    people : tuple of People
    to_blocks, to_pairs : csr_matrix
        Sum cells to waves of clients, and pairs of cells to pairs of these.
    """

    whole: bool
    cells: NDArray
    place: NDArray
    client: NDArray
    time: NDArray
    pattern: NDArray
    first: NDArray
    people: tuple[People, ...]
    to_blocks: sparse.csr_matrix
    to_pairs: sparse.csr_matrix


def batches(given: Answers) -> tuple[Batch, ...]:
    """Sort accounts into batches."""
    there = ~np.isnan(given.values)
    some = there.any(axis=1)
    waves = np.bincount(given.cell_account)
    gap = np.zeros(len(waves), dtype=bool)
    gap[given.cell_account[given.cell[some & ~there.all(axis=1)]]] = True
    starts = np.cumsum(waves) - waves
    spells = _spells(given, np.flatnonzero(some), starts)
    masks = there @ (1 << np.arange(there.shape[1], dtype=np.int64))
    found = []
    for count in np.unique(waves):
        for whole in (True, False):
            accounts = np.flatnonzero((waves == count) & (gap != whole))
            if len(accounts):
                cells = starts[accounts][:, None] + np.arange(count)
                found.append(_batch(given, accounts, cells, spells, masks, whole))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Spells:
    """Rows of people, one person's together: where each person starts, how many rows, whose."""

    rows: NDArray
    start: NDArray
    length: NDArray
    account: NDArray
    place: NDArray


def _spells(given: Answers, rows: NDArray, starts: NDArray) -> _Spells:
    account = given.cell_account[given.cell[rows]]
    order = np.lexsort((given.cell[rows], given.person[rows], account))
    rows, account = rows[order], account[order]
    person = given.person[rows]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (person[1:] != person[:-1]) | (account[1:] != account[:-1])
    start = np.flatnonzero(new)
    length = np.diff(start, append=len(rows))
    place = given.cell[rows] - starts[account]
    return _Spells(rows, start, length, account[start], place)


def _batch(given: Answers, accounts, cells, spells: _Spells, masks, whole: bool) -> Batch:
    row = np.full(len(given.account_client), -1)
    row[accounts] = np.arange(len(accounts))
    time = given.block_time[given.cell_block[cells]]
    mine = row[spells.account] >= 0
    groups = []
    for length in np.unique(spells.length[mine]):
        at = np.flatnonzero(mine & (spells.length == length))
        rows = spells.start[at][:, None] + np.arange(length)
        groups.append((row[spells.account[at]], spells.rows[rows], spells.place[rows]))
    kinds = [distinct(np.column_stack([place, masks[rows]]))[0] for _, rows, place in groups]
    pattern, first = _patterns(time, [who for who, _, _ in groups], kinds)
    number = np.full(len(accounts), -1)
    number[first] = np.arange(len(first))
    client = given.account_client[accounts]
    place = places(given)[given.cell_block[cells]]
    return Batch(
        whole,
        cells,
        place,
        client,
        time,
        pattern,
        first,
        tuple(_people(who, rows, at, time, masks, number) for who, rows, at in groups),
        *_to_clients(client, place, given),
    )


def _people(who, rows, place, time, masks, number) -> People:
    when = time[who[:, None], place]
    kind, first = distinct(np.column_stack([masks[rows], steps(when)]))
    chosen = np.flatnonzero(number[who] >= 0)
    cell = (who[:, None] * time.shape[1] + place).ravel()
    return People(
        account=who,
        rows=rows,
        place=place,
        time=when,
        kind=kind,
        first=first,
        chosen=chosen,
        pattern=number[who[chosen]],
        to_cells=selection(cell, time.size),
    )


def _to_clients(client: NDArray, place: NDArray, given: Answers) -> tuple:
    """Sum cells, and pairs of cells, to the waves of clients."""
    n, T = len(given.clients), most_waves(given)
    block = client[:, None] * T + place
    pairs = block[:, :, None] * T + place[:, None, :]
    return selection(block.ravel(), n * T), selection(pairs.ravel(), n * T * T)


def places(given: Answers) -> NDArray:
    """Place of every block among its client's waves."""
    first = np.searchsorted(given.block_client, np.arange(len(given.clients)))
    return np.arange(len(given.block_client)) - first[given.block_client]


def most_waves(given: Answers) -> int:
    """Waves of the client that has most of them."""
    return int(np.bincount(given.block_client).max(initial=0))


def _patterns(time: NDArray, owners: list[NDArray], kinds: list[NDArray]):
    """Number accounts by their people and the distances of their waves; name one of each."""
    lags = distinct(steps(time))[0]
    sets = [collections(owner, kind, len(time)) for owner, kind in zip(owners, kinds, strict=True)]
    return distinct(np.column_stack([lags, *sets]))


def steps(time: NDArray) -> NDArray:
    """Return distances of waves in whole units of `LAG`."""
    return np.round(np.diff(time, axis=1) / LAG).astype(np.int64)


def distinct(rows: NDArray) -> tuple[NDArray, NDArray]:
    """Number rows of whole numbers, equal ones alike; return numbers, and a row of each.

    Examples
    --------
    >>> distinct(np.array([[3, 1], [2, 2], [3, 1]]))
    (array([1, 0, 1]), array([1, 0]))
    """
    number = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        codes = np.unique(column, return_inverse=True)[1]
        number = np.unique(number * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    return number, np.unique(number, return_index=True)[1]


def collections(owner: NDArray, kind: NDArray, size: int) -> NDArray:
    """Number owners by what they own, whatever its order; equal collections alike.

    Parameters
    ----------
    owner, kind : ndarray of int
        Who owns a thing, from 0 to ``size`` - 1, and what kind of thing it is.
    size : int

    Examples
    --------
    >>> collections(np.array([0, 0, 1, 1, 3]), np.array([7, 2, 2, 7, 2]), 4)
    array([2, 2, 0, 1])
    """
    order = np.lexsort((kind, owner))
    owner, kind = owner[order], kind[order]
    start = np.searchsorted(owner, np.arange(size))
    turn = np.arange(len(owner)) - start[owner]
    number, wide = np.zeros(size, dtype=np.int64), int(kind.max(initial=0)) + 2
    for k in range(int(turn.max(initial=-1)) + 1):
        mine = turn == k
        step = np.zeros(size, dtype=np.int64)
        step[owner[mine]] = kind[mine] + 1
        number = np.unique(number * wide + step, return_inverse=True)[1]
    return number


def selection(place: NDArray, size: int) -> sparse.csr_matrix:
    """Return the matrix that sums rows which have the same place.

    Examples
    --------
    >>> selection(np.array([1, 1, 0]), 3) @ np.array([[1.0], [2.0], [4.0]])
    array([[4.],
           [3.],
           [0.]])
    """
    ones = np.ones(len(place))
    return sparse.csr_matrix((ones, (place, np.arange(len(place)))), shape=(size, len(place)))
