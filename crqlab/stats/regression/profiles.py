"""Intervals from how steeply the likelihood falls when one coefficient is held."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm

from crqlab.base.contracts.cautions import joined
from crqlab.base.errors import one_of
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.regression.designs import Design, designed
from crqlab.stats.regression.guards import fitted
from crqlab.stats.regression.newton import Problem, Summit, climb

CLOSE, ROUNDS, STEPS = 1e-7, 40, 200


def profile(
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    *,
    link: str = "logit",
    weights: ArrayLike | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Profile-likelihood intervals of a regression of a yes or no; rows are independent.

    For few rows they are better than Wald's; the same guards as in `logit` hold.

    Returns
    -------
    DataFrame, one row per term that entered
        ``term``, ``estimate``, ``low``, ``high``, ``p`` (likelihood-ratio test), ``flag``. An
        end is missing where the likelihood never falls far enough.

    Raises
    ------
    EstimateError
        As `logit`.

    References
    ----------
    Venzon & Moolgavkar (1988), Applied Statistics 37, 87-94.

    Examples
    --------
    >>> answers = pd.DataFrame({"trust": [2.0, 3, 3, 4, 4, 5, 5, 6, 6, 7]})
    >>> profile([0, 0, 1, 0, 0, 1, 0, 1, 1, 1], answers).drop(columns="flag").round(3)
              term  estimate     low   high      p
    0  (intercept)    -4.948 -13.520  0.021  0.051
    1        trust     1.099   0.037  2.948  0.041
    """
    one_of("link=", link, ["logit", "cloglog"])
    check_level(level)
    design = designed(outcome, covariates, weights)
    found = fitted(design, link)
    low, high, p = ends(design, found.problem, found.summit, level)
    open_ = np.isnan(low) | np.isnan(high)
    flags = joined([*design.dropped.values(), *found.remedied(found.method)])
    return pd.DataFrame(
        {
            "term": design.terms,
            "estimate": design.back @ found.summit.point,
            "low": low,
            "high": high,
            "p": p,
            "flag": np.where(open_, "interval_open", flags),
        }
    )


def ends(
    design: Design, problem: Problem, summit: Summit, level: float
) -> tuple[NDArray, NDArray, NDArray]:
    """Lower and upper ends and p of every term, in the units of the covariates as given."""
    reach, scale = norm.isf((1 - level) / 2), np.diag(design.back)
    found = []
    for term in range(len(design.terms)):
        ridge = _Ridge.of(design, problem, summit, term)
        found.append([ridge.end(-1, reach), ridge.end(1, reach), ridge.p()])
    low, high, p = np.array(found).T
    return low * scale, high * scale, p


@dataclass(frozen=True, slots=True, eq=False)
class _Ridge:
    """The highest likelihood for every value of one coefficient."""

    problem: Problem
    top: NDArray
    height: float
    term: int
    error: float

    @classmethod
    def of(cls, design: Design, problem: Problem, summit: Summit, term: int) -> _Ridge:
        top, information = summit.point, summit.information
        if term == 0:  # the intercept is that of covariates as given, not of centred ones
            turn = np.linalg.inv(design.back) * np.diag(design.back)
            home = np.linalg.inv(turn)
            problem = replace(problem, X=problem.X @ turn, prior=turn.T @ problem.prior @ turn)
            top, information = home @ top, turn.T @ information @ turn
        error = np.sqrt(np.linalg.pinv(information, hermitian=True)[term, term])
        return cls(problem, top, summit.height, term, float(error))

    def drop(self, value: float, start: NDArray) -> tuple[float, NDArray]:
        """Root of twice the loss in likelihood, and where the rest moves to."""
        start = start.copy()
        start[self.term] = value
        held = climb(self.problem, start, held=self.term, steps=STEPS)
        return float(np.sqrt(2 * max(self.height - held.height, 0.0))), held.point

    def end(self, side: int, reach: float) -> float:
        """Where the loss is what the level asks for, by secants; NaN if nowhere near."""
        middle = self.top[self.term]
        before, lost_before, point = middle, 0.0, self.top
        value = middle + side * reach * self.error
        for _ in range(ROUNDS):
            lost, there = self.drop(value, point)
            if not np.isfinite(lost):  # so far out that the information has run to nought
                value = (value + before) / 2
                continue
            point = there
            if abs(lost - reach) < CLOSE:
                return float(value)
            slope = (lost - lost_before) / (value - before)
            if not slope * side > 1e-8 * reach / self.error:
                return float("nan")
            before, lost_before = value, lost
            stride = np.clip(
                (reach - lost) / slope, -4 * reach * self.error, 4 * reach * self.error
            )
            value = value + stride
        return float("nan")

    def p(self) -> float:
        """Probability of so large a loss at 0 if 0 were true."""
        lost, _ = self.drop(0.0, self.top)
        return float(chi2.sf(lost**2, 1))
