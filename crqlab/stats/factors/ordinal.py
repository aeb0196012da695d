"""What ordinal answers say about a factor model: correlations, and how far they may stray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError
from crqlab.stats.factors.bivariate import BEYOND
from crqlab.stats.factors.thresholds import Ranks, ranks
from crqlab.stats.factors.twostep import CHUNK, Pairs, influence, matrix, pairs

POSSIBLE = 1.5e-8
MOVED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalMoments:
    """Thresholds and polychoric correlations with their joint sampling covariance.

    Attributes
    ----------
    ranks : Ranks
    pairs : Pairs
    thresholds : array, shape (thresholds, thresholds)
        Covariance of the thresholds, times n.
    gamma : array, shape (pairs, pairs)
        Covariance of the correlations, times n.
    """

    ranks: Ranks
    pairs: Pairs
    thresholds: NDArray
    gamma: NDArray

    @property
    def n(self) -> int:
        """Respondents with an answer to every item."""
        return len(self.ranks.codes)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Polychoric correlations as a square."""
        return matrix(self.ranks, self.pairs)


def ordinal_moments(items: pd.DataFrame) -> OrdinalMoments:
    r"""Estimate thresholds, polychoric correlations and their covariance.

    The covariance is that of Muthén's two-step estimating equations,

    .. math:: \Gamma = A^{-1} B A^{-T}, \quad A = \begin{pmatrix} A_{11} & 0 \\ A_{21} & A_{22}
              \end{pmatrix}, \quad B = \overline{s s'}

    from the scores s of all respondents, A by outer products: the mean product of their
    influences (`crqlab.stats.factors.twostep.influence`). As in lavaan, a cell less likely than
    1.5e-8 counts as impossible, and half a respondent moves into the empty cell of a 2 x 2
    table.

    Parameters
    ----------
    items : DataFrame, shape (respondents, items)
        Numbers or ordered categories; rows with a gap are left out.

    Returns
    -------
    OrdinalMoments

    Raises
    ------
    EstimateError
        As `crqlab.stats.factors.polychoric`, fewer than two items, or two items
        that correlate perfectly.

    References
    ----------
    Muthén (1984), Psychometrika 49, 115-132.
    Muthén, du Toit & Spisic (1997), Robust inference using weighted least squares, unpublished.

    Examples
    --------
    Two items split at their medians, 40 + 40 of 100 respondents on the same side of both: the
    correlation is 0.81, its standard error sqrt(gamma / n) = 0.07.

    >>> a = pd.Series([1] * 50 + [2] * 50)
    >>> found = ordinal_moments(pd.DataFrame({"a": a, "b": [1] * 40 + [2] * 50 + [1] * 10}))
    >>> found.matrix.round(3).tolist(), np.sqrt(found.gamma / found.n).round(3).tolist()
    ([[1.0, 0.809], [0.809, 1.0]], [[0.074]])
    """
    coded = ranks(items)
    if len(coded.names) < 2:
        raise EstimateError(
            f"items= has {len(coded.names)} items; a correlation needs two or more. Add an item."
        )
    found = pairs(coded, least=POSSIBLE, empty=MOVED)
    _check_bounds(coded, found)
    thresholds, gamma = _covariances(coded, found)
    return OrdinalMoments(coded, found, thresholds, gamma)


def _check_bounds(coded: Ranks, found: Pairs) -> None:
    at = np.flatnonzero(found.bounded)
    if len(at):
        a, b = coded.names[found.left[at[0]]], coded.names[found.right[at[0]]]
        raise EstimateError(
            f"Items {a!r} and {b!r} correlate perfectly (polychoric correlation "
            f"{found.rho[at[0]]:.0f}); a factor model needs correlations below 1. Leave one out."
        )


def _covariances(coded: Ranks, found: Pairs) -> tuple[NDArray, NDArray]:
    """Mean products of influences, over respondents by the chunk."""
    table, cut = influence(coded, found, least=POSSIBLE)
    pair, item = np.arange(len(found.rho)), np.arange(len(coded.names))
    real = (np.abs(coded.cuts[:, 1:-1]) < BEYOND).ravel()
    first, second = 0.0, 0.0
    for start in range(0, len(coded.codes), CHUNK):
        codes = coded.codes[start : start + CHUNK]
        moved = table[pair, codes[:, found.left], codes[:, found.right]]
        second = second + moved.T @ moved
        moved = cut[item, codes].reshape(len(codes), -1)[:, real]
        first = first + moved.T @ moved
    return first / len(coded.codes), second / len(coded.codes)
