"""Weights of the parts of a score, fitted to what happened, beside equal ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.accuracy import Difference, auc_difference
from crqlab.stats.accuracy.resampled_accounts import expanded
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.defaults import FEW_CLUSTERS, FEW_EVENTS, LEVEL, SEED
from crqlab.stats.estimate import check_level
from crqlab.stats.regression.designs import check_numbers, checked

__all__ = ["FittedWeights", "fitted_weights"]
__dir__ = __all__.copy

REFITS = 500


@dataclass(frozen=True, slots=True, eq=False)
class FittedWeights(Result):
    """Weights that foretell an outcome best, and what they gain over equal ones.

    Attributes
    ----------
    table : DataFrame, one row per part
        ``part``, ``weight`` (0 or more, adding up to 1), ``low``, ``high`` (from resampled
        clusters), ``equal`` (one over the number of parts), ``n``, ``flag``.
    periods : DataFrame, one row per period that was foretold
        ``period``, ``n``, ``events``, and the weight of each part, fitted to earlier periods.
    out_of_time : Difference or None
        AUC of the fitted weights minus that of equal ones, each period foretold by weights of
        the periods before it; ``first`` and ``second`` are the two AUCs. None with one period.
    in_sample : Difference
        The same where the weights were fitted: flattering.
    n, n_clusters : int
    flag : str
        ``"ok"``, or what is doubtful, as codes.
    """

    table: pd.DataFrame
    periods: pd.DataFrame
    out_of_time: Difference | None
    in_sample: Difference
    n: int
    n_clusters: int
    flag: str

    def __str__(self) -> str:
        parts = ", ".join(
            f"{row.part} {row.weight:.2f} [{row.low:.2f}, {row.high:.2f}]"
            for row in self.table.itertuples()
        )
        sentence = f"weights {parts}; n = {self.n:,} in {self.n_clusters:,} clusters"
        if self.out_of_time is not None:
            d = self.out_of_time
            sentence += (
                f"; out of time AUC {d.first:.2f}, of equal weights {d.second:.2f}, difference "
                f"{d.value:.2f} [{d.low:.2f}, {d.high:.2f}]"
            )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def fitted_weights(
    outcome: ArrayLike,
    parts: pd.DataFrame,
    cluster: ArrayLike,
    period: ArrayLike | None = None,
    *,
    draws: int = REFITS,
    level: float = LEVEL,
    seed: int = SEED,
) -> FittedWeights:
    """Weigh the parts of a score so that it foretells an outcome best.

    A logistic regression whose slopes may not be negative; slopes as shares of their sum are the
    weights. Whether they are worth having shows out of time alone.

    Parameters
    ----------
    outcome : array of 0 and 1, shape (rows,)
        1 is what a high score should foretell, e.g. renewal.
    parts : DataFrame, shape (rows, parts)
        Scores of two constructs or more on one scale, complete.
    cluster : array, shape (rows,)
        The account or client of each row.
    period : array, shape (rows,), optional
        The wave of each row, in order.
    draws, seed : int
        Samples of whole clusters behind the intervals, and their seed.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    FittedWeights

    Raises
    ------
    EstimateError
        Rows that do not match, one outcome, one part, or parts none of which rises with the
        outcome.

    References
    ----------
    Dawes (1979), American Psychologist 34, 571-582: equal weights are hard to beat.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> parts = pd.DataFrame(rng.normal(5, 1, (2000, 2)), columns=["trust", "price"])
    >>> renewed = rng.random(2000) < expit(1.5 * (parts["trust"] - 5) + 1)
    >>> wave, account = np.repeat([2023, 2024], 1000), np.tile(np.arange(1000), 2)
    >>> found = fitted_weights(renewed, parts, account, wave, draws=100)
    >>> found.table[["part", "weight", "equal"]].round(2)
        part  weight  equal
    0  trust     1.0    0.5
    1  price     0.0    0.5
    >>> found.out_of_time.value > 0.05
    True
    """
    check_level(level)
    names = [str(name) for name in parts]
    if len(names) < 2:
        raise EstimateError(
            f"parts= has {len(names)} column; weights need two or more.", caution="one_part"
        )
    check_numbers(parts)
    y, _ = checked(outcome, parts, None)
    X, codes, order = parts.to_numpy(float), _codes(cluster, len(y)), _periods(period, len(y))
    clusters = int(codes.max()) + 1
    weights = _weights(y, X, np.ones(len(y)))
    periods, later, score = _foretold(y, X, order, names)
    if weights is None:
        raise EstimateError(
            "parts= hold no score that rises with outcome=; there is nothing to weigh. Is 1 what a "
            "high score should foretell?",
            caution="parts_tell_nothing",
        )
    table = _table(names, weights, _resampled(y, X, codes, draws, seed), clusters, level)
    equal = X.mean(axis=1)
    events = int(min(y.sum(), len(y) - y.sum()))
    flags = []
    if events < FEW_EVENTS * len(names):
        numbers = {"minimum": FEW_EVENTS, "events": events, "covariates": len(names)}
        flags.append(code("few_events_per_variable", **numbers))
    if clusters < FEW_CLUSTERS:
        flags.append(code("few_clusters", minimum=FEW_CLUSTERS, n=clusters))
    told = joined(flags)
    known = later.any()
    return FittedWeights(
        table.assign(n=len(y), flag=told),
        periods,
        auc_difference(y[later], score[later], equal[later], cluster=codes[later], level=level)
        if known
        else None,
        auc_difference(y, X @ weights, equal, cluster=codes, level=level),
        len(y),
        clusters,
        told,
    )


def _codes(cluster: ArrayLike, n: int) -> NDArray:
    codes = pd.factorize(pd.Series(np.asarray(cluster)), sort=True)[0]
    if len(codes) != n or (codes < 0).any():
        raise EstimateError(
            f"cluster= has {len(codes)} rows, {int((codes < 0).sum())} of them missing; it must "
            f"name the account or client of each of the {n} rows."
        )
    return codes


def _periods(period: ArrayLike | None, n: int) -> pd.Series:
    given = pd.Series(np.zeros(n, int) if period is None else np.asarray(period))
    if len(given) != n or given.isna().any():
        raise EstimateError(
            f"period= has {len(given)} rows, {int(given.isna().sum())} of them missing; it must "
            f"name the wave of each of the {n} rows."
        )
    return given


def _weights(y: NDArray, X: NDArray, times: NDArray) -> NDArray | None:
    """Shares of slopes of 0 or more; None where none is above 0 or one outcome alone occurs."""
    total, rows = times.sum(), times > 0
    if not 0 < times @ y < total:
        return None
    mean = times @ X / total
    scale = np.sqrt(times @ (X - mean) ** 2 / total)
    Z = (X - mean) / np.where(scale > 0, scale, 1)
    Z, y, times = Z[rows], y[rows], times[rows]

    def loss(point: NDArray) -> tuple[float, NDArray]:
        eta = point[0] + Z @ point[1:]
        pull = times * (expit(eta) - y)
        value = times @ (np.logaddexp(0, eta) - y * eta)
        return value / total, np.concatenate([[pull.sum()], Z.T @ pull]) / total

    share = times @ y / total
    start = np.concatenate([[np.log(share / (1 - share))], np.full(Z.shape[1], 0.1)])
    # 20 standard deviations' odds: separated outcomes end there, with their ratios settled
    bounds = [(None, None), *[(0, 20)] * Z.shape[1]]
    options = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    slopes = np.where(scale > 0, found.x[1:] / np.where(scale > 0, scale, 1), 0)
    return slopes / slopes.sum() if slopes.sum() > 1e-9 else None


def _resampled(y: NDArray, X: NDArray, codes: NDArray, draws: int, seed: int) -> NDArray:
    """Weights in samples of whole clusters, those without any left out."""
    counts = np.vstack(list(resampled(int(codes.max()) + 1, draws, stream(seed, "weights"))))
    found = [_weights(y, X, times[codes]) for times in counts]
    return np.array([weights for weights in found if weights is not None])


def _table(
    names: list[str], weights: NDArray, sampled: NDArray, clusters: int, level: float
) -> pd.DataFrame:
    ends = [expanded(column, clusters, level)[:2] for column in sampled.T] or [(np.nan,) * 2]
    low, high = np.array(ends).T
    equal = 1 / len(names)
    columns = {"part": names, "weight": weights, "low": low, "high": high, "equal": equal}
    return pd.DataFrame(columns)


def _foretold(
    y: NDArray, X: NDArray, order: pd.Series, names: list[str]
) -> tuple[pd.DataFrame, NDArray, NDArray]:
    """Score each period by the weights of all periods before it."""
    rows, later, score = [], np.zeros(len(y), bool), np.full(len(y), np.nan)
    for period in sorted(order.unique())[1:]:
        here, before = (order == period).to_numpy(), (order < period).to_numpy()
        weights = _weights(y, X, before.astype(float))
        if weights is None:
            continue
        later |= here
        score[here] = X[here] @ weights
        told = {"period": period, "n": int(here.sum()), "events": int(y[here].sum())}
        rows.append(told | dict(zip(names, weights, strict=True)))
    return pd.DataFrame(rows, columns=["period", "n", "events", *names]), later, score
