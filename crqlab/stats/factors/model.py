"""Which parameters a factor model has: one row each, shared by whoever fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqlab.base.errors import EstimateError

LAMBDA, BETA, PSI, THETA, NU, ALPHA = range(6)
OPERATORS = np.array(["=~", "=~", "~~", "~~", "~1", "~1"])
FIXED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A confirmatory factor model as a table of parameters, held in arrays.

    With p items, m constructs (second-order ones last) and in each group

        Sigma = Lambda A Psi A' Lambda' + Theta,  mu = nu + Lambda A alpha,  A = (I - B)^-1,

    every row of the table is one cell of one of the six matrices. ``B`` (written BETA) holds
    second-order loadings: ``row`` is the construct that is loaded on, ``col`` the second-order
    factor.

    Attributes
    ----------
    constructs, items : tuple of str
        Order of the rows and columns of the matrices.
    n_groups : int
        Groups that are fitted together.
    means : bool
        Whether ``nu`` and ``alpha`` are part of the model.
    kind : int array, one element per parameter
        LAMBDA, BETA, PSI, THETA, NU or ALPHA.
    row, col, group : int array
        Where the parameter stands; PSI and THETA once per pair, ``row <= col``.
    free : int array
        Index into the vector of free parameters, or FIXED; equal parameters share an index.
    fixed : float array
        Value of a fixed parameter.
    """

    constructs: tuple[str, ...]
    items: tuple[str, ...]
    n_groups: int
    means: bool
    kind: NDArray
    row: NDArray
    col: NDArray
    group: NDArray
    free: NDArray
    fixed: NDArray

    @property
    def n_free(self) -> int:
        """How many parameters are estimated."""
        return int(self.free.max()) + 1

    def values(self, theta: NDArray) -> NDArray:
        """Value of every row, given the free parameters."""
        return np.where(self.free >= 0, theta[np.maximum(self.free, 0)], self.fixed)

    def membership(self) -> NDArray:
        """Matrix of shape (rows, free) that is 1 where a row holds a free parameter."""
        return (self.free[:, None] == np.arange(self.n_free)).astype(float)

    def table(self) -> pd.DataFrame:
        """The parameters in words: ``lhs``, ``op``, ``rhs``, ``group``, ``free``."""
        item, latent = np.array(self.items, object), np.array(self.constructs, object)
        theta = np.isin(self.kind, (THETA, NU))
        loads = np.isin(self.kind, (LAMBDA, BETA))
        row = np.where(theta | (self.kind == LAMBDA), _at(item, self.row), _at(latent, self.row))
        col = np.where(theta, _at(item, self.col), _at(latent, self.col))
        mean = np.isin(self.kind, (NU, ALPHA))
        return pd.DataFrame(
            {
                "lhs": np.where(loads, col, row),
                "op": OPERATORS[self.kind],
                "rhs": np.where(mean, "", np.where(loads, row, col)),
                "group": self.group,
                "free": self.free,
            }
        )

    def extended(self, rows: pd.DataFrame) -> Model:
        """The same model with more parameters: columns ``kind``, ``row``, ``col``, ``group``.

        They are fixed at 0, so the fit is unchanged; their derivatives tell what freeing
        them would do.
        """
        extra = {name: rows[name].to_numpy(np.int64) for name in ("kind", "row", "col", "group")}
        extra["free"] = np.full(len(rows), FIXED)
        extra["fixed"] = np.zeros(len(rows))
        joined = {name: np.concatenate([getattr(self, name), add]) for name, add in extra.items()}
        return Model(self.constructs, self.items, self.n_groups, self.means, **joined)


def _at(names: NDArray, index: NDArray) -> NDArray:
    return names[np.minimum(index, len(names) - 1)]


def specify(
    model: Mapping[str, Sequence[str]],
    *,
    second_order: str | Mapping[str, Sequence[str]] | None = None,
    n_groups: int = 1,
    means: bool = False,
    equal: Sequence[str] = (),
    loose: Sequence[tuple[str, str]] = (),
    residuals: bool = True,
) -> Model:
    """Write down the parameters of a confirmatory factor model.

    The first item of a construct has loading 1; exogenous constructs covary freely; the
    residual of a construct's only item is 0.

    Parameters
    ----------
    model : mapping of str to sequence of str
        Items of each construct; an item may load on several.
    second_order : str or mapping, optional
        Name of one factor above all constructs, or the constructs of each such factor.
    n_groups : int
        Groups that are fitted together.
    means : bool
        Model the item means: free intercepts, latent means 0 (free from the second group on
        when intercepts are equal).
    equal : sequence of str
        What is the same in all groups: ``"loadings"``, ``"intercepts"``, ``"residuals"``.
    loose : sequence of (str, str)
        Exceptions from ``equal``: its word and an item.
    residuals : bool
        Whether residual variances are parameters (for ordinal items they are not).

    Returns
    -------
    Model

    Raises
    ------
    EstimateError
        An empty construct, a repeated item or an unknown construct.

    Examples
    --------
    >>> specify({"trust": ["t1", "t2", "t3"]}).table()
         lhs  op rhs  group  free
    0  trust  =~  t1      0    -1
    1  trust  =~  t2      0     0
    2  trust  =~  t3      0     1
    3  trust  ~~  trust   0     2
    4     t1  ~~  t1      0     3
    5     t2  ~~  t2      0     4
    6     t3  ~~  t3      0     5
    """
    check_model(model)
    model = {str(name): [str(item) for item in items] for name, items in model.items()}
    higher = _higher(model, second_order)
    check_model(model, higher)
    items = tuple(dict.fromkeys(item for of in model.values() for item in of))
    constructs = (*model, *higher)
    cells = _cells(model, higher, items, constructs, means, residuals)
    free_mean = means and "intercepts" in equal
    rows = [(g, *cell) for g in range(n_groups) for cell in cells]
    free, fixed, seen = [], [], {}
    for g, kind, row, col, value in rows:
        if kind == ALPHA and free_mean and g > 0:
            value = np.nan
        key = (kind, row, col, 0 if _shared(kind, items, row, equal, loose) else g)
        free.append(seen.setdefault(key, len(seen)) if np.isnan(value) else FIXED)
        fixed.append(0.0 if np.isnan(value) else value)
    group, kind, row, col = np.array([r[:4] for r in rows], dtype=np.int64).T
    return Model(
        constructs, items, n_groups, means, kind, row, col, group, np.array(free), np.array(fixed)
    )


def _shared(kind, items, row, equal, loose) -> bool:
    word = {LAMBDA: "loadings", BETA: "loadings", NU: "intercepts", THETA: "residuals"}.get(kind)
    return word in equal and not (kind != BETA and (word, items[row]) in loose)


def _cells(model, higher, items, constructs, means, residuals) -> list[tuple]:
    """Matrix cells of one group with their fixed value, missing where they are free."""
    at, above = items.index, constructs.index
    free = np.nan
    cells = [
        (LAMBDA, at(item), above(name), 1.0 if i == 0 else free)
        for name, of in model.items()
        for i, item in enumerate(of)
    ]
    cells += [
        (BETA, above(name), above(top), 1.0 if i == 0 else free)
        for top, of in higher.items()
        for i, name in enumerate(of)
    ]
    below = {name for of in higher.values() for name in of}
    exogenous = [above(name) for name in constructs if name not in below]
    cells += [(PSI, j, j, free) for j in range(len(constructs))]
    cells += [(PSI, j, k, free) for j in exogenous for k in exogenous if j < k]
    single = {of[0] for of in model.values() if len(of) == 1}
    if residuals:
        cells += [(THETA, i, i, 0.0 if item in single else free) for i, item in enumerate(items)]
    if means:
        cells += [(NU, i, 0, free) for i in range(len(items))]
        cells += [(ALPHA, j, 0, 0.0) for j in range(len(constructs))]
    return cells


def _higher(model, second_order) -> dict[str, list[str]]:
    if second_order is None:
        return {}
    if isinstance(second_order, str):
        return {second_order: list(model)}
    return {str(name): [str(of) for of in below] for name, below in second_order.items()}


def check_model(
    model: Mapping[str, Sequence[str]], higher: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Refuse a model that cannot be written down.

    Examples
    --------
    >>> check_model({"trust": ["t1", "t1"]})
    Traceback (most recent call last):
    crqlab.base.errors.EstimateError: model= lists 't1' twice in 'trust'; ...
    """
    higher = higher or {}
    if not isinstance(model, Mapping) or not model:
        raise EstimateError(
            f"model= is {model!r}, which has no construct; give {{'trust': ['tru_1', …], …}}."
        )
    for name, items in (*model.items(), *higher.items()):
        if isinstance(items, str):
            raise EstimateError(
                f"model= has the text {items!r} for {name!r}; give a list of items."
            )
        twice = [item for i, item in enumerate(items) if item in list(items)[:i]]
        if twice:
            raise EstimateError(
                f"model= lists {twice[0]!r} twice in {name!r}; every item counts once. "
                "Remove the repetition."
            )
        if not len(items):
            raise EstimateError(
                f"model= has no item for {name!r}; a construct needs items. Remove or fill it."
            )
    for top, below in higher.items():
        strange = [name for name in below if name not in model]
        if strange or top in model:
            raise EstimateError(
                f"second_order= has {strange[0] if strange else top!r}, which "
                f"{'is no' if strange else 'is already a'} construct of model=; its constructs "
                f"are {', '.join(model)}. Use those below and a new name above."
            )
