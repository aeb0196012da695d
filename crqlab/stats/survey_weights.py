"""For how many an answer stands: weights of a survey, free of the scale they are given on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError

__all__ = ["effective", "has_weight", "mean_one", "weight_of"]
__dir__ = __all__.copy


def mean_one(weights: pd.Series, blocks: pd.Series | pd.Index) -> NDArray:
    """Scale weights so that their mean is 1 in every block.

    Whether weights sum to the answers, to the population or to 1 is the choice of who made them;
    taken relative to their block's mean, all three give the same numbers, and no block counts
    more for having been scaled otherwise.

    Parameters
    ----------
    weights : Series
        More than 0; missing where there is none.
    blocks : Series or Index
        The block (client and wave) of each answer, by position.

    Returns
    -------
    ndarray
        Missing in a block without any weight; 1, the average, where others of the block have one.

    Raises
    ------
    EstimateError
        A weight of 0 or less, or one that is infinite.

    Examples
    --------
    >>> given = pd.Series([2.0, 6.0, None, 0.2, 0.2, None])
    >>> mean_one(given, pd.Series([*"aaabbc"]))
    array([0.5, 1.5, 1. , 1. , 1. , nan])
    """
    given = pd.Series(np.asarray(weights, dtype=float))
    if wrong := int((given.notna() & ~((given > 0) & np.isfinite(given))).sum()):
        raise EstimateError(
            f"weights= has {wrong} values that are not finite and above 0; correct them, or leave "
            "those answers out."
        )
    codes = pd.factorize(blocks)[0]
    mean = given.groupby(codes).transform("mean")
    return (given / mean).fillna(1.0).where(mean.notna()).to_numpy()


def has_weight(rows: pd.DataFrame) -> NDArray:
    """Return which rows have a survey weight of their own.

    Examples
    --------
    >>> has_weight(pd.DataFrame({"weight": [0.5, None]})).tolist()
    [True, False]
    """
    if "weight" not in rows:
        return np.zeros(len(rows), dtype=bool)
    return rows["weight"].notna().to_numpy()


def weight_of(rows: pd.DataFrame) -> NDArray:
    """Return how much each row counts: its column ``weight``, 1 where it has none.

    Examples
    --------
    >>> weight_of(pd.DataFrame({"weight": [0.5, None]}))
    array([0.5, 1. ])
    >>> weight_of(pd.DataFrame({"crq": [5.0, 6.0]}))
    array([1., 1.])
    """
    if "weight" not in rows:
        return np.ones(len(rows))
    return rows["weight"].fillna(1.0).to_numpy(float)


def effective(total: NDArray, squares: NDArray) -> NDArray:
    """Equally weighted answers that would say as much, from sums of weights and of their squares.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.2; `crqlab.stats.response_propensity.kish` is the
    same of weights themselves.

    Examples
    --------
    >>> effective(np.array([4.0, 0.0]), np.array([10.0, 0.0]))
    array([1.6, 0. ])
    """
    return np.divide(total**2, squares, out=np.zeros(np.shape(total)), where=squares > 0)
