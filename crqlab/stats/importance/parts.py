"""Importance of drivers from covariances, many matrices at once; the outcome comes last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TINY = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Correlated:
    """Correlations of drivers with each other and with the outcome, taken apart once.

    Attributes
    ----------
    R : ndarray, shape (matrices, drivers, drivers)
    r : ndarray, shape (matrices, drivers)
        A driver that does not vary correlates with nothing; an outcome that does not vary
        makes its row missing.
    spread : ndarray, shape (matrices, drivers + 1)
        Standard deviations, the outcome last.
    values, vectors : ndarray
        Eigenvalues, ascending, and eigenvectors of ``R``.

    Examples
    --------
    >>> found = correlated(np.array([[[4.0, 1.2, 2.0], [1.2, 1.0, 1.0], [2.0, 1.0, 2.0]]]))
    >>> found.R[0, 0, 1].round(6), found.betas().round(3)[0]
    (np.float64(0.6), array([0.442, 0.442]))
    >>> found.vif().round(4), found.condition().round(4)
    (array([[1.5625, 1.5625]]), array([2.]))
    """

    R: NDArray
    r: NDArray
    spread: NDArray
    values: NDArray
    vectors: NDArray

    def first(self) -> Correlated:
        """Return the data without its draws."""
        parts = (self.R, self.r, self.spread, self.values, self.vectors)
        return Correlated(*(part[:1] for part in parts))

    def johnson(self) -> NDArray:
        """Relative weights; see `johnson`."""
        root = np.sqrt(np.maximum(self.values, 0))
        inverse = np.where(self.values > TINY, 1 / np.where(root > 0, root, 1), 0)
        likeness = (self.vectors * root[:, None, :]) @ np.swapaxes(self.vectors, 1, 2)
        beta = self._turned(inverse)
        return ((likeness**2) @ (beta**2)[:, :, None])[:, :, 0]

    def betas(self) -> NDArray:
        """Standardised coefficients; the shortest ones where drivers are collinear."""
        there = self.values > TINY
        return self._turned(np.where(there, 1 / np.where(there, self.values, 1), 0))

    def _turned(self, scale: NDArray) -> NDArray:
        """``vectors @ diag(scale) @ vectors.T @ r``."""
        inner = scale * (np.swapaxes(self.vectors, 1, 2) @ self.r[:, :, None])[:, :, 0]
        return (self.vectors @ inner[:, :, None])[:, :, 0]

    def slopes(self) -> NDArray:
        """Points by which the outcome moves per point of a driver, the others held equal."""
        own = self.spread[:, :-1]
        return self.betas() * self.spread[:, -1:] / np.where(own > 0, own, np.inf)

    def alone(self) -> NDArray:
        """R-squared of each driver by itself."""
        return self.r**2

    def last(self) -> NDArray:
        """R-squared that each driver adds to all others; 0 where these hold all it knows."""
        return self.betas() ** 2 / self.vif()

    def vif(self) -> NDArray:
        """Variance inflation: how far other drivers blur a driver's effect; 1 is not at all.

        Infinite where others say exactly what the driver says.
        """
        lost = self.values <= TINY
        inverse = np.where(lost, 0, 1 / np.where(lost, 1, self.values))
        squared = self.vectors**2
        found = (squared @ inverse[:, :, None])[:, :, 0]
        gone = (squared @ lost.astype(float)[:, :, None])[:, :, 0]
        return np.where(gone > TINY, np.inf, found)

    def condition(self) -> NDArray:
        """Square root of the largest over the smallest eigenvalue of ``R``.

        References
        ----------
        Belsley, Kuh & Welsch (1980), Regression Diagnostics, chapter 3: 30 and more is strong.
        """
        least = self.values[:, 0]
        ratio = self.values[:, -1] / np.where(least > TINY, least, 1)
        return np.where(least > TINY, np.sqrt(ratio), np.inf)


def correlated(covariances: NDArray, *, like: Correlated | None = None) -> Correlated:
    """Take covariances apart.

    Parameters
    ----------
    covariances : ndarray, shape (matrices, drivers + 1, drivers + 1)
        The outcome last.
    like : Correlated, optional
        Of the same drivers with another outcome: what is known of them is not found again.

    Examples
    --------
    >>> covariances = np.array([[[1.0, 0.5, 0.4], [0.5, 1.0, 0.6], [0.4, 0.6, 1.0]]])
    >>> correlated(covariances).r
    array([[0.4, 0.6]])
    """
    variance = np.maximum(np.einsum("...ii->...i", covariances), 0)
    still = variance <= TINY * np.maximum(1, variance[:1])
    spread = np.where(still, 0, np.sqrt(variance))
    scale = np.where(still, np.inf, spread)
    found = covariances / scale[:, :, None] / scale[:, None, :]
    each = np.arange(found.shape[-1])
    found[:, each, each] = 1.0
    r = np.where(still[:, -1:], np.nan, found[:, :-1, -1])
    if like is not None:
        return Correlated(like.R, r, spread, like.values, like.vectors)
    R = np.ascontiguousarray(found[:, :-1, :-1])
    return Correlated(R, r, spread, *np.linalg.eigh(R))


def johnson(R: NDArray, r: NDArray) -> NDArray:
    """Relative weights: drivers are stood in for by their closest uncorrelated likenesses.

    Parameters
    ----------
    R : ndarray, shape (matrices, drivers, drivers)
    r : ndarray, shape (matrices, drivers)

    Returns
    -------
    ndarray, shape (matrices, drivers)
        Shares of the outcome's variance, in [0, 1]; they sum to R-squared.

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, 1-19. The same as Genizi (1993),
    Statistica Sinica 3, 407-420.

    Examples
    --------
    >>> johnson(np.eye(2)[None], np.array([[0.6, 0.3]])).round(2)
    array([[0.36, 0.09]])
    """
    return Correlated(R, r, np.ones((len(r), r.shape[1] + 1)), *np.linalg.eigh(R)).johnson()
