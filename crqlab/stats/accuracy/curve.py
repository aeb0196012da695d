"""What is met and what is spared at every threshold of a score."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crqlab.base.errors import EstimateError
from crqlab.stats.accuracy.cases import complete


def roc(outcome: ArrayLike, score: ArrayLike, *, points: int | None = None) -> pd.DataFrame:
    """Receiver operating characteristic: sensitivity and specificity at every threshold.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome or score are left out.
    score : array, shape (cases,)
        Higher where the event is thought more likely.
    points : int, optional
        Keep this many thresholds, evenly spread over their ranks, for a drawing; at least two.

    Returns
    -------
    DataFrame, one row per threshold, ascending
        ``threshold`` (half-way between two scores that occur; infinite at both ends),
        ``sensitivity`` (share of events above it), ``specificity`` (share of the others below
        it), ``ppv``, ``npv`` (share of events above, of others below it; missing where there is
        nobody), ``accuracy``, ``n_above``. No row where only one outcome occurs.

    Raises
    ------
    EstimateError
        Fewer than two points, arrays of different lengths, text, or an outcome that is neither
        0 nor 1.

    References
    ----------
    Fawcett (2006), Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> roc([0, 0, 1, 1], [1, 2, 2, 3])[["threshold", "sensitivity", "specificity"]]
       threshold  sensitivity  specificity
    0       -inf          1.0          0.0
    1        1.5          1.0          0.5
    2        2.5          0.5          1.0
    3        inf          0.0          1.0
    """
    if points is not None and points < 2:
        raise EstimateError(f"points= is {points}; a curve needs at least its two ends.")
    cases = complete(outcome, {"score": score})
    columns = "threshold sensitivity specificity ppv npv accuracy n_above".split()
    if cases.one_outcome:
        return pd.DataFrame(columns=columns, dtype=float)
    levels, code = np.unique(cases.columns[0], return_inverse=True)
    ones = np.concatenate([[0], np.cumsum(np.bincount(code, weights=cases.outcome))])
    every = np.concatenate([[0], np.cumsum(np.bincount(code))])
    edges = np.concatenate([[-np.inf], (levels[1:] + levels[:-1]) / 2, [np.inf]])
    met, spared, above = ones[-1] - ones, every - ones, every[-1] - every
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "threshold": edges,
            "sensitivity": met / ones[-1],
            "specificity": spared / spared[-1],
            "ppv": met / above,
            "npv": spared / every,
            "accuracy": (met + spared) / every[-1],
            "n_above": above.astype(int),
        }
    table = pd.DataFrame(found, columns=columns)
    if points is None or points >= len(table):
        return table
    kept = np.linspace(0, len(table) - 1, points).round().astype(int)
    return table.iloc[kept].reset_index(drop=True)
