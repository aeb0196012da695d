"""How well a score tells those to whom it happened from the others, and which score does better."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.errors import one_of
from crqlab.stats.accuracy.cases import Cases, complete
from crqlab.stats.accuracy.cluster_bootstrap import quantile
from crqlab.stats.accuracy.comparison import Difference
from crqlab.stats.accuracy.placements import covariance, placements
from crqlab.stats.accuracy.resampled_accounts import drawn, expanded, ranking, weighted_auc
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import Estimate, check_level

INTERVALS = ("delong", "bootstrap")
SEPARATED = "score_separates_outcomes"
ALIKE = "scores_order_alike"


def auc(
    outcome: ArrayLike,
    score: ArrayLike,
    *,
    level: float = LEVEL,
    cluster: ArrayLike | None = None,
    interval: str = "delong",
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """Chance that one to whom it happened had the higher score than one to whom it did not.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome or score are left out and counted in ``notes``.
    score : array, shape (cases,)
        Higher where the event is thought more likely; ties count half.
    level : float
        Coverage of the interval, in (0, 1).
    cluster : array, optional
        The account of each case; cases of one account then move together, and Student's t on
        accounts less one takes the place of the normal.
    interval : str
        ``"delong"``, from the placements of all cases; ``"bootstrap"``, from resampled accounts
        (cases where no accounts are given), which costs ``draws`` times more.
    draws, seed : int
        Samples of the bootstrap, and the seed.

    Returns
    -------
    Estimate
        ``value`` in [0, 1], 0.5 is chance; missing, with a note, where only one outcome occurs.

    Raises
    ------
    EstimateError
        Arrays of different lengths, text, or an outcome that is neither 0 nor 1.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845.
    Obuchowski (1997), Biometrics 53, 567-578: clusters.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling them.

    Examples
    --------
    >>> churned = [0, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    >>> print(auc(churned, [1, 2, 3, 4, 4, 5, 6, 7, 8, 9]))
    AUC 0.90 [0.70, 1.00], n = 10 cases (DeLong 1988); few cases of one outcome (minimum 10)
    """
    check_level(level)
    one_of("interval=", interval, INTERVALS)
    cases = complete(outcome, {"score": score}, cluster)
    method = _method(cases, interval)
    if cases.one_outcome:
        return _unknown(Estimate, "AUC", level, cases, method)
    places = placements(cases.outcome, cases.columns[0])[:, None]
    value = float(places[cases.outcome == 1].mean())
    if interval == "bootstrap":
        low, high, _ = expanded(_resampled(cases, draws, seed)[:, 0], cases.n, level)
    else:
        error = _error(covariance(places, cases.outcome, cases.accounts)[0, 0])
        half = quantile(cases, level) * error
        low, high = max(value - half, 0.0), min(value + half, 1.0)
    notes = (*cases.notes, SEPARATED) if value in (0, 1) else cases.notes
    return Estimate("AUC", value, low, high, level, cases.n, cases.unit, method, notes)


def auc_difference(
    outcome: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    *,
    level: float = LEVEL,
    cluster: ArrayLike | None = None,
    interval: str = "delong",
    draws: int = DRAWS,
    seed: int = SEED,
) -> Difference:
    """How much better the first score tells outcomes apart than the second, on the same cases.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome or either score are left out and counted.
    score_a, score_b : array, shape (cases,)
        Higher where the event is thought more likely.
    level, cluster, interval, draws, seed
        As for `auc`; the bootstrap resamples the accounts of both scores together.

    Returns
    -------
    Difference
        ``value`` = AUC of a - AUC of b, in [-1, 1]; ``first``, ``second`` (the AUCs); ``p`` is
        two-sided. Interval and p are missing, with a note, where both order the cases alike.

    Raises
    ------
    EstimateError
        Arrays of different lengths, text, or an outcome that is neither 0 nor 1.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845.
    Obuchowski (1997), Biometrics 53, 567-578: clusters.
    Field & Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390: resampling them.

    Examples
    --------
    >>> churned = [0, 0, 0, 1, 0, 1, 0, 1, 1, 1] * 3
    >>> crq, nps = [1, 2, 3, 4, 4, 5, 6, 7, 8, 9] * 3, [3, 1, 7, 5, 4, 6, 8, 2, 7, 9] * 3
    >>> print(auc_difference(churned, crq, nps))
    AUC difference 0.28 [0.08, 0.48], n = 30 cases (DeLong 1988); p = 0.005
    """
    check_level(level)
    one_of("interval=", interval, INTERVALS)
    cases = complete(outcome, {"score_a": score_a, "score_b": score_b}, cluster)
    method = _method(cases, interval)
    if cases.one_outcome:
        return _unknown(Difference, "AUC difference", level, cases, method)
    places = np.column_stack([placements(cases.outcome, score) for score in cases.columns])
    first, second = (float(v) for v in places[cases.outcome == 1].mean(axis=0))
    value, notes = first - second, cases.notes
    if interval == "bootstrap":
        values = _resampled(cases, draws, seed)
        low, high, p = expanded(values[:, 0] - values[:, 1], cases.n, level)
    else:
        apart = places[:, :1] - places[:, 1:]
        error = _error(covariance(apart, cases.outcome, cases.accounts)[0, 0])
        half = quantile(cases, level) * error
        low, high = value - half, value + half
        p = 2 * float(_law(cases).sf(abs(value) / error))
    notes = (*notes, ALIKE) if np.isnan(low) else notes
    told = (value, low, high, level, cases.n, cases.unit, method, notes, p, first, second)
    return Difference("AUC difference", *told)


def _method(cases: Cases, interval: str) -> str:
    if interval == "bootstrap":
        return "bootstrap of accounts" if cases.clustered else "bootstrap"
    return "Obuchowski 1997" if cases.clustered else "DeLong 1988"


def _unknown(kind: type, name: str, level: float, cases: Cases, method: str):
    nan = float("nan")
    return kind(name, nan, nan, nan, level, cases.n, cases.unit, method, cases.notes)


def _resampled(cases: Cases, draws: int, seed: int) -> NDArray:
    rankings = [ranking(cases.outcome, score, cases.accounts) for score in cases.columns]
    return drawn(rankings, weighted_auc, draws=draws, seed=seed, key="auc")


def _error(variance: float) -> float:
    """Standard error; missing where nothing varies, which is ignorance, not certainty."""
    return float(np.sqrt(variance)) if variance > 1e-14 else np.nan


def _law(cases: Cases):
    return t(max(cases.n - 1, 1)) if cases.clustered else norm()
