"""What a factor model implies: moments, and how they move with the parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.model import ALPHA, BETA, LAMBDA, NU, PSI, THETA, Model


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """Moments that one group's parameters imply, and their derivatives in factored form.

    With L = Lambda A and M = Lambda A Psi A', each derivative of Sigma has rank two,

        d Sigma / d t = c (l r' + r l'),    d mu / d t = s l,

    where l and r are columns of [I, L, M]: cell (i, j) of Lambda has l = e_i, r = M_j; of B has
    l = L_i, r = M_j; of Psi has l = L_i, r = L_j; of Theta has l = e_i, r = e_j (c is a half on
    the diagonals, else 1). Everything a fit needs follows from l and r without forming the
    Jacobian; `jacobian` forms it for those who want it.

    Attributes
    ----------
    sigma : array, shape (p, p)
    mu : array, shape (p,)
        Zero when the model has no means.
    latent : array, shape (m, m)
        Covariance of the constructs, A Psi A'.
    rows : int array
        Rows of the model's table that belong to this group, in the order of the next ones.
    left, right : array, shape (p, rows)
    factor, shift : array, shape (rows,)
        c and s.
    """

    sigma: NDArray
    mu: NDArray
    latent: NDArray
    rows: NDArray
    left: NDArray
    right: NDArray
    factor: NDArray
    shift: NDArray


def matrices(model: Model, values: NDArray, group: int = 0) -> dict[int, NDArray]:
    """Fill the six matrices of one group, keyed by LAMBDA, BETA, PSI, THETA, NU, ALPHA.

    Parameters
    ----------
    model : Model
    values : array, one element per row of the table
        See `Model.values`; complex numbers are welcome (complex-step derivatives).
    group : int

    Returns
    -------
    dict of arrays
    """
    p, m = len(model.items), len(model.constructs)
    shapes = {LAMBDA: (p, m), BETA: (m, m), PSI: (m, m), THETA: (p, p), NU: (p, 1), ALPHA: (m, 1)}
    here = model.group == group
    filled = {}
    for kind, shape in shapes.items():
        cells = here & (model.kind == kind)
        matrix = np.zeros(shape, dtype=values.dtype)
        matrix[model.row[cells], model.col[cells]] = values[cells]
        if kind in (PSI, THETA):
            matrix[model.col[cells], model.row[cells]] = values[cells]
        filled[kind] = matrix
    return filled


def implied(model: Model, values: NDArray, group: int = 0) -> Implied:
    """Moments of one group and their derivatives with respect to its rows.

    Parameters
    ----------
    model : Model
    values : array, one element per row of the table
    group : int

    Returns
    -------
    Implied

    Examples
    --------
    >>> from crqlab.stats.factors.model import specify
    >>> trust = specify({"trust": ["t1", "t2", "t3"]})
    >>> at = trust.values(np.array([0.5, 2.0, 1.0, 0.1, 0.2, 0.3]))
    >>> implied(trust, at).sigma
    array([[1.1 , 0.5 , 2.  ],
           [0.5 , 0.45, 1.  ],
           [2.  , 1.  , 4.3 ]])
    """
    filled = matrices(model, values, group)
    inner = filled[LAMBDA]
    latent, centre = filled[PSI], filled[ALPHA]
    p, m = inner.shape
    if filled[BETA].any():
        spread = np.linalg.inv(np.eye(m) - filled[BETA])
        inner, latent, centre = inner @ spread, spread @ latent @ spread.T, spread @ centre
    outer = filled[LAMBDA] @ latent
    rows = np.flatnonzero(model.group == group)
    kind, row, col = model.kind[rows], model.row[rows], model.col[rows]
    columns = np.hstack([np.eye(p), inner, outer])
    is_item = np.isin(kind, (LAMBDA, THETA, NU))
    loads = (kind == LAMBDA) | (kind == BETA)
    square = (kind == PSI) | (kind == THETA)
    means = (kind == NU) | (kind == ALPHA)
    left = np.where(is_item, row, p + row)
    right = np.where(loads, p + m + col, np.where(kind == PSI, p + col, col))
    return Implied(
        sigma=outer @ filled[LAMBDA].T + filled[THETA],
        mu=(filled[NU] + filled[LAMBDA] @ centre)[:, 0],
        latent=latent,
        rows=rows,
        left=columns[:, left],
        right=columns[:, right],
        factor=np.where(means, 0.0, np.where(square & (row == col), 0.5, 1.0)),
        shift=np.where(means, 1.0, np.where(loads, centre[np.where(loads, col, 0), 0], 0.0)),
    )


def jacobian(of: Implied) -> tuple[NDArray, NDArray]:
    """Derivatives of vech(Sigma) and mu with respect to the group's rows.

    Parameters
    ----------
    of : Implied

    Returns
    -------
    (array, array), shapes (p (p + 1) / 2, rows) and (p, rows)
        vech runs as ``np.tril_indices(p)``. Multiply by ``model.membership()[of.rows]`` for
        derivatives with respect to the free parameters.
    """
    i, j = np.tril_indices(len(of.sigma))
    spread = of.factor * (of.left[i] * of.right[j] + of.right[i] * of.left[j])
    return spread, of.shift * of.left


def information(of: Implied, weight: NDArray) -> NDArray:
    """Half the trace of W dSigma_a W dSigma_b plus dmu_a' W dmu_b, for all pairs of rows.

    With W = Sigma^-1 that is one respondent's expected information (normal likelihood). In
    factored form: c_a c_b [(l_a'W l_b)(r_a'W r_b) + (l_a'W r_b)(r_a'W l_b)] + s_a s_b l_a'W l_b.

    Parameters
    ----------
    of : Implied
    weight : array, shape (p, p)

    Returns
    -------
    array, shape (rows, rows)
    """
    half = weight @ of.left
    ll, rl = of.left.T @ half, of.right.T @ half
    rr = of.right.T @ (weight @ of.right)
    pairs = np.outer(of.factor, of.factor)
    return pairs * (ll * rr + rl * rl.T) + np.outer(of.shift, of.shift) * ll


def slope(of: Implied, spread: NDArray, centre: NDArray) -> NDArray:
    """Chain rule: sum(S * dSigma_a) + m' dmu_a for all rows.

    Parameters
    ----------
    of : Implied
    spread : array, shape (p, p)
        Derivative of a function with respect to every cell of Sigma, symmetric.
    centre : array, shape (p,)
        Its derivative with respect to mu.

    Returns
    -------
    array, shape (rows,)
    """
    along = (of.left * (spread @ of.right)).sum(axis=0)
    return 2 * of.factor * along + of.shift * (centre @ of.left)
