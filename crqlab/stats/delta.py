"""How far an error in parameters carries into what is computed from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["propagated"]
__dir__ = __all__.copy

STEP = np.finfo(float).eps ** (1 / 3)


def propagated(
    function: Callable[[NDArray], NDArray], point: NDArray, covariance: NDArray
) -> tuple[NDArray, NDArray]:
    """Values of a smooth function of estimates, and their standard errors (delta method).

    Parameters
    ----------
    function : callable
        From parameters, shape (parameters,), to values, shape (values,).
    point : ndarray, shape (parameters,)
        The estimates.
    covariance : ndarray, shape (parameters, parameters)
        Of the estimates.

    Returns
    -------
    values, errors : ndarray, shape (values,)
        Slopes are central differences, right to about ten digits.

    References
    ----------
    Oehlert (1992), The American Statistician 46, 27-29.

    Examples
    --------
    The product of 2 and 3, each with standard error 0.1: root of 0.3^2 + 0.2^2.

    >>> value, error = propagated(lambda x: x[:1] * x[1:], np.array([2.0, 3.0]), np.eye(2) / 100)
    >>> value, error.round(6)
    (array([6.]), array([0.360555]))
    """
    strides = STEP * np.maximum(np.abs(point), 0.1)
    slopes = np.stack(
        [
            (function(point + move) - function(point - move)) / (2 * stride)
            for stride, move in zip(strides, np.diag(strides), strict=True)
        ],
        axis=-1,
    )
    variance = np.einsum("vi,ij,vj->v", slopes, covariance, slopes)
    return function(point), np.sqrt(np.maximum(variance, 0))
