"""One factor behind all items, by maximum likelihood: small, fast, with its second derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS, ENOUGH = 500, 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class OneFactor:
    """Standardised loadings and residual variances of a model with one factor.

    Attributes
    ----------
    loadings, residuals : ndarray, shape (items,)
        In the metric of the matrix that was fitted; a residual below 0 is a Heywood case.
    curvature : ndarray, shape (2 x items, 2 x items)
        Second derivatives of the discrepancy (half of log|Sigma| + tr(S Sigma^-1)) in loadings
        and residuals at the solution.
    converged : bool
        Whether the gradient vanished.
    """

    loadings: NDArray
    residuals: NDArray
    curvature: NDArray
    converged: bool

    @property
    def precision(self) -> NDArray:
        """Inverse of the covariances that the model implies."""
        return np.linalg.inv(_implied(self.loadings, self.residuals))


def one_factor(matrix: NDArray) -> OneFactor:
    """Fit Sigma = l l' + diag(t) to a covariance matrix of three or more items.

    Fisher scoring with steps halved until the discrepancy falls. Residuals are free to become
    negative, as in lavaan: a bound would hide an improper solution.

    Parameters
    ----------
    matrix : ndarray, shape (items, items)
        Covariances or correlations, positive definite.

    References
    ----------
    Jöreskog (1969), Psychometrika 34, 183-202: the discrepancy and its derivatives.

    Examples
    --------
    Correlations that one factor with loadings .8, .7, .6 explains exactly:

    >>> exact = np.outer([0.8, 0.7, 0.6], [0.8, 0.7, 0.6])
    >>> np.fill_diagonal(exact, 1)
    >>> one_factor(exact).loadings.round(6)
    array([0.8, 0.7, 0.6])
    """
    point = _start(matrix)
    height = _discrepancy(point, matrix)
    converged = False
    for _ in range(STEPS):
        gradient, expected, _ = _derivatives(point, matrix)
        converged = bool(np.abs(gradient).max() < ENOUGH * 100)
        step = np.linalg.lstsq(expected, gradient, rcond=None)[0]
        if np.abs(step).max() < ENOUGH:
            break
        point, height, moved = _descended(point, step, height, matrix)
        if not moved:
            break
    gradient, _, observed = _derivatives(point, matrix)
    loadings, residuals = np.split(point, 2)
    sign = -1.0 if loadings.sum() < 0 else 1.0
    turned = np.concatenate([np.full(len(loadings), sign), np.ones(len(residuals))])
    return OneFactor(
        sign * loadings, residuals, observed * np.outer(turned, turned),
        converged or bool(np.abs(gradient).max() < 1e-6),
    )  # fmt: skip


def scores(fit: OneFactor, deviations: NDArray) -> NDArray:
    """Derivatives of each respondent's log-likelihood in loadings and residuals.

    Parameters
    ----------
    deviations : ndarray, shape (respondents, items)
        Answers minus their means, in the metric of the fitted matrix.

    Returns
    -------
    ndarray, shape (respondents, 2 x items)
        Sums to 0 at the solution if the matrix was these deviations' own.

    Examples
    --------
    >>> x = np.array([[2.0, 1, 1], [1, 0, 1], [0, 1, 0], [-1, -1, 0], [-2, -1, -2]])
    >>> np.abs(scores(one_factor(x.T @ x / 5), x).sum(axis=0)).max() < 1e-6
    np.True_
    """
    precision = fit.precision
    pulled, weighted = deviations @ precision, precision @ fit.loadings
    by_loading = pulled * (deviations @ weighted)[:, None] - weighted
    by_residual = (pulled**2 - np.diagonal(precision)) / 2
    return np.hstack([by_loading, by_residual])


def _start(matrix: NDArray) -> NDArray:
    """Principal axis, with residuals from what the other items explain."""
    own = np.diagonal(matrix)
    values, vectors = np.linalg.eigh(matrix)
    loadings = vectors[:, -1] * np.sqrt(0.8 * values[-1])
    residuals = np.maximum(own - loadings**2, 0.1 * own)
    return np.concatenate([loadings, residuals])


def _implied(loadings: NDArray, residuals: NDArray) -> NDArray:
    return np.outer(loadings, loadings) + np.diag(residuals)


def _discrepancy(point: NDArray, matrix: NDArray) -> float:
    implied = _implied(*np.split(point, 2))
    try:
        root = np.linalg.cholesky(implied)
    except np.linalg.LinAlgError:
        return np.inf
    trace = np.trace(np.linalg.solve(implied, matrix))
    return float(np.log(np.diagonal(root)).sum() + trace / 2)


def _descended(
    point: NDArray, step: NDArray, height: float, matrix: NDArray
) -> tuple[NDArray, float, bool]:
    for halving in range(40):
        there = point - step / 2**halving
        lower = _discrepancy(there, matrix)
        if lower <= height + 1e-14:
            return there, lower, True
    return point, height, False


def _derivatives(point: NDArray, matrix: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Gradient, expected and observed second derivatives of the discrepancy."""
    loadings, residuals = np.split(point, 2)
    W = np.linalg.inv(_implied(loadings, residuals))
    B = W @ matrix @ W
    a, b, c, d = W @ loadings, B @ loadings, loadings @ W @ loadings, loadings @ B @ loadings
    gradient = np.concatenate([a - b, np.diagonal(W - B) / 2])
    expected = _blocks(c * W + np.outer(a, a), W * a, W * W / 2)
    both = np.outer(a, b) + np.outer(b, a)
    observed = _blocks(
        both - np.outer(a, a) + c * (B - W) + d * W + W - B, (B - W) * a + W * b, W * B - W * W / 2
    )
    return gradient, expected, observed


def _blocks(first: NDArray, cross: NDArray, second: NDArray) -> NDArray:
    return np.block([[first, cross], [cross.T, second]])
