"""A general factor beside group factors: the bifactor model, and what it says of sum scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from crqlab.base.contracts.cautions import has
from crqlab.base.errors import EstimateError, one_of
from crqlab.stats.defaults import LEVEL
from crqlab.stats.delta import propagated
from crqlab.stats.factors.cfa_fit import check_independent, fitted
from crqlab.stats.factors.implied import implied, matrices
from crqlab.stats.factors.model import ALPHA, FIXED, LAMBDA, NU, PSI, THETA, Model, check_model
from crqlab.stats.factors.normal import saturated
from crqlab.stats.factors.result import CfaFit, parameters
from crqlab.stats.factors.sample import samples

LEAST, MOST = 0.05, 0.9
ROUNDS = 50


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BifactorFit(CfaFit):
    """A fitted bifactor model: a `CfaFit` whose factors are orthogonal, with variance 1.

    Attributes
    ----------
    general : str
        Name of the general factor.
    indices : DataFrame, one row per index
        ``index``, ``value``, ``se``, ``low``, ``high`` (delta method), ``flag``: ``omega_total``,
        ``omega_hierarchical``, ``omega_h_over_omega``, ``ecv`` (share of the explained variance,
        standardised, that is general) and ``puc`` (share of pairs of items that only the general
        factor ties; without error).
    subscales : DataFrame, one row per construct
        ``construct``, ``items``, ``omega``, ``omega_hs`` (of a sum of its items: reliable, and
        reliable beyond the general factor), ``ecv`` (share of its items' explained variance that
        is its own); for the general factor too: ``h`` (construct replicability) and
        ``determinacy`` (correlation of factor and factor score).
    items_of : mapping of str to tuple of str
        Items of each construct.
    """

    general: str
    indices: pd.DataFrame
    subscales: pd.DataFrame
    items_of: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        found = self.indices.set_index("index")
        top, share = found.loc["omega_hierarchical"], found.loc["ecv", "value"]
        return (
            f"{CfaFit.__str__(self)}; {self.general}: omega hierarchical {top['value']:.2f} "
            f"[{top['low']:.2f}, {top['high']:.2f}], ECV {share:.2f}"
        )

    @property
    def items(self) -> pd.DataFrame:
        """One row per item: standardised loadings and what is general in it.

        ``item``, ``construct`` (missing where it loads on the general factor alone),
        ``general``, ``specific``, ``r2``, ``ecv`` (general share of its explained variance).
        """
        general, specific, theta = _standard(self.model, self.theta)
        place = {item: name for name, of in self.items_of.items() for item in of}
        common = general**2 + specific**2
        return pd.DataFrame(
            {
                "item": list(self.model.items),
                "construct": [place.get(item) for item in self.model.items],
                "general": general,
                "specific": specific,
                "r2": 1 - theta,
                "ecv": general**2 / common,
            }
        )


def bifactor(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    general: str = "general",
    only_general: Sequence[str] = (),
    estimator: str = "ml",
    missing: str = "listwise",
    cluster: str | None = None,
) -> BifactorFit:
    """Fit one general factor and a group factor for each construct, all orthogonal.

    Parameters
    ----------
    data : DataFrame, one row per respondent
        Answers in scale points, reversed items already turned round.
    model : mapping of str to sequence of str
        Items of each construct; every item in one construct. Constructs need three items: of
        two, only the product of their loadings is known.
    general : str
        Name of the general factor.
    only_general : sequence of str
        Items that load on the general factor alone.
    estimator, missing, cluster
        As for `crqlab.stats.factors.cfa`: ``"ml"``, ``"mlm"`` or ``"mlr"``.

    Returns
    -------
    BifactorFit
        Improper solutions come with their numbers and a ``flag``. A factor's sign is such that
        its loadings add up to more than 0.

    Raises
    ------
    EstimateError
        As `crqlab.stats.factors.cfa`; an item of two constructs; fewer than two constructs.

    References
    ----------
    Holzinger & Swineford (1937), Psychometrika 2, 41-54.
    Reise (2012), Multivariate Behavioral Research 47, 667-696.
    Rodriguez, Reise & Haviland (2016), Psychological Methods 21, 137-150: all indices.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> shared, own = rng.normal(size=(500, 1)), rng.normal(size=(500, 3)).repeat(3, axis=1)
    >>> answers = shared + 0.7 * own + rng.normal(size=(500, 9))
    >>> model = {"trust": list("abc"), "value": list("def"), "ease": list("ghi")}
    >>> fit = bifactor(pd.DataFrame(answers, columns=list("abcdefghi")), model)
    >>> fit.fit["df"], fit.flag
    (18, 'ok')
    >>> fit.indices[["index", "value", "low", "high"]].round(2)
                    index  value   low  high
    0         omega_total   0.91  0.90  0.92
    1  omega_hierarchical   0.77  0.74  0.81
    2  omega_h_over_omega   0.85  0.82  0.88
    3                 ecv   0.65  0.59  0.70
    4                 puc   0.75  0.75  0.75
    """
    one_of("estimator=", estimator, ["ml", "mlm", "mlr"])
    check_independent(estimator, missing, cluster)
    items_of = _checked(model, general, only_general)
    items = [item for of in items_of.values() for item in of] + list(map(str, only_general))
    groups = samples(data, items, missing=missing, cluster=cluster)
    means = missing == "fiml" or cluster is not None
    specified = _specified(items_of, general, items, means=means)
    found = [
        fitted(
            specified,
            groups,
            estimator="mlr" if cluster is not None else estimator,
            missing=missing,
            rows=data.index,
            begin=begin,
        )
        for begin in _starts(specified, saturated(groups[0]))
    ]
    best = max(found, key=lambda fit: (not has(fit.flag, "not_converged"), fit.fit["logl"]))
    return _result(_upright(best), general, items_of)


def _checked(model, general: str, only_general: Sequence[str]) -> dict[str, tuple[str, ...]]:
    check_model(model)
    items_of = {str(name): tuple(map(str, of)) for name, of in model.items()}
    items = [item for of in items_of.values() for item in of] + list(map(str, only_general))
    twice = [item for place, item in enumerate(items) if item in items[:place]]
    if twice or len(items_of) < 2 or general in items_of:
        told = (
            f"has {twice[0]!r} twice"
            if twice
            else f"has {len(items_of)} construct"
            if len(items_of) < 2
            else f"calls a construct {general!r} as well"
        )
        raise EstimateError(
            f"model= {told}; a bifactor model needs two constructs or more with items of their "
            "own and another name for the general factor. Use cfa() where items load on several."
        )
    return items_of


def _specified(
    items_of: Mapping[str, Sequence[str]], general: str, items: list[str], *, means: bool
) -> Model:
    """General factor first; all loadings free, variances 1, covariances 0."""
    names, free = (general, *items_of), np.nan
    cells = [(LAMBDA, i, 0, free) for i in range(len(items))]
    cells += [
        (LAMBDA, items.index(item), j, free)
        for j, of in enumerate(items_of.values(), start=1)
        for item in of
    ]
    cells += [(PSI, j, j, 1.0) for j in range(len(names))]
    cells += [(PSI, j, k, 0.0) for j in range(len(names)) for k in range(j + 1, len(names))]
    cells += [(THETA, i, i, free) for i in range(len(items))]
    if means:
        cells += [(NU, i, 0, free) for i in range(len(items))]
        cells += [(ALPHA, j, 0, 0.0) for j in range(len(names))]
    kind, row, col = np.array([cell[:3] for cell in cells], dtype=np.int64).T
    value = np.array([cell[3] for cell in cells])
    open_ = np.isnan(value)
    numbered = np.where(open_, np.cumsum(open_) - 1, FIXED)
    group = np.zeros(len(cells), dtype=np.int64)
    fixed = np.where(open_, 0.0, value)
    return Model(names, tuple(items), 1, means, kind, row, col, group, numbered, fixed)


def _starts(model: Model, moments: tuple[NDArray, NDArray]) -> list[NDArray]:
    """Two places to begin: what all items share first, or what those of a construct share."""
    covariance, mean = moments
    scale = np.sqrt(np.diag(covariance))
    r = covariance / np.outer(scale, scale)
    loads = (model.kind == LAMBDA) & (model.col > 0)
    groups = [model.row[loads & (model.col == j)] for j in range(1, len(model.constructs))]
    g = _one_factor(r)
    first, second = np.zeros((2, len(r), len(model.constructs)))
    first[:, 0] = second[:, 0] = g
    for j, of in enumerate(groups, start=1):
        pair = np.ix_(of, of)
        first[of, j] = _one_factor((r - np.outer(g, g))[pair] + np.diag(g[of] ** 2))
        own = _one_factor(r[pair])
        share = np.clip(own @ g[of] / (own @ own), 0.3, MOST) if own.any() else 0.5
        second[of, 0], second[of, j] = own * share, own * np.sqrt(1 - share**2)
    return [_filled(model, at, scale, mean) for at in (first, second)]


def _one_factor(r: NDArray) -> NDArray:
    """Loadings of one factor by principal axes; zeros where nothing is shared."""
    shared = np.full(len(r), 0.5)
    for _ in range(ROUNDS):
        values, vectors = np.linalg.eigh(r - np.diag(np.diag(r)) + np.diag(shared))
        found = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
        shared = np.clip(found**2, LEAST, MOST)
    found = np.sign(found) * np.sqrt(np.clip(found**2, 0, MOST))
    return found if found.sum() >= 0 else -found


def _filled(model: Model, loadings: NDArray, scale: NDArray, mean: NDArray) -> NDArray:
    common = (loadings**2).sum(axis=1)
    loadings = loadings * np.sqrt(np.minimum(1, MOST / np.maximum(common, 1e-9)))[:, None]
    theta = np.clip(1 - (loadings**2).sum(axis=1), LEAST, 1)
    parts = {
        LAMBDA: loadings * scale[:, None],
        THETA: np.diag(theta * scale**2),
        NU: mean[:, None],
    }
    at = np.zeros(model.n_free)
    for kind, matrix in parts.items():
        cells = (model.kind == kind) & (model.free >= 0)
        at[model.free[cells]] = matrix[model.row[cells], model.col[cells]]
    return at


def _upright(fit: CfaFit) -> CfaFit:
    """Turn factors round whose loadings add up to less than 0."""
    model = fit.model
    total = matrices(model, model.values(fit.theta))[LAMBDA].sum(axis=0)
    sign = np.ones(model.n_free)
    cells = (model.kind == LAMBDA) & np.isin(model.col, np.flatnonzero(total < 0))
    if not cells.any():
        return fit
    sign[model.free[cells]] = -1
    theta, vcov = sign * fit.theta, fit.vcov * np.outer(sign, sign)
    table = parameters(model, theta, vcov, fit.labels)
    return replace(fit, theta=theta, vcov=vcov, parameters=table)


def _result(fit: CfaFit, general: str, items_of: Mapping[str, tuple[str, ...]]) -> BifactorFit:
    model = fit.model
    value, error = propagated(lambda at: _indices(model, at), fit.theta, fit.vcov)
    k = len(model.items)
    within = sum(len(of) * (len(of) - 1) for of in items_of.values())
    value, error = np.append(value, 1 - within / (k * (k - 1))), np.append(error, 0.0)
    half = norm.isf((1 - LEVEL) / 2) * error
    names = ["omega_total", "omega_hierarchical", "omega_h_over_omega", "ecv", "puc"]
    indices = pd.DataFrame(
        {"index": names, "value": value, "se": error, "low": value - half, "high": value + half}
    ).assign(flag=fit.flag)
    own = {each.name: getattr(fit, each.name) for each in fields(CfaFit)}
    subscales = _subscales(model, fit.theta)
    return BifactorFit(
        **own, general=general, indices=indices, subscales=subscales, items_of=dict(items_of)
    )


def _indices(model: Model, theta: NDArray) -> NDArray:
    filled = matrices(model, model.values(theta))
    loadings = filled[LAMBDA]
    parts = loadings.sum(axis=0) ** 2
    whole = parts.sum() + np.trace(filled[THETA])
    squares = (loadings**2 / np.diag(implied(model, model.values(theta)).sigma)[:, None]).sum(
        axis=0
    )
    return np.array(
        [
            parts.sum() / whole,
            parts[0] / whole,
            parts[0] / parts.sum(),
            squares[0] / squares.sum(),
        ]
    )


def _standard(model: Model, theta: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Standardised general and specific loadings, and residual variances, by item."""
    values = model.values(theta)
    filled, total = matrices(model, values), np.diag(implied(model, values).sigma)
    loadings = filled[LAMBDA] / np.sqrt(total)[:, None]
    return loadings[:, 0], loadings[:, 1:].sum(axis=1), np.diag(filled[THETA]) / total


def _subscales(model: Model, theta: NDArray) -> pd.DataFrame:
    values = model.values(theta)
    filled, sigma = matrices(model, values), implied(model, values).sigma
    loadings, residual = filled[LAMBDA], np.diag(filled[THETA])
    standard = loadings / np.sqrt(np.diag(sigma))[:, None]
    of_factor = np.einsum("ij,ij->j", loadings, np.linalg.solve(sigma, loadings))
    rows = []
    for j, name in enumerate(model.constructs):
        of = np.flatnonzero(loadings[:, j]) if j else np.arange(len(loadings))
        general, own = loadings[of, 0].sum() ** 2, loadings[of, j].sum() ** 2
        whole = sigma[np.ix_(of, of)].sum()
        squares = standard[of] ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            h = 1 / (1 + 1 / (squares[:, j] / (1 - squares[:, j])).sum())
        rows.append(
            {
                "construct": name,
                "items": len(of),
                "omega": 1 - residual[of].sum() / whole,
                "omega_hs": own / whole if j else general / whole,
                "ecv": squares[:, j].sum() / squares.sum(),
                "h": h,
                "determinacy": np.sqrt(np.clip(of_factor[j], 0, 1)),
            }
        )
    return pd.DataFrame(rows)
