"""The normal likelihood of answers with or without gaps, in the moments themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.factors.sample import Sample

LOG_2PI, CLOSE = np.log(2 * np.pi), 1e-16


def inverses(sample: Sample, sigma: NDArray) -> tuple[NDArray, NDArray]:
    """Inverse of each pattern's part of Sigma, filled up with zeros, and its log determinant.

    Raises ``numpy.linalg.LinAlgError`` where Sigma is not positive definite.

    Parameters
    ----------
    sample : Sample
    sigma : array, shape (p, p)

    Returns
    -------
    (array, array), shapes (K, p, p) and (K,)
    """
    if sample.complete:
        root = np.linalg.inv(np.linalg.cholesky(sigma))
        return (root.T @ root)[None], -2 * np.log(np.diag(root)).sum(keepdims=True)
    here = sample.masks[:, :, None] & sample.masks[:, None, :]
    gaps = (~sample.masks)[:, :, None] * np.eye(len(sigma))
    root = np.linalg.inv(np.linalg.cholesky(np.where(here, sigma, gaps)))
    diagonal = np.diagonal(root, axis1=1, axis2=2)
    return np.where(here, np.swapaxes(root, 1, 2) @ root, 0.0), -2 * np.log(diagonal).sum(axis=1)


def misfit(sample: Sample, sigma: NDArray, mu: NDArray) -> tuple[float, NDArray, NDArray]:
    """Mean minus log likelihood of a respondent, and its derivatives in Sigma and mu.

    For pattern k with n_k answers, mean m_k, covariance S_k and W_k = Sigma_k^-1

        f = sum_k n_k/n 1/2 [p_k log 2 pi + log|Sigma_k| + tr(W_k T_k)],
        T_k = S_k + (m_k - mu)(m_k - mu)',
        df/dSigma = sum_k n_k/n 1/2 (W_k - W_k T_k W_k),  df/dmu = -sum_k n_k/n W_k (m_k - mu).

    Parameters
    ----------
    sample : Sample
    sigma : array, shape (p, p)
    mu : array, shape (p,)

    Returns
    -------
    (float, array, array)
        Shapes (), (p, p) and (p,).
    """
    weight, log_det = inverses(sample, sigma)
    share = sample.counts / sample.n
    apart = (sample.means - mu) * sample.masks
    spread = sample.covs + apart[:, :, None] * apart[:, None, :]
    half = weight @ spread
    trace = np.trace(half, axis1=1, axis2=2)
    value = share @ (sample.masks.sum(axis=1) * LOG_2PI + log_det + trace) / 2
    slope = np.tensordot(share, weight - half @ weight, axes=1) / 2
    centre = -np.tensordot(share, (weight @ apart[:, :, None])[:, :, 0], axes=1)
    return float(value), (slope + slope.T) / 2, centre


def curvature(sample: Sample, sigma: NDArray, mu: NDArray, *, expected: bool = True) -> NDArray:
    """Information of one respondent on (mu, vech Sigma): expected, or minus the Hessian.

    With W_k and T_k as in `misfit`, C_k = W_k T_k W_k and z_k = W_k (m_k - mu), for directions
    D and E of Sigma and d and e of mu

        expected   1/2 tr(W D W E) + d'W e,
        observed   tr(C D W E) - 1/2 tr(W D W E) + d'W e + d'W E z + e'W D z,

    summed over the patterns with weight n_k/n; without gaps both agree at the sample's own
    moments.

    Parameters
    ----------
    sample : Sample
    sigma : array, shape (p, p)
    mu : array, shape (p,)
    expected : bool

    Returns
    -------
    array, shape (p + p*, p + p*)
        vech runs as ``np.tril_indices(p)``.
    """
    weight, _ = inverses(sample, sigma)
    share = sample.counts / sample.n
    p = len(mu)
    inner = -weight / 2 if not expected else weight / 2
    if not expected:
        apart = (sample.means - mu) * sample.masks
        spread = sample.covs + apart[:, :, None] * apart[:, None, :]
        inner = inner + weight @ spread @ weight
        z = (weight @ apart[:, :, None])[:, :, 0]
        cross = _cross(share[:, None, None] * weight, z)
    found = np.zeros((p + p * (p + 1) // 2,) * 2)
    found[:p, :p] = np.tensordot(share, weight, axes=1)
    found[p:, p:] = _pairs(share[:, None, None] * inner, weight)
    if not expected:
        found[:p, p:], found[p:, :p] = cross, cross.T
    return found


def _pairs(first: NDArray, second: NDArray) -> NDArray:
    """Sum of tr(A D_a B D_b), symmetrised, for unit directions D of vech Sigma."""
    p = first.shape[1]
    cells = first.reshape(len(first), -1).T @ second.reshape(len(second), -1)
    four = cells.reshape(p, p, p, p)
    i, j = np.tril_indices(p)
    a, b = np.ix_(range(len(i)), range(len(i)))
    ia, ja, ib, jb = i[a], j[a], i[b], j[b]
    total = (
        four[ia, ib, ja, jb] + four[ia, jb, ja, ib] + four[ja, ib, ia, jb] + four[ja, jb, ia, ib]
    )
    total = (total + total.T) / 2
    half = np.where(i == j, 0.5, 1.0)
    return total * np.outer(half, half)


def _cross(weight: NDArray, z: NDArray) -> NDArray:
    """Sum of d'W E z for unit directions d of mu and E of vech Sigma."""
    p = z.shape[1]
    three = np.tensordot(weight, z, axes=(0, 0))
    i, j = np.tril_indices(p)
    return (three[:, i, j] + three[:, j, i]) * np.where(i == j, 0.5, 1.0)


def scores(sample: Sample, sigma: NDArray, mu: NDArray) -> NDArray:
    """Each respondent's derivative of the log likelihood in (mu, vech Sigma).

    With z = W_k (x - mu): z for mu, and z_i z_j - W_ij for a covariance (half of it for a
    variance).

    Parameters
    ----------
    sample : Sample
    sigma : array, shape (p, p)
    mu : array, shape (p,)

    Returns
    -------
    array, shape (n, p + p*)
    """
    weight, _ = inverses(sample, sigma)
    pattern = np.repeat(np.arange(len(sample.counts)), sample.counts)
    apart = np.nan_to_num(sample.answers - mu)
    ends = np.cumsum(sample.counts)[:-1]
    parts = zip(np.split(apart, ends), weight, strict=True)
    z = np.concatenate([part @ inverse for part, inverse in parts])
    i, j = np.tril_indices(len(mu))
    spread = (z[:, i] * z[:, j] - weight[:, i, j][pattern]) * np.where(i == j, 0.5, 1.0)
    return np.hstack([z, spread])


def saturated(sample: Sample, *, most: int = 500) -> tuple[NDArray, NDArray]:
    """Means and covariance of largest likelihood without a model.

    Without gaps the sample's own. With gaps by the EM algorithm, whose step is
    mu + Sigma g and Sigma - 2 Sigma G Sigma with G, g the derivatives of `misfit`, then by
    Fisher scoring to the end.

    Parameters
    ----------
    sample : Sample
    most : int
        Iterations at most.

    Returns
    -------
    (array, array), shapes (p, p) and (p,)

    Raises
    ------
    EstimateError
        The likelihood grows without end: one item follows from others.

    References
    ----------
    Dempster, Laird & Rubin (1977), Journal of the Royal Statistical Society B 39, 1-38.
    """
    if sample.complete:
        return sample.covs[0], sample.means[0]
    try:
        return _saturate(sample, most)
    except np.linalg.LinAlgError:
        raise EstimateError(
            f"The gaps of the {sample.masks.shape[1]} items leave their covariance undetermined: "
            "one item follows from others where they were answered together. Leave out the item "
            "with the most gaps, or use missing='listwise'."
        ) from None


def _saturate(sample: Sample, most: int) -> tuple[NDArray, NDArray]:
    sigma, mu = np.diag(sample.variance), sample.mean
    value = np.inf
    for _ in range(most):
        before = value
        value, slope, centre = misfit(sample, sigma, mu)
        if before - value < 1e-5 * abs(value):
            break
        step = -sigma @ centre
        sigma = sigma - 2 * sigma @ slope @ sigma - np.outer(step, step)
        mu = mu + step
    return _score(sample, sigma, mu, most)


def _score(sample: Sample, sigma: NDArray, mu: NDArray, most: int) -> tuple[NDArray, NDArray]:
    p = len(mu)
    i, j = np.tril_indices(p)
    left = np.inf
    for _ in range(most):
        value, slope, centre = misfit(sample, sigma, mu)
        gradient = np.concatenate([centre, slope[i, j] * np.where(i == j, 1.0, 2.0)])
        step = -np.linalg.solve(curvature(sample, sigma, mu), gradient)
        before, left = left, -gradient @ step
        change = np.zeros((p, p))
        change[i, j] = change[j, i] = step[p:]
        for halving in range(30):
            size = 0.5**halving
            trial = sigma + size * change, mu + size * step[:p]
            if _lower(sample, *trial, value):
                sigma, mu = trial
                break
        else:
            break
        # at the precision of the numbers themselves the promise no longer shrinks
        if left < CLOSE or (left < 1e3 * CLOSE and left > before / 2):
            break
    return sigma, mu


def _lower(sample: Sample, sigma: NDArray, mu: NDArray, value: float) -> bool:
    try:
        np.linalg.cholesky(sigma)
        return misfit(sample, sigma, mu)[0] <= value
    except np.linalg.LinAlgError:
        return False
