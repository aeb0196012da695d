"""One answer from several completed copies of data with gaps: multiple imputation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from crqlab.base.errors import EstimateError
from crqlab.base.results import Result
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level

__all__ = ["Pooled", "rubin"]
__dir__ = __all__.copy

NO_LESS = 1e-4  # share of missing information, below which degrees of freedom are not told apart


@dataclass(frozen=True, slots=True, eq=False)
class Pooled(Result):
    """Estimates pooled over imputed sets.

    Attributes
    ----------
    table : DataFrame, one row per term
        ``term``, ``estimate``, ``se``, ``df``, ``low``, ``high``, ``p`` (of 0, Student's t),
        ``fmi`` (share of the information that is missing), ``riv`` (rise in variance because of
        it, relative), ``lambda`` (share of the variance that lies between sets), ``within``
        and ``between`` (the two variances), ``n_sets``, ``flag``.
    n_sets : int
    complete_df : float
        Degrees of freedom that complete data would have had; infinity for large samples.
    level : float
    """

    table: pd.DataFrame
    n_sets: int
    complete_df: float
    level: float

    def __str__(self) -> str:
        told = self.table.dropna(subset="p")
        if told.empty:
            return f"no term could be pooled over {self.n_sets} imputed sets (Rubin 1987)"
        first = told.loc[told["p"].idxmin()]
        return (
            f"clearest is {first['term']} {first['estimate']:.3g} [{first['low']:.3g}, "
            f"{first['high']:.3g}], {first['fmi']:.0%} of its information missing; "
            f"{self.n_sets} imputed sets (Rubin 1987)"
        )


def rubin(fits: Sequence, *, complete_df: float | None = None, level: float = LEVEL) -> Pooled:
    """Pool the same estimates from several imputed sets by Rubin's rules.

    Parameters
    ----------
    fits : sequence
        One fit per imputed set: of `crqlab.stats.regression`, of statsmodels, or a table with
        columns ``estimate`` and ``se`` and the terms as column ``term`` or as index.
    complete_df : float, optional
        Degrees of freedom of a fit to complete data. When absent, what the fits tell: residual
        ones, or clusters - 1 where errors stand on clusters; infinity for tables.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    Pooled
        Degrees of freedom by Barnard & Rubin, right for small samples too.

    Raises
    ------
    EstimateError
        Fewer than two sets, sets with different terms, or something that is no fit.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3.
    Barnard & Rubin (1999), Biometrika 86, 948-955: degrees of freedom.
    van Buuren (2018), Flexible Imputation of Missing Data, section 2.3: fmi, riv, lambda.

    Examples
    --------
    >>> sets = [pd.DataFrame({"estimate": [b], "se": [0.2]}, ["trust"]) for b in (0.9, 1.1, 1.0)]
    >>> pooled = rubin(sets, complete_df=50)
    >>> pooled.table[["term", "estimate", "se", "df", "fmi"]].round(3)
        term  estimate     se     df    fmi
    0  trust       1.0  0.231  16.96  0.325
    """
    check_level(level)
    fits = list(fits)
    if len(fits) < 2:
        raise EstimateError(
            f"fits= holds {len(fits)} imputed sets; what gaps cost shows between two or more. "
            "Impute 5 to 20 times.",
            caution="one_imputed_set",
        )
    tables = [_numbers(fit) for fit in fits]
    terms = tables[0].index
    strange = [set(each.index) ^ set(terms) for each in tables]
    if any(strange) or any(each.index.has_duplicates for each in tables):
        place = next((i for i, found in enumerate(strange) if found), 0)
        raise EstimateError(
            f"fits= have not the same terms: set {place + 1} differs from the first in "
            f"{', '.join(sorted(map(str, strange[place]))) or 'repeated terms'}. Fit one model."
        )
    estimates = np.array([each.loc[terms, "estimate"] for each in tables], dtype=float)
    variances = np.array([each.loc[terms, "se"] for each in tables], dtype=float) ** 2
    df = _complete_df(fits) if complete_df is None else float(complete_df)
    if not df > 0:
        raise EstimateError(f"complete_df= is {df}; it must be above 0.")
    table = _pooled(estimates, variances, df, level)
    table.insert(0, "term", list(terms))
    known = table["estimate"].notna()
    flag = np.where(known, "ok", "term_missing_in_a_set")
    return Pooled(table.assign(n_sets=len(fits), flag=flag), len(fits), df, level)


def _pooled(estimates, variances, complete_df: float, level: float) -> pd.DataFrame:
    m = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    riv, share = (1 + 1 / m) * between / within, (1 + 1 / m) * between / total
    seen = np.maximum(share, NO_LESS)
    df = (m - 1) / seen**2
    if np.isfinite(complete_df):
        observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - seen)
        df = df * observed / (df + observed)
    middle, error = estimates.mean(axis=0), np.sqrt(total)
    half = t.isf((1 - level) / 2, df) * error
    return pd.DataFrame(
        {
            "estimate": middle,
            "se": error,
            "df": df,
            "low": middle - half,
            "high": middle + half,
            "p": 2 * t.sf(np.abs(middle / error), df),
            "fmi": (riv + 2 / (df + 3)) / (1 + riv),
            "riv": riv,
            "lambda": share,
            "within": within,
            "between": between,
        }
    )


def _numbers(fit) -> pd.DataFrame:
    """``estimate`` and ``se`` by term, of whatever tells them."""
    table = getattr(fit, "table", fit)
    if hasattr(fit, "params") and hasattr(fit, "bse"):
        names = getattr(fit.params, "index", fit.model.exog_names)
        columns = {"estimate": np.asarray(fit.params), "se": np.asarray(fit.bse)}
        return pd.DataFrame(columns, index=pd.Index(names))
    if isinstance(table, pd.DataFrame) and {"estimate", "se"} <= set(table.columns):
        return table.set_index("term") if "term" in table else table
    raise EstimateError(
        f"fits= holds {type(fit).__name__}, which tells no estimates with errors; give fits, or "
        "tables with columns estimate and se."
    )


def _complete_df(fits: list) -> float:
    told = []
    for fit in fits:
        if hasattr(fit, "df_resid"):
            told.append(float(fit.df_resid))
        elif hasattr(fit, "covariance"):
            clusters = getattr(fit, "n_clusters", None)
            told.append(fit.n - len(fit.covariance) if clusters is None else clusters - 1)
        else:
            told.append(np.inf)
    return min(told)
