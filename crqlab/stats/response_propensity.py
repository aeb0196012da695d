"""Who answers, given what is known of everybody, and how much each answer must stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import norm, rankdata

from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL

__all__ = ["Propensity", "inverse", "kish", "propensity"]
__dir__ = __all__.copy

CAP = 5.0
STEPS, CLOSE, FAR = 60, 1e-10, 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Propensity(Result):
    """A logistic regression of answering, with an intercept for each stratum.

    Attributes
    ----------
    names : tuple of str
        Predictors.
    slopes : ndarray, shape (predictors,)
        Log odds ratios, per unit of the predictor.
    covariance : ndarray, shape (predictors, predictors)
        Of the slopes; robust, and clustered where clusters were given.
    intercepts : Series
        Log odds of each stratum where all predictors are 0; infinite where all of the
        stratum, or none, answered.
    fitted : ndarray
        Probability to answer of every row, in [0, 1].
    auc : float
        Chance that within a stratum one who answered had better odds than one who did not;
        0.5 where the predictors tell nothing.
    n, n_clusters : int
        Rows and clusters of strata in which some answered and some did not.
    """

    names: tuple[str, ...]
    slopes: NDArray
    covariance: NDArray
    intercepts: pd.Series
    fitted: NDArray
    auc: float
    n: int
    n_clusters: int

    @property
    def table(self) -> pd.DataFrame:
        """`odds` with intervals of the usual level."""
        return self.odds()

    def __str__(self) -> str:
        return (
            f"Answering by {', '.join(self.names)}: AUC {self.auc:.2f} within strata, "
            f"n = {self.n:,} rows in {self.n_clusters:,} clusters"
        )

    def odds(self, *, level: float = LEVEL) -> pd.DataFrame:
        """Odds ratios with Wald intervals, one row per predictor: name, value, low, high, p."""
        error = np.sqrt(np.diag(self.covariance))
        half = norm.isf((1 - level) / 2) * error
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2 * norm.sf(np.abs(self.slopes) / error)
        ends = (self.slopes, self.slopes - half, self.slopes + half)
        value, low, high = (np.exp(end) for end in ends)
        table = {"predictor": list(self.names), "value": value, "low": low, "high": high, "p": p}
        return pd.DataFrame(table)


def propensity(
    predictors: pd.DataFrame,
    answered: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    ridge: float = 0.0,
) -> Propensity:
    """Fit who answers by logistic regression, with an intercept for every stratum.

    The intercepts are profiled out in each step of iteratively reweighted least squares, so a
    thousand of them cost no more than one. A stratum where all or none answered says nothing
    about the slopes and has its share, 1 or 0, as fitted value.

    Parameters
    ----------
    predictors : DataFrame, shape (rows, predictors)
        Complete numbers, known of those who answered and of those who did not.
    answered : array of bool
    strata : array, optional
        The stratum (client) of each row; all in one when absent.
    clusters : array, optional
        The account of each row; each its own when absent.
    ridge : float
        Weight of the penalty on squared slopes per standard deviation of a predictor; 0 is
        maximum likelihood, 1 a normal prior of standard deviation 1.

    Returns
    -------
    Propensity

    Raises
    ------
    EstimateError
        Missing predictors, no stratum where some answered and some did not, or, without
        ridge, predictors that tell perfectly who answers.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157: response propensity.
    Binder (1983), International Statistical Review 51, 279-292: the clustered variance.

    Examples
    --------
    >>> people = pd.DataFrame({"user": [0.0, 0, 0, 0, 1, 1, 1, 1]})
    >>> fit = propensity(people, [True, True, True, False, True, False, False, False])
    >>> fit.fitted.round(2)
    array([0.75, 0.75, 0.75, 0.75, 0.25, 0.25, 0.25, 0.25])
    """
    X, y = predictors.to_numpy(float), np.asarray(answered, dtype=float)
    if np.isnan(X).any() or len(X) != len(y):
        raise EstimateError(
            f"predictors= has {len(X)} rows and {int(np.isnan(X).sum())} empty cells, answered= "
            f"{len(y)} rows; use one complete row per person, unknown as a category of its own."
        )
    codes, keys = _coded(strata, len(y))
    share = np.bincount(codes, weights=y) / np.bincount(codes)
    used = ((share > 0) & (share < 1))[codes]
    if not used.any():
        raise EstimateError(
            "answered= is the same for everybody of each stratum; a model needs some who "
            "answered and some who did not. Leave the answers unweighted."
        )
    inside, known = pd.factorize(codes[used])
    slopes, level, bread, score = _fitted(X[used], y[used], inside, ridge)
    groups = _coded(clusters, len(y))[0][used]
    intercepts = np.where(share > 0, np.inf, -np.inf)
    intercepts[known] = level
    linear = X @ slopes
    return Propensity(
        tuple(predictors.columns),
        slopes,
        _sandwich(bread, score, groups),
        pd.Series(intercepts, index=keys),
        expit(intercepts[codes] + linear),
        _auc(linear[used], y[used], inside),
        int(used.sum()),
        len(np.unique(groups)),
    )


def _coded(labels: ArrayLike | None, n: int) -> tuple[NDArray, pd.Index]:
    if labels is None:
        return np.zeros(n, dtype=int), pd.RangeIndex(1)
    return pd.factorize(pd.Index(labels), sort=True)


def _fitted(X: NDArray, y: NDArray, codes: NDArray, ridge: float):
    """Slopes, intercepts, inverse information and scores of the slopes."""
    n = codes.max() + 1
    penalty = np.diag(ridge * X.var(axis=0))

    order = np.argsort(codes, kind="stable")
    X, y, codes = X[order], y[order], codes[order]
    starts = np.searchsorted(codes, np.arange(n))

    def means(amounts: NDArray, weight: NDArray) -> NDArray:
        total = np.add.reduceat(amounts * weight[:, None], starts, axis=0)
        return total / np.add.reduceat(weight, starts)[:, None]

    rates = np.bincount(codes, weights=y) / np.bincount(codes)
    eta = np.log(rates / (1 - rates))[codes]
    for _ in range(STEPS):
        p = expit(np.clip(eta, -FAR, FAR))
        weight = np.maximum(p * (1 - p), np.finfo(float).eps)
        goal = eta + (y - p) / weight
        centre = means(np.column_stack([X, goal]), weight)
        within = np.column_stack([X, goal]) - centre[codes]
        bread = np.linalg.pinv((within[:, :-1].T * weight) @ within[:, :-1] + penalty)
        slopes = bread @ (within[:, :-1].T @ (weight * within[:, -1]))
        level = centre[:, -1] - centre[:, :-1] @ slopes
        step, eta = eta, np.clip(level[codes] + X @ slopes, -FAR, FAR)
        if np.abs(eta).max() == FAR:
            break
        if np.abs(eta - step).max() < CLOSE:
            score = within[:, :-1] * (y - p)[:, None]
            return slopes, level, bread, score[np.argsort(order)]
    raise EstimateError(
        "predictors= tell perfectly who answers, so that no finite odds fit; drop the predictor "
        "that does, or use ridge=1."
    )


def _sandwich(bread: NDArray, score: NDArray, groups: NDArray) -> NDArray:
    codes, keys = pd.factorize(groups)
    if len(keys) == 1:
        codes, keys = np.arange(len(groups)), groups
    order = np.argsort(codes, kind="stable")
    total = np.add.reduceat(score[order], np.searchsorted(codes[order], np.arange(len(keys))))
    return bread @ (total.T @ total) @ bread * len(keys) / max(len(keys) - 1, 1)


def _auc(linear: NDArray, y: NDArray, codes: NDArray) -> float:
    """Share of pairs inside strata that are in the right order, ties counting half."""
    rank = rankdata(codes * (np.ptp(linear) + 1) + linear - linear.min())
    n, yes = np.bincount(codes), np.bincount(codes, weights=y)
    first = np.concatenate([[0], np.cumsum(n)[:-1]])
    above = np.bincount(codes, weights=y * (rank - first[codes])) - yes * (yes + 1) / 2
    return float(above.sum() / (yes * (n - yes)).sum())


def inverse(propensities: ArrayLike, rate: ArrayLike, *, cap: float = CAP) -> NDArray:
    """How many average answers each answer must stand for, before scaling.

    Parameters
    ----------
    propensities : array
        Probability to answer of those who did, in (0, 1].
    rate : float or array
        Share of the client's contacts that answered, in (0, 1].
    cap : float
        No answer stands for more than this many average ones.

    Examples
    --------
    >>> inverse([0.5, 0.25, 0.01], 0.25)
    array([0.5, 1. , 5. ])
    """
    if cap < 1:
        raise EstimateError(f"cap= is {cap}; the average answer has weight 1, so use 1 or more.")
    p = np.maximum(np.asarray(propensities, dtype=float), np.finfo(float).tiny)
    return np.minimum(np.asarray(rate) / p, cap)


def kish(weights: ArrayLike) -> float:
    """Equally weighted answers that would say as much: (sum of w) squared / sum of w squared.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.2.

    Examples
    --------
    >>> kish([1, 1, 1, 1]), kish([3, 1, 0, 0])
    (4.0, 1.6)
    """
    weight = np.asarray(weights, dtype=float)
    square = float((weight**2).sum())
    return float(weight.sum() ** 2 / square) if square else 0.0
