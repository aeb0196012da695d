"""Clients placed in the decile tables of a release, which know no single client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.standards import TOP
from crqlab.benchmark.among_peers import TENTH
from crqlab.benchmark.cells import ALL
from crqlab.benchmark.peers import CERTAIN, NOT_THERE, peers
from crqlab.benchmark.ranked_units import GROUPS, Scores
from crqlab.benchmark.true_places import chances
from crqlab.stats.cluster_draws import stream

#: Cells of a release from the nearest to the farthest; the wave of the study may be a later one.
NEAREST = (
    ("industry", "country", "wave"),
    ("industry", "wave"),
    ("wave",),
    ("industry", "country"),
    ("industry",),
    (),
)
_KEY = ["measure", *GROUPS]


def in_tables(
    scores: Scores,
    errors: pd.DataFrame,
    tables: pd.DataFrame,
    *,
    nearest: Sequence[Sequence[str]] = NEAREST,
    level: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Place every client and wave in every measure.

    Parameters
    ----------
    scores : Scores
    errors : DataFrame, shape (scores, measures)
        Standard errors of the scores, 0 for none.
    tables : DataFrame
        Table ``deciles`` of a release.
    nearest : sequence of sequences of str
        Cells, the first that the release has counts.
    level : float
    draws, seed : int

    Returns
    -------
    DataFrame, one row per known score and measure
        As `among_peers`; percentiles are read off between the cuts, and beyond the outermost
        cut the middle of what is left is taken.
    """
    plain = tables[(tables["unit"] == "client") & (tables["view"] == "as answered")]
    cells = {key: rows for key, rows in plain.groupby(_KEY, sort=False)}  # noqa: C416
    wide = scores.table[["client_id", "wave", "industry", "country"]].astype(object)
    rows = []
    for at, about in enumerate(wide.itertuples(index=False)):
        for name in scores.measures:
            value = float(scores.table[name].iloc[at])
            if not np.isnan(value):
                chance = stream(seed, (about.client_id, about.wave, name))
                cell, error = _cell(cells, name, about, nearest), float(errors[name].iloc[at])
                found = _placed(value, error, cell, chance.standard_normal((2, draws)), level)
                rows.append({"client_id": about.client_id, "wave": about.wave, "measure": name,
                             "value": value, **found})  # fmt: skip
    columns = ["client_id", "wave", "measure", "value", *_BLANK]
    return pd.DataFrame(rows, columns=columns)


_BLANK = {
    **dict.fromkeys(("percentile", "percentile_low", "percentile_high"), np.nan),
    **dict.fromkeys(("gap", "gap_low", "gap_high", "p_upper", "p_top"), np.nan),
    "peers": "",
    "n_clients": 0,
    "flag": NOT_THERE,
}


def _cell(cells: dict, measure: str, about: Any, nearest: Sequence) -> pd.DataFrame | None:
    """Cuts of the nearest cell that the release has."""
    for names in nearest:
        key = tuple(getattr(about, name) if name in names else ALL for name in GROUPS[:3])
        if (measure, *key, ALL) in cells:
            return cells[measure, *key, ALL].sort_values("share")
    return None


def _placed(
    value: float, error: float, cell: pd.DataFrame | None, chance: NDArray, level: float
) -> dict:
    if cell is None:
        return dict(_BLANK)
    cell = cell[cell["estimate"].notna()]
    if cell.empty:
        return dict(_BLANK)
    share, cut = cell["share"].to_numpy(float), cell["estimate"].to_numpy(float)
    z = 2 * norm.isf((1 - cell["level"].to_numpy(float)) / 2)
    width = (cell["high"] - cell["low"]).to_numpy(float) / z
    width = np.where(np.isnan(width), np.nanmax(np.append(width, 0.0)), width)
    own = value + error * chance[0]
    moved = np.sort(cut + chance[1][:, None] * width, axis=1)  # doubtful cuts must not cross
    top = np.interp(TENTH, share, cut)
    drawn = {
        "percentile": _between(own[:, None], moved, share),
        "gap": moved[:, np.argmin(np.abs(share - TENTH))] - own,
    }
    found = {"percentile": _between(np.array([[value]]), cut[None], share)[0], "gap": top - value}
    for name, some in drawn.items():
        low, high = np.quantile(some, [(1 - level) / 2, (1 + level) / 2])
        found[f"{name}_low"], found[f"{name}_high"] = min(low, found[name]), max(high, found[name])
    first = cell.iloc[0]
    tenth, middle = np.interp([TOP, 0.5], share, cut)
    spread = ((top - tenth) / (2 * norm.isf(TOP))) ** 2
    peers_of = {"mean": middle, "middle": middle, "top": top, "n": int(first["n_clients"])}
    upper, best = chances(
        value, error, variance=spread, noise=0.0, **peers_of
    )  # what a release cuts are observed scores: their noise is not told apart
    found |= {"p_upper": float(upper), "p_top": float(best)}
    wide = first["shown"].split(" × ")
    who = peers({name: first[name] if name in wide else ALL for name in GROUPS})
    own_flag = "ok" if error > 0 else CERTAIN
    stands_in = first["flag"] if first["shown"] != first["by"] else own_flag
    found |= {"peers": who, "n_clients": int(first["n_clients"]), "flag": stands_in}
    return found


def _between(points: NDArray, cuts: NDArray, share: NDArray) -> NDArray:
    """Read shares off between cuts; shape (draws, cuts) to (draws,)."""
    at = (cuts <= points).sum(axis=1)
    low, high = np.clip(at - 1, 0, None), np.clip(at, None, len(share) - 1)
    rows = np.arange(len(cuts))
    step = cuts[rows, high] - cuts[rows, low]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip(np.where(step > 0, (points[:, 0] - cuts[rows, low]) / step, 0.0), 0, 1)
    inner = share[low] + part * (share[high] - share[low])
    outer = np.where(at == 0, share[0] / 2, (1 + share[-1]) / 2)
    return np.where((at == 0) | (at == len(share)), outer, inner)
