"""Factor models of ordinal items: diagonally weighted least squares, robustly tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError
from crqlab.stats.factors.implied import implied, jacobian
from crqlab.stats.factors.model import BETA, FIXED, LAMBDA, PSI, Model, specify
from crqlab.stats.factors.ordinal import OrdinalMoments, ordinal_moments
from crqlab.stats.factors.ordinal_fit import indices
from crqlab.stats.factors.ordinal_result import OrdinalFit, unexplained
from crqlab.stats.factors.proper import cautions, negative_residuals
from crqlab.stats.factors.result import parameters
from crqlab.stats.factors.start import start

MOST, CLOSE, SINGULAR = 500, 1e-12, 1e-12
LABELS = ("all",)


def wlsmv(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    second_order: str | Mapping[str, Sequence[str]] | None = None,
) -> OrdinalFit:
    r"""Fit a factor model to ordinal answers (delta parameterisation).

    The variables behind the items have variance 1, their thresholds come from the margins, and
    the parameters minimise the distance of the polychoric correlations r to the model's,

    .. math:: F = \sum_{i<j} (r_{ij} - \sigma_{ij}(\theta))^2 / \gamma_{ij}, \quad
              \operatorname{cov}(\hat\theta) = \frac{1}{n - 1} H \Delta' W \Gamma W \Delta H, \quad
              H = (\Delta' W \Delta)^{-1}

    with W the inverse diagonal of :math:`\Gamma`, the sampling covariance of the correlations,
    and :math:`\Delta` the derivatives of the model's correlations.

    Parameters
    ----------
    data : DataFrame, one row per respondent
        Numbers or ordered categories; rows with a gap in an item of the model are left out.
    model : mapping of str to sequence of str
        Items of each construct; a construct with one item is the variable behind it.
    second_order : str or mapping, optional
        Name of one factor above all constructs, or the constructs of each such factor.

    Returns
    -------
    OrdinalFit
        What lavaan gives for ``estimator = "WLSMV"`` with all items ordered.

    Raises
    ------
    EstimateError
        An absent column, text, a constant item, perfectly correlated items, more parameters
        than correlations, or a model that the correlations do not determine.

    References
    ----------
    Muthén (1984), Psychometrika 49, 115-132: the estimating equations.
    Muthén, du Toit & Spisic (1997): diagonal weights with robust standard errors.

    Examples
    --------
    >>> draw = np.random.default_rng(7).normal(size=(400, 5))
    >>> answers = pd.DataFrame(np.round(draw[:, :1] + draw[:, 1:]).clip(-2, 2)).add_prefix("t")
    >>> fit = wlsmv(answers, {"trust": list(answers)})
    >>> fit.fit["df"], round(fit.fit["chi2_scaled"], 2), fit.flag
    (2, 0.05, 'ok')
    >>> fit.loadings[["item", "estimate", "se", "std"]].round(2)
      item  estimate    se   std
    0   t0      1.00  0.00  0.76
    1   t1      0.92  0.06  0.69
    2   t2      0.91  0.06  0.69
    3   t3      0.93  0.06  0.71
    """
    specified = _identified(specify(model, second_order=second_order, residuals=False))
    moments = ordinal_moments(_columns(data, specified.items))
    weight = 1 / np.diag(moments.gamma)
    _check_size(specified, len(weight))
    theta, converged = _least_squares(specified, moments, weight)
    delta = _slopes(specified, theta, moments)
    bread = _bread(specified, delta, weight)
    drawn = (delta * weight[:, None]) @ bread
    vcov = drawn.T @ moments.gamma @ drawn / (moments.n - 1)
    return OrdinalFit(
        "wlsmv",
        indices(moments, _correlations(specified, theta), delta, bread),
        parameters(specified, theta, vcov, LABELS),
        joined(_cautions(specified, theta, moments, converged)),
        specified,
        theta,
        vcov,
        LABELS,
        (),
        data.index,
        moments,
    )


def _columns(data: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    absent = [item for item in items if item not in data.columns]
    if absent:
        raise EstimateError(
            f"data= has no column {absent[0]!r}; the model names it. "
            "Check model= against the columns."
        )
    return data[list(items)]


def _correlations(model: Model, theta: NDArray) -> NDArray[np.float64]:
    sigma = implied(model, model.values(theta)).sigma
    np.fill_diagonal(sigma, 1.0)
    return sigma


def _identified(model: Model) -> Model:
    """Give the construct of a single item variance 1: its own is that of the variable behind."""
    loads = model.kind == LAMBDA
    column, items = np.unique(model.col[loads], return_counts=True)
    alone = np.setdiff1d(column[items == 1], model.row[model.kind == BETA])
    at = (model.kind == PSI) & (model.row == model.col) & np.isin(model.row, alone)
    if not at.any():
        return model
    free = np.where(at, FIXED, model.free)
    kept = np.unique(free[free >= 0])
    renumbered = np.where(free >= 0, np.searchsorted(kept, free), FIXED)
    return replace(model, free=renumbered, fixed=np.where(at, 1.0, model.fixed))


def _check_size(model: Model, n_correlations: int) -> None:
    if model.n_free > n_correlations:
        raise EstimateError(
            f"model= has {model.n_free} free parameters for {n_correlations} correlations of "
            f"{len(model.items)} ordinal items; it needs as many correlations as parameters. Give "
            "each construct three items or more."
        )


def _slopes(model: Model, theta: NDArray, moments: OrdinalMoments) -> NDArray:
    """Derivatives of the model's correlations, in the order of the pairs."""
    of = implied(model, model.values(theta))
    low, high = moments.pairs.left, moments.pairs.right
    return jacobian(of)[0][high * (high + 1) // 2 + low] @ model.membership()[of.rows]


def _apart(model: Model, theta: NDArray, moments: OrdinalMoments) -> NDArray:
    sigma = implied(model, model.values(theta)).sigma
    return moments.pairs.rho - sigma[moments.pairs.left, moments.pairs.right]


def _least_squares(model, moments, weight) -> tuple[NDArray, bool]:
    """Gauss-Newton with damping (Levenberg-Marquardt), until the step promises nothing more."""
    theta = start(model, [(moments.matrix, np.zeros(len(model.items)))])
    apart, damping = _apart(model, theta, moments), 0.0
    value = weight @ apart**2
    for _ in range(MOST):
        delta = _slopes(model, theta, moments)
        gradient = delta.T @ (weight * apart)
        inner = (delta.T * weight) @ delta
        step = np.linalg.lstsq(inner + damping * np.diag(np.diag(inner)), gradient, rcond=None)[0]
        moved = _apart(model, theta + step, moments)
        trial = weight @ moved**2
        if trial <= value:
            close = gradient @ step <= CLOSE**2 * weight.sum() or value == 0
            theta, apart, value, damping = theta + step, moved, trial, damping / 10
            damping = damping if damping > 1e-9 else 0.0
            if close:
                return theta, True
        elif damping > 1e12:
            return theta, bool(gradient @ step <= 1e-9 * value)
        else:
            damping = max(10 * damping, 1e-4)
    return theta, False


def _bread(model: Model, delta: NDArray, weight: NDArray) -> NDArray:
    """(Delta' W Delta)^-1, or the parameter that the correlations do not determine."""
    inner = (delta.T * weight) @ delta
    scale = np.sqrt(np.diag(inner))
    values, vectors = np.linalg.eigh(inner / np.outer(scale, scale)) if scale.all() else (scale, 0)
    if scale.all() and values[0] > SINGULAR:
        return np.linalg.inv(inner)
    worst = scale.argmin() if not scale.all() else np.abs(vectors[:, 0]).argmax()
    row = model.table().iloc[int(np.flatnonzero(model.free == worst)[0])]
    raise EstimateError(
        f"model= cannot be determined: no correlation tells {row.lhs} {row.op} {row.rhs}. Give "
        "each construct three items or more, or let constructs with two items correlate with "
        "others."
    )


def _cautions(model: Model, theta: NDArray, moments: OrdinalMoments, converged: bool) -> list[str]:
    found = list(moments.ranks.notes)
    if not converged:
        found.append("not_converged")
    found += cautions(model, theta, LABELS)
    found += negative_residuals(unexplained(model, theta), model.items)
    if np.linalg.eigvalsh(moments.matrix)[0] <= SINGULAR:
        found.append("correlations_not_positive_definite")
    if moments.n < model.n_free:
        found.append(
            code("fewer_respondents_than_parameters", n=moments.n, parameters=model.n_free)
        )
    return found
