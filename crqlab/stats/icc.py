"""ICC(1) and ICC(2) of many blocks and measures at once, each with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from crqlab.base.errors import EstimateError
from crqlab.stats.cluster_draws import resampled, stream
from crqlab.stats.components import variance_components
from crqlab.stats.defaults import DRAWS, LEVEL, SEED
from crqlab.stats.estimate import check_level

__all__ = ["iccs"]
__dir__ = __all__.copy


def iccs(
    n: pd.DataFrame,
    total: pd.DataFrame,
    squares: pd.DataFrame,
    blocks: pd.Index,
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> pd.DataFrame:
    """ICC(1) and ICC(2) of every block and measure, with intervals from resampled accounts.

    The same numbers as `crqlab.stats.agreement.icc1` and ``icc2``, from sums.

    Parameters
    ----------
    n, total, squares : DataFrame, shape (accounts, measures)
        Respondents, sum and sum of squares of their scores, around any centre of the block;
        indexed by account, which may occur once in each block.
    blocks : Index
        The block of each row, by position: text, numbers or tuples.
    draws, seed : int
        Samples per block, and the seed. A block's result depends on nothing but its own
        accounts, their names and the seed.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, one row per block and measure, blocks sorted
        ``block``, ``measure``, ``icc1``, ``icc1_low``, ``icc1_high``, ``icc2``, ``icc2_low``,
        ``icc2_high``, ``n`` respondents, ``n_accounts``, ``flag``. Missing where a block
        cannot carry them.

    Raises
    ------
    EstimateError
        Tables that do not match.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: ICC(1) and ICC(2).
    Ukoumunne et al. (2003), Statistics in Medicine 22, 3805-3821: resampling clusters, on a
    scale with stable variance.

    Examples
    --------
    >>> columns = {"n": [2, 2, 2], "total": [2, 6, 13], "squares": [2.5, 18.5, 85.0]}
    >>> sums = [pd.DataFrame({"crq": column}, list("abc")) for column in columns.values()]
    >>> iccs(*sums, pd.Index(["C017"] * 3))[["block", "icc1", "icc2"]]
      block    icc1      icc2
    0  C017  0.9375  0.967742
    """
    check_level(level)
    if not (n.shape == total.shape == squares.shape and len(n) == len(blocks)):
        raise EstimateError(
            f"n= is {n.shape}, total= {total.shape}, squares= {squares.shape}, blocks= has "
            f"{len(blocks)} rows; they must have the same accounts and measures."
        )
    codes, keys = pd.factorize(blocks, sort=True)
    order = np.lexsort((pd.factorize(n.index, sort=True)[0], codes))
    codes = codes[order]
    sums = np.stack([part.to_numpy(float)[order] for part in (n, total, squares)])
    found = _components(sums, codes, len(keys))
    log_f = np.log(found["msb"] / found["msw"].where(found["msw"] > 0)).replace(-np.inf, np.nan)
    half = _half(sums, codes, keys, found["n_accounts"].to_numpy(), draws, level, seed)
    table = pd.DataFrame(
        {
            "block": keys.repeat(n.shape[1]),
            "measure": np.tile(n.columns.to_numpy(), len(keys)),
            **_ends(found, np.exp(log_f - half), np.exp(log_f + half)),
        }
    )
    return table.join(found[["n", "n_accounts"]].astype("int64")).assign(flag=found["flag"])


def _components(sums: NDArray, codes: NDArray, n_blocks: int) -> pd.DataFrame:
    n_measures = sums.shape[2]
    cell = codes[:, None] * n_measures + np.arange(n_measures)
    rows = pd.RangeIndex(n_blocks * n_measures)
    if not (sums[0] > 0).any():  # nobody was asked, or nobody answered
        unknown = pd.DataFrame(np.nan, rows, ["icc1", "icc2", "k", "msb", "msw"])
        return unknown.assign(n=0, n_accounts=0, flag="no_answers")
    found = variance_components(*sums.reshape(3, -1), cell.ravel()).reindex(rows)
    counts = found[["n", "n_accounts"]].fillna(0)
    return found.assign(**counts, flag=found["flag"].fillna("no_answers"))


def _ends(found: pd.DataFrame, low: pd.Series, high: pd.Series) -> dict[str, pd.Series]:
    """ICCs at both ends of the interval of F = MSB / MSW."""
    k = found["k"]
    return {
        "icc1": found["icc1"],
        "icc1_low": (low - 1) / (low + k - 1),
        "icc1_high": (high - 1) / (high + k - 1),
        "icc2": found["icc2"],
        "icc2_low": 1 - 1 / low,
        "icc2_high": 1 - 1 / high,
    }


def _half(
    sums: NDArray,
    codes: NDArray,
    keys: pd.Index,
    accounts: NDArray,
    draws: int,
    level: float,
    seed: int,
) -> NDArray:
    """Half width of the interval of log F, by block and measure."""
    n, total, squares = sums
    means = np.divide(total**2, n, out=np.zeros(n.shape), where=n > 0)
    flat = np.hstack([n > 0, n, total, squares, means])
    starts = np.searchsorted(codes, np.arange(len(keys) + 1))
    spread = np.full((len(keys), n.shape[1]), np.nan)
    for block, key in enumerate(keys):
        here = flat[starts[block] : starts[block + 1]]
        pieces = [c @ here for c in resampled(len(here), draws, stream(seed, key))]
        spread[block] = _spread(*np.split(np.vstack(pieces), 5, axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        widened = spread.ravel() * np.sqrt(accounts / (accounts - 1))
        return np.where(accounts > 1, t.isf((1 - level) / 2, accounts - 1) * widened, np.nan)


def _spread(
    accounts: NDArray, people: NDArray, total: NDArray, squares: NDArray, means: NDArray
) -> NDArray:
    """Standard deviation over draws of log F, by measure; missing below two usable draws."""
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (means - total**2 / people) / (accounts - 1)
        log_f = np.log(between / ((squares - means) / (people - accounts)))
    there = np.isfinite(log_f)
    count = there.sum(axis=0)
    mean = np.where(there, log_f, 0).sum(axis=0) / np.maximum(count, 1)
    deviation = np.where(there, log_f - mean, 0)
    return np.where(count > 1, np.sqrt((deviation**2).sum(axis=0) / np.maximum(count, 1)), np.nan)
