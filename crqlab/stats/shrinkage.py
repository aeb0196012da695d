"""Account scores drawn towards the grand mean as far as few voices demand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t

from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["shrunken"]
__dir__ = __all__.copy

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
    between_se: ArrayLike = 0.0,
    n_accounts: ArrayLike = np.inf,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Best guess of each account's true score (empirical Bayes), fit for ranking.

    Every option but ``level`` is one number, or one per account where accounts belong to
    several blocks; `crqlab.stats.components.random_intercept_reml` gives all six.

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
    between_se : float or array
        Standard error of the variance between accounts; 0 takes that variance as known.
    n_accounts : float or array
        Accounts from which these were estimated, two or more; infinite takes all as known.
    level : float
        Coverage of each interval, in (0, 1).

    Returns
    -------
    DataFrame, index of ``means``
        ``weight`` of the account's own mean in [0, 1], ``value``, ``low``, ``high`` (score
        units), ``flag``. An interval says where the account's true score lies; over all
        accounts of a client it covers as often as it says if the three last options are given.

    Raises
    ------
    EstimateError
        Not as many ``n`` as means, a negative ``n``, an ``icc1`` of 1 or more, or no
        variance inside accounts.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, 349-381: the weight.
    Datta & Lahiri (2000), Statistica Sinica 10, 613-627: the variance of the guess, with
    estimated grand mean and variances; Student's t on ``n_accounts`` - 1 is our own choice.

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
    share, centre, noise, centre_se, between_se, accounts = (
        np.broadcast_to(np.asarray(x, dtype=float), mean.shape)
        for x in (icc1, grand_mean, within_variance, grand_se, between_se, n_accounts)
    )
    if size.shape != mean.shape or (size < 0).any():
        raise EstimateError(
            f"means= has {len(mean)} accounts and n= {len(size)} counts, the least of them "
            f"{size.min(initial=0):g}; use one count per account, 0 or more."
        )
    if (share >= 1).any() or (noise <= 0).any():
        raise EstimateError(
            "icc1= reaches 1 or within_variance= 0, as if respondents of one account never "
            "differed; estimate both with random_intercept_reml and look at its flag."
        )
    share = np.maximum(share, 0)
    size = np.where(np.isnan(mean), 0, size)
    weight = size * share / (size * share + 1 - share)
    value = centre + weight * np.where(size > 0, mean - centre, 0)
    between = noise * share / (1 - share)
    own = size / (size * between + noise)
    spread = between * (1 - weight) + (1 - weight) ** 2 * (centre_se**2 + 2 * own * between_se**2)
    half = t.isf((1 - level) / 2, accounts - 1) * np.sqrt(spread)
    flag = np.select([np.isnan(share), size == 0, share == 0], [UNKNOWN, SILENT, ALIKE], "ok")
    return pd.DataFrame(
        {"weight": weight, "value": value, "low": value - half, "high": value + half, "flag": flag},
        index=means.index,
    )
