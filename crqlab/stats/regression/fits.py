"""What a regression found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import OK, joined, plain
from crqlab.base.results import Result
from crqlab.stats.estimate import check_level
from crqlab.stats.regression.designs import INTERCEPT, Design, predicted_from
from crqlab.stats.regression.links import LINKS


@dataclass(frozen=True, slots=True, eq=False)
class Fit(Result):
    """A regression of a yes or no.

    Attributes
    ----------
    table : DataFrame, one row per term
        ``term``, ``estimate``, ``se``, ``low``, ``high`` (on the scale of the linear
        predictor: log odds for a logit, log hazard for a complementary log-log), ``p`` (of
        no effect), ``n``, ``events``, ``n_clusters``, ``flag``. A covariate that could not
        enter keeps its row, without numbers, and its flag says why (a code).
    covariance : DataFrame, terms by terms
        Of the estimates that entered.
    log_likelihood : float
        Without penalty or prior.
    n, events : int
        Rows, and how many of them have outcome 1.
    n_clusters : int or None
        Clusters on which the errors stand; None where rows count as independent.
    link : str
        ``"logit"`` or ``"cloglog"``.
    level : float
        Coverage of the intervals, in (0, 1).
    method : str
        How estimates and intervals were found.
    flag : str
        ``"ok"``, or what was found amiss and what was done about it, as codes
        (`crqlab.base.contracts.cautions`).
    """

    table: pd.DataFrame
    covariance: pd.DataFrame
    log_likelihood: float
    n: int
    events: int
    n_clusters: int | None
    link: str
    level: float
    method: str
    flag: str

    def __str__(self) -> str:
        slopes = self.table[self.table["term"] != INTERCEPT].dropna(subset="p")
        told = "no covariate entered"
        if len(slopes):
            first = slopes.loc[slopes["p"].idxmin()]
            ends = np.exp(first[["estimate", "low", "high"]].to_numpy(float))
            kind = "odds" if self.link == "logit" else "hazard"
            size = f"{kind} x {ends[0]:.2f} [{ends[1]:.2f}, {ends[2]:.2f}]"
            told = f"clearest is {first['term']} ({size})"
        within = "" if self.n_clusters is None else f" in {self.n_clusters:,} clusters"
        sentence = f"{told}; n = {self.n:,}{within}, {self.events:,} events ({self.method})"
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"

    @property
    def coefficients(self) -> pd.Series:
        """Estimates of the terms that entered, by term."""
        entered = self.table.set_index("term")["estimate"]
        return entered[self.covariance.index]

    @property
    def ratios(self) -> pd.DataFrame:
        """Odds ratios (hazard ratios for cloglog) of the covariates, with intervals.

        ``term``, ``value``, ``low``, ``high``, ``p``, ``n``, ``events``, ``flag``.
        """
        rows = self.table[self.table["term"] != INTERCEPT].reset_index(drop=True)
        ends = np.exp(rows[["estimate", "low", "high"]]).set_axis(["value", "low", "high"], axis=1)
        return pd.concat([rows[["term"]], ends, rows[["p", "n", "events", "flag"]]], axis=1)

    def predict(self, covariates: pd.DataFrame) -> NDArray:
        """Probability of the outcome in each row of covariates, in [0, 1]."""
        return LINKS[self.link].mean(self._known(covariates) @ self.coefficients.to_numpy())

    def predict_interval(
        self, covariates: pd.DataFrame, *, level: float | None = None
    ) -> pd.DataFrame:
        """Probability in each row with an interval that carries the error of the estimates.

        Returns
        -------
        DataFrame, one row per row of covariates, same index
            ``probability``, ``low``, ``high``; the interval is symmetrical on the scale of
            the linear predictor, whose standard error is ``se``.
        """
        level = self.level if level is None else level
        check_level(level)
        X, link = self._known(covariates), LINKS[self.link]
        linear = X @ self.coefficients.to_numpy()
        spread = np.einsum("ij,ij->i", X @ self.covariance.to_numpy(), X)
        error = np.sqrt(np.maximum(spread, 0))
        half = norm.isf((1 - level) / 2) * error
        ends = {
            "probability": link.mean(linear),
            "low": link.mean(linear - half),
            "high": link.mean(linear + half),
            "se": error,
        }
        return pd.DataFrame(ends, index=covariates.index)

    def _known(self, covariates: pd.DataFrame) -> NDArray:
        names = [term for term in self.covariance.index if term != INTERCEPT]
        return np.column_stack([np.ones(len(covariates)), predicted_from(covariates, names)])


def tabled(
    numbers: pd.DataFrame,
    given: list[str],
    design: Design,
    cautions: list[str],
    counts: dict[str, int],
    own: dict[str, str] | None = None,
) -> pd.DataFrame:
    """One row per term, in the order of the covariates given; the flag of each says it all.

    Parameters
    ----------
    numbers : DataFrame
        ``estimate``, ``se``, ``low``, ``high``, ``p`` of the terms that entered, by term.
    given : list of str
        All covariates.
    design : Design
        Knows what was dropped, and why: that is told in its own row only.
    cautions : list of str
        About the fit as a whole.
    counts : dict
        Columns that are the same in every row.
    own : dict, optional
        Cautions about single terms.
    """
    terms = [INTERCEPT, *given]
    flags = [
        design.dropped.get(term) or joined([(own or {}).get(term, OK), *cautions]) for term in terms
    ]
    table = numbers.reindex(terms).rename_axis("term").reset_index()
    return table.assign(**counts, flag=flags)
