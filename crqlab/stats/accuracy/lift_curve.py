"""How much more often it happens to those a score puts first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.accuracy.cases import complete
from crqlab.stats.accuracy.resampled_accounts import Statistic, drawn, expanded, ranking
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import Estimate, check_level


def lift(
    outcome: ArrayLike,
    score: ArrayLike,
    *,
    share: float = 0.1,
    weights: ArrayLike | None = None,
    level: float = LEVEL,
    cluster: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """How many times more often it happens among the cases with the highest scores than to all.

    Cases that tie at the edge of the share enter it in equal parts, so that their order in the
    file changes nothing.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome, score or weight are left out and counted.
    score : array, shape (cases,)
        Higher where the event is thought more likely.
    share : float
        How large a part is put first, in (0, 1).
    weights : array, optional
        How much a case counts, such as its revenue, 0 or more: the part put first is then a
        share of the revenue, and rates are of revenue lost.
    level : float
        Coverage of the interval, in (0, 1).
    cluster : array, optional
        The account of each case.
    draws, seed : int
        Samples of accounts (of cases where none are given), and the seed.

    Returns
    -------
    Estimate
        ``value`` from 0 to 1 / share, 1 is chance; missing where the event never happens.

    Raises
    ------
    EstimateError
        A share outside (0, 1), a negative weight, arrays of different lengths, text, or an
        outcome that is neither 0 nor 1.

    References
    ----------
    Ling & Li (1998), Proceedings of KDD-98, 73-79: lift.
    Hesterberg (2015), The American Statistician 69, 371-386: the interval.

    Examples
    --------
    >>> churned = [0] * 60 + [1] * 5 + [0] * 25 + [1] * 10
    >>> print(lift(churned, range(100), share=0.2))
    lift 3.33 [2.00, 4.61], n = 100 cases (bootstrap)
    """
    check_level(level)
    if not 0 < share < 1:
        raise EstimateError(f"share= is {share}; it must lie between 0 and 1. Use 0.1 for tenths.")
    named = {"score": score} | ({} if weights is None else {"weights": weights})
    cases = complete(outcome, named, cluster)
    weight = np.ones(len(cases.outcome)) if weights is None else cases.columns[1]
    if (weight < 0).any():
        raise EstimateError("weights= holds negative numbers; revenue must be 0 or more.")
    method = "bootstrap of accounts" if cases.clustered else "bootstrap"
    value = low = high = float("nan")
    if (weight * cases.outcome).sum() > 0:
        ranked = ranking(cases.outcome, cases.columns[0], cases.accounts, weight)
        statistic = _ahead(share)
        whole = [np.asarray(part.sum(axis=0))[None] for part in ranked]
        value = float(statistic(*whole)[0])
        values = drawn([ranked], statistic, draws=draws, seed=seed, key="lift")[:, 0]
        low, high, _ = expanded(values, cases.n, level)
    name = "lift" if weights is None else "weighted lift"
    told = (name, value, low, high, level, cases.n, cases.unit, method, cases.notes)
    return Estimate(*told)


def _ahead(share: float) -> Statistic:
    """Return the lift of the top ``share`` as a function of what stands at each level."""

    def statistic(ones: NDArray, zeros: NDArray) -> NDArray:
        ones, every = ones[:, ::-1], (ones + zeros)[:, ::-1]
        total = every.sum(axis=1, keepdims=True)
        before = np.cumsum(every, axis=1) - every
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(every > 0, np.clip((share * total - before) / every, 0, 1), 0)
            return (inside * ones).sum(axis=1) / (share * ones.sum(axis=1))

    return statistic
