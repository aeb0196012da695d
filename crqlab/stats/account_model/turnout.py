"""How far accounts score higher of which more people answered.

Unhappy accounts answer less, so that a lone answer comes from a worse account than one of six:
what is known of an account beforehand depends on how many were heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.answers import Answers
from crqlab.stats.account_model.layout import selection

DOUBT = 16.0  # accounts that a guess of no difference is worth
ALIKE = 0.3  # correlation of people of one account, for weights alone


@dataclass(frozen=True, slots=True, eq=False)
class Turnout:
    """Points that the logarithm of one more than the number of answers adds.

    Attributes
    ----------
    slope, se : ndarray, shape (scores,)
    middle : float
        Mean logarithm, where nothing is added; so where nobody answered.
    """

    slope: NDArray
    se: NDArray
    middle: float

    def of(self, n: NDArray) -> NDArray:
        """Return the points of cells with so many answers, shape (cells, scores)."""
        return (_size(n, self.middle) - self.middle)[:, None] * self.slope


def _size(n: NDArray, middle: float) -> NDArray:
    return np.where(n > 0, np.log1p(n), middle)


def turnout(given: Answers, values: NDArray) -> Turnout:
    """Compare accounts of one client's wave with each other (weighted ridge regression).

    Parameters
    ----------
    given : Answers
        Of every cell somebody answered.
    values : ndarray, shape (rows, scores)
        Effects of roles taken out; missing where not answered.
    """
    n = given.n
    middle = float(np.log1p(n).mean())
    size = _size(n, middle)
    found = [_slope(given, score, size) for score in values.T]
    return Turnout(np.array([s for s, _ in found]), np.array([e for _, e in found]), middle)


def _slope(given: Answers, score: NDArray, size: NDArray) -> tuple[float, float]:
    rows = np.flatnonzero(~np.isnan(score))
    cells, blocks = len(given.cell_account), len(given.block_client)
    count = np.bincount(given.cell[rows], minlength=cells)
    total = np.bincount(given.cell[rows], weights=score[rows], minlength=cells)
    there = np.flatnonzero(count)
    weight = count[there] / (1 + (count[there] - 1) * ALIKE)
    both = np.column_stack([size[there], total[there] / count[there]])
    block = given.cell_block[there]
    mass = np.maximum(np.bincount(block, weights=weight, minlength=blocks), 1e-12)
    means = selection(block, blocks) @ (both * weight[:, None]) / mass[:, None]
    x, y = (both - means[block]).T
    freedom = max(len(there) - len(np.unique(block)) - 1, 1)
    slope = (weight * x * y).sum() / ((weight * x**2).sum() + DOUBT)
    spread = (weight * (y - slope * x) ** 2).sum() / freedom
    return float(slope), float(np.sqrt(spread / ((weight * x**2).sum() + DOUBT)))
