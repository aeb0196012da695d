"""Where a client's completion stands among all clients', beside what others have published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, column
from crqlab.participation.completion_rates import Completion
from crqlab.participation.invitation_frame import latest

FEW_CLIENTS = 10
BAND = 5  # percentage points, as published: 21-25, 26-30, ...
#: Facts that others have published; never mixed into our own distribution.
PUBLISHED = pd.DataFrame(
    [
        ("lowest", 0.04, 0.04),
        ("most common", 0.26, 0.30),
        ("first-timers: under", 0.33, 0.33),
        ("average: about", 0.35, 0.35),
        ("long-running programmes: from", 0.50, 0.50),
    ],
    columns=["says", "low", "high"],
)


@dataclass(frozen=True, slots=True, eq=False)
class CompletionRanks:
    """Completion of every client's last wave among those of all clients.

    Attributes
    ----------
    table : DataFrame, one row per client, the highest first
        ``client_id``, ``wave``, ``asked``, ``answered`` (contacts), ``value``, ``low``,
        ``high``, ``rank`` (1 is the highest), ``percentile`` (share of the other clients
        that are lower, in [0, 1]) with ``percentile_low``, ``percentile_high`` (the same of
        the ends of the interval), ``band`` (as published), ``flag``.
    published : DataFrame
        ``says``, ``low``, ``high``: published facts, shares in [0, 1].
    level : float
        Coverage of each interval, in (0, 1).
    """

    table: pd.DataFrame
    published: pd.DataFrame
    level: float

    def of(self, client: str) -> str:
        """Say in one sentence where a client stands."""
        rows = self.table[self.table["client_id"] == client]
        if rows.empty:
            return f"Completion of {client} is not known"
        row = rows.iloc[0]
        said = f"{client}: {100 * row['value']:.0f} % of contacts answered"
        if np.isnan(row["percentile"]):
            return f"{said}; there is no other client to compare with"
        return (
            f"{said}, more than at {100 * row['percentile']:.0f} % of the other "
            f"{len(self.table) - 1:,} clients "
            f"({100 * row['percentile_low']:.0f} to {100 * row['percentile_high']:.0f} %)"
        )

    def __str__(self) -> str:
        if self.table.empty:
            return "Nobody recorded who was asked: completion is not known"
        value, bands = self.table["value"], self.table["band"].value_counts()
        return (
            f"{len(value):,} clients: completion is {100 * value.mean():.0f} % on average, most "
            f"often {bands.index[0]} %, from {100 * value.min():.0f} to {100 * value.max():.0f} %; "
            "published: average about 35 %, most often 26-30 %, lowest 4 %"
        )


def completion_ranks(completion: Completion) -> CompletionRanks:
    """Place every client's completion per contact, last wave, among all clients of the study.

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
    """
    rows = completion.table
    rows = rows[(rows["dimension"] == "all") & (rows["unit"] == "contacts")]
    rows = latest(rows[rows["value"].notna()])
    rows = rows.sort_values(["value", "client_id"], ascending=[False, True], ignore_index=True)
    value = rows["value"].to_numpy(float)
    few = (len(rows) < FEW_CLIENTS, code("few_clients", minimum=FEW_CLIENTS))
    ends = {"percentile": value, "percentile_low": rows["low"], "percentile_high": rows["high"]}
    table = rows[["client_id", "wave", "asked", "answered", "value", "low", "high"]].assign(
        rank=rows["value"].rank(ascending=False, method="min").astype("int64"),
        **{name: _below(np.asarray(end, dtype=float), value) for name, end in ends.items()},
        band=bands(value),
        flag=column(len(rows), (True, rows["flag"]), few),
    )
    return CompletionRanks(table, PUBLISHED, completion.level)


def bands(shares: NDArray) -> NDArray:
    """Return the published band of shares: 26-30 holds 25.5 up to 30.5 per cent.

    Examples
    --------
    >>> bands(np.array([0.0, 0.26, 0.301, 0.31])).tolist()
    ['0-5', '26-30', '26-30', '31-35']
    """
    whole = np.floor(100 * shares + 0.5).astype(int)
    high = np.maximum(-(-whole // BAND), 1) * BAND
    low = np.where(high == BAND, 0, high - BAND + 1)
    return np.array([f"{a}-{b}" for a, b in zip(low, high, strict=True)], dtype=object)


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
