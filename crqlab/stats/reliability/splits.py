"""Lower bounds of reliability from halves and from regressions between items."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code
from crqlab.stats.items import complete, correlated
from crqlab.stats.reliability.consistency import check_sum

MOST_SPLIT = 20


def guttman(items: pd.DataFrame) -> pd.DataFrame:
    """Lower bounds of reliability: Guttman's lambda 2, 4 and 6.

    With T the sum of all covariances, C the sum off the diagonal, Q the sum of their squares
    and k items: lambda 2 = (C + sqrt(Q k/(k-1)))/T; lambda 4 = the greatest 4 cov(a, b)/T over
    all splits into two halves a and b; lambda 6 = 1 - sum of the items' error variances in
    regressions on the other items / T.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Answers in scale points, reversed items already turned round; complete respondents
        are used.

    Returns
    -------
    DataFrame, one row per coefficient
        ``coefficient``, ``value`` (of the sum of answers), ``standardized`` (of the sum of
        standardised answers, as R's psych reports), both in (-inf, 1], ``n`` respondents,
        ``flag``. Lambda 4 is missing beyond 20 items, lambda 6 where items repeat each other.

    Raises
    ------
    EstimateError
        Fewer than two items or complete respondents, text, or a constant item.

    References
    ----------
    Guttman (1945), Psychometrika 10, 255-282.

    Examples
    --------
    >>> ratings = pd.DataFrame(
    ...     {"j1": [9, 6, 8, 7, 10, 6], "j2": [2, 1, 4, 1, 5, 2], "j3": [5, 3, 6, 2, 6, 4]})
    >>> guttman(ratings).round(3)
      coefficient  value  standardized  n flag
    0     lambda2  0.919         0.919  6   ok
    1     lambda4  0.850         0.849  6   ok
    2     lambda6  0.897         0.897  6   ok
    """
    answers = complete(items, asks="lambda")
    raw = answers.covariance
    check_sum(raw)
    both = [raw, correlated(raw)]
    columns = {
        name: [_lambda2(m), _lambda4(m), _lambda6(m)]
        for name, m in zip(("value", "standardized"), both, strict=True)
    }
    table = pd.DataFrame({"coefficient": ["lambda2", "lambda4", "lambda6"], **columns})
    words = ["", code("too_many_halves", most=MOST_SPLIT), "items_repeat"]
    flag = np.where(table["value"].isna(), words, "ok")
    return table.assign(n=len(answers.matrix), flag=flag)


def _lambda2(covariance: NDArray) -> float:
    k, off = len(covariance), covariance - np.diag(np.diagonal(covariance))
    return (off.sum() + np.sqrt((off**2).sum() * k / (k - 1))) / covariance.sum()


def _lambda4(covariance: NDArray) -> float:
    """Try every half of k // 2 items; a half and its rest are the same split."""
    k = len(covariance)
    if k > MOST_SPLIT:
        return np.nan
    members = np.array(list(combinations(range(k), k // 2)))
    half = np.zeros((len(members), k))
    np.put_along_axis(half, members, 1, axis=1)
    between = np.einsum("si,si->s", half @ covariance, 1 - half)
    return 4 * between.max() / covariance.sum()


def _lambda6(covariance: NDArray) -> float:
    if np.linalg.eigvalsh(correlated(covariance))[0] < 1e-10 * len(covariance):
        return np.nan
    return 1 - (1 / np.diagonal(np.linalg.inv(covariance))).sum() / covariance.sum()
