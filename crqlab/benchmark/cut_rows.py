"""From cuts of all cells to rows of a decile table; hidden cells show their parents' numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import code
from crqlab.benchmark.cells import Cells
from crqlab.benchmark.cut_intervals import Cuts
from crqlab.benchmark.protection import BARE, FEW, FEW_ACCOUNTS, LARGE, OK, Members
from crqlab.benchmark.ranked_units import GROUPS
from crqlab.benchmark.threads import side_by_side
from crqlab.stats.quantile_cuts import OPEN

#: Why a wider cell stands in the place of one that may not be shown.
_WHY = {
    OK: "shown",
    FEW: "wider_few_clients",
    FEW_ACCOUNTS: "wider_few_accounts",
    LARGE: "wider_large_client",
    BARE: "wider_subtraction",
}


def cut_rows(
    laid: Cells,
    names: Sequence[str],
    judged: list[tuple[NDArray, Members]],
    found: list[Cuts],
    share: NDArray,
) -> pd.DataFrame:
    """Lay all cells, measures and shares below one another; hidden cells show their parents.

    A crossing of which no cell may be shown is left out: its parents say the same.

    Parameters
    ----------
    laid : Cells
    names : sequence of str
        The measures.
    judged : list of (verdicts, Members)
        For each measure what may be shown, and who is in the cells.
    found : list of Cuts
        For each measure.
    share : ndarray
        Shares below the cuts.

    Returns
    -------
    DataFrame, one row per cell, measure and share
        The columns of `DecileTable` but ``unit``, ``view`` and ``level``.
    """
    crossing = laid.table["crossing"].to_numpy()
    shown = np.unique(crossing[np.any([verdict == OK for verdict, _ in judged], axis=0)])
    told, alike = np.isin(crossing, shown), defaultdict(list)
    for m, (verdict, _) in enumerate(judged):
        alike[id(verdict)].append(m)
    parts = {}
    for some in alike.values():
        of = [found[m] for m in some]
        parts |= zip(some, _measures(laid, *judged[some[0]], told, of), strict=True)
    parts = [parts[m] for m in range(len(names))]
    measure = np.repeat(np.arange(len(names)), [len(part["cell"]) for part in parts])
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return _written(laid, names, measure, rows, share)


def _measures(
    laid: Cells, verdict: NDArray, who: Members, told: NDArray, cuts: list[Cuts]
) -> Iterator[dict[str, NDArray]]:
    """What measures judged alike tell of each cell: whose cuts, of how many, and the cuts."""
    n, source = len(laid.table), _source(laid, verdict)
    clients, accounts = np.bincount(who.cell, minlength=n), np.bincount(who.cell, who.accounts, n)
    cell = np.flatnonzero((source >= 0) & (clients > 0) & told)
    of = source[cell]
    value, low, high = (
        np.stack([getattr(cut, name) for cut in cuts], axis=1) for name in ("value", "low", "high")
    )
    shrunken = _shrunken(laid, verdict, value, low, high)
    all_ = {"estimate": value, "low": low, "high": high, "shrunken": shrunken}
    for m in range(len(cuts)):
        yield {
            "cell": cell, "of": of, "verdict": verdict[cell], "n_clients": clients[of],
            "n_accounts": accounts[of].astype("int64"),
            **{name: values[of, m] for name, values in all_.items()},
        }  # fmt: skip


def _written(
    laid: Cells, names: Sequence[str], measure: NDArray, rows: dict[str, NDArray], share: NDArray
) -> pd.DataFrame:
    """Write the rows out, each cell once for every share; texts are looked up, not made."""
    width, by = len(share), laid.table["by"]
    own, crossing = rows["of"] == rows["cell"], laid.table["crossing"].to_numpy()
    unsure = np.isnan(rows["low"]) | np.isnan(rows["high"])
    whys = [code(why, shown=name) for why in _WHY.values() for name in by[_first(crossing)]]
    hidden = rows["verdict"] * (crossing[-1] + 1) + crossing[rows["of"]] + 2
    flag = np.where(own[:, None], unsure, hidden[:, None])
    once = {name: (laid.table[name], rows["cell"]) for name in ("by", *GROUPS)}
    once |= {"measure": (names, measure), "shown": (by, rows["of"])}
    labels, codes = zip(*once.values(), strict=True)
    codes = [*(np.repeat(code, width) for code in codes), flag.ravel()]
    looked_up = side_by_side(_texts, [*labels, ["ok", OPEN, *whys]], codes)
    texts = dict(zip([*once, "flag"], looked_up, strict=True))
    numbers = {name: rows[name].ravel() for name in ("estimate", "low", "high", "shrunken")}
    counts = {name: np.repeat(rows[name], width) for name in ("n_clients", "n_accounts")}
    return pd.DataFrame({**texts, "share": np.tile(share, len(own)), **numbers, **counts})


def _first(codes: NDArray) -> NDArray:
    return np.unique(codes, return_index=True)[1]


def _texts(labels: Sequence[str] | pd.Series, code: NDArray) -> pd.api.extensions.ExtensionArray:
    return pd.array(np.asarray(labels, dtype=object), dtype="str").take(code)


def _source(laid: Cells, verdict: NDArray) -> NDArray:
    """The cell whose numbers each cell shows: itself, or the nearest parent that may; else -1."""
    source, parent = np.arange(len(verdict)), laid.table["parent"].to_numpy()
    for _ in GROUPS:
        hidden = (source >= 0) & (verdict[source] != OK)
        source = np.where(hidden, parent[source], source)
    return np.where((source >= 0) & (verdict[source] == OK), source, -1)


def _shrunken(
    laid: Cells, verdict: NDArray, value: NDArray, low: NDArray, high: NDArray
) -> NDArray:
    """Cuts drawn towards those of the parent as far as chance demands (DerSimonian & Laird).

    Cells of a crossing differ from their parents by honest differences and by chance; what
    chance does not explain is the variance of the honest ones.
    """
    parent = laid.table["parent"].to_numpy()
    shown = verdict == OK
    nearest = np.where(parent >= 0, _source(laid, verdict)[parent], -1)
    z = norm.ppf(0.975)
    noise = (np.where(np.isnan(high), value - low, high - value) / z) ** 2
    moved = value.copy()
    crossing = laid.table["crossing"].to_numpy()
    for at in range(1, len(laid.crossings)):  # parents come first
        rows = np.flatnonzero(shown & (crossing == at) & (nearest >= 0))
        if len(rows):
            away, spread = value[rows] - moved[nearest[rows]], noise[rows]
            moved[rows] = moved[nearest[rows]] + _kept(away, spread) * away
    return moved


def _kept(away: NDArray, noise: NDArray) -> NDArray:
    """Share of each difference that is kept."""
    sure = np.where(np.isfinite(noise) & (noise > 0), noise, np.nan)
    weight = np.nan_to_num(1 / sure)
    mass = np.maximum(weight.sum(axis=0), np.finfo(float).tiny)
    excess = (weight * np.nan_to_num(away) ** 2).sum(axis=0) - (weight > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.maximum(np.nan_to_num(excess / mass), 0)
        kept = between / (between + sure)
    return np.where(np.isnan(kept), 1.0, kept)
