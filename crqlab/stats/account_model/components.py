r"""Components: directions of the scores in which people and accounts differ independently.

With covariances :math:`\Sigma_W` of people inside accounts and :math:`\Sigma_B` of accounts
inside a client's wave there is a basis :math:`\beta` with

.. math:: \Sigma_W = \beta\beta', \qquad \Sigma_B = \beta \Lambda \beta', \qquad
          \Lambda = \mathrm{diag}(\lambda_1 \dots \lambda_J)

so that a model of many scores falls into as many models of one.

Meyer (1985), Biometrics 41, 153-165: the canonical transformation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from crqlab.stats.account_model.persistence import Persistence

LEAST = 1e-4  # ratio of variances below which accounts as good as do not differ
SURE = 1e-4  # of the largest variance in any direction, which every direction has at least


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Directions of the scores, and what is known of each.

    Attributes
    ----------
    basis : ndarray, shape (scores, components)
    ratio : ndarray, shape (components,)
        Variance between accounts over that inside them, smallest first.
    persistence : Persistence
    """

    basis: NDArray
    ratio: NDArray
    persistence: Persistence

    @property
    def inverse(self) -> NDArray:
        """Matrix that turns scores into components."""
        return np.linalg.inv(self.basis)

    @property
    def within(self) -> NDArray:
        """Covariance of people inside accounts."""
        return self.basis @ self.basis.T

    @property
    def between(self) -> NDArray:
        """Covariance of accounts inside a client's wave."""
        return (self.basis * self.ratio) @ self.basis.T


def components(between: NDArray, within: NDArray, persistence: Persistence) -> Components:
    """Find the components of two covariances.

    Parameters
    ----------
    between, within : ndarray, shape (scores, scores)
    persistence : Persistence
        One number for each component, in the order of their ratios.

    Examples
    --------
    >>> found = components(np.diag([0.2, 0.9]), np.diag([1.0, 3.0]),
    ...                    Persistence(np.full(2, 0.8), np.full(2, 0.4), 1.0))
    >>> found.ratio.round(3), found.within.round(3)
    (array([0.2, 0.3]), array([[1., 0.],
           [0., 3.]]))
    """
    within = _sure(within)
    ratio, turns = eigh((between + between.T) / 2, within)
    basis = within @ turns
    basis *= np.where(basis[np.abs(basis).argmax(axis=0), np.arange(len(ratio))] < 0, -1, 1)
    return Components(basis, np.maximum(ratio, LEAST), persistence)


def _sure(within: NDArray) -> NDArray:
    """Keep a covariance invertible where one score follows from others."""
    lengths, turns = np.linalg.eigh((within + within.T) / 2)
    return (turns * np.maximum(lengths, SURE * lengths.max())) @ turns.T
