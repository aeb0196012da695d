r"""Standard errors of covariances, from those of the components.

In components the elements of both covariances are estimated independently; an element kl off
the diagonal has half the variance that the diagonal ones kk and ll have on (geometric) average,
as elements of a Wishart matrix have. :math:`\Sigma = \beta E \beta'` carries them back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def carried(basis: NDArray, variance: NDArray) -> NDArray:
    """Standard errors of a covariance of scores.

    Parameters
    ----------
    basis : ndarray, shape (scores, components)
    variance : ndarray, shape (components,)
        Of the estimated variance of each component.

    Examples
    --------
    >>> carried(np.diag([1.0, 2.0]), np.array([0.02, 0.02])).round(3)
    array([[0.141, 0.2  ],
           [0.2  , 0.566]])
    """
    elements = np.sqrt(np.outer(variance, variance)) / 2
    squared = basis**2
    diagonal = np.einsum("ik,jk,k->ij", squared, squared, variance)
    once = np.einsum("ik,jl,kl->ij", squared, squared, elements)
    cross = basis[:, None, :] * basis[None, :, :]
    twice = np.einsum("ijk,ijl,kl->ij", cross, cross, elements)
    own = np.einsum("ik,jk,k->ij", squared, squared, np.diag(elements))
    return np.sqrt(diagonal + once + twice - 2 * own)
