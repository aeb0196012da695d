"""Whether a solution can be believed, and if not, which item or construct spoils it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crqlab.base.contracts.cautions import code, codes
from crqlab.stats.factors.implied import implied, matrices
from crqlab.stats.factors.model import PSI, THETA, Model

TINY = 1e-12
IMPROPER = frozenset(
    f"{name}{where}"
    for name in (
        "negative_residual_variance",
        "negative_construct_variance",
        "constructs_correlate_beyond_one",
        "construct_explained_by_others",
    )
    for where in ("", "_in_group")
)


def cautions(model: Model, theta: NDArray, labels: Sequence[str]) -> list[str]:
    """What is improper in a solution, as codes that name the culprit.

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
    ['{"code": "negative_residual_variance", "item": "t3", "value": -0.5}']
    """
    values, found = model.values(theta), []
    for g, label in enumerate(labels):
        group = None if model.n_groups == 1 else label
        filled = matrices(model, values, g)
        found += negative_residuals(np.diag(filled[THETA]), model.items, group)
        variances = np.diag(filled[PSI])
        found += [
            _of(group, "negative_construct_variance", construct=str(name), value=_short(value))
            for name, value in zip(model.constructs, variances, strict=True)
            if value < -TINY
        ]
        if (variances >= 0).all():
            latent = implied(model, values, g).latent
            found += _indefinite(latent, model.constructs, group)
    return found


def negative_residuals(
    variances: NDArray, items: Sequence[str], group: str | None = None
) -> list[str]:
    """Return a code for each item with a negative residual variance.

    Examples
    --------
    >>> negative_residuals(np.array([0.4, -0.0312345]), ["t1", "t2"])
    ['{"code": "negative_residual_variance", "item": "t2", "value": -0.0312}']
    """
    return [
        _of(group, "negative_residual_variance", item=str(item), value=_short(value))
        for item, value in zip(items, variances, strict=True)
        if value < -TINY
    ]


def is_improper(caution: str) -> bool:
    """Whether a caution says that a solution is improper.

    Examples
    --------
    >>> is_improper('{"code": "negative_residual_variance", "item": "t3", "value": -0.5}')
    True
    >>> is_improper("not_converged")
    False
    """
    return any(one["code"] in IMPROPER for one in codes(caution))


def _of(group: str | None, name: str, **facts: object) -> str:
    """One code of a solution, or of one group's part of it."""
    return code(name, **facts) if group is None else code(f"{name}_in_group", **facts, group=group)


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _indefinite(latent: NDArray, names: Sequence[str], group: str | None) -> list[str]:
    """Name the pair that correlates beyond one, or the construct the others predict too well."""
    scale = np.sqrt(np.maximum(np.diag(latent), TINY))
    r = latent / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(r)
    if values[0] >= -TINY:
        return []
    apart = np.abs(np.tril(r, -1))
    i, j = np.unravel_index(apart.argmax(), apart.shape)
    if apart[i, j] > 1:
        pair = {"left": str(names[j]), "right": str(names[i])}
        correlation = round(float(r[i, j]), 3)
        return [_of(group, "constructs_correlate_beyond_one", **pair, correlation=correlation)]
    name = str(names[int(np.abs(vectors[:, 0]).argmax())])
    return [_of(group, "construct_explained_by_others", construct=name)]
