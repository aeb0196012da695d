"""Standard errors and chi-square when answers are not normal, have gaps or share an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.information import crossed, inverse
from crqlab.stats.factors.normal import curvature
from crqlab.stats.factors.sample import Sample


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted model as the robust formulas see it: moments, derivatives, information.

    Attributes
    ----------
    sigma, mu : list of array, one per group
    delta : list of array, shape (p + p*, free)
        Derivatives of (mu, vech Sigma).
    information : array, shape (free, free)
        Of one respondent.
    df : int
    """

    sigma: list[NDArray]
    mu: list[NDArray]
    delta: list[NDArray]
    information: NDArray
    df: int


def sandwich(fit: Fitted, groups: Sequence[Sample], meat: Sequence[NDArray]) -> NDArray:
    """Covariance of the estimates: I^-1 (sum_g n_g/N Delta' B_g Delta) I^-1 / N.

    Parameters
    ----------
    fit : Fitted
    groups : sequence of Sample
    meat : sequence of array, one per group
        B in the moments: see `crqlab.stats.factors.information.crossed`, or W Gamma W.

    Returns
    -------
    array, shape (free, free)

    References
    ----------
    Huber (1967); White (1982), Econometrica 50, 1-25.
    """
    bread, n = inverse(fit.information), sum(sample.n for sample in groups)
    total = sum(
        sample.n / n * delta.T @ part @ delta
        for sample, delta, part in zip(groups, fit.delta, meat, strict=True)
    )
    return bread @ total @ bread / n


def yuan_bentler(
    fit: Fitted, groups: Sequence[Sample], saturated: Sequence[tuple], meat: Sequence, means: bool
) -> float:
    """Scaling factor c of the MLR chi-square: T / c.

    c df = sum_g tr(A_g^-1 B_g) - sum_g n_g/N tr(I^-1 Delta' B0_g Delta), A and B the observed
    and the first-order information of the unrestricted moments, B0 the latter at the model.

    Parameters
    ----------
    fit : Fitted
    groups : sequence of Sample
    saturated : sequence of (array, array), one per group
        Unrestricted covariance and mean.
    meat : sequence of array
        B0 by group.
    means : bool

    Returns
    -------
    float
        NaN without degrees of freedom.

    References
    ----------
    Yuan & Bentler (2000), Sociological Methodology 30, 165-200.
    Asparouhov & Muthén (2005), Multivariate statistical modeling with survey data: this form.
    """
    if fit.df == 0:
        return np.nan
    bread, n = inverse(fit.information), sum(sample.n for sample in groups)
    total = 0.0
    for sample, moments, delta, part in zip(groups, saturated, fit.delta, meat, strict=True):
        keep = _kept(len(moments[1]), means)
        upper = curvature(sample, *moments, expected=False)[np.ix_(keep, keep)]
        first = crossed(sample, *moments, means)[np.ix_(keep, keep)]
        total += np.trace(np.linalg.solve(upper, first))
        total -= sample.n / n * np.sum((delta.T @ part @ delta) * bread)
    return float(total / fit.df)


def satorra_bentler(
    fit: Fitted, groups: Sequence[Sample], gammas: Sequence[NDArray], means: bool
) -> tuple[float, list[NDArray]]:
    """Scaling factor c of the MLM chi-square, and W Gamma W by group for the sandwich.

    c df = tr(U Gamma), U = W - W Delta (Delta' W Delta)^-1 Delta' W, W the normal-theory
    information of the moments at the model.

    Parameters
    ----------
    fit : Fitted
        Its information is Delta' W Delta.
    groups : sequence of Sample
    gammas : sequence of array
        See `fourth`.
    means : bool

    Returns
    -------
    (float, list of array)

    References
    ----------
    Satorra & Bentler (1994), in von Eye & Clogg, Latent Variables Analysis, 399-419.
    """
    bread, n = inverse(fit.information), sum(sample.n for sample in groups)
    meat, total = [], 0.0
    for sample, sigma, mu, delta, gamma in zip(
        groups, fit.sigma, fit.mu, fit.delta, gammas, strict=True
    ):
        weight = curvature(sample, sigma, mu)
        if not means:
            weight[: len(mu)] = weight[:, : len(mu)] = 0.0
        part = weight @ gamma @ weight
        meat.append(part)
        total += np.sum(weight * gamma) - sample.n / n * np.sum((delta.T @ part @ delta) * bread)
    return (float(total / fit.df) if fit.df else np.nan), meat


def fourth(sample: Sample) -> NDArray:
    """Covariance of an answer's (x, vech (x - m)(x - m)'), distribution-free (Gamma).

    Parameters
    ----------
    sample : Sample
        Without gaps.

    Returns
    -------
    array, shape (p + p*, p + p*)

    References
    ----------
    Browne (1984), British Journal of Mathematical and Statistical Psychology 37, 62-83.
    """
    apart = sample.answers - sample.means[0]
    i, j = np.tril_indices(apart.shape[1])
    both = np.hstack([apart, apart[:, i] * apart[:, j]])
    both -= both.mean(axis=0)
    return both.T @ both / sample.n


def gap_corrected(
    fit: Fitted, groups: Sequence[Sample], saturated: Sequence[tuple], *, normal: bool
) -> tuple[float, float]:
    """Chi-square and scaling factor of the hypothetical complete data, for robust indices.

    The discrepancy between the unrestricted (EM) moments and the model as if complete, and
    c df = tr(U J U Gamma) with U = W - W Delta (Delta' W Delta)^-1 Delta' W in the information
    W with gaps, J = W^-1 Wc W^-1, Wc the information without gaps; for normal answers tr(J U).

    Parameters
    ----------
    fit : Fitted
    groups : sequence of Sample
    saturated : sequence of (array, array)
    normal : bool
        Whether the answers are taken as normal; else Gamma allows for any distribution.

    Returns
    -------
    (float, float)

    References
    ----------
    Zhang & Savalei (2023), Psychological Methods 28, 263-283.
    """
    n = sum(sample.n for sample in groups)
    chi2, blocks = 0.0, []
    for sample, (S, m), sigma, mu in zip(groups, saturated, fit.sigma, fit.mu, strict=True):
        share, inner = sample.n / n, np.linalg.inv(sigma)
        chi2 += sample.n * (
            np.trace(S @ inner)
            - len(m)
            - np.linalg.slogdet(S @ inner)[1]
            + (m - mu) @ inner @ (m - mu)
        )
        with_gaps = curvature(sample, S, m, expected=False)
        back = np.linalg.inv(with_gaps)
        gamma = back @ crossed(sample, S, m, True) @ back
        blocks.append((share * with_gaps, back / share, share * complete_weight(S), gamma / share))
    whole, back, complete, gamma = (_diagonal([b[k] for b in blocks]) for k in range(4))
    delta = np.vstack(fit.delta)
    upper = whole - whole @ delta @ inverse(delta.T @ whole @ delta) @ delta.T @ whole
    if fit.df == 0:
        return float(chi2), np.nan
    middle = back @ complete @ back
    trace = np.sum(middle * upper) if normal else np.sum((upper @ middle @ upper) * gamma)
    return float(chi2), float(trace / fit.df)


def complete_weight(sigma: NDArray) -> NDArray:
    """Normal-theory information of (mu, vech Sigma) for one complete respondent.

    Examples
    --------
    >>> complete_weight(np.array([[2.0]]))
    array([[0.5  , 0.   ],
           [0.   , 0.125]])
    """
    p, weight = len(sigma), np.linalg.inv(sigma)
    i, j = np.tril_indices(p)
    half = np.where(i == j, 0.5, 1.0)
    pairs = (
        weight[np.ix_(i, i)] * weight[np.ix_(j, j)] + weight[np.ix_(i, j)] * weight[np.ix_(j, i)]
    )
    return _diagonal([weight, pairs * np.outer(half, half)])


def _diagonal(blocks: Sequence[NDArray]) -> NDArray:
    size = sum(len(block) for block in blocks)
    found, at = np.zeros((size, size)), 0
    for block in blocks:
        found[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return found


def _kept(p: int, means: bool) -> NDArray:
    return np.arange(0 if means else p, p + p * (p + 1) // 2)
