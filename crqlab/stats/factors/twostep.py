"""Polychoric correlations of many pairs at once: likelihood, estimate, influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.bivariate import cells, conditional
from crqlab.stats.factors.thresholds import Ranks, cuts

ROUNDS = 60
CHUNK = 20_000
BOUND = 1 - 1e-9
TINY = np.finfo(float).tiny
LONGEST = 0.1
LEAST = 1e-16
"""Smallest probability that a difference of distribution functions can tell from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Polychoric correlations of all pairs of items.

    Attributes
    ----------
    left, right : int array, shape (pairs,)
        Positions of the two items, ``left < right``, in the order of
        ``np.triu_indices(items, 1)``.
    tables : array, shape (pairs, categories, categories)
        Respondents in each cell, rows for ``left``.
    rho : array, shape (pairs,)
        Estimates in [-1, 1]; -1 or 1 where the likelihood has no maximum inside.
    """

    left: NDArray
    right: NDArray
    tables: NDArray
    rho: NDArray

    @property
    def bounded(self) -> NDArray[np.bool_]:
        """Pairs whose correlation lies at its bound."""
        return np.abs(self.rho) >= 1


def pairs(ranks: Ranks, *, least: float = LEAST, empty: float = 0.0) -> Pairs:
    r"""Two-step estimates: thresholds from the margins, then each correlation given them.

    The correlation of a pair solves the score equation of Olsson's two-step likelihood

    .. math:: \sum_{kl} \frac{n_{kl}}{\pi_{kl}} \frac{\partial \pi_{kl}}{\partial \rho} = 0

    by Newton's steps from the correlation of the codes, inside a shrinking bracket, for all
    pairs at once.

    Parameters
    ----------
    ranks : Ranks
    least : float
        A cell with a smaller probability under the model counts as impossible and is left out
        of the score, which bounds what one odd respondent can do (lavaan: 1.5e-8). The score
        may then have two roots; the one nearest to the correlation of the codes is found.
    empty : float
        Respondents moved into the empty cell of a 2 x 2 table, margins kept (lavaan moves one
        half); 0 leaves it empty, and the correlation at its bound.

    Returns
    -------
    Pairs

    References
    ----------
    Olsson (1979), Psychometrika 44, 443-460: the two-step estimator.
    """
    left, right = np.triu_indices(len(ranks.names), 1)
    tables = _tables(ranks)[left, right]
    solved = _filled(tables, empty) if ranks.shares.shape[1] == 2 else tables
    rows, columns = ranks.cuts[left], ranks.cuts[right]
    start = np.corrcoef(ranks.codes, rowvar=False)[left, right] if len(left) else np.empty(0)
    return Pairs(left, right, tables, _solve(solved, rows, columns, start, least))


def correlate(tables: NDArray, start: float) -> NDArray[np.float64]:
    """Two-step estimates of tables of counts, each with the thresholds of its own margins.

    Examples
    --------
    >>> correlate(np.array([[[40.0, 10.0], [10.0, 40.0]]]), start=0.5).round(4)
    array([0.809])
    """
    rows, columns = cuts(tables.sum(axis=2)), cuts(tables.sum(axis=1))
    return _solve(tables, rows, columns, np.full(len(tables), start), LEAST)


def matrix(ranks: Ranks, found: Pairs) -> NDArray[np.float64]:
    """Lay the correlations of all pairs out as a square, 1 on the diagonal."""
    square = np.eye(len(ranks.names))
    square[found.left, found.right] = square[found.right, found.left] = found.rho
    return square


def _tables(ranks: Ranks) -> NDArray:
    """Cross-tabulate all items with all items: products of indicators, by the chunk."""
    most, p = ranks.shares.shape[1], len(ranks.names)
    total = np.zeros((p * most, p * most))
    for start in range(0, len(ranks.codes), CHUNK):
        codes = ranks.codes[start : start + CHUNK]
        chosen = (codes[:, :, None] == np.arange(most)).reshape(len(codes), -1).astype(float)
        total += chosen.T @ chosen
    return total.reshape(p, most, p, most).transpose(0, 2, 1, 3)


def _filled(tables: NDArray, empty: float) -> NDArray:
    """Move some respondents into the only empty cell of a 2 x 2 table; margins stay."""
    none = tables == 0
    single = none.sum(axis=(1, 2)) == 1
    diagonal = none[:, 0, 0] | none[:, 1, 1]
    move = np.where(single, np.where(diagonal, empty, -empty), 0.0)
    return tables + move[:, None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])


def _solve(tables, rows, columns, start, least) -> NDArray:
    n = tables.sum(axis=(1, 2))
    rho = np.clip(start, -0.99, 0.99)
    low, high = np.full(len(rho), -BOUND), np.full(len(rho), BOUND)
    for _ in range(ROUNDS):
        probability, slope, bend = cells(rows, columns, rho)
        possible = probability > least
        inverse = np.where(possible, 1 / np.maximum(probability, LEAST), 0.0)
        relative = slope * inverse
        score = np.einsum("tij,tij->t", tables, relative)
        observed = np.einsum("tij,tij->t", tables, relative**2 - bend * inverse)
        expected = n * np.einsum("tij,tij->t", slope, relative)
        information = np.where(observed > 0, observed, np.maximum(expected, TINY))
        low, high = np.where(score > 0, rho, low), np.where(score < 0, rho, high)
        newton = rho + np.clip(score / information, -LONGEST, LONGEST)
        inside = (newton > low) & (newton < high)
        halved = np.where(score > 0, (rho + high) / 2, (rho + low) / 2)
        moved = np.where(score == 0, rho, np.where(inside, newton, halved))
        done = np.abs(moved - rho).max(initial=0) < 1e-12
        rho = moved
        if done:
            break
    reverse = _without_contradiction(tables[:, :, ::-1])
    return np.select([_without_contradiction(tables), reverse], [1.0, -1.0], rho)


def _without_contradiction(tables: NDArray) -> NDArray[np.bool_]:
    """Tables in which nobody who is higher on one item is lower on the other: rho is 1."""
    rows, columns = (np.cumsum(tables.sum(axis=axis), axis=1) for axis in (2, 1))
    below = np.minimum(rows[:, :, None], columns[:, None, :])
    tightest = np.diff(np.diff(below, axis=1, prepend=0), axis=2, prepend=0)
    return (tables == tightest).all(axis=(1, 2))


def influence(ranks: Ranks, found: Pairs, *, least: float = LEAST) -> tuple[NDArray, NDArray]:
    r"""How far one respondent in each cell moves each estimate, times n (influence function).

    Stacking the score equations of both steps (Muthen 1984) gives, for respondent i in cell kl,

    .. math:: I_\rho = A_{22}^{-1} \Bigl(s_{kl} - \sum_j A_{21,j} I_{\tau_j}\Bigr), \quad
              I_{\tau_j} = \frac{1[k \le j] - \Phi(\tau_j)}{\varphi(\tau_j)}

    with s the score of the correlation, :math:`A_{22}` its mean square, and :math:`A_{21}` its
    mean product with the bivariate scores of the thresholds. The mean square of I over n is the
    sampling variance, threshold error included.

    Parameters
    ----------
    ranks : Ranks
    found : Pairs
        With every correlation inside (-1, 1).
    least : float
        As in `pairs`.

    Returns
    -------
    correlations : array, shape (pairs, categories, categories)
    thresholds : array, shape (items, categories, categories - 1)
        0 for thresholds that an item lacks.

    References
    ----------
    Muthen (1984), Psychometrika 49, 115-132. Asparouhov & Muthen (2010), Bayesian analysis
    using Mplus, technical report, section 2.
    """
    rows, columns = ranks.cuts[found.left], ranks.cuts[found.right]
    probability, slope, _ = cells(rows, columns, found.rho)
    possible = probability > least
    inverse = np.where(possible, 1 / np.where(possible, probability, 1.0), 0.0)
    score = slope * inverse
    share = found.tables / found.tables.sum(axis=(1, 2), keepdims=True)
    pull = share * score * inverse
    own = _threshold_part(pull, rows, columns, found.rho, ranks.shares[found.left])
    turned = pull.transpose(0, 2, 1)
    other = _threshold_part(turned, columns, rows, found.rho, ranks.shares[found.right])
    square = np.einsum("tij,tij->t", share, score**2)
    moved = score - own[:, :, None] - other[:, None, :]
    return moved / square[:, None, None], _threshold_influence(ranks)


def _threshold_part(pull, given, cuts, rho, shares) -> NDArray:
    """Sum of A21 I_tau over one item's thresholds, for each of its categories."""
    along = conditional(given[:, 1:-1], cuts, rho)
    weight = np.einsum("tjl,tjl->tj", along, pull[:, :-1] - pull[:, 1:])
    reached = np.cumsum(weight[:, ::-1], axis=1)[:, ::-1]
    mean = (weight * np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)
    return np.pad(reached, ((0, 0), (0, 1))) - mean[:, None]


def _threshold_influence(ranks: Ranks) -> NDArray:
    cut = ranks.cuts[:, 1:-1]
    below = np.cumsum(ranks.shares, axis=1)[:, None, :-1]
    category = np.arange(ranks.shares.shape[1])[:, None]
    density = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)
    real = density > 0
    reached = (category <= np.arange(cut.shape[1])) - below
    return np.where(real, 1 / np.where(real, density, 1.0), 0.0)[:, None, :] * reached
