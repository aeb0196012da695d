"""Importance as a result: one row per driver, its interval, its sign and its company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import OK, code, column
from crqlab.base.results import Result
from crqlab.stats.defaults import FEW_PER_DRIVER, FEW_RESAMPLED
from crqlab.stats.importance.moments import Moments
from crqlab.stats.importance.parts import Correlated

HIGH_VIF, HIGH_INDEX = 10.0, 30.0
COLUMNS = (
    "driver weight share low high share_low share_high direction alone last correlation beta "
    "slope slope_low slope_high vif n flag"
).split()


@dataclass(frozen=True, slots=True, eq=False)
class Importance(Result):
    """How much of an outcome each driver accounts for.

    Attributes
    ----------
    table : DataFrame, one row per driver
        ``driver``; ``weight`` (share of the outcome's variance, 0 to 1), ``low``, ``high``;
        ``share`` (of R-squared), ``share_low``, ``share_high``; ``direction`` (up or down, from
        ``correlation``); ``alone`` (R-squared by itself) and ``last`` (added to all others);
        ``correlation``, ``beta`` (standardised, others held equal); ``slope`` (outcome units per
        driver unit, others held equal), ``slope_low``, ``slope_high``; ``vif``; ``n``; ``flag``
        (codes, see `crqlab.base.contracts.cautions`).
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
    tail = _tail(n_groups, level)
    if not np.isnan(drawn).any():
        return np.quantile(drawn, [tail, 1 - tail], axis=0)
    known = np.isfinite(drawn).any(axis=0)
    found = np.full((2, *values.shape[1:]), np.nan)
    found[:, known] = np.nanquantile(drawn[:, known], [tail, 1 - tail], axis=0)
    return found


@cache
def _tail(n_groups: int, level: float) -> float:
    """Share of draws beyond each end: fewer than half of what the level leaves, for few groups."""
    stretch = np.sqrt(n_groups / (n_groups - 1))
    return float(norm.cdf(-stretch * t.isf((1 - level) / 2, n_groups - 1)))


def described(
    moments: Moments,
    found: Correlated,
    weights: Mapping[str, NDArray],
    drivers: Sequence[str],
    *,
    level: float,
) -> dict[str, dict[str, NDArray]]:
    """Columns of each method's weights and of all beside them, one entry per driver.

    Parameters
    ----------
    moments : Moments
        Drivers in order, the outcome last.
    found : Correlated
        Of these moments.
    weights : mapping of method to ndarray, shape (1 + draws, drivers)
    drivers : sequence of str
    level : float

    Examples
    --------
    >>> from crqlab.stats.importance.parts import correlated
    >>> moments = Moments(np.zeros((1, 2)), np.array([[[1.0, 0.5], [0.5, 1.0]]]), 9, 9)
    >>> found = correlated(moments.covariances)
    >>> columns = described(moments, found, {"LMG": found.alone()}, ["care"], level=0.95)["LMG"]
    >>> columns["weight"], columns["direction"], columns["slope"]
    (array([0.25]), array(['up'], dtype='<U4'), array([0.5]))
    """
    together = [values.sum(axis=1, keepdims=True) for values in weights.values()]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = [values / all_ for values, all_ in zip(weights.values(), together, strict=True)]
    whole = [np.broadcast_to(all_, shares[0].shape) for all_ in together]
    parts = np.stack([found.slopes(), *weights.values(), *shares, *whole], axis=1)
    parts[:, 1:] = np.clip(parts[:, 1:], 0, 1)
    low, high = ends(parts, moments.n_groups, level)
    shown = _beside(moments, found, drivers) | _three("slope", parts, low, high, 0)
    shown["flag"] = _flags(shown, found, moments)
    k = len(weights)
    return {
        method: shown
        | _three("weight", parts, low, high, 1 + i)
        | _three("share", parts, low, high, 1 + k + i)
        | _three("r2", parts, low, high, 1 + 2 * k + i)
        for i, method in enumerate(weights)
    }


def _three(name: str, parts: NDArray, low: NDArray, high: NDArray, i: int) -> dict[str, NDArray]:
    """An estimate and the ends of its interval; those of the weight are plainly low and high."""
    stem = "" if name == "weight" else f"{name}_"
    return {name: parts[0, i], f"{stem}low": low[i], f"{stem}high": high[i]}


def _beside(moments: Moments, found: Correlated, drivers: Sequence[str]) -> dict[str, NDArray]:
    """What needs no draws."""
    data = found.first()
    return {
        "driver": np.array(drivers, dtype=object),
        "direction": np.where(data.r[0] < 0, "down", "up"),
        "alone": data.alone()[0],
        "last": data.last()[0],
        "correlation": data.r[0],
        "beta": data.betas()[0],
        "vif": data.vif()[0],
        "n": np.full(len(drivers), moments.n),
        "n_accounts": np.full(len(drivers), moments.n_groups),
    }


def _flags(shown: dict[str, NDArray], found: Correlated, moments: Moments) -> NDArray:
    """The codes of every caution that applies to a driver, or ok."""
    R, still = found.R[0], found.spread[0, :-1] == 0
    turned = shown["correlation"] * shown["beta"] < 0
    sure = shown["slope_low"] * shown["slope_high"] > 0
    nearest = shown["driver"][np.abs(R - np.eye(len(R))).argmax(axis=1)]
    few, whole = _few(moments, len(R)), found.first().condition()[0] >= HIGH_INDEX
    return column(
        len(R),
        (shown["vif"] > HIGH_VIF, [code("moves_with", driver=name) for name in nearest]),
        (still, "driver_constant"),
        (turned & sure, "sign_turns"),
        (turned & ~sure, "sign_turns_perhaps"),
        (whole, "drivers_collinear"),
        (True, few),
    )


def _few(moments: Moments, p: int) -> str:
    if moments.n_groups < 2:
        return "one_account"
    if moments.n_groups < FEW_RESAMPLED:
        return code("few_accounts", minimum=FEW_RESAMPLED)
    if moments.n < FEW_PER_DRIVER * p:
        return code("few_answers_per_driver", minimum=FEW_PER_DRIVER)
    return OK
