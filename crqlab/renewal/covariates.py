"""Covariates as numbers without gaps: what was missing is filled, marked and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crqlab.renewal.account_history import BLOCK, UNKNOWN

FEWEST = 10  # rows that an indicator needs
RARE = 0.02  # industries with a smaller share of the rows are one group
#: Indicator of what is missing, by the covariate whose gaps it marks.
MARKS = {
    "crq": "unscored",
    "nps": "no_ltr",
    "mean_ltr": "no_ltr",
    "crq_before": "no_before",
    "mean_ltr_before": "no_before",
    "sd": "one_voice",
    "role_gap": "one_role",
    "tenure": "no_tenure",
    "revenue": "no_revenue",
    "contacts_stayed": "no_contacts_before",
    "deciders_left": "no_deciders_before",
}
_DOUBLE = float(np.log(2))
#: What makes up a row of a model, in the order in which gaps are told.
NUMBERS = (
    "trust commitment calculative_commitment satisfaction crq nps mean_ltr crq_before "
    "mean_ltr_before sd role_gap silent unscored no_ltr no_before one_voice one_role tenure "
    "no_tenure prior_churn earlier_renewals revenue no_revenue lead contacts_stayed deciders_left"
).split()
#: Change that an effect is told for, in the term's own unit, where it is not 1.
STEPS = {"nps": 50.0, "tenure": _DOUBLE, "revenue": _DOUBLE}
LOGGED = {"tenure": np.log1p, "revenue": np.log1p}
AT_ZERO = ("role_gap",)


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Numbers that a model can take, and what was done to get them.

    Attributes
    ----------
    X : DataFrame, shape (rows, terms)
        Complete; ``tenure`` and ``revenue`` as log(1 + value).
    told : DataFrame, one row per covariate with gaps
        ``covariate``, ``missing`` (rows), ``silent`` (those of them that nobody answered for),
        ``filled`` (``mean`` of the client's wave, or ``zero``).
    """

    X: pd.DataFrame
    told: pd.DataFrame


def covariates(rows: pd.DataFrame, constructs: Mapping[str, str]) -> Covariates:
    """Complete every covariate of a design.

    A gap in a score takes the mean of the client's wave, else of all rows, and an indicator says
    that nobody answered (``silent``) or what else was missing; a gap between roles that nobody
    can know is 0. A change since the last wave enters by its other end: the score of the last
    wave beside the present one, so that a noisy rise is not taken for news. An
    indicator stands only where at least ten rows have it and ten do not.

    Parameters
    ----------
    rows : DataFrame
        `Design.table`, or `Design.accounts` with a column ``lead``.
    constructs : mapping of concept to construct

    Returns
    -------
    Covariates

    Examples
    --------
    >>> rows = pd.DataFrame({"client_id": "C1", "wave": "1", "silent": [0.0, 0, 1],
    ...     "crq": [5.0, 6.0, None], "nps": [0.0, 50, None], "mean_ltr": [7.0, 9, None],
    ...     "crq_before": np.nan, "mean_ltr_before": np.nan, "sd": np.nan, "role_gap": np.nan,
    ...     "tenure": [1.0, 2, 3], "revenue": [1e5, 2e5, 3e5], "prior_churn": 0.0,
    ...     "earlier_renewals": 0.0, "lead": 6.0, "industry": "IT"})
    >>> found = covariates(rows, {})
    >>> found.X["crq"].tolist()
    [5.0, 6.0, 5.5]
    >>> print(*found.told.loc[0], sep="; ")
    crq; 1; 1; mean
    """
    columns, told = {}, []
    quiet = rows["silent"].to_numpy(float) > 0
    names = [*constructs, *(name for name in NUMBERS if name in rows and name not in constructs)]
    for name in names:
        values = rows[name].astype(float)
        values = values if name not in LOGGED else LOGGED[name](values)
        gaps = values.isna()
        columns[name] = _filled(rows, name, values)
        if gaps.any():
            how = "zero" if name in AT_ZERO else "mean"
            told.append((name, int(gaps.sum()), int((gaps.to_numpy() & quiet).sum()), how))
            known = name in LOGGED or name.endswith("_before")
            columns |= _marked(name, gaps.to_numpy() & (known | ~quiet))
    told = pd.DataFrame(told, columns=["covariate", "missing", "silent", "filled"])
    return Covariates(pd.DataFrame(columns, index=rows.index).join(_industries(rows)), told)


def _filled(rows: pd.DataFrame, name: str, values: pd.Series) -> pd.Series:
    if name in AT_ZERO or values.notna().all():
        return values.fillna(0.0)
    inside = values.groupby([rows[key] for key in BLOCK]).transform("mean")
    return values.fillna(inside).fillna(values.mean()).fillna(0.0)


def _marked(name: str, gaps: np.ndarray) -> dict[str, np.ndarray]:
    """Return the indicator of what is missing, where enough rows have it and lack it."""
    if name not in MARKS or not FEWEST <= gaps.sum() <= len(gaps) - FEWEST:
        return {}
    return {MARKS[name]: gaps.astype(float)}


def _industries(rows: pd.DataFrame) -> pd.DataFrame:
    """One column per industry but the largest; rare ones together."""
    share = rows["industry"].value_counts(normalize=True)
    share = share.sort_index().sort_values(ascending=False, kind="stable")
    named = [name for name in share.index[share >= RARE] if name != UNKNOWN][1:]
    return pd.DataFrame(
        {f"industry: {name}": (rows["industry"] == name).astype(float) for name in named},
        index=rows.index,
    )


def varying(X: pd.DataFrame) -> pd.DataFrame:
    """Keep the terms that differ between rows."""
    return X.loc[:, (X.max() > X.min()).to_numpy(bool)]


def chosen(X: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Keep the terms that exist, with the marks of what is missing in them.

    ``industry`` stands for all its columns.
    """
    marks = [MARKS[name] for name in names if name in MARKS]
    kept = [name for name in dict.fromkeys([*names, *marks]) if name in X]
    if "industry" in names:
        kept += [name for name in X if name.startswith("industry: ")]
    return X[kept]
