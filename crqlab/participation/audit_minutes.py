"""Answers within minutes of one another, against what the wave's days and hours explain."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from crqlab.participation.audit_frame import KEY, Layout
from crqlab.stats.permutation_moments import close_pairs, rare


def clusters(
    responses: pd.DataFrame, layout: Layout, *, minutes: float, level: float
) -> pd.DataFrame:
    """Count pairs of answers of each account manager's contacts that began close together.

    Every answer keeps its day and draws its time of day from all answers of the client's wave.
    Where the other account managers' answers, too, lie closer than that, as after an invitation
    that all opened at once, their excess raises what is expected.

    Parameters
    ----------
    responses : DataFrame
        Table ``responses``; rows that are not ``included`` or have no ``started`` are passed
        over, and so are clients and waves whose export holds days without times.
    layout : Layout
    minutes : float
        Largest gap of a close pair.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, index ``unit``
        ``found`` and ``expected`` pairs, ``value`` (their difference), ``low``, ``high``,
        one-sided ``p``, ``n_accounts``, ``n_contacts`` (answers).
    """
    rows = responses[responses["included"].to_numpy(bool) & responses["started"].notna()]
    rows = layout.unit_of(rows[[*KEY, "started"]])
    day = rows["started"].dt.normalize()
    clock = (rows["started"] - day) / pd.Timedelta(seconds=1)
    timed = clock.groupby(rows["block"]).transform("max") > 0
    rows, day, clock = rows[timed], day[timed], clock[timed]
    pairs = close_pairs(clock, day, rows["unit"], rows["block"], within=60 * minutes)
    of = rows.groupby("unit").agg(
        block=("block", "first"), accounts=("account_id", "nunique"), n=("account_id", "size")
    )
    pairs = pairs.join(of)
    expected, variance = _as_busy_as_others(pairs)
    value = pairs["pairs"] - expected
    half = norm.isf((1 - level) / 2) * np.sqrt(variance)
    return pd.DataFrame(
        {
            "found": pairs["pairs"].astype(float),
            "expected": expected,
            "value": value,
            "low": value - half,
            "high": value + half,
            "p": np.minimum(rare(pairs["pairs"], expected, variance), 1),
            "n_accounts": pairs["accounts"],
            "n_contacts": pairs["n"],
        }
    ).rename_axis("unit")


def _as_busy_as_others(pairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Moments of the count if this manager's answers were as clustered as the others'."""
    sums = pairs.groupby("block")[["pairs", "expected"]].transform("sum")
    others = sums - pairs[["pairs", "expected"]]
    ratio = ((others["pairs"] + 1) / (others["expected"] + 1)).clip(lower=1)
    expected = pairs["expected"] * ratio
    clumps = (pairs["variance"] - pairs["expected"]).clip(lower=0)
    return expected, expected + clumps * ratio**2
