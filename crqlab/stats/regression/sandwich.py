"""Covariance of coefficients when rows of one cluster belong together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from crqlab.base.errors import EstimateError


def cluster_codes(
    cluster: ArrayLike | None, weights: NDArray
) -> tuple[NDArray | None, int | None, list[str]]:
    """Return the cluster of each row, how many there are, and what is to be said of them.

    Parameters
    ----------
    cluster : array, shape (rows,), or None
    weights : ndarray, shape (rows,)
        Rows of weight 0 make no cluster.

    Raises
    ------
    EstimateError
        Rows that do not match, or rows without a cluster.
    """
    if cluster is None:
        return None, None, []
    codes = pd.factorize(pd.Series(np.asarray(cluster)))[0]
    if len(codes) != len(weights) or (codes < 0).any():
        raise EstimateError(
            f"cluster= has {len(codes)} rows, {int((codes < 0).sum())} of them missing; it must "
            f"name the cluster of each of the {len(weights)} rows."
        )
    found, codes[weights > 0] = np.unique(codes[weights > 0], return_inverse=True)
    codes[weights == 0] = 0
    return (codes, len(found), []) if len(found) > 1 else (None, None, ["one_cluster"])


def clustered(
    X: NDArray, pull: NDArray, bread: NDArray, codes: NDArray, prior: NDArray, total: float
) -> NDArray:
    """Sandwich over sums by cluster, with the small-sample factor G/(G-1) x (n-1)/(n-k).

    Parameters
    ----------
    X : ndarray, shape (rows, terms)
    pull : ndarray, shape (rows,)
        Weighted score of each row in its linear predictor.
    bread : ndarray, shape (terms, terms)
        Inverse information, prior included.
    codes : ndarray of int, shape (rows,)
        Cluster of each row, from 0 without gaps.
    prior : ndarray, shape (terms, terms)
        Precision of a normal prior; it joins the filling, so that clusters of independent
        rows give the inverse information again. Zeros for none.
    total : float
        Rows, as weighted.

    References
    ----------
    Liang & Zeger (1986), Biometrika 73, 13-22.
    Zeileis, Koell & Graham (2020), Journal of Statistical Software 95(1): the factor (HC1).
    """
    clusters, k = int(codes.max()) + 1, X.shape[1]
    sums = np.stack(
        [np.bincount(codes, weights=X[:, j] * pull, minlength=clusters) for j in range(k)], axis=1
    )
    factor = clusters / (clusters - 1) * (total - 1) / max(total - k, 1)
    return bread @ (factor * (sums.T @ sums) + prior) @ bread
