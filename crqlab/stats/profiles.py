"""Best guesses of whole profiles of accounts, when few of their people answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import OK, code
from crqlab.base.errors import EstimateError

__all__ = ["Spread", "drawn_profiles", "spread"]
__dir__ = __all__.copy

ASSUMED = 0.3  # share of variance between accounts where one voice per account cannot tell


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How profiles vary between accounts and between people of one account.

    Attributes
    ----------
    between, within : ndarray, shape (measures, measures)
        Covariances, squared units of the measures.
    flag : str
        ``"ok"`` or the caution's code.
    """

    between: NDArray
    within: NDArray
    flag: str


def spread(values: NDArray, accounts: NDArray) -> Spread:
    """Part the covariance of answers into that between and that within accounts.

    Parameters
    ----------
    values : ndarray, shape (rows, measures)
        Complete; means of clients taken out.
    accounts : ndarray of int
        The account of each row, from 0 without gaps.

    Returns
    -------
    Spread
        ``between`` has no negative variance in any direction. With one voice per account
        30 % of the variance is taken to lie between accounts, and ``flag`` says so.

    Raises
    ------
    EstimateError
        Fewer than two rows.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components, chapters 3 and 11: the analysis of
    variance estimator, for several measures.

    Examples
    --------
    >>> found = spread(np.array([[1.0], [3.0], [7.0], [9.0]]), np.array([0, 0, 1, 1]))
    >>> found.between, found.within
    (array([[17.]]), array([[2.]]))
    """
    if len(values) < 2:
        raise EstimateError(f"values= has {len(values)} rows; a spread needs two. Pool the waves.")
    size = np.bincount(accounts).astype(float)
    n, k = len(values), len(size)
    total = np.zeros((k, values.shape[1]))
    np.add.at(total, accounts, values)
    means = total / size[:, None]
    if n - k < values.shape[1] or k < 2:
        whole = np.atleast_2d(np.cov(values.T))
        flag = code("between_assumed", percent=round(100 * ASSUMED))
        return Spread(ASSUMED * whole, (1 - ASSUMED) * whole, flag)
    away = values - means[accounts]
    within = away.T @ away / (n - k)
    grand = means - values.mean(axis=0)
    among = (size[:, None] * grand).T @ grand / (k - 1)
    typical = (n - (size**2).sum() / n) / (k - 1)
    lengths, turns = np.linalg.eigh((among - within) / typical)
    return Spread((turns * np.maximum(lengths, 0)) @ turns.T, within, OK)


def drawn_profiles(
    means: NDArray, n: NDArray, centre: NDArray, found: Spread, *, normals: NDArray
) -> tuple[NDArray, NDArray]:
    """Guesses of what accounts truly score on all measures at once, and draws around them.

    An account's mean is drawn towards the centre as far as its few voices demand; measures
    lend each other strength as far as they go together.

    Parameters
    ----------
    means : ndarray, shape (accounts, measures)
    n : ndarray, shape (accounts,)
        Respondents behind each mean, one or more.
    centre : ndarray, shape (measures,)
        Mean of the client.
    found : Spread
    normals : ndarray, shape (draws, accounts, measures)
        Independent standard normal numbers.

    Returns
    -------
    guesses : ndarray, shape (accounts, measures)
    drawn : ndarray, shape (draws, accounts, measures)
        As likely as what the true profiles may be.

    References
    ----------
    Efron & Morris (1973), Journal of the American Statistical Association 68, 117-130:
    empirical Bayes. The normal distribution is our own choice.

    Examples
    --------
    >>> found = Spread(np.array([[1.0]]), np.array([[3.0]]), "ok")
    >>> guess, _ = drawn_profiles(np.array([[6.0], [6.0]]), np.array([1, 9]), np.array([5.0]),
    ...                           found, normals=np.zeros((1, 2, 1)))
    >>> guess.ravel()
    array([5.25, 5.75])
    """
    sizes, place = np.unique(n, return_inverse=True)
    noisy = found.between + found.within / sizes[:, None, None].astype(float)
    weight = found.between @ np.linalg.pinv(noisy, hermitian=True)
    left = found.between - weight @ found.between
    lengths, turns = np.linalg.eigh((left + np.swapaxes(left, 1, 2)) / 2)
    root = turns * np.sqrt(np.maximum(lengths, 0))[:, None, :]
    guesses = centre + np.einsum("aij,aj->ai", weight[place], means - centre)
    return guesses, guesses + np.einsum("aij,daj->dai", root[place], normals)
