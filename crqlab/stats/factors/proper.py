"""Whether a solution can be believed, and if not, which item or construct spoils it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.stats.factors.implied import implied, matrices
from crqlab.stats.factors.model import PSI, THETA, Model

TINY = 1e-12


def cautions(model: Model, theta: NDArray, labels: Sequence[str]) -> list[str]:
    """What is improper in a solution, in words that name the culprit.

    Parameters
    ----------
    model : Model
    theta : array, shape (free,)
    labels : sequence of str
        Names of the groups.

    Returns
    -------
    list of str
        Negative variances (Heywood cases) and covariance matrices of constructs or residuals
        that are not positive definite; empty when the solution is proper.

    References
    ----------
    Chen, Bollen, Paxton, Curran & Kirby (2001), Sociological Methods & Research 29, 468-508.

    Examples
    --------
    >>> from crqlab.stats.factors.model import specify
    >>> trust = specify({"trust": ["t1", "t2", "t3"]})
    >>> cautions(trust, np.array([0.5, 2.0, 1.0, 1.0, 0.75, -0.5]), ["all"])
    ["improper: negative residual variance of item 't3' (-0.5)"]
    """
    values, found = model.values(theta), []
    for g, label in enumerate(labels):
        where = "" if model.n_groups == 1 else f" in group {label!r}"
        filled = matrices(model, values, g)
        found += _negative(np.diag(filled[THETA]), model.items, "residual variance of item", where)
        found += _negative(np.diag(filled[PSI]), model.constructs, "variance of construct", where)
        latent = implied(model, values, g).latent
        if (np.diag(filled[PSI]) >= 0).all():
            found += _indefinite(latent, model.constructs, where)
    return [f"improper: {caution}" for caution in found]


def _negative(variances: NDArray, names: Sequence[str], what: str, where: str) -> list[str]:
    return [
        f"negative {what} {name!r} ({value:.3g}){where}"
        for name, value in zip(names, variances, strict=True)
        if value < -TINY
    ]


def _indefinite(latent: NDArray, names: Sequence[str], where: str) -> list[str]:
    """Name the pair that correlates beyond one, or the construct the others predict too well."""
    scale = np.sqrt(np.maximum(np.diag(latent), TINY))
    r = latent / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(r)
    if values[0] >= -TINY:
        return []
    apart = np.abs(np.tril(r, -1))
    i, j = np.unravel_index(apart.argmax(), apart.shape)
    if apart[i, j] > 1:
        culprit = f"{names[j]!r} and {names[i]!r} correlate {r[i, j]:.3f}"
    else:
        name = names[int(np.abs(vectors[:, 0]).argmax())]
        culprit = f"{name!r} is more than explained by the others"
    return [f"covariance of the constructs is not positive definite, {culprit}{where}"]
