"""Cuts of many cells and measures at once, with intervals from resampled clients.

Only how a client's scores lie to the cuts matters for their intervals: for each draw of clients
the share of scores below a cut is a ratio of two sums over clients, so that one product of
matrices makes all draws of all cells that the same clients are in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.benchmark.cells import Cells, pairs
from crqlab.stats.quantile_cuts import interval_shares
from crqlab.stats.resampling import resampled, stream

COLUMNS = 1500
GRID = 96
NARROW = 2**15
RANK_BITS = 32
THREADS = min(os.cpu_count() or 1, 8)
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Cuts of all cells in one measure.

    Attributes
    ----------
    value, low, high : ndarray, shape (cells, shares)
        Units of the measure; missing in cells without a score, an end also where too few
        scores lie beyond the cut.
    effective : ndarray, shape (cells, shares)
        Independent scores that would say as much as the cell's.
    """

    value: NDArray
    low: NDArray
    high: NDArray
    effective: NDArray


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """One crossing in one measure: scores by cell, from low to high.

    ``key`` holds cell and rank of each score as one number, so that one search serves all cells;
    ``scores`` are those ranks' scores. ``reached`` is the running ``weight``, which a cell sums to
    its count of scores; None where all count once.
    """

    key: NDArray
    starts: NDArray
    n: NDArray
    scores: NDArray
    weight: NDArray | None
    reached: NDArray | None


def cuts(
    cells: Cells,
    values: list[NDArray],
    weight: NDArray,
    shares: NDArray,
    *,
    wanted: list[NDArray],
    level: float,
    draws: int,
    seed: int,
) -> list[Cuts]:
    """Cut every wanted cell in every measure.

    Parameters
    ----------
    cells : Cells
    values : list of ndarray
        For each measure a number per score; missing ones do not count.
    weight : ndarray
        What each score counts.
    shares : ndarray
        Shares below the cuts, in (0, 1), rising.
    wanted : list of ndarray of bool
        For each measure the cells to cut.
    level : float
    draws, seed : int
        Samples of whole clients. Cells of the same clients share their draws.

    Returns
    -------
    list of Cuts, one per measure
    """
    n, width = len(cells.table), len(shares)
    found = [Cuts(*np.full((4, n, width), np.nan)) for _ in values]
    ranked = [_ranked_once(x, weight) for x in values]
    any_wanted = np.any(wanted, axis=0)
    for crossing, code in enumerate(cells.of):
        first = int(cells.table["crossing"].searchsorted(crossing))
        size = int((cells.table["crossing"] == crossing).sum())
        if not any_wanted[first : first + size].any():
            continue
        part = slice(first, first + size)
        pair_of, key = pairs(cells, crossing)
        work = partial(_laid, weight, shares, pair_of.astype(np.int32), len(key), size)
        made = _threads(work, ranked, _places(code, part, wanted))
        laid, at, held = zip(*made, strict=True)
        worth = _effective(np.stack(held, axis=1), key, part, cells, draws, seed)
        for m, (some, cut) in enumerate(zip(laid, at, strict=True)):
            found[m].value[part], found[m].effective[part] = cut, worth[:, m]
            _ends(some, found[m], part, shares, level)
    return found


def _threads(work: Callable, *over: Iterable) -> list:
    """Do the same with many arrays at once; arrays let other threads work meanwhile."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, *over))


def _laid(
    weight: NDArray,
    shares: NDArray,
    pair_of: NDArray,
    n_pairs: int,
    size: int,
    ranked: tuple,
    place: NDArray,
) -> tuple[_Sorted, NDArray, NDArray]:
    """One measure of one crossing: in order, its cuts, and what each client has below them."""
    of, rows = _sorted(place, size, ranked, weight)
    cut = _values(of, shares)
    return of, cut, _below(of, rows, cut, pair_of, n_pairs)


def _places(code: NDArray, part: slice, wanted: list[NDArray]) -> list[NDArray]:
    """For each measure the place of every score's cell in its crossing, -1 where not wanted."""
    seen: dict[bytes, NDArray] = {}
    narrow = np.int16 if part.stop - part.start < NARROW else np.int32
    for some in wanted:
        if (key := some[part].tobytes()) not in seen:
            place = np.where((code >= 0) & some[code], code - part.start, -1)
            seen[key] = place.astype(narrow)
    return [seen[some[part].tobytes()] for some in wanted]


def _ranked_once(x: NDArray, weight: NDArray) -> tuple[NDArray, NDArray]:
    """Rows that count from the lowest score to the highest, and the scores."""
    rows = np.flatnonzero(~np.isnan(x) & (weight > 0))
    rows = rows[np.argsort(x[rows])].astype(np.int32)
    return rows, x[rows]


def _sorted(place: NDArray, size: int, ranked: tuple, weight: NDArray) -> tuple[_Sorted, NDArray]:
    rows, scores = ranked
    cell = place.take(rows)
    inside = np.flatnonzero(cell >= 0)
    cell = cell if len(inside) == len(cell) else cell[inside]
    rank = inside[np.argsort(cell, kind="stable")]  # counts where numbers are narrow
    n = np.bincount(cell, minlength=size)
    cell, rows = np.repeat(np.arange(size), n), rows.take(rank)
    key = cell << RANK_BITS | rank
    starts = np.concatenate([[0], np.cumsum(n)])
    if (weight == weight[:1]).all():
        return _Sorted(key, starts, n, scores, None, None), rows
    total = np.bincount(cell, weight[rows], size)
    even = weight[rows] * (n / np.where(total > 0, total, 1))[cell]
    return _Sorted(key, starts, n, scores, even, np.cumsum(even)), rows


def _values(of: _Sorted, shares: NDArray) -> NDArray:
    """Type-7 quantiles of every cell, as `crqlab.stats.quantile_cuts.type7`."""
    place = 1 + (of.n[:, None] - 1) * shares
    below = np.maximum(np.floor(place + 1e-9), 1)
    low, high = (_ranked(of, rank) for rank in (below, np.minimum(below + 1, of.n[:, None])))
    return low + np.maximum(place - below, 0) * (high - low)


def _ranked(of: _Sorted, rank: NDArray) -> NDArray:
    """The score at a rank of each cell, missing in cells without any."""
    if not len(of.key):
        return np.full(rank.shape, np.nan)
    before = of.starts[:-1, None]
    rank = np.nan_to_num(rank, nan=1.0)
    at = (before + rank - 1).astype(int)
    if of.reached is not None:
        at = np.searchsorted(of.reached, (before + rank - 1e-6).ravel()).reshape(rank.shape)
    at = np.clip(at, before, np.maximum(of.starts[1:, None] - 1, before))
    score = of.scores[of.key[np.minimum(at, len(of.key) - 1)] & ((1 << RANK_BITS) - 1)]
    return np.where(of.n[:, None] > 0, score, np.nan)


def _below(of: _Sorted, rows: NDArray, cut: NDArray, pair_of: NDArray, n_pairs: int) -> NDArray:
    """Weight of each pair's scores up to each cut, and last of all; shape (pairs, shares + 1)."""
    width = cut.shape[1] + 1
    if not len(of.key):
        return np.zeros((n_pairs, width), np.float32)
    upto = np.searchsorted(of.scores, np.nan_to_num(cut) + 1e-12, side="right")
    edge = np.arange(len(cut))[:, None] << RANK_BITS | upto
    reach = np.searchsorted(of.key, edge)
    reach = np.where(of.n[:, None] > 0, reach, of.starts[:-1, None])
    marks = np.bincount(reach.ravel(), minlength=len(of.key) + 1)
    passed = np.cumsum(marks[:-1]) - (width - 1) * (of.key >> RANK_BITS)
    at = np.multiply(pair_of.take(rows), width, dtype=np.int64)
    held = np.bincount(at + passed, of.weight, n_pairs * width)
    return np.cumsum(held.reshape(n_pairs, width), axis=1).astype(np.float32)


def _effective(
    below: NDArray, key: NDArray, part: slice, cells: Cells, draws: int, seed: int
) -> NDArray:
    """Independent scores that each cut of each cell is worth; shape (cells, measures, shares)."""
    width, size = len(cells.clients), part.stop - part.start
    starts = np.searchsorted(key // width, np.arange(part.start, part.stop + 1))
    n_measures, n_shares = below.shape[1], below.shape[2] - 1
    found = np.full((size, n_measures, n_shares), np.nan)
    groups: dict[bytes, list[int]] = {}
    held = np.add.reduceat(below[..., -1].any(axis=1), starts[:-1]) if len(below) else [0]
    for one in np.flatnonzero((np.diff(starts) > 1) & (np.asarray(held) > 0)):
        groups.setdefault((key[starts[one] : starts[one + 1]] % width).tobytes(), []).append(one)
    for names, some in groups.items():
        who = np.frombuffer(names, key.dtype)
        counts = _draws(cells.clients[who], draws, seed)
        step = max(COLUMNS // (below.shape[1] * below.shape[2]), 1)
        chunks = [np.array(some[start : start + step]) for start in range(0, len(some), step)]
        rows = [below[starts[c][:, None] + np.arange(len(who))] for c in chunks]
        for chunk, worth in zip(chunks, _threads(partial(_worth, counts), rows), strict=True):
            found[chunk] = worth
    return found


def _draws(clients: NDArray, draws: int, seed: int) -> NDArray:
    """How often each client is drawn; shape (draws, clients)."""
    rng = stream(seed, tuple(clients))
    return np.vstack(list(resampled(len(clients), draws, rng))).astype(np.float32)


def _worth(counts: NDArray, below: NDArray) -> NDArray:
    """Effective numbers of some cells of the same clients; shape (cells, measures, shares).

    What the share below a cut varies by over the draws, against what it would vary by if all
    scores were independent. Where clients bring several scores, Student's t pays for having
    estimated that from few of them (Korn & Graubard 1998).
    """
    cells, _, measures, width = below.shape
    held, all_ = below[..., -1], below.sum(axis=1, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = all_[..., :-1] / np.maximum(all_[..., -1:], TINY)
        away = below[..., :-1] - middle[:, None].astype(np.float32) * held[..., None]
        drawn = counts @ _wide(away)
        drawn.shape = (len(counts), cells * measures, width - 1)
        drawn /= np.maximum(counts @ _wide(held), TINY)[:, :, None]
        flat = drawn.reshape(len(counts), -1)
        spread = np.einsum("ij,ij->j", flat, flat) / len(flat) - flat.mean(axis=0) ** 2
        worth = middle * (1 - middle) / spread.reshape(middle.shape)
    heard = (held > 0).sum(axis=1)[..., None]
    several = all_[..., -1:] > heard + 1e-3
    worth = np.where(np.isfinite(worth), worth, heard) * np.where(several, _paid(heard), 1.0)
    return np.clip(worth, 1.0, np.maximum(all_[..., -1:], 1.0))


def _wide(cells: NDArray) -> NDArray:
    """Clients as rows, everything else beside each other."""
    return np.ascontiguousarray(np.moveaxis(cells, 1, 0)).reshape(cells.shape[1], -1)


def _paid(clients: NDArray) -> NDArray:
    """What estimating a variance from few clients costs in effective numbers."""
    few = np.arange(1, clients.max(initial=1) + 1)
    paid = few / (few + 1) * (norm.ppf(0.975) / t.ppf(0.975, few)) ** 2
    return paid[np.maximum(clients - 1, 1) - 1]


def _ends(of: _Sorted, found: Cuts, part: slice, shares: NDArray, level: float) -> None:
    """Put the ends of the intervals where order statistics of as many scores have them."""
    worth = found.effective[part]
    for to, rank in zip((found.low, found.high), _end_shares(shares, worth, level), strict=True):
        place = rank * (of.n[:, None] + 1)
        below = np.clip(np.floor(place), 1, np.maximum(of.n[:, None] - 1, 1))
        low, high = _ranked(of, below), _ranked(of, below + 1)
        value = low + (place - below) * (high - low)
        there = (place >= 1) & (place <= of.n[:, None]) & (of.n[:, None] > 1)
        to[part] = np.where(there, value, np.nan)


def _end_shares(shares: NDArray, worth: NDArray, level: float) -> list[NDArray]:
    """`interval_shares` of many effective numbers, read off a grid where it is nearly straight."""
    root = 1 / np.sqrt(worth)
    grid, *ends = _grid(tuple(shares), level)
    return [
        np.stack([np.interp(root[:, s], grid, end[:, s]) for s in range(len(shares))], axis=1)
        for end in ends
    ]


@cache
def _grid(shares: tuple[float, ...], level: float) -> tuple[NDArray, NDArray, NDArray]:
    grid = np.linspace(1e-3, 1, GRID)
    n = np.repeat((1 / grid**2)[:, None], len(shares), axis=1)
    return grid, *interval_shares(np.broadcast_to(np.array(shares), n.shape), n, level=level)
