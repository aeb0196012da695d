"""Regression of ordered categories on covariates: proportional odds and its kin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError, one_of
from crqlab.stats.defaults import FEW_CLUSTERS, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.regression.collinearity import HIGH_INDEX, HIGH_VIF, condition, inflation
from crqlab.stats.regression.cumulative import LAWS, Ordered, Peak, climbed, ordered, pulls, scores
from crqlab.stats.regression.designs import Design, check_numbers, gram, standardised
from crqlab.stats.regression.guards import RIDGE
from crqlab.stats.regression.ordinal_fits import OrdinalFit, turned
from crqlab.stats.regression.sandwich import cluster_codes, clustered
from crqlab.stats.regression.separation import WIDE

SPARSE = 5  # answers below which a category says little about its thresholds


def ordinal(
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    *,
    link: str = "logit",
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = LEVEL,
) -> OrdinalFit:
    """Regress ordered categories on covariates; rows of one cluster may belong together.

    Maximum likelihood, errors from the Hessian. Where covariates tell the categories apart
    (separation) or all but repeat one another (condition index above 30), a normal prior of
    standard deviation 1 holds each standardised slope (ridge). Covariates that are constant or
    repeat others exactly do not enter. Each of these, variance inflation above 10, categories
    with fewer than 5 answers and fewer than 30 clusters are told in ``flag``.

    Parameters
    ----------
    outcome : array, shape (rows,)
        Numbers, or an ordered pandas categorical; the categories are those that occur.
    covariates : DataFrame, shape (rows, covariates)
        Complete numbers, without a constant.
    link : str
        ``"logit"`` (proportional odds), ``"probit"``, ``"cloglog"`` (proportional hazards) or
        ``"loglog"``.
    cluster : array, optional
        The account or client of each row; rows are independent when absent.
    weights : array, optional
        How many rows each row stands for; 0 leaves it out.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    OrdinalFit
        Errors by cluster carry the factor G/(G-1) x (n-1)/(n-k); their intervals are
        Student's with G-1 degrees of freedom for fewer than 30 clusters.

    See Also
    --------
    crqlab.stats.regression.proportional_odds : whether one slope holds at all thresholds

    Raises
    ------
    EstimateError
        Rows that do not match, missing cells, categories without an order, or only one.

    References
    ----------
    McCullagh (1980), Journal of the Royal Statistical Society B 42, 109-142.
    Christensen, ordinal: Regression Models for Ordinal Data (R package), whose numbers these are.

    Examples
    --------
    >>> answers = pd.DataFrame({"trust": [2.0, 3, 3, 4, 4, 5, 5, 6, 6, 7, 2, 5]})
    >>> fit = ordinal([1, 1, 2, 1, 2, 3, 2, 3, 2, 3, 2, 1], answers)
    >>> fit.table[["term", "estimate", "se", "p"]].round(3)
        term  estimate     se      p
    0    1|2     2.667  1.830  0.145
    1    2|3     5.145  2.335  0.028
    2  trust     0.856  0.443  0.053
    >>> fit.predict(pd.DataFrame({"trust": [3.0, 6.0]})).round(2)
          1     2     3
    0  0.52  0.40  0.07
    1  0.08  0.42  0.50
    """
    one_of("link=", link, list(LAWS))
    check_level(level)
    codes, names, design = ordinal_design(outcome, covariates, weights)
    own, clusters, alone = cluster_codes(cluster, design.weights)
    found = guarded(codes, design, link)
    cuts = len(names) - 1
    spread = _spread(found, design, own)
    turn = turned(design, cuts)
    estimate, covariance = turn @ found.peak.point, turn @ spread @ turn.T
    cautions = [*found.cautions, *alone, *sparse(codes, design.weights, names)]
    few = clusters is not None and clusters < FEW_CLUSTERS
    if few:
        cautions.append(code("few_clusters", minimum=FEW_CLUSTERS, n=clusters))
    counts = {"n": len(codes), "n_clusters": clusters or len(codes)}
    likelihood = found.peak.log_likelihood
    terms = [*threshold_names(names), *design.terms[1:]]
    numbers = ordinal_numbers(estimate, covariance, terms, level, clusters - 1 if few else None)
    return OrdinalFit(
        table=ordinal_table(numbers, covariates, names, design, (found.own, cautions, counts)),
        covariance=pd.DataFrame(covariance, index=terms, columns=terms),
        log_likelihood=likelihood,
        aic=2 * len(terms) - 2 * likelihood,
        categories=tuple(names),
        n=len(codes),
        n_clusters=clusters,
        link=link,
        level=level,
        method=_method(link, found.ridged, clusters),
        flag=joined([*design.dropped.values(), *cautions, *found.own.values()]),
        design=design,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Guarded:
    """A climb and what was found amiss: as `crqlab.stats.regression.guards.Found`."""

    data: Ordered
    peak: Peak
    ridged: bool
    cautions: list[str]
    own: dict[str, str]


def ordinal_design(
    outcome: ArrayLike, covariates: pd.DataFrame, weights: ArrayLike | None = None
) -> tuple[NDArray, list, Design]:
    """Check and standardise: codes of the categories, their names, and the design.

    Raises
    ------
    EstimateError
        As `ordinal`.
    """
    codes, names = _categories(outcome)
    w = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=float).ravel()
    if not len(codes) == len(covariates) == len(w):
        raise EstimateError(
            f"outcome= has {len(codes)} rows, covariates= {len(covariates)} and weights= {len(w)}; "
            "they must describe the same rows in the same order."
        )
    check_numbers(covariates)
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise EstimateError("weights= must be finite and 0 or more.")
    counts = np.bincount(codes, weights=w, minlength=len(names))
    if (counts > 0).sum() < 2:
        raise EstimateError(
            f"outcome= is the same in all {len(codes)} rows; a regression needs two categories or "
            "more. Pool more answers.",
            caution="one_outcome",
        )
    kept = np.flatnonzero(counts > 0)
    codes = np.maximum(np.searchsorted(kept, codes, side="right") - 1, 0)
    return codes, [names[i] for i in kept], standardised(codes.astype(float), w, covariates)


def _categories(outcome: ArrayLike) -> tuple[NDArray, list]:
    answers = outcome if isinstance(outcome, pd.Series) else pd.Series(outcome)
    kind = answers.dtype
    named = isinstance(kind, pd.CategoricalDtype)
    if not (named and kind.ordered) and not pd.api.types.is_numeric_dtype(kind):
        raise EstimateError(
            f"outcome= holds {kind}, whose categories have no order. Give numbers, or "
            "pd.Categorical(outcome, categories=[lowest, ..., highest], ordered=True)."
        )
    if answers.isna().any():
        raise EstimateError(
            f"outcome= has {int(answers.isna().sum())} missing values; leave those rows out."
        )
    ranks = answers.cat.codes if named else answers
    values, codes = np.unique(ranks.to_numpy(), return_inverse=True)
    if named:
        return codes, kind.categories[values].tolist()
    whole = (values % 1 == 0).all()
    return codes, (values.astype(int) if whole else values).tolist()


def guarded(codes: NDArray, design: Design, link: str) -> Guarded:
    """Fit by maximum likelihood, or with a prior on slopes where the data forbid it.

    Raises
    ------
    EstimateError
        No climb comes to an end.
    """
    X, w, law = design.X[:, 1:], design.weights, LAWS[link]
    data = ordered(codes, X, w, law)
    cuts = data.upper.shape[1] - X.shape[1]
    below = np.cumsum(np.bincount(codes, weights=w))[:-1] / w.sum()
    start = np.concatenate([law.quantile(below), np.zeros(X.shape[1])])
    peak = climbed(data, start)
    correlations = gram(X, w) / w.sum()
    own = {
        name: code("vif_high", term=name, vif=round(size))
        for name, size in zip(design.terms[1:], inflation(correlations), strict=True)
        if size > HIGH_VIF
    }
    variance = np.diag(np.linalg.pinv(peak.information, hermitian=True))[cuts:]
    parted = [name for name, v in zip(design.terms[1:], variance, strict=True) if v > WIDE**2]
    index, cautions = condition(correlations), []
    if parted or not peak.arrived:
        cautions = [code("separated_by_terms_ridge", terms=", ".join(parted or design.terms[1:]))]
    elif index > HIGH_INDEX:
        cautions = [code("collinear_ridge", index=round(index))]
    if cautions:
        prior = np.concatenate([np.zeros(cuts), np.full(X.shape[1], RIDGE)])
        data = replace(data, prior=prior)
        peak = climbed(data, start)
    if not peak.arrived:
        raise EstimateError(
            f"The fit of {len(codes)} rows and {len(start)} terms came to no end. Look for "
            "outliers in covariates=, or leave some covariates out.",
            caution=code("no_end", rows=len(codes), terms=len(start)),
        )
    return Guarded(data, peak, bool(cautions), cautions, own)


def _spread(found: Guarded, design: Design, own: NDArray | None) -> NDArray:
    """Covariance of the standardised estimates: inverse information, or a sandwich by cluster."""
    bread = np.linalg.inv(found.peak.information)
    if own is None:
        return bread
    data, point = found.data, found.peak.point
    each = scores(data, pulls(data, data.upper @ point, data.lower @ point))
    prior = np.diag(data.prior)
    return clustered(each, design.weights, bread, own, prior, float(design.weights.sum()))


def sparse(codes: NDArray, weights: NDArray, names: list) -> list[str]:
    """Caution about categories that hardly anybody chose."""
    counts = np.bincount(codes[weights > 0], minlength=len(names))
    few = [str(name) for name, count in zip(names, counts, strict=True) if count < SPARSE]
    return [code("few_answers_in_categories", minimum=SPARSE, names=", ".join(few))] if few else []


def threshold_names(names: list) -> list[str]:
    """Name thresholds by the categories that they part.

    Examples
    --------
    >>> threshold_names([1, 2, 3])
    ['1|2', '2|3']
    """
    return [f"{low}|{high}" for low, high in pairwise(names)]


def ordinal_numbers(
    estimate: NDArray, covariance: NDArray, terms: list[str], level: float, df: int | None
) -> pd.DataFrame:
    """Estimate, error, interval, z and p by term; Student's t where ``df`` is given."""
    law = norm if df is None else t(df)
    error = np.sqrt(np.diag(covariance))
    half, z = law.isf((1 - level) / 2) * error, estimate / error
    columns = {
        "estimate": estimate,
        "se": error,
        "low": estimate - half,
        "high": estimate + half,
        "z": z,
        "p": 2 * law.sf(np.abs(z)),
    }
    return pd.DataFrame(columns, index=pd.Index(terms, name="term"))


def ordinal_table(
    numbers: pd.DataFrame,
    covariates: pd.DataFrame,
    names: list,
    design: Design,
    told: tuple[dict[str, str], list[str], dict[str, int]],
) -> pd.DataFrame:
    """Rows of thresholds, then of all covariates given; ``told`` is own, cautions, counts."""
    own, cautions, counts = told
    terms = [*threshold_names(names), *map(str, covariates)]
    flags = [design.dropped.get(term) or joined([own.get(term, "ok"), *cautions]) for term in terms]
    table = numbers.reindex(terms).rename_axis("term").reset_index()
    return table.assign(**counts, flag=flags)


def _method(link: str, ridged: bool, clusters: int | None) -> str:
    way = f"cumulative {link}, McCullagh 1980{', with ridge' if ridged else ''}"
    return way if clusters is None else f"{way}, Liang & Zeger 1986"
