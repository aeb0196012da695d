"""One number of several components: what they share, and how far each goes its own way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Numbers drawn towards what they have in common.

    Attributes
    ----------
    value : ndarray, one per component
    weight : ndarray
        Of the component's own estimate, in [0, 1].
    common, common_se : float
        What they have in common, and its standard error.
    """

    value: NDArray
    weight: NDArray
    common: float
    common_se: float


def pooled(value: NDArray, variance: NDArray) -> Pooled:
    """Draw estimates towards their mean as far as they do not differ beyond their errors.

    How far they truly differ is in doubt itself, most of all where errors are large and no
    difference can be seen: it is taken one standard error (of Cochran's Q, where they are alike)
    larger than it looks, so that a small panel does not know better than a large one.

    Parameters
    ----------
    value, variance : ndarray, one per component

    References
    ----------
    DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188.

    Examples
    --------
    >>> pooled(np.array([0.0, 1.0, 2.0]), np.full(3, 4.0)).value.round(2)
    array([0.5, 1. , 1.5])
    >>> pooled(np.array([0.0, 1.0, 2.0]), np.full(3, 0.1)).value.round(2)
    array([0.09, 1.  , 1.91])
    """
    w = 1 / variance
    mean = (w * value).sum() / w.sum()
    freedom = len(value) - 1
    excess = max((w * (value - mean) ** 2).sum() - freedom, 0.0)
    room = w.sum() - (w**2).sum() / w.sum()
    between = (excess + np.sqrt(2 * freedom)) / room if room > 0 else 0.0
    w = 1 / (variance + between)
    common = (w * value).sum() / w.sum()
    own = between / (between + variance)
    return Pooled(own * value + (1 - own) * common, own, float(common), float(w.sum() ** -0.5))
