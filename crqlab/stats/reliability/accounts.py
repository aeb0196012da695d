"""Reliability of a scale within and between accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.items import Answers, complete

LEVELS = ("within accounts", "between accounts", "account means")


def account_reliability(
    items: pd.DataFrame, accounts: pd.Series, *, level: float = LEVEL
) -> pd.DataFrame:
    """Alpha of a scale at two levels: people inside accounts, and accounts.

    The covariances of the items are split into a part within accounts, W = pooled within
    mean squares, and a part between them, B = (mean squares between - W) / n0, where n0 is
    the effective account size. With A(X) = k/(k-1) (sum of X - trace of X) and T(X) the sum
    of X over all pairs of k items:

    - within accounts: A(W)/T(W): do a person's answers to the items agree, once their
      account's opinion is taken out?
    - between accounts: A(B)/T(B): do the items order the accounts alike, free of who happened
      to answer?
    - account means: A(B)/(T(B) + T(W)/n0): how far the observed mean of an account of
      effective size can be relied on, given both its items and its few voices.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items already turned round; respondents with a gap
        are left out.
    accounts : Series
        The account of each respondent, by position.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, three rows
        ``level``, ``alpha``, ``low``, ``high`` (at most 1, but for chance between accounts;
        missing where accounts do not differ), ``n`` respondents, ``n_accounts``, ``size``
        (n0), ``flag``.

    Raises
    ------
    EstimateError
        Fewer than two items or accounts, no account with two complete respondents, text, or a
        constant item.

    References
    ----------
    Geldhof, Preacher & Zyphur (2014), Psychological Methods 19, 72-91: both alphas.
    Lai (2021), Psychological Methods 26, 90-102: the reliability of observed means.
    Muthén (1994), Sociological Methods & Research 22, 376-398: W, B and n0.
    Miller (1974), Biometrika 61, 1-15: the interval, by leaving out each account in turn, on
    the scale of log(1 - alpha), between accounts of alpha.

    Examples
    --------
    Two items of 300 accounts with three people each; half of what an item says varies
    between accounts, and a quarter of that is the item's own:

    >>> rng = np.random.default_rng(1)
    >>> account = np.repeat(np.arange(300), 3)
    >>> shared, own = rng.normal(size=(300, 1)), rng.normal(size=(300, 2))
    >>> person = rng.normal(size=(900, 1)) + rng.normal(size=(900, 2))
    >>> answers = pd.DataFrame((np.sqrt(1.5) * shared + np.sqrt(0.5) * own)[account] + person)
    >>> account_reliability(answers, account)[["level", "alpha", "low", "high"]].round(2)
                  level  alpha   low  high
    0   within accounts   0.70  0.65  0.75
    1  between accounts   0.83  0.77  0.90
    2     account means   0.61  0.51  0.69
    """
    check_level(level)
    answers = complete(items, accounts=accounts, asks="reliability by account")
    sums = _sums(answers)
    if len(answers.matrix) == answers.n:
        raise EstimateError(
            f"No account of {answers.n} has two complete respondents; reliability within and "
            "between accounts needs some. Report alpha over accounts."
        )
    value, size = _alphas(sums.sum(axis=0)[None], answers.n)
    low, high = _ends(sums, value[0], level)
    return pd.DataFrame(
        {
            "level": LEVELS,
            "alpha": value[0],
            "low": low,
            "high": high,
            "n": len(answers.matrix),
            "n_accounts": answers.n,
            "size": size[0],
            "flag": _flags(value[0], low, answers),
        }
    )


def _sums(answers: Answers) -> NDArray:
    """Sum up what each account adds: accounts, people, people squared, and squares.

    Columns after the third come in threes of width k + 1, for the items and for their sum:
    totals; squared totals per respondent; sums of squares.
    """
    deviations = answers.deviations
    measures = np.column_stack([deviations, deviations.sum(axis=1)])
    n = np.bincount(answers.accounts)
    totals, squares = np.zeros((2, len(n), measures.shape[1]))
    np.add.at(totals, answers.accounts, measures)
    np.add.at(squares, answers.accounts, measures**2)
    return np.column_stack([n, n**2, totals, totals**2 / n[:, None], squares])


def _alphas(sums: NDArray, accounts: int) -> tuple[NDArray, NDArray]:
    """Three alphas for each row of sums over accounts, and the effective size."""
    people, squared = sums[:, 0], sums[:, 1]
    totals, means, squares = np.split(sums[:, 2:], 3, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = (people - squared / people) / (accounts - 1)
        within = (squares - means) / (people - accounts)[:, None]
        across = (means - totals**2 / people[:, None]) / (accounts - 1)
        between = (across - within) / size[:, None]
        true_within, true_between = _true(within), _true(between)
        whole = between[:, -1] + within[:, -1] / size
        observed = [within[:, -1], np.where(between[:, -1] > 0, between[:, -1], np.nan), whole]
        alphas = np.stack([true_within, true_between, true_between], 1) / np.stack(observed, 1)
    return np.where(np.isfinite(alphas), alphas, np.nan), size


def _true(variances: NDArray) -> NDArray:
    """Variance of the sum that the items share: k/(k-1) (T - V)."""
    k = variances.shape[1] - 1
    return k / (k - 1) * (variances[:, -1] - variances[:, :-1].sum(axis=1))


def _ends(sums: NDArray, value: NDArray, level: float) -> tuple[NDArray, NDArray]:
    """Jackknife intervals: of log(1 - alpha), but of alpha itself between accounts.

    There it may lie above 1 by chance, where the items order the accounts alike.
    """
    count = len(sums)
    without, _ = _alphas(sums.sum(axis=0) - sums, count - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(1 - without)
        logs[:, 1] = without[:, 1]
        error = np.sqrt((count - 1) * ((logs - logs.mean(axis=0)) ** 2).mean(axis=0))
        half = t.isf((1 - level) / 2, count - 1) * error
        low, high = (1 - (1 - value) * np.exp(way * half) for way in (1, -1))
    low[1], high[1] = value[1] - half[1], value[1] + half[1]
    known = np.isfinite(half)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _flags(value: NDArray, low: NDArray, answers: Answers) -> NDArray:
    few = (code("few_accounts", minimum=FEW_CLUSTERS),) if answers.n < FEW_CLUSTERS else ()
    usual = joined([*answers.notes, *few])
    return np.select(
        [np.isnan(value), np.isnan(low), value >= 1],
        ["accounts_differ_by_chance", "interval_open", "above_one_by_chance"],
        usual,
    )
