"""How far the items of one construct say the same thing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.influence import half_width
from crqlab.stats.items import Answers, complete

BY_ACCOUNT = "delta method over accounts, Maydeu-Olivares 2007"


def alpha(
    items: pd.DataFrame, *, accounts: pd.Series | None = None, level: float = LEVEL
) -> Estimate:
    """Internal consistency of one construct, Cronbach's alpha.

    With k items, T the variance of their sum and V the sum of their variances,
    alpha = k/(k-1) (1 - V/T). The share of the sum's variance that a parallel set of items
    would repeat, if all items reflect the construct equally strongly.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items already turned round. Respondents with a gap
        are left out, and counted in a note.
    accounts : Series, optional
        The account of each respondent, by position. When given, whole accounts are what was
        sampled and the interval makes no assumption about the answers' distribution; when
        absent, respondents count as independent and the interval is Feldt's.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in (-inf, 1], no unit; ``n`` counts respondents, or accounts when given.

    Raises
    ------
    EstimateError
        Fewer than two items or complete respondents, text, one account, or a sum score
        without variance.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334: the coefficient.
    Feldt (1965), Psychometrika 30, 357-370: the F interval.
    Maydeu-Olivares, Coffman & Hartmann (2007), Psychological Methods 12, 157-176: the
    distribution-free standard error, here summed by account on the scale of log(1 - alpha).

    Examples
    --------
    Six targets rated by four judges (Shrout & Fleiss 1979, table 2):

    >>> ratings = pd.DataFrame(
    ...     {"j1": [9, 6, 8, 7, 10, 6], "j2": [2, 1, 4, 1, 5, 2],
    ...      "j3": [5, 3, 6, 2, 6, 4], "j4": [8, 2, 8, 6, 9, 7]})
    >>> print(alpha(ratings))
    alpha 0.91 [0.68, 0.99], n = 6 respondents (Feldt 1965)
    """
    check_level(level)
    answers = complete(items, accounts=accounts, vary=False, asks="alpha")
    covariance = answers.covariance
    check_sum(covariance)
    value = _alpha(covariance)
    if accounts is None:
        ends, method = _feldt(value, *answers.matrix.shape, level), "Feldt 1965"
    else:
        ends, method = _by_account(answers, value, level), BY_ACCOUNT
    return Estimate("alpha", value, *ends, level, answers.n, answers.unit, method, answers.notes)


def average_r(
    items: pd.DataFrame, *, accounts: pd.Series | None = None, level: float = LEVEL
) -> Estimate:
    """Mean correlation between the items of one construct.

    Unlike alpha it does not grow with the number of items, so constructs of two items and of
    eight can be compared.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items already turned round.
    accounts : Series, optional
        The account of each respondent, by position; respondents are independent when absent.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        ``value`` in [-1/(k-1), 1]; ``n`` counts respondents, or accounts when given.

    Raises
    ------
    EstimateError
        Fewer than two items or complete respondents, text, one account, a constant item.

    References
    ----------
    Clark & Watson (1995), Psychological Assessment 7, 309-319: why, and .15-.50 as a range.
    Steiger & Hakstian (1982), British Journal of Mathematical and Statistical Psychology 35,
    208-215: the distribution-free standard error, here summed by account on Fisher's scale.

    Examples
    --------
    >>> ratings = pd.DataFrame(
    ...     {"j1": [9, 6, 8, 7, 10, 6], "j2": [2, 1, 4, 1, 5, 2], "j3": [5, 3, 6, 2, 6, 4]})
    >>> round(average_r(ratings).value, 3)
    0.788
    """
    check_level(level)
    answers = complete(items, accounts=accounts, asks="the average correlation")
    r = answers.correlation
    pairs = len(r) * (len(r) - 1) / 2
    value = float(np.triu(r, 1).sum() / pairs)
    z = answers.deviations / answers.deviations.std(axis=0)
    own = z**2
    influence = (z.sum(axis=1) ** 2 - own.sum(axis=1) - own @ (r.sum(axis=0) - 1)) / 2 / pairs
    with np.errstate(divide="ignore", invalid="ignore"):
        half = half_width(influence - influence.mean(), answers.accounts, level) / (1 - value**2)
        low, high = np.tanh(np.arctanh(value) + np.array([-half, half]))
    method = "delta method, Steiger & Hakstian 1982"
    return Estimate(
        "average inter-item correlation", value, float(low), float(high), level,
        answers.n, answers.unit, method, answers.notes,
    )  # fmt: skip


def alpha_if_dropped(items: pd.DataFrame) -> pd.DataFrame:
    """What each item adds: alpha without it, and its correlation with the rest.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items already turned round; complete respondents
        are used.

    Returns
    -------
    DataFrame, one row per item
        ``item``, ``n`` respondents, ``mean`` and ``sd`` (scale points), ``item_rest_r``
        (correlation with the sum of the other items, in [-1, 1]), ``alpha_if_dropped`` (alpha
        of the others, missing for two items), ``flag``.

    Raises
    ------
    EstimateError
        Fewer than two items or complete respondents, text, or sums without variance.

    References
    ----------
    Nunnally & Bernstein (1994), Psychometric Theory, chapter 8: corrected item-total r.

    Examples
    --------
    >>> ratings = pd.DataFrame(
    ...     {"j1": [9, 6, 8, 7, 10, 6], "j2": [2, 1, 4, 1, 5, 2], "j3": [5, 3, 6, 2, 6, 4]})
    >>> alpha_if_dropped(ratings)[["item", "item_rest_r", "alpha_if_dropped"]].round(3)
      item  item_rest_r  alpha_if_dropped
    0   j1        0.755             0.944
    1   j2        0.883             0.841
    2   j3        0.867             0.854
    """
    answers = complete(items, vary=False, asks="an item analysis")
    covariance = answers.covariance
    check_sum(covariance)
    total, own, row = covariance.sum(), np.diagonal(covariance), covariance.sum(axis=0)
    rest = total - 2 * row + own
    k = len(own)
    with np.errstate(divide="ignore", invalid="ignore"):
        item_rest = (row - own) / np.sqrt(own * rest)
        dropped = (k - 1) / (k - 2) * (1 - (own.sum() - own) / rest) if k > 2 else own * np.nan
    table = pd.DataFrame(
        {
            "item": answers.names,
            "n": len(answers.matrix),
            "mean": answers.matrix.mean(axis=0),
            "sd": np.sqrt(own),
            "item_rest_r": item_rest,
            "alpha_if_dropped": dropped,
        }
    )
    conditions = [own == 0, item_rest < 0, np.full(k, k < 3), dropped > _alpha(covariance)]
    words = [
        "item_constant",
        "runs_against_others",
        "nothing_to_drop",
        "alpha_higher_without",
    ]
    return table.assign(flag=np.select(conditions, words, "ok"))


def check_sum(covariance: NDArray) -> None:
    """Refuse items whose sum does not vary; no reliability can be computed from it."""
    if covariance.sum() <= 1e-12 * np.trace(covariance) or np.trace(covariance) == 0:
        raise EstimateError(
            "All respondents have the same sum score; reliability needs variance. "
            "Check for straight-lining in the export, and for items left unreversed.",
            caution="same_sum_from_all",
        )


def _alpha(covariance: NDArray) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _feldt(value: float, n: int, k: int, level: float) -> tuple[float, float]:
    tail, df1, df2 = (1 - level) / 2, n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - value) * f.isf(tail, df1, df2)
    high = 1 - (1 - value) * f.ppf(tail, df1, df2)
    return float(low), float(high)


def _by_account(answers: Answers, value: float, level: float) -> tuple[float, float]:
    """Interval of log(1 - alpha) from what each account adds to V and to T."""
    deviations = answers.deviations
    k = deviations.shape[1]
    own, total = (deviations**2).sum(axis=1), deviations.sum(axis=1) ** 2
    influence = -k / (k - 1) * (own - total * own.mean() / total.mean()) / total.mean()
    return widened(value, half_width(influence, answers.accounts, level))


def widened(value: float, half: float) -> tuple[float, float]:
    """Ends of the interval of a reliability that is symmetric on the scale of log(1 - value).

    Examples
    --------
    >>> low, high = widened(0.9, 0.05)
    >>> round(low, 3), round(high, 3)
    (0.835, 0.939)
    """
    error = 1 - value
    if error <= 0:
        return (value, value) if half == 0 else (value - half, value + half)
    return float(1 - error * np.exp(half / error)), float(1 - error * np.exp(-half / error))
