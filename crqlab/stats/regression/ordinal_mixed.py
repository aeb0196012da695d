"""Regression of ordered categories whose groups each have an intercept of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.polynomial.hermite import hermgauss
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError, one_of
from crqlab.stats.defaults import FEW_GROUPS, LEVEL
from crqlab.stats.estimate import Estimate, check_level
from crqlab.stats.regression.cumulative import LAWS, Ordered, bend, pulls, scores
from crqlab.stats.regression.cumulative_link import (
    guarded,
    ordinal_design,
    ordinal_numbers,
    ordinal_table,
    sparse,
    threshold_names,
)
from crqlab.stats.regression.groups import (
    METHOD,
    NONE,
    START,
    climbed_by_groups,
    group_codes,
    spread_of_groups,
)
from crqlab.stats.regression.ordinal_fits import OrdinalFit, turned
from crqlab.stats.regression.quadrature import CLOSE, LOG_ROOT, ROUNDS, STRIDE, Integral

NODES = 10
#: Variance of a latent answer within a group.
LATENT = {
    "logit": np.pi**2 / 3,
    "probit": 1.0,
    "cloglog": np.pi**2 / 6,
    "loglog": np.pi**2 / 6,
}


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalMixedFit(OrdinalFit):
    """A regression of ordered categories with a normal random intercept.

    An `OrdinalFit` whose estimates hold within a group; ``n_clusters`` counts groups. Besides:

    Attributes
    ----------
    sd : Estimate
        Standard deviation of the groups' intercepts, on the scale of the linear predictor.
    icc : Estimate
        Share of the latent variance that lies between groups, in [0, 1).
    groups : DataFrame, one row per group
        ``group``, ``n`` (rows), ``effect`` (most likely intercept relative to the average
        group; positive: higher categories), ``se``.
    """

    sd: Estimate
    icc: Estimate
    groups: pd.DataFrame

    def predict(self, covariates: pd.DataFrame) -> pd.DataFrame:
        """Probability of each category in a group that is not known, averaged over groups."""
        roots, masses = hermgauss(2 * NODES)
        bounds = self.bounds(covariates)[:, :, None] - np.sqrt(2) * self.sd.value * roots
        below = LAWS[self.link].below(bounds) @ (masses / np.sqrt(np.pi))
        edges = np.hstack([np.zeros((len(below), 1)), below, np.ones((len(below), 1))])
        names = list(self.categories)
        return pd.DataFrame(np.diff(edges, axis=1), index=covariates.index, columns=names)


def ordinal_random_intercept(
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    groups: ArrayLike,
    *,
    link: str = "logit",
    nodes: int = NODES,
    level: float = LEVEL,
) -> OrdinalMixedFit:
    """Regress ordered categories where every group has its own, normal intercept.

    Maximum likelihood by adaptive Gauss-Hermite quadrature; standard errors from the Hessian.
    Where `ordinal` would hold slopes by a prior (separation, collinearity), so does this.

    Parameters
    ----------
    outcome : array, shape (rows,)
        Numbers, or an ordered pandas categorical.
    covariates : DataFrame, shape (rows, covariates)
        Complete numbers, without a constant.
    groups : array
        The account, client or rater of each row.
    link : str
        ``"logit"``, ``"probit"``, ``"cloglog"`` or ``"loglog"``.
    nodes : int
        Points of the quadrature, 5 or more.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    OrdinalMixedFit

    Raises
    ------
    EstimateError
        As `ordinal`; fewer than two groups, or no group with two rows.

    References
    ----------
    Hedeker & Gibbons (1994), Biometrics 50, 933-944: the model.
    Pinheiro & Bates (1995), Journal of Computational and Graphical Statistics 4, 12-35.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> client = np.repeat(np.arange(40), 25)
    >>> rows = pd.DataFrame({"trust": rng.normal(size=1000)})
    >>> latent = 0.8 * rows["trust"] + rng.normal(size=40)[client] + rng.logistic(size=1000)
    >>> fit = ordinal_random_intercept(np.digitize(latent, [-1, 1]), rows, client)
    >>> print(fit.icc)
    ICC, latent 0.31 [0.22, 0.43], n = 40 groups (Pinheiro & Bates 1995)
    """
    one_of("link=", link, list(LAWS))
    check_level(level)
    if nodes < 5:
        raise EstimateError(f"nodes= is {nodes}; the quadrature needs 5 or more. Use {NODES}.")
    codes, names, design = ordinal_design(outcome, covariates)
    own, groups_named = group_codes(groups, len(codes))
    order = np.argsort(own, kind="stable")
    plain = guarded(codes, design, link)
    data = replace(
        plain.data,
        **{part: getattr(plain.data, part)[order] for part in ("upper", "lower", "top", "bottom")},
    )
    shared = _Shared(data, np.bincount(own), nodes)
    summit = climbed_by_groups(
        shared.integral,
        shared.slopes,
        np.append(plain.peak.point, START),
        np.zeros(len(groups_named)),
        np.append(plain.data.prior, 0.0),
        len(codes),
    )
    cautions = [*plain.cautions, *sparse(codes, design.weights, names)]
    if len(groups_named) < FEW_GROUPS:
        cautions.append(code("few_groups", minimum=FEW_GROUPS, n=len(groups_named)))
    tabled = partial(ordinal_table, covariates=covariates, names=names, design=design)
    return _result(
        summit, shared.sizes, tabled, (names, groups_named), (link, level), (plain.own, cautions)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """Rows sorted by group, and the integral over the groups' intercepts."""

    data: Ordered
    sizes: NDArray
    nodes: int

    def total(self, rows: NDArray) -> NDArray:
        starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        return np.add.reduceat(rows, starts, axis=0)

    def integral(self, point: NDArray, modes: NDArray) -> Integral:
        """As `crqlab.stats.regression.quadrature.integral`."""
        bounds = self.data.upper @ point[:-1], self.data.lower @ point[:-1]
        modes, widths = self._peaks(bounds, point[-1], modes)
        roots, masses = hermgauss(self.nodes)
        places = modes[:, None] + np.sqrt(2) * widths[:, None] * roots
        heights = np.empty_like(places)
        for node in range(self.nodes):
            chance = self._at(bounds, point[-1], places[:, node]).chance
            heights[:, node] = self.total(np.log(np.maximum(chance, 1e-300)))
        heights += np.log(masses) + roots**2 - 0.5 * places**2 - LOG_ROOT
        whole = logsumexp(heights, axis=1)
        likelihood = float((whole + 0.5 * np.log(2) + np.log(widths)).sum())
        if (self._at(bounds, point[-1], modes).chance <= 0).any():  # thresholds cross
            likelihood = -np.inf
        return Integral(likelihood, modes, widths, places, np.exp(heights - whole[:, None]))

    def _at(self, bounds, deviation: float, intercepts: NDArray):
        shift = deviation * np.repeat(intercepts, self.sizes)
        return pulls(self.data, bounds[0] - shift, bounds[1] - shift)

    def _peaks(self, bounds, deviation: float, modes: NDArray) -> tuple[NDArray, NDArray]:
        """Newton steps in all groups at once, none longer than two standard deviations."""
        for _ in range(ROUNDS):
            at = self._at(bounds, deviation, modes)
            pull = at.down - at.up
            slope = deviation * self.total(pull) - modes
            curve = 1 + deviation**2 * self.total(at.bent_down - at.bent_up + pull**2)
            step = np.clip(slope / curve, -STRIDE, STRIDE)
            modes = modes + step
            if np.abs(step).max() < CLOSE:
                break
        return modes, 1 / np.sqrt(curve)

    def slopes(self, point: NDArray, found: Integral) -> tuple[NDArray, NDArray]:
        """As `crqlab.stats.regression.quadrature.slopes`."""
        k, data = len(point), self.data
        bounds = data.upper @ point[:-1], data.lower @ point[:-1]
        mean = np.zeros((len(self.sizes), k))
        outer, complete = np.zeros((k, k)), np.zeros((k, k))
        for node in range(self.nodes):
            place, share = found.places[:, node], found.shares[:, node]
            at, wide = self._at(bounds, point[-1], place), -np.repeat(place, self.sizes)
            upper, lower = (np.column_stack([part, wide]) for part in (data.upper, data.lower))
            here = replace(data, upper=upper, lower=lower)
            own = self.total(scores(here, at))
            mean += share[:, None] * own
            outer += own.T @ (share[:, None] * own)
            complete += bend(here, at, np.repeat(share, self.sizes))
        return mean.sum(axis=0), outer - mean.T @ mean + complete


def _result(summit, sizes, tabled, names, options, told) -> OrdinalMixedFit:
    point, at, curve = summit
    (categories, groups), (link, level), (own, cautions) = names, options, told
    design, cuts = tabled.keywords["design"], len(categories) - 1
    deviation = abs(float(point[-1]))
    alike = deviation < NONE
    if alike:
        cautions = [*cautions, "groups_alike"]
    k = len(point) - 1
    spread = np.linalg.inv(-curve[:k, :k] if alike else -curve)
    turn = turned(design, cuts)
    covariance = turn @ spread[:k, :k] @ turn.T
    terms = [*threshold_names(categories), *design.terms[1:]]
    numbers = ordinal_numbers(turn @ point[:-1], covariance, terms, level, None)
    counts = {"n": int(sizes.sum()), "n_clusters": len(groups)}
    variance = 0.0 if alike else spread[-1, -1]
    sd, icc = spread_of_groups(deviation, variance, len(groups), level, LATENT[link])
    effects = {"effect": at.modes * point[-1], "se": at.widths * deviation}
    return OrdinalMixedFit(
        table=tabled(numbers, told=(own, cautions, counts)),
        covariance=pd.DataFrame(covariance, index=terms, columns=terms),
        log_likelihood=at.log_likelihood,
        aic=2 * len(point) - 2 * at.log_likelihood,
        categories=tuple(categories),
        n=counts["n"],
        n_clusters=len(groups),
        link=link,
        level=level,
        method=f"cumulative {link}, {METHOD}",
        flag=joined([*design.dropped.values(), *cautions, *own.values()]),
        design=design,
        sd=sd,
        icc=icc,
        groups=pd.DataFrame({"group": groups, "n": sizes, **effects}),
    )
