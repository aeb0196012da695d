"""Two ways to share R-squared out over correlated drivers, from a table of answers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.importance.moments import resampled_moments
from crqlab.stats.importance.parts import Correlated, correlated
from crqlab.stats.importance.result import COLUMNS, Importance, described
from crqlab.stats.importance.subsets import random_orders, sampled_shapley, shapley

MOST_EXACT = 12  # drivers whose subsets are all taken; above, orders are sampled
ORDERS, DRAWN_ORDERS = 2000, 64


def relative_weights(
    predictors: pd.DataFrame,
    outcome: pd.Series,
    *,
    groups: pd.Series | None = None,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> Importance:
    """Share R-squared out over drivers by Johnson's relative weights.

    Parameters
    ----------
    predictors : DataFrame, shape (rows, drivers)
        One column per driver, in any unit; rows with a gap are left out and counted.
    outcome : Series
        What is to be explained, by position.
    groups : Series, optional
        The account of each row, by position; whole accounts are resampled. Without it rows
        are.
    draws : int
        Samples behind the intervals; 0 for none.
    level : float
        Coverage of each interval, in (0, 1).
    seed : int

    Returns
    -------
    Importance
        The weights of its ``table`` sum to R-squared.

    Raises
    ------
    EstimateError
        Too few complete rows, an outcome without variance, or one that is among its drivers.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, 1-19.
    Tonidandel & LeBreton (2011), Journal of Business and Psychology 26, 1-9.
    Hesterberg (2015), The American Statistician 69, 371-386: expanded percentile intervals.

    Examples
    --------
    >>> drivers = pd.DataFrame({"care": [1.0, 2, 3, 4, 5, 6], "speed": [2.0, 1, 4, 3, 6, 5]})
    >>> trust = pd.Series([1.0, 2, 3, 5, 5, 6], name="trust")
    >>> print(relative_weights(drivers, trust, draws=200))
    2 drivers account for 97% of trust; most of it care, 70% of that [50%, 95%], n = 6
    (6 rows, Johnson 2000)
    """
    return _shared_out(
        predictors,
        outcome,
        groups,
        lambda found: (found.johnson(), 0.0),
        "Johnson 2000",
        draws=draws,
        level=level,
        seed=seed,
    )


def lmg(
    predictors: pd.DataFrame,
    outcome: pd.Series,
    *,
    groups: pd.Series | None = None,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
    orders: int = ORDERS,
    most_exact: int = MOST_EXACT,
) -> Importance:
    """Share R-squared out over drivers by averaging over all orders of entry (Shapley value).

    Parameters
    ----------
    predictors, outcome, groups, draws, level, seed
        As for `relative_weights`.
    orders : int
        Orders sampled where there are more than ``most_exact`` drivers; ``error`` of the
        result says how sure that makes the weights.
    most_exact : int
        Drivers up to which all subsets are taken.

    Returns
    -------
    Importance
        The weights of its ``table`` sum to R-squared.

    Raises
    ------
    EstimateError
        Too few complete rows, an outcome without variance, or one that is among its drivers.

    References
    ----------
    Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis,
    119-127. Grömping (2007), The American Statistician 61, 139-147.
    Hesterberg (2015), The American Statistician 69, 371-386: expanded percentile intervals.

    Examples
    --------
    >>> drivers = pd.DataFrame({"care": [1.0, 2, 3, 4, 5, 6], "speed": [2.0, 1, 4, 3, 6, 5]})
    >>> trust = pd.Series([1.0, 2, 3, 5, 5, 6], name="trust")
    >>> lmg(drivers, trust, draws=0).table[["driver", "weight", "share"]].round(3)
      driver  weight  share
    0   care   0.672  0.696
    1  speed   0.294  0.304
    """
    rng = stream(seed, "orders")

    def weigh(found: Correlated) -> tuple[NDArray, float]:
        R, r, p = found.R, found.r, found.r.shape[1]
        if p <= most_exact:
            return shapley(R, r), 0.0
        every = random_orders(p, max(orders, 4), rng)
        point, error = sampled_shapley(R[:1], r[:1], every)
        few = every[:DRAWN_ORDERS]
        drawn = sampled_shapley(R[1:], r[1:], few)[0] if len(R) > 1 else np.empty((0, p))
        rough = sampled_shapley(R[:1], r[:1], few)[0]
        return np.vstack([point, drawn + point - rough]), float(error.max())

    return _shared_out(
        predictors, outcome, groups, weigh, "LMG", draws=draws, level=level, seed=seed
    )


def _shared_out(
    predictors: pd.DataFrame,
    outcome: pd.Series,
    groups: pd.Series | None,
    weigh: Callable[[Correlated], tuple[NDArray, float]],
    method: str,
    *,
    draws: int,
    level: float,
    seed: int,
) -> Importance:
    check_level(level)
    values, codes, gaps = _laid_out(predictors, outcome, groups)
    moments = resampled_moments(values, codes, draws=draws, rng=stream(seed, method))
    found = correlated(moments.covariances)
    weights, error = weigh(found)
    names = [str(name) for name in predictors.columns]
    columns = described(moments, found, {method: weights}, names, level=level)[method]
    return Importance(
        table=pd.DataFrame({name: columns[name] for name in COLUMNS}),
        outcome=str(outcome.name) if outcome.name is not None else "the outcome",
        method=method,
        r2=float(columns["r2"][0]),
        r2_low=float(columns["r2_low"][0]),
        r2_high=float(columns["r2_high"][0]),
        level=level,
        n=moments.n,
        n_groups=moments.n_groups,
        n_left_out=gaps,
        unit="rows" if groups is None else "accounts",
        condition=float(found.first().condition()[0]),
        error=error,
    )


def _laid_out(
    predictors: pd.DataFrame, outcome: pd.Series, groups: pd.Series | None
) -> tuple[NDArray, NDArray, int]:
    """Complete rows with the outcome last, the group of each, and how many rows had gaps."""
    outcome = pd.Series(outcome)
    lengths = {len(predictors), len(outcome), len(predictors) if groups is None else len(groups)}
    if len(lengths) > 1 or predictors.columns.has_duplicates or predictors.shape[1] == 0:
        raise EstimateError(
            f"predictors= is {predictors.shape} and outcome= has {len(outcome)} rows; they and "
            "groups= must be columns of one table, each driver one column of its own name."
        )
    values = np.column_stack([predictors.to_numpy(float), outcome.to_numpy(float)])
    codes = (
        np.arange(len(values))
        if groups is None
        else pd.factorize(pd.Series(groups).to_numpy(), sort=True)[0]
    )
    kept = np.isfinite(values).all(axis=1) & (codes >= 0)
    if kept.sum() < values.shape[1] + 1:
        raise EstimateError(
            f"{kept.sum()} of {len(values)} rows are complete; {values.shape[1] - 1} drivers need "
            f"{values.shape[1] + 1} at least. Take fewer drivers or pool waves."
        )
    values = values[kept]
    _check_outcome(values, predictors)
    return values, np.unique(codes[kept], return_inverse=True)[1], int((~kept).sum())


def _check_outcome(values: NDArray, predictors: pd.DataFrame) -> None:
    if np.ptp(values[:, -1]) == 0:
        raise EstimateError(
            "outcome= is the same in all complete rows; there is nothing to explain. "
            "Check the export for straight-lining."
        )
    same = (values[:, :-1] == values[:, -1:]).all(axis=0)
    if same.any():
        raise EstimateError(
            f"predictors= holds the outcome itself, as {predictors.columns[same.argmax()]!r}; "
            "leave it out: an outcome cannot explain itself."
        )
