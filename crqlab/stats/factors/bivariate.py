"""Two correlated standard normal variables: their distribution, and how it fills a table."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, owens_t

BEYOND = 40.0
"""A cut that stands for infinity: nothing lies beyond it in double precision."""


def normal_cdf(h: ArrayLike, k: ArrayLike, rho: ArrayLike) -> NDArray[np.float64]:
    r"""Probability that X <= h and Y <= k, for standard normal X, Y with correlation rho.

    Owen's function T gives it without quadrature, for any correlation inside (-1, 1):

    .. math:: \Phi_2(h, k) = \tfrac12[\Phi(h) + \Phi(k)] - T(h, a_h) - T(k, a_k) - \tfrac12
              \delta, \quad a_h = (k/h - \rho)/\sqrt{1 - \rho^2}

    with :math:`\delta = 1` where h and k have different signs.

    Parameters
    ----------
    h, k : array
        Cuts in standard deviations; they broadcast against each other and ``rho``. Use
        ``BEYOND`` for infinity.
    rho : array
        Correlations in (-1, 1).

    Returns
    -------
    array
        Probabilities in [0, 1], exact to about 1e-16 absolute.

    References
    ----------
    Owen (1956), Annals of Mathematical Statistics 27, 1075-1090.

    Examples
    --------
    Both below their medians with correlation one half: 1/4 + asin(0.5) / (2 pi) = 1/3.

    >>> round(float(normal_cdf(0.0, 0.0, 0.5)), 12)
    0.333333333333
    """
    h, k = np.asarray(h) + 0.0, np.asarray(k) + 0.0  # turns -0.0 into 0.0
    root = np.sqrt((1 - rho) * (1 + rho))
    middle = (h == 0) & (k == 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at_h = (np.where(middle, 1.0, k / h) - rho) / root
        at_k = (np.where(middle, 1.0, h / k) - rho) / root
    apart = (h < 0) != (k < 0)
    return (ndtr(h) + ndtr(k) - apart) / 2 - owens_t(h, at_h) - owens_t(k, at_k)


def normal_density(h: ArrayLike, k: ArrayLike, rho: ArrayLike) -> NDArray[np.float64]:
    r"""Density of two standard normal variables with correlation rho at (h, k).

    It is also the derivative of `normal_cdf` by the correlation (Plackett 1954).

    Examples
    --------
    >>> round(float(normal_density(0.0, 0.0, 0.6)) * 2 * np.pi, 6)
    1.25
    """
    rest = (1 - rho) * (1 + rho)
    h, k = np.asarray(h), np.asarray(k)
    squares = (h - k) ** 2 + 2 * (1 - rho) * h * k
    return np.exp(-squares / (2 * rest)) / (2 * np.pi * np.sqrt(rest))


def cells(rows: NDArray, columns: NDArray, rho: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Fill tables: the probability of every cell, and how it moves with the correlation.

    Parameters
    ----------
    rows, columns : array, shape (tables, cuts)
        Ascending cuts of both margins, the outer ones at -/+ ``BEYOND``.
    rho : array, shape (tables,)
        Correlation of each table, in (-1, 1).

    Returns
    -------
    probability, slope, bend : array, shape (tables, cuts - 1, cuts - 1)
        With first and second derivative by rho.

    References
    ----------
    Olsson (1979), Psychometrika 44, 443-460, equations 4 and 9.

    Examples
    --------
    >>> cut = np.array([[-BEYOND, 0.0, BEYOND]])
    >>> cells(cut, cut, np.array([0.5]))[0].round(4).tolist()
    [[[0.3333, 0.1667], [0.1667, 0.3333]]]
    """
    h, k, r = rows[:, :, None], columns[:, None, :], rho[:, None, None]
    rest = (1 - r) * (1 + r)
    density = normal_density(h, k, r)
    bent = density * (r / rest + (h - r * k) * (k - r * h) / rest**2)
    probability, slope, bend = (
        np.diff(np.diff(corner, axis=1), axis=2) for corner in (normal_cdf(h, k, r), density, bent)
    )
    return probability, slope, bend


def conditional(given: NDArray, cuts: NDArray, rho: NDArray) -> NDArray[np.float64]:
    """Share of each category of one variable where the other one stands at a cut.

    Parameters
    ----------
    given, cuts : array, shape (tables, cuts)
        Where the other variable stands; the cuts of the one in question.
    rho : array, shape (tables,)
        Correlation of each table, in (-1, 1).

    Returns
    -------
    array, shape (tables, given, categories)

    Examples
    --------
    >>> cut = np.array([[-BEYOND, 0.0, BEYOND]])
    >>> conditional(np.array([[1.0]]), cut, np.array([0.6])).round(4).tolist()
    [[[0.2266, 0.7734]]]
    """
    r = rho[:, None, None]
    root = np.sqrt((1 - r) * (1 + r))
    return np.diff(ndtr((cuts[:, None, :] - r * given[:, :, None]) / root), axis=2)
