"""Two-level factor models as models of groups: one of deviations, one per size of cluster.

An orthonormal turn of a cluster of n answers makes its mean times the root of n and n - 1
deviations, all independent, with covariances

    Sigma_W + n Sigma_B  and  Sigma_W.

So the likelihood is that of several groups without gaps, whose parameters are shared. Between
clusters, each item is a phantom construct that the item loads on with the root of n; everything
that fits groups (`crqlab.stats.factors.ml`) then fits levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from crqlab.base.contracts.cautions import code
from crqlab.base.errors import EstimateError
from crqlab.stats.factors.model import (
    ALPHA,
    BETA,
    FIXED,
    LAMBDA,
    NU,
    PSI,
    THETA,
    Model,
    check_model,
    specify,
)
from crqlab.stats.factors.normal import misfit
from crqlab.stats.factors.sample import Sample, check_rank

WITHIN, BETWEEN = 0, 1
LEAST = 0.05
FLAT, SETTLED = 1e-6, 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Answers of people in clusters, reduced to what a two-level likelihood needs.

    Attributes
    ----------
    items : tuple of str
    n, n_clusters : int
    samples : tuple of Sample
        Deviations from cluster means first, then means times the root of n, by size n.
    roots : array, shape (samples,)
        Root of n; 0 for the deviations.
    within, between : array, shape (p, p)
        Estimates by moments: pooled within, and what is left between.
    mean : array, shape (p,)
    sizes : Series
        How many clusters have each size.
    """

    items: tuple[str, ...]
    n: int
    n_clusters: int
    samples: tuple[Sample, ...]
    roots: NDArray
    within: NDArray
    between: NDArray
    mean: NDArray
    sizes: pd.Series


@dataclass(frozen=True, slots=True, eq=False)
class Saturated:
    """Moments of both levels without a model.

    Attributes
    ----------
    value : float
        Mean minus log likelihood of a respondent.
    within, between : array, shape (p, p)
    mean : array, shape (p,)
    rank : int
        Directions in which clusters differ.
    converged : bool
    """

    value: float
    within: NDArray
    between: NDArray
    mean: NDArray
    rank: int
    converged: bool


def levels(answers: NDArray, codes: NDArray, items: Sequence[str]) -> Levels:
    """Reduce complete answers to sums by size of cluster.

    Parameters
    ----------
    answers : array, shape (n, p)
    codes : int array, shape (n,)
        Cluster of each row, from 0 without gaps.
    items : sequence of str

    Raises
    ------
    EstimateError
        Clusters of one respondent only, too few clusters, items that say the same.
    """
    n, p = answers.shape
    counts = np.bincount(codes)
    n_clusters = len(counts)
    if n - n_clusters <= p or n_clusters <= p:
        raise EstimateError(
            f"data= has {n} respondents in {n_clusters} clusters for {p} items; two levels need "
            "more clusters than items, and more respondents beyond one per cluster. Use fewer "
            "items, or cfa(..., cluster=).",
            caution=code("clusters_not_above_items", n=n_clusters, items=p),
        )
    means = np.stack([np.bincount(codes, weights=column) for column in answers.T], axis=1)
    means /= counts[:, None]
    apart = answers - means[codes]
    pooled = apart.T @ apart / (n - n_clusters)
    _check_varies(pooled, answers.mean(axis=0), items)
    centred = means - answers.mean(axis=0)
    weighted = (centred.T * counts) @ centred / (n_clusters - 1)
    typical = (n - (counts**2).sum() / n) / (n_clusters - 1)
    found = [_sample("within", n - n_clusters, np.zeros(p), pooled)]
    sizes = np.unique(counts)
    for size in sizes:
        here = np.sqrt(size) * means[counts == size]
        spread = here - here.mean(axis=0)
        cov = spread.T @ spread / len(here)
        found.append(_sample(f"clusters of {size}", len(here), here.mean(axis=0), cov))
    return Levels(
        tuple(items),
        n,
        n_clusters,
        tuple(found),
        np.sqrt(np.concatenate([[0], sizes])),
        pooled,
        (weighted - pooled) / typical,
        answers.mean(axis=0),
        pd.Series(counts).value_counts().sort_index(),
    )


def _sample(label: str, n: int, mean: NDArray, cov: NDArray) -> Sample:
    p = len(mean)
    whole = np.ones((1, p), bool)
    none = np.empty((0, p)), None, np.empty(0, int)
    return Sample(label, n, *none, whole, np.array([n]), mean[None], cov[None])


def _check_varies(pooled: NDArray, mean: NDArray, items: Sequence[str]) -> None:
    flat = np.diag(pooled) <= 1e-12 * (1 + mean**2)
    if flat.any():
        name = str(items[int(flat.argmax())])
        raise EstimateError(
            f"Item {name!r} does not vary within clusters; two levels need items that do. Leave "
            "it out.",
            caution=code("same_answer_from_all", items=name),
        )
    scale = np.sqrt(np.diag(pooled))
    check_rank(pooled / np.outer(scale, scale), items, " within clusters")


def two_levels(within: Mapping[str, Sequence[str]], between: Mapping[str, Sequence[str]]) -> Model:
    """Write both levels down as a model of two groups: within (0) and between (1).

    Items that the model between does not name have no variance there; their means stand
    within.

    Raises
    ------
    EstimateError
        Items between clusters that are none within; no model at a level.

    Examples
    --------
    >>> model = two_levels({"w": ["a", "b", "c"]}, {"b": ["a", "b", "c"]})
    >>> model.n_free, model.constructs
    (15, ('w', 'b'))
    """
    check_model(within)
    check_model(between)
    low, high = specify(within, means=True), specify(between, means=True)
    strange = [item for item in high.items if item not in low.items]
    if strange:
        raise EstimateError(
            f"between= has {strange[0]!r}, which within= has not; every item of the clusters is "
            "one of their people. Add it to within=."
        )
    means_between = (low.kind == NU) & np.isin(low.row, [low.items.index(i) for i in high.items])
    below = _numbered(np.where(means_between, FIXED, low.free))
    row, col = _moved(high, low)
    return Model(
        (*low.constructs, *high.constructs),
        low.items,
        2,
        True,
        np.concatenate([low.kind, high.kind]),
        np.concatenate([low.row, row]),
        np.concatenate([low.col, col]),
        np.repeat([WITHIN, BETWEEN], [len(low.kind), len(high.kind)]),
        np.concatenate([below, np.where(high.free >= 0, high.free + below.max() + 1, FIXED)]),
        np.concatenate([low.fixed, high.fixed]),
    )


def _numbered(free: NDArray) -> NDArray:
    """Number the free parameters that are left without gaps."""
    kept = np.unique(free[free >= 0])
    return np.where(free >= 0, np.searchsorted(kept, free), FIXED)


def _moved(high: Model, low: Model) -> tuple[NDArray, NDArray]:
    """Places of the model between clusters among the items and constructs of both levels."""
    item = np.array([low.items.index(name) for name in high.items])
    construct = np.arange(len(high.constructs)) + len(low.constructs)
    most = max(len(item), len(construct))
    item, construct = (np.pad(part, (0, most - len(part))) for part in (item, construct))
    row = np.where(np.isin(high.kind, (LAMBDA, THETA, NU)), item[high.row], construct[high.row])
    col = np.where(np.isin(high.kind, (LAMBDA, PSI)), construct[high.col], 0)
    col = np.where(high.kind == THETA, item[high.col], col)
    turn = (high.kind == THETA) & (row > col)  # covariances stand once, row below column
    return np.where(turn, col, row), np.where(turn, row, col)


def uncorrelated(items: Sequence[str], shared: Sequence[str]) -> Model:
    """Both levels with variances and means alone: the baseline of fit indices.

    Parameters
    ----------
    items : sequence of str
    shared : sequence of str
        Items with variance between clusters.
    """
    p, places = len(items), [list(items).index(item) for item in shared]
    cells = [(THETA, i, i, WITHIN) for i in range(p)] + [(THETA, i, i, BETWEEN) for i in places]
    cells += [(NU, i, 0, BETWEEN) for i in range(p)]
    kind, row, col, group = np.array(cells, dtype=np.int64).T
    free = np.arange(len(cells))
    return Model((), tuple(items), 2, True, kind, row, col, group, free, np.zeros(len(cells)))


def saturated_levels(known: Levels, shared: Sequence[str]) -> Saturated:
    """Moments of both levels of largest likelihood without a model.

    Both covariances are products of their triangular roots, so neither can turn negative; where
    clusters differ in fewer directions than there are items, the one between is singular.

    Parameters
    ----------
    known : Levels
    shared : sequence of str
        Items with variance between clusters.
    """
    search = _Search(known, np.array([known.items.index(item) for item in shared]))
    options = {"ftol": 1e-16, "gtol": 1e-8, "maxiter": 5000, "maxfun": 10_000, "maxcor": 50}
    found = minimize(search.loss, search.start, jac=True, method="L-BFGS-B", options=options)
    low, high, mean = search.roots(found.x)
    between = search.spread(high)
    scale = np.sqrt(np.diag(known.within))
    rank = int((np.linalg.eigvalsh(between / np.outer(scale, scale)) > FLAT).sum())
    settled = bool(np.abs(found.jac).max() < SETTLED)
    return Saturated(float(found.fun), low @ low.T, between, mean, rank, settled)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """Roots of both covariances, and the mean, in one vector."""

    known: Levels
    places: NDArray

    @property
    def start(self) -> NDArray:
        known, pair = self.known, np.ix_(self.places, self.places)
        parts = known.within, positive_between(known)[pair]
        roots = [np.linalg.cholesky(part)[np.tril_indices(len(part))] for part in parts]
        return np.concatenate([*roots, known.mean])

    def roots(self, point: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        found = []
        for size in (len(self.known.items), len(self.places)):
            root, cells = np.zeros((size, size)), np.tril_indices(size)
            root[cells], point = point[: len(cells[0])], point[len(cells[0]) :]
            found.append(root)
        return found[0], found[1], point

    def spread(self, high: NDArray) -> NDArray:
        whole = np.zeros((len(self.known.items),) * 2)
        whole[np.ix_(self.places, self.places)] = high @ high.T
        return whole

    def loss(self, point: NDArray) -> tuple[float, NDArray]:
        low, high, mean = self.roots(point)
        within, between, p = low @ low.T, self.spread(high), len(mean)
        value, down, up, centre = 0.0, np.zeros((p, p)), np.zeros((p, p)), np.zeros(p)
        for sample, root in zip(self.known.samples, self.known.roots, strict=True):
            one, slope, away = misfit(sample, within + root**2 * between, root * mean)
            share = sample.n / self.known.n
            value += share * one
            down += share * slope
            up += share * root**2 * slope
            centre += share * root * away
        up = up[np.ix_(self.places, self.places)]
        slopes = [
            (2 * side @ root)[np.tril_indices(len(root))]
            for side, root in ((down, low), (up, high))
        ]
        return value, np.concatenate([*slopes, centre])


def positive_between(known: Levels) -> NDArray:
    """The nearest covariance between clusters whose share of the whole is not next to nothing."""
    least = LEAST * np.diag(known.within)
    scale = np.sqrt(np.maximum(np.diag(known.between), least))
    r = known.between / np.outer(scale, scale)
    np.fill_diagonal(r, 1.0)
    values, vectors = np.linalg.eigh(r)
    if values[0] < LEAST:
        r = (vectors * np.maximum(values, LEAST)) @ vectors.T
        r /= np.sqrt(np.outer(np.diag(r), np.diag(r)))
    return r * np.outer(scale, scale)


def phantom(model: Model, roots: NDArray) -> Model:
    """Turn a model of two levels into one of groups, one per sample of `levels`.

    Parameters
    ----------
    model : Model
        Of `two_levels` or `uncorrelated`.
    roots : array, shape (samples,)
        Loading of every item on its phantom, by group.
    """
    m, p = len(model.constructs), len(model.items)
    mean = (model.kind == NU) & ((model.group == BETWEEN) | (model.free >= 0))
    low = (model.group == WITHIN) & np.isin(model.kind, (LAMBDA, PSI, THETA))
    high = ((model.group == BETWEEN) & ~np.isin(model.kind, (NU, ALPHA))) | mean
    swap = {LAMBDA: BETA, PSI: PSI, THETA: PSI, NU: ALPHA}
    kind = np.array([swap[k] for k in model.kind[high]], dtype=np.int64)
    item = np.isin(model.kind[high], (LAMBDA, THETA, NU))
    row = model.row[high] + np.where(item, m, 0)
    col = model.col[high] + np.where(model.kind[high] == THETA, m, 0)
    each = [
        np.concatenate([model.kind[low], kind, np.full(p, LAMBDA)]),
        np.concatenate([model.row[low], row, np.arange(p)]),
        np.concatenate([model.col[low], col, m + np.arange(p)]),
        np.concatenate([model.free[low], model.free[high], np.full(p, FIXED)]),
    ]
    fixed = [
        np.concatenate([model.fixed[low], model.fixed[high], np.full(p, root)]) for root in roots
    ]
    n = len(roots)
    kinds, rows, cols, free = (np.tile(part, n) for part in each)
    group = np.repeat(np.arange(n), len(each[0]))
    names = (*model.constructs, *model.items)
    return Model(names, model.items, n, True, kinds, rows, cols, group, free, np.concatenate(fixed))
