"""Cox regression that carries a million cases: late entry, ties, accounts, guards."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm

from crqlab.base.contracts.cautions import code, joined
from crqlab.base.errors import EstimateError, one_of
from crqlab.stats.defaults import FEW_CLUSTERS, FEW_EVENTS, LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.survival.cox_fit import CoxFit
from crqlab.stats.survival.histories import Histories, complete
from crqlab.stats.survival.newton import independent, maximum
from crqlab.stats.survival.partial import Partial, partial
from crqlab.stats.survival.proportionality import clock, proportionality
from crqlab.stats.survival.risk_sets import risk_sets

TIES = ("efron", "breslow")
CLOCKS = ("km", "identity", "rank", "log")
RIDGE = "no_finite_estimate_ridge"
RARE = code("few_events_per_term", minimum=FEW_EVENTS)


def cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    *,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: str = "efron",
    transform: str = "km",
    level: float = LEVEL,
) -> CoxFit:
    """Fit how covariates multiply the rate at which the event happens.

    Parameters
    ----------
    time, event : array, shape (cases,)
        When each case was last seen, in any unit; 1 where the event happened then, else 0.
    covariates : DataFrame, shape (cases, terms)
        Numbers; categories as columns of 0 and 1. Incomplete cases are left out and counted.
    entry : array, optional
        A case was watched only after this time (left truncation).
    cluster : array, optional
        The account of each case: errors are then robust, residuals summed by account.
    ties : str
        ``"efron"`` or ``"breslow"``.
    transform : str
        Clock of the test of proportional hazards: ``"km"``, ``"identity"``, ``"rank"``, ``"log"``.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    CoxFit
        Where no finite maximum exists, all terms are fitted with a normal prior and flagged;
        constant and collinear terms, and all terms without an event, are missing and flagged.

    Raises
    ------
    EstimateError
        No covariates, arrays of different lengths, text, events that are neither 0 nor 1, or
        cases watched only after their end.

    References
    ----------
    Cox (1972), Journal of the Royal Statistical Society B 34, 187-220.
    Efron (1977), Journal of the American Statistical Association 72, 557-565: ties.
    Lin & Wei (1989), Journal of the American Statistical Association 84, 1074-1078: robust errors.
    Peduzzi, Concato, Feinstein & Holford (1995), Journal of Clinical Epidemiology 48, 1503-1510:
    ten events per term.

    Examples
    --------
    >>> crq = pd.DataFrame({"crq": [1.0, 3, 2, 5, 4, 6, 2, 5] * 4})
    >>> fit = cox([1, 2, 3, 4, 5, 6, 4, 1] * 4, [1, 1, 1, 1, 0, 1, 0, 1] * 4, crq)
    >>> print(fit)
    Hazard: crq x 0.78 [0.58, 1.05], n = 32 cases with 24 events (Cox 1972)
    """
    check_level(level)
    one_of("ties=", ties, TIES)
    one_of("transform=", transform, CLOCKS)
    if covariates.shape[1] == 0:
        raise EstimateError("covariates= has no columns; give at least one.")
    cases = complete(time, event, entry=entry, columns=covariates, labels=cluster)
    names, accounts = list(covariates.columns), 0 if cluster is None else len(cases.keys)
    few = (code("few_accounts", minimum=FEW_CLUSTERS),) if 0 < accounts < FEW_CLUSTERS else ()
    notes = (*cases.notes, *few)
    if cases.event.sum() == 0:
        return _without_events(cases, names, accounts, ties, level, notes)
    return _fitted(cases, names, accounts, ties, transform, level, notes)


def _fitted(cases: Histories, names, accounts: int, ties, transform, level, notes) -> CoxFit:
    sets = risk_sets(cases.time, cases.event, cases.entry)
    centre, scale = cases.columns.mean(axis=0), cases.columns.std(axis=0)
    scale = np.where(scale > 1e-12 * (1 + np.abs(centre)), scale, np.inf)
    X = (cases.columns - centre) / scale
    kept = independent(X)
    X, unit = X[:, kept], scale[kept]
    none = partial(X, np.zeros(X.shape[1]), sets, ties)
    terms, fit, finite = maximum(X, sets, ties, 0.0)
    ridge = 0.0 if finite else 1.0
    if not finite:
        terms, fit, _ = maximum(X, sets, ties, ridge)
    bread = np.linalg.pinv(fit.information() + ridge * np.eye(len(terms)), hermitian=True)
    meat = _robust(fit, bread, cases) if accounts else bread
    rare = cases.event.sum() < FEW_EVENTS * max(kept.sum(), 1)
    told = [caution for caution, applies in ((RIDGE, not finite), (RARE, rare)) if applies]
    flags = _flags(np.isfinite(scale), kept, told)
    covariance = _spread(meat / np.outer(unit, unit), kept, names)
    table = _table(names, _filled(terms / unit, kept), covariance, cases, flags, level)
    return CoxFit(
        table,
        _zph(fit, names, kept, clock(sets, cases.time, transform)),
        _tests(none, fit, terms, meat),
        covariance,
        _baseline(fit, terms / unit, centre[kept]),
        fit.value,
        none.value,
        ties,
        level,
        cases.n,
        int(cases.event.sum()),
        accounts,
        (*notes, *(told if kept.any() else [])),
        _parts(fit, unit, kept, names),
        pd.Series(centre, index=names),
    )


def _robust(fit: Partial, bread: NDArray, cases: Histories) -> NDArray:
    """Sum what each case does to the estimates by account, and square."""
    moved = fit.residuals() @ bread
    sums = np.array([np.bincount(cases.codes, weights=column) for column in moved.T])
    return sums.reshape(len(bread), -1) @ sums.reshape(len(bread), -1).T


def _flags(varies: NDArray, kept: NDArray, told: list[str]) -> list[str]:
    out = np.where(varies, "term_follows_from_others", "term_constant")
    return np.where(kept, joined(told), out).tolist()


def _filled(values: NDArray, kept: NDArray) -> NDArray:
    whole = np.full(len(kept), np.nan)
    whole[kept] = values
    return whole


def _spread(inner: NDArray, kept: NDArray, names) -> pd.DataFrame:
    whole = np.full((len(kept), len(kept)), np.nan)
    whole[np.ix_(kept, kept)] = inner
    return pd.DataFrame(whole, index=names, columns=names)


def _table(names, estimate: NDArray, covariance, cases: Histories, flags, level) -> pd.DataFrame:
    se = np.sqrt(np.diag(covariance))
    half = norm.isf((1 - level) / 2) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * norm.sf(np.abs(estimate) / se)
    found = {
        "term": names,
        "estimate": estimate,
        "se": se,
        "low": estimate - half,
        "high": estimate + half,
        "p": p,
        "n": cases.n,
        "events": int(cases.event.sum()),
        "flag": flags,
    }
    return pd.DataFrame(found)


def _zph(fit: Partial, names, kept: NDArray, when: NDArray) -> pd.DataFrame:
    """Test the terms that were estimated; the others are missing."""
    inside = [name for name, there in zip(names, kept, strict=True) if there]
    if len(when) < 2 or not inside:
        rows = [(name, np.nan, 1, np.nan) for name in names] + [
            ("all", np.nan, len(inside), np.nan)
        ]
        return pd.DataFrame(rows, columns=["term", "chi2", "df", "p"])
    found = proportionality(fit, inside, when).set_index("term").reindex([*names, "all"])
    return found.reset_index().astype({"df": "Int64"})


def _tests(none: Partial, fit: Partial, terms: NDArray, meat: NDArray) -> pd.DataFrame:
    slope = none.score_by_time().sum(axis=0)
    statistics = {
        "likelihood ratio": 2 * (fit.value - none.value),
        "Wald": float(terms @ np.linalg.pinv(meat, hermitian=True) @ terms),
        "score": float(slope @ np.linalg.pinv(none.information(), hermitian=True) @ slope),
    }
    table = pd.DataFrame({"test": list(statistics), "chi2": list(statistics.values())})
    return table.assign(df=len(terms), p=chi2.sf(table["chi2"], len(terms)))


def _baseline(fit: Partial, slopes: NDArray, centre: NDArray) -> pd.DataFrame:
    sets = fit.sets
    found = {
        "time": sets.times,
        "n_risk": sets.at_risk(np.ones(len(sets.last))).round().astype(int),
        "events": sets.size,
        "hazard": np.cumsum(fit.power[0, 1]) * np.exp(-slopes @ centre),
    }
    return pd.DataFrame(found)


def _parts(fit: Partial, unit: NDArray, kept: NDArray, names) -> pd.DataFrame:
    drift = np.zeros((len(fit.sets.times), len(names)))
    drift[:, kept] = fit.drift() * unit
    return pd.DataFrame(np.column_stack([fit.power[0, 2], drift]), columns=["variance", *names])


def _without_events(cases: Histories, names, accounts: int, ties, level, notes) -> CoxFit:
    none = np.full(len(names), np.nan)
    covariance = pd.DataFrame(np.nan, index=names, columns=names)
    table = _table(names, none, covariance, cases, ["no_events"] * len(names), level)
    tests = pd.DataFrame({"test": ["likelihood ratio", "Wald", "score"]})
    return CoxFit(
        table,
        pd.DataFrame({"term": [*names, "all"], "chi2": np.nan, "df": 0, "p": np.nan}),
        tests.assign(chi2=np.nan, df=0, p=np.nan),
        covariance,
        pd.DataFrame(columns=["time", "n_risk", "events", "hazard"], dtype=float),
        np.nan,
        np.nan,
        ties,
        level,
        cases.n,
        0,
        accounts,
        (*notes, "no_events"),
        pd.DataFrame(columns=["variance", *names], dtype=float),
        pd.Series(cases.columns.mean(axis=0) if cases.n else none, index=names),
    )
