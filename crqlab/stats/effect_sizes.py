"""How large a difference is, beside how sure: effect sizes with intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import ncf, nct, ncx2

from crqlab.base.errors import EstimateError
from crqlab.stats.accuracy import auc
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level

__all__ = ["cliffs_delta", "cramers_v", "hedges_g", "omega_squared"]
__dir__ = __all__.copy


def hedges_g(first: ArrayLike, second: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Difference of two independent means in standard deviations, without small-sample bias.

    Parameters
    ----------
    first, second : array
        Scores of each group; missing ones are left out.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        First minus second over the pooled standard deviation; the interval from the noncentral
        t of independent scores (with several people of one account it is too short: take
        ``cliffs_delta(..., accounts=)``). Cohen called .2 small, .5 medium, .8 large.

    Raises
    ------
    EstimateError
        Fewer than two scores in a group, or no variance.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6, 107-128.
    Steiger & Fouladi (1997), in Harlow, What If There Were No Significance Tests?, 221-257.

    Examples
    --------
    >>> print(hedges_g([6, 7, 5, 6, 7, 6], [5, 4, 6, 5, 4, 5]))
    Hedges g 1.63 [0.35, 2.87], n = 12 respondents (noncentral t, Hedges 1981)
    """
    check_level(level)
    one, two = (_known(each, name) for each, name in ((first, "first="), (second, "second=")))
    n, m = len(one), len(two)
    df = n + m - 2
    spread = np.sqrt(((n - 1) * one.var(ddof=1) + (m - 1) * two.var(ddof=1)) / df)
    if not spread > 0:
        raise EstimateError(
            "first= and second= do not vary within their groups; a difference in standard "
            "deviations needs them.",
            caution="no_variance",
        )
    scale = np.sqrt(n * m / (n + m))
    d = (one.mean() - two.mean()) / spread
    bias = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2) if df > 1 else 1.0
    low, high = _ends(lambda nc: float(nct.cdf(d * scale, df, nc)), d * scale, level)
    ends = bias * low / scale, bias * high / scale
    method = "noncentral t, Hedges 1981"
    return Estimate("Hedges g", float(bias * d), *ends, level, n + m, "respondents", method)


def cliffs_delta(
    first: ArrayLike,
    second: ArrayLike,
    *,
    accounts: tuple[ArrayLike, ArrayLike] | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Chance that a score of the first group is higher minus the chance that it is lower.

    For rating scales: it asks for the order of answers alone.

    Parameters
    ----------
    first, second : array
        Scores of each group.
    accounts : (array, array), optional
        The account of each score: people of one account then move together.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [-1, 1]; 0 where neither is higher.

    Raises
    ------
    EstimateError
        No scores in a group.

    References
    ----------
    Cliff (1993), Psychological Bulletin 114, 494-509: twice the area under the ROC curve, less 1.

    Examples
    --------
    >>> cliffs_delta([6, 7, 5, 6, 7, 6], [5, 4, 6, 5, 4, 5]).value
    0.7777777777777777
    """
    sides = [np.asarray(each, dtype=float).ravel() for each in (first, second)]
    if not all(np.isfinite(side).any() for side in sides):
        raise EstimateError(
            "first= or second= holds no score; a difference needs both groups.",
            caution="no_answers",
        )
    group = np.repeat([1, 0], [len(side) for side in sides])
    cluster = None if accounts is None else np.concatenate([np.asarray(a) for a in accounts])
    found = auc(group, np.concatenate(sides), cluster=cluster, level=level)
    ends = (2 * end - 1 for end in (found.value, found.low, found.high))
    told = found.level, found.n, found.unit, found.method, found.notes
    return Estimate("Cliff's delta", *ends, *told)


def cramers_v(counts: pd.DataFrame, *, level: float = LEVEL) -> Estimate:
    """How far two categories go together, without the bias of small tables.

    Parameters
    ----------
    counts : DataFrame, shape (rows, columns)
        A table of counts, as of ``pandas.crosstab``.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]; the interval from the noncentral chi-square of the plain V.

    Raises
    ------
    EstimateError
        Counts below 0, or fewer than two rows or columns with any.

    References
    ----------
    Bergsma (2013), Journal of the Korean Statistical Society 42, 323-328: the correction.
    Steiger (2004), Psychological Methods 9, 164-182: the interval.

    Examples
    --------
    >>> print(cramers_v(pd.DataFrame([[30, 10], [15, 25]])))
    Cramer's V 0.36 [0.16, 0.60], n = 80 respondents (Bergsma 2013)
    """
    check_level(level)
    table = pd.DataFrame(counts).to_numpy(float)
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise EstimateError("counts= holds values that are missing or below 0; give counts.")
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    rows, columns = table.shape
    if min(rows, columns) < 2:
        raise EstimateError(
            f"counts= has {rows} rows and {columns} columns with any; it needs two of both.",
            caution="one_group",
        )
    n = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chi2, df = float(((table - expected) ** 2 / expected).sum()), (rows - 1) * (columns - 1)
    phi2 = max(chi2 / n - df / (n - 1), 0.0)
    least = min(r - (r - 1) ** 2 / (n - 1) for r in (rows, columns)) - 1
    low, high = _ends(lambda nc: float(ncx2.cdf(chi2, df, max(nc, 1e-12))), chi2, level, least=0)
    ends = [
        float(np.clip(np.sqrt(end / (n * (min(rows, columns) - 1))), 0, 1)) for end in (low, high)
    ]
    value = float(np.sqrt(phi2 / least))
    told = level, round(n), "respondents", "Bergsma 2013", _alike(high)
    return Estimate("Cramer's V", value, min(ends[0], value), np.maximum(ends[1], value), *told)


def omega_squared(values: ArrayLike, groups: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Share of the variance that lies between groups, without the bias of eta squared.

    Parameters
    ----------
    values : array
        Scores; rows without a score or a group are left out.
    groups : array
        The group of each score.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        At most 1, below 0 by chance where groups do not differ; the interval from the
        noncentral F.

    Raises
    ------
    EstimateError
        Fewer than two groups, no more scores than groups, or no variance.

    References
    ----------
    Hays (1963), Statistics for Psychologists. Steiger (2004), Psychological Methods 9, 164-182.

    Examples
    --------
    >>> print(omega_squared([1, 2, 3, 4, 5, 6, 7, 8, 9], list("aaabbbccc")))
    omega squared 0.85 [0.44, 0.94], n = 9 respondents (noncentral F, Steiger 2004)
    """
    check_level(level)
    table = pd.DataFrame({"y": np.asarray(values, dtype=float), "g": np.asarray(groups)}).dropna()
    k, n = table["g"].nunique(), len(table)
    if k < 2 or n <= k or not table["y"].var() > 0:
        raise EstimateError(
            f"values= has {n} scores in {k} groups; variance between groups needs two groups, more "
            "scores than groups, and scores that differ.",
            caution="one_group" if k < 2 else "no_variance",
        )
    mean = table.groupby("g")["y"].transform("mean")
    between = float(((mean - table["y"].mean()) ** 2).sum())
    within = float(((table["y"] - mean) ** 2).sum())
    df, error = k - 1, n - k
    noise = within / error
    value = (between - df * noise) / (between + within + noise)
    told = level, n, "respondents", "noncentral F, Steiger 2004"
    if not noise > 0:
        return Estimate("omega squared", 1.0, float("nan"), float("nan"), *told)
    f = between / df / noise
    low, high = _ends(
        lambda nc: float(ncf.cdf(f, df, error, max(nc, 1e-12))), f * df, level, least=0
    )
    ends = min(low / (low + n), value), high / (high + n)
    return Estimate("omega squared", value, *ends, *told, _alike(high))


def _alike(high: float) -> tuple[str, ...]:
    return ("groups_alike",) if np.isnan(high) else ()


def _known(scores: ArrayLike, name: str) -> NDArray:
    found = np.asarray(scores, dtype=float).ravel()
    found = found[np.isfinite(found)]
    if len(found) < 2:
        raise EstimateError(
            f"{name} holds {len(found)} scores; a difference of means needs two in each group."
        )
    return found


def _ends(
    below: Callable[[float], float], centre: float, level: float, *, least: float | None = None
) -> tuple[float, float]:
    """Noncentralities at which what was seen is as rare as the level says, on either side.

    The upper one is missing where even the least of all would have shown more.
    """
    tail = (1 - level) / 2

    def end(share: float) -> float:
        if least is not None and below(least) < share:
            return least if share > tail else float("nan")
        low, high, step = centre, centre, max(abs(centre), 1.0)
        while below(high) > share:
            high += step
            step *= 2
        step = max(abs(centre), 1.0)
        while below(low) < share:
            low, step = (low - step if least is None else max(low - step, least)), 2 * step
        return float(brentq(lambda nc: below(nc) - share, low, high, xtol=1e-9))

    return end(1 - tail), end(tail)
