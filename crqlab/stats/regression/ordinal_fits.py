"""What an ordinal regression found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.regression.cumulative import LAWS
from crqlab.stats.regression.designs import Design, predicted_from


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalFit(Result):
    """A regression of ordered categories.

    The probability of category j or a lower one is F(threshold_j - slopes' covariates), so a
    positive slope goes with higher categories.

    Attributes
    ----------
    table : DataFrame, one row per threshold, then one per covariate
        ``term`` (thresholds are called by the categories that they part, ``"1|2"``),
        ``estimate``, ``se``, ``low``, ``high``, ``z``, ``p`` (of 0), ``n``, ``n_clusters``,
        ``flag``. A covariate that could not enter keeps its row, without numbers.
    covariance : DataFrame, terms by terms
        Of the estimates that entered.
    log_likelihood, aic : float
        Without penalty or prior; AIC = -2 log-likelihood + 2 parameters.
    categories : tuple
        From lowest to highest.
    n : int
        Rows.
    n_clusters : int or None
        Clusters on which the errors stand; None where rows count as independent.
    link : str
        ``"logit"`` (proportional odds), ``"probit"``, ``"cloglog"`` or ``"loglog"``.
    level : float
        Coverage of the intervals, in (0, 1).
    method : str
    flag : str
        ``"ok"``, or what was found amiss and what was done about it, as codes
        (`crqlab.base.contracts.cautions`).
    design : Design
        Outcome codes and standardised covariates that were fitted.
    """

    table: pd.DataFrame
    covariance: pd.DataFrame
    log_likelihood: float
    aic: float
    categories: tuple
    n: int
    n_clusters: int | None
    link: str
    level: float
    method: str
    flag: str
    design: Design

    def __str__(self) -> str:
        slopes = self.slopes.dropna(subset="p")
        told = "no covariate entered"
        if len(slopes):
            first = slopes.loc[slopes["p"].idxmin()]
            ends = first[["estimate", "low", "high"]].to_numpy(float)
            size = f"slope {ends[0]:.2f} [{ends[1]:.2f}, {ends[2]:.2f}]"
            if self.link == "logit":
                size = "odds x {:.2f} [{:.2f}, {:.2f}]".format(*np.exp(ends))
            told = f"clearest is {first['term']} ({size})"
        within = "" if self.n_clusters is None else f" in {self.n_clusters:,} clusters"
        kinds = f"{len(self.categories)} ordered categories"
        sentence = f"{told}; n = {self.n:,}{within}, {kinds} ({self.method})"
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"

    @property
    def thresholds(self) -> pd.DataFrame:
        """Rows of ``table`` that part the categories."""
        return self.table[: len(self.categories) - 1].reset_index(drop=True)

    @property
    def slopes(self) -> pd.DataFrame:
        """Rows of ``table`` of the covariates."""
        return self.table[len(self.categories) - 1 :].reset_index(drop=True)

    @property
    def coefficients(self) -> pd.Series:
        """Estimates of the terms that entered, by term: thresholds, then slopes."""
        return self.table.set_index("term")["estimate"][self.covariance.index]

    @property
    def ratios(self) -> pd.DataFrame:
        """Odds ratios of higher categories, with intervals; for the link ``"logit"``.

        ``term``, ``value``, ``low``, ``high``, ``p``, ``n``, ``flag``.

        Raises
        ------
        EstimateError
            Another link: its slopes are no log odds.
        """
        if self.link != "logit":
            raise EstimateError(
                f"link= is {self.link!r}, whose slopes are no log odds; fit with link='logit'."
            )
        rows = self.slopes
        ends = np.exp(rows[["estimate", "low", "high"]]).set_axis(["value", "low", "high"], axis=1)
        return pd.concat([rows[["term"]], ends, rows[["p", "n", "flag"]]], axis=1)

    def predict(self, covariates: pd.DataFrame) -> pd.DataFrame:
        """Probability of each category in each row of covariates; rows add up to 1.

        Raises
        ------
        EstimateError
            Covariates of the fit that are absent, or cells that are missing.
        """
        bounds = self.bounds(covariates)
        below = LAWS[self.link].below(bounds)
        edges = np.hstack([np.zeros((len(below), 1)), below, np.ones((len(below), 1))])
        return pd.DataFrame(
            np.diff(edges, axis=1), index=covariates.index, columns=list(self.categories)
        )

    def bounds(self, covariates: pd.DataFrame) -> NDArray:
        """Threshold minus linear predictor, shape (rows, categories - 1).

        Raises
        ------
        EstimateError
            As `predict`.
        """
        cuts = len(self.categories) - 1
        names = list(self.covariance.index[cuts:])
        X = predicted_from(covariates, names)
        point = self.coefficients.to_numpy()
        return point[:cuts] - (X @ point[cuts:])[:, None]


def turned(design: Design, cuts: int) -> NDArray:
    """Return what takes thresholds and slopes from standardised covariates to those given."""
    turn = np.eye(cuts + len(design.terms) - 1)
    turn[:cuts, cuts:] = -design.back[0, 1:]
    turn[cuts:, cuts:] = design.back[1:, 1:]
    return turn
