r"""Answers on a scale without ends: normal scores, and the way back.

Answers stop at the ends of their scale, so that people of happy accounts differ less than
others and no account is far above the rest. Behind each score stands a normal latent of which
answers show in which of many intervals it lies: with shares :math:`F_i` of the answers up to
the i-th value the intervals end at :math:`c_i = \Phi^{-1}(F_i)`, and an answer counts as the
mean latent of its interval, :math:`z_i`. These show only the share :math:`a = \sum_i F_i' z_i^2`
of the latent's variance, and differences between accounts shrunk to as much; so people of an
account with mean score :math:`\eta`, who vary by W around it, answer on average

.. math:: h(\eta) = \sum_i v_i \left[\Phi\left(\frac{c_i - \eta / a}{s}\right)
          - \Phi\left(\frac{c_{i-1} - \eta / a}{s}\right)\right], \qquad
          s^2 = 1 - \frac{a - W}{a^2}

Blom (1958), Statistical Estimates and Transformed Beta-Variables: normal scores;
Aitchison & Silvey (1957), Biometrika 44, 131-140: intervals of a normal latent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

MOST = 64  # values of a score that are told apart; more are taken together, equally many each
FAR = 6.0  # standard deviations of all people, beyond which nobody is
TABLE = 4097
LEAST = 0.01
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True, slots=True, eq=False)
class LatentScale:
    """The latent behind one score.

    Attributes
    ----------
    values : ndarray
        Values of the score, rising.
    share : ndarray
        Share of the answers with each, above 0.
    """

    values: NDArray
    share: NDArray

    @property
    def cuts(self) -> NDArray:
        """Ends of the intervals between the values."""
        return ndtri(np.clip(np.cumsum(self.share)[:-1], 1e-12, 1 - 1e-12))

    @property
    def scores(self) -> NDArray:
        """Mean latent of each value."""
        density = np.exp(-(self.cuts**2) / 2) / np.sqrt(2 * np.pi)
        ends = np.concatenate([[0.0], density, [0.0]])
        return (ends[:-1] - ends[1:]) / self.share

    @property
    def seen(self) -> float:
        """Share of the latent's variance that answers show."""
        return float(np.clip(self.share @ self.scores**2, LEAST, 1.0))

    def _spread(self, within_variance: float) -> float:
        """Standard deviation of the latent inside accounts."""
        inside = 1 - (self.seen - within_variance) / self.seen**2
        return float(np.sqrt(max(inside, LEAST)))

    def latent(self, given: NDArray) -> NDArray:
        """Return answers on the latent scale; missing ones stay missing."""
        if len(self.values) < 2:
            return np.where(np.isnan(given), np.nan, 0.0)
        return np.interp(given, self.values, self.scores)

    def expected(self, level: NDArray, within_variance: float) -> NDArray:
        """Return what people of accounts at these levels answer on average."""
        spread = self._spread(within_variance)
        above = ndtr((level[..., None] / self.seen - self.cuts) / spread)
        return self.values[0] + above @ np.diff(self.values)

    def above(self, level: NDArray, within_variance: float, value: float) -> NDArray:
        """Return the share of people of such accounts who answer more than a value."""
        spread = self._spread(within_variance)
        last = int((self.values <= value).sum()) - 1
        if last < 0 or last >= len(self.cuts):
            return np.full(np.shape(level), float(last < 0))
        return ndtr((level / self.seen - self.cuts[last]) / spread)

    def document(self) -> dict[str, Any]:
        """Return the scale as plain JSON has it."""
        return {"values": self.values.tolist(), "share": self.share.tolist()}

    @classmethod
    def from_document(cls, said: Mapping[str, Any]) -> Self:
        """Read what `document` wrote."""
        return cls(np.asarray(said["values"], float), np.asarray(said["share"], float))


def latent_scale(given: NDArray) -> LatentScale:
    """Find the scale of a score from everybody's answers.

    Parameters
    ----------
    given : ndarray
        Missing answers are left out.

    Examples
    --------
    >>> scale = latent_scale(np.array([1.0, 2.0, 2.0, 3.0]))
    >>> scale.latent(np.array([1.0, 2.0, 3.0, np.nan])).round(3)
    array([-1.271,  0.   ,  1.271,    nan])
    >>> scale.expected(np.array([0.0, 1.5]), 0.5).round(2)
    array([2.  , 2.95])
    """
    known = np.sort(given[~np.isnan(given)])
    if not len(known):
        return LatentScale(np.zeros(1), np.ones(1))
    values, counts = np.unique(known, return_counts=True)
    if len(values) > MOST:
        bins = np.minimum(((np.cumsum(counts) - counts / 2) * MOST / len(known)).astype(int), MOST)
        total = np.bincount(bins, weights=counts)
        values = (np.bincount(bins, weights=counts * values) / np.maximum(total, 1))[total > 0]
        counts = total[total > 0]
    return LatentScale(values, counts / counts.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A curve over the latent in equal steps, quick to look up.

    Attributes
    ----------
    heights : ndarray of float32, shape (scores, `TABLE`)
        From ``-FAR`` to ``FAR``.
    """

    heights: NDArray

    def looked_up(self, score: int, place: NDArray) -> NDArray:
        """Return heights at places counted in steps from the table's first; `place` is used up."""
        np.clip(place, 0, TABLE - 1, out=place)
        return self.heights[score].take(place.astype(np.intp))


STEPS_PER_UNIT = (TABLE - 1) / (2 * FAR)
GRID = np.linspace(-FAR, FAR, TABLE)


def table(scales: tuple[LatentScale, ...], within: NDArray) -> Table:
    """Tabulate what accounts answer on average, score by score.

    Parameters
    ----------
    scales : tuple of LatentScale
    within : ndarray, shape (scores,)
        Variance of people inside accounts, on the latent scale.
    """
    rows = [scale.expected(GRID, w) for scale, w in zip(scales, within, strict=True)]
    return Table(np.stack(rows).astype(np.float32))


def moments(curve: NDArray, mean: NDArray, sd: NDArray) -> tuple[NDArray, NDArray]:
    """Mean and standard deviation of a tabulated curve of a normal variable.

    Parameters
    ----------
    curve : ndarray, shape (`TABLE`,)
    mean, sd : ndarray of one shape
    """
    heights = [np.interp(mean + node * sd, GRID, curve) for node in NODES]
    first = sum(w * h for w, h in zip(WEIGHTS, heights, strict=True))
    second = sum(w * (h - first) ** 2 for w, h in zip(WEIGHTS, heights, strict=True))
    return first, np.sqrt(second)
