"""How much of what constructs share is the method of asking: a method factor and a marker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2 as chi2_law

from crqlab.base.contracts.cautions import OK, joined, plain
from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.factors.cfa_fit import cfa, fitted
from crqlab.stats.factors.implied import implied, matrices
from crqlab.stats.factors.model import FIXED, LAMBDA, PSI, THETA, Model, check_model
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.factors.sample import samples

METHOD = "method"
#: Which model each is tested against.
AGAINST = {"constant": "baseline", "free": "constant", "restricted": "free"}
Cell = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class MethodTest(Result):
    """Models with and without a method factor.

    Attributes
    ----------
    table : DataFrame, one row per model
        ``model``, ``chi2``, ``df``, ``cfi``, ``rmsea``, ``srmr``; ``against``, ``d_chi2``,
        ``d_df``, ``p`` (likelihood-ratio test), ``flag``. Without a marker: ``baseline`` (no
        method) and ``constant`` (one method loading for all items). With one also ``cfa`` (the
        marker a construct like others), ``free`` (a method loading for each item) and
        ``restricted`` (correlations of constructs held at those of the baseline).
    correlations : DataFrame, one row per pair of constructs
        ``left``, ``right``, ``without`` (baseline), ``with_method`` (in the model that ``kept``
        names), ``difference``.
    items : DataFrame, one row per item
        ``item``, ``construct``, ``loading`` and ``method_loading`` (standardised),
        ``method_share`` of its variance.
    kept : str
        The simplest model that is not rejected at 5 %.
    n : int
    flag : str
        Cautions of the models, as codes.
    """

    table: pd.DataFrame
    correlations: pd.DataFrame
    items: pd.DataFrame
    kept: str
    n: int
    flag: str

    def __str__(self) -> str:
        row = self.table.set_index("model").loc["constant"]
        p = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
        shift = self.correlations["difference"].abs().max() if len(self.correlations) else 0.0
        sentence = (
            f"method factor: chi-square {row['d_chi2']:.1f} on {row['d_df']:.0f} df, {p}; "
            f"{self.items['method_share'].mean():.0%} of the items' variance, correlations of "
            f"constructs move by {shift:.2f} at most; n = {self.n:,} respondents"
        )
        return sentence if self.flag == OK else f"{sentence}; {plain(self.flag)}"


def method_factor(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    marker: Sequence[str] | None = None,
) -> MethodTest:
    """Test whether all items share a method, beyond the constructs, and what that does to them.

    With ``marker``, items of a construct that has nothing to do with the others in substance
    (two or more) stand for the method. Without, one more factor, orthogonal to the constructs,
    takes all items alike; where items load alike on their constructs as well, such a method
    cannot be told from constructs that correlate: that none is found proves nothing then, and
    the flag says so.

    Parameters
    ----------
    data : DataFrame, one row per respondent
        Answers on scales of one width, reversed items turned round; complete rows count.
    model : mapping of str to sequence of str
        Items of each construct, two constructs or more; a construct of one item (0-10
        recommend) is taken as free of error.
    marker : sequence of str, optional
        Items of the marker.

    Returns
    -------
    MethodTest

    Raises
    ------
    EstimateError
        As `crqlab.stats.factors.cfa`; an item in two constructs, or in one and the marker.

    References
    ----------
    Self & Liang (1987), Journal of the American Statistical Association 82, 605-610: p at the edge.
    Williams, Hartman & Cavazotte (2010), Organizational Research Methods 13, 477-514: the marker.
    Podsakoff, MacKenzie, Lee & Podsakoff (2003), Journal of Applied Psychology 88, 879-903: the
    single factor of unmeasured method.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> method, own = rng.normal(size=(800, 1)), rng.normal(size=(800, 2)).repeat(3, axis=1)
    >>> answers = own + 0.6 * method + rng.normal(size=(800, 6))
    >>> marker = method + rng.normal(size=(800, 3))
    >>> data = pd.DataFrame(np.hstack([answers, marker]), columns=list("abcdefxyz"))
    >>> model = {"trust": list("abc"), "value": list("def")}
    >>> method_factor(data, model, marker=list("xyz")).correlations.round(1)
        left  right  without  with_method  difference
    0  trust  value      0.2          0.0        -0.2
    """
    items_of = _checked(model, marker)
    items = [item for of in items_of.values() for item in of]
    groups = samples(data, items)
    first = cfa(data, items_of)
    _refuse(first)
    place = _Places(list(items_of), items, items_of, METHOD if marker else None)
    fits = _with_marker(place, groups, first) if marker else _without(place, groups, first)
    table = _table(fits)
    kept = _kept(table.set_index("model")["p"], marker is not None)
    return MethodTest(
        table,
        _correlations(fits["baseline"], fits[kept], place),
        _items(fits["free" if kept in ("free", "restricted") else "constant"], place),
        kept,
        int(first.fit["n"]),
        joined([*table["flag"], OK if marker else "method_not_told_from_constructs"]),
    )


def _checked(model, marker) -> dict[str, list[str]]:
    check_model(model)
    found = {str(name): list(map(str, of)) for name, of in model.items()}
    if marker is not None:
        found[METHOD] = list(map(str, marker))
    items = [item for of in found.values() for item in of]
    twice = [item for at, item in enumerate(items) if item in items[:at]]
    few = marker is not None and len(found[METHOD]) < 2
    if twice or few or METHOD in model or len(model) < 2:
        told = (
            f"has {twice[0]!r} twice"
            if twice
            else f"has {len(model)} construct"
            if len(model) < 2
            else "calls a construct 'method' as well"
            if METHOD in model
            else "goes with a marker of one item"
        )
        raise EstimateError(
            f"model= {told}; a method factor needs two constructs or more whose items are their "
            "own, and a marker two items that are of no construct."
        )
    return found


def _refuse(fit: CfaFit) -> None:
    """Method factors on top of a solution that is none would tell nothing."""
    if np.isnan(fit.vcov).any():
        raise EstimateError(
            f"The model without a method factor is not identified ({plain(fit.flag)}). Give "
            "constructs more items.",
            caution="not_identified",
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Which cells of the matrices a model has."""

    names: list[str]
    items: list[str]
    items_of: Mapping[str, Sequence[str]]
    marker: str | None

    @property
    def constructs(self) -> list[str]:
        """The constructs of substance."""
        return [name for name in self.names if name != self.marker]

    @property
    def all_names(self) -> list[str]:
        return self.names if self.marker else [*self.names, METHOD]

    def cells(self, *, method: bool) -> list[Cell]:
        """Loadings, (co)variances and residuals; loadings on the method last."""
        at = self.items.index
        found = [
            (LAMBDA, at(item), j)
            for j, name in enumerate(self.names)
            for item in self.items_of[name]
        ]
        m = len(self.all_names)
        found += [(PSI, j, k) for j in range(m) for k in range(j, m)]
        found += [(THETA, i, i) for i in range(len(self.items))]
        return found + (self.method_cells if method else [])

    @property
    def method_cells(self) -> list[Cell]:
        m = self.all_names.index(METHOD)
        own = set(self.items_of.get(METHOD, ()))
        return [(LAMBDA, i, m) for i, item in enumerate(self.items) if item not in own]

    def model(self, fixed: Mapping[Cell, float], *, method: str = "") -> Model:
        """Write a model down: variances 1, what is not fixed free, method loadings alike or not."""
        cells = self.cells(method=bool(method))
        alike = set(self.method_cells) if method == "constant" else set()
        number: dict[Cell | str, int] = {}
        free = [
            FIXED
            if cell in fixed
            else number.setdefault(METHOD if cell in alike else cell, len(number))
            for cell in cells
        ]
        kind, row, col = np.array(cells, dtype=np.int64).T
        none = np.zeros(len(cells), dtype=np.int64)
        values = np.array([fixed.get(cell, 0.0) for cell in cells])
        names = tuple(self.all_names), tuple(self.items)
        return Model(*names, 1, False, kind, row, col, none, np.array(free), values)

    def start(self, first: CfaFit) -> dict[Cell, float]:
        """The ordinary solution with constructs at variance 1."""
        filled = matrices(first.model, first.model.values(first.theta))
        latent = implied(first.model, first.model.values(first.theta)).latent
        scale = np.sqrt(np.maximum(np.diag(latent), 1e-6))
        order = [first.model.items.index(item) for item in self.items]
        parts = {
            LAMBDA: (filled[LAMBDA] * scale)[order],
            PSI: latent / np.outer(scale, scale),
            THETA: filled[THETA][np.ix_(order, order)],
        }
        m = len(self.names)
        return {
            (kind, i, j): float(parts[kind][i, j]) if j < m or kind == THETA else 0.0
            for kind, i, j in self.cells(method=False)
        }

    def standard(self) -> dict[Cell, float]:
        """Variances of 1, and no error in constructs of one item."""
        fixed = {(PSI, j, j): 1.0 for j in range(len(self.all_names))}
        single = [of[0] for of in self.items_of.values() if len(of) == 1]
        return fixed | {(THETA, self.items.index(i), self.items.index(i)): 0.0 for i in single}

    def apart(self) -> dict[Cell, float]:
        """The method is orthogonal to all constructs."""
        m = self.all_names.index(METHOD)
        return {(PSI, min(j, m), max(j, m)): 0.0 for j in range(len(self.all_names)) if j != m}


def _solved(place: _Places, groups, fixed: dict[Cell, float], at: dict[Cell, float], method=""):
    """Fit one model from where another ended."""
    model = place.model(fixed, method=method)
    cells = place.cells(method=bool(method))
    spread = np.sqrt(groups[0].variance)
    theta = np.zeros(model.n_free)
    for cell, free in zip(cells, model.free, strict=True):
        if free >= 0:
            theta[free] = at.get(cell, 0.2 * spread[cell[1]])
    fit = fitted(model, groups, estimator="ml", rows=pd.RangeIndex(groups[0].n), begin=theta)
    return fit, dict(zip(cells, model.values(fit.theta), strict=True))


def _without(place: _Places, groups, first: CfaFit) -> dict[str, CfaFit]:
    fixed = place.standard() | place.apart()
    base, at = _solved(place, groups, fixed, place.start(first))
    constant, _ = _solved(place, groups, fixed, at, "constant")
    return {"baseline": base, "constant": constant}


def _with_marker(place: _Places, groups, first: CfaFit) -> dict[str, CfaFit]:
    begin, m = place.start(first), place.names.index(METHOD)
    own = [place.items.index(item) for item in place.items_of[METHOD]]
    measure = {cell: begin[cell] for i in own for cell in ((LAMBDA, i, m), (THETA, i, i))}
    fixed = place.standard() | place.apart() | measure
    base, at = _solved(place, groups, fixed, begin)
    constant, toward = _solved(place, groups, fixed, at, "constant")
    free, toward = _solved(place, groups, fixed, toward, "free")
    held = {cell: value for cell, value in at.items() if cell[0] == PSI and cell[1] != cell[2]}
    restricted, _ = _solved(place, groups, fixed | held, toward, "free")
    return {"cfa": first, "baseline": base, "constant": constant, "free": free} | {
        "restricted": restricted
    }


def _table(fits: Mapping[str, CfaFit]) -> pd.DataFrame:
    rows = []
    for name, fit in fits.items():
        row = {"model": name} | {k: fit.fit[k] for k in ("chi2", "df", "cfi", "rmsea", "srmr")}
        other = fits.get(AGAINST.get(name, ""))
        if other is not None:
            d, df = abs(fit.fit["chi2"] - other.fit["chi2"]), abs(fit.fit["df"] - other.fit["df"])
            # without a marker the loading has no sign: 0 is the edge of what is possible
            p = chi2_law.sf(d, df) if "cfa" in fits else chi2_law.sf(d, df) / 2 if d > 0 else 1.0
            row |= {"against": AGAINST[name], "d_chi2": d, "d_df": df, "p": p}
        rows.append(row | {"flag": fit.flag})
    columns = [
        "model",
        "chi2",
        "df",
        "cfi",
        "rmsea",
        "srmr",
        "against",
        "d_chi2",
        "d_df",
        "p",
        "flag",
    ]
    return pd.DataFrame(rows).reindex(columns=columns)


def _kept(p: pd.Series, marker: bool) -> str:
    if not p["constant"] < 0.05:
        return "baseline" if not marker or not p["free"] < 0.05 else "free"
    return "free" if marker and p["free"] < 0.05 else "constant"


def _correlations(base: CfaFit, kept: CfaFit, place: _Places) -> pd.DataFrame:
    before, after = (fit.latent.to_numpy() for fit in (base, kept))
    names = place.constructs
    rows = [
        (names[i], names[j], before[i, j], after[i, j], after[i, j] - before[i, j])
        for j in range(len(names))
        for i in range(j)
    ]
    return pd.DataFrame(rows, columns=["left", "right", "without", "with_method", "difference"])


def _items(fit: CfaFit, place: _Places) -> pd.DataFrame:
    filled = matrices(fit.model, fit.model.values(fit.theta))[LAMBDA]
    total = np.sqrt(np.diag(fit.implied.to_numpy()))
    standard: NDArray = filled / total[:, None]
    m = place.all_names.index(METHOD)
    rows = [
        (item, name, standard[i, j], standard[i, m], standard[i, m] ** 2)
        for j, name in enumerate(place.constructs)
        for item in place.items_of[name]
        for i in [place.items.index(item)]
    ]
    columns = ["item", "construct", "loading", "method_loading", "method_share"]
    return pd.DataFrame(rows, columns=columns)
