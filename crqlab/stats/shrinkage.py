"""Account scores drawn towards the grand mean as far as few voices demand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from crqlab.base.errors import EstimateError
from crqlab.stats.estimate import check_level

ALIKE = "accounts do not differ: grand mean shown"
SILENT = "no answer: grand mean shown"
UNKNOWN = "variance between accounts unknown"


def shrunken(
    means: pd.Series,
    n: pd.Series,
    *,
    icc1: ArrayLike,
    grand_mean: ArrayLike,
    within_variance: ArrayLike,
    grand_se: ArrayLike = 0.0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Best guess of each account's true score (empirical Bayes), fit for ranking.

    Every option but ``level`` is one number, or one per account where accounts belong to
    several blocks; `crqlab.stats.components.random_intercept_reml` gives all four.

    Parameters
    ----------
    means : Series, one value per account
        Mean score of the account's respondents; missing where nobody answered.
    n : Series
        Respondents behind each mean, by position.
    icc1 : float or array
        Share of the variance between accounts, up to 1; at or below 0 accounts do not differ.
    grand_mean, grand_se : float or array
        Mean over accounts and its standard error, in the units of the score.
    within_variance : float or array
        Variance of respondents inside accounts, squared units of the score.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, index of ``means``
        ``weight`` of the account's own mean in [0, 1], ``value``, ``low``, ``high`` (score
        units), ``flag``. An interval says where the account's true score lies, given normal
        scores and the variances as known: over all accounts it covers as often as it says,
        a little less where the variances come from fewer than some 15 accounts.

    Raises
    ------
    EstimateError
        Not as many ``n`` as means, a negative ``n``, or an ``icc1`` of 1 or more.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: the weight.
    Harville (1976), Annals of Statistics 4, 384-395: variance with estimated grand mean.

    Examples
    --------
    >>> shrunken(pd.Series([6.5, 6.5], index=["a", "b"]), pd.Series([1, 20]),
    ...          icc1=0.3, grand_mean=5.0, within_variance=1.4).round(2)
       weight  value   low  high flag
    a     0.3   5.45  4.18  6.72   ok
    b     0.9   6.34  5.85  6.83   ok
    """
    check_level(level)
    size, mean = np.nan_to_num(np.asarray(n, dtype=float)), means.to_numpy(dtype=float)
    share, centre, noise, error = (
        np.broadcast_to(np.asarray(x, dtype=float), mean.shape)
        for x in (icc1, grand_mean, within_variance, grand_se)
    )
    if size.shape != mean.shape or (size < 0).any() or (share >= 1).any():
        raise EstimateError(
            f"means= has {len(mean)} accounts, n= {len(size)} counts (least {size.min():g}) and "
            f"icc1= reaches {share.max():g}; use one count per account, 0 or more, and icc1 < 1."
        )
    share = np.maximum(share, 0)
    size = np.where(np.isnan(mean), 0, size)
    weight = size * share / (size * share + 1 - share)
    value = centre + weight * np.where(size > 0, mean - centre, 0)
    between = noise * share / (1 - share)
    spread = np.sqrt(between * (1 - weight) + ((1 - weight) * error) ** 2)
    half = norm.isf((1 - level) / 2) * spread
    flag = np.select([np.isnan(share), share == 0, size == 0], [UNKNOWN, ALIKE, SILENT], "ok")
    return pd.DataFrame(
        {"weight": weight, "value": value, "low": value - half, "high": value + half, "flag": flag},
        index=means.index,
    )
