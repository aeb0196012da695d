"""Where a client's completion stands among all clients', beside what others have published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, column
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.results import Result
from crqlab.base.standards import FEW_CLIENTS
from crqlab.base.waves import in_order, latest
from crqlab.participation.completion_rates import Completion

BAND = 5  # percentage points, as published: 21-25, 26-30, ...
#: Facts that others have published; never mixed into our own distribution.
PUBLISHED: Mapping[str, tuple[float, float]] = {
    "lowest": (0.04, 0.04),
    "most_common": (0.26, 0.30),
    "first_timers_under": (0.33, 0.33),
    "average_about": (0.35, 0.35),
    "long_running_from": (0.50, 0.50),
}


@dataclass(frozen=True, slots=True, eq=False)
class CompletionRanks(Result):
    """Completion of every client among all clients, each with its last wave until then.

    Attributes
    ----------
    table : DataFrame
        Table ``completion_rank``, by wave in time, the highest first.
    bands : DataFrame
        Table ``completion_bands``: how many other clients lie in each published band.
    published : mapping of fact to (low, high)
        What others have published, shares in [0, 1].
    level : float
        Coverage of each interval, in (0, 1).
    """

    table: pd.DataFrame
    bands: pd.DataFrame
    published: Mapping[str, tuple[float, float]]
    level: float

    @property
    def latest(self) -> pd.DataFrame:
        """Every client's last wave among those of all clients."""
        last = self.table["wave"].tail(1).tolist()
        return self.table[self.table["wave"].isin(last)].reset_index(drop=True)

    def of(self, client: str) -> str:
        """Say in one sentence where a client stands with its last wave."""
        rows = self.latest[self.latest["client_id"] == client]
        if rows.empty:
            return f"Completion of {client} is not known"
        row = rows.iloc[0]
        said = f"{client}: {100 * row['value']:.0f} % of contacts answered"
        if np.isnan(row["percentile"]):
            return f"{said}; there is no other client to compare with"
        return (
            f"{said}, more than at {100 * row['percentile']:.0f} % of the other "
            f"{row['n_others']:,} clients "
            f"({100 * row['percentile_low']:.0f} to {100 * row['percentile_high']:.0f} %)"
        )

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody recorded who was asked: completion is not known"
        value, bands = self.latest["value"], self.latest["band"].value_counts()
        published = "published: average about 35 %, most often 26-30 %, lowest 4 %"
        if len(value) == 1:
            return f"1 client: completion is {100 * value.iloc[0]:.0f} %; {published}"
        common = bands.index[bands == bands.max()]
        often = f"most often {common[0]} %, " if len(common) == 1 else ""
        return (
            f"{len(value):,} clients: completion is {100 * value.mean():.0f} % on average, {often}"
            f"from {100 * value.min():.0f} to {100 * value.max():.0f} %; {published}"
        )


def completion_ranks(completion: Completion) -> CompletionRanks:
    """Place every client's completion per contact among all clients of the study, wave by wave.

    As of each wave every client counts with its last wave until then.

    Parameters
    ----------
    completion : Completion

    Returns
    -------
    CompletionRanks

    Examples
    --------
    >>> rates = pd.DataFrame({
    ...     "client_id": ["a", "b", "c"], "wave": "2025", "dimension": "all", "unit": "contacts",
    ...     "asked": 100.0, "answered": [30.0, 28.0, 66.0], "value": [0.30, 0.28, 0.66],
    ...     "low": [0.22, 0.2, 0.56], "high": [0.4, 0.38, 0.75], "flag": "ok"})
    >>> result = completion_ranks(Completion(rates, 0.95))
    >>> print(result.of("c"))
    c: 66 % of contacts answered, more than at 100 % of the other 2 clients (100 to 100 %)
    >>> list(result.table["band"])
    ['66-70', '26-30', '26-30']
    >>> result.bands.query("client_id == 'a' and n > 0")[["low", "high", "n"]]
        low  high  n
    5     26    30  1
    13    66    70  1
    """
    rows = completion.table
    rows = rows[(rows["dimension"] == "all") & (rows["unit"] == "contacts")]
    rows = rows[rows["value"].notna()]
    waves = in_order(rows["wave"])
    until = {wave: rows[rows["wave"].isin(waves[: i + 1])] for i, wave in enumerate(waves)}
    parts = [_ranked(some[latest(some)], wave, completion.level) for wave, some in until.items()]
    table = pd.concat(parts, ignore_index=True) if parts else empty("completion_rank")
    others = [_others(part) for part in parts]
    counts = pd.concat(others, ignore_index=True) if others else empty("completion_bands")
    return CompletionRanks(table, counts, PUBLISHED, completion.level)


def _ranked(rows: pd.DataFrame, wave: str, level: float) -> pd.DataFrame:
    """Rank one row per client, as of a wave."""
    rows = rows.sort_values(["value", "client_id"], ascending=[False, True], ignore_index=True)
    value = rows["value"].to_numpy(float)
    few = (len(rows) < FEW_CLIENTS, code("few_clients", minimum=FEW_CLIENTS))
    ends = {"percentile": value, "percentile_low": rows["low"], "percentile_high": rows["high"]}
    table = rows.rename(columns={"wave": "last_wave"}).assign(
        wave=wave,
        level=level,
        rank=rows["value"].rank(ascending=False, method="min").astype("int64"),
        n_others=len(rows) - 1,
        **{name: _below(np.asarray(end, dtype=float), value) for name, end in ends.items()},
        band=bands(value),
        flag=column(len(rows), (True, rows["flag"]), few),
    )
    return typed(table, "completion_rank")


def _others(ranked: pd.DataFrame) -> pd.DataFrame:
    """Count the others by band, for every client whose last wave is this one."""
    highest = np.arange(BAND, 101, BAND)
    place = _highest(ranked["value"].to_numpy(float)) // BAND - 1
    n = np.bincount(place, minlength=len(highest)) - np.eye(len(highest), dtype=int)[place]
    here = np.flatnonzero(ranked["last_wave"] == ranked["wave"])
    own = np.repeat(here, len(highest))
    high = np.tile(highest, len(here))
    table = (
        ranked[["client_id", "wave"]]
        .iloc[own]
        .assign(low=np.where(high == BAND, 0, high - BAND + 1), high=high, n=n[here].ravel())
    )
    return typed(table.sort_values(["client_id", "high"]), "completion_bands")


def bands(shares: NDArray) -> NDArray:
    """Return the published band of shares: 26-30 holds 25.5 up to 30.5 per cent.

    Examples
    --------
    >>> bands(np.array([0.0, 0.26, 0.301, 0.31])).tolist()
    ['0-5', '26-30', '26-30', '31-35']
    """
    high = _highest(shares)
    low = np.where(high == BAND, 0, high - BAND + 1)
    return np.array([f"{a}-{b}" for a, b in zip(low, high, strict=True)], dtype=object)


def _highest(shares: NDArray) -> NDArray:
    """Greatest whole per cent of the band of each share."""
    whole = np.floor(100 * shares + 0.5).astype(int)
    return np.maximum(-(-whole // BAND), 1) * BAND


def _below(points: NDArray, values: NDArray) -> NDArray:
    """Share of the other clients below each point, equal ones counting half."""
    if len(values) < 2:
        return np.full(len(values), np.nan)
    ordered = np.sort(values)
    below = np.searchsorted(ordered, points, side="left")
    equal = np.searchsorted(ordered, points, side="right") - below
    own_below, own_equal = values < points, values == points
    share = (below - own_below + (equal - own_equal) / 2) / (len(values) - 1)
    return np.where(np.isnan(points), np.nan, share)
