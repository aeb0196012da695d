"""How sharply the data speak: information matrices and the covariances they give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.implied import implied, jacobian, slope
from crqlab.stats.factors.model import Model
from crqlab.stats.factors.normal import curvature, misfit, scores
from crqlab.stats.factors.sample import Sample, by_cluster

STEP, SINGULAR = 1e-30, 1e-10


def moved(
    model: Model, theta: NDArray, *, slopes: bool = True
) -> list[tuple[NDArray, NDArray, NDArray]]:
    """Sigma, mu and the derivatives of (mu, vech Sigma) in the free parameters, by group.

    Parameters
    ----------
    model : Model
    theta : array, shape (free,)
    slopes : bool
        Whether to work out the derivatives; else they are empty.

    Returns
    -------
    list of (array, array, array), one per group
        Shapes (p, p), (p,) and (p + p*, free).
    """
    values, member = model.values(theta), model.membership()
    found = []
    for g in range(model.n_groups):
        of = implied(model, values, g)
        delta = np.empty((0, model.n_free))
        if slopes:
            spread, centre = jacobian(of)
            delta = np.vstack([centre, spread]) @ member[of.rows]
        found.append((of.sigma, of.mu, delta))
    return found


def observed(model: Model, groups: Sequence[Sample], theta: NDArray) -> NDArray:
    """Minus the Hessian of a respondent's mean log likelihood.

    sum_g n_g/N [Delta' H Delta + sum_ij G_ij d2 Sigma_ij + sum_i g_i d2 mu_i] with H the
    observed information of the moments and G, g the derivatives of the misfit; the second
    derivatives of Sigma and mu by the complex step, exact to machine precision.

    Parameters
    ----------
    model : Model
    groups : sequence of Sample
    theta : array, shape (free,)

    Returns
    -------
    array, shape (free, free)

    References
    ----------
    Squire & Trapp (1998), SIAM Review 40, 110-112: the complex step.
    """
    member, total = model.membership(), sum(sample.n for sample in groups)
    found = np.zeros((model.n_free, model.n_free))
    units = np.eye(model.n_free)
    for g, (sample, (sigma, mu, delta)) in enumerate(zip(groups, moved(model, theta), strict=True)):
        mu = mu if model.means else sample.mean
        _, spread, centre = misfit(sample, sigma, mu)
        part = delta.T @ curvature(sample, sigma, mu, expected=False) @ delta
        here = member[model.group == g]
        for own in np.flatnonzero(here.any(axis=0)):
            of = implied(model, model.values(theta + STEP * 1j * units[own]), g)
            part[own] += slope(of, spread, centre).imag / STEP @ here
        found += sample.n / total * part
    return (found + found.T) / 2


def crossed(sample: Sample, sigma: NDArray, mu: NDArray, means: bool) -> NDArray:
    """First-order information of the moments: mean product of the respondents' scores.

    With clusters the scores are summed by cluster first and the result is multiplied by
    C/(C - 1), C clusters.

    Parameters
    ----------
    sample : Sample
    sigma : array, shape (p, p)
    mu : array, shape (p,)
    means : bool
        Whether mu is part of the model; else its rows and columns are zero.

    Returns
    -------
    array, shape (p + p*, p + p*)

    References
    ----------
    Yuan & Bentler (2000), Sociological Methodology 30, 165-200.
    """
    p = len(mu)
    if sample.complete:
        turn = curvature(sample, sigma, mu) @ _recentred(sample.mean - mu, sigma)
        turn[:p] *= means
        return turn @ sample.products @ turn.T / sample.n
    each = scores(sample, sigma, mu)
    each[:, :p] *= means
    if sample.clusters is not None:
        each = by_cluster(each, sample.clusters)
    return each.T @ each / sample.n


def _recentred(gap: NDArray, sigma: NDArray) -> NDArray:
    """Turn (d, vech dd', 1), d = x - m, into (e, vech ee' - vech Sigma), e = d + gap."""
    p = len(gap)
    i, j = np.tril_indices(p)
    rows = p + np.arange(len(i))
    turn = np.eye(p + len(i), p + len(i) + 1)
    np.add.at(turn, (rows, i), gap[j])
    np.add.at(turn, (rows, j), gap[i])
    turn[:, -1] = np.concatenate([gap, gap[i] * gap[j] - sigma[i, j]])
    return turn


def inverse(info: NDArray) -> NDArray:
    """Inverse of an information matrix, or NaN throughout where the model is not identified.

    Examples
    --------
    >>> inverse(np.array([[4.0, 0.0], [0.0, 1.0]]))
    array([[0.25, 0.  ],
           [0.  , 1.  ]])
    >>> inverse(np.ones((2, 2)))
    array([[nan, nan],
           [nan, nan]])
    """
    scale = np.sqrt(np.maximum(np.diag(info), 1e-300))
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # no information on a parameter
            root = np.linalg.cholesky(info / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return np.full_like(info, np.nan)
    if np.diag(root).min() ** 2 < SINGULAR:
        return np.full_like(info, np.nan)
    half = np.linalg.inv(root) / scale
    return half.T @ half
