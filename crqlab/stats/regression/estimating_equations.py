"""Regression by generalised estimating equations: rows of a cluster resemble one another."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.regression.designs import (
    INTERCEPT,
    Design,
    check_numbers,
    designed,
    predicted_from,
    standardised,
)
from crqlab.stats.regression.fits import tabled
from crqlab.stats.regression.guards import FIRTH, fitted
from crqlab.stats.regression.sandwich import cluster_codes

FAMILIES = {"binomial": expit, "gaussian": lambda eta: eta, "poisson": np.exp}
STEPS, CLOSE = 200, 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class GeeFit(Result):
    """A regression whose errors and estimates allow for what rows of a cluster share.

    Attributes
    ----------
    table : DataFrame, one row per term
        ``term``, ``estimate``, ``se`` (robust), ``naive_se`` (as if the correlation were the
        true one), ``low``, ``high``, ``wald`` ((estimate / se)^2), ``p``, ``n``,
        ``n_clusters``, ``flag``. A covariate that could not enter keeps its row, without
        numbers.
    covariance, naive_covariance : DataFrame, terms by terms
    alpha : float
        Correlation of two rows of a cluster, as estimated; 0 for ``"independence"``.
    scale : float
        Mean squared Pearson residual; near 1 where the family's variance holds.
    n, n_clusters : int
        Rows and clusters.
    family : str
        ``"binomial"`` (log odds), ``"gaussian"`` (identity) or ``"poisson"`` (log).
    correlation : str
        ``"exchangeable"`` or ``"independence"``.
    level : float
        Coverage of the intervals, in (0, 1).
    method : str
    flag : str
        ``"ok"``, or what was found amiss, as codes (`crqlab.base.contracts.cautions`).
    """

    table: pd.DataFrame
    covariance: pd.DataFrame
    naive_covariance: pd.DataFrame
    alpha: float
    scale: float
    n: int
    n_clusters: int
    family: str
    correlation: str
    level: float
    method: str
    flag: str

    def __str__(self) -> str:
        slopes = self.table[self.table["term"] != INTERCEPT].dropna(subset="p")
        told = "no covariate entered"
        if len(slopes):
            first = slopes.loc[slopes["p"].idxmin()]
            ends = first[["estimate", "low", "high"]].to_numpy(float)
            kind = {"binomial": "odds x", "poisson": "rate x", "gaussian": "slope"}[self.family]
            ends = ends if self.family == "gaussian" else np.exp(ends)
            size = f"{kind} {ends[0]:.2f} [{ends[1]:.2f}, {ends[2]:.2f}]"
            told = f"clearest is {first['term']} ({size})"
        sentence = (
            f"{told}; n = {self.n:,} in {self.n_clusters:,} clusters, correlation "
            f"{self.alpha:.2f} ({self.method})"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"

    @property
    def coefficients(self) -> pd.Series:
        """Estimates of the terms that entered, by term."""
        return self.table.set_index("term")["estimate"][self.covariance.index]

    def predict(self, covariates: pd.DataFrame) -> NDArray:
        """Expected outcome in each row of covariates, averaged over clusters.

        Raises
        ------
        EstimateError
            Covariates of the fit that are absent, or cells without a number.
        """
        names = [term for term in self.covariance.index if term != INTERCEPT]
        point = self.coefficients.to_numpy()
        return FAMILIES[self.family](point[0] + predicted_from(covariates, names) @ point[1:])


def gee(
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    cluster: ArrayLike,
    *,
    family: str = "binomial",
    correlation: str = "exchangeable",
    level: float = LEVEL,
) -> GeeFit:
    """Regress an outcome on covariates by generalised estimating equations.

    Estimates describe the average over clusters (accounts, clients), unlike those of
    `random_intercept`, which hold within one. Errors are robust: right for many clusters also
    where rows of a cluster are not correlated as assumed.

    Parameters
    ----------
    outcome : array, shape (rows,)
        0 and 1 for ``"binomial"``, counts for ``"poisson"``, any numbers for ``"gaussian"``.
    covariates : DataFrame, shape (rows, covariates)
        Complete numbers, without a constant: the term ``(intercept)`` is added.
    cluster : array, shape (rows,)
        The account or client of each row.
    family : str
        ``"binomial"`` (log odds), ``"gaussian"`` (identity) or ``"poisson"`` (log).
    correlation : str
        ``"exchangeable"``: any two rows of a cluster alike; or ``"independence"``.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    GeeFit
        Scale and correlation are divided by their numbers of rows and pairs, as in R's geepack;
        intervals are Student's with clusters - 1 degrees of freedom for fewer than 30 clusters.

    Raises
    ------
    EstimateError
        As `logit`; one cluster; covariates that tell a yes or no apart (no finite answer).

    References
    ----------
    Liang & Zeger (1986), Biometrika 73, 13-22.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> client = np.repeat(np.arange(80), 10)
    >>> rows = pd.DataFrame({"trust": rng.normal(size=800)})
    >>> chance = expit(0.8 * rows["trust"] + rng.normal(size=80)[client])
    >>> fit = gee(rng.random(800) < chance, rows, client)
    >>> fit.table[["term", "estimate", "se", "naive_se"]].round(3)
              term  estimate     se  naive_se
    0  (intercept)    -0.028  0.114     0.115
    1        trust     0.622  0.080     0.077
    """
    one_of("family=", family, list(FAMILIES))
    one_of("correlation=", correlation, ["exchangeable", "independence"])
    check_level(level)
    design, cautions, own = _checked(outcome, covariates, family)
    codes, clusters, alone = cluster_codes(cluster, design.weights)
    if alone:
        raise EstimateError(
            f"cluster= holds one cluster in {len(design.y)} rows; estimating equations need many. "
            "Name the account or client of each row.",
            caution="one_cluster",
        )
    found, more = _solved(design, codes, family, correlation)
    if clusters < FEW_CLUSTERS:
        more.append(code("few_clusters", minimum=FEW_CLUSTERS, n=clusters))
    numbers, robust, naive, scale = _numbers(design, found, clusters, level)
    cautions, n = [*cautions, *more], len(design.y)
    counts = {"n": n, "n_clusters": clusters}
    exchangeable = correlation == "exchangeable"
    return GeeFit(
        table=tabled(numbers, [str(name) for name in covariates], design, cautions, counts, own),
        covariance=robust,
        naive_covariance=naive,
        alpha=float(found.model.cov_struct.dep_params) if exchangeable else 0.0,
        scale=scale,
        n=n,
        n_clusters=clusters,
        family=family,
        correlation=correlation,
        level=level,
        method=f"{family} GEE, {correlation}, Liang & Zeger 1986",
        flag=joined([*design.dropped.values(), *cautions, *own.values()]),
    )


def _checked(
    outcome: ArrayLike, covariates: pd.DataFrame, family: str
) -> tuple[Design, list[str], dict[str, str]]:
    """Check and standardise; cautions about the fit, and about single covariates."""
    if family == "binomial":
        design = designed(outcome, covariates)
        found = fitted(design, "logit")
        if found.method == FIRTH:
            terms = found.numbers.get("terms", "the covariates")
            raise EstimateError(
                f"outcome= is told apart by {terms}: estimating equations have no finite answer. "
                "Use logit() with cluster=, which penalises, or leave them out.",
                caution="not_estimable",
            )
        return design, found.cautions, found.own
    y = pd.to_numeric(pd.Series(np.asarray(outcome).ravel()), errors="coerce").to_numpy(float)
    if len(y) != len(covariates):
        raise EstimateError(
            f"outcome= has {len(y)} rows, covariates= {len(covariates)}; they must describe the "
            "same rows in the same order."
        )
    odd = ~np.isfinite(y) | ((y < 0) if family == "poisson" else False)
    if odd.any():
        raise EstimateError(
            f"outcome= holds {int(odd.sum())} values that are missing, infinite or (for counts) "
            "below 0; leave those rows out."
        )
    if np.ptp(y) == 0:
        raise EstimateError(
            f"outcome= is {y[0]:g} in all {len(y)} rows; a regression needs outcomes that differ.",
            caution="one_outcome",
        )
    check_numbers(covariates)
    return standardised(y, np.ones(len(y)), covariates), [], {}


def _solved(design: Design, codes: NDArray, family: str, correlation: str):
    """Let statsmodels solve the equations; what is to be said of the solution."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    families = {
        "binomial": sm.families.Binomial,
        "gaussian": sm.families.Gaussian,
        "poisson": sm.families.Poisson,
    }
    structures = {
        "exchangeable": sm.cov_struct.Exchangeable,
        "independence": sm.cov_struct.Independence,
    }
    order = np.argsort(codes, kind="stable")
    model = sm.GEE(
        design.y[order],
        design.X[order],
        groups=codes[order],
        family=families[family](),
        cov_struct=structures[correlation](),
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # deviations are divided by their number, so that alpha is that of geepack
        found = model.fit(maxiter=STEPS, ctol=CLOSE, ddof_scale=0)
    stuck = any(issubclass(each.category, ConvergenceWarning) for each in caught)
    return found, ["not_converged"] if stuck else []


def _numbers(
    design: Design, found, clusters: int, level: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, float]:
    """Numbers by term, robust and naive covariances as given, and the scale."""
    back, terms = design.back, list(design.terms)
    squares = np.asarray(found.resid_pearson) ** 2
    scale = float(squares.mean())
    estimate = back @ np.asarray(found.params)
    # statsmodels takes the variance of a yes or no, and of counts, as known
    naive = back @ (found.cov_naive * scale / found.scale) @ back.T
    robust = back @ found.cov_robust @ back.T
    error = np.sqrt(np.diag(robust))
    law = t(clusters - 1) if clusters < FEW_CLUSTERS else norm
    half = law.isf((1 - level) / 2) * error
    columns = {
        "estimate": estimate,
        "se": error,
        "naive_se": np.sqrt(np.diag(naive)),
        "low": estimate - half,
        "high": estimate + half,
        "wald": (estimate / error) ** 2,
        "p": 2 * law.sf(np.abs(estimate / error)),
    }
    numbers = pd.DataFrame(columns, index=pd.Index(terms, name="term"))
    robust, naive = (pd.DataFrame(part, terms, terms) for part in (robust, naive))
    return numbers, robust, naive, scale
