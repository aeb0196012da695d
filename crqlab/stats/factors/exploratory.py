"""Factors that the items themselves suggest: exploratory factor analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize

from crqlab.base.contracts.cautions import OK, code, joined, plain
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.stats.factors import indices
from crqlab.stats.factors.rotation import ROTATIONS, rotated
from crqlab.stats.items import Answers, complete, regular

LEAST_UNIQUE = 0.005
METHODS = {"ml": "maximum likelihood", "minres": "least squares of residuals"}


@dataclass(frozen=True, slots=True, eq=False)
class EfaFit(Result):
    """A few factors behind many items, none of them named in advance.

    Attributes
    ----------
    loadings : DataFrame, items x factors
        Standardised weights of each factor in each item, in about [-1, 1]; factors are called
        ``f1``, ``f2`` ... by their weight, each turned to load positively.
    correlations : DataFrame, factors x factors
        Between the factors; the identity for ``"varimax"`` and ``"none"``.
    communalities : Series by item
        Share of each item's variance that the factors explain, in [0, 1].
    variance : DataFrame, one row per factor
        ``factor``, ``ss_loadings`` (variance explained, in items), ``share`` of all variance,
        ``cumulative``.
    fit : mapping
        ``chi2`` (Bartlett-corrected), ``df``, ``p``, ``tli``, ``rmsea`` with ``rmsea_low`` and
        ``rmsea_high`` (90 %), ``srmr``, ``bic`` (chi2 - df log n), ``n`` respondents.
    rotation, method : str
        As asked for.
    flag : str
        ``"ok"`` or cautions as codes.
    """

    loadings: pd.DataFrame
    correlations: pd.DataFrame
    communalities: pd.Series
    variance: pd.DataFrame
    fit: Mapping[str, float]
    rotation: str
    method: str
    flag: str

    @property
    def table(self) -> pd.DataFrame:
        """One row per item and factor: ``item``, ``factor``, ``loading``, ``communality``."""
        long = self.loadings.rename_axis("item").reset_index()
        long = long.melt(id_vars="item", var_name="factor", value_name="loading")
        return long.assign(communality=long["item"].map(self.communalities), flag=self.flag)

    def __str__(self) -> str:
        items, factors = self.loadings.shape
        explained = self.variance["share"].sum()
        words = "factor explains" if factors == 1 else "factors explain"
        sentence = (
            f"{factors} {words} {explained:.0%} of the variance of {items} items "
            f"({METHODS[self.method]}, rotation {self.rotation}), "
            f"RMSEA {self.fit['rmsea']:.3f}, n = {self.fit['n']} respondents"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def efa(
    data: pd.DataFrame, factors: int, *, rotation: str = "oblimin", method: str = "ml"
) -> EfaFit:
    """Explain the correlations of many items by a few factors.

    The correlations R of p items are taken as L Phi L' + U, with loadings L of the items on
    the factors, correlations Phi between factors and uniquenesses U on the diagonal. U
    minimises log|Sigma| + tr(R Sigma^-1) (``"ml"``) or the squared residual correlations
    (``"minres"``); the frame of L is then chosen by the rotation.

    Parameters
    ----------
    data : DataFrame, shape (respondents, items)
        Answers in scale points; respondents with a gap are left out.
    factors : int
        How many factors; see `parallel`.
    rotation : str
        ``"oblimin"`` (quartimin, factors correlate), ``"promax"``, ``"varimax"`` (factors
        uncorrelated) or ``"none"``.
    method : str
        ``"ml"`` or ``"minres"`` (steadier when items are far from normal).

    Returns
    -------
    EfaFit

    Raises
    ------
    EstimateError
        More factors than the correlations can carry, no more respondents than items, text, a
        constant item, or items that follow exactly from others.
    CrqError
        An unknown rotation or method.

    References
    ----------
    Jöreskog (1967), Psychometrika 32, 443-482: maximum likelihood in U alone.
    Harman & Jones (1966), Psychometrika 31, 351-368: minres.
    Bartlett (1951), Biometrika 38, 337-344: the factor of chi-square.
    Tucker & Lewis (1973), Psychometrika 38, 1-10; Steiger & Lind (1980): TLI and RMSEA.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=2000)
    >>> answers = latent[:, [0, 0, 0, 1, 1, 1]] * 0.8 + rng.normal(size=(2000, 6)) * 0.6
    >>> found = efa(pd.DataFrame(answers, columns=[*"abcxyz"]), 2)
    >>> print(found)
    2 factors explain 64% of the variance of 6 items (maximum likelihood, ...
    """
    one_of("method=", method, list(METHODS))
    one_of("rotation=", rotation, list(ROTATIONS))
    answers = complete(data, least=3, asks="a factor analysis")
    correlation = regular(answers, "a factor analysis")
    df = _freedom(len(correlation), factors)
    unique, found = extracted(correlation, factors, method=method)
    frame = rotated(found, rotation)
    names = [f"f{number + 1}" for number in range(factors)]
    communal = 1 - _own_residual(frame.loadings, frame.correlations)
    fit = _fit(correlation, found, 1 - communal, len(answers.matrix), df)
    flag = _flag(unique, frame.converged, answers)
    return EfaFit(
        pd.DataFrame(frame.loadings, index=list(answers.names), columns=names),
        pd.DataFrame(frame.correlations, index=names, columns=names),
        pd.Series(communal, index=list(answers.names), name="communality"),
        _variance(frame.loadings, frame.correlations, names),
        fit, rotation, method, flag,
    )  # fmt: skip


def extracted(correlation: NDArray, factors: int, *, method: str) -> tuple[NDArray, NDArray]:
    """Uniquenesses and loadings in their principal frame.

    Examples
    --------
    >>> exact = np.outer([0.8, 0.7, 0.6, 0.5], [0.8, 0.7, 0.6, 0.5])
    >>> np.fill_diagonal(exact, 1)
    >>> extracted(exact, 1, method="ml")[1].ravel().round(4)
    array([0.8, 0.7, 0.6, 0.5])
    """
    k = len(correlation)
    start = np.clip((1 - factors / k / 2) / np.diagonal(np.linalg.inv(correlation)), 0.01, 0.99)
    objective, loadings = {"ml": (_ml, _ml_loadings), "minres": (_minres, _axes)}[method]
    found = minimize(
        objective, start, args=(correlation, factors), jac=True, method="L-BFGS-B",
        bounds=[(LEAST_UNIQUE, 1)] * k,
        options={"maxiter": 2000, "maxfun": 5000, "ftol": 1e-16, "gtol": 1e-10, "maxcor": 30},
    )  # fmt: skip
    axes = loadings(found.x, correlation, factors)
    return found.x, axes * np.where(axes.sum(axis=0) < 0, -1, 1)


def _ml_loadings(unique: NDArray, correlation: NDArray, factors: int) -> NDArray:
    root = np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    values, vectors = values[::-1][:factors], vectors[:, ::-1][:, :factors]
    return root[:, None] * vectors * np.sqrt(np.maximum(values - 1, 0))


def _ml(unique: NDArray, correlation: NDArray, factors: int) -> tuple[float, NDArray]:
    """Discrepancy left by the small roots, given the uniquenesses, and its slope."""
    root = np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    small, large = values[: len(values) - factors], values[len(values) - factors :]
    axes = root[:, None] * vectors[:, len(values) - factors :] * np.sqrt(np.maximum(large - 1, 0))
    slope = ((axes**2).sum(axis=1) + unique - np.diagonal(correlation)) / unique**2
    return float((small - np.log(small) - 1).sum()), slope


def _axes(unique: NDArray, correlation: NDArray, factors: int) -> NDArray:
    values, vectors = np.linalg.eigh(correlation - np.diag(unique))
    values, vectors = values[::-1][:factors], vectors[:, ::-1][:, :factors]
    return vectors * np.sqrt(np.maximum(values, 0))


def _minres(unique: NDArray, correlation: NDArray, factors: int) -> tuple[float, NDArray]:
    axes = _axes(unique, correlation, factors)
    residual = correlation - np.diag(unique) - axes @ axes.T
    return float((residual**2).sum() / 2), -np.diagonal(residual)


def _freedom(items: int, factors: int) -> int:
    df = ((items - factors) ** 2 - items - factors) // 2
    if factors < 1 or df < 0:
        most = next(m for m in range(items, -1, -1) if (items - m) ** 2 >= items + m)
        raise EstimateError(
            f"factors= is {factors} for {items} items; their correlations carry 1 to {most}. "
            "Ask for fewer factors, or add items."
        )
    return df


def _own_residual(loadings: NDArray, correlations: NDArray) -> NDArray:
    return 1 - np.einsum("if,fg,ig->i", loadings, correlations, loadings)


def _variance(loadings: NDArray, correlations: NDArray, names: list[str]) -> pd.DataFrame:
    explained = np.diagonal(correlations @ loadings.T @ loadings)
    share = explained / len(loadings)
    return pd.DataFrame(
        {"factor": names, "ss_loadings": explained, "share": share, "cumulative": share.cumsum()}
    )


def _fit(
    correlation: NDArray, loadings: NDArray, unique: NDArray, n: int, df: int
) -> dict[str, float]:
    k, factors = loadings.shape
    implied = loadings @ loadings.T + np.diag(unique)
    ratio = np.linalg.solve(implied, correlation)
    corrected = n - 1 - (2 * k + 5) / 6
    statistic = float(np.trace(ratio) - np.linalg.slogdet(ratio)[1] - k)
    statistic *= corrected - 2 * factors / 3
    null, null_df = float(-np.linalg.slogdet(correlation)[1] * corrected), k * (k - 1) // 2
    low, high = indices.rmsea_ends(statistic, df, n)
    residual = (correlation - implied)[np.triu_indices(k)]
    return {
        "chi2": statistic,
        "df": df,
        "p": indices.p_value(statistic, df),
        "tli": indices.tli(statistic, df, null, null_df),
        "rmsea": indices.rmsea(statistic, df, n),
        "rmsea_low": low,
        "rmsea_high": high,
        "srmr": float(np.sqrt((residual**2).mean())),
        "bic": statistic - df * float(np.log(n)),
        "n": n,
    }


def _flag(unique: NDArray, converged: bool, answers: Answers) -> str:
    cautions = []
    at_bound = unique <= LEAST_UNIQUE * (1 + 1e-6)
    if at_bound.any():
        names = ", ".join(str(answers.names[i]) for i in np.flatnonzero(at_bound))
        cautions.append(code("no_own_variance", items=names))
    if not converged:
        cautions.append("rotation_not_settled")
    return joined([*cautions, *answers.notes])
