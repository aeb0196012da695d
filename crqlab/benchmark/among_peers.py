"""Clients placed among each other, everyone left out of its own comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.frames import empty
from crqlab.base.standards import TOP
from crqlab.benchmark.cells import Cells, cells
from crqlab.benchmark.peers import CERTAIN, NOBODY, peers
from crqlab.benchmark.protection import OK, Rules, members, verdicts
from crqlab.benchmark.ranked_units import Scores
from crqlab.benchmark.true_places import chances
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import FEW_CLUSTERS
from crqlab.stats.quantile_cuts import type7_of

#: From the nearest peers to the farthest.
NEAREST = (("industry", "country", "wave"), ("industry", "wave"), ("wave",), ())
JEFFREYS = 0.5
TENTH = 1 - TOP  # share of the panel below its top
_RESULTS = (
    "percentile", "percentile_low", "percentile_high", "gap", "gap_low", "gap_high",
    "p_upper", "p_top",
)  # fmt: skip


def among_peers(
    scores: Scores,
    errors: pd.DataFrame,
    *,
    nearest: Sequence[Sequence[str]] = NEAREST,
    rules: Rules,
    level: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Place every client and wave in every measure.

    What share of all conceivable peers lies below a score is drawn from Jeffreys' posterior of
    a share, around a score drawn from its own interval.

    Parameters
    ----------
    scores : Scores
    errors : DataFrame, shape (scores, measures)
        Standard errors of the scores, 0 for none.
    nearest : sequence of sequences of str
        Cells of peers, the first that may be shown counts.
    rules : Rules
    level : float
    draws, seed : int

    Returns
    -------
    DataFrame, one row per known score and measure
        ``client_id``, ``wave``, ``measure``, ``value``, ``percentile`` and ``gap`` with their
        ends, ``peers``, ``n_clients``, ``flag``.

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16, 101-133: Jeffreys' interval of a share.
    """
    laid = cells(scores, [names for names in nearest if names])
    chance = (level, draws, seed)
    parts = [
        _measure(scores, (laid, nearest), name, errors[name].to_numpy(float), rules, chance)
        for name in scores.measures
    ]
    return pd.concat(parts, ignore_index=True) if parts else empty("positions")


def _measure(
    scores: Scores, around: tuple, name: str, error: NDArray, rules: Rules, chance: tuple
) -> pd.DataFrame:
    laid = around[0]
    value = scores.table[name].to_numpy(float)
    known = ~np.isnan(value)
    found = {result: np.full(len(value), np.nan) for result in _RESULTS}
    who, n_peers = np.full(len(value), NOBODY, dtype=object), np.zeros(len(value), int)
    client = laid.client[laid.unit]
    for cell, rows in _cells(*around, known, scores, rules):
        inside = np.flatnonzero(known & (laid.cell(int(laid.table["crossing"][cell])) == cell))
        placed, n = _placed(value, error, client, inside, rows, chance)
        for result in _RESULTS:
            found[result][rows] = placed[result]
        n_peers[rows], who[rows] = n, peers(laid.table.iloc[cell])
    own = np.where(error > 0, "ok", CERTAIN)
    rows = scores.table[["client_id", "wave"]].assign(
        measure=name, value=value, **found, peers=who, n_clients=n_peers,
        flag=np.where(np.isnan(found["percentile"]), NOBODY, own),
    )  # fmt: skip
    return rows[known]


def _cells(
    laid: Cells, nearest: Sequence, known: NDArray, scores: Scores, rules: Rules
) -> Iterator[tuple[int, NDArray]]:
    """Yield each cell that is somebody's nearest, and the scores that look to it."""
    accounts = scores.table["n_accounts"].to_numpy(float)
    who = members(laid, known, np.ones(len(known)), accounts)
    shown = verdicts(laid, who, rules) == OK
    cell_of = np.full(len(known), -1)
    for names in map(tuple, nearest):
        if names in laid.crossings:
            code = laid.cell(laid.crossings.index(names))
            free = known & (cell_of < 0) & (code >= 0)
            cell_of[free] = np.where(shown[code[free]], code[free], -1)
    for cell in np.unique(cell_of[cell_of >= 0]):
        yield cell, np.flatnonzero(cell_of == cell)


def _placed(
    value: NDArray, error: NDArray, client: NDArray, inside: NDArray, rows: NDArray, chance: tuple
) -> tuple[dict[str, NDArray], NDArray]:
    """Place some scores of a cell; draws of the clients share their chance."""
    level, draws, seed = chance
    order = inside[np.argsort(value[inside], kind="stable")]
    x, of = value[order], client[order]
    mine = client[rows][:, None] == of
    others = len(of) - mine.sum(axis=1)
    found = {"percentile": _below(value[rows][:, None], x, ~mine) / others}
    found["gap"] = _begins(np.where(mine, np.nan, x), others, TENTH) - value[rows]
    n = _clients(of, mine)
    ends = {"middle": _begins(np.where(mine, np.nan, x), others, 0.5)}
    ends["top"] = found["gap"] + value[rows]
    found["p_upper"], found["p_top"] = chances(
        value[rows], error[rows], n=n, **ends, **_spread(x, error[order], ~mine)
    )
    names, code = np.unique(of, return_inverse=True)
    rng = stream(seed, ("position", *map(int, names)))
    own = value[rows] + error[rows] * rng.standard_normal((draws, len(rows)))
    weight = np.vstack(list(resampled(len(names), draws, rng)))[:, code]
    share = n * _share_below(x, own, mine)
    drawn = {"percentile": rng.beta(share + JEFFREYS, n - share + JEFFREYS)}
    few = len(names) < FEW_CLUSTERS
    drawn["gap"] = (_normal_top(x, draws, rng) if few else _drawn_top(weight, x))[:, None] - own
    for result, some in drawn.items():
        ends = np.quantile(some, [(1 - level) / 2, (1 + level) / 2], axis=0)
        found[f"{result}_low"] = np.minimum(ends[0], found[result])
        found[f"{result}_high"] = np.maximum(ends[1], found[result])
    return found, n


def _spread(x: NDArray, error: NDArray, others: NDArray) -> dict[str, NDArray]:
    """Mean, variance and noise of the peers' scores of each row of ``others``."""
    n = np.maximum(others.sum(axis=1), 2)
    mean = others @ x / n
    variance = np.maximum(others @ x**2 / n - mean**2, 0) * n / (n - 1)
    return {"mean": mean, "variance": variance, "noise": others @ error**2 / n}


def _clients(of: NDArray, mine: NDArray) -> NDArray:
    """How many other clients each is compared with."""
    return np.full(len(mine), len(np.unique(of))) - mine.any(axis=1)


def _below(points: NDArray, x: NDArray, counts: NDArray) -> NDArray:
    """How many peers lie below, equal ones counting half."""
    return ((x < points) & counts).sum(axis=1) + ((x == points) & counts).sum(axis=1) / 2


def _begins(peers: NDArray, n: NDArray, share: float) -> NDArray:
    """What a share of the peers lies below, type 7; those left out are missing."""
    ordered = np.sort(peers, axis=1)
    row = np.arange(len(ordered))
    return type7_of(lambda rank: ordered[row, rank.astype(int)], n, share, first=0)


def _share_below(x: NDArray, own: NDArray, mine: NDArray) -> NDArray:
    """Share of the peers' scores below each drawn score of each client."""
    at = np.searchsorted(x, own)
    below, held = at.astype(float), mine.sum(axis=1)
    places = np.argsort(~mine, axis=1, kind="stable")
    for nth in range(int(held.max(initial=0))):  # the waves of a client, not clients
        below -= (held > nth) & (places[:, nth] < at)
    return below / (len(x) - held)


def _drawn_top(weight: NDArray, x: NDArray) -> NDArray:
    """Where the top tenth of each draw of clients begins."""
    sums = np.cumsum(weight, axis=1)
    return x[np.minimum((sums < TENTH * sums[:, -1:]).sum(axis=1), len(x) - 1)]


def _normal_top(x: NDArray, draws: int, rng: np.random.Generator) -> NDArray:
    """The same of few clients, whose samples end where they end: as if scores were normal."""
    n = len(x)
    spread = x.std(ddof=1) * np.sqrt((n - 1) / rng.chisquare(n - 1, draws))
    return x.mean() + spread * (norm.isf(TOP) + rng.standard_normal(draws) / np.sqrt(n))
