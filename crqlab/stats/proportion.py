"""What share said yes, and how sure that is: independent people, or people in accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["clustered", "wilson"]
__dir__ = __all__.copy


def wilson(successes: ArrayLike, n: ArrayLike, *, level: float = LEVEL) -> pd.DataFrame:
    """Shares with score intervals, many at a time.

    Parameters
    ----------
    successes, n : array of float
        How many said yes, of how many; a weighted or effective n need not be whole.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per element
        ``value``, ``low``, ``high`` in [0, 1]; missing where n is 0.

    Raises
    ------
    EstimateError
        More successes than n, or a negative number.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> wilson([272, 0, 3], [400, 10, 3]).round(3)
       value    low   high
    0   0.68  0.633  0.724
    1   0.00  0.000  0.278
    2   1.00  0.439  1.000
    """
    check_level(level)
    x, n = np.broadcast_arrays(np.atleast_1d(successes).astype(float), np.asarray(n, dtype=float))
    if not ((x >= 0) & (x <= n)).all():
        raise EstimateError(
            "successes= holds numbers that are missing, negative or above n=; "
            "a share needs counts from 0 to n."
        )
    return _score(_ratio(x, n), n, np.full(x.shape, norm.isf((1 - level) / 2)))


def clustered(
    successes: ArrayLike, n: ArrayLike, groups: ArrayLike, *, level: float = LEVEL
) -> pd.DataFrame:
    """Shares of people who sit in accounts, with score intervals on the effective number.

    People of one account answer alike, so n of them say less than n independent ones. The
    linearised variance of the share over accounts, against that of independent people, gives
    how many independent people would say as much; Wilson's interval is taken at that number,
    with Student's t for the accounts. Where everybody or nobody said yes that variance is 0,
    and each account counts as one voice. The effective number never exceeds n.

    Parameters
    ----------
    successes, n : array of float, one element per account and group
        How many of the account's people said yes, of how many.
    groups : array
        The group of each element.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per group, index the groups, sorted
        ``value``, ``low``, ``high`` in [0, 1]; ``successes``, ``n``, ``n_accounts``,
        ``effective``. An interval is missing with fewer than two accounts.

    Raises
    ------
    EstimateError
        More successes than n, a negative number, or columns of different lengths.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24, 193-201: the effective number.
    Dean & Pagano (2015), Journal of Survey Statistics and Methodology 3, 484-503: Wilson's
    interval on it covers best for few clusters.

    Examples
    --------
    Three accounts answer whole or not at all: their nine people say as much as two.

    >>> clustered([3, 0, 3], [3, 3, 3], ["a", "a", "a"])[["value", "effective"]].round(2)
       value  effective
    a   0.67        2.0
    """
    check_level(level)
    x, n = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    codes, keys = pd.factorize(pd.Index(groups), sort=True)
    if not len(x) == len(n) == len(codes):
        raise EstimateError(
            f"successes= has {len(x)}, n= {len(n)} and groups= {len(codes)} elements; "
            "they must be columns of one table."
        )
    if not ((x >= 0) & (x <= n)).all():
        raise EstimateError(
            "successes= holds numbers that are missing, negative or above n=; "
            "a share needs counts from 0 to n."
        )
    kept = (n > 0) & (codes >= 0)
    return _clustered(x[kept], n[kept], codes[kept], keys, level)


def _clustered(x: NDArray, n: NDArray, codes: NDArray, keys: pd.Index, level: float):
    def add(amounts: NDArray) -> NDArray:
        return np.bincount(codes, weights=amounts, minlength=len(keys))

    yes, people, accounts = add(x), add(n), add(np.ones(len(n)))
    share = _ratio(yes, people)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = add((x - share[codes] * n) ** 2) / people**2 * accounts / (accounts - 1)
        effective = share * (1 - share) / variance
    effective = np.where(variance > 0, np.minimum(effective, people), accounts)
    effective = np.where((share > 0) & (share < 1) & (variance == 0), people, effective)
    quantile = t.isf((1 - level) / 2, np.where(accounts > 1, accounts - 1, np.nan))
    table = _score(share, np.where(accounts > 1, effective, 0), quantile)
    table.index = keys
    return table.assign(
        value=share, successes=yes, n=people, n_accounts=accounts.astype(int), effective=effective
    )


def _score(share: NDArray, n: NDArray, quantile: NDArray) -> pd.DataFrame:
    """Wilson's interval around shares of n voices, with the quantile of each."""
    n = np.where(n > 0, n, np.nan)
    square = quantile**2 / n
    middle = (share + square / 2) / (1 + square)
    half = np.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    low = np.where(share == 0, 0 * half, np.clip(middle - half, 0, 1))
    high = np.where(share == 1, 1 + 0 * half, np.clip(middle + half, 0, 1))
    return pd.DataFrame({"value": np.where(np.isnan(n), np.nan, share), "low": low, "high": high})


def _ratio(part: NDArray, whole: NDArray) -> NDArray:
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
