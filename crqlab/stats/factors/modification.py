"""What would change if a parameter that is held back were set free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.stats.factors.implied import implied, slope
from crqlab.stats.factors.ml import row_information
from crqlab.stats.factors.model import BETA, LAMBDA, PSI, THETA, Model
from crqlab.stats.factors.normal import misfit
from crqlab.stats.factors.sample import Sample
from crqlab.stats.factors.standard import scales

COLUMNS = ["lhs", "op", "rhs", "mi", "epc", "epc_std"]
LEAST = 1e-8


def modification(
    model: Model, groups: Sequence[Sample], theta: NDArray, labels: Sequence[str]
) -> pd.DataFrame:
    """Modification indices of all loadings and covariances that the model leaves at 0.

    For a parameter with slope g and information i, and the free ones I, j = I cross,

        mi = N g^2 / (i - j' I^-1 j),  epc = -g / (i - j' I^-1 j):

    the expected fall of chi-square and the expected value, were it free.

    Parameters
    ----------
    model : Model
    groups : sequence of Sample
    theta : array, shape (free,)
    labels : sequence of str

    Returns
    -------
    DataFrame, largest ``mi`` first
        ``lhs``, ``op``, ``rhs``, ``mi``, ``epc`` (own units), ``epc_std``; with several groups
        also ``group``.

    References
    ----------
    Sörbom (1989), Psychometrika 54, 371-384.
    """
    wider = model.extended(candidates(model))
    new = np.arange(len(model.kind), len(wider.kind))
    mi, epc = gains(wider, groups, theta, new)
    scale = scales(wider, wider.values(theta))[new]
    table = wider.table().iloc[new].assign(mi=mi, epc=epc, epc_std=epc * scale)
    table["group"] = np.array(labels, dtype=object)[table["group"]]
    table = table[np.isfinite(table["mi"])].sort_values("mi", ascending=False, kind="stable")
    kept = [*COLUMNS[:3], *["group"] * (model.n_groups > 1), *COLUMNS[3:]]
    return table[kept].reset_index(drop=True)


def gains(
    model: Model, groups: Sequence[Sample], theta: NDArray, rows: NDArray
) -> tuple[NDArray, NDArray]:
    """Modification index and expected change of given rows of the table, one at a time.

    A row that shares its parameter with others is freed from them.

    Parameters
    ----------
    model : Model
    groups : sequence of Sample
    theta : array, shape (free,)
    rows : int array

    Returns
    -------
    (array, array), each of shape (rows,)
    """
    values, member = model.values(theta), model.membership()
    total, n_rows = sum(sample.n for sample in groups), len(model.kind)
    gradient, cross = np.zeros(n_rows), np.zeros((n_rows, model.n_free))
    own, inner = np.zeros(n_rows), np.zeros((model.n_free, model.n_free))
    for g, sample in enumerate(groups):
        of = implied(model, values, g)
        mu = of.mu if model.means else sample.mean
        _, spread, centre = misfit(sample, of.sigma, mu)
        share, here = sample.n / total, member[of.rows]
        info = share * row_information(model, sample, of)
        gradient[of.rows] = share * slope(of, spread, centre)
        cross[of.rows] = info @ here
        own[of.rows] = np.diag(info)
        inner += here.T @ cross[of.rows]
    left = own[rows] - np.einsum("ij,ij->i", cross[rows], _solve(inner, cross[rows].T).T)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(left > LEAST * own[rows], left, np.nan)
        return total * gradient[rows] ** 2 / left, -gradient[rows] / left


def _solve(inner: NDArray, right: NDArray) -> NDArray:
    try:
        return np.linalg.solve(inner, right)
    except np.linalg.LinAlgError:
        return np.full_like(right, np.nan)


def candidates(model: Model) -> pd.DataFrame:
    """Cells that are not in the table: loadings, residual and latent covariances."""
    p, m = len(model.items), len(model.constructs)
    above = np.unique(model.col[model.kind == BETA])
    pairs = [(THETA, i, j) for i in range(p) for j in range(i + 1, p)]
    pairs += [
        (PSI, i, j) for i in range(m) for j in range(i + 1, m) if i not in above and j not in above
    ]
    pairs += [(LAMBDA, i, j) for i in range(p) for j in range(m)]
    there = set(zip(model.kind.tolist(), model.row.tolist(), model.col.tolist(), strict=True))
    new = [(*cell, g) for g in range(model.n_groups) for cell in pairs if cell not in there]
    return pd.DataFrame(new, columns=["kind", "row", "col", "group"])
