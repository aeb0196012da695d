r"""How an account's mean answer to "would you recommend" goes with its promoters and detractors.

Both follow from where the account stands on the latent scale (ordered probit): with thresholds
:math:`\tau` between the answers, people who vary by s and an account at :math:`\eta`, the net
promoter score is :math:`100 [\Phi((\eta - \tau_9)/s) - \Phi((\tau_7 - \eta)/s)]`. So one is a
function of the other, and a single answer of 10 makes no account of +100.

McKelvey & Zavoina (1975), Journal of Mathematical Sociology 4, 103-120: the ordered probit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.account_model.latent_scale import GRID, LatentScale
from crqlab.stats.nps import LAST_DETRACTOR, LAST_PASSIVE

TOP = 10
STEPS = 4001


@dataclass(frozen=True, slots=True, eq=False)
class PromoterCurve:
    """Net promoter score of an account as a function of its mean answer.

    Attributes
    ----------
    heights : ndarray of float32
        Net promoter scores at equal steps of the mean answer from 0 to 10.
    """

    heights: NDArray

    def nps(self, mean_ltr: NDArray) -> NDArray:
        """Return net promoter scores, -100 to 100, of accounts with these mean answers.

        Means outside of what was ever answered count as the nearest.
        """
        place = np.clip(mean_ltr, 0, TOP) * ((STEPS - 1) / TOP) + 0.5
        return self.heights.take(place.astype(np.intp))


def promoter_curve(scale: LatentScale, within_variance: float) -> PromoterCurve:
    """Tabulate net promoter scores over mean answers.

    Parameters
    ----------
    scale : LatentScale
        Of answers from 0 to 10.
    within_variance : float
        Of people of one account, on the latent scale.

    Examples
    --------
    >>> from crqlab.stats.account_model.latent_scale import latent_scale
    >>> answers = np.repeat(np.arange(11.0), [1, 1, 2, 3, 5, 8, 12, 20, 22, 15, 11])
    >>> curve = promoter_curve(latent_scale(answers), 0.6)
    >>> curve.nps(np.array([5.0, 7.1, 8.5])).round()
    array([-70., -11.,  47.], dtype=float32)
    """
    mean = scale.expected(GRID, within_variance)
    more = scale.above(GRID, within_variance, LAST_PASSIVE)
    less = 1 - scale.above(GRID, within_variance, LAST_DETRACTOR)
    at = np.linspace(0, TOP, STEPS)
    return PromoterCurve(np.interp(at, mean, 100 * (more - less)).astype(np.float32))
