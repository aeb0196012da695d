"""Importance of drivers from covariances, many matrices at once; the outcome comes last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TINY = 1e-10


def parted(covariances: NDArray) -> tuple[NDArray, NDArray]:
    """Split covariances into correlations of drivers, and of drivers with the outcome.

    Parameters
    ----------
    covariances : ndarray, shape (..., drivers + 1, drivers + 1)
        The outcome last.

    Returns
    -------
    R : ndarray, shape (..., drivers, drivers)
    r : ndarray, shape (..., drivers)
        A driver that does not vary correlates with nothing; an outcome that does not vary
        makes ``r`` missing.

    Examples
    --------
    >>> R, r = parted(np.array([[4.0, 1.0], [1.0, 1.0]]))
    >>> R, r
    (array([[1.]]), array([0.5]))
    """
    variance = np.einsum("...ii->...i", covariances)
    still = variance <= TINY * np.maximum(1, variance.max(axis=-1, keepdims=True))
    scale = np.where(still, np.inf, np.sqrt(np.where(still, 1, variance)))
    found = covariances / scale[..., :, None] / scale[..., None, :]
    each = np.arange(found.shape[-1])
    found[..., each, each] = 1.0
    r = np.where(still[..., -1:], np.nan, found[..., :-1, -1])
    return found[..., :-1, :-1], r


def johnson(R: NDArray, r: NDArray) -> NDArray:
    """Relative weights: drivers are stood in for by their closest uncorrelated likenesses.

    Parameters
    ----------
    R : ndarray, shape (..., drivers, drivers)
    r : ndarray, shape (..., drivers)

    Returns
    -------
    ndarray, shape (..., drivers)
        Shares of the outcome's variance, in [0, 1]; they sum to R-squared.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, 1-19. The same as Genizi (1993),
    Statistica Sinica 3, 407-420.

    Examples
    --------
    >>> johnson(np.eye(2), np.array([0.6, 0.3])).round(2)
    array([0.36, 0.09])
    """
    values, vectors = np.linalg.eigh(R)
    root = np.sqrt(np.maximum(values, 0))
    inverse = np.where(values > TINY, 1 / np.where(root > 0, root, 1), 0)
    turned = np.einsum("...ji,...j->...i", vectors, r)
    beta = np.einsum("...ij,...j->...i", vectors, inverse * turned)
    likeness = (vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return np.einsum("...ij,...j->...i", likeness**2, beta**2)


def betas(R: NDArray, r: NDArray) -> NDArray:
    """Standardised regression coefficients; the shortest ones where drivers are collinear.

    Examples
    --------
    >>> betas(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.6, 0.6])).round(2)
    array([0.4, 0.4])
    """
    values, vectors = np.linalg.eigh(R)
    inverse = np.where(values > TINY, 1 / np.where(values > TINY, values, 1), 0)
    turned = np.einsum("...ji,...j->...i", vectors, r)
    return np.einsum("...ij,...j->...i", vectors, inverse * turned)


def slopes(covariances: NDArray) -> NDArray:
    """Points by which the outcome moves per point of each driver, the others held equal.

    Parameters
    ----------
    covariances : ndarray, shape (..., drivers + 1, drivers + 1)
        The outcome last.

    Examples
    --------
    >>> slopes(np.array([[4.0, 0.0, 2.0], [0.0, 1.0, 0.3], [2.0, 0.3, 2.0]]))
    array([0.5, 0.3])
    """
    spread = np.sqrt(np.einsum("...ii->...i", covariances))
    ratio = np.where(spread[..., :-1] > 0, spread[..., :-1], np.inf)
    return betas(*parted(covariances)) * spread[..., -1:] / ratio


def alone(r: NDArray) -> NDArray:
    """R-squared of each driver by itself.

    Examples
    --------
    >>> alone(np.array([0.5, -0.2])).round(2)
    array([0.25, 0.04])
    """
    return r**2


def last(R: NDArray, r: NDArray) -> NDArray:
    """R-squared that each driver adds to all others; 0 where the others hold all it knows.

    Examples
    --------
    >>> last(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.6, 0.6])).round(2)
    array([0.12, 0.12])
    """
    inflation = vif(R)
    return np.where(np.isfinite(inflation), betas(R, r) ** 2 / inflation, 0.0)


def vif(R: NDArray) -> NDArray:
    """Variance inflation: how far the other drivers blur a driver's own effect; 1 is not at all.

    Infinite where others say exactly what the driver says.

    Examples
    --------
    >>> vif(np.array([[1.0, 0.8], [0.8, 1.0]])).round(2)
    array([2.78, 2.78])
    """
    values, vectors = np.linalg.eigh(R)
    there = values > TINY
    inverse = 1 / np.where(there, values, 1)
    lost = np.einsum("...ij,...j->...i", vectors**2, (~there).astype(float))
    found = np.einsum("...ij,...j->...i", vectors**2, np.where(there, inverse, 0))
    return np.where(lost > TINY, np.inf, found)


def condition_index(R: NDArray) -> NDArray:
    """Square root of the largest over the smallest eigenvalue of the drivers' correlations.

    References
    ----------
    Belsley, Kuh & Welsch (1980), Regression Diagnostics, chapter 3: 30 and more is strong.

    Examples
    --------
    >>> condition_index(np.array([[1.0, 0.6], [0.6, 1.0]])).round(6)
    np.float64(2.0)
    """
    values = np.linalg.eigvalsh(R)
    least = values[..., 0]
    ratio = values[..., -1] / np.where(least > TINY, least, 1)
    return np.where(least > TINY, np.sqrt(ratio), np.inf)[()]
