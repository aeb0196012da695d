"""Cuts of many cells and measures at once, with intervals from resampled clients.

Only how a client's scores lie to the cuts matters for their intervals: for each draw of clients
the share of scores below a cut is a ratio of two sums over clients, so that one product of
matrices makes all draws of all cells that the same clients are in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.benchmark.cells import Cells
from crqlab.stats.quantile_cuts import interval_shares
from crqlab.stats.resampling import resampled, stream

COLUMNS = 1500
GRID = 256
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

    ``place`` is cell plus the score's place on the whole scale (0 to 1), so that one search
    serves all cells; ``reached`` the running weight, which a cell sums to its count of scores.
    """

    rows: NDArray
    cell: NDArray
    starts: NDArray
    value: NDArray
    place: NDArray
    weight: NDArray
    reached: NDArray
    n: NDArray


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
    any_wanted = np.any(wanted, axis=0)
    for crossing, code in enumerate(cells.of):
        first = int(cells.table["crossing"].searchsorted(crossing))
        size = int((cells.table["crossing"] == crossing).sum())
        if not any_wanted[first : first + size].any():
            continue
        code = np.where((code >= 0) & any_wanted[code], code, -1)
        pair_of, pairs = _pairs(code, first, size, cells)
        laid = [
            _sorted(code, first, size, x, weight, ok) for x, ok in zip(values, wanted, strict=True)
        ]
        at = [_values(some, shares) for some in laid]
        below = np.stack(
            [_below(s, a, pair_of, len(pairs)) for s, a in zip(laid, at, strict=True)], 1
        )
        worth = _effective(below, pairs, size, cells, draws, seed)
        for m, (some, cut) in enumerate(zip(laid, at, strict=True)):
            part = slice(first, first + size)
            found[m].value[part], found[m].effective[part] = cut, worth[:, m]
            _ends(some, found[m], part, shares, level)
    return found


def _pairs(code: NDArray, first: int, size: int, cells: Cells) -> tuple[NDArray, NDArray]:
    """Number the pairs of cell and client of a crossing; ``cell * clients + client`` of each."""
    width = len(cells.clients)
    key = (code.astype(np.int64) - first) * width + cells.client
    there = np.zeros(size * width, bool)
    there[key[code >= 0]] = True
    number = np.cumsum(there) - 1
    return np.where(code >= 0, number[np.maximum(key, 0)], -1), np.flatnonzero(there)


def _sorted(
    code: NDArray, first: int, size: int, x: NDArray, weight: NDArray, wanted: NDArray
) -> _Sorted:
    inside = code >= 0
    inside[inside] = wanted[code[inside]]
    rows = np.flatnonzero(inside & ~np.isnan(x) & (weight > 0))
    cell, value = (code[rows] - first).astype(np.int64), x[rows]
    low, span = (value.min(), np.ptp(value) or 1.0) if len(rows) else (0.0, 1.0)
    place = cell + (value - low) / span * 0.5
    order = np.argsort(place)
    rows, cell, value = rows[order], cell[order], value[order]
    n = np.bincount(cell, minlength=size)
    total = np.bincount(cell, weight[rows], size)
    even = weight[rows] * (n / np.where(total > 0, total, 1))[cell]
    starts = np.concatenate([[0], np.cumsum(n)])
    return _Sorted(rows, cell, starts, value, place[order], even, np.cumsum(even), n)


def _values(of: _Sorted, shares: NDArray) -> NDArray:
    """Type-7 quantiles of every cell, as `crqlab.stats.quantile_cuts.type7`."""
    place = 1 + (of.n[:, None] - 1) * shares
    below = np.maximum(np.floor(place + 1e-9), 1)
    low, high = (_ranked(of, rank) for rank in (below, np.minimum(below + 1, of.n[:, None])))
    return low + np.maximum(place - below, 0) * (high - low)


def _ranked(of: _Sorted, rank: NDArray) -> NDArray:
    """The score at a rank of each cell, missing in cells without any."""
    if not len(of.value):
        return np.full(rank.shape, np.nan)
    before = of.starts[:-1, None]
    at = np.searchsorted(of.reached, (before + rank - 1e-6).ravel()).reshape(rank.shape)
    at = np.clip(at, before, np.maximum(of.starts[1:, None] - 1, before))
    return np.where(of.n[:, None] > 0, of.value[np.minimum(at, len(of.value) - 1)], np.nan)


def _below(of: _Sorted, cut: NDArray, pair_of: NDArray, n_pairs: int) -> NDArray:
    """Weight of each pair's scores up to each cut, and last of all; shape (pairs, shares + 1)."""
    width = cut.shape[1] + 1
    if not len(of.value):
        return np.zeros((n_pairs, width), np.float32)
    low, span = of.value.min(), np.ptp(of.value) or 1.0
    edge = np.arange(len(cut))[:, None] + (np.nan_to_num(cut) - low) / span * 0.5
    reach = np.searchsorted(of.place, edge.ravel() + 1e-12).reshape(edge.shape)
    reach = np.where(of.n[:, None] > 0, reach, of.starts[:-1, None])
    marks = np.bincount(reach.ravel(), minlength=len(of.value) + 1)
    passed = np.cumsum(marks[:-1]) - (width - 1) * of.cell
    held = np.bincount(pair_of[of.rows] * width + passed, of.weight, n_pairs * width)
    return np.cumsum(held.reshape(n_pairs, width), axis=1).astype(np.float32)


def _effective(
    below: NDArray, pairs: NDArray, size: int, cells: Cells, draws: int, seed: int
) -> NDArray:
    """Independent scores that each cut of each cell is worth; shape (cells, measures, shares)."""
    width = len(cells.clients)
    cell = pairs // width
    starts = np.searchsorted(cell, np.arange(size + 1))
    n_measures, n_shares = below.shape[1], below.shape[2] - 1
    found = np.full((size, n_measures, n_shares), np.nan)
    groups: dict[bytes, list[int]] = {}
    for one in np.flatnonzero(np.diff(starts) > 1):
        groups.setdefault((pairs[starts[one] : starts[one + 1]] % width).tobytes(), []).append(one)
    for key, some in groups.items():
        who = np.frombuffer(key, pairs.dtype)
        counts = _draws(cells.clients[who], draws, seed)
        step = max(COLUMNS // (below.shape[1] * below.shape[2]), 1)
        for start in range(0, len(some), step):
            part = np.array(some[start : start + step])
            rows = starts[part][:, None] + np.arange(len(who))
            found[part] = _worth(below[rows], counts)
    return found


def _draws(clients: NDArray, draws: int, seed: int) -> NDArray:
    """How often each client is drawn; shape (draws, clients)."""
    rng = stream(seed, tuple(clients))
    return np.vstack(list(resampled(len(clients), draws, rng))).astype(np.float32)


def _worth(below: NDArray, counts: NDArray) -> NDArray:
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
