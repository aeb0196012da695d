"""Whether acting on a probability does more good than acting on everybody or nobody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crqlab.base.errors import EstimateError
from crqlab.stats.accuracy.cases import Cases
from crqlab.stats.accuracy.cluster_bootstrap import half
from crqlab.stats.accuracy.squared_error import probabilities
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


def net_benefit(
    outcome: ArrayLike,
    probability: ArrayLike,
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    level: float = LEVEL,
    cluster: ArrayLike | None = None,
) -> pd.DataFrame:
    """Decision curve: what is gained by acting where the probability reaches a threshold.

    Whoever acts from 20 % on says that one event met is worth four acted on in vain. The net
    benefit counts events met, less those in vain at that price, per case.

    Parameters
    ----------
    outcome : array of bool or of 0 and 1, shape (cases,)
        What happened; cases without outcome or probability are left out.
    probability : array, shape (cases,)
        Of the event, in [0, 1].
    thresholds : sequence of float
        Probabilities from which one would act, in (0, 1).
    level : float
        Coverage of the intervals, in (0, 1).
    cluster : array, optional
        The account of each case.

    Returns
    -------
    DataFrame, one row per threshold
        ``threshold``, ``n_acted`` (cases at or above it), ``net_benefit``, ``low``, ``high``
        (events per case), ``act_on_all``, ``act_on_none`` (the same for everybody, nobody),
        ``n`` (cases).

    Raises
    ------
    EstimateError
        A threshold or probability out of range, arrays of different lengths, text, or an
        outcome that is neither 0 nor 1.

    References
    ----------
    Vickers & Elkin (2006), Medical Decision Making 26, 565-574.
    Huber (1981), Robust Statistics, section 2.5: the interval.

    Examples
    --------
    >>> churned = [1] * 15 + [0] * 5 + [1] * 5 + [0] * 75
    >>> curve = net_benefit(churned, [0.6] * 20 + [0.1] * 80, thresholds=[0.2, 0.5])
    >>> curve[["threshold", "n_acted", "net_benefit", "low", "high", "act_on_all"]].round(2)
       threshold  n_acted  net_benefit   low  high  act_on_all
    0        0.2       20         0.14  0.07  0.21         0.0
    1        0.5       20         0.10  0.01  0.19        -0.6
    """
    check_level(level)
    odd = [value for value in thresholds if not 0 < value < 1]
    if odd:
        raise EstimateError(f"thresholds= holds {odd[0]}; each must lie between 0 and 1.")
    cases = probabilities(outcome, probability, cluster)
    rows = [_row(cases, threshold, level) for threshold in thresholds]
    columns = "threshold n_acted net_benefit low high act_on_all act_on_none n".split()
    return pd.DataFrame(rows, columns=columns)


def _row(cases: Cases, threshold: float, level: float) -> tuple:
    n, nan = len(cases.outcome), float("nan")
    if n == 0:
        return threshold, 0, nan, nan, nan, nan, nan, 0
    price = threshold / (1 - threshold)
    worth = cases.outcome - price * (1 - cases.outcome)
    acted = cases.columns[0] >= threshold
    gain = np.where(acted, worth, 0.0)
    value, wide = float(gain.mean()), half(gain - gain.mean(), cases, level)
    everybody = float(worth.mean())
    return threshold, int(acted.sum()), value, value - wide, value + wide, everybody, 0.0, n
