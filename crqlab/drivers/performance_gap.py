"""Where each client stands on each driver: beside the panel, and beside its top decile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.instrument import Scale
from crqlab.base.standards import FEW_CLIENTS, TOP
from crqlab.drivers.respondent_layout import Layout
from crqlab.stats import linearised
from crqlab.stats.cluster_draws import resampled, stream

TOP_DECILE, SCALE_END = "top_decile", "scale_end"


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Means of one client and wave and what they are held against, the data before its draws.

    Attributes
    ----------
    performance : ndarray, shape (1 + draws, drivers)
    low, high : ndarray, shape (drivers,)
        Interval of the first of these, the one that the construct's own score has.
    panel, target : ndarray, shape (1 + draws, drivers)
        Mean of the other clients of the wave, missing where there are few; what the gap is
        measured against.
    reference : str
        ``"top_decile"`` or ``"scale_end"``.
    true_share : float
        Share of the top decile's distance from the panel that is not chance, 0 to 1: the best of
        many clients by what few said are partly the luckiest.
    n, n_accounts, n_clients : int
        Respondents, accounts, other clients of the wave.
    """

    performance: NDArray
    low: NDArray
    high: NDArray
    panel: NDArray
    target: NDArray
    reference: str
    true_share: float
    n: int
    n_accounts: int
    n_clients: int


def standings(
    layout: Layout, drivers: tuple[str, ...], *, scale: Scale, level: float, draws: int, seed: int
) -> list[Standing]:
    """Put every client and wave beside the others of the same wave, itself left out."""
    low, high = np.clip(_ends(layout, drivers, level), scale.low, scale.high)
    drawn = [_performance(layout, part, drivers, draws, seed) for part in range(len(layout.blocks))]
    waves = np.array([wave for _, wave in layout.blocks])
    crq = np.array([_crq(layout, part) for part in range(len(layout.blocks))])
    noise, found = _noise(layout, level), [None] * len(drawn)
    for wave in np.unique(waves):
        parts = np.flatnonzero(waves == wave)
        every = np.stack([drawn[part] for part in parts])
        panel, top = _others(every, crq[parts])
        true = _true_share(crq[parts], noise[parts])
        for i, part in enumerate(parts):
            few = len(parts) - 1 < FEW_CLIENTS
            end = np.full(every[i].shape, float(scale.high))
            found[part] = Standing(
                performance=every[i],
                low=low[part],
                high=high[part],
                panel=np.full(every[i].shape, np.nan) if few else panel[i],
                target=end if few else top[i],
                reference=SCALE_END if few else TOP_DECILE,
                true_share=1.0 if few else true,
                n=int(layout.starts[part + 1] - layout.starts[part]),
                n_accounts=len(np.unique(layout.cell[_slice(layout, part)])),
                n_clients=len(parts) - 1,
            )
    return found


def _ends(layout: Layout, drivers: tuple[str, ...], level: float) -> tuple[NDArray, NDArray]:
    """Student's t over accounts, shape (blocks, drivers) each."""
    found = _by_accounts(layout, list(drivers), level)
    shape = (len(layout.blocks), len(drivers))
    return tuple(found[end].to_numpy(float).reshape(shape) for end in ("low", "high"))


def _noise(layout: Layout, level: float) -> NDArray:
    """Squared standard error of each block's CRQ; missing where nothing tells it."""
    found = _by_accounts(layout, ["crq"], level)
    freedom = np.maximum(found["n_effective"].to_numpy(float) - 1, np.finfo(float).tiny)
    half = (found["high"] - found["low"]).to_numpy(float) / 2
    return (half / t.isf((1 - level) / 2, freedom)) ** 2


def _true_share(crq: NDArray, noise: NDArray) -> float:
    """Variance between clients, as a share of that of their scores."""
    known = np.isfinite(crq) & np.isfinite(noise)
    total = crq[known].var(ddof=1) if known.sum() > 1 else 0.0
    return float(max(1 - noise[known].mean() / total, 0.0)) if total > 0 else 0.0


def _by_accounts(layout: Layout, names: list[str], level: float) -> pd.DataFrame:
    """Means of all blocks with Student's t over accounts, block by block and name by name."""
    first = np.flatnonzero(np.diff(layout.cell, prepend=-1))
    values, times = layout.values(names), layout.weight[:, None]
    there = np.isfinite(values)
    sums, counts = (
        pd.DataFrame(np.add.reduceat(part, first, axis=0), layout.account[first], names)
        for part in (np.where(there, values, 0.0) * times, there * times)
    )
    return linearised.ratios(sums, counts, pd.Series(layout.block[first]), level=level)


def _slice(layout: Layout, part: int) -> slice:
    return slice(layout.starts[part], layout.starts[part + 1])


def _crq(layout: Layout, part: int) -> float:
    crq, weight = (v[_slice(layout, part)] for v in (layout.numbers["crq"], layout.weight))
    there = np.isfinite(crq)
    return float(np.nansum(crq * weight) / (weight @ there)) if there.any() else -np.inf


def _performance(
    layout: Layout, part: int, drivers: tuple[str, ...], draws: int, seed: int
) -> NDArray:
    """Means of all respondents: the data, then draws of whole accounts."""
    rows = _slice(layout, part)
    values, cell = layout.values(list(drivers))[rows], layout.cell[rows]
    there, times = np.isfinite(values), layout.weight[rows, None]
    sums = np.hstack([np.where(there, values * times, 0), there * times])
    sums = np.add.reduceat(sums, np.flatnonzero(np.diff(cell, prepend=cell[0] - 1)), axis=0)
    rng = stream(seed, ("drivers", *layout.blocks[part], "all"))
    total = np.vstack(
        [sums.sum(axis=0), *(count @ sums for count in resampled(len(sums), draws, rng))]
    )
    k = len(drivers)
    weight = total[:, k:]
    return np.divide(total[:, :k], weight, out=np.full(weight.shape, np.nan), where=weight > 0)


def _others(every: NDArray, crq: NDArray) -> tuple[NDArray, NDArray]:
    """Mean of all others, and of the best tenth of all others; shape of ``every`` each.

    ``every`` has the shape (clients, 1 + draws, drivers).
    """
    there = np.isfinite(every)
    filled = np.where(there, every, 0)
    order = np.argsort(-crq, kind="stable")
    rank = np.argsort(order)
    k = max(int(np.ceil(TOP * (len(crq) - 1))), 1)
    first, more = ((rank < limit)[:, None, None] for limit in (k, k + 1))

    def mean(member: NDArray) -> tuple[NDArray, NDArray]:
        return (filled * member).sum(axis=0), (there & member).sum(axis=0)

    def without(total: tuple[NDArray, NDArray]) -> NDArray:
        count = total[1] - there
        empty = np.full(every.shape, np.nan)
        return np.divide(total[0] - filled, count, out=empty, where=count > 0)

    alone = mean(first)
    outside = np.divide(*alone, out=np.full(every.shape[1:], np.nan), where=alone[1] > 0)
    top = np.where(first, without(mean(more)), outside)
    return without(mean(np.ones_like(first))), top
