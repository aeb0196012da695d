"""Regression of a yes or no whose groups each have an intercept of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.polynomial.hermite import hermgauss
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import norm

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError
from crqlab.stats.defaults import FEW_GROUPS, LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.regression.designs import Design, designed
from crqlab.stats.regression.fits import Fit, tabled
from crqlab.stats.regression.groups import (
    METHOD,
    NONE,
    START,
    climbed_by_groups,
    group_codes,
    spread_of_groups,
)
from crqlab.stats.regression.guards import ML, RIDGE, RIDGED, fitted
from crqlab.stats.regression.quadrature import Grouped, Integral, integral, slopes

NODES = 15
LATENT = np.pi**2 / 3  # variance of a standard logistic variable


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit(Fit):
    """A logistic regression with a normal random intercept.

    A `Fit` whose estimates hold within a group; ``n_clusters`` counts groups. Besides:

    Attributes
    ----------
    sd : Estimate
        Standard deviation of the groups' intercepts, in log odds.
    icc : Estimate
        Share of the latent variance that lies between groups, in [0, 1).
    groups : DataFrame, one row per group
        ``group``, ``n`` (rows), ``effect`` (most likely intercept relative to the average
        group, log odds), ``se``.
    """

    sd: Estimate
    icc: Estimate
    groups: pd.DataFrame

    def predict(self, covariates: pd.DataFrame) -> NDArray:
        """Probability of the outcome in a group that is not known, averaged over groups."""
        roots, masses = hermgauss(NODES)
        linear = self._known(covariates) @ self.coefficients.to_numpy()
        chance = expit(linear[:, None] + np.sqrt(2) * self.sd.value * roots)
        return chance @ (masses / np.sqrt(np.pi))


def random_intercept(
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    groups: ArrayLike,
    *,
    nodes: int = NODES,
    level: float = LEVEL,
) -> MixedFit:
    """Logistic regression in which every group has its own, normally distributed intercept.

    Maximum likelihood by adaptive Gauss-Hermite quadrature; standard errors from the Hessian.
    Where plain logistic regression would need a penalty (separation, collinearity), a normal
    prior of standard deviation 1 holds each standardised slope, told in ``flag``.

    Parameters
    ----------
    outcome : array of 0 and 1, shape (rows,)
    covariates : DataFrame, shape (rows, covariates)
        Complete numbers, without a constant.
    groups : array
        The account or client of each row.
    nodes : int
        Points of the quadrature, 5 or more.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    MixedFit

    Raises
    ------
    EstimateError
        As `logit`; fewer than two groups, or no group with two rows.

    References
    ----------
    Pinheiro & Bates (1995), Journal of Computational and Graphical Statistics 4, 12-35.
    Snijders & Bosker (2012), Multilevel Analysis, section 17.2: the latent ICC.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> client = np.repeat(np.arange(40), 25)
    >>> rows = pd.DataFrame({"trust": rng.normal(size=1000)})
    >>> chance = expit(0.5 + 0.8 * rows["trust"] + rng.normal(size=40)[client])
    >>> fit = random_intercept(rng.random(1000) < chance, rows, client)
    >>> print(fit.icc)
    ICC, latent 0.18 [0.11, 0.29], n = 40 groups (Pinheiro & Bates 1995)
    """
    check_level(level)
    if nodes < 5:
        raise EstimateError(f"nodes= is {nodes}; the quadrature needs 5 or more. Use {NODES}.")
    design = designed(outcome, covariates)
    codes, names = group_codes(groups, len(design.y))
    order = np.argsort(codes, kind="stable")
    data = Grouped(design.X[order], design.y[order], np.bincount(codes), nodes)
    plain = fitted(design, "logit")
    prior = np.zeros(len(design.terms) + 1)
    if plain.method != ML:
        prior[1:-1] = RIDGE
    summit = climbed_by_groups(
        partial(integral, data),
        partial(slopes, data),
        np.append(plain.summit.point, START),
        np.zeros(len(names)),
        prior,
        len(data.y),
    )
    cautions = plain.remedied(RIDGED)
    if len(names) < FEW_GROUPS:
        cautions = [*cautions, code("few_groups", minimum=FEW_GROUPS, n=len(names))]
    given = [str(name) for name in covariates]
    return _result(design, given, names, data, summit, cautions, level)


def _result(
    design: Design,
    given: list[str],
    names: NDArray,
    data: Grouped,
    summit: tuple[NDArray, Integral, NDArray],
    cautions: list[str],
    level: float,
) -> MixedFit:
    point, at, bend = summit
    deviation, k = abs(float(point[-1])), len(point) - 1
    alike = deviation < NONE
    if alike:
        cautions = [*cautions, "groups_alike"]
    covariance = np.linalg.inv(-bend[:k, :k] if alike else -bend)
    own = design.back @ covariance[:k, :k] @ design.back.T
    half, n = norm.isf((1 - level) / 2), len(data.y)
    estimate, error = design.back @ point[:-1], np.sqrt(np.diag(own))
    columns = {
        "estimate": estimate,
        "se": error,
        "low": estimate - half * error,
        "high": estimate + half * error,
        "p": 2 * norm.sf(np.abs(estimate / error)),
    }
    numbers = pd.DataFrame(columns, index=pd.Index(design.terms, name="term"))
    events = int(data.y.sum())
    counts = {"n": n, "events": events, "n_clusters": len(names)}
    variance = 0.0 if alike else covariance[-1, -1]
    sd, icc = spread_of_groups(deviation, variance, len(names), level, LATENT)
    return MixedFit(
        table=tabled(numbers, given, design, cautions, counts),
        covariance=pd.DataFrame(own, index=design.terms, columns=design.terms),
        log_likelihood=at.log_likelihood,
        n=n,
        events=events,
        n_clusters=len(names),
        link="logit",
        level=level,
        method=METHOD,
        flag=joined([*design.dropped.values(), *cautions]),
        sd=sd,
        icc=icc,
        groups=pd.DataFrame(
            {
                "group": names,
                "n": data.sizes,
                "effect": at.modes * point[-1],
                "se": at.widths * deviation,
            }
        ),
    )
