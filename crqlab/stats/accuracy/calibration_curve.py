"""Whether foretold probabilities are as high, and as far apart, as what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from scipy.stats import chi2

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.accuracy.cases import Cases
from crqlab.stats.accuracy.cluster_bootstrap import quantile
from crqlab.stats.accuracy.squared_error import probabilities
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.proportion import clustered, wilson

EDGE = 1e-6
ALIKE = "probabilities_alike"
STEPS, CLOSE, FAR = 50, 1e-12, 500.0
POINTS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Calibration(Result):
    """Foretold probabilities against what happened.

    Attributes
    ----------
    slope : Estimate
        Of a logistic regression of the outcome on the foretold log odds: 1 is right, below 1
        the probabilities are too far apart, above 1 too close together.
    intercept : Estimate
        Of the same regression, in log odds; 0 is right.
    in_the_large : Estimate
        What must be added to all foretold log odds so that they are right on average; above 0,
        more happened than was foretold.
    ratio : float
        Events that happened over events foretold.
    table : DataFrame, one row per group of cases with similar probabilities
        ``group`` (from 1, lowest first), ``n``, ``events``, ``foretold`` (mean probability),
        ``observed``, ``low``, ``high`` (share of events, in [0, 1]).
    curve : DataFrame
        ``foretold``, ``value``, ``low``, ``high``: the regression as a curve with its band.
    chi2, df, p : float, int, float
        Hosmer and Lemeshow's test of the table; it knows no accounts, and with many cases it
        rejects what is good enough.
    n, events : int
        Complete cases, and those in which it happened.
    notes : tuple of str
        Cautions the reader must see.
    """

    slope: Estimate
    intercept: Estimate
    in_the_large: Estimate
    ratio: float
    table: pd.DataFrame
    curve: pd.DataFrame
    chi2: float
    df: int
    p: float
    n: int
    events: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.slope}; {self.events} events, {self.ratio:.2f} times as many as foretold"


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A logistic regression of the outcome on a few columns."""

    terms: NDArray
    covariance: NDArray


def calibration(
    outcome: ArrayLike,
    probability: ArrayLike,
    *,
    groups: int = 10,
    level: float = LEVEL,
    cluster: ArrayLike | None = None,
) -> Calibration:
    """Compare foretold probabilities with what happened.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome or probability are left out and counted.
    probability : array, shape (cases,)
        Of the event, in [0, 1], foretold without knowing the outcome.
    groups : int
        Rows of the table, as equal in size as ties allow, at least two.
    level : float
        Coverage of all intervals, in (0, 1).
    cluster : array, optional
        The account of each case.

    Returns
    -------
    Calibration
        Slope and intercept are missing, with a note, where only one outcome occurs, all
        probabilities are the same, or they separate the outcomes perfectly.

    Raises
    ------
    EstimateError
        A probability outside [0, 1], fewer than two groups, arrays of different lengths, text,
        or an outcome that is neither 0 nor 1.

    References
    ----------
    Cox (1958), Biometrika 45, 562-565: slope and intercept.
    Liang & Zeger (1986), Biometrika 73, 13-22: errors by cluster.
    Hosmer & Lemeshow (1980), Communications in Statistics A9, 1043-1069.
    Wilson (1927), Journal of the American Statistical Association 22, 209-212: the table.

    Examples
    --------
    >>> foretold = [0.1] * 20 + [0.5] * 20 + [0.8] * 20
    >>> churned = [1] * 3 + [0] * 17 + [1] * 9 + [0] * 11 + [1] * 15 + [0] * 5
    >>> result = calibration(churned, foretold, groups=3)
    >>> print(result)
    calibration slope 0.79 [0.34, 1.24], n = 60 cases (Cox 1958); 27 events, 0.96 times ...
    >>> result.table[["n", "foretold", "observed", "low", "high"]].round(2)
        n  foretold  observed   low  high
    0  20       0.1      0.15  0.05  0.36
    1  20       0.5      0.45  0.26  0.66
    2  20       0.8      0.75  0.53  0.89
    """
    check_level(level)
    if groups < 2:
        raise EstimateError(f"groups= is {groups}; a table of calibration needs two or more.")
    cases = probabilities(outcome, probability, cluster)
    chance = cases.columns[0]
    odds = logit(np.clip(chance, EDGE, 1 - EDGE))
    notes = (*cases.notes, *_cautions(cases, odds))
    both = _line(np.column_stack([np.ones_like(odds), odds]), cases, np.zeros_like(odds))
    large = _line(np.ones((len(odds), 1)), cases, odds)
    table = _table(cases, groups, level)
    statistic, freedom, p = _hosmer_lemeshow(table)
    return Calibration(
        _estimate("calibration slope", both, 1, cases, level, notes),
        _estimate("calibration intercept", both, 0, cases, level, notes),
        _estimate("calibration in the large", large, 0, cases, level, notes),
        cases.events / chance.sum() if chance.sum() else np.nan,
        table,
        _curve(both, odds, cases, level),
        statistic,
        freedom,
        p,
        len(odds),
        cases.events,
        notes,
    )


def _cautions(cases: Cases, odds: NDArray) -> tuple[str, ...]:
    chance = cases.columns[0]
    beyond = int(((chance < EDGE) | (chance > 1 - EDGE)).sum())
    told = (code("probabilities_at_ends", n=beyond, edge=f"{EDGE:g}"),) if beyond else ()
    if len(odds) and np.ptp(odds) == 0:
        return (*told, ALIKE)
    return told


def _line(X: NDArray, cases: Cases, offset: NDArray) -> _Line:
    """Fit by Newton's steps; missing where no finite line fits."""
    wide = X.shape[1]
    unknown = _Line(np.full(wide, np.nan), np.full((wide, wide), np.nan))
    if cases.one_outcome or np.linalg.matrix_rank(X) < wide:
        return unknown
    values = np.zeros(wide)
    for _ in range(STEPS):
        p = expit(offset + X @ values)
        score = X * (cases.outcome - p)[:, None]
        bread = np.linalg.pinv((X.T * (p * (1 - p))) @ X)
        step = bread @ score.sum(axis=0)
        step *= min(1.0, 2.0 / np.abs(step).max(initial=1e-300))
        values = values + step
        if np.abs(values).max() > FAR:
            return unknown
        if np.abs(step).max() < CLOSE * (1 + np.abs(values).max()):
            return _Line(values, _sandwich(bread, score, cases))
    return unknown


def _sandwich(bread: NDArray, score: NDArray, cases: Cases) -> NDArray:
    if not cases.clustered:
        return bread
    if cases.n < 2:
        return np.full(bread.shape, np.nan)
    sums = np.array([np.bincount(cases.accounts, weights=column) for column in score.T])
    return cases.n / (cases.n - 1) * bread @ (sums @ sums.T) @ bread


def _estimate(name, line: _Line, which: int, cases: Cases, level: float, notes) -> Estimate:
    value = float(line.terms[which])
    half = quantile(cases, level) * float(np.sqrt(line.covariance[which, which]))
    method = "Liang 1986" if cases.clustered else "Cox 1958"
    low, high = value - half, value + half
    if np.isnan(value) and not cases.one_outcome and ALIKE not in notes:
        notes = (*notes, "probabilities_separate_outcomes")
    return Estimate(name, value, low, high, level, cases.n, cases.unit, method, notes)


def _table(cases: Cases, groups: int, level: float) -> pd.DataFrame:
    """Cut at the quantiles of the probabilities; equal ones stay together."""
    chance = cases.columns[0]
    columns = ["group", "n", "events", "foretold", "observed", "low", "high"]
    if len(chance) == 0:
        return pd.DataFrame(columns=columns)
    cuts = np.unique(np.quantile(chance, np.linspace(0, 1, groups + 1)))[1:-1]
    code = np.unique(np.searchsorted(cuts, chance), return_inverse=True)[1]
    n, events = np.bincount(code), np.bincount(code, weights=cases.outcome)
    shares = _shares(cases, code, level) if cases.clustered else wilson(events, n, level=level)
    found = {
        "group": np.arange(1, len(n) + 1),
        "n": n,
        "events": events.astype(int),
        "foretold": np.bincount(code, weights=chance) / n,
        "observed": events / n,
        "low": shares["low"].to_numpy(),
        "high": shares["high"].to_numpy(),
    }
    return pd.DataFrame(found, columns=columns)


def _shares(cases: Cases, code: NDArray, level: float) -> pd.DataFrame:
    """Shares of groups whose cases sit in accounts: one row per account and group first."""
    cell, row = np.unique(cases.accounts * (code.max() + 1) + code, return_inverse=True)
    events = np.bincount(row, weights=cases.outcome)
    return clustered(events, np.bincount(row), cell % (code.max() + 1), level=level)


def _hosmer_lemeshow(table: pd.DataFrame) -> tuple[float, int, float]:
    freedom = len(table) - 2
    if freedom < 1:
        return np.nan, max(freedom, 0), np.nan
    expected = (table["n"] * table["foretold"]).to_numpy(float)
    variance = expected * (1 - table["foretold"].to_numpy(float))
    apart = (table["events"].to_numpy(float) - expected) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = float(np.where(apart > 0, apart / variance, 0).sum())
    return statistic, freedom, float(chi2.sf(statistic, freedom))


def _curve(line: _Line, odds: NDArray, cases: Cases, level: float) -> pd.DataFrame:
    if len(odds) == 0 or np.isnan(line.terms).any():
        return pd.DataFrame(columns=["foretold", "value", "low", "high"], dtype=float)
    foretold = np.linspace(expit(odds.min()), expit(odds.max()), POINTS)
    X = np.column_stack([np.ones(POINTS), logit(foretold)])
    middle = X @ line.terms
    half = quantile(cases, level) * np.sqrt(np.einsum("ij,jk,ik->i", X, line.covariance, X))
    ends = {"low": expit(middle - half), "high": expit(middle + half)}
    return pd.DataFrame({"foretold": foretold, "value": expit(middle), **ends})
