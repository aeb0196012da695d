"""Turning factors until each item loads on as few of them as it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crqlab.base.errors import one_of
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import SEED

STEPS, SWEEPS, HALVINGS, ENOUGH, NEARLY, STARTS, POWER = 2000, 200, 30, 1e-7, 1e-5, 8, 4


@dataclass(frozen=True, slots=True, eq=False)
class Rotated:
    """Loadings in a new frame.

    Attributes
    ----------
    loadings : ndarray, shape (items, factors)
        Weights of the factors in each item (the pattern).
    correlations : ndarray, shape (factors, factors)
        Between the factors; the identity for orthogonal rotations.
    converged : bool
        Whether the criterion stopped falling.
    """

    loadings: NDArray
    correlations: NDArray
    converged: bool = True


def rotated(loadings: NDArray, rotation: str) -> Rotated:
    """Rotate loadings, then order factors by their weight and turn them to be positive.

    Parameters
    ----------
    loadings : ndarray, shape (items, factors)
        Of uncorrelated factors.
    rotation : str
        ``"oblimin"``, ``"promax"``, ``"varimax"`` or ``"none"``.

    Raises
    ------
    CrqError
        Another rotation.

    Examples
    --------
    Two clean factors that somebody turned by 45 degrees:

    >>> clean = np.array([[0.8, 0], [0.7, 0], [0.5, 0], [0, 0.6], [0, 0.7]])
    >>> turned = clean @ np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    >>> np.abs(rotated(turned, "oblimin").loadings - clean).max() < 1e-6
    np.True_
    """
    one_of("rotation=", rotation, list(ROTATIONS))
    found = Rotated(loadings, np.eye(loadings.shape[1]))
    if loadings.shape[1] > 1:
        found = ROTATIONS[rotation](loadings)
    order = np.argsort(-(found.loadings**2).sum(axis=0), kind="stable")
    sign = np.where(found.loadings.sum(axis=0) < 0, -1.0, 1.0)[order]
    correlations = found.correlations[np.ix_(order, order)] * np.outer(sign, sign)
    return Rotated(found.loadings[:, order] * sign, correlations, found.converged)


def varimax(loadings: NDArray) -> Rotated:
    """Rotate so that each factor's squared loadings vary most, items weighing alike.

    References
    ----------
    Kaiser (1958), Psychometrika 23, 187-200.

    Examples
    --------
    >>> found = varimax(np.array([[0.6, 0.6], [0.5, 0.5], [0.4, -0.4], [0.6, -0.6]]))
    >>> np.abs(found.loadings.prod(axis=1)).max().round(6)
    np.float64(0.0)
    """
    length = _lengths(loadings)
    frame, converged = _varimax_frame(loadings / length)
    return Rotated(loadings @ frame, np.eye(loadings.shape[1]), converged)


def promax(loadings: NDArray) -> Rotated:
    """Let varimax factors correlate as far as sharpened loadings want.

    Varimax loadings of items of length 1, raised to the fourth power with their sign kept, are
    the target that an oblique frame comes nearest to.

    References
    ----------
    Hendrickson & White (1964), British Journal of Statistical Psychology 17, 65-70.

    Examples
    --------
    >>> found = promax(np.array([[0.6, 0.5], [0.5, 0.5], [0.4, -0.3], [0.6, -0.5]]))
    >>> found.correlations.round(2)
    array([[1.  , 0.16],
           [0.16, 1.  ]])
    """
    length = _lengths(loadings)
    frame, converged = _varimax_frame(loadings / length)
    sharp = loadings / length @ frame
    target = sharp * np.abs(sharp) ** (POWER - 1)
    oblique = np.linalg.lstsq(sharp, target, rcond=None)[0]
    inverse = np.linalg.inv(oblique.T @ oblique)
    oblique = oblique * np.sqrt(np.diagonal(inverse))
    back = np.linalg.inv(frame @ oblique)
    return Rotated(loadings @ frame @ oblique, back @ back.T, converged)


def oblimin(loadings: NDArray) -> Rotated:
    """Rotate obliquely until squared loadings overlap least between factors (quartimin).

    The direct oblimin family at gamma = 0, by gradient projection, from the frame that was
    given and from several random ones; the lowest criterion wins.

    References
    ----------
    Jennrich & Sampson (1966), Psychometrika 31, 313-323: the criterion.
    Jennrich (2002), Psychometrika 67, 7-19: the algorithm.
    Bernaards & Jennrich (2005), Educational and Psychological Measurement 65, 676-696: code.

    Examples
    --------
    >>> found = oblimin(np.array([[0.6, 0.5], [0.5, 0.5], [0.4, -0.3], [0.6, -0.5]]))
    >>> found.correlations.round(2)
    array([[1.  , 0.15],
           [0.15, 1.  ]])
    """
    k = loadings.shape[1]
    rng = stream(SEED, "oblimin")
    starts = [np.eye(k)] + [np.linalg.qr(rng.normal(size=(k, k)))[0] for _ in range(STARTS)]
    found = [_projected(loadings, start, _quartimin) for start in starts]
    lowest = min(height for height, _, _ in found)
    _, frame, converged = next(one for one in found if one[0] <= lowest + 1e-7)
    return Rotated(loadings @ np.linalg.inv(frame).T, frame.T @ frame, converged)


def unrotated(loadings: NDArray) -> Rotated:
    """Leave the frame as it is.

    Examples
    --------
    >>> unrotated(np.eye(2)).correlations
    array([[1., 0.],
           [0., 1.]])
    """
    return Rotated(loadings, np.eye(loadings.shape[1]))


ROTATIONS = {"oblimin": oblimin, "promax": promax, "varimax": varimax, "none": unrotated}


def _lengths(loadings: NDArray) -> NDArray:
    """Root of each communality; an item without any keeps its zeros."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    return np.where(length > 0, length, 1)


def _varimax_frame(loadings: NDArray) -> tuple[NDArray, bool]:
    """Turn pairs of factors, each by its best angle, until no pair gains."""
    items, k = loadings.shape
    turned, frame = loadings.copy(), np.eye(k)
    for _ in range(SWEEPS):
        widest = 0.0
        for pair in combinations(range(k), 2):
            x, y = turned[:, pair].T
            u, v = x**2 - y**2, 2 * x * y
            across = 2 * (u @ v - u.sum() * v.sum() / items)
            along = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / items
            angle = np.arctan2(across, along) / 4
            plane = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
            turned[:, pair], frame[:, pair] = turned[:, pair] @ plane, frame[:, pair] @ plane
            widest = max(widest, abs(angle))
        if widest < ENOUGH:
            return frame, True
    return frame, False


def _quartimin(loadings: NDArray) -> tuple[float, NDArray]:
    squares = loadings**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return float((squares * others).sum() / 4), loadings * others


def _projected(
    loadings: NDArray, frame: NDArray, criterion: Callable[[NDArray], tuple[float, NDArray]]
) -> tuple[float, NDArray, bool]:
    """Gradient projection onto frames with columns of length 1."""
    place = _placed(loadings, frame, criterion)
    stride = 1.0
    for _ in range(STEPS):
        frame, height, uphill = place
        steepness = (uphill**2).sum()
        if steepness < ENOUGH**2:
            break
        stride *= 2
        for _ in range(HALVINGS):
            there = frame - stride * uphill
            place = _placed(loadings, there / np.sqrt((there**2).sum(axis=0)), criterion)
            if place[1] < height - steepness * stride / 2:
                break
            stride /= 2
        else:  # as low as floating point can tell
            break
    return height, frame, bool(steepness < NEARLY**2)


def _placed(
    loadings: NDArray, frame: NDArray, criterion: Callable[[NDArray], tuple[float, NDArray]]
) -> tuple[NDArray, float, NDArray]:
    """Return a frame, its criterion, and the way uphill along frames with columns of length 1."""
    inverse = np.linalg.inv(frame)
    turned = loadings @ inverse.T
    height, slope = criterion(turned)
    uphill = -(turned.T @ slope @ inverse).T
    return frame, height, uphill - frame * (frame * uphill).sum(axis=0)
