"""How much of the variance lies between accounts, from sums alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_GROUPS

__all__ = ["random_intercept_reml", "sufficient", "variance_components"]
__dir__ = __all__.copy

BISECTIONS = 64
GRID = np.concatenate([np.arange(100) / 100, 1 - np.logspace(-2.2, -8, 30)])


def sufficient(values: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Reduce answers to the three sums that carry everything a one-way layout needs.

    Parameters
    ----------
    values : Series
        Scores in any unit; rows without a value or a group are left out.
    groups : Series
        The account of each value, by position.

    Returns
    -------
    DataFrame, one row per account, sorted
        ``n`` values, ``total``, ``squares`` (sum of squared values). The same rows in another
        order give the same bytes.

    Examples
    --------
    >>> sufficient(pd.Series([1.0, 3.0, 5.0]), pd.Series(["b", "b", "a"]))
       n  total  squares
    a  1    5.0     25.0
    b  2    4.0     10.0
    """
    value = pd.Series(values).to_numpy(dtype=float, na_value=np.nan)
    codes, keys = pd.factorize(pd.Series(groups), sort=True)
    if len(value) != len(codes):
        raise EstimateError(
            f"values= has {len(value)} rows and groups= {len(codes)}; "
            "they must be columns of one table."
        )
    kept = ~np.isnan(value) & (codes >= 0)
    value, codes = value[kept], codes[kept]
    order = np.lexsort((value, codes))
    value, codes = value[order], codes[order]
    n = np.bincount(codes, minlength=len(keys))
    sums = {
        "n": n,
        "total": np.bincount(codes, weights=value, minlength=len(keys)),
        "squares": np.bincount(codes, weights=value**2, minlength=len(keys)),
    }
    return pd.DataFrame(sums, index=keys)[n > 0]


def variance_components(
    n: ArrayLike, total: ArrayLike, squares: ArrayLike, blocks: ArrayLike | None = None
) -> pd.DataFrame:
    """One-way analysis of variance of many blocks at once, with ICC(1) and ICC(2).

    Parameters
    ----------
    n, total, squares : array, one element per account
        Respondents, sum and sum of squares of their scores (see `sufficient`).
    blocks : array, optional
        The block (client and wave) of each account; all in one block when absent.

    Returns
    -------
    DataFrame, one row per block, sorted
        ``n_accounts``, ``n`` respondents, ``k`` (mean account size), ``msb``, ``msw``,
        ``var_between``, ``var_within`` (squared score units; between may be negative by
        chance), ``icc1`` in [-1/(k-1), 1], ``icc2`` in (-inf, 1] (missing
        where accounts have one and the same mean: it is then without bound), ``flag``. With
        accounts of
        unequal size the mean size makes ``icc1`` a little too small, as in R's multilevel;
        `random_intercept_reml` has no such bias.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: ICC(1), ICC(2).

    Examples
    --------
    >>> variance_components([2, 2, 2], [2, 6, 13], [2.5, 18.5, 85.0])[["k", "icc1", "icc2"]]
         k    icc1      icc2
    0  2.0  0.9375  0.967742
    """
    size, mean, within, codes, keys = _blocks(n, total, squares, blocks)
    add = _adder(codes, len(keys))
    accounts, people = add(np.ones(len(size))), add(size)
    with np.errstate(divide="ignore", invalid="ignore"):
        grand = add(size * mean) / people
        msb = add(size * (mean - grand[codes]) ** 2) / (accounts - 1)
        msw = add(within) / (people - accounts)
        k = people / accounts
        icc1 = (msb - msw) / (msb + (k - 1) * msw)
        icc2 = np.where(msb > 0, 1 - msw / msb, np.nan)
    table = {
        "n_accounts": accounts.astype(int),
        "n": people if (people % 1).any() else people.astype(int),
        "k": k,
        "msb": msb,
        "msw": msw,
        "var_between": (msb - msw) / k,
        "var_within": msw,
        "icc1": icc1,
        "icc2": icc2,
    }
    frame = pd.DataFrame(table, index=keys)
    return _finite(frame).assign(flag=_flags(accounts, people, icc1))


def random_intercept_reml(
    n: ArrayLike, total: ArrayLike, squares: ArrayLike, blocks: ArrayLike | None = None
) -> pd.DataFrame:
    """Variance between and within accounts by restricted maximum likelihood.

    Fits score = grand mean + account + respondent for every block. Only the share of the
    variance between accounts has to be searched (all else is closed form given it); the score
    equation is solved to machine precision, so the result is the exact maximum.

    Parameters
    ----------
    n, total, squares : array, one element per account
        Respondents, sum and sum of squares of their scores (see `sufficient`).
    blocks : array, optional
        The block (client and wave) of each account; all in one block when absent.

    Returns
    -------
    DataFrame, one row per block, sorted
        ``n_accounts``, ``n`` respondents, ``grand_mean`` and its standard error ``grand_se``
        (score units), ``var_between`` and its standard error ``between_se``, ``var_within``
        (squared score units), ``icc1`` in [0, 1], ``flag``. Values are missing where the block
        cannot carry them.

    References
    ----------
    Patterson & Thompson (1971), Biometrika 58, 545-554: the restricted likelihood.
    Bates et al. (2015), Journal of Statistical Software 67(1), 1-48: its profile.
    Searle, Casella & McCulloch (1992), Variance Components, chapter 6: ``between_se``.

    Examples
    --------
    >>> fit = random_intercept_reml([2, 2, 2], [2, 6, 13], [2.5, 18.5, 85.0])
    >>> fit[["grand_mean", "var_between", "var_within", "icc1"]].round(4)
       grand_mean  var_between  var_within    icc1
    0         3.5          7.5         0.5  0.9375
    """
    size, mean, within, codes, keys = _blocks(n, total, squares, blocks)
    add = _adder(codes, len(keys))
    accounts, people, noise = add(np.ones(len(size))), add(size), add(within)
    share = _reml_share(size, mean, noise, people, codes, add)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = share / (1 - share)
        weight = size / (1 + ratio[codes] * size)
        grand = add(weight * mean) / add(weight)
        spread = noise + add(weight * (mean - grand[codes]) ** 2)
        var_within = spread / (people - 1)
        table = {
            "n_accounts": accounts.astype(int),
            "n": people.astype(int),
            "grand_mean": grand,
            "grand_se": np.sqrt(var_within / add(weight)),
            "var_between": ratio * var_within,
            "between_se": _between_se(size, ratio, var_within, accounts, people, codes, add),
            "var_within": var_within,
            "icc1": share,
        }
    known = (accounts > 1) & (people > accounts) & (noise > 0)
    flags = _flags(accounts, people, np.where(known, share, np.nan))
    frame = pd.DataFrame(table, index=keys)
    unknown = ["grand_se", "var_between", "between_se", "var_within", "icc1"]
    frame.loc[~known, unknown] = np.nan
    return frame.assign(flag=flags)


def _between_se(size, ratio, var_within, accounts, people, codes, add) -> NDArray:
    """Standard error of the variance between accounts, from the expected information."""
    root = 1 / (1 + ratio[codes] * size)
    between, cross = add((size * root) ** 2), add(size * root**2)
    within = add(root**2) + people - accounts
    return var_within * np.sqrt(2 / (between - cross**2 / within))


def _reml_share(size, mean, noise, people, codes, add) -> NDArray:
    """Find the maximum: the best point of a grid, then bisection of the score around it."""

    def profile(share: NDArray) -> tuple[NDArray, NDArray]:
        ratio = share / (1 - share)
        weight = size / (1 + ratio[codes] * size)
        mass = add(weight)
        gap = (mean - (add(weight * mean) / mass)[codes]) ** 2
        spread = noise + add(weight * gap)
        deviance = (people - 1) * np.log(spread) + np.log(mass)
        deviance += add(np.log1p(ratio[codes] * size))
        slope = mass - add(weight**2) / mass - (people - 1) * add(weight**2 * gap) / spread
        return deviance, slope

    with np.errstate(divide="ignore", invalid="ignore"):
        deviances = [profile(np.full(len(people), point))[0] for point in GRID]
        best = np.argmin(np.nan_to_num(deviances, nan=np.inf), axis=0)
        low, high = GRID[np.maximum(best - 1, 0)], GRID[np.minimum(best + 1, len(GRID) - 1)]
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            rising = profile(middle)[1] >= 0
            low, high = np.where(rising, low, middle), np.where(rising, middle, high)
        at_zero = profile(np.zeros(len(people)))[1] >= 0
    return np.where((best == 0) & at_zero, 0.0, (low + high) / 2)


def _blocks(n, total, squares, blocks):
    """Line accounts up by block: size, mean, sum of squares within, block codes and keys."""
    size, total, squares = (np.atleast_1d(np.asarray(x, dtype=float)) for x in (n, total, squares))
    codes, keys = np.zeros(len(size), dtype=int), pd.RangeIndex(1)
    if blocks is not None:
        codes, keys = pd.factorize(pd.Index(blocks), sort=True)
    if not len(size) == len(total) == len(squares) == len(codes):
        raise EstimateError("n=, total=, squares= and blocks= must have one element per account.")
    kept = (size > 0) & (codes >= 0)
    if not kept.any():
        raise EstimateError("No account has an answer; variance components need some.")
    size, total, squares, codes = size[kept], total[kept], squares[kept], codes[kept]
    mean = total / size
    return size, mean, np.maximum(squares - total * mean, 0), codes, keys


def _adder(codes: NDArray, n_blocks: int):
    return lambda amounts: np.bincount(codes, weights=amounts, minlength=n_blocks)


def _finite(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.replace([np.inf, -np.inf], np.nan)


def _flags(accounts: NDArray, people: NDArray, icc1: NDArray) -> NDArray:
    return np.select(
        [
            accounts < 2,
            people == accounts,
            np.isnan(icc1),
            icc1 <= 0,
            accounts < FEW_GROUPS,
        ],
        [
            "fewer_than_two_accounts",
            "no_account_with_two_answers",
            "no_variance",
            "no_variance_between",
            code("few_accounts", minimum=FEW_GROUPS),
        ],
        "ok",
    )
