"""Importance as a result: one row per driver, its interval, its sign and its company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.stats.importance.moments import Moments
from crqlab.stats.importance.parts import alone, betas, condition_index, last, parted, slopes, vif

FEW_GROUPS, FEW_PER_DRIVER = 6, 5
HIGH_VIF, HIGH_INDEX = 10.0, 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Importance:
    """How much of an outcome each driver accounts for.

    Attributes
    ----------
    table : DataFrame, one row per driver
        ``driver``; ``weight`` (share of the outcome's variance, 0 to 1), ``low``, ``high``;
        ``share`` (of R-squared), ``share_low``, ``share_high``; ``direction`` (up or down, from
        ``correlation``); ``alone`` (R-squared by itself) and ``last`` (added to all others);
        ``correlation``, ``beta`` (standardised, others held equal); ``slope`` (outcome units per
        driver unit, others held equal), ``slope_low``, ``slope_high``; ``vif``; ``n``; ``flag``.
    outcome, method : str
    r2, r2_low, r2_high : float
        What all drivers account for together.
    level : float
    n, n_groups, n_left_out : int
        Complete rows, the accounts they belong to, and rows with a gap.
    unit : str
        What is resampled.
    condition : float
        Condition index of the drivers; 30 and more is strong collinearity.
    error : float
        Largest standard error from sampling orders; 0 where all orders were taken.
    """

    table: pd.DataFrame
    outcome: str
    method: str
    r2: float
    r2_low: float
    r2_high: float
    level: float
    n: int
    n_groups: int
    n_left_out: int
    unit: str
    condition: float
    error: float

    def __str__(self) -> str:
        first = self.table.loc[self.table["weight"].idxmax()]
        said = (
            f"{len(self.table)} drivers account for {self.r2:.0%} of {self.outcome}; most of it "
            f"{first['driver']}, {first['share']:.0%} of that [{first['share_low']:.0%}, "
            f"{first['share_high']:.0%}], n = {self.n} ({self.n_groups} {self.unit}, "
            f"{self.method})"
        ).replace("[nan%, nan%]", "[interval open]")
        if self.n_left_out:
            said += f"; {self.n_left_out} rows with gaps left out"
        if self.error:
            said += f"; orders were sampled, standard error {self.error:.4f} at most"
        return said


def ends(values: NDArray, n_groups: int, level: float) -> tuple[NDArray, NDArray]:
    """Lower and upper ends of expanded percentile intervals.

    Parameters
    ----------
    values : ndarray, shape (1 + draws, ...)
        The estimate first, then that of each draw; missing draws are left out.
    n_groups : int
        Accounts that were resampled; percentiles are widened for few.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : ndarray
        Missing where there is nothing to draw from.

    References
    ----------
    Hesterberg (2015), The American Statistician 69, 371-386: expanded percentiles.

    Examples
    --------
    >>> low, high = ends(np.arange(101.0), 50, 0.9)
    >>> low.round(1), high.round(1)
    (np.float64(5.5), np.float64(95.5))
    """
    drawn = values[1:]
    if len(drawn) == 0 or n_groups < 2:
        return np.full((2, *values.shape[1:]), np.nan)
    stretch = np.sqrt(n_groups / (n_groups - 1))
    tail = norm.cdf(-stretch * t.isf((1 - level) / 2, n_groups - 1))
    if not np.isnan(drawn).any():
        return np.quantile(drawn, [tail, 1 - tail], axis=0)
    known = np.isfinite(drawn).any(axis=0)
    found = np.full((2, *values.shape[1:]), np.nan)
    found[:, known] = np.nanquantile(drawn[:, known], [tail, 1 - tail], axis=0)
    return found


def tabled(moments: Moments, weights: NDArray, drivers: list[str], *, level: float) -> pd.DataFrame:
    """Lay weights and everything beside them out, one row per driver.

    Parameters
    ----------
    moments : Moments
        Drivers in order, the outcome last.
    weights : ndarray, shape (1 + draws, drivers)
    drivers : list of str
    level : float
    """
    R, r = (part[0] for part in parted(moments.covariances[:1]))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weights / weights.sum(axis=1, keepdims=True)
    slope = slopes(moments.covariances)
    groups = moments.n_groups
    (low, high), (less, more) = ends(weights, groups, level), ends(share, groups, level)
    flatter, steeper = ends(slope, groups, level)
    table = pd.DataFrame(
        {
            "driver": drivers,
            "weight": weights[0],
            "share": share[0],
            "low": low,
            "high": high,
            "share_low": less,
            "share_high": more,
            "direction": np.where(r < 0, "down", "up"),
            "alone": alone(r),
            "last": last(R, r),
            "correlation": r,
            "beta": betas(R, r),
            "slope": slope[0],
            "slope_low": flatter,
            "slope_high": steeper,
            "vif": vif(R),
            "n": moments.n,
        }
    )
    still = moments.covariances[0].diagonal()[:-1] <= 0
    return table.assign(flag=_flags(table, R, still, moments))


def _flags(table: pd.DataFrame, R: NDArray, still: NDArray, moments: Moments) -> list[str]:
    """Every caution that applies to a driver, or ok."""
    turned = table["correlation"] * table["beta"] < 0
    sure = table["slope_low"] * table["slope_high"] > 0
    near = np.abs(R - np.eye(len(R)))
    closest = table["driver"].to_numpy()[near.argmax(axis=1)]
    common = [_few(moments, len(table))] if _few(moments, len(table)) else []
    if condition_index(R) >= HIGH_INDEX:
        common.append("drivers are collinear")
    flags = []
    for j in range(len(table)):
        own = [f"moves with {closest[j]}"] if table["vif"].iloc[j] > HIGH_VIF else []
        if still[j]:
            own.append("does not vary")
        if turned.iloc[j]:
            by = "" if sure.iloc[j] else ", perhaps by chance"
            own.append(f"sign turns when others are held equal{by}")
        flags.append("; ".join([*own, *common]) or "ok")
    return flags


def _few(moments: Moments, p: int) -> str:
    if moments.n_groups < 2:
        return "one account: interval unknown"
    if moments.n_groups < FEW_GROUPS:
        return f"fewer than {FEW_GROUPS} accounts"
    if moments.n < FEW_PER_DRIVER * p:
        return f"fewer than {FEW_PER_DRIVER} answers per driver"
    return ""
