"""How long accounts and people stay what they are: correlations between waves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HIGHEST = 0.98  # of a correlation: what is left keeps matrices invertible


@dataclass(frozen=True, slots=True, eq=False)
class Persistence:
    r"""Correlations between waves, one number per component but for the last.

    Of two waves that are d years apart, an account's deviations from its client correlate by
    :math:`\rho_k^d`, and what is apart from the account in two answers of one person by
    :math:`\kappa_k \phi^d`.

    Attributes
    ----------
    rho, share : ndarray, shape (components,)
        :math:`\rho_k` and :math:`\kappa_k`, in (0, 1).
    decay : float
        :math:`\phi`, in (0, 1].
    """

    rho: NDArray
    share: NDArray
    decay: float

    def accounts(self, time: NDArray) -> NDArray:
        """Return correlations between waves at these times, shape (..., components, T, T)."""
        lag = np.abs(time[..., :, None] - time[..., None, :])[..., None, :, :]
        return np.minimum(self.rho, HIGHEST)[:, None, None] ** lag

    def people(self, time: NDArray) -> NDArray:
        """Return the same of one person's answers, what passes included in the diagonal."""
        lag = np.abs(time[..., :, None] - time[..., None, :])[..., None, :, :]
        share = np.minimum(self.share, HIGHEST)[:, None, None]
        return np.where(lag == 0, 1.0, share * self.decay**lag)
