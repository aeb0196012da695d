"""What goes with renewal: effects of covariates, as ratios and as chances of renewal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.special import logit as log_odds

from crqlab.base.contracts.cautions import OK, code, plain
from crqlab.base.contracts.frames import empty, typed
from crqlab.base.errors import EstimateError, one_of
from crqlab.base.results import Result
from crqlab.renewal import candidate_models
from crqlab.renewal.account_history import OWN
from crqlab.renewal.covariates import STEPS, covariates, varying
from crqlab.renewal.model_comparison import design_clusters
from crqlab.renewal.opportunities import NOBODY_LEFT, Design
from crqlab.stats import survival
from crqlab.stats.defaults import LEVEL
from crqlab.stats.estimate import check_level
from crqlab.stats.regression import logit, random_intercept

INTERCEPT = "(intercept)"
MODELS = ("logit", "cloglog", "random intercept", "cox")
ODDS, HAZARD = "renewal_odds", "churn_hazard"
HAZARDS = {"term": "text", "p": "number"}  # columns that say whether effects are proportional


@dataclass(frozen=True, slots=True, eq=False)
class Effects(Result):
    """Effects of covariates on renewal, by model.

    Attributes
    ----------
    table : DataFrame, one row per model and covariate
        Table ``effects``: ``estimate``, ``low``, ``high`` on the model's own scale for one unit;
        ``ratio`` and its ends for the ``step`` told, of the odds of renewal (logit, random
        intercept) or of the hazard of churn (complementary log-log, Cox);
        ``at_average`` and ``with_step``, chances of renewal where everything else is average.
    hazards : DataFrame
        Test of proportional hazards by term (Grambsch & Therneau 1994): ``term``, ``p``.
    said : str
        ``"ok"``, or why there are no effects, as codes.
    level : float
    """

    table: pd.DataFrame
    hazards: pd.DataFrame
    said: str
    level: float

    def of(self, model: str) -> pd.DataFrame:
        """Return the rows of one model."""
        return self.table[self.table["model"] == model].reset_index(drop=True)

    def __str__(self) -> str:
        rows = self.of("logit").dropna(subset="p")
        if rows.empty:
            return f"No effects on renewal: {plain(self.said)}"
        main = rows[rows["term"].isin(["trust", "commitment", "crq"])]
        main = main if len(main) else rows.loc[[rows["p"].idxmin()]]
        told = "; ".join(_sentence(row) for row in main.itertuples())
        flag = "" if self.said == OK else f" ({plain(self.said)})"
        n, events = main[["n", "events"]].iloc[0]
        return f"{told}; n = {n:,} contracts, {events:,} churned{flag}"


def effects(design: Design, *, level: float = LEVEL, models: Sequence[str] = MODELS) -> Effects:
    """Estimate what goes with renewal by four models that ought to agree.

    Logit of renewal and complementary log-log of churn with errors by client (by account where
    there are fewer than thirty clients); a logit with a random intercept for each client; Cox
    regression of years as a customer, entered at the survey (left truncation), with Efron's
    ties. Effects are those of covariates as measured: few voices per account draw them
    towards none.

    Parameters
    ----------
    design : Design
    level : float
        Coverage of all intervals, in (0, 1).
    models : sequence of str
        Which of them; all four take some seconds for ten thousand contracts.

    Returns
    -------
    Effects
        Empty where both outcomes do not occur: ``said`` has the reason.

    References
    ----------
    Bolton, Lemon & Bramlett (2006), Management Science 52, 1811-1823: clustered renewals.
    Andersen & Gill (1982), Annals of Statistics 10, 1100-1120: left truncation by entry.

    Examples
    --------
    >>> import crqlab as crq
    >>> study = crq.Study("demo")
    >>> names = ("responses", "contacts", "accounts", "account_scores", "outcomes")
    >>> tables = [study.read(name) for name in names]
    >>> design = crq.renewal.design(*tables, study.codebook)
    >>> print(crq.renewal.effects(design, models=["logit"]))
    trust ...: renewal odds x ... [..., ...]; at...
    """
    check_level(level)
    for model in models:
        one_of("models=", model, MODELS)
    decided = design.decided
    lost = (decided["outcome"] == "churned").to_numpy()
    rare = int(min(lost.sum(), (~lost).sum()))
    if not rare:
        return _none(_why(design, lost), level)
    X, said = candidate_models.affordable(
        covariates(decided, design.constructs).X, design.constructs, rare
    )
    hazards = empty(HAZARDS)
    tables = []
    for model in models:
        if model == "cox":
            fit, hazards = _cox(design, X.columns, level)
        else:
            fit = _tried(partial(_fitted, model, lost, X, decided, level))
        rows = _rows(model, HAZARD if model in ("cloglog", "cox") else ODDS, X, fit)
        tables.append(rows.assign(**_counts(fit, lost, decided)))
    table = pd.concat(tables, ignore_index=True)
    table = table.assign(at_average=_average(table, X, lost))
    return Effects(typed(_at_step(table), "effects"), hazards, said, level)


def _counts(fit, lost: np.ndarray, decided: pd.DataFrame) -> dict[str, int]:
    """Rows that a model rests on: decided contracts, but for Cox accounts and waves."""
    if isinstance(fit, survival.CoxFit):
        return {"n": fit.n, "events": fit.events, "n_clusters": fit.n_clusters}
    clusters = int(design_clusters(decided).max()) + 1
    return {"n": len(lost), "events": int(lost.sum()), "n_clusters": clusters}


def _why(design: Design, lost: np.ndarray) -> str:
    if len(lost) == 0:
        return design.refusal
    return code("all_churned" if lost.all() else "all_renewed", n=len(lost))


def _tried(find):
    try:
        return find()
    except EstimateError as error:
        return error.caution


def _fitted(model: str, lost: np.ndarray, X: pd.DataFrame, decided: pd.DataFrame, level: float):
    """One model of the decided contracts; a single client's accounts stand in for clients."""
    if model == "random intercept":
        several = len(decided["client_id"].drop_duplicates()) > 1
        groups = decided.groupby("client_id" if several else OWN).ngroup()
        return random_intercept(~lost, X, groups)
    clusters = design_clusters(decided)
    if model == "cloglog":
        return logit(lost, X, link="cloglog", cluster=clusters, level=level)
    return logit(~lost, X, cluster=clusters, level=level)


def _cox(design: Design, terms: pd.Index, level: float):
    """Cox regression over accounts and waves; entry at the survey, time in years as a customer."""
    rows = design.accounts[design.accounts["followed"] > 0].reset_index(drop=True)
    if not rows["churned"].any():
        return NOBODY_LEFT, empty(HAZARDS)
    X = covariates(rows.assign(lead=0.0), design.constructs).X
    known = rows["tenure"].notna().mean() > 0.5
    X = X[[term for term in terms if term in X and term != "lead"]]
    X = X.drop(columns=["tenure"], errors="ignore") if known else X
    if known:
        kept = rows["tenure"].notna().to_numpy()
        rows, X = rows[kept], X[kept]
    X = varying(X)
    entry = rows["tenure"].to_numpy() if known else np.zeros(len(rows))
    clusters = design_clusters(rows)
    fit = _tried(
        lambda: survival.cox(
            entry + rows["followed"].to_numpy(), rows["churned"].to_numpy(), X,
            entry=entry, cluster=clusters,
        )
    )  # fmt: skip
    if isinstance(fit, str):
        return fit, empty(HAZARDS)
    return fit, fit.zph


def _rows(model: str, tells: str, X: pd.DataFrame, fit) -> pd.DataFrame:
    """Lay out one model's terms; without a fit, one row says why."""
    if isinstance(fit, str):
        return pd.DataFrame({"model": [model], "term": [""], "tells": [tells], "flag": [fit]})
    table = fit.table[fit.table["term"] != INTERCEPT].reset_index(drop=True)
    table = table[["term", "estimate", "se", "low", "high", "p"]].assign(
        flag=_flags(fit), model=model, tells=tells
    )
    return table[table["term"].isin(X.columns)].reset_index(drop=True)


def _flags(fit) -> np.ndarray | str:
    own = fit.table.loc[fit.table["term"] != INTERCEPT, "flag"] if "flag" in fit.table else None
    return fit.flag if own is None else own.to_numpy()


def _average(table: pd.DataFrame, X: pd.DataFrame, lost: np.ndarray) -> pd.Series:
    """Return the chance of renewal where all covariates are average, by the logit."""
    rows = table[(table["model"] == "logit") & table["estimate"].notna()].set_index("term")
    if rows.empty:
        return pd.Series(1 - lost.mean(), index=table.index)
    slopes = rows["estimate"]
    linear = (X[slopes.index] - X[slopes.index].mean()) @ slopes
    low, high = -30.0, 30.0
    for _ in range(60):  # the intercept that makes the mean chance the observed one
        middle = (low + high) / 2
        low, high = (
            (middle, high) if expit(middle + linear).mean() < 1 - lost.mean() else (low, middle)
        )
    return pd.Series(float(expit(middle)), index=table.index)


def _at_step(table: pd.DataFrame) -> pd.DataFrame:
    """Add ratios for the step that an effect is told for, and what they mean at the average."""
    size = table["term"].map(lambda term: STEPS.get(term, 1.0))
    ends = {
        name: np.exp(size * table[column])
        for name, column in (("ratio", "estimate"), ("ratio_low", "low"), ("ratio_high", "high"))
    }
    odds = (table["tells"] == ODDS).to_numpy()
    here = table["at_average"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        there = np.where(odds, expit(log_odds(here) + np.log(ends["ratio"])), here ** ends["ratio"])
    return table.assign(step=size, with_step=there, **ends)


def _sentence(row: tuple) -> str:
    if row.estimate != row.estimate:
        return f"{row.term or row.model}: not to be estimated ({plain(row.flag)})"
    return (
        f"{row.term} {row.step:+.3g}: {row.tells.replace('_', ' ')} x {row.ratio:.2f} "
        f"[{row.ratio_low:.2f}, {row.ratio_high:.2f}]; "
        f"at the average, renewal {row.at_average:.0%} -> {row.with_step:.0%}"
    )


def _none(why: str, level: float) -> Effects:
    return Effects(empty("effects"), empty(HAZARDS), why, level)
