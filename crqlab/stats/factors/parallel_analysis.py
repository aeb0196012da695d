"""How many factors: more than chance would show, and no more than the items share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.cluster_draws import stream
from crqlab.stats.defaults import SEED
from crqlab.stats.items import complete, correlated, regular

DRAWS, SWEEPS, SETTLED, TINY = 500, 200, 1e-4, 1e-12
MOST = np.sqrt(0.995)  # an item keeps a little variance of its own


@dataclass(frozen=True, slots=True, eq=False)
class ParallelAnalysis(Result):
    """Eigenvalues of the items beside those of as many items that share nothing.

    Attributes
    ----------
    table : DataFrame, one row per rank
        ``rank``, ``eigenvalue`` of the correlations, ``mean`` and ``chance`` (the quantile)
        over random data, ``retained``; the same for common factors: ``factor_eigenvalue`` (of
        the correlations with the communalities of one factor on the diagonal),
        ``factor_mean``, ``factor_chance``, ``factor_retained``; ``flag``.
    components, factors : int
        How many leading eigenvalues lie above chance.
    quantile : float
        Of the random eigenvalues, in (0, 1).
    n : int
        Complete respondents.
    notes : tuple of str
        Cautions as codes; empty when there are none.
    """

    table: pd.DataFrame
    components: int
    factors: int
    quantile: float
    n: int
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        sentence = (
            f"{self.components} of {len(self.table)} components and {self.factors} common "
            f"factors lie above the {self.quantile:.0%} quantile of chance, "
            f"n = {self.n} respondents"
        )
        return "; ".join([sentence, *map(plain, self.notes)])


def parallel(
    data: pd.DataFrame, *, draws: int = DRAWS, quantile: float = 0.95, seed: int = SEED
) -> ParallelAnalysis:
    """Count the factors that are stronger than chance (Horn's parallel analysis).

    Random correlation matrices of as many items and respondents come straight from the Wishart
    distribution, so that the work does not grow with the respondents.

    Parameters
    ----------
    data : DataFrame, shape (respondents, items)
        Answers in scale points; respondents with a gap are left out.
    draws, seed : int
        Random data sets, and their seed.
    quantile : float
        Of the random eigenvalues that an observed one must exceed, in (0, 1).

    Returns
    -------
    ParallelAnalysis

    Raises
    ------
    EstimateError
        Fewer than three items, no more respondents than items, text, a constant item, items
        that follow exactly from others, or a quantile that is no share.

    References
    ----------
    Horn (1965), Psychometrika 30, 179-185: against chance.
    Glorfeld (1995), Educational and Psychological Measurement 55, 377-393: the 95 % quantile.
    Humphreys & Ilgen (1969), Educational and Psychological Measurement 29, 571-578: factors,
    here with the communalities of one factor, as in R's psych.
    Smith & Hocking (1972), Applied Statistics 21, 341-345: Wishart matrices by triangles.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], size=400)
    >>> answers = latent[:, [0, 0, 0, 1, 1, 1]] * 0.8 + rng.normal(size=(400, 6)) * 0.6
    >>> print(parallel(pd.DataFrame(answers)))
    2 of 6 components and 2 common factors lie above the 95% quantile of chance, n = 400 ...
    """
    if not 0 < quantile < 1 or draws < 1:
        raise EstimateError(
            f"quantile= is {quantile} and draws= {draws}; expected a share between 0 and 1 and "
            "at least one draw. Use 0.95 and 500."
        )
    answers = complete(data, least=3, asks="parallel analysis")
    observed = regular(answers, "parallel analysis")
    n, k = answers.matrix.shape
    random = _random(n, k, draws, seed)
    table = pd.DataFrame({"rank": np.arange(1, k + 1)})
    counts = []
    for prefix, turned in (("", lambda matrix: matrix), ("factor_", _reduced)):
        eigenvalue = np.linalg.eigvalsh(turned(observed))[::-1]
        drawn = np.linalg.eigvalsh(turned(random))[:, ::-1]
        chance = np.quantile(drawn, quantile, axis=0)
        retained = np.logical_and.accumulate(eigenvalue > chance)
        table[f"{prefix}eigenvalue"] = eigenvalue
        table[f"{prefix}mean"] = drawn.mean(axis=0)
        table[f"{prefix}chance"] = chance
        table[f"{prefix}retained"] = retained
        counts.append(int(retained.sum()))
    flag = np.where(table["retained"] == table["factor_retained"], "ok", "counts_differ")
    return ParallelAnalysis(table.assign(flag=flag), *counts, quantile, n, answers.notes)


def minimum_average_partial(data: pd.DataFrame) -> pd.DataFrame:
    """Count components by what partialling them out leaves behind (Velicer's MAP).

    Parameters
    ----------
    data : DataFrame, shape (respondents, items)
        Answers in scale points; respondents with a gap are left out.

    Returns
    -------
    DataFrame, one row per number of components from 0
        ``components``, ``average`` (mean squared partial correlation between items), ``least``
        (True where the average is smallest: that many components), ``n`` respondents, ``flag``.

    Raises
    ------
    EstimateError
        Fewer than three items, no more respondents than items, text, a constant item, or
        items that follow exactly from others.

    References
    ----------
    Velicer (1976), Psychometrika 41, 321-327.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], size=400)
    >>> answers = latent[:, [0, 0, 0, 1, 1, 1]] * 0.8 + rng.normal(size=(400, 6)) * 0.6
    >>> minimum_average_partial(pd.DataFrame(answers)).query("least")["components"].item()
    2
    """
    answers = complete(data, least=3, asks="MAP")
    r = regular(answers, "MAP")
    k = len(r)
    values, vectors = np.linalg.eigh(r)
    axes = (vectors * np.sqrt(values))[:, ::-1]
    taken = np.cumsum(axes.T[:, :, None] * axes.T[:, None, :], axis=0)[: k - 2]
    left = correlated(np.concatenate([r[None], r - taken]))
    average = ((left**2).sum(axis=(1, 2)) - k) / (k * (k - 1))
    counts = np.arange(len(average))
    table = pd.DataFrame({"components": counts, "average": average})
    flag = joined(answers.notes)
    return table.assign(least=counts == average.argmin(), n=len(answers.matrix), flag=flag)


def _random(n: int, k: int, draws: int, seed: int) -> NDArray:
    """Correlation matrices of n normal respondents to k unrelated items."""
    rng = stream(seed, ("parallel", n, k))
    triangle = np.tril(rng.normal(size=(draws, k, k)), -1)
    diagonal = np.arange(k)
    triangle[:, diagonal, diagonal] = np.sqrt(rng.chisquare(n - 1 - diagonal, size=(draws, k)))
    return correlated(triangle @ triangle.swapaxes(1, 2))


def _reduced(correlations: NDArray) -> NDArray:
    """Put the communalities of one common factor on the diagonal.

    The factor comes from minres in its first form: each loading in turn by least squares, given
    the others, for all matrices at once.
    """
    k = correlations.shape[-1]
    stack = correlations.reshape(-1, k, k) - np.eye(k)
    values, vectors = np.linalg.eigh(stack + _explained(correlations).reshape(-1, k, k))
    loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.01))
    for _ in range(SWEEPS):
        before = loadings.copy()
        for item in range(k):
            others = (loadings**2).sum(axis=1) - loadings[:, item] ** 2
            pull = np.einsum("dj,dj->d", stack[:, item], loadings)
            loadings[:, item] = np.clip(pull / np.maximum(others, TINY), -MOST, MOST)
        if np.abs(loadings - before).max() < SETTLED:
            break
    reduced = stack + (loadings**2)[:, :, None] * np.eye(k)
    return reduced.reshape(correlations.shape)


def _explained(correlations: NDArray) -> NDArray:
    """Each item's squared multiple correlation with the others, on a diagonal."""
    unique = 1 / np.diagonal(np.linalg.inv(correlations), axis1=-2, axis2=-1)
    return (1 - unique)[..., None] * np.eye(correlations.shape[-1])
