"""Clients placed among each other, everyone left out of its own comparison."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.benchmark.cells import ALL, Cells, cells
from crqlab.benchmark.protection import OK, Rules, finest, members, verdicts
from crqlab.benchmark.units import GROUPS, Scores
from crqlab.stats.resampling import resampled, stream

#: From the nearest peers to the farthest.
NEAREST = (("industry", "country", "wave"), ("industry", "wave"), ("wave",), ())
TOP = 0.9
_RESULTS = ("percentile", "percentile_low", "percentile_high", "gap", "gap_low", "gap_high")
NOBODY = "too few peers"


def among_peers(
    scores: Scores, errors: pd.DataFrame, *, rules: Rules, level: float, draws: int, seed: int
) -> pd.DataFrame:
    """Place every client and wave in every measure.

    Parameters
    ----------
    scores : Scores
    errors : DataFrame, shape (scores, measures)
        Standard errors of the scores, 0 for none.
    rules : Rules
    level : float
    draws, seed : int

    Returns
    -------
    DataFrame, one row per known score and measure
        ``client_id``, ``wave``, ``measure``, ``value``, ``percentile`` and ``gap`` with their
        ends, ``peers``, ``n_clients``, ``flag``.
    """
    laid = cells(scores, [name for name in NEAREST if name])
    parts = [
        _measure(scores, laid, name, errors[name].to_numpy(float), rules, (level, draws, seed))
        for name in scores.measures
    ]
    return pd.concat(parts, ignore_index=True) if parts else _nobody(scores, "crq")


def _measure(
    scores: Scores, laid: Cells, name: str, error: NDArray, rules: Rules, chance: tuple
) -> pd.DataFrame:
    value = scores.table[name].to_numpy(float)
    known = ~np.isnan(value)
    found = {result: np.full(len(value), np.nan) for result in _RESULTS}
    peers, n_peers = np.full(len(value), NOBODY, dtype=object), np.zeros(len(value), int)
    for cell, rows in _cells(laid, known, scores, rules):
        inside = np.flatnonzero(known & (laid.of[int(laid.table["crossing"][cell])] == cell))
        placed, n = _placed(value, error, laid.client, inside, rows, chance)
        for result in _RESULTS:
            found[result][rows] = placed[result]
        n_peers[rows], peers[rows] = n, _named(laid.table.iloc[cell])
    own = np.where(error > 0, "ok", "the client's own score is taken as certain")
    rows = scores.table[["client_id", "wave"]].assign(
        measure=name, value=value, **found, peers=peers, n_clients=n_peers,
        flag=np.where(np.isnan(found["percentile"]), NOBODY, own),
    )  # fmt: skip
    return rows[known]


def _nobody(scores: Scores, name: str) -> pd.DataFrame:
    rows = scores.table[["client_id", "wave"]].iloc[:0]
    blank = {column: pd.Series(dtype=float) for column in ("value", *_RESULTS, "n_clients")}
    return rows.assign(measure=name, peers="", flag="", **blank)


def _cells(laid: Cells, known: NDArray, scores: Scores, rules: Rules):
    """Yield each cell that is somebody's nearest, and the scores that look to it."""
    accounts = scores.table["n_accounts"].to_numpy(float)
    who = members(laid, known, np.ones(len(known)), accounts)
    shown = verdicts(laid, who, rules, finest(laid)) == OK
    nearest = np.full(len(known), -1)
    for names in NEAREST:
        if names in laid.crossings:
            code = laid.of[laid.crossings.index(names)]
            free = known & (nearest < 0) & (code >= 0)
            nearest[free] = np.where(shown[code[free]], code[free], -1)
    for cell in np.unique(nearest[nearest >= 0]):
        yield cell, np.flatnonzero(nearest == cell)


def _named(cell: pd.Series) -> str:
    told = [f"{name} {cell[name]}" for name in GROUPS if cell[name] != ALL]
    return ", ".join(told) or "all clients and waves"


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
    found["gap"] = _top(np.where(mine, np.nan, x), others) - value[rows]
    names, code = np.unique(of, return_inverse=True)
    rng = stream(seed, ("position", *map(int, names)))
    weight = np.vstack(list(resampled(len(names), draws, rng)))[:, code]
    own = value[rows] + error[rows] * rng.standard_normal((draws, len(rows)))
    share, top = _drawn(weight, x, own, mine)
    for result, drawn in (("percentile", share), ("gap", top[:, None] - own)):
        ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        found[f"{result}_low"] = np.minimum(ends[0], found[result])
        found[f"{result}_high"] = np.maximum(ends[1], found[result])
    seen = np.zeros((len(rows), int(of.max()) + 1), bool)
    seen[:, of] = True
    n = seen.sum(axis=1) - seen[np.arange(len(rows)), client[rows]]
    return found, n


def _below(points: NDArray, x: NDArray, counts: NDArray) -> NDArray:
    """How many peers lie below, equal ones counting half."""
    return ((x < points) & counts).sum(axis=1) + ((x == points) & counts).sum(axis=1) / 2


def _top(peers: NDArray, n: NDArray) -> NDArray:
    """Where the top tenth of the peers begins, type 7; those left out are missing."""
    ordered = np.sort(peers, axis=1)
    place = (n - 1) * TOP
    low = np.floor(place + 1e-9).astype(int)
    at = np.arange(len(ordered))
    high = np.minimum(low + 1, n - 1)
    return ordered[at, low] + (place - low) * (ordered[at, high] - ordered[at, low])


def _drawn(weight: NDArray, x: NDArray, own: NDArray, mine: NDArray) -> tuple[NDArray, NDArray]:
    """Share of peers below in each draw, and where the top tenth of the cell begins."""
    sums = np.concatenate([np.zeros((len(weight), 1)), np.cumsum(weight, axis=1)], axis=1)
    at = np.searchsorted(x, own)
    below = np.take_along_axis(sums, at, axis=1)
    total = np.repeat(sums[:, -1:], own.shape[1], axis=1)
    for nth in range(int(mine.sum(axis=1).max(initial=0))):  # the waves of a client, not clients
        has = mine.sum(axis=1) > nth
        unit = np.argsort(~mine, axis=1, kind="stable")[:, nth]
        held = weight[:, unit] * has
        below, total = below - held * (unit < at), total - held
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, below / total, 0.5)
    top = x[np.minimum((sums[:, 1:] < TOP * sums[:, -1:]).sum(axis=1), len(x) - 1)]
    return share, top
