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
}
_DOUBLE = float(np.log(2))
#: What readers call a covariate, the step that its effect is told for, and that step in words.
TOLD = {
    "trust": ("trust", 1.0, "one point more trust"),
    "commitment": ("commitment", 1.0, "one point more commitment"),
    "calculative": ("calculative commitment", 1.0, "one point more calculative commitment"),
    "satisfaction": ("satisfaction", 1.0, "one point more satisfaction"),
    "crq": ("CRQ", 1.0, "one point more CRQ"),
    "nps": ("NPS", 50.0, "50 points more NPS"),
    "mean_ltr": ("mean LTR", 1.0, "one point more mean LTR"),
    "crq_before": ("CRQ of the last wave", 1.0, "one point more CRQ in the last wave"),
    "mean_ltr_before": ("mean LTR of the last wave", 1.0, "one point more LTR in the last wave"),
    "sd": ("disagreement (SD)", 1.0, "one point more disagreement inside the account"),
    "role_gap": ("lead of senior roles", 1.0, "senior roles one point above the others"),
    "silent": ("silence", 1.0, "silence instead of an answer"),
    "unscored": ("answers without a score", 1.0, "answers that give no score"),
    "no_ltr": ("no answer to LTR", 1.0, "no answer to LTR"),
    "no_before": ("no score in the last wave", 1.0, "no score in the last wave"),
    "one_voice": ("a single voice", 1.0, "a single voice instead of several"),
    "one_role": ("a single role", 1.0, "a single role heard instead of several"),
    "tenure": ("years as a customer", _DOUBLE, "twice as many years as a customer"),
    "no_tenure": ("years as a customer unknown", 1.0, "years as a customer unknown"),
    "prior_churn": ("an earlier churn", 1.0, "an earlier churn"),
    "earlier_renewals": ("earlier renewals", 1.0, "one earlier renewal more"),
    "revenue": ("revenue", _DOUBLE, "twice the revenue"),
    "no_revenue": ("revenue unknown", 1.0, "revenue unknown"),
    "lead": ("months to the decision", 1.0, "one month more from survey to decision"),
}
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
        ``covariate``, ``missing`` (rows), ``filled`` (in words).
    """

    X: pd.DataFrame
    told: pd.DataFrame


def covariates(rows: pd.DataFrame, parts: Mapping[str, str]) -> Covariates:
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
    parts : mapping of part to construct

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
    CRQ; 1; the client's mean of the wave (silent accounts: 1)
    """
    columns, told = {}, []
    quiet = rows["silent"].to_numpy(float) > 0
    names = [*parts, *(name for name in TOLD if name in rows and name not in parts)]
    for name in names:
        values = rows[name].astype(float)
        values = values if name not in LOGGED else LOGGED[name](values)
        gaps = values.isna()
        columns[name] = _filled(rows, name, values)
        if gaps.any():
            told.append(_said(name, gaps.to_numpy(), quiet))
            known = name in LOGGED or name.endswith("_before")
            columns |= _marked(name, gaps.to_numpy() & (known | ~quiet))
    told = pd.DataFrame(told, columns=["covariate", "missing", "filled"])
    return Covariates(pd.DataFrame(columns, index=rows.index).join(_industries(rows)), told)


def _filled(rows: pd.DataFrame, name: str, values: pd.Series) -> pd.Series:
    if name in AT_ZERO or values.notna().all():
        return values.fillna(0.0)
    inside = values.groupby([rows[key] for key in BLOCK]).transform("mean")
    return values.fillna(inside).fillna(values.mean()).fillna(0.0)


def _said(name: str, gaps: np.ndarray, quiet: np.ndarray) -> tuple[str, int, str]:
    how = "0" if name in AT_ZERO else "the client's mean of the wave"
    dumb = int((gaps & quiet).sum())
    said = f" (silent accounts: {dumb:,})" if dumb else ""
    return TOLD[name][0], int(gaps.sum()), how + said


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


def label(term: str) -> str:
    """Return what readers call a term."""
    return TOLD[term][0] if term in TOLD else term


def step(term: str) -> float:
    """Return the change of a term that its effect is told for, in the term's own unit."""
    return TOLD[term][1] if term in TOLD else 1.0


def phrase(term: str) -> str:
    """Say the step in words.

    Examples
    --------
    >>> phrase("trust"), phrase("industry: IT")
    ('one point more trust', 'in industry IT')
    """
    return TOLD[term][2] if term in TOLD else f"in {term.replace(': ', ' ')}"


def chosen(X: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Keep the terms that exist, with the marks of what is missing in them.

    ``industry`` stands for all its columns.
    """
    marks = [MARKS[name] for name in names if name in MARKS]
    kept = [name for name in dict.fromkeys([*names, *marks]) if name in X]
    if "industry" in names:
        kept += [name for name in X if name.startswith("industry: ")]
    return X[kept]
