"""Whether groups differ in how soon it happens to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from crqlab.stats.survival.histories import Histories
from crqlab.stats.survival.risk_sets import risk_sets


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """The log-rank test.

    Attributes
    ----------
    table : DataFrame, one row per group
        ``group``, ``n``, ``observed``, ``expected`` (events if all groups were alike).
    chi2, df, p : float, int, float
        Missing with fewer than two groups, or without events.
    """

    table: pd.DataFrame
    chi2: float
    df: int
    p: float

    def __str__(self) -> str:
        chance = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
        return f"groups differ: {chance}, chi-square {self.chi2:.2f} on {self.df} df (Mantel 1966)"


def compared(cases: Histories) -> LogRank:
    """Compare groups by what was to be expected at every event time.

    Parameters
    ----------
    cases : Histories
        Its codes are the groups.

    References
    ----------
    Mantel (1966), Cancer Chemotherapy Reports 50, 163-170.

    Examples
    --------
    >>> from crqlab.stats.survival.histories import complete
    >>> print(compared(complete([1, 2, 3, 4, 5, 6], [1] * 6, labels=list("aaabbb"))))
    groups differ: p = 0.025, chi-square 5.05 on 1 df (Mantel 1966)
    """
    n = len(cases.keys)
    member = (cases.codes[:, None] == np.arange(n)).astype(float)
    sets = risk_sets(cases.time, cases.event, cases.entry)
    observed, expected = member.T @ cases.event, np.zeros(n)
    statistic = p = float("nan")
    if len(sets.times):
        at_risk, deaths = sets.at_risk(member), sets.size.astype(float)
        everybody = at_risk.sum(axis=1)
        share = at_risk / everybody[:, None]
        expected = deaths @ share
        if n > 1:
            statistic = _statistic(observed - expected, share, everybody, deaths)
            p = float(chi2.sf(statistic, n - 1))
    found = {"group": cases.keys, "n": member.sum(axis=0).astype(int)}
    told = {"observed": observed.astype(int), "expected": expected}
    return LogRank(pd.DataFrame(found | told), statistic, max(n - 1, 0), p)


def _statistic(apart: NDArray, share: NDArray, everybody: NDArray, deaths: NDArray) -> float:
    pace = deaths * (everybody - deaths) / np.maximum(everybody - 1, 1)
    variance = np.diag(pace @ share) - (share.T * pace) @ share
    return float(apart @ np.linalg.pinv(variance, hermitian=True) @ apart)
