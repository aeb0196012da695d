"""How likely a client's true score lies high among its peers, given how far answers carry."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from crqlab.base.standards import TOP

_LEAST = 1e-6  # share of the spread that is never taken for noise: keeps divisions finite


def chances(
    value: ArrayLike,
    error: ArrayLike,
    *,
    mean: ArrayLike,
    variance: ArrayLike,
    noise: ArrayLike,
    middle: ArrayLike,
    top: ArrayLike,
    n: ArrayLike,
) -> tuple[NDArray, NDArray]:
    """Probabilities that true scores lie in the upper half of the peers', and in their top tenth.

    What the peers' observed spread holds beyond the errors of measurement is theirs. A score is
    drawn towards their mean by its own error, so that the highest of many small clients is not
    taken for the best; where half and top tenth begin is drawn in as far as their spread is noise.

    Parameters
    ----------
    value, error : array of float
        Observed scores and their standard errors.
    mean, variance, noise : array of float
        Of the peers' observed scores: mean, variance, and mean squared standard error.
    middle, top : array of float
        Where the upper half and the top tenth of the observed scores begin.
    n : array of int
        How many peers.

    Returns
    -------
    upper, top : ndarray
        Probabilities in [0, 1].

    References
    ----------
    Efron & Morris (1975), Journal of the American Statistical Association 70, 311-319: scores
    drawn towards the mean of many.

    Examples
    --------
    One score, once well and once badly known, among 100 clients:

    >>> upper, top = chances([5.9, 5.9], [0.1, 0.6], mean=5.0, variance=0.25, noise=0.05,
    ...                      middle=5.0, top=5.64, n=100)
    >>> upper.round(2), top.round(2)
    (array([1.  , 0.81]), array([1.  , 0.24]))
    """
    total, n = np.asarray(variance, float), np.asarray(n, float)
    between = np.maximum(total - noise, _LEAST * np.maximum(total, _LEAST))
    kept = between / (between + np.square(error))
    own = kept * (np.asarray(value, float) - mean)
    drawn = np.sqrt(between / np.maximum(total, between))
    found = []
    for cut, share in ((middle, 0.5), (top, TOP)):
        unsure = share * (1 - share) / norm.pdf(norm.isf(share)) ** 2 * np.asarray(noise) / n
        doubt = between * (1 - kept) + drawn**2 * unsure
        above = own - drawn * (np.asarray(cut, float) - mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(doubt > 0, above / np.sqrt(doubt), np.sign(above) * np.inf)
        found.append(np.where(above == 0, 0.5, norm.cdf(z)))
    return found[0], found[1]
