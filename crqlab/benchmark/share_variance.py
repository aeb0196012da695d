"""How much shares below cuts vary over draws of whole clients."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 2000  # numbers of a draw that are made at once: they stay near the processor
TINY = 1e-6


def spread(counts: NDArray, held: NDArray, away: NDArray) -> NDArray:
    """Variance over draws of the share of a cell's scores below each cut.

    In a draw a share is one sum over clients divided by another, each client counted as often as
    it is drawn. Where many columns have the same ``held``, what draws divide by is the same for
    all of them, and so are the draws' mean and second moments of clients: they are summed up once,
    and each variance is a quadratic form of them. Elsewhere every draw is made. The two are the
    same number.

    Parameters
    ----------
    counts : ndarray, shape (draws, clients)
        How often each client is drawn.
    held : ndarray, shape (clients, columns)
        Weight of a client's scores in a column, which is one measure in one cell.
    away : ndarray, shape (clients, columns, shares)
        Weight of a client's scores below a cut, less what it would be at the cell's own share; a
        column's clients sum to zero.

    Returns
    -------
    ndarray, shape (columns, shares)

    Examples
    --------
    Two draws of two clients, which give shares half a unit above and below:

    >>> spread(np.array([[2.0, 0.0], [0.0, 2.0]]), np.ones((2, 1)),
    ...        np.array([[[0.5]], [[-0.5]]])).round(6)
    array([[0.25]])
    """
    clients, columns, shares = away.shape
    found, single = np.empty((columns, shares)), []
    for some in _alike(held):
        if clients <= len(some) * shares:
            about = _moments(counts, held[:, some[0]])
            _in_pieces(partial(_by_moments, *about), found, some, away)
        else:
            single += some
    if single:
        _in_pieces(partial(_by_draws, counts), found, single, held[..., None], away)
    return found


def _alike(held: NDArray) -> list[list[int]]:
    """Columns of which clients hold the same."""
    groups: dict[bytes, list[int]] = {}
    for column, own in enumerate(np.ascontiguousarray(held.T)):
        groups.setdefault(own.tobytes(), []).append(column)
    return list(groups.values())


def _in_pieces(work: partial, found: NDArray, columns: list[int], *arrays: NDArray) -> None:
    """Work on some columns after the others, so that no piece outgrows memory."""
    step = max(AT_ONCE // found.shape[1], 1)
    for start in range(0, len(columns), step):
        some = columns[start : start + step]
        found[some] = work(*(array[:, some] for array in arrays))


def _moments(counts: NDArray, held: NDArray) -> tuple[NDArray, NDArray]:
    """Mean and second moments of how often clients are drawn, over what a draw holds in all.

    Less one, as each is drawn once on average: columns sum to zero, so nothing is lost, and what
    is left is small enough to be summed up in single precision.
    """
    part = (counts - 1) / np.maximum(counts @ held, TINY)[:, None]
    return part.mean(axis=0), part.T @ part / np.float32(len(part))


def _by_moments(mean: NDArray, second: NDArray, away: NDArray) -> NDArray:
    flat = np.ascontiguousarray(away).reshape(len(away), -1)
    square = np.einsum("ij,ij->j", flat, second @ flat)
    return (square - (mean @ flat) ** 2).reshape(away.shape[1:])


def _by_draws(counts: NDArray, held: NDArray, away: NDArray) -> NDArray:
    clients, columns, shares = away.shape
    drawn = counts @ np.ascontiguousarray(away).reshape(clients, -1)
    drawn = drawn.reshape(len(counts), columns, shares)
    drawn /= np.maximum(counts @ np.ascontiguousarray(held[..., 0]), TINY)[:, :, None]
    flat = drawn.reshape(len(counts), -1)
    variance = np.einsum("ij,ij->j", flat, flat) / len(flat) - flat.mean(axis=0) ** 2
    return variance.reshape(columns, shares)
