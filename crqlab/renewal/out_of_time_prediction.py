"""Probabilities of churn that were foretold without knowing the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code, joined
from crqlab.base.errors import EstimateError
from crqlab.renewal.account_history import OWN
from crqlab.renewal.prediction_shrinkage import shrunk
from crqlab.stats.regression import logit

LEAST = 10  # of either outcome, to learn from and to be tested on
FOLDS = 5
IN_TIME = "not_out_of_time"
Fitted = Callable[[pd.DataFrame], NDArray]
Fitter = Callable[[NDArray, pd.DataFrame, NDArray], tuple[Fitted, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What is learnt from and what is foretold.

    Attributes
    ----------
    rounds : tuple of (learnt, foretold)
        Masks over the decided opportunities.
    said : str
        How the two were parted, as a code.
    flag : str
        ``"ok"``, or what was amiss, as a code.
    """

    rounds: tuple[tuple[NDArray, NDArray], ...]
    said: str
    flag: str

    @property
    def foretold(self) -> NDArray:
        """Rows that are foretold in some round."""
        return np.any([test for _, test in self.rounds], axis=0)


def split(decided: pd.DataFrame, *, months: float = 12.0) -> Split:
    """Learn from contracts decided earlier, foretell those of the last months.

    Where that leaves fewer than ten of either outcome on a side, every fifth of the accounts is
    foretold from the others, and the flag says that it was not out of time.

    Parameters
    ----------
    decided : DataFrame
        `Design.decided`.
    months : float
        Length of the test period, up to the last decision.

    Returns
    -------
    Split

    Raises
    ------
    EstimateError
        Fewer than ten churns or renewals in all.
    """
    lost = (decided["outcome"] == "churned").to_numpy()
    if min(lost.sum(), (~lost).sum()) < LEAST:
        raise EstimateError(
            f"{lost.sum()} of {len(lost)} decided contracts churned; a comparison needs {LEAST} of "
            "either outcome. Wait for decisions, or pool clients.",
            caution=code("too_few_outcomes", n=len(lost), churned=int(lost.sum()), minimum=LEAST),
        )
    day = decided["decided"].max() - pd.DateOffset(days=round(months * 365.25 / 12))
    test = (decided["decided"] > day).to_numpy()
    if _enough(lost, test) and _enough(lost, ~test):
        return Split(((~test, test),), code("tested_after", day=f"{day:%Y-%m-%d}"), OK)
    fold = decided.groupby(OWN).ngroup().to_numpy() % FOLDS
    rounds = [(fold != k, fold == k) for k in range(FOLDS)]
    kept = [r for r in rounds if 0 < lost[r[0]].sum() < r[0].sum() and r[1].any()]
    return Split(tuple(kept), code("tested_in_turn", parts=FOLDS), IN_TIME)


def _enough(lost: NDArray, rows: NDArray) -> bool:
    return min((lost & rows).sum(), (~lost & rows).sum()) >= LEAST


def foretold(
    lost: NDArray, X: pd.DataFrame, accounts: NDArray, parted: Split, fit: Fitter
) -> tuple[NDArray, str]:
    """Foretell churn in every round; missing where a row is not foretold.

    Returns
    -------
    array, shape (rows,), and the cautions of the fits
    """
    chance, flags = np.full(len(lost), np.nan), []
    for learnt, test in parted.rounds:
        fitted, flag = fit(lost[learnt], X[learnt], accounts[learnt])
        chance[test] = fitted(X[test])
        flags.append(flag)
    return chance, joined(flags)


def plain(lost: NDArray, X: pd.DataFrame, accounts: NDArray) -> tuple[Fitted, str]:
    """Fit a logit of churn, drawn back for chance; the base rate where there is nothing to see."""
    if not X.shape[1] or (X.nunique() < 2).all():
        share = lost.mean()
        return lambda rows: np.full(len(rows), share), OK
    fit = logit(lost, X, profile=False)
    return shrunk(fit, X, lost)[0].predict, fit.flag


def in_time(
    when: NDArray, groups: NDArray, *, steps: int = 2, folds: int = 2
) -> Iterator[tuple[NDArray, NDArray]]:
    """Folds for choosing a model: learnt from earlier rows of other accounts.

    Parameters
    ----------
    when : array, shape (rows,)
        When each row was decided.
    groups : array, shape (rows,)
        Account or client of each row; none is on both sides of a fold.
    steps, folds : int
        Periods that are foretold, and parts of the groups.

    Yields
    ------
    learnt, foretold : arrays of row numbers

    Examples
    --------
    >>> when, groups = np.arange(12), np.arange(12) % 4
    >>> for learnt, test in in_time(when, groups, steps=1, folds=2):
    ...     print(learnt, test)
    [1 3 5] [ 6  8 10]
    [0 2 4] [ 7  9 11]
    """
    codes = np.unique(groups, return_inverse=True)[1] % folds
    cuts = np.quantile(when, np.linspace(0, 1, steps + 2)[1:], method="lower")
    for start, end in pairwise(cuts):
        for fold in range(folds):
            learnt = np.flatnonzero((when <= start) & (codes != fold))
            test = np.flatnonzero((when > start) & (when <= end) & (codes == fold))
            if len(learnt) and len(test):
                yield learnt, test
