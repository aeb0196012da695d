"""Regression of a yes or no on covariates, with its guards."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import one_of
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.regression.designs import Design, designed
from crqlab.stats.regression.fits import Fit, tabled
from crqlab.stats.regression.guards import FIRTH, ML, Found, fitted
from crqlab.stats.regression.profiles import ends
from crqlab.stats.regression.sandwich import cluster_codes, clustered

MANY_ROWS = 20_000


def logit(
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    *,
    link: str = "logit",
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = LEVEL,
    profile: bool = True,
) -> Fit:
    """Regress a yes or no on covariates; rows of one cluster may belong together.

    Maximum likelihood, unless the data forbid it. Where covariates tell the outcome apart
    (separation), the likelihood is penalised (Firth), and intervals come from its profile for a
    logit of up to 20,000 rows. Where covariates all but repeat one another (condition index
    above 30), a normal prior of standard deviation 1 holds each standardised slope (ridge).
    Covariates that are constant or repeat others exactly do not enter. Each of these, variance
    inflation above 10, fewer than 10 events per covariate and fewer than 30 clusters are told
    in ``flag``.

    Parameters
    ----------
    outcome : array of 0 and 1, shape (rows,)
    covariates : DataFrame, shape (rows, covariates)
        Complete numbers, without a constant: the term ``(intercept)`` is added.
    link : str
        ``"logit"``, or ``"cloglog"`` for a hazard in discrete time.
    cluster : array, optional
        The account or client of each row; rows are independent when absent.
    weights : array, optional
        How many rows each row stands for; 0 leaves it out.
    level : float
        Coverage of the intervals, in (0, 1).
    profile : bool
        Whether a penalised fit profiles its intervals; without, they are quick and symmetric.

    Returns
    -------
    Fit
        Errors by cluster carry the factor G/(G-1) x (n-1)/(n-k); their intervals are normal,
        and Student's with G-1 degrees of freedom for fewer than 30 clusters.

    Raises
    ------
    EstimateError
        Rows that do not match, missing cells, or an outcome that is the same in all rows.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models: both links.
    Liang & Zeger (1986), Biometrika 73, 13-22: errors by cluster.
    Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419: penalty and its profile.
    Peduzzi et al. (1996), Journal of Clinical Epidemiology 49, 1373-1379: ten events.

    Examples
    --------
    >>> answers = pd.DataFrame({"trust": [2.0, 3, 3, 4, 4, 5, 5, 6, 6, 7]})
    >>> fit = logit([0, 0, 1, 0, 0, 1, 0, 1, 1, 1], answers)
    >>> fit.table[["term", "estimate", "se", "p"]].round(3)
              term  estimate     se      p
    0  (intercept)    -4.948  3.166  0.118
    1        trust     1.099  0.681  0.106
    >>> fit.predict(pd.DataFrame({"trust": [3.0, 6.0]})).round(2)
    array([0.16, 0.84])
    """
    one_of("link=", link, ["logit", "cloglog"])
    check_level(level)
    design = designed(outcome, covariates, weights)
    codes, clusters, alone = cluster_codes(cluster, design.weights)
    found = fitted(design, link)
    covariance, stretch = _covariance(design, found, codes)
    profiled = profile and (found.method, link) == (FIRTH, "logit") and len(design.y) <= MANY_ROWS
    numbers = _numbers(design, found, covariance, level)
    if profiled:
        numbers = numbers.assign(**_profiled(design, found, stretch, level))
    cautions = [*found.remedied(found.method), *alone]
    if clusters is not None and clusters < FEW_CLUSTERS:
        numbers = _widened(numbers, clusters, level)
        cautions.append(code("few_clusters", minimum=FEW_CLUSTERS, n=clusters))
    n, events = len(design.y), int(design.y.sum())
    counts = {"n": n, "events": events, "n_clusters": clusters or n}
    given = [str(name) for name in covariates]
    return Fit(
        table=tabled(numbers, given, design, cautions, counts, found.own),
        covariance=pd.DataFrame(covariance, index=design.terms, columns=design.terms),
        log_likelihood=found.summit.log_likelihood,
        n=n,
        events=events,
        n_clusters=clusters,
        link=link,
        level=level,
        method=_method(link, found.method, clusters, profiled),
        flag=joined([*design.dropped.values(), *cautions, *found.own.values()]),
    )


def _covariance(design: Design, found: Found, codes: NDArray | None) -> tuple[NDArray, NDArray]:
    """Covariance of the estimates as given, and how far clusters stretch Firth's errors.

    Separated outcomes leave no residuals, and a sandwich without filling is thin; Firth's
    errors by cluster are therefore never less than those of independent rows.
    """
    problem, summit = found.problem, found.summit
    bread, stretch = np.linalg.inv(summit.information), np.ones(len(design.terms))
    whole = design.back @ bread @ design.back.T
    if codes is None:
        return whole, stretch
    pull = problem.weights * problem.link.score(problem.y, problem.X @ summit.point)
    total = float(problem.weights.sum())
    robust = clustered(problem.X, pull, bread, codes, problem.prior, total)
    robust = design.back @ robust @ design.back.T
    if found.method != FIRTH:
        return robust, stretch
    stretch = np.sqrt(np.maximum(np.diag(robust) / np.diag(whole), 1))
    return whole * np.outer(stretch, stretch), stretch


def _numbers(design: Design, found: Found, covariance: NDArray, level: float) -> pd.DataFrame:
    """Estimate, error, Wald interval and p of the terms that entered, by term."""
    estimate, error = design.back @ found.summit.point, np.sqrt(np.diag(covariance))
    half = norm.isf((1 - level) / 2) * error
    columns = {
        "estimate": estimate,
        "se": error,
        "low": estimate - half,
        "high": estimate + half,
        "p": 2 * norm.sf(np.abs(estimate / error)),
    }
    return pd.DataFrame(columns, index=pd.Index(design.terms, name="term"))


def _profiled(design: Design, found: Found, stretch: NDArray, level: float) -> dict[str, NDArray]:
    """Ends and p of the penalised likelihood's profile, stretched as clusters ask for."""
    middle = design.back @ found.summit.point
    low, high, p = ends(design, found.problem, found.summit, level)
    return {
        "low": middle - stretch * (middle - low),
        "high": middle + stretch * (high - middle),
        "p": 2 * norm.sf(norm.isf(p / 2) / stretch),
    }


def _widened(numbers: pd.DataFrame, clusters: int, level: float) -> pd.DataFrame:
    """Read intervals and p off Student's t with one degree of freedom less than clusters."""
    student, tail = t(clusters - 1), (1 - level) / 2
    wider, middle = student.isf(tail) / norm.isf(tail), numbers["estimate"]
    return numbers.assign(
        low=middle - wider * (middle - numbers["low"]),
        high=middle + wider * (numbers["high"] - middle),
        p=2 * student.sf(norm.isf(numbers["p"] / 2)),
    )


def _method(link: str, method: str, clusters: int | None, profiled: bool) -> str:
    if method == FIRTH:
        how = "profile" if profiled else "Wald"
        return f"{link}, Heinze & Schemper 2002, {how} intervals"
    way = link if method == ML else f"{link} with ridge"
    return way if clusters is None else f"{way}, Liang & Zeger 1986"
