"""How many accounts each segment is expected to hold, from draws of all of them together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.segments.likeliest_segments import SILENT
from crqlab.segments.segment_posterior import SegmentPosterior
from crqlab.stats.account_model import central
from crqlab.stats.account_model.layout import selection


def expected(
    rows: pd.DataFrame, view: SegmentPosterior, keys: list[str], level: float
) -> pd.DataFrame:
    """Count accounts by probability, in groups; silent ones in a row of their own.

    Parameters
    ----------
    rows : DataFrame
        ``client_id``, ``wave``, ``account_id``, ``status``, ``revenue``.
    view : SegmentPosterior
    keys : list of str
        Columns that tell groups apart.
    level : float
        Coverage of the intervals of shares.

    Returns
    -------
    DataFrame, one row per group and segment, and one for silent accounts
        ``keys``, ``segment``, ``n``, ``share``, ``low``, ``high``, ``asked_share``, ``revenue``,
        ``revenue_share``; groups without any sorted or silent account are not there.
    """
    pays = rows["revenue"].astype(float).fillna(0).to_numpy()
    block, blocks = pd.factorize(pd.MultiIndex.from_frame(rows[keys]))
    at, silent = view.of(rows), (rows["status"] == SILENT).to_numpy()
    heard, B, K = np.flatnonzero(at >= 0), len(blocks), len(view.names)
    pick, labels = selection(block[heard], B), view.labels[at[heard]]
    held = [(labels == k).astype(np.float32) for k in range(K)]
    drawn = np.stack([np.asarray(pick @ one) for one in held], axis=-1)
    unknown = np.asarray(pick @ ~view.known[at[heard]]) > 0
    own = [pick @ (one.mean(axis=1) * pays[heard]) for one in held]
    n = np.column_stack([drawn.mean(axis=1), np.bincount(block[silent], minlength=B)])
    money = np.column_stack([*own, np.bincount(block[silent], pays[silent], minlength=B)])
    low, high = _ends(drawn, unknown, level)
    table = pd.DataFrame(list(blocks), columns=keys).loc[np.repeat(np.arange(B), K + 1)]
    table = table.assign(
        segment=np.tile(np.array([*view.names, SILENT], dtype=object), B),
        n=np.column_stack([whole_numbers(n[:, :K]), n[:, K].astype("int64")]).ravel(),
        share=_beside(_shares(n[:, :K])),
        low=_beside(low),
        high=_beside(high),
        asked_share=_shares(n).ravel(),
        revenue=money.ravel(),
        revenue_share=_shares(money).ravel(),
    )
    return table[np.repeat(n.sum(axis=1) > 0, K + 1)].sort_values(
        keys, kind="stable", ignore_index=True
    )


def _ends(drawn: NDArray, unknown: NDArray, level: float) -> tuple[NDArray, NDArray]:
    """Intervals of shares, shape (groups, segments); all there is where probabilities are not."""
    low, high = central(_shares(drawn).transpose(0, 2, 1), level)
    there = ~np.isnan(low)
    return (
        np.where(unknown[:, None] & there, 0.0, low),
        np.where(unknown[:, None] & there, 1.0, high),
    )


def _shares(counts: NDArray) -> NDArray:
    whole = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, whole, out=np.full(counts.shape, np.nan), where=whole > 0)


def _beside(shares: NDArray) -> NDArray:
    """Put missing numbers where silent accounts stand."""
    return np.column_stack([shares, np.full(len(shares), np.nan)]).ravel()


def whole_numbers(expected: NDArray) -> NDArray:
    """Return whole numbers that add up as what is expected does, each as near as that allows."""
    down = np.floor(expected)
    left = np.round(expected.sum(axis=1) - down.sum(axis=1)).astype(int)
    rank = np.argsort(np.argsort(down - expected, axis=1, kind="stable"), axis=1)
    return (down + (rank < left[:, None])).astype("int64")
