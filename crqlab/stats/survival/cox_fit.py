"""What a Cox regression found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from crqlab.base.contracts.cautions import plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit(Result):
    """A Cox regression: how covariates multiply the rate at which the event happens.

    Attributes
    ----------
    table : DataFrame, one row per term
        ``term``, ``estimate`` (log hazard ratio per unit), ``se``, ``low``, ``high``, ``p``,
        ``n`` (cases), ``events``, ``flag``. Errors are robust by account where accounts were
        given. A term that cannot be estimated is missing, and its flag says why.
    zph : DataFrame, one row per term and one ``all``
        ``term``, ``chi2``, ``df``, ``p``: whether effects change over time (km clock).
    tests : DataFrame
        ``test`` (likelihood ratio, Wald, score), ``chi2``, ``df``, ``p``: all effects against
        none.
    covariance : DataFrame, terms x terms
        Of the estimates; robust where accounts were given.
    baseline : DataFrame, one row per event time
        ``time``, ``n_risk``, ``events``, ``hazard`` (cumulative, all covariates 0).
    log_likelihood, log_likelihood_null : float
        Partial, at the estimates and without covariates.
    ties : str
        ``"efron"`` or ``"breslow"``.
    level : float
        Coverage of the intervals.
    n, events, n_clusters : int
        Cases, events, accounts (0 where none were given).
    notes : tuple of str
        Cautions the reader must see.
    parts : DataFrame, one row per event time
        ``variance`` of the hazard of an average case and, by term, its ``drift``; see
        `survival`.
    centre : Series
        Mean of each covariate.
    """

    table: pd.DataFrame
    zph: pd.DataFrame
    tests: pd.DataFrame
    covariance: pd.DataFrame
    baseline: pd.DataFrame
    log_likelihood: float
    log_likelihood_null: float
    ties: str
    level: float
    n: int
    events: int
    n_clusters: int
    notes: tuple[str, ...]
    parts: pd.DataFrame
    centre: pd.Series

    def __str__(self) -> str:
        known = self.table[self.table["estimate"].notna()].set_index("term")
        ratios = np.exp(known[["estimate", "low", "high"]])
        told = ", ".join(
            f"{row.Index} x {row.estimate:.2f} [{row.low:.2f}, {row.high:.2f}]"
            for row in ratios.itertuples()
        )
        method = "Lin & Wei 1989" if self.n_clusters else "Cox 1972"
        cases = f"n = {self.n} cases with {self.events} events ({method})"
        sentence = f"Hazard: {told or 'no term can be estimated'}, {cases}"
        return "; ".join([sentence, *map(plain, self.notes)])

    def linear_predictor(self, covariates: pd.DataFrame) -> pd.Series:
        """Log hazard of each row against a case whose covariates are all 0.

        Parameters
        ----------
        covariates : DataFrame, shape (rows, terms and more)

        Raises
        ------
        EstimateError
            A term is not among the columns.

        Examples
        --------
        >>> from crqlab.stats.survival import cox
        >>> crq = pd.DataFrame({"crq": [1.0, 3, 2, 5, 4, 6]})
        >>> cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1], crq).linear_predictor(crq).round(2).tolist()
        [-0.98, -2.95, -1.97, -4.91, -3.93, -5.9]
        """
        terms = self.table["term"].tolist()
        absent = [term for term in terms if term not in covariates]
        if absent:
            raise EstimateError(
                f"covariates= lacks {', '.join(absent)}; give every term of the fit: "
                f"{', '.join(terms)}."
            )
        slopes = self.table["estimate"].fillna(0).to_numpy()
        values = covariates[terms].to_numpy(float) @ slopes
        return pd.Series(values, index=covariates.index, name="linear_predictor")

    def survival(self, covariates: pd.DataFrame, times: ArrayLike) -> pd.DataFrame:
        """Chance of each row to get past each time without the event, with log intervals.

        Parameters
        ----------
        covariates : DataFrame, shape (rows, terms and more)
        times : array
            In the unit of ``time``.

        Returns
        -------
        DataFrame, one row per row of ``covariates`` and time
            ``row`` (its index), ``time``, ``survival``, ``se``, ``low``, ``high`` in [0, 1].

        References
        ----------
        Tsiatis (1981), Annals of Statistics 9, 93-108: the variance.

        Examples
        --------
        >>> from crqlab.stats.survival import cox
        >>> crq = pd.DataFrame({"crq": [1.0, 3, 2, 5, 4, 6]})
        >>> fit = cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1], crq)
        >>> fit.survival(crq.iloc[[0, 5]], [2]).round(2)["survival"].tolist()
        [0.1, 0.98]
        """
        when = np.asarray(times, dtype=float)
        place = np.searchsorted(self.baseline["time"], when, side="right")
        ratio = np.exp(self.linear_predictor(covariates).to_numpy())[:, None]
        padded = np.concatenate([[0.0], self.baseline["hazard"]])[place]
        hazard = ratio * padded
        spread = np.concatenate([np.zeros((1, self.parts.shape[1])), self.parts.cumsum()])[place]
        mean = np.exp(float(self.table["estimate"].fillna(0) @ self.centre.to_numpy()))
        X = covariates[self.table["term"]].to_numpy(float)
        apart = (X - self.centre.to_numpy())[:, None, :] * (padded * mean)[:, None]
        drift = (apart - spread[:, 1:]) * (ratio / mean)[:, :, None]
        inner = self.covariance.fillna(0).to_numpy()
        known = np.einsum("rtj,jk,rtk->rt", drift, inner, drift)
        error = np.sqrt((ratio / mean) ** 2 * spread[:, 0] + known)
        value, z = np.exp(-hazard), norm.isf((1 - self.level) / 2)
        found = {
            "row": np.repeat(covariates.index.to_numpy(), len(when)),
            "time": np.tile(when, len(X)),
            "survival": value.ravel(),
            "se": (value * error).ravel(),
            "low": np.exp(-hazard - z * error).ravel(),
            "high": np.minimum(np.exp(-hazard + z * error), 1).ravel(),
        }
        return pd.DataFrame(found)
