"""Whether groups answer by the same measure: the ladder of invariance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import one_of
from crqlab.base.results import Result
from crqlab.stats.factors.cfa_fit import check_independent, fitted
from crqlab.stats.factors.indices import p_value
from crqlab.stats.factors.model import LAMBDA, NU, Model, check_model, specify
from crqlab.stats.factors.modification import gains
from crqlab.stats.factors.result import CfaFit
from crqlab.stats.factors.sample import samples

DROP = -0.01
"""A larger fall of CFI than this speaks against a step (Cheung & Rensvold 2002)."""
LEVELS = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
PLAIN = ["chi2", "df", "p", "cfi", "rmsea", "srmr", "aic", "bic"]
ROBUST = ["chi2_scaled", "cfi_robust", "rmsea_robust"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Invariance(Result):
    """How far a measure is the same in all groups.

    Attributes
    ----------
    table : DataFrame, one row per step
        ``step``, ``chi2``, ``df``, ``p``, ``cfi``, ``rmsea``, ``srmr``, ``aic``, ``bic``, the
        changes ``delta_chi2``, ``delta_df``, ``delta_p``, ``delta_cfi``, ``delta_rmsea`` from the
        step named in ``against``, ``freed`` (what a partial step leaves free, as codes), ``holds``
        (CFI fell by no more than 0.01) and ``flag``. Robust estimators add ``chi2_scaled``,
        ``cfi_robust``, ``rmsea_robust`` and their changes; ``delta_chi2`` is then scaled.
    fits : mapping of str to CfaFit
        The fit of each step.
    groups : tuple of str
    """

    table: pd.DataFrame
    fits: Mapping[str, CfaFit]
    groups: tuple[str, ...]

    @property
    def judged(self) -> pd.DataFrame:
        """The table with robust indices and changes in the place of plain ones, where any."""
        robust = [name for name in self.table if name.endswith("_robust")]
        plain = {name: self.table[name] for name in robust}
        return self.table.assign(**{name.removesuffix("_robust"): v for name, v in plain.items()})

    def __str__(self) -> str:
        ladder = self.judged.set_index("step")
        full = [step for step in LEVELS if step in ladder.index]
        reached = "no"
        for step in full[1:]:
            if not ladder.loc[step, "holds"]:
                break
            reached = step
        last = ladder.loc[full[1:], "delta_cfi"]
        falls = ", ".join(f"{step} {change:+.3f}" for step, change in last.items())
        return f"{reached} invariance across {len(self.groups)} groups; change of CFI: {falls}"

    def __repr__(self) -> str:
        return str(self)


def invariance(
    data: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    group: str,
    *,
    estimator: str = "ml",
    missing: str = "listwise",
    cluster: str | None = None,
    strict: bool = False,
) -> Invariance:
    """Fit the steps of measurement invariance and compare them.

    Configural: the same pattern; metric: equal loadings; scalar: equal intercepts too, latent
    means free from the second group on. Where CFI falls by more than 0.01, a partial step
    frees the item with the largest modification index, one at a time, until it does not; two
    items of every construct stay equal.

    Parameters
    ----------
    data : DataFrame, one row per respondent
    model : mapping of str to sequence of str
        Items of each construct.
    group : str
        Column of the groups.
    estimator : str
        ``"ml"``, ``"mlm"`` or ``"mlr"``.
    missing : str
        ``"listwise"`` or ``"fiml"``.
    cluster : str, optional
        Column of the account: chi-square and indices allow for accounts; implies ``"mlr"``.
    strict : bool
        Whether to add the step of equal residual variances.

    Returns
    -------
    Invariance

    Raises
    ------
    EstimateError
        As `crqlab.stats.factors.cfa`; fewer than two groups.

    References
    ----------
    Meredith (1993), Psychometrika 58, 525-543: the steps.
    Byrne, Shavelson & Muthén (1989), Psychological Bulletin 105, 456-466: partial steps.
    Cheung & Rensvold (2002), Structural Equation Modeling 9, 233-255: the bar of 0.01.
    Satorra & Bentler (2001), Psychometrika 66, 507-514: scaled differences.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=(600, 1)) + rng.normal(size=(600, 4))
    >>> answers = pd.DataFrame(trust, columns=list("abcd"))
    >>> answers["country"] = ["NL", "DE"] * 300
    >>> ladder = invariance(answers, {"trust": list("abcd")}, "country")
    >>> ladder.table[["step", "df", "delta_df"]]
             step  df  delta_df
    0  configural   4       NaN
    1      metric   7       3.0
    2      scalar  10       3.0
    """
    one_of("estimator=", estimator, ["ml", "mlm", "mlr"])
    check_independent(estimator, missing, cluster)
    check_model(model)
    items = list(dict.fromkeys(str(item) for of in model.values() for item in of))
    groups = samples(data, items, missing=missing, cluster=cluster, group=group)
    estimator = "mlr" if cluster is not None else estimator

    def fit(level: str, loose: Sequence[tuple[str, str]] = ()) -> CfaFit:
        specified = specify(
            model, n_groups=len(groups), means=True, equal=LEVELS[level], loose=loose
        )
        return fitted(specified, groups, estimator=estimator, missing=missing, rows=data.index)

    fits, against, loose = {"configural": fit("configural")}, {"configural": ""}, []
    full = base = "configural"
    for level in list(LEVELS)[1 : 4 if strict else 3]:
        fits[level], against[level], full = fit(level), full, level
        if level == "strict":
            break
        if loose or _cfi(fits[level]) - _cfi(fits[base]) < DROP:
            part = f"partial_{level}"
            fits[part], loose = _partial(fit, level, fits[base], loose)
            against[part], base = base, part
        else:
            base = level
    return Invariance(_table(fits, against), fits, fits["configural"].labels)


def _cfi(fit: CfaFit) -> float:
    return fit.fit.get("cfi_robust", fit.fit["cfi"])


def _partial(
    fit: Callable[..., CfaFit], level: str, base: CfaFit, loose: list[tuple[str, str]]
) -> tuple[CfaFit, list[tuple[str, str]]]:
    """Free the item with the largest modification index until CFI falls by no more than DROP."""
    word, kind = ("loadings", LAMBDA) if level == "metric" else ("intercepts", NU)
    loose = list(dict.fromkeys([*loose, *((word, item) for _, item in loose)]))
    found = fit(level, loose)
    while _cfi(found) - _cfi(base) < DROP:
        item = _worst(found, kind)
        if item is None:
            break
        loose = [*loose, (word, item)]
        found = fit(level, loose)
    return found, loose


def _worst(fit: CfaFit, kind: int) -> str | None:
    """The item whose equal parameter strains the model most, if its constructs can spare it."""
    model = fit.model
    held = (model.kind == kind) & (model.group > 0)
    first = model.free[(model.kind == kind) & (model.group == 0)]
    held &= (model.free >= 0) & np.isin(model.free, first)
    rows = np.flatnonzero(held & [_spare(model, kind, row) for row in model.row])
    if not len(rows):
        return None
    strain, _ = gains(model, fit.groups, fit.theta, rows)
    return model.items[model.row[rows[np.nanargmax(strain)]]]


def _spare(model: Model, kind: int, item: int) -> bool:
    """Whether every construct of the item keeps two equal items without it."""
    here = (model.kind == kind) & (model.group == model.n_groups - 1)
    first = model.free[(model.kind == kind) & (model.group == 0)]
    equal = set(model.row[here & ((model.free < 0) | np.isin(model.free, first))].tolist())
    loads = (model.kind == LAMBDA) & (model.group == 0)
    of = model.col[loads & (model.row == item)]
    return all(len(equal & set(model.row[loads & (model.col == j)].tolist())) > 2 for j in of)


def _table(fits: Mapping[str, CfaFit], against: Mapping[str, str]) -> pd.DataFrame:
    robust = [name for name in ROBUST if name in fits["configural"].fit]
    numbers = [*PLAIN, *robust]
    table = pd.DataFrame([{name: fit.fit[name] for name in numbers} for fit in fits.values()])
    table.insert(0, "step", list(fits))
    changes = [_change(fit, fits.get(against[step])) for step, fit in fits.items()]
    table = table.join(pd.DataFrame(changes))
    for name in ("cfi", "rmsea", "srmr", *(n for n in robust if n != "chi2_scaled")):
        earlier = table["step"].map(against).map(table.set_index("step")[name])
        table[f"delta_{name}"] = table[name] - earlier
    judged = "delta_cfi_robust" if "cfi_robust" in robust else "delta_cfi"
    return table.assign(
        against=table["step"].map(against),
        freed=[_freed(fit.model) for fit in fits.values()],
        holds=~(table[judged] < DROP),
        flag=[fit.flag for fit in fits.values()],
    )


def _change(fit: CfaFit, before: CfaFit | None) -> dict[str, float]:
    """Difference of chi-squares, scaled by cd = (df0 c0 - df1 c1) / (df0 - df1) if robust."""
    if before is None:
        return {"delta_chi2": np.nan, "delta_df": np.nan, "delta_p": np.nan}
    less, more = before.fit, fit.fit
    df = more["df"] - less["df"]
    chi2 = more["chi2"] - less["chi2"]
    if "scaling" in more and df > 0:
        less_c = less["scaling"] if less["df"] > 0 else 1.0
        scale = (more["df"] * more["scaling"] - less["df"] * less_c) / df
        chi2 = chi2 / scale if scale > 0 else np.nan
    return {"delta_chi2": chi2, "delta_df": df, "delta_p": p_value(chi2, df)}


def _freed(model: Model) -> str:
    """Items whose loading or intercept differs between groups while others' are equal."""
    parts = []
    for name, kind in (("loading_free", LAMBDA), ("intercept_free", NU)):
        here = (model.kind == kind) & (model.free >= 0)
        first = model.free[here & (model.group == 0)]
        last = here & (model.group == model.n_groups - 1)
        apart = last & ~np.isin(model.free, first)
        if 0 < apart.sum() < last.sum():
            parts += [code(name, item=str(model.items[row])) for row in model.row[apart]]
    return joined(parts) if parts else ""
