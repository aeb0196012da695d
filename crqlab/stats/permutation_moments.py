"""What chance alone would do: the moments of every possible shuffle, without shuffling.

Sums over a hand of accounts and counts of close pairs have moments in closed form, so nothing
here depends on a seed, on row order or on what anything is called.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, ndtr
from scipy.stats import nbinom, poisson

__all__ = ["close_pairs", "dealt", "rare", "tail"]
__dir__ = __all__.copy


def dealt(values: ArrayLike, units: ArrayLike, strata: ArrayLike) -> pd.DataFrame:
    """Sum of every unit's values, had the values of each stratum been dealt out like cards.

    Parameters
    ----------
    values : array
        One number per account, any unit, complete.
    units : array
        Who holds each account.
    strata : array
        The stratum of each account (client, wave and tier): shuffles stay inside it.

    Returns
    -------
    DataFrame, one row per unit, sorted
        ``total``, and the mean (``expected``), ``variance`` and third central moment (``third``)
        of the total over all shuffles; ``alone``, the variance had everybody drawn with
        replacement, which is what units add to one another's comparison.

    References
    ----------
    Cochran (1977), Sampling Techniques, chapters 2 and 5: sampling without replacement.

    Examples
    --------
    >>> dealt([0, 0, 3, 1], ["a", "a", "b", "b"], [1, 1, 1, 1])
       total  expected  variance  third  alone
    a    0.0       2.0       2.0    0.0    4.0
    b    4.0       2.0       2.0    0.0    4.0
    """
    value = np.asarray(values, dtype=float)
    unit, keys = pd.factorize(pd.Index(units), sort=True)
    stratum = pd.factorize(pd.Index(strata))[0]
    size = np.bincount(stratum)
    mean = np.bincount(stratum, value) / size
    gap = value - mean[stratum]
    second, third = (np.bincount(stratum, gap**k) / size for k in (2, 3))
    pair, n = np.unique(unit * len(size) + stratum, return_counts=True)
    holder, of = pair // len(size), pair % len(size)
    big, rest = size[of], size[of] - n
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(rest > 0, n * rest / (big - 1) * second[of], 0)
        skewed = n * rest * (big - 2 * n) / ((big - 1) * (big - 2)) * third[of]
        apart = np.where(rest > 0, n * big / (big - 1) * second[of], 0)
    columns = {
        "total": np.bincount(unit, value, len(keys)),
        "expected": np.bincount(holder, n * mean[of], len(keys)),
        "variance": np.bincount(holder, variance, len(keys)),
        "third": np.bincount(holder, np.where((rest > 0) & (big > 2), skewed, 0), len(keys)),
        "alone": np.bincount(holder, apart, len(keys)),
    }
    return pd.DataFrame(columns, index=keys)


def tail(z: ArrayLike, skewness: ArrayLike) -> NDArray:
    """Chance of a standardised sum this large or larger, when it is skewed (Pearson type III).

    Parameters
    ----------
    z : array
        Standardised sums.
    skewness : array
        Third standardised moment of each; 0 gives the normal tail.

    References
    ----------
    Winkler et al. (2016), NeuroImage 141, 502-516: permutation tails from three moments.

    Examples
    --------
    >>> tail([1.645, 3.0], [0.0, 1.0]).round(4)
    array([0.05  , 0.0103])
    """
    z, skew = np.broadcast_arrays(np.asarray(z, float), np.asarray(skewness, float))
    flat = np.abs(skew) < 1e-4
    shape = 4 / np.where(flat, 1, skew) ** 2
    at = np.maximum(shape + np.sign(skew) * z * np.sqrt(shape), 0)
    curved = np.where(skew > 0, gammaincc(shape, at), gammainc(shape, at))
    return np.where(flat, ndtr(-z), curved)


def close_pairs(
    moments: ArrayLike, days: ArrayLike, units: ArrayLike, blocks: ArrayLike, *, within: float
) -> pd.DataFrame:
    """Pairs of one unit's events of one day that lie close together, against shuffled clocks.

    Every event keeps its day and draws its time of day from all of its block (client and wave),
    so the days and hours at which everybody is busy are no surprise.

    Parameters
    ----------
    moments : array
        Time of day of each event, in minutes, complete.
    days, units, blocks : array
        Day, unit and block of each event; a unit belongs to one block.
    within : float
        Largest gap of a close pair, in minutes.

    Returns
    -------
    DataFrame, one row per unit, sorted
        ``pairs`` found; their ``expected`` count and its ``variance`` over all shuffles.

    References
    ----------
    Mantel (1967), Cancer Research 27, 209-220: both moments. Knox (1964), Applied Statistics
    13, 25-29: close pairs.

    Examples
    --------
    >>> close_pairs([540, 543, 548, 700, 900, 1000], [1] * 6, list("aaabbb"), [1] * 6, within=10)
       pairs  expected  variance
    a      3       0.6      0.54
    b      0       0.6      0.54
    """
    clock = np.asarray(moments, dtype=float)
    unit, keys = pd.factorize(pd.Index(units), sort=True)
    block = pd.factorize(pd.Index(blocks))[0]
    day = pd.factorize(pd.Series(days))[0]
    same = pd.factorize(unit * (day.max(initial=0) + 1) + day)[0]
    found = _edges(clock, same, within)[0]
    n = np.bincount(same)
    owner = np.zeros(len(n), int)
    owner[same] = unit
    home = np.zeros(len(keys), int)
    home[unit] = block
    edges, wedges = n * (n - 1) / 2, n * (n - 1) * (n - 2)
    ours = np.bincount(owner, edges, len(keys)), np.bincount(owner, wedges, len(keys))
    degree = _edges(clock, block, within)[1]
    theirs = np.bincount(block, degree) / 2, np.bincount(block, degree * (degree - 1))
    mean, variance = _mantel(*ours, theirs[0][home], theirs[1][home], np.bincount(block)[home])
    pairs = np.bincount(owner, found, len(keys)).astype(int)
    return pd.DataFrame({"pairs": pairs, "expected": mean, "variance": variance}, index=keys)


def _edges(clock: NDArray, group: NDArray, within: float) -> tuple[NDArray, NDArray]:
    """Close pairs inside each group, and how many close neighbours every event has there."""
    span = np.ptp(clock) + 2 * within + 1 if len(clock) else 1.0
    place = clock - clock.min(initial=np.inf) + group * np.ceil(span)
    line = np.sort(place)
    near = np.searchsorted(line, place + within, "right") - np.searchsorted(line, place - within)
    return np.bincount(group, near - 1) / 2, near - 1


def _mantel(
    e: NDArray, w: NDArray, close: NDArray, wedge: NDArray, n: NDArray
) -> tuple[NDArray, NDArray]:
    """Mean and variance of the common edges of two graphs, the nodes of one being shuffled."""
    with np.errstate(divide="ignore", invalid="ignore"):
        couples = n * (n - 1) / 2
        mean = np.nan_to_num(e * close / couples)
        chained = w * wedge / (n * (n - 1) * (n - 2))
        apart = (e**2 - e - w) * (close**2 - close - wedge) / (couples * (n - 2) * (n - 3) / 2)
    second = mean + np.where(n > 2, np.nan_to_num(chained), 0)
    second = second + np.where(n > 3, np.nan_to_num(apart), 0)
    return mean, np.maximum(second - mean**2, 0)


def rare(count: ArrayLike, expected: ArrayLike, variance: ArrayLike) -> NDArray:
    """Chance of so many rare events, or more, that come in clumps (negative binomial).

    Parameters
    ----------
    count : array of int
    expected, variance : array
        Moments of the count; where the variance is no larger than the mean, Poisson.

    References
    ----------
    Anscombe (1950), Biometrika 37, 358-382: the negative binomial by its moments.

    Examples
    --------
    >>> rare([3, 3], [0.6, 0.6], [0.6, 0.84]).round(4)
    array([0.0231, 0.0452])
    """
    count, mean, variance = np.broadcast_arrays(*map(np.asarray, (count, expected, variance)))
    clumped = variance > mean * (1 + 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(clumped, mean**2 / np.where(clumped, variance - mean, 1), 1)
        chance = np.where(clumped, mean / np.where(clumped, variance, 1), 0.5)
    heavy = nbinom.sf(count - 1, np.maximum(size, 1e-12), chance)
    return np.where(clumped, heavy, poisson.sf(count - 1, mean))
