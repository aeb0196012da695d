"""Cuts of many cells and measures at once, with intervals from resampled clients.

Only how a client's scores lie to the cuts matters for their intervals: for each draw of clients
the share of scores below a cut is a ratio of two sums over clients, so that one product of
matrices makes all draws of all cells that the same clients are in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import norm, t

from crqlab.benchmark.cells import Cells, pairs
from crqlab.benchmark.ranked_units import rounded
from crqlab.benchmark.share_variance import TINY, spread
from crqlab.benchmark.threads import side_by_side
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.quantile_cuts import interval_shares, type7_of

AT_ONCE = 1_000_000  # numbers of clients in cells that one thread works on
GRID = 96


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Cuts of all cells in one measure.

    Attributes
    ----------
    value, low, high : ndarray, shape (cells, shares)
        Units of the measure; missing in cells without a score, an end also where too few
        scores lie beyond the cut.
    """

    value: NDArray
    low: NDArray
    high: NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """One measure: its known scores from low to high.

    Attributes
    ----------
    scores : ndarray
    rows : ndarray of int
        Where each stood.
    weight : ndarray or None
        What each counts; None where all count once.
    """

    scores: NDArray
    rows: NDArray
    weight: NDArray | None


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """One crossing in one measure: scores by cell, from low to high.

    ``rank`` is the place of each among all ``scores``. ``reached`` is the running ``weight``,
    which a cell sums to its count of scores; None where all count once.
    """

    starts: NDArray
    n: NDArray
    rank: NDArray
    scores: NDArray
    weight: NDArray | None
    reached: NDArray | None


def ranked(values: NDArray, weight: NDArray) -> Ranked:
    """Bring a measure's scores into order.

    Parameters
    ----------
    values : ndarray
        A number per score; missing ones do not count.
    weight : ndarray
        What each score counts.
    """
    order = np.argsort(values).astype(np.int32)  # missing ones come last
    rows = order[: len(values) - np.isnan(values).sum()]
    if (weight == weight[:1]).all() and weight[0] > 0:
        return Ranked(values.take(rows), rows, None)
    rows = rows[weight[rows] > 0]
    return Ranked(values.take(rows), rows, weight.take(rows))


def cuts(
    cells: Cells,
    measures: list[Ranked],
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
    measures : list of Ranked
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
    found = [Cuts(*np.full((3, n, width), np.nan)) for _ in measures]
    units = side_by_side(cells.unit.take, [of.rows for of in measures])
    any_wanted = np.any(wanted, axis=0)
    for crossing, code in enumerate(cells.of):
        first = int(cells.table["crossing"].searchsorted(crossing))
        size = int((cells.table["crossing"] == crossing).sum())
        if not any_wanted[first : first + size].any():
            continue
        part = slice(first, first + size)
        pair_of, key = pairs(cells, crossing)
        work = partial(_laid, shares, pair_of, len(key), size)
        made = side_by_side(work, measures, units, _places(code, part, wanted))
        laid, at, held = zip(*made, strict=True)
        worth = _effective(np.stack(held, axis=1), key, part, cells, draws, seed)
        ends = _end_shares(shares, worth, level)
        for m, (some, cut) in enumerate(zip(laid, at, strict=True)):
            found[m].value[part] = rounded(cut)
            for kept, end in zip((found[m].low, found[m].high), ends, strict=True):
                kept[part] = rounded(_at(some, end[:, m]))
    return found


def _laid(
    shares: NDArray,
    pair_of: NDArray,
    n_pairs: int,
    size: int,
    measure: Ranked,
    unit: NDArray,
    place: NDArray,
) -> tuple[_Sorted, NDArray, NDArray]:
    """One measure of one crossing: in order, its cuts, and what each client has below them."""
    of, unit = _sorted(place, size, measure, unit)
    cut = _values(of, shares)
    return of, cut, _below(of, unit, cut, pair_of, n_pairs)


def _places(code: NDArray, part: slice, wanted: list[NDArray]) -> list[NDArray]:
    """For each measure the place of every unit's cell in its crossing; one more if not wanted."""
    size = part.stop - part.start
    return [
        np.where((code >= 0) & some[code], code - part.start, size).astype(np.int32)
        for some in wanted
    ]


def _sorted(place: NDArray, size: int, measure: Ranked, unit: NDArray) -> tuple[_Sorted, NDArray]:
    """Bring scores and units into the order of their cells by counting, which keeps the ranks'."""
    n, cell = len(unit), place.take(unit)
    ahead = np.arange(n + 1, dtype=np.int32)
    by_cell = csr_array((unit, cell, ahead), shape=(n, size + 1)).tocsc()
    inside = by_cell.indptr[size]
    rank, unit = by_cell.indices[:inside], by_cell.data[:inside]
    starts = by_cell.indptr[: size + 1].astype(np.int64)
    n = np.diff(starts)
    if measure.weight is None:
        return _Sorted(starts, n, rank, measure.scores, None, None), unit
    cell, weight = np.repeat(np.arange(size), n), measure.weight.take(rank)
    total = np.bincount(cell, weight, size)
    even = weight * (n / np.where(total > 0, total, 1))[cell]
    return _Sorted(starts, n, rank, measure.scores, even, np.cumsum(even)), unit


def _values(of: _Sorted, shares: NDArray) -> NDArray:
    """Type-7 quantiles of every cell, one row each."""
    return type7_of(partial(_score, of), of.n[:, None], shares)


def _score(of: _Sorted, rank: NDArray) -> NDArray:
    """The score at a rank of each cell, missing in cells without any."""
    if not len(of.rank):
        return np.full(rank.shape, np.nan)
    before = of.starts[:-1, None]
    at = (before + rank - 1).astype(int)
    if of.reached is not None:
        at = np.searchsorted(of.reached, (before + rank - 1e-6).ravel()).reshape(rank.shape)
    at = np.clip(at, before, np.maximum(of.starts[1:, None] - 1, before))
    score = of.scores[of.rank[np.minimum(at, len(of.rank) - 1)]]
    return np.where(of.n[:, None] > 0, score, np.nan)


def _below(of: _Sorted, unit: NDArray, cut: NDArray, pair_of: NDArray, n_pairs: int) -> NDArray:
    """Weight of each pair's scores up to each cut, and last of all; shape (pairs, shares + 1)."""
    size, width = len(cut), cut.shape[1] + 1
    upto = np.searchsorted(of.scores, np.nan_to_num(cut) + 1e-12, side="right")
    among = np.arange(size)[:, None] * (len(of.scores) + 1)
    reach = np.searchsorted(of.rank + np.repeat(among[:, 0], of.n), among + upto)
    ends = np.hstack([of.starts[:-1, None], reach, of.starts[1:, None]])
    band = np.repeat(np.tile(np.arange(width), size), np.diff(ends, axis=1).ravel())
    slot = (pair_of * width).take(unit) + band
    held = np.bincount(slot, of.weight, n_pairs * width)
    return np.cumsum(held.reshape(n_pairs, width), axis=1).astype(np.float32)


def _effective(
    below: NDArray, key: NDArray, part: slice, cells: Cells, draws: int, seed: int
) -> NDArray:
    """Independent scores that each cut of each cell is worth; shape (cells, measures, shares)."""
    width = len(cells.clients)
    starts = np.searchsorted(key // width, np.arange(part.start, part.stop + 1))
    found = np.full((part.stop - part.start, below.shape[1], below.shape[2] - 1), np.nan)

    draw, tasks = partial(_draws, cells.clients, draws, seed), []
    for names, some in _alike(below, key % width, starts).items():
        who = np.frombuffer(names, key.dtype)
        step = max(AT_ONCE // (len(who) * below[0].size), 1)
        counts = draw(who) if len(some) > step else None  # once for all pieces
        pieces = [some[start : start + step] for start in range(0, len(some), step)]
        tasks += [(who, piece, counts) for piece in pieces]

    def work(who: NDArray, some: list[int], counts: NDArray | None) -> None:
        rows = below[starts[some][:, None] + np.arange(len(who))]
        found[some] = _worth(draw(who) if counts is None else counts, rows)

    if tasks:
        side_by_side(work, *zip(*tasks, strict=True))
    return found


def _alike(below: NDArray, client: NDArray, starts: NDArray) -> dict[bytes, list[int]]:
    """Cells with scores of two clients or more, by the clients that are in them."""
    groups: dict[bytes, list[int]] = {}
    held = np.add.reduceat(below[..., -1].any(axis=1), starts[:-1]) if len(below) else [0]
    for one in np.flatnonzero((np.diff(starts) > 1) & (np.asarray(held) > 0)):
        groups.setdefault(client[starts[one] : starts[one + 1]].tobytes(), []).append(one)
    return groups


def _draws(clients: NDArray, draws: int, seed: int, who: NDArray) -> NDArray:
    """How often each client is drawn; shape (draws, clients)."""
    rng = stream(seed, tuple(clients[who]))
    return np.vstack(list(resampled(len(who), draws, rng))).astype(np.float32)


def _worth(counts: NDArray, below: NDArray) -> NDArray:
    """Effective numbers of some cells of the same clients; shape (cells, measures, shares).

    What the share below a cut varies by over the draws, against what it would vary by if all
    scores were independent. Where clients bring several scores, Student's t pays for having
    estimated that from few of them (Korn & Graubard 1998).
    """
    cells, clients, measures, width = below.shape
    columns = np.moveaxis(below, 1, 0).reshape(clients, cells * measures, width)
    held, all_ = columns[..., -1], columns.sum(axis=0, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = all_[:, :-1] / np.maximum(all_[:, -1:], TINY)
        away = columns[..., :-1] - middle.astype(np.float32) * held[..., None]
        worth = middle * (1 - middle) / spread(counts, held, away)
    heard = (held > 0).sum(axis=0)[:, None]
    several = all_[:, -1:] > heard + 1e-3
    worth = np.where(np.isfinite(worth), worth, heard) * np.where(several, _paid(heard), 1.0)
    worth = np.clip(worth, 1.0, np.maximum(all_[:, -1:], 1.0))
    return worth.reshape(cells, measures, width - 1)


def _paid(clients: NDArray) -> NDArray:
    """What estimating a variance from few clients costs in effective numbers."""
    few = np.arange(1, clients.max(initial=1) + 1)
    paid = few / (few + 1) * (norm.ppf(0.975) / t.ppf(0.975, few)) ** 2
    return paid[np.maximum(clients - 1, 1) - 1]


def _at(of: _Sorted, share: NDArray) -> NDArray:
    """The scores at shares of a cell's number of scores and one; missing beyond the outermost."""
    n = of.n[:, None]
    place = share * (n + 1)
    there = (place >= 1) & (place <= n) & (n > 1)
    below = np.where(there, np.minimum(np.floor(place), n - 1), 1)
    low, high = _score(of, below), _score(of, below + 1)
    return np.where(there, low + (place - below) * (high - low), np.nan)


def _end_shares(shares: NDArray, worth: NDArray, level: float) -> list[NDArray]:
    """`interval_shares` of many effective numbers, read off a grid where it is nearly straight."""
    root = 1 / np.sqrt(worth)
    grid, *ends = _grid(tuple(shares), level)
    return [
        np.stack([np.interp(root[..., s], grid, end[:, s]) for s in range(len(shares))], axis=-1)
        for end in ends
    ]


@cache
def _grid(shares: tuple[float, ...], level: float) -> tuple[NDArray, NDArray, NDArray]:
    grid = np.linspace(1e-3, 1, GRID)
    n = np.repeat((1 / grid**2)[:, None], len(shares), axis=1)
    return grid, *interval_shares(np.broadcast_to(np.array(shares), n.shape), n, level=level)
